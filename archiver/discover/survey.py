"""Find what there is to watch at an address: what it is itself, and the feeds and sitemaps of its site.

Asks, through a fetcher, the address, the feeds that its page declares, the site's robots.txt, and the places where
feeds and sitemaps usually are. Believes only what it could read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from archiver.discover import Fetcher, Kind
from archiver.discover.detect import Document, read_document
from archiver.discover.documents import Unreadable
from archiver.errors import BadUrl
from archiver.model import Capture, FetchFailure, Request
from archiver.recipes import Recipe, choose
from archiver.urls import join_url, normalise_url, origin_of

_PLACES = (
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap.xml",
    "/sitemap_index.xml",
)
"""Where feeds and sitemaps usually are, for sites that declare none."""
_MOST_DECLARED = 10
_SITEMAP_LINE = re.compile(rb"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.I | re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that can be watched."""

    url: str
    kind: Kind
    title: str = ""
    count: int = 0
    """How many candidates, or of an index how many sitemaps, it lists."""
    newest: datetime | None = None
    """The latest instant that it states."""
    is_news: bool = False
    origin: str = ""
    """How it was found: "as given", "link element", "robots.txt", "usual place"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found at one address."""

    url: str
    own: Source | None = None
    """The address itself, when it could be read."""
    others: tuple[Source, ...] = ()
    problem: str = ""
    hint: str = ""

    @property
    def chosen(self) -> tuple[Source, ...]:
        """What to watch unless told otherwise: the address; of a section also its first feed and its news sitemap."""
        if self.own is None:
            return ()
        if self.own.kind != "section":
            return (self.own,)
        feeds = [source for source in self.others if source.kind == "feed"][:1]
        return (self.own, *feeds, *[source for source in self.others if source.is_news][:1])


def survey(url: str, fetcher: Fetcher, *, recipes: tuple[Recipe, ...] = ()) -> Survey:
    """Look at a normalised address; of a section page also at what its site offers beside it.

    `recipes` may name the articles on section pages.
    """
    result = next(fetcher.fetch([Request(url=url)]))
    if isinstance(result, FetchFailure):
        return Survey(url=url, problem=result.reason, hint=result.hint)
    if result.status != 200:
        return Survey(url=url, problem=f"HTTP {result.status} {result.reason}".strip(), hint="check the address")
    try:
        recipe = choose(recipes, result.url, result.captured_at.date())
        document = _document(result, recipe.links if recipe else "")
    except Unreadable as error:
        return Survey(url=url, problem=str(error))
    own = _source(url, document, "as given")
    if document.kind != "section":
        return Survey(url=url, own=own)
    declared = [feed.url for feed in document.feeds[:_MOST_DECLARED]]
    return Survey(url=url, own=own, others=tuple(_beside(url, declared, fetcher)))


def _beside(url: str, declared: Iterable[str], fetcher: Fetcher) -> Iterator[Source]:
    """The readable feeds and sitemaps of a site, the declared first, each document once."""
    site = origin_of(url)
    origins = dict.fromkeys(declared, "link element")
    robots = next(fetcher.fetch([Request(url=f"{site}/robots.txt")]))
    if isinstance(robots, Capture) and robots.status == 200:
        for line in _SITEMAP_LINE.findall(robots.content)[:_MOST_DECLARED]:
            if target := _address(site, line.decode("latin-1")):
                origins.setdefault(target, "robots.txt")
    for place in _PLACES:
        origins.setdefault(site + place, "usual place")
    order = {target: position for position, target in enumerate(origins)}
    results = list(fetcher.fetch([Request(url=target) for target in origins]))
    seen: set[str] = set()
    for result in sorted(results, key=lambda one: order.get(_asked(one), 0)):
        if not isinstance(result, Capture) or result.status != 200 or result.payload_sha256 in seen:
            continue
        try:
            document = _document(result)
        except Unreadable:
            continue
        if document.kind in ("feed", "sitemap") and (document.candidates or document.parts):
            seen.add(result.payload_sha256)
            yield _source(_asked(result), document, origins[_asked(result)])


def _document(capture: Capture, links: str = "") -> Document:
    content_type = capture.header("content-type")
    return read_document(capture.content, url=capture.url, content_type=content_type, links=links)


def _source(url: str, document: Document, origin: str) -> Source:
    stated = [date for one in document.candidates for date in (one.date_hint, one.lastmod) if date]
    stated += [part.lastmod for part in document.parts if part.lastmod]
    return Source(
        url=url,
        kind=document.kind,
        title=document.title,
        count=len(document.candidates) or len(document.parts),
        newest=max(stated, default=None),
        is_news=document.is_news,
        origin=origin,
    )


def _asked(result: Capture | FetchFailure) -> str:
    return result.url if isinstance(result, FetchFailure) else result.requested_url


def _address(base: str, reference: str) -> str:
    try:
        return normalise_url(join_url(base, reference))
    except BadUrl:
        return ""
