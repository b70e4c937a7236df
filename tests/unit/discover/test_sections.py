"""Articles are told from navigation by generic evidence, and the next page by its number."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from archiver.discover.sections import find_articles, next_page
from archiver.discover.shape import article_likeness, is_same_site
from archiver.extract.links import PageLinks, read_links

HOME = "https://courier.example/town/"
PAGE = """<!doctype html><html><head><title>Town | Courier</title></head><body>
<header role="banner"><a href="/">The Courier</a>
<nav><ul><li><a href="/town/">Town</a></li><li><a href="/arts-and-culture/">Arts and culture</a></li>
<li><a href="/newsletter/subscribe-to-our-morning-letter">Subscribe to our morning letter today</a></li>
<li><a href="/about-us/">About us</a></li></ul></nav></header>
<main><div class="card n1"><a href="/town/old-quay-bridge-to-close"><img alt="" src="b.jpg"></a>
  <h2><a href="/town/old-quay-bridge-to-close?utm_source=home">
  Old quay bridge to close for eleven months</a></h2></div>
<div class="card n2"><h2><a href="/2026/03/02/ferry.html">Ferry runs late on its very first day</a></h2></div>
<div class="card n3"><a href="/news/8814207"><h2>Weir opens after a long winter of repairs</h2></a></div>
<div class="card n4"><h2><a href="https://blog.courier.example/what-the-council-said">
  What the council said, word by word</a>
  </h2> <a href="/author/ada-quill-of-the-town-desk">Ada Quill</a></div>
<p class="ad"><a href="https://shop.example/a-very-nice-set-of-tea-cups">A very nice set of tea cups, only today</a></p>
<a href="/town/?page=1">1</a> <a href="/town/?page=2">2</a>
<a href="/town/?page=3">3</a> <a href="/town/?page=2">Next</a>
</main><footer><a href="/privacy-policy/how-we-use-your-data">How we use your data and what you can do</a>
<a href="/gallery/ferry.jpg">A picture of the ferry at night, by Ada Quill</a></footer></body></html>"""


def links(text: str = PAGE, url: str = HOME) -> PageLinks:
    return read_links(text.encode(), url=url)


def test_articles_are_told_from_navigation_without_rules() -> None:
    found = {candidate.url: candidate.title_hint for candidate in find_articles(links(), url=HOME)}
    assert found == {
        "https://courier.example/town/old-quay-bridge-to-close": "Old quay bridge to close for eleven months",
        "https://courier.example/2026/03/02/ferry.html": "Ferry runs late on its very first day",
        "https://courier.example/news/8814207": "Weir opens after a long winter of repairs",
        "https://blog.courier.example/what-the-council-said": "What the council said, word by word",
    }


@pytest.mark.parametrize(
    ("url", "likely"),
    [
        ("https://courier.example/", False),
        ("https://courier.example/town", False),
        ("https://courier.example/2026/03/02/", False),
        ("https://courier.example/2026/03/", False),
        ("https://courier.example/calendar/2026/03/02/", False),
        ("https://courier.example/tag/old-quay-bridge-and-ferry", False),
        ("https://courier.example/author/ada-quill-of-the-town-desk/", False),
        ("https://courier.example/files/report-of-the-harbour-council.pdf", False),
        ("https://courier.example/?s=bridge", False),
        ("https://courier.example/town/old-quay-bridge-to-close", True),
        ("https://courier.example/2026/03/02/ferry", True),
        ("https://courier.example/2026/03/02/8814207/", True),
        ("https://courier.example/town/old-quay-bridge-to-close/8814207", True),
        ("https://courier.example/article/" + quote("мост-закроют-на-ремонт"), True),
        ("https://courier.example/?p=8814", True),
    ],
)  # fmt: skip
def test_an_address_has_the_shape_of_an_article_or_not(url: str, likely: bool) -> None:
    assert (article_likeness(url) >= 3) == likely


@pytest.mark.parametrize(
    ("url", "other", "same"),
    [
        ("https://www.courier.example/a", "http://courier.example/", True),
        ("https://blog.courier.example/a", "https://www.courier.example/", True),
        ("https://courier.example/a", "https://notcourier.example/", False),
        ("https://courier.example:8443/a", "https://courier.example/", False),
    ],
)
def test_a_site_is_a_host_and_what_stands_below_it(url: str, other: str, same: bool) -> None:
    assert is_same_site(url, other) is same


@pytest.mark.parametrize(
    ("url", "href", "following"),
    [
        (HOME, "/town/?page=2", "https://courier.example/town/?page=2"),
        ("https://courier.example/town/?page=2", "/town/?page=3", "https://courier.example/town/?page=3"),
        (HOME, "/town/page/2/", "https://courier.example/town/page/2/"),
        (HOME, "/town/?page=3", ""),
        (HOME, "/sport/?page=2", ""),
        (HOME, "https://other.example/town/?page=2", ""),
        ("https://courier.example/calendar/2026/03/02", "/calendar/2026/03/04", ""),
    ],
)
def test_the_next_page_has_the_next_number(url: str, href: str, following: str) -> None:
    assert next_page(links(f'<a href="{href}">on</a>', url), url=url) == following


def test_the_next_page_is_what_the_head_says() -> None:
    page = '<head><link rel="next" href="/town/older"></head><a href="/town/?page=2">2</a>'
    assert next_page(links(page), url=HOME) == "https://courier.example/town/older"


@pytest.mark.parametrize(
    "text", ["", "<", "<a href='http://[bad'>x</a>" * 9, "<a>" * 5000, "<div>" * 3000 + "<a href=/x>"]
)
def test_any_page_has_links_or_none(text: str) -> None:
    assert isinstance(links(text), PageLinks)


def test_an_endless_page_is_bounded() -> None:
    found = links("".join(f"<a href='/story-number-{n}'>x</a>" for n in range(6_000)))
    assert len(found.anchors) == 5_000
    assert "the rest was left out" in found.warnings[-1]
