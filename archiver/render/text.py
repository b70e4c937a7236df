"""Draws diffs for a terminal, a pipe or a program.

Changes of the page's parts come first, then the paragraphs that changed, each with its number and the kinds of change
in it; unchanged ones are folded. How words are marked says `archiver.render.page`. Page text passes through `safe`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Literal

from archiver.model import BlockChange, Change, ChangeKind, Diff, FieldChange, Span
from archiver.render.beside import NARROWEST, beside, sides
from archiver.render.page import Page, Piece
from archiver.render.safe import safe

WordDiff = Literal["plain", "color", "porcelain"]
_INDENT = "    "
_SAID_BY_PLACE = (ChangeKind.PARAGRAPH, ChangeKind.LAYOUT)


def render_diff(
    diff: Diff,
    changes: Sequence[Change],
    *,
    old_label: str,
    new_label: str,
    color: bool = False,
    width: int | None = None,
    word_diff: WordDiff | None = None,
    stat: bool = False,
    only: Collection[ChangeKind] = (),
    side_by_side: bool = False,
) -> str:
    """The diff as lines, each ended by a line feed.

    `width` is in columns, None for no wrapping. `word_diff` is by default "color" with colour and "plain" (git's
    brackets) without; "porcelain" is git's line format for programs. `stat` gives the sizes of the changes in place
    of their words. With `only`, parts and paragraphs without changes of these kinds are left out. `side_by_side` sets
    both states beside each other, on a page of at least `NARROWEST` columns.
    """
    head = [f"--- {safe(old_label)}", f"+++ {safe(new_label)}"]
    if only:
        diff, changes = narrow(diff, changes, only)
    if stat:
        return _lines([*head, *_stat(diff)])
    if word_diff == "porcelain":
        return _lines([*head, *_porcelain(diff)])
    is_wide = side_by_side and (width is None or width >= NARROWEST)
    brackets = (word_diff or ("color" if color else "plain")) == "plain"
    page = (_WidePage if is_wide else _DiffPage)(diff, color=color, brackets=brackets, width=width)
    body = [
        *page.head(*head),
        *(line for field, likewise in _folded(diff.fields) for line in page.part(field, likewise)),
        *page.blocks(diff.blocks, changes),
    ]
    return _lines(body)


def _rank(field: FieldChange) -> bool:
    """Dates first, then the parts of the page from its top to its end."""
    return field.field not in ("published", "modified", "stamp", "site_stamp")


def _folded(fields: Iterable[FieldChange]) -> Iterator[tuple[FieldChange, list[str]]]:
    """The parts in their order; a headline with the labels of those variants that read likewise."""
    parts: list[tuple[FieldChange, list[str]]] = []
    for field in sorted(fields, key=_rank):
        is_told = (
            likewise
            for one, likewise in parts
            if field.field == "variant"
            and one.field in ("headline", "variant")
            and repeats((one.old, one.new), (field.old, field.new))
        )
        if (likewise := next(is_told, None)) is None:
            parts.append((field, []))
        else:
            likewise.append(field.label)
    yield from parts


def repeats(change: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether the other text changed from before to after as this headline did, be it within a longer one."""
    before, after = change
    if not before or not after:
        return change == other
    return before in other[0] and other[0].replace(before, after) == other[1]


def narrow(diff: Diff, changes: Sequence[Change], only: Collection[ChangeKind]) -> tuple[Diff, tuple[Change, ...]]:
    """A diff and its changes without the parts and the changed paragraphs that have no change of these kinds."""
    kept = tuple(change for change in changes if change.kind in only)
    parts = {(change.field, change.label) for change in kept}
    fields = tuple(field for field in diff.fields if (field.field, field.label) in parts)
    blocks = tuple(block for block in diff.blocks if block.kind == "same" or _changes_in(block, kept))
    return replace(diff, fields=fields, blocks=blocks), kept


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


class _DiffPage(Page):
    """How the lines of one diff are drawn."""

    def __init__(self, diff: Diff, *, color: bool, brackets: bool, width: int | None) -> None:
        super().__init__(color=color, brackets=brackets, width=width)
        self._shown = {text for block in diff.blocks for text in (block.old_text, block.new_text)}

    def head(self, old: str, new: str) -> Iterator[str]:
        """What is compared."""
        for label in (old, new):
            yield self.draw([Piece("head", label)])

    def part(self, field: FieldChange, likewise: Sequence[str]) -> Iterator[str]:
        """One part of the page, and where else the same is to be read."""
        yield from self.field(field)
        if likewise:
            yield from self.wrap([Piece("faint", f"likewise {', '.join(map(safe, likewise))}")], _INDENT)

    def field(self, field: FieldChange) -> Iterator[str]:
        """One part of the page: a short value as old → new, a text with its changed words."""
        name = safe(f"{field.field.replace('_', ' ')} {field.label}".strip())
        if field.is_moved:
            yield from self.wrap([Piece("", f"{name}: moved")])
        elif self.is_shown(field):
            yield from self.wrap([Piece("", f"{safe(field.label)} {'added' if field.new else 'removed'}")])
        elif field.field in _TEXTS and field.old and field.new:
            yield from self.wrap([Piece("", f"{name}: "), *self.pieces(field.spans)])
        else:
            yield from self.wrap(self.value(name, field))

    def is_shown(self, field: FieldChange) -> bool:
        """Whether a notice that came or went is to be read below, as a paragraph."""
        return field.field == "notice" and not (field.old and field.new) and field.old + field.new in self._shown

    def value(self, name: str, field: FieldChange) -> list[Piece]:
        """A short value before and after; the words that lead both ("Last update: ") serve as its name."""
        old, new = field.old, field.new
        if not old or not new:
            return [Piece("", f"{name} {'added' if new else 'removed'}: "), *self.changed(old, new)]
        lead = _lead(field)
        return [Piece("", f"{safe(lead or f'{name}: ')}{safe(old[len(lead) :])} → {safe(new[len(lead) :])}")]

    def blocks(self, blocks: Sequence[BlockChange], changes: Sequence[Change]) -> Iterator[str]:
        """The changed paragraphs, each under its number and the kinds of its changes, the others counted."""
        for is_same, group in groupby(blocks, key=lambda block: block.kind == "same"):
            if is_same:
                count = sum(len(block.new) for block in group)
                yield self.draw([Piece("faint", f"… {count} paragraph{'s'[: count > 1]} unchanged")])
                continue
            for block in group:
                kinds = ", ".join(_kinds(block, changes))
                yield self.draw([Piece("head", _place(block)), Piece("faint", f"  {kinds}" if kinds else "")])
                yield from self.words(block)

    def words(self, block: BlockChange) -> Iterator[str]:
        """The text of a block with its changed words."""
        yield from self.wrap(self.pieces(block.spans), _INDENT)

    def pieces(self, spans: Sequence[Span]) -> list[Piece]:
        """A text with its changes marked."""
        return [
            piece
            for span in spans
            for piece in ([Piece("", safe(span.new))] if span.is_kept else self.changed(span.old, span.new))
        ]


