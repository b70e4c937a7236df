"""`Fetcher`: requests in, captures and failures out, in the order in which they are done. The only user of httpx.

Synchronous outside, asyncio in a thread of its own inside, because only cancellation gives a deadline that a
dripping server cannot stretch. One `Fetcher` is one run: cookies, robots.txt, resolved names, pauses and
connections are kept from call to call and forgotten at the end. It never raises for what a server does, contacts
no private address unasked, and judges no status: a 404 is a capture.
"""

from __future__ import annotations

import asyncio
import ctypes
import random
import ssl
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from types import TracebackType
from typing import Final, Self

from archiver.errors import ConfigError
from archiver.fetch import Failed, FetchSettings, Follow
from archiver.fetch.batch import Batch
from archiver.fetch.body import Headers, ends_cleanly, exceeds_length
from archiver.fetch.connection import Connection
from archiver.fetch.cookies import Jar
from archiver.fetch.guard import Guard, Resolve, system_resolver
from archiver.fetch.pace import Jitter
from archiver.fetch.robots import AGENT
from archiver.fetch.visits import Reply, Visits, leads_elsewhere
from archiver.model import Capture, FetchFailure, Request
from archiver.urls import host_and_port, origin_of

_LOOK_AHEAD: Final = 10_000
"""Requests taken from the caller before their results: wide enough that one host's many do not hide the others."""
_TAKEN_AT_ONCE: Final = 32
_IDLE_CONNECTIONS: Final = 128
_REDIRECT_BYTES: Final = 64 * 1024
_STOP_S: Final = 10.0
_M_MMAP_THRESHOLD: Final = -3
_LARGE_BYTES: Final = 1024 * 1024


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _full_jitter(seconds: float) -> float:
    return random.uniform(0, seconds)


