"""Finds which sentence that came to a paragraph is one that went from it, put otherwise.

Takes a block and the sentences that came and went whole, gives pairs: those that were edited on their way to another
place, and those put in other words where they stood. A sentence that shares next to nothing with any other came or
went by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

from archiver.diff.tokens import fold
from archiver.model import BlockChange, SentenceChange

_SAME = 0.6
"""Shared words (Dice coefficient) from which a sentence in another place is the same, edited."""
_ALIKE = 0.3
"""The same from which a sentence in the same place is the old one in other words."""
_FEWEST = 2
"""Words that both must share at least."""
_STEM = 4
"""Letters that the forms of a word have in common."""
_BETWEEN = 12
"""Letters that stayed between two places from which they are not one place."""

_MOST_PAIRS = 2_500
"""Pairs of sentences that are looked at; no paragraph of a newsroom has more."""

Entry = tuple[SentenceChange, bool]
Pairs = list[tuple[str, str]]


def paired_sentences(block: BlockChange, whole: Sequence[Entry]) -> tuple[list[Entry], Pairs, Pairs]:
    """The changes that stay what they are, the sentences that moved and were edited, and those put otherwise."""
    gone = {change.old[0]: change for change, _ in whole if change.kind == "removed"}
    come = {change.new[0]: change for change, _ in whole if change.kind == "added"}
    if not (gone and come):
        return list(whole), [], []
    exchanged = [(span.old.strip(), span.new.strip()) for span in block.spans]
    rewritten = [(before, after) for before, after in exchanged if before in gone and after in come]
    moved: Pairs = []
    taken = {text for pair in rewritten for text in pair}
    for score, before, after in sorted(_likeness(gone, come), reverse=True):
        if before in taken or after in taken:
            continue
        is_in_place = _stayed_between(block, before, after) < _BETWEEN
        if score >= (_ALIKE if is_in_place else _SAME):
            (rewritten if is_in_place else moved).append((before, after))
            taken |= {before, after}
    return [entry for entry in whole if not taken & {*entry[0].old, *entry[0].new}], moved, rewritten


def _likeness(gone: dict[str, SentenceChange], come: dict[str, SentenceChange]) -> list[tuple[float, str, str]]:
    if len(gone) * len(come) > _MOST_PAIRS:
        return []
    stems = {text: _stems(text) for text in (*gone, *come)}
    return [
        (2 * len(shared) / (len(stems[before]) + len(stems[after])), before, after)
        for before, after in product(gone, come)
        if len(shared := stems[before] & stems[after]) >= _FEWEST
    ]


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in re.findall(r"\w{3,}", fold(text))}


def _stayed_between(block: BlockChange, before: str, after: str) -> int:
    """How many letters were kept between the place that a sentence left and the one that another came to."""
    old_start, new_start = block.old_text.find(before), block.new_text.find(after)
    kept = 0
    for span in block.spans:
        if span.is_kept:
            is_after_old = span.old_start >= old_start
            is_after_new = span.new_start >= new_start
            kept += len(span.old) if is_after_old != is_after_new else 0
    return kept
