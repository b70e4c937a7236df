"""A server that does on the wire whatever a test writes down: answer, drip, stall, cut, lie."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from archiver.fetch import FetchSettings
from archiver.fetch.client import Fetcher
from archiver.model import Capture, FetchFailure, Request

HANG_UP = None
"""In a script: close the connection now."""

RESET = -1.0
"""In a script: break the connection off, so that the client's next read fails."""

Script = bytes | Callable[["Seen"], "bytes | Iterable[bytes | float | None]"]
"""What to send: bytes, or steps of bytes, seconds to wait, HANG_UP and RESET."""


@dataclass
class Seen:
    """A request as the server got it."""

    target: str
    headers: dict[str, str]
    raw: bytes
    connection: int
    at: float
    ended: float = 0.0


@dataclass
class Server:
    address: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    tunnel: ssl.SSLContext | None = None
    """A proxy that answers CONNECT by being the other end itself."""
    pages: dict[str, Script] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    greeting: bytes = b""
    """Sent before anything was asked."""
    connections: int = 0
    port: int = 0

    def __enter__(self) -> Server:
        self._stopped = threading.Event()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server((self.address, self.port), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for sock in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(5)

    @property
    def netloc(self) -> str:
        return f"{self.address}:{self.port}"

    def url(self, path: str = "/", host: str = "") -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{host or self.address}:{self.port}{path}"

    def targets(self, *, robots: bool = False) -> list[str]:
        return [seen.target for seen in self.seen if robots or not seen.target.endswith("/robots.txt")]

    def _accept(self) -> None:
        for number in itertools.count(1):
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._sockets.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock, number), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), contextlib.closing(sock):
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_side=True)
            with contextlib.ExitStack() as stack:
                stack.callback(lambda: sock.close())
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.sendall(self.greeting)
                buffer = b""
                while True:
                    while b"\r\n\r\n" not in buffer:
                        data = sock.recv(65536)
                        if not data:
                            return
                        buffer += data
                    head, _, buffer = buffer.partition(b"\r\n\r\n")
                    if self.tunnel is not None and head.startswith(b"CONNECT "):
                        sock.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                        sock = self.tunnel.wrap_socket(sock, server_side=True)
                        continue
                    if not self._answer(sock, head, number):
                        return

    def _answer(self, sock: socket.socket, head: bytes, number: int) -> bool:
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        seen = Seen(first.split(" ")[1], headers, head, number, time.monotonic())
        self.seen.append(seen)
        script = self.pages.get(seen.target.partition("?")[0], self.pages.get("*", NOT_FOUND))
        steps = script if isinstance(script, bytes) else script(seen)
        for step in (steps,) if isinstance(steps, bytes) else steps:
            if step is HANG_UP:
                return False
            if step == RESET:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            if isinstance(step, float):
                if self._stopped.wait(step):
                    return False
            else:
                sock.sendall(step)
        seen.ended = time.monotonic()
        return True


def answer(body: bytes | str = b"", status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(data) if length is None else length}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data


def zipped(body: bytes, *headers: str, cut: int = 0) -> bytes:
    packed = gzip.compress(body)
    return answer(packed[: len(packed) - cut], "200 OK", "Content-Encoding: gzip", *headers)


def redirect(location: str, status: str = "302 Found", *headers: str) -> bytes:
    return answer(b"gone elsewhere", status, f"Location: {location}", *headers)


def in_turn(*scripts: bytes) -> Callable[[Seen], bytes]:
    """One after the other, then the last one for good."""
    left = list(scripts)
    return lambda _seen: left.pop(0) if len(left) > 1 else left[0]


NOT_FOUND = answer(b"not here", "404 Not Found")
PAGE = answer("<h1>Bridge of Orsk reopens</h1>", "200 OK", "Content-Type: text/html")


@dataclass
class Desk:
    """Fetches with settings that fit a test: no pauses, no chance, short deadlines."""

    server: Server
    names: dict[str, list[str]] = field(default_factory=dict)
    """Addresses of host names."""
    lookups: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def settings(self, **changes: object) -> FetchSettings:
        hosts = {self.server.netloc, *(f"{name}:{self.server.port}" for name in self.names)}
        plain = {"version": "0", "allow_hosts": frozenset(hosts), "delay_s": 0.0, "deadline_s": 5.0, "connect_s": 2.0}
        return FetchSettings(**{**plain, **changes})  # type: ignore[arg-type]  # tests name the fields themselves

    def fetcher(self, *, trust: ssl.SSLContext | None = None, **changes: object) -> Fetcher:
        return Fetcher(self.settings(**changes), resolve=self.resolve, jitter=self.jitter, trust=trust)

    def resolve(self, host: str) -> list[str]:
        self.lookups.append(host)
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.names[host]

    def jitter(self, seconds: float) -> float:
        self.waits.append(seconds)
        return 0.0

    def all(self, urls: Iterable[str | Request], **changes: object) -> dict[str, Capture | FetchFailure]:
        requests = [Request(url=url) if isinstance(url, str) else url for url in urls]
        with self.fetcher(**changes) as fetcher:  # type: ignore[arg-type]  # trust is among the changes
            outcomes = list(fetcher.fetch(requests))
        assert len(outcomes) == len(requests)
        return {o.requested_url if isinstance(o, Capture) else o.url: o for o in outcomes}

    def capture(self, url: str | Request, **changes: object) -> Capture:
        (outcome,) = self.all([url], **changes).values()
        assert isinstance(outcome, Capture), outcome
        return outcome

    def failure(self, url: str | Request, **changes: object) -> FetchFailure:
        (outcome,) = self.all([url], **changes).values()
        assert isinstance(outcome, FetchFailure), outcome.status
        assert len(outcome.reason.splitlines()) == 1
        return outcome
