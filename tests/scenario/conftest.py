"""A site that a test writes page by page, and an archive that looks at it at given hours, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from archiver.config import FILE_NAME, Watch, default_text
from archiver.fetch import FetchSettings
from archiver.fetch.client import Fetcher
from archiver.model import Revision
from archiver.pipeline import Outcome, Tally, snapshot
from archiver.query import Archive
from archiver.store.git import GitStore
from archiver.watch import Turn, snapshot_due
from archiver.watches import add

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
PARAGRAPHS = (
    "The harbour council of Tarnhaven voted on Monday to close the old quay bridge for eleven months.",
    "“We have put this off too long,” said Ilse Varga, who chairs the council. “The piers are older than the town.”",
    "About 1,400 people cross the bridge each day, according to a count that the council made in October.",
    "A ferry is to run every twenty minutes between the two banks, and will be free for schoolchildren.",
    "Traders on the eastern bank fear for their custom and have asked for a lower rent until the bridge is open again.",
)


def page(
    *paragraphs: str,
    headline: str = "Old quay bridge to close for eleven months",
    stamp: str = "March 1, 2026 20:38",
    head: str = "",
) -> bytes:
    """An article page as a small newsroom makes it."""
    text = "".join(f"<p>{escape(text, quote=False)}</p>\n" for text in paragraphs or PARAGRAPHS)
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(headline)}</title>{head}</head>
<body><div class="line">Last update: {stamp}</div><nav><a href="/">Home</a> <a href="/town/">Town</a></nav>
<main><h1>{escape(headline)}</h1><p class="byline">By Ada Quill March 1, 2026</p>
{text}</main><footer>The Tarnhaven Courier</footer></body></html>""".encode()


@dataclass
class Served:
    """One answer of the site."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves in the middle is no news."""


class Site:
    """A web server whose pages are a dictionary."""

    def __init__(self) -> None:
        self.pages: dict[str, Served] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        """Path and headers of every request."""
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.host = f"127.0.0.1:{self._server.server_port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    @contextmanager
    def running(self) -> Iterator[Site]:
        thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            served = site.pages.get(self.path, Served(status=404))
            etag = served.headers.get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                served = Served(status=304, headers={"ETag": etag})
            self.send_response(served.status)
            for name, value in served.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(served.body)))
            self.end_headers()
            self.wfile.write(served.body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    return Handler


class Desk:
    """Looks at the site with a fixed clock and keeps what it finds."""

    def __init__(self, site: Site, path: Path) -> None:
        self.site, self.path = site, path
        self.tally: Tally | None = None
        self.turns: list[Turn] = []
        GitStore.create(path, now=START, config_text=default_text()).close()

    @property
    def settings(self) -> FetchSettings:
        """Without pauses and second tries; only the site may be contacted."""
        return FetchSettings(version="test", delay_s=0, allow_hosts=frozenset({self.site.host}), retries=0)

    def look(self, hour: float, *paths: str, keep_all: bool = False) -> dict[str, Outcome]:
        """Check some paths, or all that are known, this many hours after the start; by path what came of it."""
        now = START + timedelta(hours=hour)
        outcomes: list[Outcome] = []
        with Archive.open(self.path) as archive, Fetcher(self.settings, now=lambda: now) as fetcher:
            urls = [self.site.url(path) for path in paths] or list(archive.urls())
            self.tally = snapshot(
                archive, urls, fetcher=fetcher, now=lambda: now, report=outcomes.append, keep_all=keep_all
            )
        return {outcome.check.url.removeprefix(f"http://{self.site.host}"): outcome for outcome in outcomes}

    def watch(self, *watches: Watch) -> None:
        """Watch these from now on."""
        config = self.path / FILE_NAME
        config.write_text(add(config.read_text(encoding="utf-8"), watches), encoding="utf-8")

    def due(self, hour: float, *, limit: int | None = None, everything: bool = False) -> dict[str, Outcome]:
        """Check all that is due so many hours after the start; by path what came of it."""
        now = START + timedelta(hours=hour)
        outcomes: list[Outcome] = []
        self.turns = []
        with Archive.open(self.path) as archive, Fetcher(self.settings, now=lambda: now) as fetcher:
            self.tally = snapshot_due(
                archive,
                archive.config(),
                fetcher=fetcher,
                now=lambda: now,
                report=outcomes.append,
                tell=self.turns.append,
                limit=limit,
                everything=everything,
            )
        return {outcome.check.url.removeprefix(f"http://{self.site.host}"): outcome for outcome in outcomes}

    def history(self, path: str) -> tuple[Revision, ...]:
        with Archive.open(self.path) as archive:
            return archive.history(self.site.url(path))


@pytest.fixture
def site() -> Iterator[Site]:
    with Site().running() as running:
        yield running


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> Desk:
    return Desk(site, tmp_path / "archive")
