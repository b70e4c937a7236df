"""Reads numbers, dates and names among changed words.

Takes the tokens that changed on both sides, gives readings: what stands on one side only, paired in order. A number is
compared by value and unit, so that "Five" → "5" is none; a date and a name as they are written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from math import isfinite
from typing import TypeVar

from archiver.diff.amounts import Amount
from archiver.diff.reading import Reading
from archiver.diff.sides import Side
from archiver.diff.tokens import Token, fold, tokenise
from archiver.model import ChangeKind, Quantity

T = TypeVar("T")
U = TypeVar("U")
Tokens = Sequence[Token]


def facts(old: Side, new: Side, a: Tokens, b: Tokens, *, is_put_otherwise: bool = False) -> Iterator[Reading]:
    """The numbers, dates and names that differ; without "several" and "half" where all was put otherwise."""
    found = [*_numbers(old, new, a, b, is_put_otherwise), *dates(old, new, a, b), *_names(old, new, a, b)]
    yield from found or _unit(old, new, a, b)


def _left_over(a: list[tuple[T, U]], b: list[tuple[T, U]]) -> Iterator[tuple[tuple[T, U] | None, tuple[T, U] | None]]:
    """What stands on one side only, by the first member, paired in order."""
    a_count, b_count = Counter(item for item, _ in a), Counter(item for item, _ in b)
    a_left, b_left = a_count - b_count, b_count - a_count
    return zip_longest((pair for pair in a if pair[0] in a_left), (pair for pair in b if pair[0] in b_left))


def _numbers(old: Side, new: Side, a: Tokens, b: Tokens, is_put_otherwise: bool) -> Iterator[Reading]:
    for was, now in _left_over(_amounts(old, a), _amounts(new, b)):
        if is_put_otherwise and any(it and it[0][0] is None and it[0][1].isalpha() for it in (was, now)):
            continue
        if was and now:
            (x, x_unit), (y, y_unit) = was[0], now[0]
            if x is not None and x == y and "" in (x_unit, y_unit) and (x_unit + y_unit).replace("-", "").isalpha():
                continue  # "four people" and "four-person"
        what = "changed" if was and now else "removed" if was else "added"
        quantity = _quantity(was, now)
        size = f" by {quantity.growth}" if quantity.growth else ""
        before, after = (" ".join(filter(None, side[1])) if side else "" for side in (was, now))
        yield Reading(ChangeKind.NUMBER, before, after, f"a number {what}{size}", quantity)


Counted = tuple[Amount, tuple[str, str]]
"""A number with its text and the noun that it counts."""


def _quantity(was: Counted | None, now: Counted | None) -> Quantity:
    (x, x_unit), (_, x_noun) = was or ((None, ""), ("", ""))
    (y, y_unit), (_, y_noun) = now or ((None, ""), ("", ""))
    units = {unit or noun for side, unit, noun in ((was, x_unit, x_noun), (now, y_unit, y_noun)) if side}
    is_comparable = x and y is not None and x_unit == y_unit and isfinite(y - x)
    return Quantity(
        before=x,
        after=y,
        unit=units.pop() if len(units) == 1 else "",
        relative=round((y - x) / abs(x), 6) if is_comparable and x and y is not None else None,
    )


def _unit(old: Side, new: Side, a: Tokens, b: Tokens) -> Iterator[Reading]:
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
    return side.text[token.start : token.end] in side.words.units or token.key in side.words.periods


def _amounts(side: Side, tokens: Tokens) -> list[Counted]:
    """The numbers among the tokens."""
    found: list[Counted] = []
    for token in tokens:
        amount = side.amount(token)
        if not amount or side.is_moment(token) or side.is_name(token):
            continue
        noun = side.noun_after(token.end)
        if noun or token.key != "one":  # "one of them" counts nothing
            found.append((amount, (side.text[token.start : token.end], noun)))
    return found


def dates(old: Side, new: Side, a: Tokens, b: Tokens) -> Iterator[Reading]:
    """The dates, days and times that differ, and "before" put for "after" ahead of one."""
    if len(a) == 1 == len(b) and a[0].key in old.words.relations and b[0].key in new.words.relations:
        if new.is_before_time(b[0]):
            texts = [f"{side.text[t.start : t.end]} {side.word_after(t.end)}" for side, t in ((old, a[0]), (new, b[0]))]
            yield Reading(ChangeKind.DATE_TIME, texts[0], texts[1], "before or after a time changed")
        return
    for was, now in _left_over(rows(old.text, filter(old.is_moment, a)), rows(new.text, filter(new.is_moment, b))):
        what = "changed" if was and now else "removed" if was else "added"
        if not (was and now) and (was or now or ("",))[0] in old.words.articles:
            continue  # "in the summer" and "this summer" are one
        yield Reading(ChangeKind.DATE_TIME, was[1] if was else "", now[1] if now else "", f"a date or time {what}")


def _names(old: Side, new: Side, a: Tokens, b: Tokens) -> Iterator[Reading]:
    for was, now in _left_over(_name_rows(old, a), _name_rows(new, b)):
        before, after = was[1] if was else "", now[1] if now else ""
        if was and now:
            how = "spelt otherwise" if are_alike(was[0], now[0]) else "replaced"
        else:
            how = "removed" if was else "added"
        yield Reading(ChangeKind.NAME, before, after, f"a name {how}")


def _name_rows(side: Side, tokens: Tokens) -> list[tuple[str, str]]:
    """The names among the tokens; that of a road with more than its number."""
    found = rows(side.text, (token for token in tokens if token.kind != "number" and side.is_name(token)))
    for token in tokens:
        if token.kind == "number" and side.is_name(token):
            name = f"{side.word_before(token.start)} {side.text[token.start : token.end]}"
            found.append((fold(name), name))
    return found


def rows(text: str, tokens: Iterable[Token]) -> list[tuple[str, str]]:
    """Tokens that stand in a row as one: "Maren Oldby", "Sunday morning"; folded, and as written."""
    found: list[tuple[int, int]] = []
    for token in tokens:
        if found and text[found[-1][1] : token.start] == " ":
            found[-1] = (found[-1][0], token.end)
        else:
            found.append((token.start, token.end))
    found = [(start, end - (text[end - 1] == ".")) for start, end in found]  # a stop is no part of "3 March."
    return [(fold(text[start:end]), text[start:end]) for start, end in found]


_LIKE = 0.75
"""Likeness from which two words are spellings of one."""


def are_alike(a: str, b: str) -> bool:
    """Whether two folded names are rather one in two spellings."""
    return max(len(a), len(b)) < 60 and SequenceMatcher(None, a, b, autojunk=False).ratio() >= _LIKE
