"""What a page links to, each link with its surroundings. Takes a page's bytes, gives `PageLinks`; pure and total.

For discovery, which judges by this what is an article, a feed, a next page. Nothing is judged here. Addresses are
absolute, normal and without tracking parameters; links that lead to no web page are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archiver.errors import BadUrl
from archiver.extract.page import TAG, Element, Event, decode, end_of, parse
from archiver.text import clean
from archiver.urls import join_url, normalise_url

MOST_ANCHORS = 5_000
"""Anchors read of one page, its first ones; what follows is told as a warning."""
_TEXT_CHARS = 400
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ROLES = {
    "navigation": "nav",
    "contentinfo": "footer",
    "banner": "header",
    "complementary": "aside",
    "menu": "nav",
    "menubar": "nav",
    "main": "main",
    "search": "nav",
}
_LANDMARKS = frozenset(("nav", "footer", "header", "aside", "main", "article"))
_GROUP_LEVELS = 4
_FEED_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"))
_LD_TYPE = re.compile(r'"@type"\s*:\s*(?:\[\s*)?"(?:schema:)?(\w+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One `a` element with an address."""

    url: str
    text: str
    """What a reader sees of it; of an image, its alternative text."""
    landmark: str = ""
    """The nearest of nav, header, footer, aside, main and article that it stands in, by element or role."""
    is_heading: bool = False
    """Whether it stands in a heading, or holds one."""
    group: str = ""
    """Tags and classes of the nearest elements around it: equal for the cards of one list."""
    rel: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed that the page declares."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """All links of a page, and what kind of page it says it is."""

    title: str = ""
    types: tuple[str, ...] = ()
    """Its og:type and the types of its JSON-LD, as they stand: "article", "NewsArticle", "CollectionPage"."""
    feeds: tuple[FeedLink, ...] = ()
    canonical_url: str = ""
    next_url: str = ""
    """Where rel=next leads, from the head or from an anchor."""
    anchors: tuple[Anchor, ...] = ()
    warnings: tuple[str, ...] = ()


def read_links(content: bytes, *, url: str, content_type: str = "") -> PageLinks:
    """The links of the page that `url` answered with."""
    data, told = decode(content, content_type)
    page = parse(data)
    base = _base(page.events, url)
    links = (link for _, link in _elements(page.events, "link"))
    declared = [(_words(link.get("rel", "")), link) for link in links if link.get("href")]
    anchors: list[Anchor] = []
    warnings = [*told, *page.warnings]
    for anchor in _anchors(page.events, base):
        if len(anchors) == MOST_ANCHORS:
            warnings.append(f"the page has more than {MOST_ANCHORS:,} links; the rest was left out")
            break
        anchors.append(anchor)
    following = [_address(base, link.get("href", "")) for rel, link in declared if "next" in rel]
    following += [anchor.url for anchor in anchors if "next" in anchor.rel]
    return PageLinks(
        title=next((_text(_content(page.events, n)) for n, _ in _elements(page.events, "title")), ""),
        types=_types(page.events),
        feeds=tuple(_feeds(declared, base)),
        canonical_url=next((_address(base, link.get("href", "")) for rel, link in declared if "canonical" in rel), ""),
        next_url=next(filter(None, following), ""),
        anchors=tuple(anchors),
        warnings=tuple(warnings),
    )


def select_links(content: bytes, selector: str, *, url: str, content_type: str = "") -> tuple[Anchor, ...]:
    """The links that a recipe's selector names, or that stand in what it names, each address once.

    Raises ValueError when it is no selector.
    """
    from bs4 import BeautifulSoup  # here, because it is slow to import and to run
    from soupsieve import SelectorSyntaxError

    data, _ = decode(content, content_type)
    soup = BeautifulSoup(data.decode("utf-8", "replace"), "lxml")
    found: dict[str, Anchor] = {}
    try:
        chosen = soup.select(selector)
    except (SelectorSyntaxError, NotImplementedError) as error:
        raise ValueError(str(error).partition("\n")[0]) from None
    first = soup.find("base", href=True)
    base = (_joined(url, str(first["href"])) if first else "") or url
    for tag in chosen:
        for anchor in (tag, *tag.find_all("a")):
            href = str(anchor.get("href") or "").strip() if anchor.name == "a" else ""
            if href and (target := _address(base, href)) and len(found) < MOST_ANCHORS:
                found.setdefault(target, Anchor(url=target, text=clean(anchor.get_text(" "))[:_TEXT_CHARS]))
    return tuple(found.values())


def _elements(events: Sequence[Event], tag: str) -> Iterator[tuple[int, Element]]:
    """Every element with this tag, and where it opens."""
    return ((n, event) for n, event in enumerate(events) if isinstance(event, dict) and event[TAG] == tag)


def _content(events: Sequence[Event], n: int) -> Sequence[Event]:
    """What stands in the element that opens at an index."""
    return events[n + 1 : end_of(events, n + 1)]


def _base(events: Sequence[Event], url: str) -> str:
    """What addresses on the page are relative to: its base element, or its own address."""
    for _, element in _elements(events, "base"):
        if href := element.get("href"):
            return _joined(url, href) or url
    return url


def _joined(base: str, reference: str) -> str:
    """The absolute address, every parameter kept, or "" when it is none."""
    try:
        return join_url(base, reference)
    except BadUrl:
        return ""


def _address(base: str, reference: str) -> str:
    joined = _joined(base, reference)
    return normalise_url(joined) if joined else ""


@dataclass(frozen=True, slots=True)
class _Place:
    """An open element, and what it and those around it make of its content."""

    element: Element
    landmark: str = ""
    is_heading: bool = False


def _anchors(events: Sequence[Event], base: str) -> Iterator[Anchor]:
    """Go through the page once, carrying along where we are."""
    around = [_Place({})]
    for n, event in enumerate(events):
        if event is None:
            around.pop()
        if not isinstance(event, dict):
            continue
        tag = event[TAG]
        outer = around[-1]
        here = _Place(event, _landmark(event) or outer.landmark, outer.is_heading or tag in _HEADINGS)
        around.append(here)
        href = event.get("href", "").strip() if tag == "a" else ""
        if href and not href.startswith("#") and (url := _address(base, href)):
            content = _content(events, n)
            yield Anchor(
                url=url,
                text=_text(content),
                landmark=here.landmark,
                is_heading=here.is_heading or any(isinstance(one, dict) and one[TAG] in _HEADINGS for one in content),
                group=_group(around[: -1 - _GROUP_LEVELS : -1]),
                rel=tuple(_words(event.get("rel", ""))),
            )


def _landmark(element: Element) -> str:
    role = _ROLES.get(element.get("role", "").strip().lower(), "")
    return role or (element[TAG] if element[TAG] in _LANDMARKS else "")


def _text(content: Sequence[Event]) -> str:
    words = clean(" ".join(text for text in content if isinstance(text, str))[:_TEXT_CHARS])
    return words or clean(next((image.get("alt", "") for _, image in _elements(content, "img")), ""))[:_TEXT_CHARS]


def _group(nearest: list[_Place]) -> str:
    """Position in the list is no part of it, and neither are classes that number or mark single cards."""
    levels: list[str] = []
    for element in (place.element for place in nearest if place.element):
        classes = sorted(name for name in _words(element.get("class", "")) if not any(map(str.isdigit, name)))[:3]
        levels.append(".".join((element[TAG], *classes)))
    return " ".join(levels)


def _feeds(declared: list[tuple[list[str], Element]], base: str) -> Iterator[FeedLink]:
    for rel, link in declared:
        kind = link.get("type", "").partition(";")[0].strip().lower()
        # A plain application/json alternate is a data interface of the site, unless it is called a feed.
        is_feed = kind in _FEED_TYPES and (kind != "application/json" or "feed" in link.get("href", "").lower())
        if "alternate" in rel and is_feed and (url := _address(base, link.get("href", ""))):
            yield FeedLink(url=url, title=clean(link.get("title", "")))


def _types(events: Sequence[Event]) -> tuple[str, ...]:
    metas = (meta for _, meta in _elements(events, "meta"))
    found = [meta.get("content", "") for meta in metas if meta.get("property", "") == "og:type"]
    for n, script in _elements(events, "script"):
        if "ld+json" in script.get("type", "").lower():
            found += _LD_TYPE.findall("".join(text for text in _content(events, n) if isinstance(text, str))[:200_000])
    return tuple(dict.fromkeys(clean(name) for name in found if name))[:50]


def _words(value: str) -> list[str]:
    return value.lower().split()
