"""Page → Article. Takes a page's bytes, gives an `Extraction`; pure and total: no input makes it raise.

    parse → declared → layout → body → furniture, figures → article → quality
"""

from __future__ import annotations

from archiver.extract import furniture
from archiver.extract.blocks import Box, Candidate, Layout, lay_out
from archiver.extract.body import Body, find_body
from archiver.extract.evidence import gather
from archiver.extract.figures import Placed, find_figures
from archiver.extract.page import parse
from archiver.extract.record import as_record
from archiver.extract.structured import Declared, read_declared
from archiver.errors import BadUrl
from archiver.model import Article, Block, BlockKind, Extraction, Link, PageDate
from archiver.recipes import Recipe
from archiver.urls import join_url, normalise_url, without_tracking

__all__ = ["as_record", "extract", "extract_article"]


def extract_article(html: bytes | str, *, url: str = "", previous: Article | None = None) -> Article:
    """The article on a page. `previous` is the last revision, where there is one: it settles doubtful blocks."""
    return extract(html, url=url, previous=previous).article


def extract(
    html: bytes | str, *, url: str = "", content_type: str = "", recipe: Recipe | None = None, previous: Article | None = None
) -> Extraction:
    """The article on a page, why it is none (`problem`), and what could not be read (`warnings`)."""
    page = parse(html, content_type)
    if page.root is None:
        return Extraction(article=Article(), problem="the page is empty", warnings=page.warnings)
    declared = read_declared(page.root, url)
    layout = lay_out(page.root)
    headline = furniture.find_headline(layout, declared, url)
    body = find_body(layout, gather(declared.body, previous), start=headline.index + 1 if headline else 0)
    article = _article(layout, declared, headline, body, url)
    return Extraction(article=article, warnings=page.warnings + declared.warnings)


def _article(layout: Layout, declared: Declared, headline: Candidate | None, body: Body, url: str) -> Article:
    kept = body.kept
    base = absolute(url, declared.base_url) or url
    if body.core is None or not kept:
        near = range(max(0, headline.index - 3), headline.index + 4) if headline else range(0)
        seen = list(furniture.seen_dates(layout, declared.language, near))
        return Article(
            headline=furniture.headline_text(headline, declared, url),
            variants=furniture.variants(headline, declared),
            published=furniture.published(declared, seen, near, url),
            modified=next(iter(declared.modified), None),
            section=declared.section,
            language=declared.language,
            canonical_url=absolute(base, declared.canonical_url),
            is_free=declared.is_free,
        )
    root = furniture.enclosing(headline, body.core)
    first, last = kept[0].index, kept[-1].index
    head = range(max(0, (headline.index if headline else first) - 8), first + 3)
    standfirst = furniture.find_standfirst(layout, declared, headline, first)
    byline, byline_blocks = furniture.find_byline(layout, declared, head, url)
    kept = [c for c in kept if c is not headline and c is not standfirst and c not in byline_blocks]
    begin = headline.index if headline else first
    placed = find_figures(layout, range(max(root.first, begin), min(root.last, last + 6)), lambda box: box in body.foreign, lambda src: absolute(base, src))
    published, modified, stamps, site_stamp = _dates(layout, declared, root, head, range(begin, last + 10), url)
    return Article(
        headline=furniture.headline_text(headline, declared, url),
        variants=furniture.variants(headline, declared),
        standfirst=standfirst.text if standfirst else "",
        byline=byline,
        dateline=furniture.dateline(kept[0].text) if kept else "",
        published=published,
        modified=modified,
        stamps=stamps,
        site_stamp=site_stamp,
        section=declared.section,
        language=declared.language,
        canonical_url=absolute(base, declared.canonical_url),
        is_free=declared.is_free,
        body=_blocks(kept, placed),
        figures=tuple(one.figure for one in placed),
        links=tuple(
            Link(text=text, target=target) for c in kept for text, href in c.links if (target := absolute(base, href))
        ),
        notices=furniture.find_notices(kept, declared.language),
    )


def _dates(
    layout: Layout, declared: Declared, root: Box, head: range, article: range, url: str
) -> tuple[PageDate | None, PageDate | None, tuple[PageDate, ...], PageDate | None]:
    seen = list(furniture.seen_dates(layout, declared.language, range(head.start, article.stop)))
    inside = [one for one in seen if root.first <= one.index < root.last]
    updates = [one.date for one in inside if one.label == "modified"]
    outside = furniture.seen_dates(layout, declared.language, range(0, root.first))
    return (
        furniture.published(declared, seen, head, url),
        next(iter(declared.modified), None) or next((date for date in updates if date.origin == "time"), None),
        tuple(date for date in updates if date.origin == "text"),
        next((one.date for one in outside if one.label == "modified" and one.date.origin == "text"), None),
    )


def _blocks(kept: list[Candidate], placed: list[Placed]) -> tuple[Block, ...]:
    lines = [(c.index, 1, Block(kind=_kind(c), text=c.text)) for c in kept]
    lines += [(p.index, 0, Block(kind=BlockKind.CAPTION, text=p.figure.line)) for p in placed if p.figure.line]
    return tuple(block for _, _, block in sorted(lines, key=lambda line: line[:2]))


def _kind(candidate: Candidate) -> BlockKind:
    if candidate.level:
        return BlockKind.SUBHEAD
    box: Box | None = candidate.box
    for _ in range(3):
        if box is None:
            break
        if box.tag in ("li", "dd", "dt"):
            return BlockKind.ITEM
        if box.tag == "blockquote":
            return BlockKind.QUOTE
        if box.tag == "tr":
            return BlockKind.ROW
        box = box.parent
    return BlockKind.PARAGRAPH


def absolute(base: str, address: str) -> str:
    """An address as the page means it, without tracking; "" where it names no other page."""
    if address.startswith("#"):
        return ""
    try:
        joined = join_url(base, address) if base else normalise_url(address)
    except BadUrl:
        return ""
    return without_tracking(joined)
