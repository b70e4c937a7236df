"""A document tells what it is; one that is not what it was said to be is an error."""

from __future__ import annotations

import gzip

import pytest

from archiver.discover.detect import read_document
from archiver.discover.documents import Unreadable

from .test_feeds import FEEDS
from .test_sections import HOME, PAGE
from .test_sitemaps import NEWS_MAP, PLAIN

STORY = "https://courier.example/town/old-quay-bridge-to-close"


@pytest.mark.parametrize(
    ("content", "content_type", "url", "kind"),
    [
        *((feed.encode(), "text/html", HOME, "feed") for feed in FEEDS.values()),
        (b"\xef\xbb\xbf  <!-- x --><?pi?>" + PLAIN.encode().partition(b"?>")[2], "text/xml", HOME, "sitemap"),
        (NEWS_MAP.encode(), "", HOME, "sitemap"),
        (gzip.compress(PLAIN.encode()), "application/x-gzip", HOME, "sitemap"),
        (b"https://courier.example/a-b-c\n", "text/plain", HOME, "sitemap"),
        (PAGE.encode(), "text/html; charset=utf-8", "https://courier.example/", "section"),
        (b"<h1>Bridge</h1><p>It closes.</p>", "text/html", STORY, "article"),
        (
            b'<meta property="og:type" content="article"><h1>Bridge</h1>',
            "",
            "https://courier.example/bridge",
            "article",
        ),
        (b'<script type="application/ld+json">{"@type": "NewsArticle"}</script>', "", "https://a.example/x", "article"),
        (b'<meta property="og:type" content="website"><h1>Town</h1>', "", "https://courier.example/town", "section"),
    ],
)
def test_a_document_tells_what_it_is(content: bytes, content_type: str, url: str, kind: str) -> None:
    assert read_document(content, url=url, content_type=content_type).kind == kind


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("feed", PAGE.encode(), "an HTML page, not a feed"),
        ("sitemap", PAGE.encode(), "an HTML page, not a sitemap"),
        ("sitemap", FEEDS["RSS 2.0"].encode(), "not a sitemap"),
        ("section", FEEDS["RSS 2.0"].encode(), "a feed or sitemap, not a page"),
    ],
)
def test_a_document_of_another_kind_is_an_error(kind: str, content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_document(content, url=HOME, kind=kind)


def test_what_is_no_document_is_an_error() -> None:
    with pytest.raises(Unreadable, match=r"neither a page nor a feed nor a sitemap, but application/pdf"):
        read_document(b"%PDF-1.7", url=HOME, content_type="application/pdf; x=y")
