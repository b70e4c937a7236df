"""The nouns of the tool, as frozen values. Imports nothing of ours and does nothing.

What the page says (`Article`, `PageDate`, …) is kept apart from what we observed (`Capture`) and from what
is kept (`Revision`). Instants named `*_at` or `*_since` are ours: aware datetimes in UTC, whole seconds.
Dates named `published` or `modified` are the page's claims and stay verbatim beside their parsed value.
All article text is NFC, one line per block, without control characters (`archiver.text` has the rule).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Where articles are looked for: one `[[watch]]` of the archive's settings."""

    url: str
    kind: Literal["article", "feed", "sitemap", "section", ""] = ""
    """What is found there; "" when the page itself is to be asked each time."""
    include: tuple[str, ...] = ()
    """Globs on path and query, of which an article must fit one where there are any."""
    exclude: tuple[str, ...] = ()
    """Globs of which an article must fit none."""
    tags: tuple[str, ...] = ()
    max_age: timedelta | None = None
    """Articles older than this are neither taken up nor checked again."""
    is_paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a seed says may be an article. Its instants are the site's claims, in UTC, None where it makes none."""

    url: str
    """Normalised."""
    seed: str
    """Address of the seed that named it."""
    title_hint: str = ""
    date_hint: datetime | None = None
    """When it was published."""
    lastmod: datetime | None = None
    """When it was last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A page to fetch, with the validators of the last capture (RFC 9110 §13.1)."""

    url: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect on the way to a capture."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One complete HTTP exchange, as observed; never edited."""

    requested_url: str
    url: str
    """The address that answered, after redirects."""
    captured_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    """Response headers in wire order and case (Latin-1), transfer coding removed."""
    payload: bytes
    """The body as received, content coding kept: what WARC stores and `payload_sha256` hashes."""
    content: bytes
    """The body with its content coding removed."""
    reason: str = ""
    http_version: str = "HTTP/1.1"
    request_headers: tuple[tuple[str, str], ...] = ()
    hops: tuple[Hop, ...] = ()
    ip: str = ""
    """Address of the server that answered."""
    certificate_sha256: str = ""
    """SHA-256 of the server's DER certificate, hex; "" without TLS."""
    parts: tuple[Capture, ...] = ()
    """The further pages of an article that stands on several, in the order in which they were asked for."""

    def header(self, name: str) -> str:
        """The first response header of that name, or ""."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def payload_sha256(self) -> str:
        """SHA-256 of the payload, hex."""
        return hashlib.sha256(self.payload).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailure:
    """Why a page could not be captured. Expected, so a value and no exception."""

    url: str
    kind: Literal["dns", "connect", "timeout", "tls", "protocol", "robots", "refused", "too-large", "redirects"]
    """`refused` is our own guard: an address or scheme that we do not contact; the rest is the network or the site."""
    reason: str
    hint: str = ""
    failed_at: datetime


class Event(StrEnum):
    """What a check of one URL came to."""

    FIRST = "first"
    EDIT = "edit"
    TOUCH = "touch"
    GONE = "gone"
    RETURNED = "returned"
    MOVED = "moved"
    REEXTRACT = "reextract"
    SAME = "same"
    HELD = "held"
    MISSING = "missing"
    """A first 404 of a known article: gone when it is seen again."""
    FAILED = "failed"
    DROPPED = "dropped"
    """A held page that a person looked at and dismissed; the same page is not held again."""

    @property
    def is_committed(self) -> bool:
        """Whether it makes a revision."""
        return self not in (Event.SAME, Event.HELD, Event.MISSING, Event.FAILED, Event.DROPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What `compare.decide` concludes; `pipeline` acts on it."""

    event: Event
    reason: str = ""
    fields: tuple[str, ...] = ()
    """The fields of `Article` that differ, in the order of its definition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A kept, distinct state of one article: one commit. The article itself is read through the store."""

    key: str
    """Article key: the folder below `articles/`, which never changes."""
    event: Event
    captured_at: datetime
    unchanged_since: datetime | None = None
    """The last check that still saw the previous revision: the edit happened between this and `captured_at`."""
    source: str
    """The URL that the capture came from."""
    status: Literal["live", "gone"] = "live"
    headline: str = ""
    summary: str = ""
    """One line of what changed, for people."""
    changes: tuple[str, ...] = ()
    """Classes of change as seen at capture; the audit recomputes them."""
    run: str = ""
    """Id of the run, which names its evidence file and check log."""
    record_id: str = ""
    """WARC-Record-ID of the response, "<urn:uuid:…>"."""
    capture_sha256: str = ""
    part_sha256: tuple[str, ...] = ()
    """The same of the article's further pages, where it stands on several; their captures follow the first one's."""
    text_sha256: str = ""
    """SHA-256 of `article.md`."""
    extractor: str = ""
    recipe: str = ""
    commit: str = ""
    """Hex object id; "" until the store has acknowledged it."""
    number: int = 0
    """1, 2, … in order of arrival; 0 until acknowledged."""

    @property
    def id(self) -> str:
        """The article's short id: the last twelve characters of its key."""
        return self.key[-12:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the check log: one URL looked at once."""

    url: str
    """As asked for."""
    at: datetime
    event: Event
    key: str = ""
    """Article key, "" while the URL is no known article."""
    reason: str = ""
    http_status: int = 0
    etag: str = ""
    last_modified: str = ""
    payload_sha256: str = ""
    record_id: str = ""
    """Evidence of this check, where it was kept."""
    equal_under: str = ""
    """Extractor and recipe under which the capture of the last revision was read again and found equal."""
    full_at: datetime | None = None
    """Of a 304: when the page was last had in full."""
    seed: str = ""
    """Address of the seed that led here; a look at the seed itself has its own address here and no key."""
    is_outage: bool = False
    """Whether the run reached nothing at all: the failure was ours, and no source's standing is changed by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of one text in two states, at its offsets in code points: kept where both are the same."""

    old: str
    new: str
    old_start: int
    new_start: int

    @property
    def is_kept(self) -> bool:
        """Whether nothing changed here, to the letter."""
        return self.old == self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One difference outside the body's text. An entry that appeared or vanished has an empty `old` or `new`."""

    field: str
    """As in `Article`, in the singular for what comes in numbers: "headline", "variant", "stamp", "caption", "link"."""
    label: str = ""
    """Which one: the variant's origin, the figure's number, the link's text, the notice's kind."""
    spans: tuple[Span, ...]
    is_moved: bool = False
    """It stands elsewhere now, in the list or in the text."""

    @property
    def old(self) -> str:
        """The value before."""
        return "".join(span.old for span in self.spans)

    @property
    def new(self) -> str:
        """The value after."""
        return "".join(span.new for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockChange:
    """What became of one block of the body, or of several that were merged; also of those that stayed as they were.

    Blocks are counted from 0 without the captions. The spans cover the texts of the blocks, joined by line feeds.
    """

    old: tuple[int, ...]
    new: tuple[int, ...]
    old_kinds: tuple[BlockKind, ...]
    new_kinds: tuple[BlockKind, ...]
    spans: tuple[Span, ...]
    is_moved: bool = False

    @property
    def kind(self) -> Literal["same", "edited", "added", "removed", "moved", "split", "merged"]:
        """The change in one word, the most telling first; a moved or split block may be edited as well."""
        if not self.old or not self.new:
            return "removed" if self.old else "added"
        if len(self.old) != len(self.new):
            return "merged" if len(self.old) > 1 else "split"
        if self.is_moved:
            return "moved"
        return "same" if self.old_kinds == self.new_kinds and all(span.is_kept for span in self.spans) else "edited"

    @property
    def old_text(self) -> str:
        """The text before, one block per line."""
        return "".join(span.old for span in self.spans)

    @property
    def new_text(self) -> str:
        """The text after, one block per line."""
        return "".join(span.new for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceChange:
    """What became of a sentence of the body that is not as it was. Derived from the spans of its blocks."""

    kind: Literal["edited", "added", "removed", "moved", "split", "merged"]
    old: tuple[str, ...]
    new: tuple[str, ...]
    old_block: int | None
    """The block it stood in, counted as in `BlockChange`; None when added."""
    new_block: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Everything that differs between two states of an article, exactly: fields, blocks, and the words within."""

    language: str
    """Of the newer state, "" when unknown: which words mean a negation depends on it."""
    fields: tuple[FieldChange, ...]
    """Those that differ, in the order of `Article`."""
    blocks: tuple[BlockChange, ...]
    """All of them, in the reading order of the new state; a removed one follows what it followed."""
    sentences: tuple[SentenceChange, ...]
    """Those that differ, in reading order."""

    @property
    def is_empty(self) -> bool:
        """Whether a reader would see the same article."""
        return not self.fields and all(block.kind == "same" for block in self.blocks)


class ChangeKind(StrEnum):
    """What sort of change it is. The words' kinds first, then the text's parts, then the page's parts."""

    NUMBER = "number"
    DATE_TIME = "date-time"
    NAME = "name"
    QUOTATION = "quotation"
    NEGATION = "negation"
    MODALITY = "modality"
    ATTRIBUTION = "attribution"
    HEDGING = "hedging"
    WORDING = "wording"
    SPELLING = "spelling"
    TYPOGRAPHY = "typography"
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    LAYOUT = "layout"
    NOTICE = "notice"
    HEADLINE = "headline"
    STANDFIRST = "standfirst"
    BYLINE = "byline"
    DATELINE = "dateline"
    PUBLISHED = "published"
    STAMP = "stamp"
    SECTION = "section"
    CAPTION = "caption"
    CREDIT = "credit"
    IMAGE = "image"
    LINK = "link"
    DECLARATION = "declaration"
    """What the page declares of itself to machines: language, canonical address, paywall."""

    @property
    def group(self) -> Literal["fact", "style", "narrative", "page"]:
        """The coarse intent, as NewsEdits 2.0 (arXiv 2411.18811) has it; "page" for what lies outside its text."""
        if self in _STYLE_KINDS:
            return "style"
        if self in (ChangeKind.SENTENCE, ChangeKind.PARAGRAPH):
            return "narrative"
        return "fact" if self in _FACT_KINDS else "page"


_STYLE_KINDS = frozenset({ChangeKind.WORDING, ChangeKind.SPELLING, ChangeKind.TYPOGRAPHY, ChangeKind.LAYOUT})
_FACT_KINDS = frozenset(list(ChangeKind)[:8]) | {ChangeKind.DATELINE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number before and after, to reckon with."""

    before: float | None
    """None where there was none, or not one number: "several", "5-3"."""
    after: float | None
    unit: str = ""
    """What both count: "people", "$", "%"; "" where nothing is named or they differ."""
    relative: float | None = None
    """The change as a share of the value before, 0.1 for a tenth more; None where the values cannot be compared."""

    @property
    def growth(self) -> str:
        """The relative change in words, as exact as it matters: "+10 %", "-0.4 %", or ""."""
        if self.relative is None:
            return ""
        return f"{100 * self.relative:+.0f} %" if abs(self.relative) >= 0.1 else f"{100 * self.relative:+.2g} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference with its meaning: what sort it is, where, how much it weighs, and why we say so."""

    kind: ChangeKind
    action: Literal["altered", "added", "removed", "moved"] = "altered"
    field: str
    """"body", or the field as in `FieldChange`."""
    label: str = ""
    """As in `FieldChange`: the notice's kind, the variant's origin."""
    weight: int
    """0 (no reader would notice) to 100 (the meaning of the article)."""
    before: str = ""
    after: str = ""
    evidence: str
    """Why it is of this kind, in words."""
    quantity: Quantity | None = None
    """Of a number: its values."""
    old_block: int | None = None
    new_block: int | None = None


class Severity(StrEnum):
    """How much a finding deserves to be looked at; says nothing about anybody's fault."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule of the audit found in the history of an article. It quotes evidence, never a motive."""

    rule: str
    severity: Severity
    revision: Revision
    """Where it showed. It happened after `revision.unchanged_since`, where that is known, and by `captured_at`."""
    others: tuple[Revision, ...] = ()
    """The other revisions that it speaks of, oldest first."""
    evidence: tuple[Change, ...] = ()
    explanation: str
    """What was seen, in one or two sentences."""
    limits: str
    """What the evidence does not show."""
