"""Draws what the audit found for a terminal or a pipe: findings, ranked edits, changes.

Long quotations are cut here; JSON and CSV have them whole. All page text passes through `safe`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from archiver.audit.rank import Ranked
from archiver.audit.steps import Step
from archiver.model import Change, Finding, Revision, Severity
from archiver.render.page import Page, Piece
from archiver.render.safe import safe
from archiver.render.text import repeats

_LONGEST = 240
"""Characters of one side of a change."""
_MOST = 12
"""Changes shown of one finding."""
_INDENT = "    "


def render_findings(findings: Iterable[Finding], page: Page) -> Iterator[str]:
    """The findings under the headlines of their articles, then, once for each rule, what they do not show."""
    limits: dict[str, dict[str, None]] = {}
    article = ""
    for finding in findings:
        if finding.revision.key != article:
            if article:
                yield ""
            article = finding.revision.key
            yield from _heading(finding.revision, page)
        title = Piece("strong" if finding.severity is Severity.HIGH else "", finding.rule)
        yield from page.wrap([title, Piece("faint", f"  {finding.severity}, {_where(finding.revision)}")], "  ")
        yield from page.wrap([Piece("", safe(finding.explanation))], _INDENT)
        yield from _evidence(finding.evidence, page)
        limits.setdefault(finding.rule, {})[finding.limits] = None
    if limits:
        yield ""
        yield page.draw([Piece("head", "What this does not show")])
    for rule, sentences in limits.items():
        yield from page.wrap([Piece("", f"{rule}: {' / '.join(sentences)}")], "  ")


def render_steps(steps: Iterable[tuple[Step, tuple[Change, ...]]], page: Page) -> Iterator[str]:
    """Steps with those of their changes that are wanted, under the headlines of their articles."""
    article = ""
    for step, changes in steps:
        if step.after.key != article:
            if article:
                yield ""
            article = step.after.key
            yield from _heading(step.after, page)
        yield from page.wrap([Piece("strong", step.after.event), Piece("faint", f"  {_where(step.after)}")], "  ")
        yield from _evidence(changes, page)


def render_ranking(ranking: Iterable[Ranked], page: Page) -> Iterator[str]:
    """Edits with their scores and the reasons for them."""
    for at, ranked in enumerate(ranking):
        if at:
            yield ""
        revision = ranked.step.after
        first, *rest = page.wrap([Piece("strong", safe(revision.headline))], "      ")
        yield page.draw([Piece("strong", f"{ranked.score:4}  ")]) + first[6:]
        yield from rest
        yield from page.wrap([Piece("faint", f"{revision.id} {_where(revision)}")], "      ")
        yield page.draw([Piece("faint", safe(revision.source))], "      ")
        for reason in ranked.reasons:
            yield from page.wrap([Piece("", f"{reason.points:+4}  {safe(reason.words)}")], "      ")


def instant(at: datetime) -> str:
    """A moment that we observed, to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M}Z"


def _heading(revision: Revision, page: Page) -> Iterator[str]:
    yield from page.wrap([Piece("head", safe(revision.headline) or revision.id)])
    yield page.draw([Piece("faint", f"{revision.id}  {safe(revision.source)}")])


def _where(revision: Revision) -> str:
    """The revision and the interval in which it was made."""
    until = instant(revision.captured_at)
    if revision.unchanged_since is None:
        return f"r{revision.number}, by {until}"
    return f"r{revision.number}, between {instant(revision.unchanged_since)} and {until}"


def _evidence(changes: tuple[Change, ...], page: Page) -> Iterator[str]:
    changes, likewise = _folded(changes)
    for change in changes[:_MOST]:
        what = change.kind if change.field == "body" else change.field
        what = f"{what} {change.label}".strip().replace("_", " ")
        if change.kind.group != "page" and what != change.kind:
            what += f", {change.kind}"
        words = page.changed(_cut(change.before), _cut(change.after)) if change.action != "moved" else []
        moved = [Piece("", f"moved: {safe(_cut(change.after))}")] if change.action == "moved" else []
        growth = change.quantity.growth if change.quantity else ""
        size = [Piece("faint", f" ({growth})")] if growth else []
        too = (
            [Piece("faint", f" (likewise {safe(', '.join(likewise))})")]
            if likewise and change.kind == "headline"
            else []
        )
        yield from page.wrap([Piece("faint", f"{safe(what)}: "), *words, *moved, *size, *too], _INDENT)
    if len(changes) > _MOST:
        yield page.draw([Piece("faint", f"… {len(changes) - _MOST} more")], _INDENT)


def _folded(changes: tuple[Change, ...]) -> tuple[tuple[Change, ...], list[str]]:
    """The changes without those by which a headline reads likewise in other places of the page; and these places."""
    main = next((change for change in changes if change.field == change.kind == "headline"), None)
    if main is None:
        return changes, []
    pair = main.before, main.after
    others = [it for it in changes if it.field == "variant" and repeats(pair, (it.before, it.after))]
    return tuple(change for change in changes if change not in others), [change.label for change in others]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
