"""Tell what a document is (article, feed, sitemap, section page) and what it lists. Bytes in, `Document` out; pure.

A document that is not what its seed was said to be is an error with a reason, never an empty list. What reads feeds or
pages is imported with the first of them: few archives watch every kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.discover import Kind
from archiver.discover.documents import Unreadable, root_element
from archiver.discover.shape import article_likeness
from archiver.discover.sitemaps import Part, is_gzip, read_sitemap
from archiver.model import Candidate

if TYPE_CHECKING:
    from archiver.extract.links import FeedLink, PageLinks

_ARTICLE_TYPE = re.compile(r"article|\w*(?:Article|Posting|Report)", re.I)
_LIST_TYPES = frozenset(("website", "CollectionPage", "SearchResultsPage"))
_MANY, _SOME = 5, 3
"""So many linked articles make a section of a page that does not say what it is; the fewer, the less its address looks
like an article's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as discovery reads it."""

    kind: Kind
    title: str = ""
    candidates: tuple[Candidate, ...] = ()
    parts: tuple[Part, ...] = ()
    """The sitemaps that a sitemap index names."""
    is_news: bool = False
    """Whether a sitemap declares its entries to be news."""
    next_url: str = ""
    """The next page of a section."""
    feeds: tuple[FeedLink, ...] = ()
    """The feeds that a page declares."""
    warnings: tuple[str, ...] = ()


def read_document(
    content: bytes, *, url: str, content_type: str = "", kind: Kind | str = "", seed: str = "", links: str = ""
) -> Document:
    """Read what `url` answered with, in the name of `seed`. Without a kind, the document itself tells.

    `links` is the selector by which a recipe names the articles on a section page, where there is one.

    Raises:
        Unreadable: it is not of that kind, or it is broken.
    """
    match kind or _kind(content, content_type):
        case "feed":
            from archiver.discover.feeds import read_feed

            feed = read_feed(content, url=url, seed=seed, content_type=content_type)
            return Document(kind="feed", title=feed.title, candidates=feed.entries, warnings=feed.warnings)
        case "sitemap":
            sitemap = read_sitemap(content, url=url, seed=seed)
            return Document(
                kind="sitemap",
                candidates=sitemap.entries,
                parts=sitemap.parts,
                is_news=sitemap.is_news,
                warnings=sitemap.warnings,
            )
        case "html" | "section" | "article":
            return _page(content, url, content_type, kind, seed, links)
    found = content_type.partition(";")[0] or "nothing known"
    raise Unreadable(f"neither a page nor a feed nor a sitemap, but {found}")


def _kind(content: bytes, content_type: str) -> str:
    if is_gzip(content):
        return "sitemap"
    match root_element(content):
        case "rss" | "feed" | "rdf" | "{":
            return "feed"
        case "urlset" | "sitemapindex":
            return "sitemap"
        case "" if "text/plain" in content_type and content.lstrip().startswith((b"http://", b"https://")):
            return "sitemap"
    mime = content_type.partition(";")[0].strip().lower()
    return "html" if mime in ("", "text/html", "application/xhtml+xml") else ""


def _page(content: bytes, url: str, content_type: str, kind: str, seed: str, selector: str) -> Document:
    if root_element(content) in ("rss", "feed", "rdf", "urlset", "sitemapindex"):
        raise Unreadable("a feed or sitemap, not a page")
    from archiver.discover.sections import find_articles, next_page
    from archiver.extract.links import read_links

    links = read_links(content, url=url, content_type=content_type)
    articles = find_articles(links, url=url, seed=seed)
    is_article = kind == "article" or (kind != "section" and _is_article(links, url, len(articles)))
    if selector and not is_article:
        articles = _selected(content, selector, url, content_type, seed)
    return Document(
        kind="article" if is_article else "section",
        title=links.title,
        candidates=() if is_article else articles,
        next_url="" if is_article else next_page(links, url=url),
        feeds=links.feeds,
        warnings=links.warnings,
    )


def _selected(content: bytes, selector: str, url: str, content_type: str, seed: str) -> tuple[Candidate, ...]:
    """The articles that a recipe names; it is an error when there are none."""
    from archiver.extract.links import select_links

    try:
        found = select_links(content, selector, url=url, content_type=content_type)
    except ValueError as error:
        raise Unreadable(f"the recipe's selector {selector!r} cannot be used: {error}") from None
    if not found:
        raise Unreadable(f"the recipe's selector {selector!r} finds no link on this page")
    return tuple(Candidate(url=anchor.url, seed=seed or url, title_hint=anchor.text) for anchor in found)


def _is_article(links: PageLinks, url: str, linked: int) -> bool:
    """By the address first, then by what the page calls itself, then by how many articles it links to."""
    likeness = article_likeness(url)
    if likeness >= 3 or likeness <= -9:
        return likeness >= 3
    if any(_ARTICLE_TYPE.fullmatch(name) for name in links.types):
        return True
    return linked < (_MANY if likeness >= 0 else _SOME) and not _LIST_TYPES.intersection(links.types)
