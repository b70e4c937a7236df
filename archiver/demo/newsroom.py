"""A newspaper's web server on 127.0.0.1, with the manners of a real one.

It answers GET and HEAD, with validators and 304, and with gzip for those who accept it. `moment` says which state
of the paper it serves. It keeps no log and speaks to nobody beyond this machine.
"""

from __future__ import annotations

import gzip
import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self
from urllib.parse import urlsplit

from archiver.demo.paper import Page, article_paths, page_at


class Newsroom:
    """The Tarnhaven Courier online, for as long as the `with` block lasts.

    >>> with Newsroom() as newsroom:
    ...     newsroom.moment = 2
    ...     newsroom.urls
    """

    def __init__(self, port: int = 0) -> None:
        """Port 0 takes a free one. OSError when the port is taken."""
        self.moment = 1
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.newsroom = self
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def host(self) -> str:
        """Address and port: "127.0.0.1:40123"."""
        return f"127.0.0.1:{self._server.server_port}"

    def url(self, path: str) -> str:
        """The full address of a path."""
        return f"http://{self.host}{path}"

    @property
    def urls(self) -> tuple[str, ...]:
        """The address of every article, whether or not it is still there."""
        return tuple(self.url(path) for path in article_paths())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    newsroom: Newsroom
    daemon_threads = True  # a client that keeps its connection open does not keep the newsroom open


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes; do not let the second wait for an answer
    timeout = 10  # seconds that an idle connection is kept

    def do_GET(self) -> None:
        """Answer, with the body unless it is a HEAD or the client has it already."""
        newsroom = self.server.newsroom
        page = page_at(urlsplit(self.path).path, newsroom.moment, newsroom.url(""))
        is_zipped = "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(page.body, mtime=0) if is_zipped else page.body
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"' if page.status == 200 else ""
        is_known = bool(etag) and etag in self.headers.get("If-None-Match", "")
        self.send_response(304 if is_known else page.status)
        self._send_fields(page, etag=etag, is_zipped=is_zipped, length=None if is_known else len(body))
        if not is_known and self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def _send_fields(self, page: Page, *, etag: str, is_zipped: bool, length: int | None) -> None:
        fields = {
            "ETag": etag,
            "Last-Modified": page.last_modified,
            "Vary": "Accept-Encoding",
            "Content-Type": page.content_type if length is not None else "",
            "Content-Encoding": "gzip" if is_zipped and length is not None else "",
            "Content-Length": str(length) if length is not None else "",
        }
        for name, value in fields.items():
            if value:
                self.send_header(name, value)
        self.end_headers()

    def version_string(self) -> str:
        """What the Server header says."""
        return "Courier"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demonstration owns the terminal."""
