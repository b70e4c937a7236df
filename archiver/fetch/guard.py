"""Which addresses may be contacted, and connections to exactly those. The only user of httpcore.

`Guard` turns a host into checked addresses or refuses; `Connection` speaks HTTP/1.1 over one socket to one of
them, so that a name that changes its answer between check and use (DNS rebinding) gains nothing. TLS still
verifies the certificate against the host name. Private destinations are contacted only when the URL's own
host and port are on the allow-list. Nothing here follows redirects, retries or decodes.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import select
import socket
import ssl
import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import httpcore

from archiver.errors import BadUrl, ConfigError
from archiver.fetch import Failed
from archiver.fetch.addresses import is_literal, refusal
from archiver.urls import host_and_port

Resolve = Callable[[str], Sequence[str]]
"""A host name to its addresses, blocking; raises OSError."""

_LOOKUPS_AT_ONCE = 32
_ADDRESSES_TRIED = 4
_REST_S = 300.0
"""After so long without a request a connection is made anew."""


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
            raise Failed("dns", f"{host} cannot be resolved ({_words(error)})") from None
        if not addresses:
            raise Failed("dns", f"{host} has no address")
        return addresses


@dataclass(frozen=True, slots=True)
class Answer:
    """Head of a response, and its body still to come."""

    status: int
    reason: bytes
    version: bytes
    headers: list[tuple[bytes, bytes]]
    """In wire order and case."""
    body: AsyncGenerator[bytes, None]
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
        self._proxy = _checked(proxy)
        self._proxied = bool(proxy)
        self._backend = _Backend(guard, self._proxied, connect_s, max_header_bytes)
        self._http: httpcore.AsyncConnectionInterface | None = None

    async def send(self, url: str, headers: list[tuple[bytes, bytes]]) -> Answer:
        """One GET of a normalised URL; raises `Failed`. Then the body must be read to its end or the rest be closed."""
        host, port = host_and_port(url)
        if self._proxied:
            self._guard.check_literal(host, port)
        scheme, default = (b"https", 443) if url.startswith("https:") else (b"http", 80)
        target = url[url.index("/", len("https://")) :].encode("ascii")
        address = httpcore.URL(
            scheme=scheme, host=host.encode("ascii"), port=None if port == default else port, target=target
        )
        if self._http is None or not _is_ready(self._http, address.origin):
            await self.aclose()
            self._http = self._connection(address.origin)
        self._backend.expect_head()
        with _translated(host):
            response = await self._http.handle_async_request(httpcore.Request(b"GET", address, headers=headers))
        stream = self._backend.stream
        stream.expect_body()
        return Answer(
            status=response.status,
            reason=response.extensions.get("reason_phrase", b""),
            version=response.extensions.get("http_version", b"HTTP/1.1"),
            headers=response.headers,
            body=_body(response, host),
            ip="" if self._proxied else stream.address,
            certificate_sha256=stream.certificate_sha256,
        )

    def _connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        """From a pool that is only asked for this: its bookkeeping would cost a third of each request."""
        trust = self._trust() if origin.scheme == b"https" else None
        if not self._proxy:
            pool = httpcore.AsyncConnectionPool(trust, keepalive_expiry=_REST_S, network_backend=self._backend)
        else:
            pool = httpcore.AsyncHTTPProxy(
                self._proxy, ssl_context=trust, keepalive_expiry=_REST_S, network_backend=self._backend
            )
        return pool.create_connection(origin)

    @property
    def last_read(self) -> bytes:
        """The bytes that arrived last: a message that ends before they do was followed by something else."""
        return self._backend.stream.last_read

    async def aclose(self) -> None:
        """Close the socket at once; the next request opens another."""
        if self._http is not None:
            await self._http.aclose()
        self._backend.close()


class _Backend(httpcore.AsyncNetworkBackend):
    """Opens the sockets of one `Connection`: to checked addresses, or to the proxy."""

    def __init__(self, guard: Guard, proxied: bool, connect_s: float, max_header_bytes: int) -> None:
        self._guard = guard
        self._proxied = proxied
        self._connect_s = connect_s
        self._max_header_bytes = max_header_bytes
        self._stream: _Stream | None = None

    @property
    def stream(self) -> _Stream:
        assert self._stream is not None, "no connection yet"
        return self._stream

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await (self._guard.unchecked(host) if self._proxied else self._guard.addresses(host, port))
        failed: Failed | None = None
        for address in addresses[:_ADDRESSES_TRIED]:
            try:
                sock = await _connected(address, port, self._connect_s)
            except OSError as error:  # a TimeoutError without words is our own
                words = _words(error) if error.errno else f"no answer in {self._connect_s:g} s"
                where = host if host == address else f"{host} ({address})"
                failed = Failed("connect", f"no connection to {where}: {words}")
            else:
                self._stream = _Stream(sock, host, address, self._connect_s, self._max_header_bytes)
                return self._stream
        raise failed or Failed("dns", f"{host} has no address")

    def expect_head(self) -> None:
        """Count anew, before a request is sent."""
        if self._stream is not None:
            self._stream.expect_head()

    def close(self) -> None:
        """Also when httpcore lost sight of the socket because it was cancelled."""
        if self._stream is not None:
            self._stream.close()


class _Stream(httpcore.AsyncNetworkStream):
    """One socket: bare for http (and for the first words to a proxy), behind asyncio's TLS for https."""

    def __init__(self, sock: socket.socket, host: str, address: str, connect_s: float, max_header_bytes: int) -> None:
        self.address = address
        self.certificate_sha256 = ""
        self.last_read = b""
        self._sock = sock
        self._host = host
        self._connect_s = connect_s
        self._max_header_bytes = max_header_bytes
        self._head_left: int | None = max_header_bytes
        self._tls: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def expect_head(self) -> None:
        self._head_left = self._max_header_bytes

    def expect_body(self) -> None:
        self._head_left = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """At most `max_bytes`, b"" at the end; while a head is expected no more than a head may have."""
        if self._head_left is not None:
            if self._head_left <= 0:
                raise Failed("too-large", f"{self._host} sent headers of more than {self._max_header_bytes:,} bytes")
            max_bytes = min(max_bytes, self._head_left)
        try:
            data = await (self._tls[0].read(max_bytes) if self._tls else self._loop.sock_recv(self._sock, max_bytes))
        except OSError as error:
            raise httpcore.ReadError(_words(error)) from None
        if self._head_left is not None:
            self._head_left -= len(data)
        self.last_read = data or self.last_read
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            if self._tls is None:
                await self._loop.sock_sendall(self._sock, buffer)
            else:
                self._tls[1].write(buffer)
                await self._tls[1].drain()
        except OSError as error:
            raise httpcore.WriteError(_words(error)) from None

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        name = server_hostname or self._host
        try:
            async with asyncio.timeout(self._connect_s):
                self._tls = await asyncio.open_connection(sock=self._sock, ssl=ssl_context, server_hostname=name)
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise Failed("tls", f"the certificate of {name} is not valid: {error.verify_message}") from None
        except TimeoutError:
            self.close()
            raise Failed("tls", f"no TLS connection to {name}: no answer in {self._connect_s:g} s") from None
        except (OSError, ValueError) as error:
            self.close()
            raise Failed("tls", f"no TLS connection to {name}: {_words(error)}") from None
        certificate = self._tls[1].get_extra_info("ssl_object").getpeercert(binary_form=True)
        self.certificate_sha256 = hashlib.sha256(certificate).hexdigest()
        return self

    def get_extra_info(self, info: str) -> object:
        """What httpcore asks for: "is_readable", which on an idle connection means that the server hung up."""
        if info == "ssl_object" and self._tls:
            return self._tls[1].get_extra_info("ssl_object")
        if info == "is_readable":
            return self._tls[0].at_eof() if self._tls else _is_readable(self._sock)
        return None

    async def aclose(self) -> None:
        self.close()

    def close(self) -> None:
        """At once, without the TLS farewell: nothing is wanted from the peer any more."""
        if self._tls is not None:
            self._tls[1].transport.abort()
        self._sock.close()

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()


