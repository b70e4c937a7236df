"""Go from seeds to candidates: fetch each seed, read it, follow its parts and next pages within bounds.

Gives one `Harvest` for each seed, whatever happens. A seed that could not be read has a problem, never no news. Bounded
for each seed and run: pages of a section, sitemaps of an index, their depth, candidates; an address is asked once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from archiver.discover import Fetcher
from archiver.discover.detect import Document, read_document
from archiver.discover.documents import Unreadable
from archiver.discover.sitemaps import Part
from archiver.model import Candidate, Capture, FetchFailure, Request, Seed
from archiver.recipes import Recipe, choose

MOST_PAGES = 5
"""Pages read of one section; the second and later only while the one before named something new."""
MOST_PARTS = 20
"""Sitemaps read of one index, the newest first."""
MOST_DEPTH = 3
"""Levels of sitemap indexes."""
MOST_CANDIDATES = 100_000


@dataclass(slots=True)
class Harvest:
    """What one seed came to."""

    seed: Seed
    kind: str = ""
    """What it turned out to be."""
    result: Capture | FetchFailure | None = None
    """How the seed's own address answered; None of a seed that is an article, which the run itself looks at."""
    candidates: dict[str, Candidate] = field(default_factory=dict)
    problem: str = ""
    hint: str = ""
    warnings: list[str] = field(default_factory=list)
    is_unchanged: bool = False
    """Whether the seed answered 304: it names what it named the last time."""


@dataclass(frozen=True, slots=True)
class _Page:
    """An address on the way of one seed."""

    harvest: Harvest
    url: str
    depth: int = 0
    """How many indexes, or pages of the section, lie before it."""


@dataclass(frozen=True, slots=True)
class _Guide:
    """What decides what is taken and what is followed."""

    is_known: Callable[[str], bool]
    now: datetime
    recipes: tuple[Recipe, ...]


def harvest(
    seeds: Iterable[Seed],
    *,
    fetcher: Fetcher,
    request: Callable[[str], Request],
    is_known: Callable[[str], bool],
    now: datetime,
    recipes: tuple[Recipe, ...] = (),
) -> tuple[Harvest, ...]:
    """Look for articles at all seeds that are not paused, side by side.

    `request` gives the request for a seed's own address, with validators where a 304 is good enough; `is_known` tells
    whether a candidate's address was seen before; `recipes` may name the articles on section pages.
    """
    harvests = tuple(Harvest(seed) for seed in seeds if not seed.is_paused)
    pages: list[_Page] = []
    for one in harvests:
        if one.seed.kind == "article":
            one.kind = "article"
            one.candidates[one.seed.url] = Candidate(url=one.seed.url, seed=one.seed.url)
        else:
            pages.append(_Page(one, one.seed.url))
    guide = _Guide(is_known, now, recipes)
    asked: set[tuple[str, str]] = set()
    while pages:
        waiting: dict[str, list[_Page]] = {}
        for page in pages:
            if (page.harvest.seed.url, page.url) not in asked:
                asked.add((page.harvest.seed.url, page.url))
                waiting.setdefault(page.url, []).append(page)
        pages = list(_round(waiting, fetcher, request, guide))
    return harvests


def _round(
    waiting: dict[str, list[_Page]],
    fetcher: Fetcher,
    request: Callable[[str], Request],
    guide: _Guide,
) -> Iterator[_Page]:
    """Fetch some addresses and read them; give the addresses that these lead to."""
    requests = [
        request(url) if any(page.depth == 0 for page in pages) else Request(url=url) for url, pages in waiting.items()
    ]
    for result in fetcher.fetch(requests):
        address = result.url if isinstance(result, FetchFailure) else result.requested_url
        for page in waiting.get(address, ()):
            if page.depth == 0:
                page.harvest.result = result
            yield from _read(page, result, guide)


