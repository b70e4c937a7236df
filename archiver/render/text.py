"""Draws diffs for a terminal, a pipe or a program.

Changes of the page's parts come first, then the paragraphs that changed, each with its number and the kinds of change
in it; unchanged ones are folded. In colour, removed words are struck and added ones bold and underlined, so that the
colour is not needed to read them; without colour they stand in git's brackets: `[-old-]{+new+}`. Page text passes
through `safe`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple
from unicodedata import combining, east_asian_width

from archiver.model import BlockChange, Change, ChangeKind, Diff, FieldChange, Span
from archiver.render.safe import safe

WordDiff = Literal["plain", "color", "porcelain"]
_STYLES = {"removed": "\x1b[31;9m", "added": "\x1b[32;1;4m", "head": "\x1b[36m", "faint": "\x1b[2m"}
_RESET = "\x1b[0m"
_INDENT = "    "


class Piece(NamedTuple):
    """Safe text in one style: "", or a key of `_STYLES`."""

    style: str
    text: str


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
) -> str:
    """The diff as lines, each ended by a line feed.

    `width` is in columns, None for no wrapping. `word_diff` is by default "color" with colour and "plain" (git's
    brackets) without; "porcelain" is git's line format for programs. `stat` gives the sizes of the changes in place
    of their words.
    """
    head = [f"--- {safe(old_label)}", f"+++ {safe(new_label)}"]
    if stat:
        return _lines([*head, *_stat(diff)])
    if word_diff == "porcelain":
        return _lines([*head, *_porcelain(diff)])
    page = _Page(color=color, brackets=(word_diff or ("color" if color else "plain")) == "plain", width=width)
    body = [
        *(page.draw([Piece("head", line)]) for line in head),
        *(line for field in diff.fields for line in page.field(field)),
        *page.blocks(diff.blocks, changes),
    ]
    return _lines(body)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


class _Page:
    """How the lines of one diff are drawn."""

    def __init__(self, *, color: bool, brackets: bool, width: int | None) -> None:
        self.color = color
        self.brackets = brackets
        self.width = width

    def field(self, field: FieldChange) -> Iterator[str]:
        """One part of the page: a short value as old → new, a text with its changed words."""
        name = safe(f"{field.field.replace('_', ' ')} {field.label}".strip())
        if field.is_moved:
            yield from self.wrap([Piece("", f"{name}: moved")])
        elif field.field == "notice" and not (field.old and field.new):  # its words stand in the text as well
            yield from self.wrap([Piece("", f"{safe(field.label)} {'added' if field.new else 'removed'}")])
        elif field.field in _TEXTS and field.old and field.new:
            yield from self.wrap([Piece("", f"{name}: "), *self.pieces(field.spans)])
        else:
            yield from self.wrap(self.value(name, field))

    def value(self, name: str, field: FieldChange) -> list[Piece]:
        """A short value before and after; the words that lead both ("Last update: ") serve as its name."""
        old, new = field.old, field.new
        if not old or not new:
            return [Piece("", f"{name} {'added' if new else 'removed'}: "), *self.changed(old, new)]
        lead, colon, _ = field.spans[0].old.rpartition(": ") if field.spans[0].is_kept else ("", "", "")
        start = len(lead + colon)
        return [Piece("", f"{safe(lead) or name}: {safe(old[start:])} → {safe(new[start:])}")]

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
                yield from self.wrap(self.pieces(block.spans), _INDENT)

    def pieces(self, spans: Sequence[Span]) -> list[Piece]:
        """A text with its changes marked."""
        return [
            piece
            for span in spans
            for piece in ([Piece("", safe(span.new))] if span.is_kept else self.changed(span.old, span.new))
        ]

    def changed(self, old: str, new: str) -> list[Piece]:
        """Removed and added words; the space that ends them stands outside the marks."""
        if not old.strip() and not new.strip():
            return [*self.mark("removed", _visible(old, new)), *self.mark("added", _visible(new, old)), Piece("", " ")]
        tail = new[len(new.rstrip()) :] if new else old[len(old.rstrip()) :]
        lead = old[: len(old) - len(old.lstrip())] if old else new[: len(new) - len(new.lstrip())]
        return [
            Piece("", " " * bool(lead)),
            *self.mark("removed", old.strip()),
            Piece("", " " if old.strip() and new.strip() and not self.brackets else ""),
            *self.mark("added", new.strip()),
            Piece("", " " * bool(tail)),
        ]

    def mark(self, style: Literal["removed", "added"], text: str) -> list[Piece]:
        if not text:
            return []
        text = " ¶ ".join(map(safe, text.split("\n")))
        if not self.brackets:
            return [Piece(style, text)]
        return [Piece(style, f"[-{text}-]" if style == "removed" else f"{{+{text}+}}")]

    def wrap(self, pieces: Iterable[Piece], indent: str = "") -> Iterator[str]:
        """Lines of at most the page's width, broken at spaces and between wide characters."""
        line: list[Piece] = []
        used = 0
        for run in _runs(pieces):
            size = sum(_columns(piece.text) for piece in run)
            if self.width and line and used + size > self.width - len(indent) and not run[0].text.isspace():
                yield self.draw(line, indent)
                line, used = [], 0
            if line or not run[0].text.isspace():
                line += run
                used += size
        yield self.draw(line, indent)

    def draw(self, line: Sequence[Piece], indent: str = "") -> str:
        """One line in its styles."""
        end = len(line)
        while end and line[end - 1].text.isspace():
            end -= 1
        parts = []
        for style, group in groupby(line[:end], key=lambda piece: piece.style):
            text = "".join(piece.text for piece in group)
            parts.append(f"{_STYLES[style]}{text}{_RESET}" if self.color and style and text else text)
        return indent + "".join(parts)


_TEXTS = ("headline", "variant", "standfirst", "byline", "caption", "notice")
_WIDE = r"\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60"
_ATOM = re.compile(rf"\s+|[{_WIDE}]|[^\s{_WIDE}]+")


def _runs(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Stretches that a line break must not cut: a word with its marks, a space, a wide character."""
    run: list[Piece] = []
    for piece in pieces:
        for text in _ATOM.findall(piece.text):
            if run and (text.isspace() or run[-1].text.isspace() or _columns(text[0]) == 2):
                yield run
                run = []
            run.append(Piece(piece.style, text))
    if run:
        yield run


def _columns(text: str) -> int:
    """How many terminal columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _visible(space: str, other: str) -> str:
    """Changed white space, to be seen; a space that became the end of a paragraph is not worth it."""
    return "¶" if "\n" in space else "" if "\n" in other else "␣" * len(space)


def _place(block: BlockChange) -> str:
    """The paragraph's number, counted from 1, and what happened to it as a whole."""
    old, new = ("".join(f", ¶{at + 1}" for at in side)[2:] for side in (block.old, block.new))
    if block.kind in ("moved", "split", "merged") or block.is_moved:
        return f"{old} → {new} {block.kind}" if old != new else f"{new} {block.kind}"
    return f"{new or old} {block.kind}" if block.kind != "edited" else new


def _kinds(block: BlockChange, changes: Sequence[Change]) -> list[str]:
    """The kinds of change in a block, without repetition, in the order of their places."""
    return list(
        dict.fromkeys(
            change.kind.value
            for change in changes
            if (change.new_block in block.new or (change.new_block is None and change.old_block in block.old))
            and change.kind not in (ChangeKind.PARAGRAPH, ChangeKind.LAYOUT)  # the place says so
        )
    )


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
    parts = [(f"{field.field.replace('_', ' ')} {field.label}".strip(), field.spans) for field in diff.fields]
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
