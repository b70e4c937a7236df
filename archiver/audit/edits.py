"""Rules about edits and the stamps and notices that did or did not come with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone

from archiver.audit.steps import History, Step, is_correcting
from archiver.diff.summary import summarise
from archiver.model import Change, ChangeKind, Finding, PageDate, Severity

_SAYS_NOTHING_OF_WHY = "A finding quotes evidence, never a motive."
_NOTICE_UNSEEN = "A notice in words that the program does not know, or on another page, is not seen as one."
_FACTS = {
    ChangeKind.NUMBER: ("altered",),
    ChangeKind.DATE_TIME: ("altered",),
    ChangeKind.NAME: ("altered",),
    ChangeKind.QUOTATION: ("altered", "removed"),
    ChangeKind.NEGATION: ("altered", "added", "removed"),
}
"""What must happen to words of these kinds for one statement to take the place of another."""
_UNCHANGED_FOR_READERS = frozenset({ChangeKind.STAMP, ChangeKind.SECTION, ChangeKind.DECLARATION, ChangeKind.IMAGE})
_SEVERITIES = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)
_HEAVY, _LIGHT = 60, 25
"""Weights from which a change is a matter of fact, and up to which it is one of style."""


def stealth_edit(history: History) -> Iterator[Finding]:
    """The text changed; no stamp or date of publication moved, and no notice was added or altered."""
    for step, later in _with_disclosure(history):
        changes = step.text_changes
        if not changes or step.is_told or _may_hide(step):
            continue
        stamps = "no stamp moved" if step.stamps else "the page has no stamp that could have moved"
        yield Finding(
            rule="stealth-edit",
            severity=severity_of(changes, steps_down=(not step.stamps) + bool(later)),
            revision=step.after,
            others=(step.before, *((later.after,) if later else ())),
            evidence=changes,
            explanation=f"The text changed ({summarise(changes)}); {stamps}, and no notice was added."
            f"{_again(history, step)}{_translated(step)}{_later(later)}",
            limits=f"{_NOTICE_UNSEEN} {_SAYS_NOTHING_OF_WHY}",
        )


def touched_not_changed(history: History) -> Iterator[Finding]:
    """A stamp moved; readers see the same article."""
    for step in history.edits:
        moves = tuple(move for move in step.stamp_moves() if move.before)
        if not moves or any(change.kind not in _UNCHANGED_FOR_READERS for change in step.changes):
            continue
        shown = "; ".join(f"“{move.before}” became “{move.after}”" for move in moves)
        yield Finding(
            rule="touched-not-changed",
            severity=Severity.LOW,
            revision=step.after,
            others=(step.before,),
            evidence=moves,
            explanation=f"{shown}; headline, text, captions, links and notices are as they were.",
            limits="What changed may lie in pictures, video, comments or other parts that are not kept. "
            + _SAYS_NOTHING_OF_WHY,
        )


def fact_without_notice(history: History) -> Iterator[Finding]:
    """A number, date, name, quotation or negation became another, and no notice was added or altered."""
    for step, later in _with_disclosure(history):
        facts = tuple(change for change in step.text_changes if is_fact(change))
        if not facts or step.has_notice:
            continue
        yield Finding(
            rule="fact-without-notice",
            severity=severity_of(facts, steps_down=bool(step.stamp_moves(even_doubtful=True)) + bool(later)),
            revision=step.after,
            others=(step.before, *((later.after,) if later else ())),
            evidence=facts,
            explanation=f"What the text states changed ({summarise(facts)}) without a notice.{_later(later)}",
            limits="In a story that still develops, new figures replace old ones that were right at their time. "
            f"{_NOTICE_UNSEEN} {_SAYS_NOTHING_OF_WHY}",
        )


def severity_of(changes: Sequence[Change], *, steps_down: int = 0) -> Severity:
    """By the heaviest of the changes; lower where something speaks against it."""
    heaviest = max(change.weight for change in changes)
    rank = (heaviest >= _LIGHT) + (heaviest >= _HEAVY)
    return _SEVERITIES[max(0, rank - steps_down)]


def is_fact(change: Change) -> bool:
    """Whether one fact took the place of another; what only came or went is new or old text."""
    return change.kind in _FACTS and change.action in _FACTS[change.kind]


def _may_hide(step: Step) -> bool:
    """Whether all stamps name only a day that had not ended when the edit may have been made.

    An edit on that day would leave such a stamp as it was.
    """
    since = step.after.unchanged_since or step.before.captured_at
    return bool(step.stamps) and all(it.precision == "day" and since < _end_of_day(it) for it in step.stamps)


def _end_of_day(stamp: PageDate) -> datetime:
    """The end of the day that a stamp names; where it names no zone, in the last zone in which that day ends."""
    zone = datetime.fromisoformat(f"2000-01-01T00:00{stamp.offset}").tzinfo or timezone(timedelta(hours=-12))
    return (datetime.fromisoformat(stamp.value).replace(tzinfo=zone) + timedelta(days=1)).astimezone(UTC)


def _with_disclosure(history: History) -> Iterator[tuple[Step, Step | None]]:
    """Every step, the newest first, with the first later one that told readers of something wrong."""
    later = None
    for step in reversed(history.edits):
        yield step, later
        if any(is_correcting(change) for change in step.new_notices):
            later = step


def _again(history: History, step: Step) -> str:
    """Which earlier revision reads the same, where one does."""
    seen = [history.first, *(it.after for it in history.steps)]
    same = next((it for it in seen if it.text_sha256 and it.text_sha256 == step.after.text_sha256), step.after)
    return "" if same == step.after else f" It reads again as in r{same.number}."


def _translated(step: Step) -> str:
    was, now = step.was.language, step.now.language
    return f" The page declares another language: {was} → {now}." if was and now and was != now else ""


def _later(step: Step | None) -> str:
    return f" A notice came later, in r{step.after.number}." if step else ""
