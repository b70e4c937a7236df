"""Tell the articles on a section page from its navigation, without rules for the site. Takes `PageLinks`; pure.

Generic evidence only, added up: the shape of the address (a date, an id, a long slug), the words of the link, whether
it stands in a heading or in a menu, and whether it is one of several cards of the same kind. No single one decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import urlsplit

from archiver.discover.shape import article_likeness, is_same_site
from archiver.extract.links import Anchor, PageLinks
from archiver.model import Candidate
from archiver.text import word_count
from archiver.urls import origin_of

_ENOUGH = 3
_PLACES = {"nav": -3, "footer": -3, "header": -1, "aside": 0, "main": 1, "article": 1, "": 0}
_CARDS = 3
_PAGE = re.compile(r"(?:^|[/?&=_-])(?:page|p|pg|seite|strona|pagina|sayfa)?[/=_-]?(\d{1,3})/?$", re.I)


def find_articles(links: PageLinks, *, url: str, seed: str = "") -> tuple[Candidate, ...]:
    """The articles that a section page links to, in its order."""
    anchors: dict[str, list[Anchor]] = defaultdict(list)
    groups: dict[str, set[str]] = defaultdict(set)
    for anchor in links.anchors:
        if is_same_site(anchor.url, url) and not _is_above(anchor.url, url):
            anchors[anchor.url].append(anchor)
            if word_count(anchor.text) >= _CARDS:
                groups[anchor.group].add(anchor.url)
    cards = {group for group, urls in groups.items() if len(urls) >= _CARDS}
    return tuple(
        Candidate(url=target, seed=seed or url, title_hint=max((one.text for one in found), key=len))
        for target, found in anchors.items()
        if score(target, found, cards) >= _ENOUGH
    )


def score(url: str, anchors: Iterable[Anchor], cards: Iterable[str]) -> int:
    """The evidence that an address is an article's, given all the links to it; each kind counts by its best link."""
    found = tuple(anchors)
    words = max(word_count(anchor.text) for anchor in found)
    shape = article_likeness(url)
    if shape < -1:
        return shape
    total = shape + max(_PLACES[anchor.landmark] for anchor in found)
    total += 3 if words >= 6 else 2 if words >= 4 else 0 if words >= 2 else -1
    total += 2 * any(anchor.is_heading for anchor in found)
    total += any(anchor.group in cards and anchor.landmark not in ("nav", "footer") for anchor in found)
    return total


def next_page(links: PageLinks, *, url: str) -> str:
    """The address of the section's next page, or "". Only what rel=next or a page number one higher says."""

    def follows(target: str) -> bool:
        return target == links.next_url or (_number(target) == _number(url) + 1 and _stem(target) == _stem(url))

    targets = filter(None, (links.next_url, *(anchor.url for anchor in links.anchors)))
    return next((one for one in targets if one != url and origin_of(one) == origin_of(url) and follows(one)), "")


def _is_above(url: str, page: str) -> bool:
    """Whether an address is the page itself or one that it lies below."""
    target, own = urlsplit(url), urlsplit(page)
    return not target.query and f"{own.path.rstrip('/')}/".startswith(f"{target.path.rstrip('/')}/")


def _number(url: str) -> int:
    found = _PAGE.search(_tail(url))
    return int(found[1]) if found else 1


def _stem(url: str) -> str:
    """The address without its page number."""
    return _PAGE.sub("", _tail(url)).rstrip("/?&")


def _tail(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
