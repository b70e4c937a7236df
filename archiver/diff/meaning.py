"""Says what the changed words of one text mean: a number, a name, a negation, a quotation, or only typography.

Takes one changed span with the texts around it, gives its readings: kind, before, after, and the evidence in words.
What needs a language's words takes them from its `Lexicon`; digits, capitals and quotation marks need none. Words
inside quotation marks are a change of the quotation, whatever else they are. Only sorts, never drops.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple, TypeVar

from archiver.diff.lexicon import Lexicon
from archiver.diff.tokens import Token, fold, sentences, tokenise
from archiver.model import ChangeKind

T = TypeVar("T")


class Reading(NamedTuple):
    """What one changed span means; one side is empty when words were only added or removed."""

    kind: ChangeKind
    before: str
    after: str
    evidence: str


class Side:
    """One state of a text, with what the reading of its parts needs to know of the whole."""

    def __init__(self, text: str, words: Lexicon) -> None:
        self.text = text
        self.words = words
        self._quoted = _quoted(text)
        self._starts = {_first_letter(text, start) for start, _ in sentences(text)}

    def is_quoted(self, token: Token) -> bool:
        """Whether the token is a word inside double quotation marks."""
        return _is_word(token) and any(start <= token.start < end for start, end in self._quoted)

    def is_name(self, token: Token) -> bool:
        """Whether the token is a capitalised word that is capitalised for itself."""
        word = self.text[token.start : token.end]
        if token.kind != "name" or token.start in self._starts:
            return False
        if token.key in self.words.stopwords or word in self.words.titles or word in self.words.months:
            return False
        return not self.words.nouns_are_capitalised or self._is_beside_name(token)

    def _is_beside_name(self, token: Token) -> bool:
        """Where all nouns are capitalised: whether another capitalised word or a title stands before or after."""
        before = self.text[: token.start].rstrip(" ")
        after = self.text[token.end :].lstrip(" ")
        previous = before.rpartition(" ")[2].strip(_OPENERS)
        is_first = _first_letter(self.text, len(before) - len(previous)) in self._starts
        if previous in self.words.titles or (previous[:1].isupper() and not is_first):
            return True
        return after[:1].isupper() and after != self.text

    def word_before(self, at: int) -> str:
        """The word that ends before a place, to show a lone word beside it."""
        return self.text[:at].rstrip().rpartition(" ")[2]

    def noun_after(self, at: int) -> str:
        """What a number counts: the next word, unless it is too common to be a noun."""
        match = re.match(r" ([^\W\d_]{3,})", self.text[at:])
        return "" if match is None or fold(match[1]) in self.words.stopwords else match[1]


_OPENERS = "\"'“”„‟«»‘’‚‹›(["
_CLOSERS = {"“": "”", "„": "“”", "”": "”", '"': '"', "«": "»", "»": "«", "「": "」", "『": "』"}


def _first_letter(text: str, start: int) -> int:
    while start < len(text) and not text[start].isalnum():
        start += 1
    return start


def _quoted(text: str) -> list[tuple[int, int]]:
    """The stretches inside double quotation marks; one left open runs to the end, as over several paragraphs."""
    stretches = []
    start, closers = -1, ""
    for at, letter in enumerate(text):
        if start >= 0 and letter in closers:
            stretches.append((start, at))
            start = -1
        elif start < 0 and letter in _CLOSERS:
            start, closers = at + 1, _CLOSERS[letter]
    if start >= 0:
        stretches.append((start, len(text)))
    return stretches


def _is_word(token: Token) -> bool:
    return token.kind not in ("mark", "quote")


def readings(old: Side, new: Side, old_bounds: tuple[int, int], new_bounds: tuple[int, int]) -> Iterator[Reading]:
    """All readings of a changed stretch, given by its start and end in both texts; none for a mere line break."""
    a, b = tokenise(old.text, *old_bounds), tokenise(new.text, *new_bounds)
    before, after = old.text[slice(*old_bounds)].strip(), new.text[slice(*new_bounds)].strip()
    if not before and not after and "\n" in old.text[slice(*old_bounds)] + new.text[slice(*new_bounds)]:
        return
    if _essence(a) == _essence(b):
        yield _typography(a, b, before, after)
    elif any(map(old.is_quoted, a)) or any(map(new.is_quoted, b)):
        what = "altered" if a and b else "removed" if a else "added"
        yield Reading(ChangeKind.QUOTATION, before, after, f"words inside quotation marks {what}")
    else:
        facts = [
            *_numbers(old, new, a, b),
            *_dates(old, new, a, b),
            *_names(old, new, a, b),
            *_signals(
                old.words,
                a,
                b,
                before or old.word_before(old_bounds[0]),
                after or new.word_before(new_bounds[0]),
            ),
        ]
        yield from facts or [_wording(a, b, before, after)]


def _essence(tokens: Sequence[Token]) -> str:
    """What is left without case, marks, spaces and hyphens; numbers by their value."""
    return "".join(
        f"#{_value(token)}#" if token.kind == "number" else "".join(filter(str.isalnum, token.key))
        for token in tokens
        if _is_word(token)
    )


def _typography(a: Sequence[Token], b: Sequence[Token], before: str, after: str) -> Reading:
    marks = [sum(token.kind == "quote" for token in tokens) for tokens in (a, b)]
    if marks[0] != marks[1]:
        what = "removed" if marks[0] > marks[1] else "added"
        return Reading(ChangeKind.QUOTATION, before, after, f"quotation marks {what}, the words are the same")
    if before.casefold() == after.casefold():
        why = "only capitals differ"
    elif fold(before) == fold(after):
        why = "only the style of quotation marks, dashes or spaces differs"
    else:
        why = "only punctuation, hyphens or the way of writing a number differs"
    return Reading(ChangeKind.TYPOGRAPHY, before, after, why)


_DIGITS = re.compile(r"\d[\d.,' ]*\d|\d")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,' ]\d{3})+")
_SCALES = {
    "thousand": 1e3,
    "tausend": 1e3,
    "million": 1e6,
    "millionen": 1e6,
    "mio": 1e6,
    "bn": 1e9,
    "milliarde": 1e9,
    "milliarden": 1e9,
    "mrd": 1e9,
}
"""Without "billion", which is a thousand times more in German."""

Amount = tuple[float | None, str]
"""A value and its unit; None for what is not one number, which stands whole in the unit's place."""


