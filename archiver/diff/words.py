"""Compares two texts word by word, as a reader would mark it.

Takes two texts, gives the spans that cover both without gap or overlap. What is kept is found on tokens
(`archiver.diff.tokens`), so no number, date or name is ever cut; then it is made readable: a word or two kept by chance
between two rewritten stretches is given up, an inserted sentence begins where sentences begin, a rewritten
sentence is replaced whole, a name changes whole. Time is bounded: beyond `_MAX_PAIRS` only words that are
unique on both sides tie the texts together.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise, repeat

from archiver.diff.lexicon import lexicon
from archiver.diff.tokens import Token, sentences, tokenise
from archiver.model import Span

_MAX_PAIRS = 60_000
"""Pairs of equal tokens that the exact match may look at; its time grows with them. A text of 2,000 words has fewer."""
_MAX_TOKENS = 1_500
"""Tokens that it looks at when words are there that are unique; its time grows with them for each stretch kept."""
_MAX_PAIRS_IN_ALL = 1_000_000
"""The same for all stretches of one text together; what is left then counts as changed."""
_WEAK_LINK = 0.25
"""Two sentences that share less of their letters are different sentences, whatever words they happen to share."""

_WORTH_REPLACING = 20
"""Letters that must have changed on both sides before a sentence is replaced whole; less is readable word by word."""

Place = tuple[int, int, int, int]
"""Start and end in the old text, start and end in the new one; in characters or in tokens."""
Tokens = list[Token]
Match = list[int]
"""For each old token the position of the new token that it was kept as, or -1. Rises where it is not -1."""


def compare_words(old: str, new: str) -> tuple[Span, ...]:
    """The spans that turn one text into the other; () for two empty texts."""
    if old == new or not old or not new:
        return (Span(old=old, new=new, old_start=0, new_start=0),) if old or new else ()
    if new < old:  # so that both directions find the same
        return tuple(
            Span(old=span.new, new=span.old, old_start=span.new_start, new_start=span.old_start)
            for span in compare_words(new, old)
        )
    kept, regions = _by_sentences(old, new)
    kept += [place for region in regions for place in _kept_in(old, new, region)]
    return tuple(_spans(old, new, sorted(kept)))


_SAFE_CUT = re.compile(r"[.!?](?<=[a-zà-öø-ÿ]{4}.)\s(?=[A-ZÀ-ÖØ-Þ“\"„«])")
"""Between two sentences beyond doubt: no token and no name spans it."""


def _by_sentences(old: str, new: str) -> tuple[list[Place], list[Place]]:
    """The sentences that are equal to the letter, and the stretches between them that differ."""
    a, b = ([0, *(cut.end() for cut in _SAFE_CUT.finditer(text)), len(text)] for text in (old, new))
    match = match_keys(
        [old[i:i_end].rstrip() for i, i_end in pairwise(a)], [new[j:j_end].rstrip() for j, j_end in pairwise(b)]
    )
    kept = [(a[i], b[j], len(old[a[i] : a[i + 1]].rstrip())) for i, j in enumerate(match) if j >= 0]
    regions = [(a[i], a[i_end], b[j], b[j_end]) for i, i_end, j, j_end in _gaps(match, len(b) - 1)]
    return [(i, i + size, j, j + size) for i, j, size in kept], regions


def _kept_in(old: str, new: str, region: Place) -> Iterator[Place]:
    """What was kept within a stretch, made readable."""
    a, b = tokenise(old, *region[:2]), tokenise(new, *region[2:])
    match = match_keys([token.key for token in a], [token.key for token in b])
    _slide(match, a, b)
    gaps = _without_islands(match, a, b)
    if _changed_letters(gaps, a, b) >= _WORTH_REPLACING:
        _drop_weak_links(match, _numbered(old, a), _numbered(new, b), a, b)
    for i, i_end, j, j_end in gaps:
        if i_end - i == 1 == j_end - j:
            _widen_name(match, _name_at(old, a, i), _name_at(new, b, j))
    return _kept(match, old, new, a, b)


def common_start(a: str, b: str) -> int:
    """How many characters two texts begin with in common."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def match_keys(a: Sequence[str], b: Sequence[str]) -> Match:
    """Which tokens, by their keys, were kept: exactly where that is affordable, through unique tokens where not."""
    match = [-1] * len(a)
    left = _MAX_PAIRS_IN_ALL
    ranges = [(0, len(a), 0, len(b))]
    while ranges:
        a_from, a_to, b_from, b_to = ranges.pop()
        while a_from < a_to and b_from < b_to and a[a_from] == b[b_from]:
            match[a_from] = b_from
            a_from, b_from = a_from + 1, b_from + 1
        while a_from < a_to and b_from < b_to and a[a_to - 1] == b[b_to - 1]:
            a_to, b_to = a_to - 1, b_to - 1
            match[a_to] = b_to
        a_part, b_part = a[a_from:a_to], b[b_from:b_to]
        pairs = sum(map(Counter(b_part).get, a_part, repeat(0)))
        if not pairs or left < 0:
            continue
        is_affordable = pairs <= _MAX_PAIRS
        anchors = [] if is_affordable and len(a_part) <= _MAX_TOKENS else _anchors(a_part, b_part)
        if is_affordable and not anchors:
            left -= pairs
            for i, j, size in SequenceMatcher(None, a_part, b_part, autojunk=False).get_matching_blocks():
                match[a_from + i : a_from + i + size] = range(b_from + j, b_from + j + size)
            continue
        anchors = [(a_from + i, b_from + j) for i, j in anchors]
        for i, j in anchors:
            match[i] = j
            ranges.append((a_from, i, b_from, j))
            a_from, b_from = i + 1, j + 1
        if anchors:
            ranges.append((a_from, a_to, b_from, b_to))
    return match