def _checked(proxy: str) -> str:
    """Refuses every proxy but http://, which needs no further library and no TLS within TLS."""
    parts = httpcore.URL(proxy)
    if proxy and (parts.scheme != b"http" or not parts.host):
        raise ConfigError("the proxy is no http:// address", hint="write http://HOST:PORT")
    return proxy


def _is_ready(http: httpcore.AsyncConnectionInterface, origin: httpcore.Origin) -> bool:
    """Whether a connection leads there, rests, and was not hung up on."""
    return http.can_handle_request(origin) and http.is_available() and not http.has_expired()


async def _connected(address: str, port: int, seconds: float) -> socket.socket:
    """Raises TimeoutError and other OSErrors."""
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock


@contextlib.contextmanager
def _translated(host: str) -> Iterator[None]:
    """Errors of httpcore as `Failed`; those of our own backend pass."""
    try:
        yield
    except (httpcore.ReadError, httpcore.WriteError) as error:
        raise Failed("connect", f"the connection to {host} broke ({error})", retry=True) from None
    except httpcore.RemoteProtocolError as error:
        raise Failed("protocol", f"{host} broke off or does not speak HTTP: {error}", retry=True) from None
    except httpcore.ProxyError as error:
        raise Failed("connect", f"the proxy does not lead to {host}: {error}") from None
    except httpcore.LocalProtocolError as error:
        raise Failed("protocol", f"no valid request can be made for {host}: {error}") from None


async def _body(response: httpcore.Response, host: str) -> AsyncGenerator[bytes, None]:
    try:
        with _translated(host):
            async for chunk in response.aiter_stream():
                yield chunk
    finally:
        await response.aclose()


def _allowed(entry: str) -> tuple[str, int]:
    hint = "write HOST:PORT as it stands in the URL, such as 127.0.0.1:8000"
    try:
        host, port = host_and_port(f"http://{entry}")
    except BadUrl as error:
        raise ConfigError(f"allowed host {entry!r}: {error}", hint=hint) from None
    if not entry.endswith(f":{port}"):
        raise ConfigError(f"allowed host {entry!r} names no port", hint=hint)
    return host, port


def _is_readable(sock: socket.socket) -> bool:
    if sock.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _words(error: Exception) -> str:
    """An error as people know it: "Connection refused"."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
