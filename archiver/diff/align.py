"""Finds which block of the new text continues which block of the old one.

Takes the texts of the blocks in reading order, gives links: what stayed, moved, was split, merged, added or
removed. Equal texts first, then by the words they share, dearest pairs first; a pair that crosses the others has to
share more, and is a move. Words that stand in many blocks count for nothing, which also bounds the time.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from archiver.diff.tokens import fold, is_unspaced
from archiver.diff.words import match_keys, rising
from archiver.model import BlockChange

_ENOUGH = 0.35
"""Shared words (Dice coefficient) from which a block in the same place is the old one rewritten."""
_ENOUGH_TO_MOVE = 0.5
"""The same for a block in another place."""
_SURELY = 0.8
"""The same from which no other block needs to be looked at."""
_ENOUGH_TO_SPLIT = 0.5
"""The share of the words of a block, or of those that are missing in its half, which both must have."""
_FEW = 6
"""Missing words; of fewer no share tells anything."""
_LEAST_TO_SPLIT = 0.4
"""The share of a block's words that its other half must have had at least."""
_LONG_ENOUGH = 12
"""Characters of a block that is not found in another by chance."""
_COMMON = 12
"""A word in more blocks than this tells none of them apart."""

_FEWEST_MOVES = 1_000_000
"""More than the letters of any block: one long block moves sooner than two short ones."""

Words = dict[int, frozenset[str]]
"""The words of blocks by their position."""


class Link(NamedTuple):
    """Old blocks and the new blocks they became, by position; one of both sides holds at most one, or nothing."""

    old: tuple[int, ...]
    new: tuple[int, ...]
    is_moved: bool


def align(old: Sequence[str], new: Sequence[str]) -> list[Link]:
    """Links that hold every old and every new position exactly once; `in_reading_order` sorts what is made of them."""
    if list(new) < list(old):  # so that both directions find the same
        return [Link(new=link.old, old=link.new, is_moved=link.is_moved) for link in align(new, old)]
    pairs = _pairs(old, new)
    split = _halves(pairs, old, new)
    merged = _halves({j: i for i, j in pairs.items() if len(split[i]) == 1}, new, old, taken=pairs.keys())
    kept = sorted((merged[j], (j,)) if len(split[i]) == 1 else ((i,), split[i]) for i, j in pairs.items())
    weights = [_FEWEST_MOVES + sum(len(old[at]) for at in i) for i, _ in kept]
    in_place = set(rising([(i[0], j[0]) for i, j in kept], weights))
    links = [Link(i, j, (i[0], j[0]) not in in_place) for i, j in kept]
    links += [Link((i,), (), False) for i in sorted(set(range(len(old))) - {at for i, _ in kept for at in i})]
    links += [Link((), (j,), False) for j in sorted(set(range(len(new))) - {at for _, j in kept for at in j})]
    return links


def in_reading_order(blocks: Sequence[BlockChange]) -> tuple[BlockChange, ...]:
    """The same by the order of the new text; a removed block follows what stood still before it."""
    last = {block.old[-1]: block.new[-1] for block in blocks if block.old and block.new and not block.is_moved}
    still = sorted(last)

    def place(block: BlockChange) -> tuple[int, int]:
        if block.new:
            return block.new[0], -1
        before = bisect_left(still, block.old[0])
        return (last[still[before - 1]] if before else -1), block.old[0]

    return tuple(sorted(blocks, key=place))


