"""Reads the small words that turn, weaken or bind a statement: negations, modal verbs, hedges.

They count where they are what changed. Where other words stand for other words besides, the stretch was put otherwise
and says as much with them as without: that is wording.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from archiver.diff.lexicon import Lexicon
from archiver.diff.reading import Reading
from archiver.diff.sides import Side, is_word
from archiver.diff.tokens import Token, fold
from archiver.model import ChangeKind

Tokens = Sequence[Token]

_SIGNALS: tuple[tuple[ChangeKind, Callable[[Lexicon], frozenset[str]], str], ...] = (
    (ChangeKind.NEGATION, lambda words: words.negations, "a negation"),
    (ChangeKind.MODALITY, lambda words: words.modals, "a modal verb"),
    (ChangeKind.HEDGING, lambda words: words.hedges, "a word of doubt or degree"),
)
_VERBAL = (ChangeKind.NEGATION, ChangeKind.MODALITY)
_SHORT = 3
"""Words up to which a stretch is read by itself, whatever became of its sentence."""
_CLAUSE = 2
"""Other words from which something added or removed says more than what its small words do."""


def signals(
    old: Side,
    new: Side,
    a: Tokens,
    b: Tokens,
    before: str,
    after: str,
    *,
    is_put_otherwise: bool = False,
    ignored: frozenset[str] = frozenset(),
) -> Iterator[Reading]:
    """Changes of the small words that turn or soften a statement; of hedges without those to be ignored.

    In a sentence that was put otherwise, only a word for its contrary counts, and nothing that needs the rest.
    """
    is_put_otherwise = is_put_otherwise or is_reworded(old, new, a, b)
    is_other = exchanges_content(old, new, a, b)
    a, b = (
        [it for it in tokens if is_word(it) and not (side.is_moment(it) or side.is_name(it) or side.is_noun(it))]
        for side, tokens in ((old, a), (new, b))
    )
    modals: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    is_short = max(len(a), len(b)) <= _SHORT
    for was, now in _opposed(a, b, old.words) if is_short or not is_put_otherwise else ():
        yield Reading(ChangeKind.NEGATION, before, after, f"the opposite said: “{was}” → “{now}”")
        return
    if is_put_otherwise and not is_short:
        return
    written = {
        token.key: side.text[token.start : token.end] for side, tokens in ((old, a), (new, b)) for token in tokens
    }
    is_turned = False
    for kind, words_of, name in _SIGNALS:
        x, y = (_found(side, tokens, words_of(side.words), kind) for side, tokens in ((old, a), (new, b)))
        if kind is ChangeKind.HEDGING:  # "is likely to" is one modal verb
            x, y = (_not_within(other, found) for other, found in zip(modals, (x, y), strict=True))
        elif kind is ChangeKind.MODALITY:
            modals = x, y
        if kind is ChangeKind.HEDGING:
            x, y = (Counter({w: n for w, n in it.items() if w not in ignored}) for it in (x, y))
        if x == y or (kind is ChangeKind.NEGATION and x.total() % 2 == y.total() % 2):
            continue  # "ruled out", "refused to rule out": two make none
        is_sure = kind is ChangeKind.HEDGING and bool(x) != bool(y)
        if is_put_otherwise and not is_sure:
            continue
        if is_other and kind in _VERBAL and not (x and y):
            continue  # another verb, which says it its own way
        if is_turned and kind is ChangeKind.MODALITY and not (x and y):
            continue  # the verb that was turned
        is_turned = is_turned or kind is ChangeKind.NEGATION
        words = ", ".join(f"“{written.get(word, word)}”" for word in sorted((x - y) | (y - x)))
        what = "replaced" if x - y and y - x else "removed" if x - y else "added"
        shown = before, after
        if kind in _VERBAL and not (before and after):  # "did" → "did not" says more than "not"
            verb = old.word_before(a[0].start) if a else new.word_before(b[0].start)
            shown = f"{verb} {before}".strip(), f"{verb} {after}".strip()
        if kind is ChangeKind.MODALITY and _is_hearsay(old, a) != _is_hearsay(new, b):
            kind, name = ChangeKind.HEDGING, "what is only said"
        yield Reading(kind, *shown, f"{name} {what}: {words}")


def _is_hearsay(side: Side, tokens: Tokens) -> bool:
    """Whether a modal verb among the tokens says that something is told: "soll … gezahlt haben"."""
    pattern = side.words.hearsay
    return any(pattern.match(side.text, token.start) for token in tokens) if pattern else False


def is_reworded(old: Side, new: Side, a: Tokens, b: Tokens, *, is_scattered: bool = False) -> bool:
    """Whether other words stand for others, or a whole clause came or went.

    Where they do not stand in one place (`is_scattered`), fewer tell as much.
    """
    x, y = _content(old, a), _content(new, b)
    gone, come = len(x - y), len(y - x)
    if gone and come:
        return gone + come > _CLAUSE - is_scattered
    has_comma = any(token.key == "," for token in (*a, *b)) and not (a and b)
    return max(gone, come) >= (1 if has_comma else _CLAUSE)


def exchanges_content(old: Side, new: Side, a: Tokens, b: Tokens) -> bool:
    """Whether other words than small ones stand for others."""
    x, y = _content(old, a), _content(new, b)
    return bool(x - y) and bool(y - x)


def has_content(old: Side, new: Side, a: Tokens, b: Tokens) -> bool:
    """Whether other words changed beside the small ones, on either side."""
    return _content(old, a) != _content(new, b)


def _content(side: Side, tokens: Tokens) -> frozenset[str]:
    """The words that are neither facts, addresses nor small words, by what their forms have in common."""
    places = tuple(token.start for token in tokens)
    if places not in side.contents:  # asked several times of each stretch
        side.contents[places] = frozenset(_content_words(side, tokens))
    return side.contents[places]


def _content_words(side: Side, tokens: Tokens) -> set[str]:
    words = side.words
    if not tokens:
        return set()
    phrases_of = (words.negations, words.modals, words.hedges)
    within = {word for known in phrases_of for phrase in _phrases_at(side, tokens, known) for word in phrase.split()}
    return {
        stem(token.key, words)
        for token in tokens
        if is_word(token)
        and token.kind != "address"
        and token.key not in within
        and not (token.key in words.periods or side.text[token.start : token.end] in words.units)
        and not words.is_small(token.key)
        and not (side.is_moment(token) or side.is_name(token) or side.amount(token))
    }


def stem(word: str, words: Lexicon) -> str:
    """What the forms of a word have in common: "end", "ended"; "left", "leave"; "zurückgetreten", "zurücktreten"."""
    word = _PLURAL.sub("", _PAST_OF_Y.sub("y", word))
    return min(word, *words.forms.get(word, (word,)))[:4]


_PLURAL = re.compile(r"(?<=[^\W\d_]{3})(?<!s)s$")
_PAST_OF_Y = re.compile(r"i(?:ed|es)$")


def _opposed(a: Tokens, b: Tokens, words: Lexicon) -> Iterator[tuple[str, str]]:
    """A word on one side that an affix turns into one of the other: "safe", "unsafe"; "careful", "careless"."""
    before, after = (dict.fromkeys(token.key for token in tokens if len(token.key) > 2) for tokens in (a, b))
    for was in before:
        yield from ((was, now) for now in after if now in words.contraries.get(was, ()))
        for prefix in sorted(words.opposites):
            if prefix + was in after:
                yield was, prefix + was
            if was.startswith(prefix) and was.removeprefix(prefix) in after:
                yield was, was.removeprefix(prefix)
        for pair in sorted(words.opposite_endings):
            for end, other in (pair.split(), pair.split()[::-1]):
                now = re.sub(rf"(?<=\w\w\w){end}(e[nrsm]?|ly)?$", rf"{other}\1", was)
                if now != was and now in after:
                    yield was, now


def _found(side: Side, tokens: Tokens, words: frozenset[str], kind: ChangeKind) -> Counter[str]:
    """The words among the tokens, phrases of several words too, even those that begin or end beside them."""
    found = Counter(token.key for token in tokens if token.key in words)
    said = Counter(_phrases_at(side, tokens, words))
    if kind is ChangeKind.HEDGING:
        rounding = side.words.approximators
        found.update(token.key for token in tokens if token.key in rounding and side.is_before_amount(token))
        for phrase in _phrases_at(side, tokens, rounding):
            last = phrase.rpartition(" ")[2]
            said.update(phrase for token in tokens if token.key == last and side.is_before_amount(token))
    return _not_within(said, found) + said


def _phrases_at(side: Side, tokens: Tokens, words: frozenset[str]) -> list[str]:
    """The phrases of several words among the tokens, even those that begin or end right beside them."""
    if not tokens:
        return []
    first, last = max(0, tokens[0].start - 1), tokens[-1].end + 1
    start = max(side.text.rfind(" ", 0, first) + 1, first - _LONGEST)
    end = side.text.find(" ", last, last + _LONGEST)
    text = fold(" ".join(_WORDS.findall(side.text[start : end if end >= 0 else last + _LONGEST]))).split()
    known = _by_first_word(words)
    return [
        " ".join(phrase)
        for at, word in enumerate(text)
        for phrase in known.get(word, ())
        if tuple(text[at : at + len(phrase)]) == phrase
    ]


@cache
def _by_first_word(words: frozenset[str]) -> dict[str, list[tuple[str, ...]]]:
    known: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases(words):
        known.setdefault(phrase.partition(" ")[0], []).append(tuple(phrase.split()))
    return known


def _not_within(phrases: Counter[str], words: Counter[str]) -> Counter[str]:
    """The words that are no part of one of the phrases."""
    return Counter({word: count for word, count in words.items() if not any(f" {word} " in f" {p} " for p in phrases)})


_WORDS = re.compile(r"[\w'’-]+")
_LONGEST = 40
"""Characters of a word beside a stretch; there is no space to end it where a script writes none."""


@cache
def phrases(words: frozenset[str]) -> tuple[str, ...]:
    """Those of several words."""
    return tuple(sorted(word for word in words if " " in word))
