"""Feeds of every kind give the same candidates; what is no feed is an error with a reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.documents import Unreadable
from archiver.discover.feeds import MOST_ENTRIES, read_feed
from archiver.model import Candidate

URL = "https://courier.example/feed"
BRIDGE = Candidate(
    url="https://courier.example/town/old-quay-bridge?id=7",
    seed=URL,
    title_hint="Old quay bridge & ferry",
    date_hint=datetime(2026, 3, 2, 9, tzinfo=UTC),
)
LINK = "/town/old-quay-bridge?utm_source=rss&amp;id=7#top"
RSS_ITEM = f"<title>Old quay bridge &amp; ferry</title><link>https://courier.example{LINK}</link>"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FEEDS = {
    "RSS 0.91": f"""<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
        "http://my.netscape.example/rss-0.91.dtd"><rss version="0.91"><channel><item>{RSS_ITEM}
        <pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate></item></channel></rss>""",
    "RSS 1.0": f"""<rdf:RDF xmlns:rdf="{RDF}" xmlns="http://purl.org/rss/1.0/" xmlns:dc="{DUBLIN_CORE}"><channel/>
        <item>{RSS_ITEM}<dc:date>2026-03-02T10:00:00+01:00</dc:date></item></rdf:RDF>""",
    "RSS 2.0": f"""<rss version="2.0"><channel><title>Courier</title><item>{RSS_ITEM}
        <pubDate>Mon, 02 Mar 2026 10:00:00 +0100</pubDate></item></channel></rss>""",
    "Atom": f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title><entry>
        <title type="html">Old quay bridge &amp;amp; ferry</title><link href="{LINK}"/>
        <published>2026-03-02T09:00:00Z</published></entry></feed>""",
    "JSON Feed": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [
                {
                    "id": "7",
                    "url": "/town/old-quay-bridge?id=7&fbclid=x",
                    "title": "Old quay bridge & ferry",
                    "date_published": "2026-03-02T10:00:00+01:00",
                }
            ],
        }
    ),
}


@pytest.mark.parametrize("name", FEEDS)
def test_every_kind_of_feed_says_the_same(name: str) -> None:
    feed = read_feed(FEEDS[name].encode(), url=URL)
    (entry,) = feed.entries
    assert (entry.url, entry.seed, entry.title_hint) == (BRIDGE.url, URL, BRIDGE.title_hint)
    assert (entry.date_hint or entry.lastmod) == BRIDGE.date_hint
    assert feed.warnings == ()


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_a_feed_in_another_encoding_is_read(encoding: str) -> None:
    text = f"""<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><item><title>Fähre</title>
        <link>https://courier.example/a-b-c</link></item></channel></rss>"""
    feed = read_feed(text.encode(encoding), url=URL, content_type="application/xml")
    assert [entry.title_hint for entry in feed.entries] == ["Fähre"]


def test_atom_tells_when_an_entry_was_changed() -> None:
    text = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/a"/>
        <published>2026-03-01T09:00:00Z</published><updated>2026-03-02T11:30:00+02:00</updated></entry></feed>"""
    (entry,) = read_feed(text.encode(), url=URL).entries
    assert (entry.date_hint, entry.lastmod) == (
        datetime(2026, 3, 1, 9, tzinfo=UTC),
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    )


def test_an_empty_feed_is_no_error() -> None:
    assert read_feed(b'<rss version="2.0"><channel><title>Courier</title></channel></rss>', url=URL).entries == ()


BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss version="2.0">
<channel><item><title>&b;</title><link>https://courier.example/a</link></item></channel></rss>"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<!DOCTYPE html><html><body><p>Please log in</p></body></html>", "an HTML page, not a feed"),
        (b"", "the document is empty"),
        (b"<rss version='2.0'><channel><title>Cour", "the feed is broken: "),
        (b"<note>hello</note>", "not a feed"),
        (BOMB.encode(), "declares XML entities"),
        (BOMB.encode("utf-16"), "declares XML entities"),
        (b'{"items": []}', "JSON, but not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "no list of items"),
        (b"{" * 100_000, "not valid JSON"),
        (b'{"a":' + b"[" * 100_000, "not valid JSON"),
    ],
)
def test_what_is_no_feed_is_never_no_news(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_feed(content, url=URL)


def test_a_cut_feed_gives_what_it_has_and_says_so() -> None:
    whole = FEEDS["RSS 2.0"].replace("</channel></rss>", "<item><title>A sto")
    feed = read_feed(whole.encode(), url=URL)
    assert BRIDGE in feed.entries
    assert "broken" in feed.warnings[0]


def test_an_endless_feed_is_bounded() -> None:
    items = "".join(f"<item><link>https://courier.example/story-{n}</link></item>" for n in range(MOST_ENTRIES + 2_000))
    feed = read_feed(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), url=URL)
    assert len(feed.entries) == MOST_ENTRIES
    assert feed.warnings == (f"more than {MOST_ENTRIES:,} entries; the first were read",)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "mailto:desk@courier.example", "http://u:p@courier.example/", ""]
)
def test_links_that_are_no_pages_are_left_out(link: str) -> None:
    text = f'<rss version="2.0"><channel><item><title>x</title><link>{link}</link></item></channel></rss>'
    assert read_feed(text.encode(), url=URL).entries == ()


WHOLE = FEEDS["RSS 2.0"].encode()


@given(st.one_of(st.binary(), st.integers(0, len(WHOLE)).map(lambda end: WHOLE[:end])))
def test_anything_is_a_feed_or_unreadable(content: bytes) -> None:
    try:
        feed = read_feed(content, url=URL)
    except Unreadable as error:
        assert str(error)  # noqa: PT017 either outcome is right, a silent one is not
    else:
        assert all(entry.url.startswith("http") for entry in feed.entries)


def test_content_is_never_taken_for_a_file_to_open(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_bytes(WHOLE)
    with pytest.raises(Unreadable):
        read_feed(str(secret).encode(), url=URL)
