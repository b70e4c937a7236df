"""Ranks edits by how much they deserve to be looked at, with the reasons for each score.

The score is a sum of points that stand beside it, so that everyone can find it again or disagree with it. It orders a
list for people who cannot read all of it; it judges nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from archiver.audit.edits import is_fact
from archiver.audit.steps import CORRECTING, Step
from archiver.diff.summary import arrow
from archiver.model import Change, Event, Severity

_POINTS_PER_FACT, _MOST_FOR_FACTS = 4, 12
_POINTS_UP_FRONT = 6
_POINTS_UNTOLD = 10
_POINTS_REMOVED = 10
_POINTS_GONE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A part of a score."""

    points: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """An edit with its score, which is the sum of its reasons."""

    step: Step
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        """0 for nothing a reader would see, to somewhat above 100."""
        return sum(reason.points for reason in self.reasons)

    @property
    def severity(self) -> Severity:
        """The score in a word."""
        steps = (Severity.INFO, Severity.LOW, Severity.MEDIUM, Severity.HIGH)
        return steps[(self.score >= 25) + (self.score >= 60) + (self.score >= 85)]


def rank(step: Step) -> Ranked:
    """The score of one step; nothing for one that is our own doing."""
    return Ranked(step=step, reasons=() if step.is_ours else tuple(_reasons(step)))


def _reasons(step: Step) -> list[Reason]:
    is_gone = step.after.event is Event.GONE
    reasons = [Reason(points=_POINTS_GONE, words=f"the article is gone: {step.after.summary}")] if is_gone else []
    changes = sorted(step.changes, key=lambda change: -change.weight)
    if not changes:
        return reasons
    heaviest = changes[0]
    reasons.append(Reason(points=heaviest.weight, words=f"{heaviest.kind}: {arrow(heaviest.before, heaviest.after)}"))
    facts = {(it.before, it.after) for it in changes[1:] if is_fact(it)} - {(heaviest.before, heaviest.after)}
    if facts:
        points = min(_POINTS_PER_FACT * len(facts), _MOST_FOR_FACTS)
        reasons.append(Reason(points=points, words=f"{len(facts)} more fact{'s'[: len(facts) != 1]} changed"))
    if any(_is_up_front(change) for change in changes if is_fact(change)):
        reasons.append(Reason(points=_POINTS_UP_FRONT, words="a fact changed in the headline or the first paragraph"))
    if step.text_changes and not step.is_told:
        reasons.append(Reason(points=_POINTS_UNTOLD, words="no stamp moved and no notice was added"))
    if any(change.action == "removed" and change.label in CORRECTING for change in step.notice_changes):
        reasons.append(Reason(points=_POINTS_REMOVED, words="a notice was removed"))
    return reasons


def _is_up_front(change: Change) -> bool:
    return change.field in ("headline", "standfirst") or (change.field == "body" and change.new_block == 0)
