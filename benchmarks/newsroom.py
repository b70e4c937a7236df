"""A loopback newsroom for measurements, in a process of its own: many hosts, large pages, little work per request.

`python -m benchmarks.newsroom HOSTS ARTICLES KILOBYTES` prints its "host:port"s on one line, then serves until stdin
ends. Each line read from stdin changes the furniture around every article, and no word of the articles. With `PAGES`
in the environment, a folder of gzipped HTML pages, those of about that size are served in turn; else pages made here,
which are mostly script and so cheaper to read than those of newsrooms.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import random
import re
import sys
from pathlib import Path

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
_REQUEST = re.compile(rb"GET (/\S*) HTTP/1\.1\r\n")
_STORY = re.compile(rb"/news/story-of-the-harbour-(\d+)/")
_TAG = re.compile(rb'if-none-match: ("[^"]*")', re.I)


class Newsroom:
    """Articles and what stands around them; `pages` of them, the same on every host but for the number."""

    def __init__(self, pages: int, kilobytes: int) -> None:
        self.furniture = 0
        if folder := os.environ.get("PAGES"):
            real = _real(Path(folder), kilobytes * 1024)
            self.pages = [real[number % len(real)] for number in range(pages)]
            self.head = self.tail = b""
            return
        self.pages = [_article(number).encode() for number in range(pages)]
        menu = "".join(f"<li><a href='/{word}/'>{word}</a></li>" for word in WORDS)
        titles = (_sentence(random.Random(number)) for number in range(80))
        card = "<div class='card'><a href='/news/x'><img src='/i.jpg'><b>{}</b></a></div>"
        cards = "".join(map(card.format, titles))
        data = '{"id":1234567,"kind":"card","title":"harbour council bridge","shown":true},' * 100
        scripts = f"<script>window.state=[{data}]</script>" * max(1, (kilobytes * 1024 - 18_000) // len(data))
        head = f"<!doctype html><html><head><title>Story</title>{scripts}</head><body><nav><ul>{menu}</ul></nav><main>"
        self.head = head.encode()
        self.tail = f"</main><aside>{cards}</aside>".encode()

    def answer(self, path: bytes, tag: bytes, host: str) -> bytes:
        """The bytes that answer a request."""
        story = _STORY.fullmatch(path)
        if path == b"/sitemap.xml":
            names = (f"http://{host}/news/story-of-the-harbour-{number}/" for number in range(len(self.pages)))
            urls = (f"<url><loc>{name}</loc></url>" for name in names)
            return _response(b"200 OK", f"<urlset>{''.join(urls)}</urlset>".encode(), b"application/xml")
        if not story or int(story[1]) >= len(self.pages):
            return _response(b"404 Not Found", b"")
        own = f'"{self.furniture}"'.encode()
        if tag == own:
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + own + b"\r\n\r\n"
        readers = f"<footer>{self.furniture} readers today</footer></body></html>".encode()
        return _response(b"200 OK", self.head + self.pages[int(story[1])] + self.tail + readers, etag=own)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        host = "{}:{}".format(*writer.get_extra_info("sockname")[:2])
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                request, tag = _REQUEST.match(head), _TAG.search(head)
                writer.write(self.answer(request[1] if request else b"", tag[1] if tag else b"", host))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def _real(folder: Path, size: int) -> list[bytes]:
    """The pages of a folder that are three quarters to five quarters as large as wanted, without their ends."""
    pages = [gzip.decompress(path.read_bytes()) for path in sorted(folder.glob("*.html.gz"))]
    return [page[: page.rfind(b"</body>")] for page in pages if abs(len(page) - size) < size / 4]


def _article(number: int) -> str:
    """About 4 kB of text that is always the same for a number."""
    chance = random.Random(number)
    paragraphs = "".join(f"<p>{' '.join(_sentence(chance) for _ in range(4))}</p>" for _ in range(12))
    return f"<h1>{_sentence(chance)}</h1><p>By Ada Exampler March {number % 28 + 1}, 2023</p>{paragraphs}"


def _sentence(chance: random.Random) -> str:
    words = chance.choices(WORDS, k=chance.randint(8, 20))
    return f"{' '.join(words).capitalize()} {chance.randint(2, 9000)}."


def _response(status: bytes, body: bytes, kind: bytes = b"text/html; charset=utf-8", etag: bytes = b"") -> bytes:
    length = str(len(body)).encode()
    headers = b"\r\nContent-Type: " + kind + b"\r\nContent-Length: " + length + (b"\r\nETag: " + etag if etag else b"")
    return b"HTTP/1.1 " + status + headers + b"\r\n\r\n" + body


async def main() -> None:
    """Serve until stdin ends."""
    hosts, articles, kilobytes = map(int, sys.argv[1:])
    room = Newsroom(articles // hosts, kilobytes)
    servers = [await asyncio.start_server(room.serve, "127.0.0.1", 0, backlog=64) for _ in range(hosts)]
    print(*("{}:{}".format(*server.sockets[0].getsockname()[:2]) for server in servers), flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        room.furniture += 1


if __name__ == "__main__":
    asyncio.run(main())
