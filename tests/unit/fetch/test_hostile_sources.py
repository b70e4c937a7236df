"""Feeds, sitemaps and section pages that attack: over real sockets, through a whole run over an archive.

Whatever a source does, it comes to one plain reason, never to "no news", and the sources beside it are looked at.
"""

from __future__ import annotations

import gzip
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from wire_server import HANG_UP, NOT_FOUND, Desk, Script, Server, answer, redirect, zipped

from archiver.config import FILE_NAME, Config, Watch, default_text
from archiver.discover.harvest import MOST_DEPTH, MOST_PAGES, MOST_PARTS
from archiver.model import Event
from archiver.pipeline import Outcome, Tally
from archiver.query import Archive
from archiver.status import status
from archiver.store.git import GitStore
from archiver.watch import Agenda, plan, snapshot_due
from archiver.watches import add

pytest_plugins = ("wire_fixtures",)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
STORY = "/town/old-quay-bridge-to-close"
OTHER = "/town/lantern-parade-returns-to-the-quay"
TEXT = "The harbour council of Tarnhaven voted on Monday to close the old quay bridge for eleven months. " * 3
PAGE = answer(f"<h1>Old quay bridge to close</h1><p>{TEXT}</p>", "200 OK", "Content-Type: text/html")
HTML = "<!doctype html><title>Log in</title><p>Log in to the Tarnhaven Courier.</p>"
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"


def rss(*links: str, head: str = "") -> str:
    items = "".join(f"<item><title>Bridge</title><link>{link}</link></item>" for link in links)
    return f'{head}<rss version="2.0"><channel><title>Courier</title>{items}</channel></rss>'


def urlset(*links: str, head: str = "") -> str:
    return f"{head}<urlset xmlns='{SCHEMA}'>" + "".join(f"<url><loc>{link}</loc></url>" for link in links) + "</urlset>"


def index(*links: str) -> str:
    parts = "".join(f"<sitemap><loc>{link}</loc></sitemap>" for link in links)
    return f"<sitemapindex xmlns='{SCHEMA}'>{parts}</sitemapindex>"


def endless(first: bytes, more: bytes) -> Script:
    def steps(_seen: object) -> Iterator[bytes | float]:
        yield first
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            yield more
            yield 0.05

    return steps


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>'
ENTITIES = "declares XML entities"


@dataclass
class Press:
    """An archive that watches a hostile source and an honest one, which serves one story."""

    desk: Desk
    path: Path
    outcomes: list[Outcome] = field(default_factory=list)
    tally: Tally | None = None

    def __post_init__(self) -> None:
        server = self.desk.server
        GitStore.create(self.path, now=NOW, config_text=default_text()).close()
        server.pages |= {"/honest.xml": answer(rss(server.url(OTHER))), OTHER: PAGE}
        self.watch(Watch(url=server.url("/honest.xml"), kind="feed"))

    def watch(self, watch: Watch) -> None:
        config = self.path / FILE_NAME
        config.write_text(add(config.read_text(encoding="utf-8"), [watch]), encoding="utf-8")

    def run(self, **settings: object) -> dict[str, Event]:
        """Look at all that is due; by address what came of it."""
        with Archive.open(self.path) as archive, self.fetcher(**settings) as fetcher:
            self.tally = snapshot_due(
                archive,
                archive.config(),
                fetcher=fetcher,
                now=lambda: NOW,
                report=self.outcomes.append,
                tell=lambda turn: None,
            )
        return {outcome.check.url: outcome.check.event for outcome in self.outcomes}

    def plan(self) -> Agenda:
        """What would be looked at."""
        with Archive.open(self.path) as archive, self.fetcher() as fetcher:
            return plan(archive, archive.config(), fetcher=fetcher, now=NOW)

    def fetcher(self, **settings: object):
        return self.desk.fetcher(**{"retries": 0, "deadline_s": 1.0} | settings)

    def reasons(self) -> dict[str, str]:
        """By the path of a source, how the last look at it went."""
        with Archive.open(self.path) as archive:
            found = status(archive, archive.config(), NOW).sources
        return {source.url.removeprefix(self.desk.server.url("")): source.reason for source in found}


@pytest.fixture
def press(desk: Desk, tmp_path: Path) -> Press:
    return Press(desk, tmp_path / "news")


