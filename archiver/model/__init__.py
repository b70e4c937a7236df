"""The nouns of the tool, as frozen values. Imports nothing of ours and does nothing.

article   what the page says: `Article`, `PageDate`, …
capture   what was looked for, and what we observed: `Seed`, `Request`, `Capture`, …
revision  what is kept: `Event`, `Revision`, `Check`, …
diff      how two articles differ: `Diff`, `Span`, …
finding   what that means: `Change`, `Finding`, …

What the page says is kept apart from what we observed and from what is kept. Instants named `*_at` or `*_since` are
ours: aware datetimes in UTC, whole seconds. Dates named `published` or `modified` are the page's claims and stay
verbatim beside their parsed value. All article text is NFC, one line per block, without control characters
(`archiver.text` has the rule).
"""

from archiver.model.article import (
    Article,
    Block,
    BlockKind,
    Byline,
    Extraction,
    Figure,
    HeadlineVariant,
    Link,
    Notice,
    NoticeKind,
    PageDate,
)
from archiver.model.capture import Candidate, Capture, FetchFailure, Hop, Request, Seed
from archiver.model.diff import BlockChange, Diff, FieldChange, SentenceChange, Span
from archiver.model.finding import Change, ChangeKind, Finding, Quantity, Severity
from archiver.model.revision import Check, Decision, Event, Revision

__all__ = [
    "Article",
    "Block",
    "BlockChange",
    "BlockKind",
    "Byline",
    "Candidate",
    "Capture",
    "Change",
    "ChangeKind",
    "Check",
    "Decision",
    "Diff",
    "Event",
    "Extraction",
    "FetchFailure",
    "FieldChange",
    "Figure",
    "Finding",
    "HeadlineVariant",
    "Hop",
    "Link",
    "Notice",
    "NoticeKind",
    "PageDate",
    "Quantity",
    "Request",
    "Revision",
    "Seed",
    "SentenceChange",
    "Severity",
    "Span",
]
