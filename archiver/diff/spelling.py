"""Tells a slip of the pen from another word.

There is no dictionary: which spelling is right is not known. A slip is one word in two spellings that differ by what
hands do (a letter left out, doubled, exchanged with its neighbour or mistaken), or a word taken for one that sounds
like it. Another form of the same word ("run", "ran") is no slip.
"""

from __future__ import annotations

from functools import cache

from archiver.diff.lexicon import Lexicon
from archiver.diff.tokens import fold

_SHORT = 3
"""Letters up to which one letter makes another word."""
_LONG = 7
"""Letters from which two differences leave it the same word."""
_LONGEST = 60


def slip(before: str, after: str, words: Lexicon) -> str:
    """Why one of two words is the other misspelt, in words; "" when they are different words."""
    a, b = fold(before), fold(after)
    if any(y in words.confusions.get(x, ()) for x, y in ((a, b), _without_ending(a, b))):
        return "one word taken for another that sounds like it"
    if any(b in words.forms.get(stem, ()) for stem in _regular_stems(a)) and a not in words.forms:
        return "a form that the word does not have"
    if " " in a + b or a == b or b in words.forms.get(a, ()) or is_inflected(a, b, words):
        return ""
    if _is_turned(a, b, words) or _known(words) >= {a, b}:
        return ""  # two words, each spelt as it should be
    short, long = sorted((a, b), key=len)
    if len(long) > _LONGEST or not short or not (short.isalpha() and long.isalpha()):
        return ""
    if len(short) > 1 and short[0] == long[0] and sorted(short) == sorted(long):
        return "one word with its letters in another order"
    mistakes = _mistakes(short, long)
    if len(short) <= _SHORT or short[0] != long[0]:
        return ""
    allowed = 1 + (len(short) >= _LONG)
    return "one word, nearly the same letters" if mistakes <= allowed else ""


def _is_turned(a: str, b: str, words: Lexicon) -> bool:
    """Whether one of two words denies and the other is a longer word: "keine", "kleine"; not a letter doubled."""
    denying, other = (a, b) if a in words.negations else (b, a)
    is_one = denying in words.negations and other not in words.negations
    return is_one and len(other) > len(denying) and set(other) != set(denying)


@cache
def _known(words: Lexicon) -> frozenset[str]:
    """Words that are spelt as they should be."""
    small = words.stopwords | words.modals | words.negations | words.hedges | words.when | words.days
    return small | words.numbers.keys() | words.contraries.keys() | words.forms.keys()


def _regular_stems(word: str) -> list[str]:
    """What a word is the past of, were it formed by the rule: "sweared"."""
    return [word.removesuffix(end) for end in ("ed", "d") if word.endswith("ed")]


def _without_ending(a: str, b: str) -> tuple[str, str]:
    """Two words without the ending that both have: "sales" and "sails" as "sale" and "sail"."""
    ending = next((end for end in ("s", "ed", "ing", "n", "en") if a.endswith(end) and b.endswith(end)), "")
    return a.removesuffix(ending), b.removesuffix(ending)


def is_inflected(a: str, b: str, words: Lexicon) -> bool:
    """Whether two words differ in regular endings: "plan", "plans"; "called", "calling"; "spokesman", "-woman"."""
    stem = len(_common_start(a, b))
    if stem < 3:
        return False
    ends = a[stem:], b[stem:]
    return any(
        stem - back >= 3 and all(_is_ending(a[: stem - back], a[stem - back : stem] + end, words) for end in ends)
        for back in (0, 1, 2)
    )


def _is_ending(stem: str, end: str, words: Lexicon) -> bool:
    return not end or (end in words.endings and (end != "d" or stem.endswith("e")))


def _common_start(a: str, b: str) -> str:
    size = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[:size]


def _mistakes(a: str, b: str) -> int:
    """How many letters were added, lost, mistaken or exchanged with their neighbours (optimal string alignment)."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y))
            if i > 1 and j > 1 and (x, y) == (b[j - 2], a[i - 2]):
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
