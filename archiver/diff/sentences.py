"""What became of each sentence, read off the spans of the blocks.

Two sentences belong together when a kept stretch runs through both; sentences that belong together through others
make one change: 1 to 1 is an edit, 1 to many a split, many to 1 a merge. A removed sentence that was added elsewhere
has moved.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from archiver.diff.tokens import fold, sentences
from archiver.model import BlockChange, SentenceChange

_LONG_ENOUGH_TO_MOVE = 12
"""Characters of a sentence that is not found elsewhere by chance."""

Bounds = tuple[int, int]
Kind = Literal["edited", "added", "removed", "moved", "split", "merged"]


def sentence_changes(blocks: Sequence[BlockChange]) -> tuple[SentenceChange, ...]:
    """The sentences that differ, in the order of the blocks."""
    return tuple(_join_moves([change for block in blocks if block.kind != "same" for change in _of_block(block)]))


def _of_block(block: BlockChange) -> Iterator[SentenceChange]:
    """The sentences of one block that differ or moved with it."""
    old, new = block.old_text, block.new_text
    a, b = sentences(old), sentences(new)
    i = j = 0
    groups = _groups(block, a, b) if a and b else []
    for old_from, old_to, new_from, new_to in [*groups, (len(a), len(a), len(b), len(b))]:
        for at in range(i, old_from):
            yield _change("removed", block, (old[slice(*a[at])],), ())
        for at in range(j, new_from):
            yield _change("added", block, (), (new[slice(*b[at])],))
        i, j = old_to, new_to
        before = tuple(old[slice(*bounds)] for bounds in a[old_from:old_to])
        after = tuple(new[slice(*bounds)] for bounds in b[new_from:new_to])
        if before != after:
            yield _change(_kind(len(before), len(after)), block, before, after)
        elif before and block.is_moved:
            yield _change("moved", block, before, after)


def _groups(block: BlockChange, a: list[Bounds], b: list[Bounds]) -> list[tuple[int, int, int, int]]:
    """Ranges of old and new sentences that belong together. They never cross, for spans do not."""
    groups: list[tuple[int, int, int, int]] = []
    a_starts, b_starts = [start for start, _ in a], [start for start, _ in b]
    for span in block.spans:
        if not span.is_kept and fold(span.old) != fold(span.new):
            continue
        cuts = {0, len(span.old), *_within(a_starts, span.old_start, len(span.old))}
        cuts.update(_within(b_starts, span.new_start, len(span.old)))
        for cut, end in pairwise(sorted(cuts)):
            if not any(map(str.isalnum, span.old[cut:end])):
                continue
            i = bisect_right(a_starts, span.old_start + cut) - 1
            j = bisect_right(b_starts, span.new_start + min(cut, len(span.new) - 1)) - 1
            if groups and (i < groups[-1][1] or j < groups[-1][3]):
                i_from, _, j_from, _ = groups.pop()
                groups.append((i_from, i + 1, j_from, j + 1))
            else:
                groups.append((i, i + 1, j, j + 1))
    return groups


def _within(starts: list[int], start: int, size: int) -> Iterator[int]:
    """Where sentences start within a stretch, counted from its start."""
    return (at - start for at in starts[bisect_right(starts, start) : bisect_left(starts, start + size)])


def _kind(old: int, new: int) -> Literal["edited", "split", "merged"]:
    return "split" if old == 1 < new else "merged" if new == 1 < old else "edited"


def _change(kind: Kind, block: BlockChange, old: tuple[str, ...], new: tuple[str, ...]) -> SentenceChange:
    return SentenceChange(
        kind=kind,
        old=old,
        new=new,
        old_block=block.old[0] if old else None,
        new_block=block.new[0] if new else None,
    )


def _join_moves(changes: Sequence[SentenceChange]) -> Iterator[SentenceChange]:
    """Make one move of a removal and an addition of the same sentence."""
    removed = defaultdict(list)
    for change in changes:
        if change.kind == "removed" and len(change.old[0]) >= _LONG_ENOUGH_TO_MOVE:
            removed[fold(change.old[0])].append(change)
    moved = {}
    for change in changes:
        if change.kind == "added" and (origins := removed.get(fold(change.new[0]))):
            moved[id(change)] = origins.pop(0)
    gone = set(map(id, moved.values()))
    for change in changes:
        if id(change) in moved:
            yield replace(moved[id(change)], kind="moved", new=change.new, new_block=change.new_block)
        elif id(change) not in gone:
            yield change
