"""Says what the changed words of one text mean: a number, a name, a negation, a quotation, or only typography.

Takes one changed span with the texts around it, gives its readings: kind, before, after, and the evidence in words.
What needs a language's words takes them from its `Lexicon`; digits, capitals and quotation marks need none. Words
inside quotation marks are a change of the quotation, whatever else they are. Only sorts, never drops.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from unicodedata import normalize

from archiver.diff.facts import are_alike, facts
from archiver.diff.lexicon import Lexicon
from archiver.diff.reading import Reading
from archiver.diff.sides import Side, is_word
from archiver.diff.signals import exchanges_content, has_content, is_reworded, phrases, signals
from archiver.diff.spelling import slip
from archiver.diff.tokens import Token, fold, tokenise
from archiver.model import ChangeKind

Tokens = Sequence[Token]
Bounds = tuple[int, int]


def readings(
    old: Side, new: Side, old_bounds: Bounds, new_bounds: Bounds, *, is_put_otherwise: bool = False
) -> Iterator[Reading]:
    """All readings of a changed stretch, given by its start and end in both texts; none for a mere line break.

    `is_put_otherwise` says that its sentence was reworded as a whole.
    """
    a, b = tokenise(old.text, *old_bounds), tokenise(new.text, *new_bounds)
    before, after = old.text[slice(*old_bounds)].strip(), new.text[slice(*new_bounds)].strip()
    if not before and not after and "\n" in old.text[slice(*old_bounds)] + new.text[slice(*new_bounds)]:
        return
    has_other_address = _addresses(a) != _addresses(b)
    are_same_words = not has_other_address and (_letters(a) == _letters(b) or _essence(old, a) == _essence(new, b))
    if not are_same_words and (any(map(old.is_quoted, a)) or any(map(new.is_quoted, b))):
        what = "altered" if a and b else "removed" if a else "added"
        yield Reading(ChangeKind.QUOTATION, before, after, f"words inside quotation marks {what}")
        return
    marks = [list(filter(side.is_quotation_mark, tokens)) for side, tokens in ((old, a), (new, b))]
    if len(marks[0]) > len(marks[1]):
        quoted, bare = old.quotation_at(marks[0][0])
        yield Reading(ChangeKind.QUOTATION, quoted, bare, "quotation marks removed")
    elif len(marks[0]) < len(marks[1]):
        quoted, bare = new.quotation_at(marks[1][0])
        yield Reading(ChangeKind.QUOTATION, bare, quoted, "quotation marks added")
    if not are_same_words:
        yield from _of_words(old, new, a, b, before, after, is_put_otherwise=is_put_otherwise)
    elif len(marks[0]) == len(marks[1]):
        if not before and not after:
            before, after = old.around(*old_bounds), new.around(*new_bounds)
        yield typography(before, after)


def _of_words(
    old: Side, new: Side, a: Tokens, b: Tokens, before: str, after: str, *, is_put_otherwise: bool
) -> Iterator[Reading]:
    """The readings of words that differ and stand in no quotation."""
    if _addresses(a) != _addresses(b):
        yield from _of_addresses(old, new, a, b, before, after)
        return
    if len(a) + len(b) == 1 and (old.is_repeated(a[0]) if a else new.is_repeated(b[0])):
        yield Reading(ChangeKind.SPELLING, before, after, "a word doubled")
        return
    x, y = list(filter(is_word, a)), list(filter(is_word, b))
    if len(x) == 1 == len(y) and (reading := _of_one_word(old, new, x[0], y[0])):
        yield reading
        return
    found: list[Reading] = []
    slips = list(_slips(old, new, x, y))
    found += (reading for _, _, reading in slips)
    a = [token for token in a if token not in [was for was, _, _ in slips]]
    b = [token for token in b if token not in [now for _, now, _ in slips]]
    x, y = list(filter(is_word, a)), list(filter(is_word, b))
    spoken = [[token for token in tokens if side.names_source(token)] for side, tokens in ((old, a), (new, b))]
    others = [t for tokens, out in zip((x, y), spoken, strict=True) for t in tokens if t not in out]
    if source := _source(old, new, spoken[0], spoken[1], others, before, after):
        found.append(source)
        a, b = ([token for token in tokens if token not in out] for tokens, out in zip((a, b), spoken, strict=True))
    is_otherwise = is_put_otherwise and has_content(old, new, a, b)
    counted = list(facts(old, new, a, b, is_put_otherwise=is_otherwise and exchanges_content(old, new, a, b)))
    ignored = _ignored(counted, old.words)
    turned = list(signals(old, new, a, b, before, after, is_put_otherwise=is_otherwise, ignored=ignored))
    is_denied = any(reading.kind is ChangeKind.NEGATION for reading in turned)
    if source and not (before and after) and not has_content(old, new, a, b):
        counted = []  # the day on which they said it
        a = b = ()
    found += (
        it
        for it in counted
        if not (source and it.kind is ChangeKind.NAME and not (it.before and it.after))
        if not (is_denied and (_says_one(it) or (it.kind is ChangeKind.NUMBER and not it.after)))
    )
    found += turned
    is_beside_facts = all(it.kind in _FACTS for it in found) and exchanges_content(old, new, a, b)
    if not found or (a and b and (is_beside_facts or is_reworded(old, new, a, b))):
        found.append(wording(before, after))
    yield from found


def _slips(old: Side, new: Side, x: Tokens, y: Tokens) -> Iterator[tuple[Token, Token, Reading]]:
    """The misspelt words of a stretch in which as many stand as before."""
    small = old.words.stopwords
    agrees = any(was.key != now.key and {was.key, now.key} <= small for was, now in zip(x, y, strict=False))
    if len(x) != len(y) or agrees:  # "er schweigt", "sie schweigen"
        return
    for was, now in zip(x, y, strict=True):
        reading = _of_one_word(old, new, was, now) if min(len(was.key), len(now.key)) > _FEW_LETTERS else None
        if reading and reading.kind is ChangeKind.SPELLING:
            yield was, now, reading


def _ignored(counted: Sequence[Reading], words: Lexicon) -> frozenset[str]:
    """The hedges that belong to a time that is another: "just before dawn" → "at about four"."""
    kinds = {reading.kind for reading in counted if reading.before and reading.after}
    is_of_time = ChangeKind.DATE_TIME in kinds and ChangeKind.NUMBER not in kinds
    return words.approximators | words.hedges if is_of_time else frozenset()


_FEW_LETTERS = 3
"""Letters of a word that may follow from the next one: "a", "an"."""
_FACTS = (ChangeKind.NUMBER, ChangeKind.DATE_TIME)


def _says_one(reading: Reading) -> bool:
    """Whether a number is the "one" that stands against "no"."""
    return fold(reading.before + reading.after).startswith(("one ", "ein")) and not (reading.before and reading.after)


def _addresses(tokens: Tokens) -> list[str]:
    return [token.key for token in tokens if token.kind == "address"]


def _of_addresses(old: Side, new: Side, a: Tokens, b: Tokens, before: str, after: str) -> Iterator[Reading]:
    """An address that came, went or is another, with the small words about it; beside it what else is another."""
    texts = [
        [side.text[t.start : t.end] for t in tokens if t.kind == "address"] for side, tokens in ((old, a), (new, b))
    ]
    what = "changed" if all(texts) else "removed" if texts[0] else "added"
    a, b = ([token for token in tokens if token.kind != "address"] for tokens in (a, b))
    is_otherwise = exchanges_content(old, new, a, b) and is_reworded(old, new, a, b)
    beside = [it for it in facts(old, new, a, b, is_put_otherwise=True) if it.before and it.after]
    if is_otherwise or beside:
        before, after = (" ".join(addresses) for addresses in texts)
    yield Reading(ChangeKind.LINK, before, after, f"an address in the text {what}")
    yield from beside
    if is_otherwise:
        yield wording(*(" ".join(side.text[t.start : t.end] for t in tokens) for side, tokens in ((old, a), (new, b))))


def _of_one_word(old: Side, new: Side, was: Token, now: Token) -> Reading | None:
    """The reading of one word put for one that is nearly the same: a slip, or a name spelt otherwise."""
    before, after = old.text[was.start : was.end], new.text[now.start : now.end]
    is_fact = [
        side.amount(it) is not None or side.is_moment(it) or side.is_name(it) for side, it in ((old, was), (new, now))
    ]
    is_misspelt_moment = old.is_moment(was) != new.is_moment(now)  # "Febuary"
    if (all(is_fact) and not is_misspelt_moment) or any(it.kind not in ("word", "name", "plain") for it in (was, now)):
        return None
    why = slip(before, after, old.words)
    if why and not is_misspelt_moment and old.is_lone_name(was) and new.is_lone_name(now):
        return Reading(ChangeKind.NAME, before, after, "a name spelt otherwise")
    return Reading(ChangeKind.SPELLING, before, after, why) if why else None


def _source(old: Side, new: Side, a: Tokens, b: Tokens, others: Tokens, before: str, after: str) -> Reading | None:
    """The reading of words that name who says it, if it is somebody else now; a name put for a name is no more."""
    words = old.words
    telling = [
        [t for t in tokens if is_word(t) and not (words.is_small(t.key) or side.amount(t))]
        for side, tokens in ((old, a), (new, b))
    ]
    x, y = ([token.key for token in tokens] for tokens in telling)
    if x == y or not (x or y):
        return None
    if _hedged(words, before) != _hedged(words, after):
        return None  # "it is understood that" names nobody
    telling = [[t for t in tokens if t.key not in words.sayings | words.findings] for tokens in telling]
    speakers = [[token.key for token in tokens] for tokens in telling]
    if before and after and not any(speakers):
        return None  # another verb of saying
    has_other_verb = before and after and ((x and y) or any(not words.is_small(t.key) for t in others))
    is_named_otherwise = not (x and y) and any(old.is_name(it) or new.is_name(it) for it in others)
    if has_other_verb and (speakers[0] == speakers[1] or is_named_otherwise):
        return None
    is_before_name = all(
        side.word_after(it[-1].end)[:1].isupper() for side, it in zip((old, new), telling, strict=True) if it
    )
    if all(speakers) and is_before_name and _folded(words.titles).issuperset(speakers[0] + speakers[1]):
        return None  # another title
    if all(speakers) and all(map(old.is_name, telling[0])) and all(map(new.is_name, telling[1])):
        is_one_word = len(speakers[0]) == 1 == len(speakers[1])
        if is_one_word or not set(speakers[0]).isdisjoint(speakers[1]) or are_alike(*map(" ".join, speakers)):
            return None  # one name in two spellings, or a name for a name beside a title that stays
    return source_of(before, after)


def _hedged(words: Lexicon, text: str) -> bool:
    """Whether a text holds a phrase of doubt: "it is said", "wie es heißt"."""
    spoken = f" {' '.join(re.findall(_WORD, fold(text)))} "
    return any(f" {phrase} " in spoken for phrase in phrases(words.hedges))


_WORD = re.compile(r"[\w'’-]+")


@cache
def _folded(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(fold, words))


def _letters(tokens: Tokens) -> str:
    """The letters and digits alone, and what in a number is no mere mark: "1.5" is not "15", "-5" not "5"."""
    return "".join(filter(str.isalnum, normalize("NFKC", "".join(map(_spelt, tokens)))))


def _spelt(token: Token) -> str:
    """The key of a token; of a number without the marks between thousands, and with its other marks as words."""
    if token.kind not in ("number", "time") or token.key.isalnum():
        return token.key
    key = _BETWEEN_THOUSANDS.sub("", token.key)
    key = _BETWEEN_DIGITS.sub(lambda mark: "point" if mark[0] in ".,:" else "to", key)
    return f"minus{key}" if key.startswith("-") else key


_BETWEEN_THOUSANDS = re.compile(r"(?<=\d)[.,' ](?=\d{3}(?!\d))")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.,:/-](?=\d)")


def _essence(side: Side, tokens: Tokens) -> str:
    """What is left without case, marks, spaces and hyphens; numbers by their value."""
    return "".join(
        f"#{side.amount(token)}#" if side.amount(token) else "".join(filter(str.isalnum, token.key))
        for token in tokens
        if is_word(token)
    )


def typography(before: str, after: str) -> Reading:
    """The reading of the same words written otherwise."""
    if (
        before.isascii()
        and before.replace(" ", "").isalpha()
        and before.count(" ") != after.count(" ")
        and after.replace(" ", "").isalpha()
    ):
        return Reading(ChangeKind.SPELLING, before, after, "written as one word or as two")
    if _apostrophes(before) != _apostrophes(after):
        return Reading(ChangeKind.SPELLING, before, after, "an apostrophe came, went or stands elsewhere")
    if before.casefold() == after.casefold():
        why = "only capitals differ"
    elif fold(before) == fold(after):
        why = "only the style of quotation marks, dashes or spaces differs"
    else:
        why = "only punctuation, hyphens or the way of writing a number differs"
    return Reading(ChangeKind.TYPOGRAPHY, before, after, why)


def _apostrophes(word: str) -> list[int]:
    return [] if " " in word else [at for at, letter in enumerate(word) if letter in "'’" and at]


def source_of(before: str, after: str) -> Reading:
    """The reading of words that name who says it."""
    what = "is another" if before and after else "is named no more" if before else "is named now"
    return Reading(ChangeKind.ATTRIBUTION, before, after, f"the one who says it {what}")


def wording(before: str, after: str) -> Reading:
    """The reading of words that say nothing in particular."""
    what = "replaced" if before and after else "removed" if before else "added"
    return Reading(ChangeKind.WORDING, before, after, f"words {what}")
