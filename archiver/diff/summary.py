"""Says in one line what changed, for people and for the first line of a commit message."""

from __future__ import annotations

from collections.abc import Iterable

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
    ranked = sorted(changes, key=lambda change: -change.weight)
    groups: dict[str, list[Change]] = {}
    for change in ranked:
        groups.setdefault(_title(change), []).append(change)
    parts = [_part(title, group) for title, group in groups.items()]
    more = [f"{len(parts) - _MOST} more"] if len(parts) > _MOST else []
    return "; ".join(parts[:_MOST] + more) or "no change"


def _title(change: Change) -> str:
    """What changes of one group are called."""
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
    if value and noun.isalpha() and after.endswith(f" {noun}") and len(before) < _LONGEST:
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
