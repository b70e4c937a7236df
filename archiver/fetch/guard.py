"""Which addresses may be contacted.

`Guard` turns a host into checked addresses or refuses. A connection is made to exactly those, so that a name that
changes its answer between check and use (DNS rebinding) gains nothing. Private destinations are contacted only when
the URL's own host and port are on the allow-list.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Sequence

from archiver.errors import BadUrl, ConfigError
from archiver.fetch import Failed, in_words
from archiver.fetch.addresses import is_literal, refusal
from archiver.urls import host_and_port

Resolve = Callable[[str], Sequence[str]]
"""A host name to its addresses, blocking; raises OSError."""

_LOOKUPS_AT_ONCE = 32


def system_resolver(host: str) -> Sequence[str]:
    """Addresses of a host as the operating system gives them."""
    return tuple(str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))


class Guard:
    """Decides for one run; every host is resolved once."""

    def __init__(self, allow_hosts: Iterable[str], resolve: Resolve, lookup_s: float) -> None:
        """Raises `ConfigError` for what is no "host:port"."""
        self._allowed = frozenset(_allowed(entry) for entry in allow_hosts)
        self._resolve = resolve
        self._lookup_s = lookup_s
        self._known: dict[str, tuple[str, ...]] = {}
        self._lookups = asyncio.Semaphore(_LOOKUPS_AT_ONCE)

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses that may be contacted for this host and port; raises `Failed` (dns, refused)."""
        addresses = await self.unchecked(host)
        for address in addresses:
            self._check(host, port, address)
        return addresses

    async def unchecked(self, host: str) -> tuple[str, ...]:
        """All addresses of a host, for a proxy that the user named; raises `Failed` (dns)."""
        if host not in self._known:
            self._known[host] = (host,) if is_literal(host) else await self._look_up(host)
        return self._known[host]

    def check_literal(self, host: str, port: int) -> None:
        """All that can be checked when a proxy resolves the names; raises `Failed` (refused)."""
        if is_literal(host) or host == "localhost" or host.endswith(".localhost"):
            self._check(host, port, host if is_literal(host) else "127.0.0.1")

    def _check(self, host: str, port: int, address: str) -> None:
        words = refusal(address)
        if words and (host, port) not in self._allowed:
            what = f"{host} is {words}" if host == address else f"{host} resolves to {address}, {words}"
            where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            raise Failed("refused", f"{what}, and is not contacted", hint=f"--allow-host {where} permits it")

    async def _look_up(self, host: str) -> tuple[str, ...]:
        """In a thread of its own, because a stuck resolver can be neither cancelled nor waited for.

        The slot is given back when the thread ends, so that stuck ones stay bounded too.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[str, ...]] = loop.create_future()

        def settle(addresses: tuple[str, ...], error: Exception | None) -> None:
            self._lookups.release()
            if future.cancelled():
                return
            if error is None:
                future.set_result(addresses)
            else:
                future.set_exception(error)

        def work() -> None:
            addresses: tuple[str, ...] = ()
            error: Exception | None = None
            try:
                addresses = tuple(dict.fromkeys(self._resolve(host)))
            except Exception as caught:
                error = caught
            with contextlib.suppress(RuntimeError):  # the loop is closed when the run was cancelled meanwhile
                loop.call_soon_threadsafe(settle, addresses, error)

        try:
            async with asyncio.timeout(self._lookup_s):
                await self._lookups.acquire()
                threading.Thread(target=work, name="archiver-dns", daemon=True).start()
                addresses = await future
        except TimeoutError:
            raise Failed("dns", f"{host} cannot be resolved in {self._lookup_s:g} s") from None
        except Exception as error:  # whatever a resolver raises, the host has no address for us
            raise Failed("dns", f"{host} cannot be resolved ({in_words(error)})") from None
        if not addresses:
            raise Failed("dns", f"{host} has no address")
        return addresses


def _allowed(entry: str) -> tuple[str, int]:
    hint = "write HOST:PORT as it stands in the URL, such as 127.0.0.1:8000"
    try:
        host, port = host_and_port(f"http://{entry}")
    except BadUrl as error:
        raise ConfigError(f"allowed host {entry!r}: {error}", hint=hint) from None
    if not entry.endswith(f":{port}"):
        raise ConfigError(f"allowed host {entry!r} names no port", hint=hint)
    return host, port
