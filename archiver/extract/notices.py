"""Find the notices among the blocks of an article. Takes candidates, gives `Notice` values; pure.

A notice is text wherever on the page it stands. What opens one, `archiver.notices` knows.
"""

from __future__ import annotations

from collections.abc import Sequence

from archiver.dates import labelled_dates
from archiver.extract import words
from archiver.extract.appeals import is_appeal
from archiver.extract.blocks import Candidate, has_mark, upward
from archiver.extract.marks import Mark, marks_of
from archiver.model import Notice, NoticeKind
from archiver.notices import kind_of
from archiver.text import fold

_LABEL_WORDS = 5
_AROUND = 8
"""Boxes around a note that may say what it is."""
_LONGEST_NOTE = 24
"""Characters in which the label of a note ends."""


def stands_alone(candidate: Candidate) -> bool:
    """Whether a block is a notice beyond doubt, so that it is text wherever it stands. "Update" alone is no proof.

    Prose in a box that calls itself a correction or an editor's note is kept like one, whatever its language, and so is
    what opens as a note does.
    """
    if candidate.linked * 2 > candidate.words:
        return False
    kind = kind_of(candidate.text)
    if kind is not None and kind is not NoticeKind.UPDATE:
        return True
    is_named = candidate.weight > 0 and (has_mark(candidate, Mark.NOTICE, 3) or _is_note(candidate))
    return is_named and not is_appeal(candidate.text, candidate.words, candidate.links)


def _is_note(candidate: Candidate) -> bool:
    """Whether a block opens as a note does, and nothing around it calls itself furniture, as forms and dialogs do."""
    label, colon, _ = candidate.text[:_LONGEST_NOTE].replace("：", ":").partition(":")
    if not colon or fold(label) not in words.NOTES:
        return False
    return not any(box.tag == "form" or marks_of(box.name) & Mark.FURNITURE for box in upward(candidate.box, _AROUND))


def is_label(candidate: Candidate) -> bool:
    """Whether a block is nothing but the label of the notice that follows."""
    return candidate.words <= _LABEL_WORDS and kind_of(candidate.text) is not None


def find_notices(blocks: Sequence[Candidate], language: str) -> tuple[Notice, ...]:
    """The notices among the article's blocks; one whose label is a line of its own begins after it."""
    found = []
    for n, candidate in enumerate(blocks):
        kind = kind_of(candidate.text)
        if kind is None:
            continue
        if is_label(candidate):
            if n + 1 == len(blocks) or candidate.index + 1 != blocks[n + 1].index:
                continue
            candidate = blocks[n + 1]
        dates = labelled_dates(candidate.text[:200], language=language)
        found.append(Notice(kind=kind, text=candidate.text, date=dates[0].date if dates else None))
    return tuple(dict.fromkeys(found))
