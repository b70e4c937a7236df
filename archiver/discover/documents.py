"""What the readers of feeds and sitemaps share: refusing what is dangerous, telling what a document is. Pure."""

from __future__ import annotations

import codecs
import re
from datetime import UTC, datetime

from archiver.errors import BadUrl
from archiver.urls import join_url, normalise_url

_HEAD_BYTES = 4096
_ENTITY = re.compile(r"<!ENTITY", re.I)
_NOISE = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.S)
_NAMED = re.compile(r"<!doctype\s+(?:[\w.-]+:)?([\w.-]+)", re.I)
_WORD = re.compile(r"<(!?)(?:[\w.-]+:)?([\w.-]+)")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Unreadable(Exception):
    """A document is not what it was taken for, and why; `archiver.discover` turns it into the problem of a seed."""


def first_word(content: bytes) -> str:
    """The name of the first element without its namespace, "!doctype", "{" or "[" of JSON, or "" of anything else."""
    text = _decoded(content[:_HEAD_BYTES])
    position = 0
    while match := _NOISE.match(text, position):
        position = match.end()
    if text[position : position + 1] in ("{", "["):
        return text[position]
    word = _WORD.match(text, position)
    return (word[1] + word[2]).lower() if word else ""


def root_element(content: bytes) -> str:
    """The same, past a document type declaration: "rss" of `<!DOCTYPE rss PUBLIC …><rss>`.

    What the declaration names is believed unless that is "html", as careless feeds have it.
    """
    word = first_word(content)
    if word != "!doctype":
        return word
    text = _decoded(content[:_HEAD_BYTES])
    declaration, _, rest = text[text.lower().index("<!doctype") :].partition(">")
    named = _NAMED.match(declaration)
    return named[1].lower() if named and named[1].lower() != "html" else first_word(rest.encode())


def refuse_entities(content: bytes) -> None:
    """Raise `Unreadable` for a document that declares entities: no honest feed does, and they can grow without end."""
    if _ENTITY.search(_decoded(content)):
        raise Unreadable("the document declares XML entities, which feeds and sitemaps never need and attacks do")


def as_instant(text: str) -> datetime | None:
    """A W3C date and time (https://www.w3.org/TR/NOTE-datetime) in UTC, or None where it is none.

    A date without a time is the beginning of that day, a time without a zone is taken as UTC.
    """
    try:
        stated = datetime.fromisoformat(text.strip())
        return (stated if stated.tzinfo else stated.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def address(base: str, reference: object) -> str:
    """The normalised address that a document means, or "" where it is none."""
    try:
        return normalise_url(join_url(base, reference)) if isinstance(reference, str) and reference.strip() else ""
    except BadUrl:
        return ""


def _decoded(content: bytes) -> str:
    for mark, name in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    if b"\0" in content[:4]:
        return content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le", "replace")
    return content.decode("latin-1")