def _value(token: Token) -> Amount:
    """What a number says. Both "1,000" and "1.000" are a thousand, both "1.5" and "1,5" one and a half."""
    match = _DIGITS.search(token.key)
    if match is None or _DIGITS.search(token.key, match.end()):
        return None, token.key
    digits = match[0]
    if not _THOUSANDS.fullmatch(digits):
        whole, point, rest = digits.rpartition("." if digits.rfind(".") > digits.rfind(",") else ",")
        digits = re.sub(r"\D", "", whole) + "." + rest if point else rest
    else:
        digits = re.sub(r"\D", "", digits)
    unit = (token.key[: match.start()] + token.key[match.end() :]).strip(" -")
    scale, _, rest = unit.partition(" ")
    factor = _SCALES.get(scale.rstrip("."))
    try:
        return float(re.sub(r"[^\d.]", "", digits)) * (factor or 1), rest if factor else unit
    except ValueError:
        return None, token.key


def _left_over(
    a: list[tuple[T, str]], b: list[tuple[T, str]]
) -> Iterator[tuple[tuple[T, str] | None, tuple[T, str] | None]]:
    """What stands on one side only, by the first member, paired in order."""
    a_count, b_count = Counter(item for item, _ in a), Counter(item for item, _ in b)
    a_left, b_left = a_count - b_count, b_count - a_count
    return zip_longest((pair for pair in a if pair[0] in a_left), (pair for pair in b if pair[0] in b_left))


def _numbers(old: Side, new: Side, a: Sequence[Token], b: Sequence[Token]) -> Iterator[Reading]:
    for was, now in _left_over(_amounts(old, a), _amounts(new, b)):
        if was and now:
            (x, x_unit), (y, y_unit) = was[0], now[0]
            size = f" by {100 * (y - x) / x:+.0f} %" if x and y is not None and x_unit == y_unit else ""
            yield Reading(ChangeKind.NUMBER, was[1], now[1], f"a number changed{size}")
        elif was:
            yield Reading(ChangeKind.NUMBER, was[1], "", "a number removed")
        elif now:
            yield Reading(ChangeKind.NUMBER, "", now[1], "a number added")


