"""Put an article that stands on several pages together: which pages are its own, and what they make. Pure.

A page belongs to an article when the page before it declares it (rel=next), its address is the first one's with the
next number, and it has the same headline. So the next page of a section, or the next story, is never joined. A link to
the whole on a single page goes before the numbered pages where it keeps its word: same headline, longer text.

`Read` is the caller's way to read one page; a further page is read by the same rules as the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from html import unescape
from itertools import islice, takewhile
from typing import TypeVar
from urllib.parse import urlsplit

from archiver.errors import BadUrl
from archiver.extract.links import PageLinks, read_links
from archiver.model import Article, Capture, Extraction
from archiver.text import fold, word_count
from archiver.urls import join_url, normalise_url, origin_of

MOST_PAGES = 20
"""Pages of one article, the first included."""
_DECLARES = re.compile(rb"""rel\s*=\s*(?:"[^">]*\bnext\b|'[^'>]*\bnext\b|next\b)""")
_BASE = re.compile(rb"<base\b[^>]*")
_MOST_BASES = 3
"""One of a page counts, but others may stand in scripts and comments before it."""
_HREF = re.compile(rb"""href\s*=\s*(?:"([^"]*)|'([^']*)|([^\s>]+))""")
_WORD = r"(?:page|pagina|página|seite|strona|sayfa|sida|side|stranica|pg|p|s)"
_PARAMETER = re.compile(rf"(?:{_WORD}|paged)=(\d{{1,2}})", re.I)
_PATH = re.compile(rf"(?:[/_,;.-](?P<word>{_WORD}[/_=-]?)|[/,])(?P<number>[1-9]\d?)(?P<end>\.[a-z]{{3,5}})?/?$", re.I)
"""A bare number counts only behind a slash or comma: with a hyphen it may be a later story of the same headline."""
_WHOLE = re.compile(
    r"(?:(?:read|view|show|print) )?(?:(?:it|this|all|article|story) )?(?:on |as )?(?:a |one )?(?:single|one) page"
    r"|single page view|(?:view|read) (?:the )?(?:full|entire|whole) (?:article|story)|view all pages|all pages"
    r"|(?:artikel )?auf (?:einer|1) seite(?: lesen)?|komplettansicht"
    r"|(?:lire )?(?:sur|en) une(?: seule)? page|page unique|(?:leer |ver )?en una(?: sola)? página"
    r"|(?:leggi )?(?:su |in )?(?:una|un unica) (?:sola )?pagina|pagina unica"
    r"|na jednej stronie|tek sayfada?(?: oku)?|на одной странице|bir səhifədə"
)
"""What a link to the whole article says, folded: nothing else may stand in it."""

T = TypeVar("T")
Read = Callable[[Capture], Extraction]


def next_part(capture: Capture, tried: Collection[str], read: Read) -> str:
    """The address of the page to ask for next, given the first page, those that came and those that were asked for.

    "" when there is none.
    """
    if not _is_page(capture) or not (tried or _may_declare(capture)):
        return ""
    pages, whole, links = _sorted(capture)
    following = _following(capture.url, links, len(pages) + 2)
    if not following or (first := read(capture)).problem:
        return ""
    if not tried and (single := _whole(capture.url, links[0])):
        return single
    if whole and not pages and _is_whole(first.article, whole, read):
        return ""
    if pages and not _is_own(capture.url, first.article, pages[-1], len(pages) + 1, read):
        return ""
    return following if following not in tried and len(pages) + 1 < MOST_PAGES else ""


def join(capture: Capture, read: Read) -> Extraction:
    """The article on a page and on its further pages, as far as these are its own."""
    first = read(capture)
    if not capture.parts or first.problem:
        return first
    pages, whole, _ = _sorted(capture)
    if whole and _is_whole(first.article, whole, read):
        single = read(whole)
        article = replace(
            first.article,
            body=single.article.body,
            figures=single.article.figures,
            links=single.article.links,
            notices=single.article.notices,
        )
        return replace(first, article=article, warnings=(*first.warnings, *single.warnings), parts=1)
    joined, warnings, own = first.article, first.warnings, 0
    for number, page in enumerate(pages, 2):
        if not _is_own(capture.url, first.article, page, number, read):
            warnings = (*warnings, f"not a page of this article, and left out: {page.url}")
            break
        found, own = read(page), own + 1
        joined, warnings = _appended(joined, found.article), (*warnings, *found.warnings)
    return replace(first, article=joined, warnings=warnings, parts=own)


def numbered(url: str) -> tuple[str, int, bool]:
    """The address without its page number, that number (1 where there is none), and whether a word says what it is."""
    parts = urlsplit(url)
    pairs = parts.query.split("&") if parts.query else []
    found = [match for pair in pairs if (match := _PARAMETER.fullmatch(pair))]
    if len(found) == 1:
        pairs.remove(found[0][0])
        return _stem(parts.path, pairs), int(found[0][1]), True
    if match := _PATH.search(parts.path):
        path = parts.path[: match.start()] + (match["end"] or "")
        return _stem(path, pairs), int(match["number"]), bool(match["word"])
    return _stem(parts.path, pairs), 1, False


def _may_declare(capture: Capture) -> bool:
    """Whether a page may declare its second page. Cheap, for many pages declare a next story; reading decides."""
    content, url = capture.content.lower(), normalise_url(capture.url).lower()
    bases = {url, *(_target(url, tag[0]) for tag in islice(_BASE.finditer(content), _MOST_BASES))}
    for declared in _DECLARES.finditer(content):
        tag = content[content.rfind(b"<", 0, declared.start()) : content.find(b">", declared.end())]
        if any(_is_numbered(url, target, 2) for base in bases if base and (target := _target(base, tag))):
            return True
    return False


def _target(base: str, tag: bytes) -> str:
    """The normalised address that a tag names, or ""."""
    href = _HREF.search(tag)
    try:
        return normalise_url(join_url(base, unescape(href[href.lastindex or 1].decode("latin-1")))) if href else ""
    except BadUrl:
        return ""


def _sorted(capture: Capture) -> tuple[list[Capture], Capture | None, list[PageLinks]]:
    """The numbered pages that came, the single page, and what the first page and the numbered ones link to."""
    pages: list[Capture] = []
    links = [_links(capture)]
    whole = None
    for part in capture.parts:
        asked = normalise_url(part.requested_url)
        if asked == _following(capture.url, links, len(pages) + 2):
            pages.append(part)
            links.append(_links(part))
        else:
            whole = part
    return pages, whole, links


def _links(capture: Capture) -> PageLinks:
    return read_links(capture.content, url=capture.url, content_type=capture.header("content-type"))


def _following(first: str, links: Sequence[PageLinks], number: int) -> str:
    """The page of this number, as the page before it declares it."""
    last = links[-1]
    declared = (last.next_url, *(anchor.url for anchor in last.anchors if "next" in anchor.rel))
    return next((url for url in declared if url and _is_numbered(first, url, number)), "")


def _is_numbered(first: str, url: str, number: int) -> bool:
    """Whether an address is the first page's with a page number behind it, or with this in place of its own 1."""
    if origin_of(url) != origin_of(normalise_url(first)):
        return False
    stem, found, has_word = numbered(url)
    own = urlsplit(normalise_url(first))
    unnumbered = _stem(own.path, own.query.split("&") if own.query else [])
    return found == number and (stem == unnumbered or (has_word and numbered(normalise_url(first)) == (stem, 1, True)))


