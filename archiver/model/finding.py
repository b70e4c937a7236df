"""What a difference means, and what the audit finds in a history of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from archiver.model.revision import Revision


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
