"""Says what the changed words of one text mean: a number, a name, a negation, a quotation, or only typography.

Takes one changed span with the texts around it, gives its readings: kind, before, after, and the evidence in words.
What needs a language's words takes them from its `Lexicon`; digits, capitals and quotation marks need none. Words
inside quotation marks are a change of the quotation, whatever else they are. Only sorts, never drops.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache, cached_property
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
        self._quoted = quotations(text)

    @cached_property
    def _starts(self) -> set[int]:
        """Where sentences begin with a letter or digit."""
        return {_first_letter(self.text, start) for start, _ in sentences(self.text)}

    def is_quoted(self, token: Token) -> bool:
        """Whether the token is a word inside double quotation marks."""
        return _is_word(token) and any(start <= token.start < end for start, end in self._quoted)

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
        if token.kind == "name" and self.text[token.start : token.end] in self.words.months:
            return True
        if _YEAR.fullmatch(token.key) is not None:
            return not self.noun_after(token.end)
        return token.kind == "number" and self._is_of_calendar(token)

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
        return any(
            re.search(rf"\b{re.escape(phrase)}(?: (?:the|a|an|its|der|des|einer|eines|von))?$", before)
            for phrase in self.words.sources
        )

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


def _is_word(token: Token) -> bool:
    return token.kind not in ("mark", "quote")


def readings(old: Side, new: Side, old_bounds: tuple[int, int], new_bounds: tuple[int, int]) -> Iterator[Reading]:
    """All readings of a changed stretch, given by its start and end in both texts; none for a mere line break."""
    a, b = tokenise(old.text, *old_bounds), tokenise(new.text, *new_bounds)
    before, after = old.text[slice(*old_bounds)].strip(), new.text[slice(*new_bounds)].strip()
    if not before and not after and "\n" in old.text[slice(*old_bounds)] + new.text[slice(*new_bounds)]:
        return
    are_same_words = _letters(a) == _letters(b) or _essence(old, a) == _essence(new, b)
    if not are_same_words and (any(map(old.is_quoted, a)) or any(map(new.is_quoted, b))):
        what = "altered" if a and b else "removed" if a else "added"
        yield Reading(ChangeKind.QUOTATION, before, after, f"words inside quotation marks {what}")
        return
    marks = [[token for token in tokens if token.kind == "quote"] for tokens in (a, b)]
    if len(marks[0]) > len(marks[1]):
        quoted, bare = old.quotation_at(marks[0][0])
        yield Reading(ChangeKind.QUOTATION, quoted, bare, "quotation marks removed")
    elif len(marks[0]) < len(marks[1]):
        quoted, bare = new.quotation_at(marks[1][0])
        yield Reading(ChangeKind.QUOTATION, bare, quoted, "quotation marks added")
    if not are_same_words:
        addresses = [
            [
                text
                for token in tokens
                if (text := side.text[token.start : token.end]).startswith(("http://", "https://"))
            ]
            for side, tokens in ((old, a), (new, b))
        ]
        if addresses[0] != addresses[1]:
            yield Reading(ChangeKind.LINK, before, after, "an address in the text changed")
            return
        if _is_misspelt(old, new, a, b):
            yield Reading(ChangeKind.SPELLING, before, after, "one word, nearly the same letters")
            return
        if len(a) + len(b) == 1 and (old.is_repeated(a[0]) if a else new.is_repeated(b[0])):
            yield Reading(ChangeKind.SPELLING, before, after, "a word doubled")
            return
        facts = [*_numbers(old, new, a, b), *_dates(old, new, a, b), *_names(old, new, a, b)]
        facts += _unit(old, new, a, b) if not facts else []
        facts += _signals(old, new, a, b, before, after)
        is_source = before and after and (new.is_beside_saying(*new_bounds) or new.is_after_source(new_bounds[0]))
        yield from facts or [_source(before, after) if is_source else wording(before, after)]
    elif len(marks[0]) == len(marks[1]):
        if not before and not after:
            before, after = old.around(*old_bounds), new.around(*new_bounds)
        yield _typography(before, after)


def _letters(tokens: Sequence[Token]) -> str:
    """The letters and digits alone."""
    return "".join(filter(str.isalnum, "".join(token.key for token in tokens)))


def _essence(side: Side, tokens: Sequence[Token]) -> str:
    """What is left without case, marks, spaces and hyphens; numbers by their value."""
    return "".join(
        f"#{side.amount(token)}#" if side.amount(token) else "".join(filter(str.isalnum, token.key))
        for token in tokens
        if _is_word(token)
    )


def _typography(before: str, after: str) -> Reading:
    if (
        before.isascii()
        and before.replace(" ", "").isalpha()
        and before.count(" ") != after.count(" ")
        and after.replace(" ", "").isalpha()
    ):
        return Reading(ChangeKind.SPELLING, before, after, "written as one word or as two")
    if before.casefold() == after.casefold():
        why = "only capitals differ"
    elif fold(before) == fold(after):
        why = "only the style of quotation marks, dashes or spaces differs"
    else:
        why = "only punctuation, hyphens or the way of writing a number differs"
    return Reading(ChangeKind.TYPOGRAPHY, before, after, why)


def _source(before: str, after: str) -> Reading:
    return Reading(ChangeKind.ATTRIBUTION, before, after, "who says it changed")


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


def _unit(old: Side, new: Side, a: Sequence[Token], b: Sequence[Token]) -> Iterator[Reading]:
    """The unit of a number in words or of one that stays: "two miles" → "two kilometres"."""
    if not (a and b and _is_unit(old, a[0]) and _is_unit(new, b[0])):
        return
    counts = [side.word_before(tokens[0].start) for side, tokens in ((old, a), (new, b))]
    if counts[0] == counts[1] and any(side.amount(t) for side in (old,) for t in tokenise(counts[0])):
        texts = [
            f"{count} {side.text[t[0].start : t[0].end]}"
            for count, side, t in zip(counts, (old, new), (a, b), strict=True)
        ]
        yield Reading(ChangeKind.NUMBER, texts[0], texts[1], "the unit of a number changed")


def _is_unit(side: Side, token: Token) -> bool:
    return side.text[token.start : token.end] in side.words.units


def _amounts(side: Side, tokens: Sequence[Token]) -> list[tuple[Amount, str]]:
    """The numbers among the tokens, each with its text and the noun that it counts."""
    found: list[tuple[Amount, str]] = []
    for token in tokens:
        noun = side.noun_after(token.end)
        amount = None if side.is_moment(token) else side.amount(token)
        if amount and (noun or token.key != "one"):  # "one of them" counts nothing
            found.append((amount, f"{side.text[token.start : token.end]} {noun}".strip()))
    return found


def _dates(old: Side, new: Side, a: Sequence[Token], b: Sequence[Token]) -> Iterator[Reading]:
    for was, now in _left_over(_rows(old.text, filter(old.is_moment, a)), _rows(new.text, filter(new.is_moment, b))):
        what = "changed" if was and now else "removed" if was else "added"
        yield Reading(ChangeKind.DATE_TIME, was[1] if was else "", now[1] if now else "", f"a date or time {what}")


def _names(old: Side, new: Side, a: Sequence[Token], b: Sequence[Token]) -> Iterator[Reading]:
    for was, now in _left_over(_rows(old.text, filter(old.is_name, a)), _rows(new.text, filter(new.is_name, b))):
        before, after = was[1] if was else "", now[1] if now else ""
        if was and now:
            how = "spelt otherwise" if _likeness(was[0], now[0]) >= _LIKE else "replaced"
        else:
            how = "removed" if was else "added"
        yield Reading(ChangeKind.NAME, before, after, f"a name {how}")


def _rows(text: str, tokens: Iterable[Token]) -> list[tuple[str, str]]:
    """Tokens that stand in a row as one: "Maren Oldby", "Sunday morning"; folded, and as written."""
    rows: list[tuple[int, int]] = []
    for token in tokens:
        if rows and text[rows[-1][1] : token.start] == " ":
            rows[-1] = (rows[-1][0], token.end)
        else:
            rows.append((token.start, token.end))
    return [(fold(text[start:end]), text[start:end]) for start, end in rows]


_SIGNALS: tuple[tuple[ChangeKind, Callable[[Lexicon], frozenset[str]], str], ...] = (
    (ChangeKind.NEGATION, lambda words: words.negations, "a negation"),
    (ChangeKind.MODALITY, lambda words: words.modals, "a modal verb"),
    (ChangeKind.ATTRIBUTION, lambda words: words.attributions, "a word of saying"),
    (ChangeKind.HEDGING, lambda words: words.hedges, "a word of doubt or degree"),
)


_MANY = 5
"""Words on both sides together beyond which a stretch is more than a verb and what turns it."""


def _share_a_stem(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Whether a word of one side is a form of one of the other: "end", "ended"; "zurücktreten", "zurückgetreten"."""
    stems = [{token.key[:4] for token in tokens if len(token.key) >= 4} for tokens in (a, b)]
    return not stems[0].isdisjoint(stems[1])


