"""HTTP/1.1 over one socket, to addresses that `guard.py` allows. The only user of h11.

Takes the address and the header lines of a request, gives the head of the answer, then its body as it arrives. TLS
verifies the certificate against the host name, whatever address was contacted. Nothing here follows redirects, retries,
decodes, or has a deadline for the whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import h11

from archiver.errors import BadUrl, ConfigError
from archiver.fetch import Failed, in_words
from archiver.fetch.guard import Guard
from archiver.urls import host_and_port, origin_of

_ADDRESSES_TRIED = 4
_REST_S = 300.0
"""After so long without a request a connection is made anew."""
_READ_BYTES = 256 * 1024
_LONGEST_LINES = 100 * 1024
"""Bytes that may come before the lines that they are part of end."""

Headers = list[tuple[bytes, bytes]]
"""In wire order and case."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Head of a response."""

    status: int
    reason: bytes
    version: bytes
    headers: Headers
    ip: str
    """"" when a proxy stands between."""
    certificate_sha256: str


class Connection:
    """At most one socket, to one host, used for one exchange at a time; reconnects when the server hung up."""

    def __init__(
        self, guard: Guard, trust: Callable[[], ssl.SSLContext], *, proxy: str, connect_s: float, max_header_bytes: int
    ) -> None:
        """`trust` is asked for the first https address. Raises `ConfigError` for a proxy that cannot be used."""
        self._guard = guard
        self._trust = trust
        self._proxy = _proxy_address(proxy) if proxy else None
        self._connect_s = connect_s
        self._max_header_bytes = max_header_bytes
        self._origin = self._host = ""
        self._stream: _Stream | None = None
        self._http = h11.Connection(h11.CLIENT)
        self._head_left: int | None = None
        """Bytes that the head may still have, while one is expected."""
        self._rests_since = 0.0
        self.last_read = b""
        """The bytes that arrived last: a message that ends before they do was followed by something else."""

    async def send(self, url: str, headers: Headers) -> Answer:
        """One GET of a normalised URL; raises `Failed`. Then `read` must come to the end, or the rest be closed."""
        self._host, port = host_and_port(url)
        if self._proxy:
            self._guard.check_literal(self._host, port)
        if not self._is_ready(origin := origin_of(url)):
            await self._open(origin, port)
        is_forwarded = self._proxy and url.startswith("http:")
        target = url if is_forwarded else url[url.index("/", len("https://")) :]
        response = await self._ask(h11.Request(method="GET", target=target, headers=headers))
        self._head_left = None
        stream = self._opened
        return Answer(
            status=response.status_code,
            reason=response.reason,
            version=b"HTTP/" + response.http_version,
            headers=response.headers.raw_items(),
            ip="" if self._proxy else stream.address,
            certificate_sha256=stream.certificate_sha256,
        )

    async def read(self) -> bytes | bytearray | None:
        """What comes next of the body, None after its end; raises `Failed`."""
        with _translated(self._host):
            event = await self._event()
        if isinstance(event, h11.Data):
            return event.data
        if self._http.our_state is self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            self._rests_since = time.monotonic()
        else:
            self.close()
        return None

    def close(self) -> None:
        """Close the socket at once; the next request opens another."""
        if self._stream is not None:
            self._stream.close()
        self._stream = None

    @property
    def _opened(self) -> _Stream:
        assert self._stream is not None, "no connection yet"
        return self._stream

    def _is_ready(self, origin: str) -> bool:
        """Whether there is a connection that leads there, rests, and was not hung up on."""
        return (
            self._stream is not None
            and self._origin == origin
            and self._http.our_state is h11.IDLE
            and time.monotonic() - self._rests_since < _REST_S
            and not self._stream.is_readable()
        )

    async def _open(self, origin: str, port: int) -> None:
        self.close()
        is_secure = origin.startswith("https:")
        where = self._proxy or (self._host, port)
        addresses = await (self._guard.unchecked(where[0]) if self._proxy else self._guard.addresses(*where))
        self._stream = await _connected(where[0], addresses[:_ADDRESSES_TRIED], where[1], self._connect_s)
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_LINES)
        if is_secure and self._proxy:
            await self._tunnel(port)
        if is_secure:
            await self._stream.start_tls(self._trust(), self._host, self._connect_s)
        self._origin = origin

    async def _tunnel(self, port: int) -> None:
        """Have the proxy lead to the host itself."""
        name = f"[{self._host}]:{port}" if ":" in self._host else f"{self._host}:{port}"
        headers = [("Host", name), ("Accept", "*/*")]
        response = await self._ask(h11.Request(method="CONNECT", target=name, headers=headers))
        if not 200 <= response.status_code < 300:
            words = f"{response.status_code} {response.reason.decode('latin-1')}".strip()
            raise Failed("connect", f"the proxy does not lead to {self._host}: {words}")
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_LINES)

    async def _ask(self, request: h11.Request) -> h11.Response:
        """Send a request; the head of its answer, without those that only say that it is on the way."""
        self._head_left = self._max_header_bytes
        with _translated(self._host):
            lines = self._http.send(request)
            self._http.send(h11.EndOfMessage())
            with contextlib.suppress(OSError):  # a server may answer, and hang up, before it has read the request
                await self._opened.write(lines or b"")
            while not isinstance(event := await self._event(), h11.Response):
                pass
        return event

    async def _event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            data = await self._opened.read(self._most_bytes())
            if self._head_left is not None:
                self._head_left -= len(data)
            if not data and self._http.their_state is h11.SEND_RESPONSE:
                raise h11.RemoteProtocolError("it hung up without an answer")
            self.last_read = data or self.last_read
            self._http.receive_data(data)
        return event

    def _most_bytes(self) -> int:
        """To read at once: while a head is expected no more than a head may have."""
        if self._head_left is None:
            return _READ_BYTES
        if self._head_left <= 0:
            raise Failed("too-large", f"{self._host} sent headers of more than {self._max_header_bytes:,} bytes")
        return min(_READ_BYTES, self._head_left)


