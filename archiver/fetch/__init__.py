"""Fetching: from addresses to captures, politely and without trusting anybody.

    client.py  `Fetcher`: the synchronous face; one HTTP exchange (the only user of httpx)
    batch.py   many URLs side by side, a queue for each host
    visits.py  one URL on its way: robots, redirects, retries
    guard.py   whom we may contact
    connection.py  HTTP/1.1 over one socket to exactly those addresses (the only user of h11)
    addresses.py  kinds of addresses        body.py  content codings and completeness
    robots.py     robots.txt (RFC 9309)     pace.py  pauses and waits        cookies.py  one host's cookies

This module holds what the others share and imports none of them, so that a command can describe a fetch without
loading a network library.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Generator, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from archiver.model import Capture, FetchFailure, Request

Follow = Callable[[Capture, Collection[str]], str]
"""The address of a further page that belongs to a capture, given the parts that it has by then and the addresses that
were asked for; "" when it is whole."""
FailureKind = Literal["dns", "connect", "timeout", "tls", "protocol", "robots", "refused", "too-large", "redirects"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """How a run fetches. Times in seconds, sizes in bytes."""

    version: str
    """Of the tool, for the User-Agent."""
    contact: str = ""
    """An address of the people who run this, for the User-Agent: newsrooms must be able to reach them."""
    allow_hosts: frozenset[str] = frozenset()
    """"host:port" as it stands in the URL, for hosts that may be private: "127.0.0.1:8000", "[::1]:8000"."""
    proxy: str = ""
    """An http:// proxy that all requests go through; names are then resolved by it and not checked by us."""
    delay_s: float = 1.0
    """Pause after each answer of a host; 0 switches our own pauses off, not those of robots.txt and Retry-After."""
    max_delay_s: float = 60.0
    """The longest pause that a slow server or its robots.txt can ask for."""
    max_wait_s: float = 120.0
    """The longest Retry-After that a run waits for; beyond, the host is left alone until the next run."""
    hosts_at_once: int = 16
    connect_s: float = 15.0
    """For resolving the host, for the TCP connection to one address, and for TLS."""
    deadline_s: float = 60.0
    """For a whole exchange: resolve, connect, send, and receive the last byte."""
    max_header_bytes: int = 64 * 1024
    max_wire_bytes: int = 10 * 1024 * 1024
    """For a body as received."""
    max_decoded_bytes: int = 20 * 1024 * 1024
    """For a body with its content coding removed."""
    retries: int = 2
    """For one URL; a redirect begins anew."""
    host_retries: int = 10
    """For all URLs of one host in one run."""


class Fetcher(Protocol):
    """What a run needs of `archiver.fetch.client`."""

    def fetch(
        self,
        requests: Iterable[Request],
        *,
        waits: Callable[[Capture], None] | None = None,
        follow: Follow | None = None,
    ) -> Generator[Capture | FetchFailure, None, None]:
        """Fetch pages, in whatever order they arrive; `waits` hears of those that cannot be given at once."""


class Failed(Exception):
    """No capture, and why: raised and caught inside this package, where it becomes a `FetchFailure`."""

    def __init__(self, kind: FailureKind, reason: str, *, hint: str = "", retry: bool = False) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.hint = hint
        self.retry = retry
        """Whether the same request may well succeed in a moment."""


def in_words(error: Exception) -> str:
    """An error as people know it: "Connection refused"."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
