"""Sitemaps: what they list, how they are bounded, and that none is silently empty."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.documents import Unreadable
from archiver.discover.sitemaps import MOST_ENTRIES, Part, read_sitemap
from archiver.model import Candidate

URL = "https://courier.example/sitemap.xml"
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
PLAIN = f"""<?xml version="1.0"?><urlset xmlns="{SCHEMA}" xmlns:image="{IMAGE}"><url>
<loc> https://courier.example/town/ferry-runs-late </loc><lastmod>2026-03-02T10:00:00+01:00</lastmod>
<image:image><image:loc>https://courier.example/ferry.jpg</image:loc></image:image></url>
<url><loc>https://courier.example/town/weir-opens</loc><lastmod>2026-03-01</lastmod></url>
<url><loc>https://courier.example/town/weir-opens</loc></url><url><loc/></url></urlset>"""
NEWS_MAP = f"""<urlset xmlns="{SCHEMA}" xmlns:news="{NEWS}"><url><loc>https://courier.example/ferry</loc><news:news>
<news:publication><news:name>The Courier</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-03-02T08:15:00Z</news:publication_date><news:title>Ferry &amp; weir</news:title>
</news:news></url></urlset>"""


def test_a_sitemap_lists_pages_with_their_last_change() -> None:
    sitemap = read_sitemap(PLAIN.encode(), url=URL)
    assert sitemap.entries == (
        Candidate(
            url="https://courier.example/town/ferry-runs-late", seed=URL, lastmod=datetime(2026, 3, 2, 9, tzinfo=UTC)
        ),
        Candidate(url="https://courier.example/town/weir-opens", seed=URL, lastmod=datetime(2026, 3, 1, tzinfo=UTC)),
    )
    assert not sitemap.is_news
    assert not sitemap.warnings


def test_a_news_sitemap_tells_title_and_date() -> None:
    sitemap = read_sitemap(NEWS_MAP.encode(), url=URL, seed="https://courier.example/")
    assert sitemap.is_news
    assert sitemap.entries == (
        Candidate(
            url="https://courier.example/ferry",
            seed="https://courier.example/",
            title_hint="Ferry & weir",
            date_hint=datetime(2026, 3, 2, 8, 15, tzinfo=UTC),
        ),
    )


def test_an_index_names_other_sitemaps() -> None:
    text = f"""<sitemapindex xmlns="{SCHEMA}"><sitemap><loc>/2026-03.xml.gz</loc><lastmod>2026-03-02</lastmod></sitemap>
    <sitemap><loc>https://courier.example/2026-02.xml.gz</loc></sitemap></sitemapindex>"""
    sitemap = read_sitemap(text.encode(), url=URL)
    assert sitemap.is_index
    assert sitemap.parts == (
        Part(url="https://courier.example/2026-03.xml.gz", lastmod=datetime(2026, 3, 2, tzinfo=UTC)),
        Part(url="https://courier.example/2026-02.xml.gz"),
    )


@pytest.mark.parametrize("content", [gzip.compress(PLAIN.encode()), PLAIN.replace(f' xmlns="{SCHEMA}"', "").encode()])
def test_packed_and_without_namespace_it_reads_the_same(content: bytes) -> None:
    assert read_sitemap(content, url=URL) == read_sitemap(PLAIN.encode(), url=URL)


def test_a_list_of_lines_is_a_sitemap_too() -> None:
    content = b"https://courier.example/a\nnot an address\r\nhttps://courier.example/b\n"
    assert [entry.url for entry in read_sitemap(content, url=URL).entries] == [
        "https://courier.example/a",
        "https://courier.example/b",
    ]


def test_of_a_cut_sitemap_the_beginning_is_given() -> None:
    sitemap = read_sitemap(PLAIN.encode()[:420], url=URL)
    assert [entry.url for entry in sitemap.entries] == ["https://courier.example/town/ferry-runs-late"]
    assert "broken" in sitemap.warnings[0]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<!doctype html><title>Sitemap</title>", "an HTML page, not a sitemap"),
        (b"  ", "the document is empty"),
        (b"<rss version='2.0'/>", "not a sitemap"),
        (b"<urlset><url><loc>https://a.exa", "the sitemap is broken"),
        (b'<!DOCTYPE urlset [<!ENTITY a "aaaa">]><urlset><url><loc>&a;</loc></url></urlset>', "XML entities"),
        (b'<urlset><!ENTITY a "aaaa"><url><loc>&a;</loc></url></urlset>', "declares XML entities"),
        (gzip.compress(gzip.compress(PLAIN.encode())), "packed twice"),
        (gzip.compress(PLAIN.encode())[:-9], "ends early"),
        (b"\x1f\x8bnonsense", "damaged"),
        (gzip.compress(b"<urlset>" + b" " * (51 << 20)), "unpacks to more than 50 MB"),
    ],
)
def test_what_is_no_sitemap_is_never_no_news(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_sitemap(content, url=URL)


@pytest.mark.slow
def test_a_huge_sitemap_is_bounded() -> None:
    urls = "".join(f"<url><loc>https://courier.example/{n}</loc></url>" for n in range(MOST_ENTRIES + 10))
    sitemap = read_sitemap(f"<urlset>{urls}</urlset>".encode(), url=URL)
    assert len(sitemap.entries) == MOST_ENTRIES
    assert sitemap.warnings


@given(st.one_of(st.binary(), st.integers(0, len(PLAIN)).map(lambda end: PLAIN[:end].encode())))
def test_anything_is_a_sitemap_or_unreadable(content: bytes) -> None:
    try:
        read_sitemap(content, url=URL)
    except Unreadable as error:
        assert str(error)  # noqa: PT017 either outcome is right, a silent one is not