def _read(page: _Page, result: Capture | FetchFailure, guide: _Guide) -> Iterator[_Page]:
    own = page.harvest
    if isinstance(result, FetchFailure):
        _problem(page, result.reason, result.hint)
    elif result.status == 304:
        own.is_unchanged = True
    elif result.status != 200:
        hint = "look at the site, and 'archiver watch rm' it if it has gone" if result.status in (404, 410) else ""
        _problem(page, f"HTTP {result.status} {result.reason}".strip(), hint)
    else:
        try:
            document = _document(page, result, guide)
        except Unreadable as error:
            _problem(page, str(error), "'archiver watch add --dry-run' on the site's home page shows what it offers")
            return
        yield from _take(page, document, guide)


def _document(page: _Page, capture: Capture, guide: _Guide) -> Document:
    own = page.harvest
    recipe = choose(guide.recipes, capture.url, guide.now.date())
    document = read_document(
        capture.content,
        url=capture.url,
        content_type=capture.header("content-type"),
        kind=own.seed.kind if page.depth == 0 else own.kind,
        seed=own.seed.url,
        links=recipe.links if recipe else "",
    )
    if page.depth == 0:
        own.kind = document.kind
        if document.kind == "section" and not document.candidates:
            raise Unreadable("no link on this page looks like an article's")
        if document.kind == "article":
            own.candidates[own.seed.url] = Candidate(url=own.seed.url, seed=own.seed.url)
    return document


def _take(page: _Page, document: Document, guide: _Guide) -> Iterator[_Page]:
    """Keep the candidates; give the parts and the next page where these are to be read."""
    own = page.harvest
    own.warnings += document.warnings
    taken: list[str] = []
    for candidate in document.candidates:
        if not wanted(candidate, own.seed, guide.now):
            continue
        if len(own.candidates) >= MOST_CANDIDATES:
            own.warnings.append(f"more than {MOST_CANDIDATES:,} candidates; the rest was left out")
            return
        taken.append(candidate.url)
        own.candidates[candidate.url] = candidate
    if document.next_url and page.depth + 1 < MOST_PAGES and not all(map(guide.is_known, taken)):
        yield _Page(own, document.next_url, page.depth + 1)
    if document.parts and page.depth + 1 >= MOST_DEPTH:
        own.warnings.append(f"{page.url}: sitemap indexes lie more than {MOST_DEPTH} deep; the rest was left out")
    elif document.parts:
        parts = newest(document.parts, own.seed, guide.now)
        if len(parts) < len(document.parts):
            own.warnings.append(f"{page.url}: {len(parts)} of {len(document.parts)} sitemaps were read, the newest")
        yield from (_Page(own, part.url, page.depth + 1) for part in parts)


def newest(parts: tuple[Part, ...], seed: Seed, now: datetime) -> tuple[Part, ...]:
    """The sitemaps of an index worth reading: the newest, none older than the seed's `max_age`.

    Indexes grow at their end or at their beginning; where they give no dates, some of both are taken.
    """
    dated = sorted((part for part in parts if part.lastmod), key=lambda part: str(part.lastmod), reverse=True)
    dated = [part for part in dated if not (seed.max_age and part.lastmod and now - part.lastmod > seed.max_age)]
    undated = [part for part in parts if not part.lastmod]
    room = MOST_PARTS - min(len(dated), MOST_PARTS)
    if len(undated) > room:
        undated = undated[: (room + 1) // 2] + (undated[-(room // 2) :] if room > 1 else [])
    return (*dated[:MOST_PARTS], *undated)


def wanted(candidate: Candidate, seed: Seed, now: datetime) -> bool:
    """Whether a seed wants a candidate, by its patterns and its `max_age`; one without any date is never too old."""
    parts = urlsplit(candidate.url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if seed.include and not any(fnmatchcase(path, glob) for glob in seed.include):
        return False
    if any(fnmatchcase(path, glob) for glob in seed.exclude):
        return False
    dates = [date for date in (candidate.date_hint, candidate.lastmod) if date]
    return not (seed.max_age and dates and now - max(dates) > seed.max_age)


def _problem(page: _Page, reason: str, hint: str) -> None:
    """Of the seed itself a problem; of a part or later page a warning, since the rest of the seed was read."""
    if page.depth == 0:
        page.harvest.problem, page.harvest.hint = reason, hint
    else:
        page.harvest.warnings.append(f"{page.url}: {reason}")