def _anchors(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Places of tokens that are there once on both sides, as many as keep their order; else of runs of tokens."""
    for size in (1, 4, 16):
        a_runs, b_runs = (list(zip(*(side[at:] for at in range(size)), strict=False)) for side in (a, b))
        a_count, b_count = Counter(a_runs), Counter(b_runs)
        places = {run: j for j, run in enumerate(b_runs) if b_count[run] == 1 == a_count[run]}
        if places:
            return rising([(i, places[run]) for i, run in enumerate(a_runs) if run in places])
    return []


def rising(pairs: Sequence[tuple[int, int]], weights: Sequence[int] = ()) -> list[tuple[int, int]]:
    """The heaviest run of pairs, given by rising first member, in which the second rises too; else the longest."""
    if all(a[1] < b[1] for a, b in pairwise(pairs)):
        return list(pairs)
    ends: list[int] = []  # of the best runs so far, as positions in `pairs`: by rising second member and rising total
    seconds: list[int] = []
    totals: list[int] = []
    before: list[int] = []
    for at, (_, second) in enumerate(pairs):
        rank = bisect_left(seconds, second)
        total = (totals[rank - 1] if rank else 0) + (weights[at] if weights else 1)
        before.append(ends[rank - 1] if rank else -1)
        beaten = bisect_right(totals, total)  # at least `rank`, for totals rise with seconds
        ends[rank:beaten], seconds[rank:beaten], totals[rank:beaten] = [at], [second], [total]
    run = []
    at = ends[-1] if ends else -1
    while at >= 0:
        run.append(pairs[at])
        at = before[at]
    return run[::-1]


def _gaps(match: Match, b_size: int) -> Iterator[Place]:
    """The stretches that were not kept, as token ranges in both texts, in order."""
    i = j = 0
    for at, to in enumerate([*match, b_size]):
        if to >= 0:
            if i < at or j < to:
                yield i, at, j, to
            i, j = at + 1, to + 1


def _slide(match: Match, a: Tokens, b: Tokens) -> None:
    """Let an inserted or removed stretch begin where a sentence or clause begins, if the text allows the choice."""
    for i, i_end, j, j_end in list(_gaps(match, len(b))):
        if i < i_end and j < j_end:
            continue
        side, start, end = (b, j, j_end) if j < j_end else (a, i, i_end)
        left = right = 0
        while (
            left < min(i, j)
            and match[i - left - 1] == j - left - 1
            and side[start - left - 1].key == side[end - left - 1].key
        ):
            left += 1
        while (
            i_end + right < len(a)
            and match[i_end + right] == j_end + right
            and side[start + right].key == side[end + right].key
        ):
            right += 1
        shift = max(range(-left, right + 1), key=lambda by: (*_fitness(side, start + by, end + by), -abs(by)))
        for at in range(shift, 0):
            match[i + at] = -1
        for at in range(shift, 0):
            match[i_end + at] = j_end + at
        for at in range(shift):
            match[i_end + at] = -1
        for at in range(shift):
            match[i + at] = j + at


def _fitness(side: Tokens, start: int, end: int) -> tuple[int, bool]:
    """How well a stretch is cut out: best after a full stop, then after another mark; and not to end in "the"."""
    before = side[start - 1] if start else None
    after_mark = before is None or before.kind in ("mark", "quote")
    after_stop = before is None or before.key in (".", "!", "?", '"', "。")
    return after_mark + after_stop, side[end - 1].key not in lexicon("").stopwords


def _letters(tokens: Tokens) -> int:
    """The size of a stretch: the letters of its words, without marks."""
    return sum(len(token.key) for token in tokens if token.kind not in ("mark", "quote"))


def _without_islands(match: Match, a: Tokens, b: Tokens) -> list[Place]:
    """Give up a short stretch kept between two longer rewritten ones, unless that joins two facts; then the gaps."""
    gaps: list[Place] = []
    for right in _gaps(match, len(b)):
        while gaps and _is_island(gaps[-1], right, a, b):
            left = gaps.pop()
            match[left[1] : right[0]] = [-1] * (right[0] - left[1])
            right = (left[0], right[1], left[2], right[3])
        gaps.append(right)
    return gaps


def _is_island(left: Place, right: Place, a: Tokens, b: Tokens) -> bool:
    """Whether what is kept between two gaps is small beside both of them and says nothing by itself."""
    island = a[left[1] : right[0]]
    if len(island) > 8 or any(_is_fact(token) for token in island):
        return False
    sides = [(a[i:i_end], b[j:j_end]) for i, i_end, j, j_end in (left, right)]
    if all(_has_fact(old + new) for old, new in sides):
        return False
    sizes = [max(_letters(old), _letters(new)) for old, new in sides]
    words = [max(len(old), len(new)) for old, new in sides]
    return all(old and new for old, new in sides) and min(words) > 1 and 2 * _letters(island) <= min(sizes)


def _is_fact(token: Token) -> bool:
    """Whether the token means something of its own whatever stands around it."""
    return token.kind in ("number", "date", "time")


def _has_fact(gap: Tokens) -> bool:
    """Whether a stretch holds a fact or is nothing but names."""
    return any(map(_is_fact, gap)) or all(token.kind in ("name", "mark") for token in gap)


def _changed_letters(gaps: list[Place], a: Tokens, b: Tokens) -> int:
    """The letters not kept, on the side that has less of them."""
    return min(
        sum(_letters(a[i:i_end]) for i, i_end, _, _ in gaps),
        sum(_letters(b[j:j_end]) for _, _, j, j_end in gaps),
    )


def _numbered(text: str, tokens: Tokens) -> list[int]:
    """The number of the sentence that each token stands in."""
    starts = [start for start, _ in sentences(text)]
    return [bisect_right(starts, token.start) for token in tokens]


def _drop_weak_links(match: Match, a_sentence: list[int], b_sentence: list[int], a: Tokens, b: Tokens) -> None:
    """Replace a sentence whole where next to nothing of it was kept."""
    shared: Counter[tuple[int, int]] = Counter()
    for i, j in enumerate(match):
        if j >= 0:
            shared[a_sentence[i], b_sentence[j]] += _letters([a[i]])
    a_size, b_size = _sentence_sizes(a_sentence, a), _sentence_sizes(b_sentence, b)
    weak = set()
    for (x, y), kept in shared.items():
        less, more = sorted((a_size[x], b_size[y]))
        if less - kept >= _WORTH_REPLACING and kept < _WEAK_LINK * more and kept < 2 * _WEAK_LINK * less:
            weak.add((x, y))
    for i, j in enumerate(match):
        if j >= 0 and (a_sentence[i], b_sentence[j]) in weak:
            match[i] = -1


def _sentence_sizes(sentence: list[int], tokens: Tokens) -> Counter[int]:
    sizes: Counter[int] = Counter()
    for number, token in zip(sentence, tokens, strict=True):
        if token.kind not in ("mark", "quote"):
            sizes[number] += len(token.key)
    return sizes


def _widen_name(match: Match, before: range, after: range) -> None:
    """Let a name of two words change whole: "Maren [-Oldby-]" becomes "[-Maren Oldby-]"."""
    if len(before) == 2 == len(after):
        for at in before:
            match[at] = -1 if match[at] in after else match[at]


def _name_at(text: str, tokens: Tokens, at: int) -> range:
    """The capitalised words that stand in a row around a token, none of them a title, an article or a pronoun."""
    start = end = at
    while (
        start >= 0
        and _is_name_part(text, tokens, start)
        and (start == at or tokens[start].end + 1 == tokens[start + 1].start)
    ):
        start -= 1
    while (
        end < len(tokens)
        and _is_name_part(text, tokens, end)
        and (end == at or tokens[end - 1].end + 1 == tokens[end].start)
    ):
        end += 1
    return range(start + 1, end)


def _is_name_part(text: str, tokens: Tokens, at: int) -> bool:
    token = tokens[at]
    word = text[token.start : token.end]
    return token.kind == "name" and word not in lexicon("").titles and token.key not in lexicon("").stopwords


def _kept(match: Match, old: str, new: str, a: Tokens, b: Tokens) -> Iterator[Place]:
    """The places of what was kept: of stretches that are equal to the letter, else of each token."""
    i = j = 0
    for i_end, i_next, j_end, j_next in [*_gaps(match, len(b)), (len(a), 0, len(b), 0)]:
        if i < i_end:
            bounds = a[i].start, a[i_end - 1].end, b[j].start, b[j_end - 1].end
            if old[bounds[0] : bounds[1]] == new[bounds[2] : bounds[3]]:
                yield bounds
            else:
                for x, y in zip(a[i:i_end], b[j:j_end], strict=True):
                    yield x.start, x.end, y.start, y.end
        i, j = i_next, j_next


def _spans(old: str, new: str, kept: list[Place]) -> Iterator[Span]:
    """Cover both texts, given the places of what was kept: equal to the letter is a kept span, the rest is changed."""
    i = j = i_kept = j_kept = 0
    for old_start, old_end, new_start, new_end in [*kept, (len(old), len(old), len(new), len(new))]:
        before, after = old[i:old_start], new[j:new_start]
        if before != after:
            # The spaces around a changed word are kept on both sides where both have them.
            lead = min(common_start(before, after), len(before) - len(before.lstrip()))
            room = min(len(before), len(after)) - lead
            trail = next(
                (n for n in range(room) if before[-n - 1] != after[-n - 1] or not before[-n - 1].isspace()), room
            )
            cut = (i + lead, j + lead, old_start - trail, new_start - trail)
            if i_kept < cut[0]:
                yield _span(old, new, i_kept, cut[0], j_kept, cut[1])
            yield _span(old, new, cut[0], cut[2], cut[1], cut[3])
            i_kept, j_kept = cut[2], cut[3]
        if old[old_start:old_end] != new[new_start:new_end]:
            if i_kept < old_start:
                yield _span(old, new, i_kept, old_start, j_kept, new_start)
            yield _span(old, new, old_start, old_end, new_start, new_end)
            i_kept, j_kept = old_end, new_end
        i, j = old_end, new_end
    if i_kept < len(old):
        yield _span(old, new, i_kept, len(old), j_kept, len(new))


def _span(old: str, new: str, old_start: int, old_end: int, new_start: int, new_end: int) -> Span:
    return Span(old=old[old_start:old_end], new=new[new_start:new_end], old_start=old_start, new_start=new_start)