class _WidePage(_DiffPage):
    """The same with both states beside each other."""

    def head(self, old: str, new: str) -> Iterator[str]:
        """What is compared, each at the head of its column."""
        yield from beside(self, [Piece("head", old)], [Piece("head", new)])

    def field(self, field: FieldChange) -> Iterator[str]:
        """One part of the page: its name, and both values."""
        if field.is_moved or self.is_shown(field):
            yield from super().field(field)
            return
        name = f"{field.field.replace('_', ' ')} {field.label}".strip()
        action = "" if field.old and field.new else "  added" if field.new else "  removed"
        yield self.draw([Piece("head", safe(name)), Piece("faint", action)])
        if field.field in _TEXTS:
            yield from beside(self, *sides(self, field.spans))
            return
        lead = _lead(field)
        old, new = self.mark("removed", field.old[len(lead) :]), self.mark("added", field.new[len(lead) :])
        yield from beside(self, *([Piece("", safe(lead)), *value] for value in (old, new)))

    def words(self, block: BlockChange) -> Iterator[str]:
        """The text of a block before and after."""
        yield from beside(self, *sides(self, block.spans))


def _lead(field: FieldChange) -> str:
    """The label that both states of a short value begin with: "Last update: "."""
    if not (field.old and field.new and field.spans[0].is_kept):
        return ""
    lead, colon, _ = field.spans[0].old.rpartition(": ")
    return lead + colon


_TEXTS = ("headline", "variant", "standfirst", "byline", "caption", "notice")


def _place(block: BlockChange) -> str:
    """The paragraph's number, counted from 1, and what happened to it as a whole."""
    old, new = ("".join(f", ¶{at + 1}" for at in side)[2:] for side in (block.old, block.new))
    if block.kind in ("moved", "split", "merged") or block.is_moved:
        return f"{old} → {new} {block.kind}" if old != new else f"{new} {block.kind}"
    return f"{new or old} {block.kind}" if block.kind != "edited" else new


def _kinds(block: BlockChange, changes: Sequence[Change]) -> list[str]:
    """The kinds of change in a block, of a number its growth, without repetition, in the order of their places."""
    kinds = (
        f"{change.kind} {change.quantity.growth if change.quantity else ''}".strip()
        for change in _changes_in(block, changes)
        if change.kind not in _SAID_BY_PLACE
    )
    return list(dict.fromkeys(kinds))


def _changes_in(block: BlockChange, changes: Sequence[Change]) -> list[Change]:
    return [
        change
        for change in changes
        if change.new_block in block.new or (change.new_block is None and change.old_block in block.old)
    ]


def _porcelain(diff: Diff) -> Iterator[str]:
    """Git's word-diff porcelain: a line per stretch, its first letter says which; `~` ends a paragraph."""
    parts = [(f"{field.field} {field.label}".strip(), field.spans) for field in diff.fields]
    parts += [(_place(block), block.spans) for block in diff.blocks if block.kind != "same"]
    for place, spans in parts:
        yield f"@@ {safe(place)} @@"
        for span in spans:
            if span.is_kept:
                yield f" {safe(span.new)}"
                continue
            if span.old:
                yield f"-{safe(span.old)}"
            if span.new:
                yield f"+{safe(span.new)}"
        yield "~"


def _stat(diff: Diff) -> Iterator[str]:
    """The number of words removed and added in every changed part."""
    parts = [
        (", ".join([f"{field.field.replace('_', ' ')} {field.label}".strip(), *likewise]), field.spans)
        for field, likewise in _folded(diff.fields)
    ]
    parts += [(_place(block), block.spans) for block in diff.blocks if block.kind != "same"]
    column = max((len(safe(place)) for place, _ in parts), default=0)
    for place, spans in parts:
        removed, added = _word_counts(spans)
        yield f" {safe(place).ljust(column)} | {removed:4} - {added:4} +"
    count = sum(block.kind != "same" for block in diff.blocks)
    removed, added = _word_counts([span for block in diff.blocks for span in block.spans])
    yield f" {count} of {len(diff.blocks)} paragraphs changed; words: {removed} removed, {added} added"


def _word_counts(spans: Iterable[Span]) -> tuple[int, int]:
    changed = [span for span in spans if not span.is_kept]
    return sum(len(span.old.split()) for span in changed), sum(len(span.new.split()) for span in changed)