_VERBAL = (ChangeKind.NEGATION, ChangeKind.MODALITY)


def _signals(
    old: Side, new: Side, a: Sequence[Token], b: Sequence[Token], before: str, after: str
) -> Iterator[Reading]:
    """Changes of the small words that turn or soften a statement."""
    a, b = (
        [token for token in tokens if not side.is_moment(token) and not (token.kind == "name" and side.is_name(token))]
        for side, tokens in ((old, a), (new, b))
    )
    written = {
        token.key: side.text[token.start : token.end] for side, tokens in ((old, a), (new, b)) for token in tokens
    }
    is_rewritten = min(len(a), len(b)) > 1 and len(a) + len(b) > _MANY and not _share_a_stem(a, b)
    is_turned = False
    for was, now in _opposed(a, b, old.words.opposites):
        is_turned = True
        yield Reading(ChangeKind.NEGATION, before, after, f"the opposite said: “{was}” → “{now}”")
    for kind, words_of, name in _SIGNALS:
        x, y = _found(old, a, words_of(old.words)), _found(new, b, words_of(new.words))
        if x == y or (kind is ChangeKind.NEGATION and x.total() == y.total()):
            continue
        if is_rewritten and not (x and y):
            continue  # a small word among many others
        if is_turned and kind in (ChangeKind.MODALITY, ChangeKind.ATTRIBUTION) and len(a) + len(b) <= _MANY:
            continue  # the verb that was turned
        is_turned = is_turned or kind is ChangeKind.NEGATION
        words = ", ".join(f"“{written.get(word, word)}”" for word in sorted((x - y) | (y - x)))
        what = "replaced" if x - y and y - x else "removed" if x - y else "added"
        shown = before, after
        if kind in _VERBAL and not (before and after):  # "did" → "did not" says more than "not"
            verb = old.word_before(a[0].start) if a else new.word_before(b[0].start)
            shown = f"{verb} {before}".strip(), f"{verb} {after}".strip()
        yield Reading(kind, *shown, f"{name} {what}: {words}")