SOURCES: dict[str, tuple[str, Script, str]] = {
    "billion laughs in a feed": ("feed", answer(rss("&l9;", head=LAUGHS)), ENTITIES),
    "billion laughs in a sitemap": ("sitemap", answer(urlset("&l9;", head=LAUGHS.replace("rss", "urlset"))), ENTITIES),
    "billion laughs in UTF-16": ("feed", answer(rss("&l9;", head=LAUGHS).encode("utf-16")), ENTITIES),
    "billion laughs, kind not told": ("", answer(rss("&l9;", head=LAUGHS)), ENTITIES),
    "a file as entity": (
        "feed",
        answer(rss("&x;", head='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
        ENTITIES,
    ),
    "an address as entity": (
        "sitemap",
        answer(urlset("&x;", head='<!DOCTYPE urlset [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]>')),
        ENTITIES,
    ),
    "a parameter entity": (
        "feed",
        answer(rss("x", head='<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>')),
        ENTITIES,
    ),
    "a page in place of a feed": ("feed", answer(HTML), "an HTML page, not a feed"),
    "a page in place of a sitemap": ("sitemap", answer(HTML), "an HTML page, not a sitemap"),
    "nothing": ("feed", answer(b""), "empty"),
    "JSON that is no feed": ("feed", answer('{"error": "log in"}'), "not a JSON Feed"),
    "JSON without end": ("feed", answer("[" * 100_000), "not a feed"),
    "JSON as deep as it goes": ("feed", answer('{"a":' * 100_000), "not valid JSON"),
    "broken before the first entry": ("sitemap", answer(f"<urlset xmlns='{SCHEMA}'><url><"), "broken"),
    "a picture": ("", answer(b"\x89PNG\r\n", "200 OK", "Content-Type: image/png"), "image/png"),
    "a bomb": ("sitemap", answer(gzip.compress(b"<urlset>" + b" " * 60_000_000)), "unpacks to more than 50 MB"),
    "a bomb in a bomb": ("sitemap", answer(gzip.compress(gzip.compress(b" " * 60_000_000))), "packed twice"),
    "a bomb as content coding": ("feed", zipped(b"<rss>" + b" " * 60_000_000), "unpacks to more than"),
    "a packed sitemap cut short": ("sitemap", answer(gzip.compress(urlset("http://x/").encode())[:-9]), "ends early"),
    "a damaged packed sitemap": ("sitemap", answer(b"\x1f\x8b\x08 no gzip at all"), "damaged"),
    "a circle of redirects": ("feed", redirect("/source"), "in a circle"),
    "redirects without end": (
        "feed",
        lambda seen: redirect(f"/source?{len(seen.target)}{'x' * len(seen.target)}"),
        "more than 10 redirects",
    ),
    "a redirect inside": ("feed", redirect("http://127.1:9/feed"), "is a loopback address"),
    "a redirect to a file": ("feed", redirect("file:///etc/passwd"), "redirects to no address"),
    "a slow drip": ("feed", endless(answer(b"", length=5000), b"<"), "did not answer within"),
    "a slow head": ("sitemap", endless(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"), "did not answer within"),
    "cut by its length": ("feed", lambda seen: [answer(rss("http://x/"), length=50_000), HANG_UP], "broke off"),
    "cut between chunks": ("feed", lambda seen: [CHUNKED + b"5\r\n<rss>\r\n", HANG_UP], "broke off"),
    "cut content coding": ("sitemap", zipped(urlset("http://x/").encode(), cut=12), "ends early"),
    "one huge header": ("feed", answer(rss("x"), "200 OK", "X-Big: " + "x" * 2_000_000), "headers of more than"),
    "too large": ("feed", answer(b"<rss>" + b" " * 11_000_000), "larger than"),
    "refused": ("feed", answer(b"", "403 Forbidden"), "HTTP 403"),
    "not there": ("sitemap", NOT_FOUND, "HTTP 404"),
    "a section without articles": (
        "section",
        answer(HTML, "200 OK", "Content-Type: text/html"),
        "no link on this page",
    ),
    "a feed in place of a section": ("section", answer(rss("http://x/")), "a feed or sitemap, not a page"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_hostile_source_fails_with_a_reason_and_alone(press: Press, server: Server, name: str) -> None:
    kind, script, words = SOURCES[name]
    server.pages["/source"] = script
    press.watch(Watch(url=server.url("/source"), kind=kind))  # type: ignore[arg-type]  # one of the kinds
    started = time.monotonic()
    assert press.run() == {server.url(OTHER): Event.FIRST}
    assert time.monotonic() - started < 20
    assert words in press.reasons()["/source"]
    assert len(press.reasons()["/source"].splitlines()) == 1
    assert press.tally is not None
    assert press.tally.exit_code == 3


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("feed", lambda text: rss(text).encode("utf-16")),
        ("feed", lambda text: b"\xef\xbb\xbf" + rss(text).encode()),
        ("feed", lambda text: rss(text, head='<?xml version="1.0" encoding="windows-1251"?>').encode("cp1251")),
        ("feed", lambda text: rss(text, head='<?xml version="1.0" encoding="utf-8"?>').encode("latin-1")),
        ("sitemap", lambda text: urlset(text, head='<?xml version="1.0" encoding="utf-16"?>').encode("utf-16")),
        ("sitemap", lambda text: b"\xef\xbb\xbf" + urlset(text).encode()),
        ("sitemap", lambda text: gzip.compress(urlset(text).encode())),
    ],
)
@pytest.mark.parametrize("charset", ["", "; charset=iso-8859-5", "; charset=utf-16", "; charset=no-such"])
def test_a_source_in_whatever_encoding_names_its_article(
    press: Press, server: Server, kind: str, body: Callable[[str], bytes], charset: str
) -> None:
    server.pages |= {
        "/source": answer(body(server.url(STORY)), "200 OK", f"Content-Type: text/xml{charset}"),
        STORY: PAGE,
    }
    press.watch(Watch(url=server.url("/source"), kind=kind))  # type: ignore[arg-type]  # one of the kinds
    assert press.run()[server.url(STORY)] is Event.FIRST


@pytest.mark.parametrize(
    ("kind", "make", "most", "words"),
    [("feed", rss, 10_000, "more than 10,000 entries"), ("sitemap", urlset, 50_000, "more than 50,000 entries")],
)
def test_entries_without_end_are_bounded_and_so_is_what_is_asked_for(
    press: Press, server: Server, kind: str, make: Callable[..., str], most: int, words: str
) -> None:
    links = (f"{server.url('/town/')}story-{number}-of-the-harbour" for number in range(55_000))
    server.pages["/source"] = zipped(make(*links).encode())
    press.watch(Watch(url=server.url("/source"), kind=kind))  # type: ignore[arg-type]  # one of the kinds
    agenda = press.plan()
    limit = Config(schema=1).fetch.limit_per_host
    assert (len(agenda.choice.due), agenda.choice.left) == (limit, most + 1 - limit)
    assert any(words in warning for warning in agenda.warnings)


def test_sitemaps_in_a_circle_without_end_or_in_thousands_are_bounded(press: Press, server: Server) -> None:
    def deeper(seen):
        number = int(seen.target.partition("?")[2] or 0)
        return answer(index(*(server.url(f"/deep?{number * 3 + n + 1}") for n in range(3))))

    circle = answer(index(server.url("/circle"), server.url("/circle?again"), server.url("/leaf")))
    wide = answer(index(*(server.url(f"/leaf?{n}") for n in range(40_000))))
    server.pages |= {"/circle": circle, "/wide": wide, "/deep": deeper, "/leaf": answer(urlset(server.url(STORY)))}
    server.pages[STORY] = PAGE
    for path in ("/circle", "/wide", "/deep"):
        press.watch(Watch(url=server.url(path), kind="sitemap"))
    agenda = press.plan()
    asked = [target.partition("?")[0] for target in server.targets()]
    assert asked.count("/circle") == 2
    assert asked.count("/leaf") == 1 + MOST_PARTS
    assert asked.count("/deep") == 1 + 3 + 9
    assert {due.url for due in agenda.choice.due} == {server.url(STORY), server.url(OTHER)}
    told = " ".join(agenda.warnings)
    assert f"more than {MOST_DEPTH} deep" in told
    assert f"{MOST_PARTS} of 40000 sitemaps were read" in told


def test_a_calendar_without_end_is_left_after_some_pages(press: Press, server: Server) -> None:
    def month(seen):
        number = int(seen.target.rpartition("=")[2] if "=" in seen.target else 1)
        cards = "".join(
            f"<h2><a href='/town/story-{number}-{n}-of-the-harbour'>Story {n} of the harbour now</a></h2>"
            for n in range(5)
        )
        days = "".join(f"<a href='/2026/{number}/{day}/'>{day}</a>" for day in range(1, 29))
        more = f"<a rel='next' href='/calendar?page={number + 1}'>Next month</a>"
        return answer(f"<main>{cards}</main>{days}{more}", "200 OK", "Content-Type: text/html")

    server.pages["/calendar"] = month
    press.watch(Watch(url=server.url("/calendar"), kind="section"))
    agenda = press.plan()
    assert [target.partition("?")[0] for target in server.targets()].count("/calendar") == MOST_PAGES
    found = {due.url for due in agenda.choice.due}
    assert len(found) == 5 * MOST_PAGES + 1
    assert not any("/2026/" in url for url in found)


INSIDE = ("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "[::1]", "inner.example")
INSIDE += ("[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "mixed.example", "100.64.0.1", "10.1.2.3")


@pytest.mark.parametrize("make", [rss, urlset], ids=["feed", "sitemap"])
def test_links_of_a_source_never_lead_inside(
    press: Press, server: Server, canary: Server, make: Callable[..., str]
) -> None:
    press.desk.names |= {"inner.example": ["127.0.0.1"], "mixed.example": ["93.184.216.34", "127.0.0.1"]}
    press.desk.names |= {"localhost": ["127.0.0.1"]}
    links = [f"http://{host}:{canary.port}{STORY}" for host in INSIDE]
    server.pages["/source"] = answer(make(*links))
    press.watch(Watch(url=server.url("/source"), kind="feed" if make is rss else "sitemap"))
    allowed = frozenset({server.netloc})
    press.run(allow_hosts=allowed)
    refused = [one.check for one in press.outcomes if one.check.event is Event.FAILED]
    assert len(refused) == len({check.url for check in refused}) >= 10
    assert all("is not contacted" in check.reason for check in refused)
    assert server.url(OTHER) in {one.check.url for one in press.outcomes if one.check.event is Event.FIRST}


@pytest.mark.parametrize("make", [rss, urlset], ids=["feed", "sitemap"])
def test_links_that_are_no_addresses_are_left_out_and_passwords_kept_nowhere(
    press: Press, server: Server, canary: Server, make: Callable[..., str]
) -> None:
    odd = ("file:///etc/passwd", "javascript:alert(1)", "gopher://x/", "data:text/html,x", "http://", "http://[::1", "")
    secret = f"http://reader:hunter2@127.0.0.1:{canary.port}{STORY}"
    links = (*odd, secret, f"http://news.example\\@127.0.0.1:{canary.port}/", "x" * 20_000, server.url(STORY))
    server.pages |= {"/source": answer(make(*(link.replace("&", "&amp;") for link in links))), STORY: PAGE}
    press.watch(Watch(url=server.url("/source"), kind="feed" if make is rss else "sitemap"))
    events = press.run()
    assert (events[server.url(STORY)], events[server.url(OTHER)]) == (Event.FIRST, Event.FIRST)
    assert all("hunter2" not in f"{one.check} {one.hint}" for one in press.outcomes)
    for path in press.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"hunter2" not in (gzip.GzipFile(fileobj=io.BytesIO(data)).read() if path.suffix == ".gz" else data)


def test_a_name_that_changes_its_answer_between_feed_and_article_gains_nothing(desk: Desk, tmp_path: Path) -> None:
    with Server(address="127.0.0.2", port=desk.server.port, pages={"*": PAGE}) as trap:
        answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])
        desk.names["flip.example"] = []
        desk.resolve = lambda host: next(answers)  # type: ignore[method-assign]
        press = Press(desk, tmp_path / "news")
        url = desk.server.url(STORY, "flip.example")
        desk.server.pages |= {"/source": answer(rss(url)), STORY: lambda seen: [PAGE, HANG_UP]}
        press.watch(Watch(url=desk.server.url("/source", "flip.example"), kind="feed"))
        assert press.run()[url] is Event.FIRST
        assert trap.connections == 0
