"""Says in one line what changed, for people and for the first line of a commit message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from archiver.diff.tokens import tokenise
from archiver.diff.words import compare_words
from archiver.model import Change, ChangeKind

_LONGEST = 40
"""Characters of a quoted value."""
_MOST = 5
"""Kinds of change named in one line."""
_NAMED = frozenset(
    {ChangeKind.SENTENCE, ChangeKind.PARAGRAPH, ChangeKind.TYPOGRAPHY, ChangeKind.LAYOUT, ChangeKind.LINK}
)
"""Kinds whose values are too long or too dull to quote."""


_NOTICES = {"editors-note": "editor’s note", "update": "update note"}
"""What notices are called whose kind alone would read oddly."""


def summarise(changes: Iterable[Change]) -> str:
    """The most telling change of every kind, heaviest first: "number: 1,000 → 1,100 people; correction added"."""
    told = tuple(changes)
    for part in (ChangeKind.HEADLINE, ChangeKind.STANDFIRST):
        told = _told_once(told, part)
    ranked = sorted(told, key=lambda change: -change.weight)
    groups: dict[str, list[Change]] = {}
    for change in ranked:
        groups.setdefault(_title(change), []).append(change)
    parts = [_part(title, group) for title, group in groups.items()]
    more = [f"{len(parts) - _MOST} more"] if len(parts) > _MOST else []
    return "; ".join(parts[:_MOST] + more) or "no change"


def _told_once(changes: tuple[Change, ...], part: ChangeKind) -> tuple[Change, ...]:
    """The changes without the part of the page where facts are all that changed in it, else without its facts."""
    facts = [change for change in changes if change.field == part.value and change.kind.group == "fact"]
    whole = next((change for change in changes if change.field == part.value and change.kind is part), None)
    if not facts or whole is None:
        return changes
    if _say_all(facts, whole):
        return tuple(change for change in changes if change.kind is not part or not _say_all(facts, change))
    weight = max(change.weight for change in (whole, *facts))
    return tuple(replace(it, weight=weight) if it is whole else it for it in changes if it not in facts)


def _say_all(facts: Sequence[Change], whole: Change) -> bool:
    """Whether each word that changed belongs to one of the facts, none of which is the whole text."""
    spans = [span for span in compare_words(whole.before, whole.after) if not span.is_kept]
    return (
        all((fact.before, fact.after) != (whole.before, whole.after) for fact in facts)
        and _words(span.old for span in spans) <= _words(fact.before for fact in facts)
        and _words(span.new for span in spans) <= _words(fact.after for fact in facts)
    )


def _words(texts: Iterable[str]) -> set[str]:
    return {token.key for text in texts for token in tokenise(text) if token.kind not in ("mark", "quote")}


def _title(change: Change) -> str:
    """What changes of one group are called."""
    if change.field in (ChangeKind.HEADLINE, ChangeKind.STANDFIRST) and change.kind.value != change.field:
        return f"{change.kind} in {change.field}"
    if change.kind is ChangeKind.STAMP:
        return "stamp moved" if change.field != "modified" else "declared date moved"
    if change.kind is ChangeKind.NOTICE:
        kinds = " → ".join(_NOTICES.get(kind, kind) for kind in change.label.split(" → "))
        return f"{kinds} {change.action}"
    if change.kind in _NAMED or change.action == "moved":
        return f"{change.kind} {change.action}"
    return change.kind.value


def _part(title: str, group: list[Change]) -> str:
    first, others = group[0], len({(change.before, change.after) for change in group}) - 1
    count = f" (+{others})" if others else ""
    if first.kind in (ChangeKind.STAMP, ChangeKind.NOTICE, *_NAMED) or first.action == "moved":
        return title + count
    return f"{title}: {arrow(first.before, first.after)}{count}"


def arrow(before: str, after: str) -> str:
    """Two values in a row, each cut to a length, the noun they both end with said once: "1,000 → 1,100 people"."""
    before, after = before.strip(" ,;"), after.strip(" ,;")
    if not before or not after:
        return f"{_short(after)} added" if after else f"{_short(before)} removed"
    if _short(before) == _short(after) != before:
        before, after = _from_where_they_differ(before, after)
    value, _, noun = before.rpartition(" ")
    if value and " " not in value and noun.isalpha() and after.endswith(f" {noun}") and len(before) < _LONGEST:
        before = value
    return f"{_short(before)} → {_short(after)}"


def _from_where_they_differ(before: str, after: str) -> tuple[str, str]:
    """Two long values that begin alike, from the word on in which they differ."""
    same = next(at for at, (x, y) in enumerate(zip(f"{before}\0", f"{after}\0", strict=False)) if x != y)
    start = before.rfind(" ", 0, same) + 1
    return f"…{before[start:]}", f"…{after[start:]}"


def _short(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