def _is_misspelt(old: Side, new: Side, a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Whether one word that we know stands for one that nobody knows but for its letters: "acording"."""
    if len(a) != 1 or len(b) != 1 or _likeness(a[0].key, b[0].key) < _NEARLY or a[0].key[:1] != b[0].key[:1]:
        return False
    return old.words.knows(a[0].key) != new.words.knows(b[0].key) and min(len(a[0].key), len(b[0].key)) > _SHORT


_NEARLY = 0.85
"""Likeness from which a word that we do not know is a misspelling of one that we know."""
_SHORT = 5


def _opposed(a: Sequence[Token], b: Sequence[Token], prefixes: frozenset[str]) -> Iterator[tuple[str, str]]:
    """A word on one side that is a word of the other with a prefix that turns it: "safe", "unsafe"."""
    words = [{token.key for token in tokens if len(token.key) > 3} for tokens in (a, b)]
    for was in words[0]:
        for now in words[1]:
            long, short = (was, now) if len(was) > len(now) else (now, was)
            if long.endswith(short) and long != short and long[: -len(short)] in prefixes:
                yield was, now


def _found(side: Side, tokens: Sequence[Token], words: frozenset[str]) -> Counter[str]:
    """The words among the tokens, phrases of several words too, even those that begin or end beside them."""
    found = Counter(token.key for token in tokens if token.key in words)
    if tokens and (phrases := _phrases(words)):
        start = side.text.rfind(" ", 0, max(0, tokens[0].start - 1)) + 1
        end = (side.text + " ").find(" ", tokens[-1].end + 1)
        text = f" {fold(' '.join(re.findall(_WORDS, side.text[start:end])))} "
        found.update(phrase for phrase in phrases if f" {phrase} " in text)
    return found


_WORDS = re.compile(r"[\w'’-]+")


@cache
def _phrases(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(word for word in words if " " in word)


_LIKE = 0.75
"""Likeness from which two words are spellings of one."""


def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio() if max(len(a), len(b)) < 60 else 0


def wording(before: str, after: str) -> Reading:
    """The reading of words that say nothing in particular."""
    if " " not in before + after and len(before) > 3 and before[0] == after[:1] and _likeness(before, after) >= _LIKE:
        return Reading(ChangeKind.SPELLING, before, after, "one word, nearly the same letters")
    what = "replaced" if before and after else "removed" if before else "added"
    return Reading(ChangeKind.WORDING, before, after, f"words {what}")
