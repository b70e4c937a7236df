"""Know corrections, clarifications, editor's notes, updates and retractions by how they open. Takes texts; pure.

A notice opens with its label ("Correction:", "Note de la rédaction —"), has it as a line of its own, or opens with a
phrase that only notices use ("An earlier version of this article"). It is text wherever on the page it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archiver.dates import labelled_dates
from archiver.extract import words
from archiver.extract.blocks import Candidate
from archiver.model import Notice, NoticeKind
from archiver.text import fold

_LABEL = re.compile(r"\W{0,3}([^:：—–|(\[]{2,40}?)\s*(?:\([^)]{1,60}\)|[\d./, ]*)\s*(?:[:：—–|\]]|\s-\s|$)")
_LONGEST_TAIL = 25
_PREFIX = 3
_BEGINNINGS = frozenset(
    phrase[:_PREFIX] for phrases in (*words.NOTICES.values(), *words.NOTICE_OPENINGS.values()) for phrase in phrases
)
_LABEL_WORDS = 5


def kind_of(text: str) -> NoticeKind | None:
    """What kind of notice a block is; None when it is none."""
    if fold(text[:16])[:_PREFIX] not in _BEGINNINGS:
        return None
    label = _LABEL.match(text, 0, 110)
    if label:
        said = fold(label[1])
        for kind, labels in words.NOTICES.items():
            if said in labels or (kind != "update" and any(_opens(said, known) for known in labels)):
                return NoticeKind(kind)
    opening = fold(text[:100])
    for kind, phrases in words.NOTICE_OPENINGS.items():
        if opening.startswith(phrases):
            return NoticeKind(kind)
    return None


def stands_alone(candidate: Candidate) -> bool:
    """Whether a block is a notice beyond doubt, so that it is text wherever it stands. "Update" alone is no proof."""
    kind = kind_of(candidate.text)
    return kind is not None and kind is not NoticeKind.UPDATE and candidate.linked * 2 <= candidate.words


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


def _opens(said: str, known: str) -> bool:
    return said.startswith(f"{known} ") and len(said) < len(known) + _LONGEST_TAIL