class _Stream:
    """One socket: bare for http (and for the first words to a proxy), behind asyncio's TLS for https."""

    def __init__(self, sock: socket.socket, address: str) -> None:
        self.address = address
        self.certificate_sha256 = ""
        self._sock = sock
        self._tls: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def read(self, max_bytes: int) -> bytes:
        """At most so many bytes, b"" at the end; raises OSError."""
        if self._tls is None:
            return await asyncio.get_running_loop().sock_recv(self._sock, max_bytes)
        return await self._tls[0].read(max_bytes)

    async def write(self, data: bytes) -> None:
        """Raises OSError."""
        if self._tls is None:
            await asyncio.get_running_loop().sock_sendall(self._sock, data)
        else:
            self._tls[1].write(data)
            await self._tls[1].drain()

    async def start_tls(self, trust: ssl.SSLContext, host: str, seconds: float) -> None:
        """Raises `Failed`."""
        trust.set_alpn_protocols(["http/1.1"])
        try:
            async with asyncio.timeout(seconds):
                self._tls = await asyncio.open_connection(sock=self._sock, ssl=trust, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise Failed("tls", f"the certificate of {host} is not valid: {error.verify_message}") from None
        except TimeoutError:
            self.close()
            raise Failed("tls", f"no TLS connection to {host}: no answer in {seconds:g} s") from None
        except (OSError, ValueError) as error:
            self.close()
            raise Failed("tls", f"no TLS connection to {host}: {in_words(error)}") from None
        certificate = self._tls[1].get_extra_info("ssl_object").getpeercert(binary_form=True)
        self.certificate_sha256 = hashlib.sha256(certificate).hexdigest()

    def is_readable(self) -> bool:
        """Whether something came that nobody asked for; at rest it means that the server hung up."""
        if self._tls is not None:
            return self._tls[0].at_eof()
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        """At once, without the TLS farewell: nothing is wanted from the peer any more."""
        if self._tls is not None:
            self._tls[1].transport.abort()
        self._sock.close()


def _proxy_address(proxy: str) -> tuple[str, int]:
    """Refuses every proxy but http://, which needs no TLS within TLS."""
    try:
        if proxy.startswith("http://"):
            return host_and_port(proxy)
    except BadUrl:
        pass
    raise ConfigError("the proxy is no http:// address", hint="write http://HOST:PORT")


async def _connected(host: str, addresses: tuple[str, ...], port: int, seconds: float) -> _Stream:
    """A socket to the first of these addresses that answers; raises `Failed`."""
    failed = Failed("dns", f"{host} has no address")
    for address in addresses:
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().sock_connect(sock, (address, port))
            return _Stream(sock, address)
        except OSError as error:  # a TimeoutError without words is our own
            sock.close()
            words = in_words(error) if error.errno else f"no answer in {seconds:g} s"
            where = host if host == address else f"{host} ({address})"
            failed = Failed("connect", f"no connection to {where}: {words}")
        except BaseException:
            sock.close()
            raise
    raise failed


@contextlib.contextmanager
def _translated(host: str) -> Iterator[None]:
    """Errors of sockets and of h11 as `Failed`."""
    try:
        yield
    except OSError as error:
        raise Failed("connect", f"the connection to {host} broke ({in_words(error)})", retry=True) from None
    except h11.RemoteProtocolError as error:
        raise Failed("protocol", f"{host} broke off or does not speak HTTP: {error}", retry=True) from None
    except h11.LocalProtocolError as error:
        raise Failed("protocol", f"no valid request can be made for {host}: {error}") from None
