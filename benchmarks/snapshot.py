"""A snapshot of many articles over loopback: first time, unchanged by 304, unchanged but for the page around them."""

from __future__ import annotations

import hashlib
import random
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from benchmarks.child import archiver

ARTICLES = 1000
WORDS = [
    "harbour",
    "council",
    "bridge",
    "weir",
    "ferry",
    "vote",
    "lantern",
    "truss",
    "quay",
    "survey",
    "crown",
    "petition",
    "storm",
    "mast",
    "timetable",
    "net",
]


def article(number: int) -> str:
    """About 4 kB of text that is always the same for a number."""
    chance = random.Random(number)

    def sentence() -> str:
        words = chance.choices(WORDS, k=chance.randint(8, 20))
        return f"{' '.join(words).capitalize()} {chance.randint(2, 9000)}."

    paragraphs = "".join(f"<p>{' '.join(sentence() for _ in range(4))}</p>" for _ in range(12))
    return f"<h1>{sentence()}</h1><p>By Ada Exampler March {number % 28 + 1}, 2023</p>{paragraphs}"


class Site(ThreadingHTTPServer):
    """Articles at /news/story-N/, with something around them that can be changed."""

    daemon_threads = True
    request_queue_size = 64
    furniture = 0


class Handler(BaseHTTPRequestHandler):
    """Answers with validators; anything but an article is a 404."""

    server: Site
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Send the page, or 304 to those who have it."""
        number = self.path.rpartition("-")[2].strip("/")
        if not number.isdigit():
            self._send(404, b"")
            return
        menu = "".join(f"<li><a href='/{word}/'>{word} {self.server.furniture}</a></li>" for word in WORDS)
        page = f"<html><head><title>Story</title></head><body><ul>{menu}</ul><main>{article(int(number))}</main></body>"
        body = page.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        is_known = self.headers.get("If-None-Match") == etag
        self._send(304 if is_known else 200, b"" if is_known else body, etag)

    def _send(self, status: int, body: bytes, etag: str = "") -> None:
        self.send_response(status)
        if etag:
            self.send_header("ETag", etag)
        if status != 304:
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main() -> None:
    """One archive, four runs."""
    server = Site(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    urls = [f"http://{host}/news/story-{number}/" for number in range(ARTICLES)]
    with TemporaryDirectory() as place:
        archive = Path(place) / "news"
        archiver("init", str(archive))
        config = archive / "archiver.toml"
        config.write_text(
            config.read_text(encoding="utf-8").replace("delay_s = 2.0", "delay_s = 0.0"), encoding="utf-8"
        )
        run = ("--archive", str(archive), "snapshot", "--quiet", "--allow-host", host)
        print(f"{ARTICLES} articles, first time       {archiver(*run, *urls)}")
        print(f"{ARTICLES} articles, all 304          {archiver(*run)}")
        server.furniture += 1
        print(f"{ARTICLES} articles, other furniture  {archiver(*run)}")
    server.shutdown()
    server.server_close()
