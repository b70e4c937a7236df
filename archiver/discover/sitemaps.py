"""Read sitemaps and sitemap indexes (https://www.sitemaps.org/protocol.html), news sitemaps too, plain or gzipped.

Takes bytes, gives `Sitemap` or raises `Unreadable`; pure. What cannot be read is an error and never an empty sitemap.
Of a broken one, what stands before the break is given with a warning.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, iterparse

from archiver.discover.documents import Unreadable, address, as_instant, first_word, refuse_entities, root_element
from archiver.model import Candidate
from archiver.text import clean

MOST_ENTRIES = 50_000
"""Entries read of one file: as many as the protocol allows."""
MOST_BYTES = 50 * 1024 * 1024
"""Size of one file, unpacked: as much as the protocol allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A sitemap that an index names."""

    url: str
    lastmod: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap lists: pages, or of an index other sitemaps."""

    entries: tuple[Candidate, ...] = ()
    parts: tuple[Part, ...] = ()
    is_index: bool = False
    is_news: bool = False
    """Whether its entries are declared to be news."""
    warnings: tuple[str, ...] = ()


def read_sitemap(content: bytes, *, url: str, seed: str = "") -> Sitemap:
    """Read the sitemap that `url` answered with, in the name of `seed`.

    Raises:
        Unreadable: it is no sitemap, it is broken before its first entry, declares entities, or unpacks to too much.
    """
    content = _unpacked(content)
    word = root_element(content)
    if not word and content.lstrip().startswith((b"http://", b"https://")):
        return _from_lines(content, url, seed)
    if word not in ("urlset", "sitemapindex") and first_word(content) in ("!doctype", "html"):
        raise Unreadable("an HTML page, not a sitemap")
    if word not in ("urlset", "sitemapindex"):
        raise Unreadable("not a sitemap" if content.strip() else "the document is empty")
    refuse_entities(content)
    entries: dict[str, Candidate] = {}
    parts: dict[str, Part] = {}
    warnings: list[str] = []
    is_news = False
    try:
        for element in _elements(content, word):
            if len(entries) + len(parts) == MOST_ENTRIES:
                warnings.append(f"more than {MOST_ENTRIES:,} entries; the first were read")
                break
            stated = dict(_stated(element))
            if not (target := address(url, stated.get("loc"))):
                continue
            lastmod = as_instant(stated.get("lastmod", ""))
            if word == "sitemapindex":
                parts.setdefault(target, Part(url=target, lastmod=lastmod))
                continue
            is_news = is_news or "publication_date" in stated
            entries.setdefault(
                target,
                Candidate(
                    url=target,
                    seed=seed or url,
                    title_hint=clean(stated.get("title", "")),
                    date_hint=as_instant(stated.get("publication_date", "")),
                    lastmod=lastmod,
                ),
            )
    except ParseError as error:
        if not entries and not parts:
            raise Unreadable(f"the sitemap is broken: {error}") from None
        warnings.append(f"the sitemap is broken ({error}); {len(entries) + len(parts)} entries were read")
    return Sitemap(
        entries=tuple(entries.values()),
        parts=tuple(parts.values()),
        is_index=word == "sitemapindex",
        is_news=is_news,
        warnings=tuple(warnings),
    )


def is_gzip(content: bytes) -> bool:
    """Whether a document is packed, which says nothing of what it is."""
    return content.startswith(b"\x1f\x8b")


def _unpacked(content: bytes) -> bytes:
    """Without gzip; packed more than once is refused, as no honest sitemap is."""
    if not is_gzip(content):
        return content
    decoder = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        unpacked = decoder.decompress(content, MOST_BYTES + 1)
    except zlib.error as error:
        raise Unreadable(f"the packed sitemap is damaged: {error}") from None
    if len(unpacked) > MOST_BYTES:
        raise Unreadable(f"the sitemap unpacks to more than {MOST_BYTES // 1024 // 1024} MB")
    if not decoder.eof:
        raise Unreadable("the packed sitemap ends early")
    if is_gzip(unpacked):
        raise Unreadable("the sitemap is packed twice")
    return unpacked


def _elements(content: bytes, root: str) -> Iterator[Element]:
    """Each `url` or `sitemap` element, emptied when it was used."""
    wanted = "url" if root == "urlset" else "sitemap"
    opened: list[Element] = []
    for event, element in iterparse(BytesIO(content), events=("start", "end")):
        if event == "start":
            opened.append(element)
            continue
        opened.pop()
        if len(opened) == 1:
            if _name(element) == wanted:
                yield element
            opened[0].clear()


def _stated(element: Element) -> Iterator[tuple[str, str]]:
    """Names and texts of what an entry says, and of its news; images and videos have addresses of their own."""
    for child in element:
        if _name(child) == "news":
            yield from ((_name(inner), inner.text or "") for inner in child)
        elif "schemas/sitemap-" not in child.tag:
            yield _name(child), (child.text or "").strip()


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower()


def _from_lines(content: bytes, url: str, seed: str) -> Sitemap:
    """The protocol's plain form: one address per line."""
    lines = content.decode("utf-8", "replace").splitlines()
    lines = [line for line in lines if line.lstrip().startswith(("http://", "https://"))]
    targets = filter(None, (address(url, line) for line in lines[:MOST_ENTRIES]))
    found = {target: Candidate(url=target, seed=seed or url) for target in targets}
    warnings = (f"more than {MOST_ENTRIES:,} entries; the first were read",) if len(lines) > MOST_ENTRIES else ()
    return Sitemap(entries=tuple(found.values()), warnings=warnings)