def _pairs(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Which new block continues which old one, by position; the surest first."""
    equal = set(old) & set(new)
    old_keys, new_keys = ([text if text in equal else fold(text) for text in side] for side in (old, new))
    pairs = _equal_pairs(old_keys, new_keys)
    old_keys, new_keys = (
        [fold(key) if key in equal and at not in paired else key for at, key in enumerate(keys)]
        for keys, paired in ((old_keys, pairs), (new_keys, _flipped(pairs)))
    )
    pairs |= _pairs_in_place(old_keys, new_keys, pairs, _SURELY)
    if len(pairs) == min(len(old), len(new)):
        return pairs
    candidates = _candidates(old_keys, new_keys, pairs)
    pairs |= _best_pairs(candidates)
    pairs |= _pairs_in_place(old_keys, new_keys, pairs, _ENOUGH_TO_MOVE)
    return pairs | _pairs_in_order(candidates, pairs, _halves(pairs, old, new), _halves(_flipped(pairs), new, old))


def _equal_pairs(old: list[str], new: list[str]) -> dict[int, int]:
    """Blocks of equal text: as many as possible in order, then those that stand elsewhere."""
    pairs = {i: j for i, j in enumerate(match_keys(old, new)) if j >= 0}
    elsewhere = defaultdict(list)
    taken = set(pairs.values())
    for j in range(len(new) - 1, -1, -1):
        if j not in taken:
            elsewhere[new[j]].append(j)
    for i, text in enumerate(old):
        if i not in pairs and elsewhere.get(text):
            pairs[i] = elsewhere[text].pop()
    return pairs


_WORD = re.compile(r"\w+")


def _words(text: str) -> frozenset[str]:
    """The words of a folded text; pairs of letters where the script sets no spaces."""
    if is_unspaced(text):
        return frozenset(text[at : at + 2] for at in range(len(text) - 1))
    return frozenset(_WORD.findall(text))


def _pairs_in_place(old: list[str], new: list[str], paired: dict[int, int], enough: float) -> dict[int, int]:
    """Blocks that stand in the same place between two pairs and share enough words, or one of them all of its own.

    The common case, found without comparing every block with every other, and by words that many blocks have, too.
    """
    pairs = {}
    taken = set(paired.values())
    for (i_from, j_from), (i_to, j_to) in pairwise([(-1, -1), *rising(sorted(paired.items())), (len(old), len(new))]):
        if i_to - i_from == j_to - j_from:
            for i, j in zip(range(i_from + 1, i_to), range(j_from + 1, j_to), strict=True):
                if i not in paired and j not in taken and _share(old[i], new[j], enough):
                    pairs[i] = j
    return pairs


def _share(old: str, new: str, enough: float) -> bool:
    """Whether two blocks share enough of their words, or one was put whole into the other."""
    if len(old) > _LONG_ENOUGH < len(new) and (old in new or new in old):
        return True
    a, b = set(old.split()), set(new.split())
    return 2 * len(a & b) >= enough * (len(a) + len(b)) > 0


def _candidates(old: list[str], new: list[str], paired: dict[int, int]) -> list[tuple[float, int, int]]:
    """Blocks without a pair that share words: how many they share, and their places; the likest first."""
    taken = set(paired.values())
    a, b = _telling(
        {i: _words(text) for i, text in enumerate(old) if i not in paired},
        {j: _words(text) for j, text in enumerate(new) if j not in taken},
    )
    places = defaultdict(list)
    for j, words in b.items():
        for word in words:
            places[word].append(j)
    candidates = []
    for i, words in a.items():
        shared = Counter(j for word in words for j in places.get(word, ()))
        candidates += [(2 * count / (len(words) + len(b[j])), i, j) for j, count in shared.items()]
    return sorted(candidates, key=lambda c: (-c[0], abs(c[1] - c[2]), c[1], c[2]))


def _best_pairs(candidates: list[tuple[float, int, int]]) -> dict[int, int]:
    """Those that share enough words wherever they stand, each block at most once."""
    pairs: dict[int, int] = {}
    taken = set()
    for score, i, j in candidates:
        if score >= _ENOUGH_TO_MOVE and i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _pairs_in_order(
    candidates: list[tuple[float, int, int]],
    paired: dict[int, int],
    split: dict[int, tuple[int, ...]],
    merged: dict[int, tuple[int, ...]],
) -> dict[int, int]:
    """Those that share less and cross no other pair; not the halves of blocks that were split or merged."""
    pairs: dict[int, int] = {}
    i_taken, j_taken = ({at for half in halves.values() for at in half} for halves in (merged, split))
    order = rising(sorted(paired.items()))
    for score, i, j in candidates:
        if score < _ENOUGH or i in i_taken or j in j_taken:
            continue
        at = bisect_left(order, (i, j))
        if (at == 0 or order[at - 1][1] < j) and (at == len(order) or order[at][1] > j):
            pairs[i] = j
            i_taken.add(i)
            j_taken.add(j)
            order.insert(at, (i, j))
    return pairs


def _flipped(pairs: dict[int, int]) -> dict[int, int]:
    return {j: i for i, j in pairs.items()}


def _telling(a: Words, b: Words) -> tuple[Words, ...]:
    """The same without the words that stand in many blocks."""
    common = set()
    for side in (a, b):
        count = Counter(word for words in side.values() for word in words)
        common |= {word for word, blocks in count.items() if blocks > _COMMON}
    return tuple({at: words - common for at, words in side.items()} for side in (a, b))


def _halves(
    pairs: dict[int, int], whole: Sequence[str], parts: Sequence[str], taken: Collection[int] = ()
) -> dict[int, tuple[int, ...]]:
    """The parts that each paired whole fell into: its pair, and free neighbours with the words that the pair lost."""
    groups: dict[int, tuple[int, ...]] = {i: (j,) for i, j in pairs.items()}
    owner = {j: i for i, j in pairs.items()}
    free = [j for j in range(len(parts)) if j not in owner and j not in taken]
    for j in [*free, *reversed(free)]:
        for neighbour in (j - 1, j + 1, j - 2, j + 2, j - 3, j + 3):  # others may stand between the halves
            i = owner.get(neighbour)
            if i is None or j in owner or whole[i] == parts[pairs[i]]:
                continue
            lost = Counter(_WORD.findall(fold(whole[i])))
            for part in groups[i]:
                lost -= Counter(_WORD.findall(fold(parts[part])))
            words = Counter(_WORD.findall(fold(parts[j])))
            enough = _ENOUGH_TO_SPLIT * min(words.total(), max(_FEW, lost.total()))
            if (words & lost).total() >= max(1, enough, _LEAST_TO_SPLIT * words.total()):
                groups[i] = tuple(sorted((*groups[i], j)))
                owner[j] = i
    return groups
