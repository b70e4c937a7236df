"""Read a page in order, and put the article together. Takes a page's bytes, gives all that was made of it; pure, total.

decode → recipe and hook → parse → declared → layout → headline → body → furniture, figures → article → quality
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from archiver.errors import BadUrl
from archiver.extract import furniture
from archiver.extract.blocks import Box, Candidate, Layout, lay_out, upward
from archiver.extract.body import Body, find_body
from archiver.extract.evidence import gather
from archiver.extract.figures import Placed, find_figures, gallery
from archiver.extract.headline import declared_titles, find_headline, headline_text, variants, without_headline
from archiver.extract.notices import find_notices
from archiver.extract.page import decode, parse
from archiver.extract.quality import problem_of
from archiver.extract.stamps import find_dates, seen_dates
from archiver.extract.structured import Declared, read_declared
from archiver.model import Article, Block, BlockKind, Extraction, Link
from archiver.recipes import Recipe
from archiver.text import fold
from archiver.urls import join_url, normalise_url, without_tracking

if TYPE_CHECKING:
    from archiver.extract.overrides import Hook, Overrides


_LONGEST_CELL = 30
_LEAST_TOLD = 15
"""Words of captions from which on they tell a story."""


@dataclass(slots=True)
class Reading:
    """Everything that was found on one page, on the way to its `extraction`."""

    extraction: Extraction
    declared: Declared = field(default_factory=Declared)
    layout: Layout = field(default_factory=Layout)
    headline: Candidate | None = None
    body: Body = field(default_factory=Body)


def read(
    html: bytes | str, url: str, content_type: str, recipe: Recipe | None, previous: Article | None, hook: Hook | None
) -> Reading:
    """Read one page."""
    data, warnings = decode(html, content_type)
    overrides: Overrides | None = None
    if recipe is not None or hook is not None:
        from archiver.extract.overrides import apply  # BeautifulSoup is slow to import and to run

        overrides = apply(data.decode("utf-8", "replace"), recipe, hook)
        data, warnings = overrides.html.encode("utf-8", "replace"), (*warnings, *overrides.warnings)
    page = parse(data)
    if not page.events:
        return Reading(Extraction(article=Article(), problem="the page is empty", warnings=warnings))
    declared = read_declared(page.events, url)
    evidence = gather(declared.body, previous)
    layout = lay_out(page.events, evidence.declares)
    warnings += page.warnings + declared.warnings
    if layout.left_out:
        warnings += ("the page has more blocks than can be read; from there on, short ones were left out",)
    del page, data  # a large page is larger than all that was read of it
    headline = find_headline(layout, declared, url)
    body = find_body(layout, evidence, start=headline.index + 1 if headline else 0)
    article = _article(layout, declared, headline, body, url)
    if overrides is not None:
        article = _overridden(article, overrides)
    problem = problem_of(article, layout, declared, url=url, previous=previous)
    if overrides is not None and overrides.shows_paywall:
        problem = "the page shows only what stands before a paywall"
    extraction = Extraction(article=article, problem=problem, warnings=warnings)
    return Reading(extraction, declared, layout, headline, body)


def _overridden(article: Article, overrides: Overrides) -> Article:
    """The article with what a recipe says in place of what was found."""
    texts = overrides.texts
    return replace(
        article,
        headline=texts.get("headline") or article.headline,
        standfirst=texts.get("standfirst") or article.standfirst,
        section=texts.get("section") or article.section,
        byline=overrides.byline or article.byline,
        published=overrides.published or article.published,
        modified=overrides.modified or article.modified,
    )


def _article(layout: Layout, declared: Declared, headline: Candidate | None, body: Body, url: str) -> Article:
    base = absolute(url, declared.base_url) or url
    plain = Article(
        headline=headline_text(layout, headline, declared, url),
        variants=variants(layout, headline, declared, url),
        section=declared.section,
        language=declared.language,
        canonical_url=absolute(base, declared.canonical_url),
        is_free=declared.is_free,
    )
    titles = {fold(title) for title in (plain.headline, *declared_titles(declared, url))}
    titles |= {fold(variant.text) for variant in plain.variants}
    kept = [c for c in body.kept if c is not headline and c.text != plain.headline]
    kept = without_headline(kept, titles - {""})
    pictures = [] if kept else _pictures(layout, declared, headline, body, url)
    story = kept or pictures
    if not story:
        near = range(max(0, headline.index - 3), headline.index + 4) if headline else range(0)
        dates = find_dates(layout, declared, layout.boxes[0], near, near, url)
        return replace(plain, published=dates.published, modified=dates.modified)
    core = body.region.core if kept and body.region.core else story[-1].box
    root = furniture.enclosing(headline, core)
    begin = headline.index if headline else story[0].index
    first, last = next((c.index for c in story if c.index >= begin), begin), story[-1].index
    head = range(max(0, begin - 8), first + 3)
    standfirst = furniture.find_standfirst(layout, declared, headline, first, titles - {""})
    byline, byline_blocks = furniture.find_byline(layout, declared, head, url)
    kept = [c for c in kept if c is not standfirst and c not in byline_blocks]
    kept = furniture.without_author_note(kept, byline.names if byline else ())
    is_foreign = body.region.foreign.__contains__
    _, end = gallery(layout, range(last + 1, root.last), is_foreign)
    pictured = range(max(root.first, begin), max(end, core.last if kept else end))
    placed = find_figures(layout, pictured, is_foreign, lambda src: absolute(base, src))
    dates = find_dates(layout, declared, root, head, range(begin, last + 10), url)
    links = ((text, absolute(base, href)) for c in kept for text, href in c.links)
    return replace(
        plain,
        standfirst=standfirst.text if standfirst else "",
        byline=byline,
        dateline=furniture.dateline(kept[0].text) if kept else "",
        published=dates.published,
        modified=dates.modified,
        stamps=dates.stamps,
        site_stamp=dates.site_stamp,
        body=_blocks(kept, placed),
        figures=tuple(one.figure for one in placed),
        links=tuple(Link(text=text, target=target) for text, target in links if target),
        notices=find_notices(kept, declared.language),
    )


def _pictures(layout: Layout, declared: Declared, headline: Candidate | None, body: Body, url: str) -> list[Candidate]:
    """The captions of a story told by them alone; none of a list of other stories, which is not signed or dated."""
    if headline is None:
        return []
    below = range(headline.index + 1, len(layout.candidates))
    captions, _ = gallery(layout, below, body.region.foreign.__contains__)
    told = [caption for caption in captions if caption.weight]
    if sum(caption.words for caption in told) < _LEAST_TOLD or 2 * len(told) < len(captions):
        return []
    between = seen_dates(layout, declared.language, range(captions[0].index, captions[-1].index + 1))
    if sum(1 for _ in between) >= len(captions) - 1 > 0:
        return []  # each has a date of its own
    head = range(max(0, headline.index - 3), captions[0].index)
    byline, _ = furniture.find_byline(layout, declared, head, url)
    dates = find_dates(layout, declared, layout.boxes[0], head, head, url)
    return captions if byline or (dates.published and dates.published.origin != "url") else []


def _blocks(kept: list[Candidate], placed: list[Placed]) -> tuple[Block, ...]:
    """The body in reading order; the short cells of one table row are one block."""
    lines = [(p.index, 0, Block(kind=BlockKind.CAPTION, text=p.figure.line)) for p in placed if p.figure.line]
    rows: dict[Box | None, list[str]] = {}
    for candidate in kept:
        rows.setdefault(_row(candidate), []).append(candidate.text)
    for candidate in kept:
        row = _row(candidate)
        if row is None or len(rows.get(row, ())) == 1:
            lines.append((candidate.index, 1, Block(kind=_kind(candidate), text=candidate.text)))
        elif row in rows:
            lines.append((candidate.index, 1, Block(kind=BlockKind.ROW, text=" | ".join(rows.pop(row)))))
    return tuple(block for _, _, block in sorted(lines, key=lambda line: line[:2]))


def _row(candidate: Candidate) -> Box | None:
    """The table row that a block is a cell of; None for the paragraphs of pages laid out by tables."""
    around = list(upward(candidate.box, 3))
    is_cell = candidate.words <= _LONGEST_CELL and any(
        box.tag in ("td", "th") and box.last - box.first == 1 for box in around
    )
    return next((box for box in around if box.tag == "tr"), None) if is_cell else None


def _kind(candidate: Candidate) -> BlockKind:
    if candidate.level:
        return BlockKind.SUBHEAD
    tags = {box.tag for box in upward(candidate.box, 3)}
    if tags & {"li", "dd", "dt"}:
        return BlockKind.ITEM
    return BlockKind.QUOTE if "blockquote" in tags else BlockKind.PARAGRAPH


def absolute(base: str, address: str) -> str:
    """An address as the page means it, without tracking; "" where it names no other page."""
    if address.startswith("#"):
        return ""
    try:
        joined = join_url(base, address) if base else normalise_url(address)
    except BadUrl:
        return ""
    return without_tracking(joined)
