"""Find the notices among the blocks of an article. Takes candidates, gives `Notice` values; pure.

A notice is text wherever on the page it stands. What opens one, `archiver.notices` knows.
"""

from __future__ import annotations

from collections.abc import Sequence

from archiver.dates import labelled_dates
from archiver.extract.appeals import is_appeal
from archiver.extract.blocks import Candidate, has_mark
from archiver.extract.marks import Mark
from archiver.model import Notice, NoticeKind
from archiver.notices import kind_of

_LABEL_WORDS = 5


def stands_alone(candidate: Candidate) -> bool:
    """Whether a block is a notice beyond doubt, so that it is text wherever it stands. "Update" alone is no proof.

    Prose in a box that calls itself a correction or an editor's note is one, whatever its language.
    """
    if candidate.linked * 2 > candidate.words:
        return False
    kind = kind_of(candidate.text)
    if kind is not None and kind is not NoticeKind.UPDATE:
        return True
    is_named = candidate.weight > 0 and has_mark(candidate, Mark.NOTICE, 3)
    return is_named and not is_appeal(candidate.text, candidate.words, candidate.links)


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