class Fetcher:
    """A context manager; all of it belongs to one thread of the caller.

    `now` gives the time of captures, `resolve` the addresses of a host, `jitter` the random part of waits, `trust`
    the certificates that are believed (default: the public authorities).
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        now: Callable[[], datetime] = _utc_now,
        resolve: Resolve = system_resolver,
        jitter: Jitter = _full_jitter,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Raises `ConfigError` when the settings cannot work; contacts nobody."""
        self._settings = settings
        self._wire = _Wire(settings, Guard(settings.allow_hosts, resolve, settings.connect_s), trust, now)
        self._visits = Visits(settings, self._wire.exchange, now, jitter)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="archiver-fetch", daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event

    def __enter__(self) -> Self:
        _give_large_pages_back()
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_STOP_S)

    def fetch(
        self,
        requests: Iterable[Request],
        *,
        waits: Callable[[Capture], None] | None = None,
        follow: Follow | None = None,
    ) -> Generator[Capture | FetchFailure, None, None]:
        """One outcome for each request, in order of completion.

        With `follow`, a capture comes with its further pages (`parts`): each is asked for like any page, and where one
        cannot be had the whole is a failure, unless the site answers that it does not exist or is not for us.

        `requests` is consumed lazily, in the caller's thread, some thousand ahead of the results; few captures are
        kept waiting; `waits` is told of each that has to, in another thread, and must not block. Closing the generator
        cancels what is under way. Calls may be nested; they share the hosts.
        """
        batch = Batch(self._visits, 1 + self._settings.hosts_at_once * 3 // 2, waits, follow)
        source = iter(requests)
        pending = 0
        try:
            while True:
                pending += self._begin(batch, source, pending)
                if not pending:
                    return
                outcome = batch.results.get()
                pending -= 1
                self._loop.call_soon_threadsafe(batch.taken)
                if isinstance(outcome, BaseException):
                    raise outcome
                yield outcome
        finally:
            with suppress(RuntimeError):  # the loop is closed: the run is over, and all its tasks with it
                self._loop.call_soon_threadsafe(batch.cancel)

    def _begin(self, batch: Batch, source: Iterator[Request], pending: int) -> int:
        """Begin some more visits; as many as may be when no result waits to be taken. Returns how many."""
        begun = 0
        while some := tuple(islice(source, min(_TAKEN_AT_ONCE, _LOOK_AHEAD - pending - begun))):
            self._loop.call_soon_threadsafe(batch.add, some)
            begun += len(some)
            if not batch.results.empty():
                break
        return begun

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._ready.set()
        try:
            await self._stop.wait()
        finally:
            self._wire.close()


def _give_large_pages_back() -> None:
    """Have the C library return the memory of large pages to the system; what knows no such setting is left alone.

    glibc learns to keep what is given back often, and then nothing fits into the pieces: sixteen hosts with pages of
    10 MB each took 850 MB without this, and take 370.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


class _Wire:
    """One exchange at a time per host: sends, receives within all bounds, keeps connections and cookies.

    httpx gives the trusted authorities, when the first https address is asked for. Its client is not used: it takes
    redirects apart even when told not to follow them, and raises on what servers write there; it sends cookies to
    other hosts of a domain; and it has no deadline for a whole exchange.
    """

    def __init__(
        self, settings: FetchSettings, guard: Guard, trust: ssl.SSLContext | None, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._now = now
        self._guard = guard
        self._trust = lambda: trust or _public_authorities()
        self._headers = [
            (b"User-Agent", _user_agent(settings)),
            (b"Accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            (b"Accept-Encoding", b"gzip"),
            (b"Connection", b"keep-alive"),
        ]
        self._idle: OrderedDict[str, Connection] = OrderedDict()
        """By host; the one that rested longest first."""
        self._jars: dict[str, Jar] = {}
        """By host."""
        self._connection()  # a proxy that cannot work is told now

    async def exchange(self, key: str, url: str, headers: Headers, *, limit: int, partial: bool) -> Reply:
        """One GET and its whole answer, or with `partial` no more than its first `limit` bytes; raises `Failed`."""
        connection = self._idle.pop(key, None) or self._connection()
        asked = self._asked(key, url, headers)
        host, _ = host_and_port(url)
        payload = bytearray()
        reusable = False
        try:
            async with asyncio.timeout(self._settings.deadline_s):
                answer = await connection.send(url, asked)
                received = _text(answer.headers)
                if leads_elsewhere(answer.status, received):  # then the body only says "click here"
                    limit, partial = _REDIRECT_BYTES, True
                whole = await _receive(connection, payload, limit, partial)
            if whole and exceeds_length(payload, received, connection.last_read):
                raise Failed("protocol", f"{host} sent more than its Content-Length says", retry=True)
            reusable = whole and ends_cleanly(payload, received, connection.last_read)
        except TimeoutError:
            came = f"{len(payload):,} bytes of the page" if payload else "nothing of the page"
            seconds = f"{self._settings.deadline_s:g} s"
            raise Failed("timeout", f"{host} did not answer within {seconds} ({came} came)") from None
        finally:
            if reusable:
                self._keep(key, connection)
            else:
                connection.close()
        self._keep_cookies(key, url, received)
        return Reply(
            status=answer.status,
            reason=answer.reason.decode("latin-1"),
            http_version=answer.version.decode("latin-1"),
            headers=tuple(pair for pair in received if pair[0].lower() != "transfer-encoding"),
            payload=bytes(payload),
            request_headers=_text(asked),
            ip=answer.ip,
            certificate_sha256=answer.certificate_sha256,
        )

    def close(self) -> None:
        """Close the connections at rest; those in use are closed where their exchange is cancelled."""
        while self._idle:
            self._idle.popitem()[1].close()

    def _connection(self) -> Connection:
        return Connection(
            self._guard,
            self._trust,
            proxy=self._settings.proxy,
            connect_s=self._settings.connect_s,
            max_header_bytes=self._settings.max_header_bytes,
        )

    def _asked(self, key: str, url: str, headers: Headers) -> list[tuple[bytes, bytes]]:
        """The header lines of a request."""
        own = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers]
        if key in self._jars and (cookies := self._jars[key].line(url)):
            own.append((b"Cookie", cookies.encode("latin-1")))
        return [(b"Host", origin_of(url).partition("//")[2].encode("ascii")), *self._headers, *own]

    def _keep(self, key: str, connection: Connection) -> None:
        self._idle[key] = connection
        if len(self._idle) > _IDLE_CONNECTIONS:
            self._idle.popitem(last=False)[1].close()

    def _keep_cookies(self, key: str, url: str, headers: Headers) -> None:
        for name, value in headers:
            if name.lower() == "set-cookie":
                self._jars.setdefault(key, Jar()).keep(value, url, self._now())


@cache
def _public_authorities() -> ssl.SSLContext:
    """Those of certifi; loading them takes 20 ms."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


async def _receive(connection: Connection, payload: bytearray, limit: int, partial: bool) -> bool:
    """Read the body as it comes over the wire; False when it was cut at the limit."""
    while (chunk := await connection.read()) is not None:
        payload += chunk
        if len(payload) > limit:
            if not partial:
                raise Failed("too-large", f"the page is larger than {limit:,} bytes")
            del payload[limit:]
            return False
    return True


def _text(raw: list[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)


def _user_agent(settings: FetchSettings) -> bytes:
    """Who asks, and where to complain; raises `ConfigError`."""
    contact = settings.contact
    if not (contact.isascii() and contact.isprintable()):
        raise ConfigError(f"contact {contact!r} cannot stand in a header", hint="use an ASCII mail or web address")
    return (f"{AGENT}/{settings.version}" + (f" (+{contact})" if contact else "")).encode("ascii")
