"""The surface that text is drawn on: styled pieces, wrapped to a width, with removed and added words marked.

In colour, removed words are struck and added ones bold and underlined, so that the colour is not needed to read them;
without colour they stand in git's brackets: `[-old-]{+new+}`. Widths are terminal columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Literal, NamedTuple
from unicodedata import category, east_asian_width

from archiver.render.safe import safe

_STYLES = {
    "removed": "\x1b[31;9m",
    "added": "\x1b[32;1;4m",
    "head": "\x1b[36m",
    "faint": "\x1b[2m",
    "strong": "\x1b[1m",
}
_RESET = "\x1b[0m"


class Piece(NamedTuple):
    """Safe text in one style: "", or a key of `_STYLES`."""

    style: str
    text: str


class Page:
    """How lines are drawn."""

    def __init__(self, *, color: bool, brackets: bool, width: int | None) -> None:
        """Mark changed words by `brackets`, or else by style alone; `width` is None for no wrapping."""
        self.color = color
        self.brackets = brackets
        self.width = width

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
        """Words in one style or in brackets, on one line."""
        if not text:
            return []
        text = " ¶ ".join(map(safe, text.split("\n")))
        if not self.brackets:
            return [Piece(style, text)]
        return [Piece(style, f"[-{text}-]" if style == "removed" else f"{{+{text}+}}")]

    def wrap(self, pieces: Iterable[Piece], indent: str = "") -> Iterator[str]:
        """Lines of at most the page's width, broken at spaces and between wide characters; words only when too long."""
        for line in lay(pieces, max(1, self.width - len(indent)) if self.width else None):
            yield self.draw(line, indent)

    def draw(self, line: Sequence[Piece], indent: str = "") -> str:
        """One line in its styles."""
        parts = []
        for style, group in groupby(_trimmed(line), key=lambda piece: piece.style):
            text = "".join(piece.text for piece in group)
            parts.append(f"{_STYLES[style]}{text}{_RESET}" if self.color and style and text else text)
        return indent + "".join(parts)


def lay(pieces: Iterable[Piece], room: int | None) -> Iterator[list[Piece]]:
    """The pieces in lines of at most so many columns; at least one line."""
    line: list[Piece] = []
    used = 0
    for run in _runs(pieces):
        for part in _cut(run, room) if room else [run]:
            size = sum(columns(piece.text) for piece in part)
            if room and line and used + size > room and not part[0].text.isspace():
                yield _trimmed(line)
                line, used = [], 0
            if line or not part[0].text.isspace():
                line += part
                used += size
    yield _trimmed(line)


def columns(text: str) -> int:
    """How many terminal columns a text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


@cache
def _width(letter: str) -> int:
    """As terminals have it (Unicode, UAX 11): marks, joiners and the later parts of a Hangul syllable take no room."""
    if letter != "\u00ad" and (category(letter) in ("Mn", "Me", "Cf") or "\u1160" <= letter <= "\u11ff"):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1


def _trimmed(line: Sequence[Piece]) -> list[Piece]:
    """A line without the spaces at its end."""
    end = len(line)
    while end and line[end - 1].text.isspace():
        end -= 1
    return list(line[:end])


_WIDE = r"\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60"
_ENDS = r"\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1a\uff1b\u300d\u300f\uff09\u3011\u3099\u309a\u30fc"
"""What must not begin a line: full-width stops, closing brackets, marks."""
_ATOM = re.compile(rf"\s+|[{_WIDE}][{_ENDS}]*|[^\s{_WIDE}]+")


def _runs(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Stretches that a line break should not cut: a word with its marks, a space, a wide character."""
    run: list[Piece] = []
    for piece in pieces:
        for text in _ATOM.findall(piece.text):
            if run and (text.isspace() or run[-1].text.isspace() or _width(text[0]) == 2):
                yield run
                run = []
            run.append(Piece(piece.style, text))
    if run:
        yield run


def _cut(run: list[Piece], room: int) -> Iterator[list[Piece]]:
    """A stretch in parts that fit on a line; in most cases whole."""
    if sum(columns(piece.text) for piece in run) <= room:
        yield run
        return
    part: list[Piece] = []
    used = 0
    for piece in run:
        for letter in piece.text:
            if used and used + _width(letter) > room:
                yield part
                part, used = [], 0
            part.append(Piece(piece.style, letter))
            used += _width(letter)
    yield part


def _visible(space: str, other: str) -> str:
    """Changed white space, to be seen; a space that became the end of a paragraph is not worth it."""
    return "¶" if "\n" in space else "" if "\n" in other else "␣" * len(space)
