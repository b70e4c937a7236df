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
_ENOUGH_TO_SPLIT = 0.6
"""The share of a block's words that its other half must have had."""
_COMMON = 12
"""A word in more blocks than this tells none of them apart."""

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
    equal = set(old) & set(new)
    old_keys, new_keys = ([text if text in equal else fold(text) for text in side] for side in (old, new))
    pairs = _equal_pairs(old_keys, new_keys)
    pairs |= _pairs_in_place(old_keys, new_keys, pairs)
    pairs |= _similar_pairs(old_keys, new_keys, pairs)
    split = _halves(pairs, old, new)
    merged = _halves({j: i for i, j in pairs.items() if len(split[i]) == 1}, new, old, taken=pairs.keys())
    kept = sorted((merged[j], (j,)) if len(split[i]) == 1 else ((i,), split[i]) for i, j in pairs.items())
    in_place = set(rising([(i[0], j[0]) for i, j in kept], [sum(len(old[at]) for at in i) for i, _ in kept]))
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


def _pairs_in_place(old: list[str], new: list[str], equal: dict[int, int]) -> dict[int, int]:
    """Blocks that stand in the same place between two equal ones and share nearly all words.

    The common case, found without comparing every block with every other.
    """
    pairs = {}
    taken = set(equal.values())
    for (i_from, j_from), (i_to, j_to) in pairwise([(-1, -1), *rising(sorted(equal.items())), (len(old), len(new))]):
        if i_to - i_from == j_to - j_from:
            for i, j in zip(range(i_from + 1, i_to), range(j_from + 1, j_to), strict=True):
                if i not in equal and j not in taken:
                    a, b = set(old[i].split()), set(new[j].split())
                    if 2 * len(a & b) >= _SURELY * (len(a) + len(b)) > 0:
                        pairs[i] = j
    return pairs


def _similar_pairs(old: list[str], new: list[str], paired: dict[int, int]) -> dict[int, int]:
    """Blocks without a pair that share enough words, each at most once."""
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
    candidates.sort(key=lambda c: (-c[0], abs(c[1] - c[2]), c[1], c[2]))
    pairs: dict[int, int] = {}
    free = set(b)
    for score, i, j in candidates:
        if score >= _ENOUGH_TO_MOVE and i not in pairs and j in free:
            pairs[i] = j
            free.remove(j)
    order = rising(sorted((paired | pairs).items()))
    for score, i, j in candidates:
        if score < _ENOUGH or i in pairs or j not in free:
            continue
        at = bisect_left(order, (i, j))
        if (at == 0 or order[at - 1][1] < j) and (at == len(order) or order[at][1] > j):
            pairs[i] = j
            free.remove(j)
            order.insert(at, (i, j))
    return pairs


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
            if (words & lost).total() >= max(1, _ENOUGH_TO_SPLIT * words.total()):
                groups[i] = tuple(sorted((*groups[i], j)))
                owner[j] = i
    return groups
