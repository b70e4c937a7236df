"""Draws lines in two columns, the old state on the left and the new one on the right.

Each side is wrapped by itself and marks only its own words. Widths are terminal columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from archiver.model import Span
from archiver.render.page import Page, Piece, columns, lay
from archiver.render.safe import safe

NARROWEST = 120
"""Columns of a page that has room for two."""
_RULE = " │ "


def beside(page: Page, left: Sequence[Piece], right: Sequence[Piece]) -> Iterator[str]:
    """Both sides on as many lines as the longer one needs."""
    room = ((page.width or NARROWEST) - len(_RULE)) // 2
    for old, new in zip_longest(lay(left, room), lay(right, room), fillvalue=()):
        gap = " " * (room - sum(columns(piece.text) for piece in old))
        yield page.draw([*old, Piece("", gap), Piece("faint", _RULE), *new])


def sides(page: Page, spans: Sequence[Span]) -> tuple[list[Piece], list[Piece]]:
    """A text as it was and as it is, each with its own changed words marked."""
    old: list[Piece] = []
    new: list[Piece] = []
    for span in spans:
        if span.is_kept:
            old.append(Piece("", safe(span.old)))
            new.append(Piece("", safe(span.new)))
        else:
            old += page.changed(span.old, "")
            new += page.changed("", span.new)
    return old, new