def _amounts(side: Side, tokens: Sequence[Token]) -> list[tuple[Amount, str]]:
    """The numbers among the tokens, each with its text and the noun that it counts."""
    found: list[tuple[Amount, str]] = []
    for token in tokens:
        text = f"{side.text[token.start : token.end]} {side.noun_after(token.end)}".strip()
        if token.kind == "number":
            found.append((_value(token), text))
        elif token.key in side.words.numbers:
            found.append(((float(side.words.numbers[token.key]), ""), text))
        elif token.key in side.words.quantities:
            found.append(((None, token.key), text))
    return found


def _dates(old: Side, new: Side, a: Sequence[Token], b: Sequence[Token]) -> Iterator[Reading]:
    for was, now in _left_over(_moments(old, a), _moments(new, b)):
        what = "changed" if was and now else "removed" if was else "added"
        yield Reading(ChangeKind.DATE_TIME, was[1] if was else "", now[1] if now else "", f"a date or time {what}")


def _moments(side: Side, tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """The dates, times, days and months among the tokens."""
    return [
        (token.key, text)
        for token in tokens
        for text in [side.text[token.start : token.end]]
        if token.kind in ("date", "time") or token.key in side.words.days or text in side.words.months
    ]


def _names(old: Side, new: Side, a: Sequence[Token], b: Sequence[Token]) -> Iterator[Reading]:
    for was, now in _left_over(_name_runs(old, a), _name_runs(new, b)):
        before, after = was[1] if was else "", now[1] if now else ""
        if was and now:
            how = "spelt otherwise" if _likeness(was[0], now[0]) >= _LIKE else "replaced"
        else:
            how = "removed" if was else "added"
        yield Reading(ChangeKind.NAME, before, after, f"a name {how}")


def _name_runs(side: Side, tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """The names among the tokens, neighbouring words of one name together."""
    runs: list[tuple[int, int]] = []
    for token in tokens:
        if not side.is_name(token) or token.key in side.words.days:
            continue
        if runs and side.text[runs[-1][1] : token.start] == " ":
            runs[-1] = (runs[-1][0], token.end)
        else:
            runs.append((token.start, token.end))
    return [(fold(side.text[start:end]), side.text[start:end]) for start, end in runs]


_SIGNALS: tuple[tuple[ChangeKind, Callable[[Lexicon], frozenset[str]], str], ...] = (
    (ChangeKind.NEGATION, lambda words: words.negations, "a negation"),
    (ChangeKind.MODALITY, lambda words: words.modals, "a modal verb"),
    (ChangeKind.ATTRIBUTION, lambda words: words.attributions, "a word of saying"),
    (ChangeKind.HEDGING, lambda words: words.hedges, "a word of doubt or degree"),
)


def _signals(lexicon: Lexicon, a: Sequence[Token], b: Sequence[Token], before: str, after: str) -> Iterator[Reading]:
    """Changes of the small words that turn or soften a statement."""
    for kind, words_of, name in _SIGNALS:
        x, y = _found(a, words_of(lexicon)), _found(b, words_of(lexicon))
        if x != y and not (kind is ChangeKind.NEGATION and x.total() == y.total()):
            words = ", ".join(f"“{word}”" for word in sorted((x - y) | (y - x)))
            what = "replaced" if x - y and y - x else "removed" if x - y else "added"
            yield Reading(kind, before, after, f"{name} {what}: {words}")


def _found(tokens: Sequence[Token], words: frozenset[str]) -> Counter[str]:
    """The words among the tokens, phrases of several words too."""
    text = " ".join(token.key for token in tokens)
    phrases = (word for word in words if " " in word and f" {word} " in f" {text} ")
    return Counter(token.key for token in tokens if token.key in words) + Counter(phrases)


_LIKE = 0.75
"""Likeness from which two words are spellings of one."""


def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _wording(a: Sequence[Token], b: Sequence[Token], before: str, after: str) -> Reading:
    if len(a) == len(b) == 1 and len(before) > 3 and before[0] == after[0] and _likeness(a[0].key, b[0].key) >= _LIKE:
        return Reading(ChangeKind.SPELLING, before, after, "one word, nearly the same letters")
    return Reading(
        ChangeKind.WORDING, before, after, "words " + ("replaced" if a and b else "removed" if a else "added")
    )