def _stem(path: str, pairs: list[str]) -> str:
    return "?".join(filter(None, (path.rstrip("/"), "&".join(pairs))))


def _whole(first: str, links: PageLinks) -> str:
    """Where the whole article stands on a single page, as a link says that names nothing else; or ""."""
    own = normalise_url(first)
    below = re.sub(r"\.[a-z]{3,5}$", "", urlsplit(own).path.rstrip("/"))
    for anchor in links.anchors:
        is_near = origin_of(anchor.url) == origin_of(own) and urlsplit(anchor.url).path.startswith(below)
        if is_near and anchor.url != own and _WHOLE.fullmatch(fold(anchor.text)):
            return anchor.url
    return ""


def _is_page(capture: Capture) -> bool:
    return capture.status == 200 and "html" in (capture.header("content-type").lower() or "text/html")


def _is_whole(first: Article, whole: Capture, read: Read) -> bool:
    """Whether a single page has the same headline and more of the text."""
    if not _is_page(whole) or (single := read(whole)).problem:
        return False
    is_named = fold(single.article.headline) == fold(first.headline)
    return is_named and word_count(single.article.text) > word_count(first.text)


def _is_own(url: str, first: Article, page: Capture, number: int, read: Read) -> bool:
    """Whether what came is that page of the article: its headline, perhaps with a number, or its canonical address."""
    if not _is_page(page) or not _is_numbered(url, normalise_url(page.url), number) or (found := read(page)).problem:
        return False
    headline, own = fold(first.headline), fold(found.article.headline)
    is_named = bool(headline) and own.startswith(headline) and word_count(own) <= word_count(headline) + 4
    return is_named or found.article.canonical_url == normalise_url(url)


def _appended(article: Article, page: Article) -> Article:
    """The article with the text of its next page; what opens or ends every page of it stands there once."""
    return replace(
        article,
        body=_joined(article.body, page.body),
        figures=_joined(article.figures, page.figures),
        links=_joined(article.links, page.links),
        notices=(*article.notices, *(notice for notice in page.notices if notice not in article.notices)),
    )


def _joined(before: tuple[T, ...], page: tuple[T, ...]) -> tuple[T, ...]:
    opening = _common(before, page)
    new = page[opening:]
    ending = _common(before[::-1], new[::-1])
    return before[: len(before) - ending] + new


def _common(one: Sequence[T], other: Sequence[T]) -> int:
    """How many items two begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
