"""What is kept: the event that a check came to, the revision that it made, and the line of the check log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


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
    successor: str = ""
    """Key of the article that goes on where this one ended: its address leads there now."""
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
