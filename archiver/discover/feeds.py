"""Read RSS 0.9 to 2.0, Atom and JSON Feed. Takes bytes, gives `Feed` or raises `Unreadable`; pure.

The only user of feedparser. A feed that cannot be read is an error and never an empty feed, because "no news" is a
statement. Instants without a zone are taken as UTC, which is what most feeds that leave it out mean.
"""

from __future__ import annotations

import calendar
import codecs
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser

from archiver.discover.documents import Unreadable, address, as_instant, first_word, refuse_entities
from archiver.model import Candidate
from archiver.text import clean

MOST_ENTRIES = 10_000
"""Entries read of one feed, its first ones. Feeds put the newest first, and few list more than a hundred."""
_ENTRY = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(?:item|entry)[\s>/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed lists."""

    title: str = ""
    entries: tuple[Candidate, ...] = ()
    warnings: tuple[str, ...] = ()


def read_feed(content: bytes, *, url: str, seed: str = "", content_type: str = "") -> Feed:
    """Read the feed that `url` answered with, in the name of `seed`.

    Raises:
        Unreadable: it is no feed, it is broken before its first entry, or it declares entities.
    """
    if not content.strip():
        raise Unreadable("the document is empty")
    if first_word(content) == "{":
        return _json_feed(content, url, seed)
    refuse_entities(content)
    content, warnings = _bounded(content)
    parsed, broken = _parsed(content, url, content_type)
    if not parsed.entries and broken:  # a header that lies of the encoding; the document itself knows better
        is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        parsed, broken = _parsed(content, url, "application/xml" + "; charset=utf-16" * is_utf16)
    if not parsed.entries and (broken or not parsed.version):
        raise Unreadable(_why_none(content, broken))
    if broken and not warnings:
        warnings.append(f"the feed is broken ({clean(str(broken))}); {len(parsed.entries)} entries were read")
    return Feed(
        title=clean(parsed.feed.get("title", "")),
        entries=_unique(_candidate(entry, url, seed) for entry in parsed.entries),
        warnings=tuple(warnings),
    )


def _parsed(content: bytes, url: str, content_type: str) -> tuple[Any, Exception | None]:
    """What feedparser makes of it, and why it is broken where that is of account."""
    headers = {"content-type": content_type, "content-location": url}
    stream = BytesIO(content)  # what is no stream feedparser may take for the name of a file or an address to fetch
    parsed = feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    broken = parsed.get("bozo_exception")
    is_idle = isinstance(broken, feedparser.ThingsNobodyCaresAboutButMe)  # a header and the bytes disagree
    return parsed, None if is_idle else broken


def _bounded(content: bytes) -> tuple[bytes, list[str]]:
    """The document up to its last entry that counts; what is cut open there the parser closes again."""
    for number, entry in enumerate(_ENTRY.finditer(content)):
        if number == MOST_ENTRIES:
            return content[: entry.start()], [f"more than {MOST_ENTRIES:,} entries; the first were read"]
    return content, []


def _why_none(content: bytes, broken: Exception | None) -> str:
    word = first_word(content)
    if word in ("!doctype", "html"):
        return "an HTML page, not a feed"
    return f"the feed is broken: {clean(str(broken))}" if word in ("rss", "feed", "rdf") else "not a feed"


def _candidate(entry: Mapping[str, Any], url: str, seed: str) -> Candidate | None:
    target, title = address(url, entry.get("link")), entry.get("title", "")
    if not target:
        return None
    return Candidate(
        url=target,
        seed=seed or url,
        title_hint=clean(unescape(title) if title and entry["title_detail"]["type"] == "text/html" else title),
        date_hint=_instant(entry.get("published_parsed")),
        lastmod=_instant(entry.get("updated_parsed") if "updated" in entry else None),
    )


def _instant(parts: struct_time | None) -> datetime | None:
    """Feedparser's nine numbers in UTC, whatever they hold."""
    try:
        return datetime.fromtimestamp(calendar.timegm(parts), UTC) if parts else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _json_feed(content: bytes, url: str, seed: str) -> Feed:
    """JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not valid JSON: {clean(str(error))[:100]}") from None
    if not isinstance(data, dict) or "jsonfeed.org" not in str(data.get("version", ""))[:100]:
        raise Unreadable("JSON, but not a JSON Feed")
    items = data.get("items")
    if not isinstance(items, list):
        raise Unreadable("the JSON Feed has no list of items")
    warnings = (f"more than {MOST_ENTRIES:,} entries; the first were read",) if len(items) > MOST_ENTRIES else ()
    found = (_json_candidate(item, url, seed) for item in items[:MOST_ENTRIES] if isinstance(item, dict))
    return Feed(title=_text(data.get("title")), entries=_unique(found), warnings=warnings)


def _json_candidate(item: dict[str, Any], url: str, seed: str) -> Candidate | None:
    target = address(url, item.get("url")) or address(url, item.get("id") if "://" in str(item.get("id")) else "")
    if not target:
        return None
    return Candidate(
        url=target,
        seed=seed or url,
        title_hint=_text(item.get("title")),
        date_hint=as_instant(_text(item.get("date_published"))),
        lastmod=as_instant(_text(item.get("date_modified"))),
    )


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""


def _unique(found: Iterable[Candidate | None]) -> tuple[Candidate, ...]:
    """The first of each address."""
    return tuple({candidate.url: candidate for candidate in reversed([one for one in found if one])}.values())[::-1]
