"""What a page states: the article, its blocks, dates and notices, and what the extractor made of the page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class BlockKind(StrEnum):
    """What a block of the article's body is, as a reader sees it."""

    PARAGRAPH = "paragraph"
    SUBHEAD = "subhead"
    QUOTE = "quote"
    ITEM = "item"
    ROW = "row"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One unit of the body: one line of `article.md`."""

    kind: BlockKind
    text: str
    """One line. Of a caption: the `line` of its `Figure`, which marks where the figure stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An image or other embedded medium that belongs to the article."""

    src: str = ""
    """Absolute address as the page gives it; carried, its change alone is no edit."""
    caption: str = ""
    credit: str = ""
    """Without the mark that set it apart: "/ AFP Photo" gives "AFP Photo"."""

    @property
    def line(self) -> str:
        """Caption and credit as one line, or "" when the figure has neither."""
        return " / ".join(part for part in (self.caption, self.credit) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link inside the body, in reading order."""

    text: str
    target: str
    """Absolute address without tracking parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDate:
    """A date or time that the page states. Never more precise than the page, never in a zone it did not name."""

    text: str
    """Verbatim: "Last update: April 26, 2024 20:38", or the attribute's value."""
    value: str
    """ISO 8601 without offset, at the stated precision: "2020-12-30", "2024-04-26T20:38", "2024-04-26T20:38:07"."""
    offset: str = ""
    """"+04:00", "+00:00", or "" when the page names no zone."""
    origin: Literal["jsonld", "meta", "time", "text", "url"]
    """Structured data, a meta tag, a time element, visible text, or the address of the page."""

    @property
    def precision(self) -> Literal["day", "minute", "second"]:
        """How exact the page is."""
        return "day" if len(self.value) == 10 else "minute" if len(self.value) == 16 else "second"

    @property
    def iso(self) -> str:
        """Value and offset together, as ISO 8601."""
        return self.value + self.offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """Who is said to have written it."""

    text: str
    """Verbatim without the date: "By Vusala Abbasova"."""
    names: tuple[str, ...] = ()
    """People and, where no person is named, organisations, in order, without "By" and job titles."""


class NoticeKind(StrEnum):
    """What a newsroom tells its readers about a change."""

    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    EDITORS_NOTE = "editors-note"
    UPDATE = "update"
    RETRACTION = "retraction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A published correction, clarification, editor's note, update note or retraction. Also stands in the body."""

    kind: NoticeKind
    text: str
    date: PageDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineVariant:
    """The headline as one part of the page has it; headline tests show where these differ."""

    origin: Literal["h1", "og", "jsonld", "title"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as one capture shows it: what the page states, nothing that we observed."""

    headline: str = ""
    """What a reader sees: the article's h1 where there is one."""
    variants: tuple[HeadlineVariant, ...] = ()
    standfirst: str = ""
    byline: Byline | None = None
    dateline: str = ""
    """The place line that opens the text ("BAKU, April 26"); also stands in the body."""
    published: PageDate | None = None
    modified: PageDate | None = None
    """As declared in structured data, meta or a time element."""
    stamps: tuple[PageDate, ...] = ()
    """Visible update lines of the article itself."""
    site_stamp: PageDate | None = None
    """A visible update line that stands outside the article."""
    section: str = ""
    language: str = ""
    """BCP 47 tag as declared, lower case, or ""."""
    canonical_url: str = ""
    is_free: bool | None = None
    """What the page declares of its paywall (schema.org isAccessibleForFree); None when it is silent."""
    body: tuple[Block, ...] = ()
    figures: tuple[Figure, ...] = ()
    links: tuple[Link, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def text(self) -> str:
        """The body without captions, one block per line."""
        return "\n".join(block.text for block in self.body if block.kind is not BlockKind.CAPTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What the extractor made of one page."""

    article: Article
    problem: str = ""
    """Why this is not an article (a wall, a stub, an error page), in words; "" when it is one."""
    warnings: tuple[str, ...] = ()
    """What on the page could not be read and was left out."""
    parts: int = 0
    """How many further pages the text was put together from."""
