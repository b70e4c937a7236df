"""One state of a text, with what the reading of its parts needs to know: quotations, names, moments, amounts.

What needs a language's words takes them from its `Lexicon`; digits, capitals and quotation marks need none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from operator import itemgetter

from archiver.diff.lexicon import Lexicon
from archiver.diff.tokens import Token, fold, sentences, tokenise


class Side:
    """One state of a text, with what the reading of its parts needs to know of the whole."""

    def __init__(self, text: str, words: Lexicon) -> None:
        self.text = text
        self.words = words
        self._quoted = quotations(text)

    @cached_property
    def _starts(self) -> set[int]:
        """Where sentences begin with a letter or digit."""
        return {_first_letter(self.text, start) for start, _ in sentences(self.text)}

    def is_quoted(self, token: Token) -> bool:
        """Whether the token is a word inside double quotation marks."""
        if not self._quoted or not is_word(token):
            return False
        before = bisect_right(self._quoted, token.start, key=itemgetter(0)) - 1
        return before >= 0 and token.start < self._quoted[before][1]

    def is_name(self, token: Token) -> bool:
        """Whether the token is a capitalised word that is capitalised for itself."""
        word = self.text[token.start : token.end]
        if token.kind != "name" or self.is_moment(token) or word in self.words.titles:
            return False
        words = self.words
        if any(token.key in group for group in (words.stopwords, words.attributions, words.hedges, words.numbers)):
            return False
        if token.start not in self._starts and not self.words.nouns_are_capitalised:
            return True
        return self._is_beside_capital(token)

    def _is_beside_capital(self, token: Token) -> bool:
        """Where a capital alone says nothing: whether another capitalised word or a title stands next to the token."""
        if re.match(r" [^\W\d_a-zß-öø-ÿ]", self.text[token.end : token.end + 2]):
            return True
        start = self.text.rfind(" ", 0, max(0, token.start - 1)) + 1
        previous = self.text[start : token.start - 1].strip(_OPENERS) if token.start else ""
        return previous in self.words.titles or (
            previous.isalpha() and previous[0].isupper() and _first_letter(self.text, start) not in self._starts
        )

    def is_moment(self, token: Token) -> bool:
        """Whether the token is a date, a time of day, a day, a month or a year."""
        if token.kind in ("date", "time") or token.key in self.words.days:
            return True
        if token.kind == "name":
            return self.text[token.start : token.end] in self.words.months
        if token.kind != "number":
            return False
        if _YEAR.fullmatch(token.key) is not None:
            return not self.noun_after(token.end)
        return self._is_of_calendar(token)

    def _is_of_calendar(self, token: Token) -> bool:
        """Whether a number counts a day or a century: "the 14th of", "the 15th century", "2. Advent"."""
        if not _ORDINAL.match(self.text[token.start : token.end + 1]):
            return False
        following = re.match(r"(?:-|\.? )([^\W\d_]+)", self.text[token.end : token.end + 20])
        return following is not None and fold(following[1]) in self.words.calendar

    def quotation_at(self, mark: Token) -> tuple[str, str]:
        """The quotation that a mark opens or closes, with its marks and without."""
        for start, end in self._quoted:
            if mark.end == start or mark.start == end:
                return self.text[start - 1 : end + 1], self.text[start:end]
        return self.text[mark.start : mark.end], ""

    def is_repeated(self, token: Token) -> bool:
        """Whether the word right before or after is the same."""
        after = re.match(r" (\w+)", self.text[token.end : token.end + 40])
        return token.key.isalpha() and token.key in (fold(self.word_before(token.start)), after and fold(after[1]))

    def is_beside_saying(self, start: int, end: int) -> bool:
        """Whether a word of saying stands right before or after a stretch."""
        after = re.match(r"\W*(\w+)", self.text[end : end + 40])
        verbs = self.words.attributions
        return fold(self.word_before(start)) in verbs or (after is not None and fold(after[1]) in verbs)

    def is_after_source(self, at: int) -> bool:
        """Whether a phrase that names a source stands right before a place: "according to", "nach Ansicht"."""
        before = fold(self.text[max(0, at - 40) : at]).rstrip()
        return any(re.search(rf"\b{re.escape(phrase)}(?: [\w-]+){{0,2}}$", before) for phrase in self.words.sources)

    def amount(self, token: Token) -> Amount | None:
        """The value of a number, in digits or words, and its unit; None of what is no number."""
        if token.kind == "number":
            return _value(token)
        if token.key in self.words.numbers:
            return float(self.words.numbers[token.key]), ""
        if token.kind in ("word", "name") and (value := self._spelt_out(token.key)):
            return value, ""
        return (None, token.key) if token.key in self.words.quantities else None

    def _spelt_out(self, word: str) -> float | None:
        """What "eighty-four", "zweiundzwanzig" or "fünfhundert" says; None of a word that is no number."""
        numbers = self.words.numbers
        tens, _, ones = word.partition("-")
        if tens in numbers and ones in numbers and numbers[tens] >= 20 > numbers[ones]:
            return float(numbers[tens] + numbers[ones])
        ones, glue, tens = word.partition("und")
        if glue and numbers.get(tens, 0) in range(20, 100) and (ones in numbers or ones == "ein"):
            return float(numbers.get(ones, 1) + numbers[tens])
        for scale in ("hundert", "tausend"):
            few, glue, rest = word.partition(scale)
            if glue and not rest and scale in numbers and few in numbers:
                return float(numbers[few] * numbers[scale])
        return None

    def around(self, start: int, end: int) -> str:
        """A stretch with the words that it stands between."""
        return self.text[self.text.rfind(" ", 0, max(0, start)) + 1 : (self.text + " ").find(" ", end + 1)].strip()

    def word_after(self, at: int) -> str:
        """The word that begins after a place."""
        return self.text[at : at + 60].lstrip().partition(" ")[0].rstrip(".,;:!?")

    def is_before_time(self, token: Token) -> bool:
        """Whether a date, a time or a bare number follows: "before eight", "after Monday"."""
        following = tokenise(self.text, token.end, min(len(self.text), token.end + 30))
        return bool(following) and (self.is_moment(following[0]) or self.amount(following[0]) is not None)

    def word_before(self, at: int) -> str:
        """The word that ends before a place, to show a lone word beside it."""
        return self.text[:at].rstrip().rpartition(" ")[2]

    def noun_after(self, at: int) -> str:
        """What a number counts: the next word, unless it is too common to be a noun or has an odd capital."""
        match = re.match(r" ([^\W\d_]{3,})", self.text[at : at + 40])
        if match is None or fold(match[1]) in self.words.stopwords:
            return ""
        return match[1] if match[1].islower() or self.words.nouns_are_capitalised else ""


_OPENERS = "\"'“”„‟«»‘’‚‹›(["
_CLOSERS = {"“": "”", "„": "“”", "”": "”", '"': '"', "«": "»", "»": "«", "「": "」", "『": "』"}
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th|\.)")
_YEAR = re.compile(r"(?:1[6-9]|20)\d\d")
_MARK = re.compile(f"[{''.join({*_CLOSERS, *_CLOSERS.values()})}]")


def _first_letter(text: str, start: int) -> int:
    while start < len(text) and not text[start].isalnum():
        start += 1
    return start


def quotations(text: str) -> list[tuple[int, int]]:
    """The stretches inside double quotation marks; one left open runs to the end, as over several paragraphs."""
    stretches = []
    start, closers = -1, ""
    for mark in _MARK.finditer(text):
        if start >= 0 and mark[0] in closers:
            stretches.append((start, mark.start()))
            start = -1
        elif start < 0 and mark[0] in _CLOSERS:
            start, closers = mark.end(), _CLOSERS[mark[0]]
    if start >= 0:
        stretches.append((start, len(text)))
    return stretches


def is_word(token: Token) -> bool:
    """Whether the token is no mark."""
    return token.kind not in ("mark", "quote")


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
    units = (token.key[: match.start()] + " " + token.key[match.end() :]).replace("-", " ").split()
    factor = max((_SCALES.get(unit.rstrip("."), 1) for unit in units), default=1)
    unit = " ".join(unit for unit in units if unit.rstrip(".") not in _SCALES)
    try:
        return float(re.sub(r"[^\d.]", "", digits)) * factor, unit
    except ValueError:
        return None, token.key
