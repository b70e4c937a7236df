"""Rules about headlines, dates and bylines, and about pages that went away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from archiver.audit.clocks import latest_stamps
from archiver.audit.steps import History, Step
from archiver.diff.tokens import fold
from archiver.model import Article, Change, ChangeKind, Event, Finding, PageDate, Revision, Severity

_MOTIVE = "A finding quotes evidence, never a motive."
_DAY = timedelta(days=1)


def headline_swapped(history: History) -> Iterator[Finding]:
    """A headline came back that had been replaced: one finding for an article, with counts."""
    parts = dict.fromkeys(["headline", *_headlines(history.origin)])
    parts |= dict.fromkeys(part for step in history.steps for part in _headlines(step.now))
    swapped = {part: stretches for part in parts if (stretches := _oscillation(history, part))}
    if not swapped:
        return
    part, stretches = next(iter(swapped.items()))
    variants = dict.fromkeys(fold(text) for text, _ in stretches)
    shown = [
        f"“{next(text for text, _ in stretches if fold(text) == variant)}” in "
        + ", ".join(f"r{revision.number}" for text, revision in stretches if fold(text) == variant)
        for variant in variants
    ]
    where = "The headline" if part == "headline" else f"The headline as {part} has it"
    also = f" So did {', '.join(list(swapped)[1:])}." if len(swapped) > 1 else ""
    last = stretches[-1][1]
    yield Finding(
        rule="headline-swapped",
        severity=Severity.MEDIUM if part == "headline" else Severity.LOW,
        revision=last,
        others=tuple(revision for _, revision in stretches[:-1]),
        evidence=_headline_changes(history, part),
        explanation=f"{where} changed {len(stretches) - 1} times between {len(variants)} variants: "
        f"{'; '.join(shown)}.{also}",
        limits="Tests of headlines show readers different ones at one time; one observer sees one of them. " + _MOTIVE,
    )


def stamp_backwards(history: History) -> Iterator[Finding]:
    """A date of change is earlier than it was."""
    for step in history.edits:
        befores, afters = latest_stamps(step.was), latest_stamps(step.now)
        for field, was in befores.items():
            now = afters.get(field)
            back = _distance(was, now)
            if (
                now is None
                or back is None
                or back >= timedelta(0)
                or field in step.clocks.certain | step.clocks.doubtful
            ):
                continue
            is_zone = not was.offset and back % timedelta(minutes=30) == timedelta(0) and abs(back) < _DAY
            guess = " The difference is a whole number of half hours: perhaps the same moment in another zone."
            yield Finding(
                rule="stamp-backwards",
                severity=Severity.LOW if is_zone else Severity.MEDIUM,
                revision=step.after,
                others=(step.before,),
                evidence=tuple(it for it in step.changes if it.field == field),
                explanation=f"“{was.text}” became “{now.text}”, which is earlier.{guess if is_zone else ''}",
                limits="Copies of a page on several servers may be of different age. " + _MOTIVE,
            )


def published_changed(history: History) -> Iterator[Finding]:
    """The date of publication is another one, not only stated more exactly or elsewhere on the page."""
    for step in history.edits:
        was, now = step.was.published, step.now.published
        distance = _distance(was, now)
        if was is None or now is None or not distance:
            continue
        if was.origin != now.origin and abs(distance) <= _DAY:
            continue
        is_later = distance > timedelta(0)
        yield Finding(
            rule="published-changed",
            severity=Severity.HIGH if is_later and distance >= _DAY else Severity.MEDIUM,
            revision=step.after,
            others=(step.before,),
            evidence=tuple(it for it in step.changes if it.kind is ChangeKind.PUBLISHED),
            explanation=f"The date of publication went from {was.iso} to {now.iso}, which is "
            f"{'later' if is_later else 'earlier'}.",
            limits="Some newsrooms show the date of the last edition as that of publication. " + _MOTIVE,
        )


def byline_removed(history: History) -> Iterator[Finding]:
    """A name left the byline, and no other took its place."""
    for step in history.edits:
        was, now = step.was.byline, step.now.byline
        names, left = (set(line.names) or {line.text} if line else set[str]() for line in (was, now))
        if was is None or not names - left or left - names:
            continue
        yield Finding(
            rule="byline-removed",
            severity=Severity.MEDIUM,
            revision=step.after,
            others=(step.before,),
            evidence=tuple(it for it in step.changes if it.kind is ChangeKind.BYLINE),
            explanation=f"{', '.join(sorted(names - left))}: no longer named"
            + (f", beside {', '.join(sorted(left))}." if left else "; nobody is named now."),
            limits="The name may stand elsewhere on the page now. " + _MOTIVE,
        )


def deleted(history: History) -> Iterator[Finding]:
    """The page was withdrawn, or led elsewhere; and whether it came back."""
    for at, step in enumerate(history.steps):
        if step.after.event is not Event.GONE:
            continue
        back = next((it for it in history.steps[at + 1 :] if it.after.event is Event.RETURNED), None)
        yield Finding(
            rule="deleted",
            severity=Severity.MEDIUM if back else Severity.HIGH,
            revision=step.after,
            others=(back.after,) if back else (),
            evidence=back.text_changes if back and not back.is_ours else (),
            explanation=f"No longer there: {step.after.summary}.{_missed(history, step)}{_return(back)}",
            limits="A fault of the server or a new address without a redirect looks the same. " + _MOTIVE,
        )


def _missed(history: History, step: Step) -> str:
    """The first look that missed the article, where that was not yet believed."""
    since = step.after.unchanged_since or step.before.captured_at
    first = next((at for at in history.missing if since < at < step.after.captured_at), None)
    if first is None:
        return ""
    return f" First missed at {first:%Y-%m-%d %H:%M} UTC, last seen at {since:%Y-%m-%d %H:%M} UTC."


def _return(step: Step | None) -> str:
    if step is None:
        return ""
    changed = "its text changed" if step.text_changes and not step.is_ours else "its text as it was"
    return f" It was back in r{step.after.number}, captured {step.after.captured_at:%Y-%m-%d %H:%M} UTC, {changed}."


def _oscillation(history: History, part: str) -> tuple[tuple[str, Revision], ...]:
    """The headlines in a row with the revisions that brought them, if one of them came back; else nothing.

    What stood before a new reading of the same page is not comparable, and left out.
    """
    stretches = [(_headlines(history.origin).get(part, ""), history.first)]
    for step in history.steps:
        text = _headlines(step.now).get(part, "")
        if fold(text) == fold(stretches[-1][0]) or not text:
            continue
        if step.is_ours or not stretches[-1][0]:
            stretches.clear()
        stretches.append((text, step.after))
    return tuple(stretches) if len({fold(text) for text, _ in stretches}) < len(stretches) else ()


def _headlines(article: Article) -> dict[str, str]:
    return {"headline": article.headline} | {variant.origin: variant.text for variant in article.variants}


def _headline_changes(history: History, part: str) -> tuple[Change, ...]:
    return tuple(
        change
        for step in history.edits
        for change in step.changes
        if change.kind is ChangeKind.HEADLINE and part in (change.field, change.label)
    )


def _distance(was: PageDate | None, now: PageDate | None) -> timedelta | None:
    """How far one date is from another, as exactly as both are stated; None when they cannot be compared."""
    if was is None or now is None or bool(was.offset) != bool(now.offset):
        return None
    length = min(len(was.value), len(now.value))
    before, after = (datetime.fromisoformat(it.value[:length] + it.offset * (length > 10)) for it in (was, now))
    return after - before
