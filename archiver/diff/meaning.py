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
from functools import cache
from itertools import zip_longest
from typing import NamedTuple, TypeVar

from archiver.diff.lexicon import Lexicon
from archiver.diff.sides import Amount, Side, is_word
from archiver.diff.tokens import Token, fold, tokenise
from archiver.model import ChangeKind

T = TypeVar("T")


class Reading(NamedTuple):
    """What one changed span means; one side is empty when words were only added or removed."""

    kind: ChangeKind
    before: str
    after: str
    evidence: str


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
        plain = wording(before, after)
        yield from facts or [_source(before, after) if is_source and plain.kind is ChangeKind.WORDING else plain]
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
        if is_word(token)
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
        amount = side.amount(token)
        if not amount or side.is_moment(token):
            continue
        noun = side.noun_after(token.end)
        if noun or token.key != "one":  # "one of them" counts nothing
            found.append((amount, f"{side.text[token.start : token.end]} {noun}".strip()))
    return found


def _dates(old: Side, new: Side, a: Sequence[Token], b: Sequence[Token]) -> Iterator[Reading]:
    if len(a) == 1 == len(b) and a[0].key in old.words.relations and b[0].key in new.words.relations:
        if new.is_before_time(b[0]):
            texts = [f"{side.text[t.start : t.end]} {side.word_after(t.end)}" for side, t in ((old, a[0]), (new, b[0]))]
            yield Reading(ChangeKind.DATE_TIME, texts[0], texts[1], "before or after a time changed")
        return
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
    hedges = _found(old, a, old.words.hedges), _found(new, b, new.words.hedges)
    for kind, words_of, name in _SIGNALS:
        x, y = _found(old, a, words_of(old.words)), _found(new, b, words_of(new.words))
        if kind is ChangeKind.ATTRIBUTION:  # "said to be" is doubt and names nobody
            x, y = (_not_within(hedge, found) for hedge, found in zip(hedges, (x, y), strict=True))
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
    before, after = (dict.fromkeys(token.key for token in tokens if len(token.key) > 3) for tokens in (a, b))
    for was in before:
        for prefix in sorted(prefixes):
            if prefix + was in after:
                yield was, prefix + was
            if was.startswith(prefix) and was.removeprefix(prefix) in after:
                yield was, was.removeprefix(prefix)


def _found(side: Side, tokens: Sequence[Token], words: frozenset[str]) -> Counter[str]:
    """The words among the tokens, phrases of several words too, even those that begin or end beside them."""
    found = Counter(token.key for token in tokens if token.key in words)
    if tokens and (phrases := _phrases(words)):
        first, last = max(0, tokens[0].start - 1), tokens[-1].end + 1
        start = max(side.text.rfind(" ", 0, first) + 1, first - _LONGEST)
        end = side.text.find(" ", last, last + _LONGEST)
        text = f" {fold(' '.join(re.findall(_WORDS, side.text[start : end if end >= 0 else last + _LONGEST])))} "
        found.update(phrase for phrase in phrases if f" {phrase} " in text)
    return found


def _not_within(phrases: Counter[str], words: Counter[str]) -> Counter[str]:
    """The words that are no part of one of the phrases."""
    return Counter({word: count for word, count in words.items() if not any(f" {word} " in f" {p} " for p in phrases)})


_WORDS = re.compile(r"[\w'’-]+")
_LONGEST = 40
"""Characters of a word beside a stretch; there is no space to end it where a script writes none."""


@cache
def _phrases(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(word for word in words if " " in word)


_LIKE = 0.75
"""Likeness from which two words are spellings of one."""


def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio() if max(len(a), len(b)) < 60 else 0


def wording(before: str, after: str) -> Reading:
    """The reading of words that say nothing in particular."""
    is_one_word = " " not in before + after and len(before) > 2 and before[0] == after[:1]
    if is_one_word and (sorted(before) == sorted(after) or (len(before) > 3 and _likeness(before, after) >= _LIKE)):
        return Reading(ChangeKind.SPELLING, before, after, "one word, nearly the same letters")
    what = "replaced" if before and after else "removed" if before else "added"
    return Reading(ChangeKind.WORDING, before, after, f"words {what}")
