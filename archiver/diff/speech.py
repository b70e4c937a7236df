"""Finds who is said to say it: the stretches of a text that name a source.

Takes a text with its quotations, gives the places of "police said", "said the mayor of Skarn", "according to two people
who know", "nach Angaben der Stadt", "wie die Polizei mitteilte": the verb of saying with the words beside it up to the
next mark, or the phrase with the words that follow it. Without grammar: a relative clause may pass for a speaker.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from archiver.diff.lexicon import Lexicon
from archiver.diff.tokens import Token, sentences, tokenise

_LONGEST_SPEAKER = 8
_LONGEST_ADDRESSEE = 6
_LONGEST_SOURCE = 12
_LONGEST_CLAUSE = 30
"""Words of each."""


def sources(text: str, words: Lexicon) -> list[tuple[int, int]]:
    """Start and end of every stretch that names a source, in order; none overlaps the next."""
    return [place for bounds in sentences(text) for place in sources_in(text, *bounds, words)]


def sources_in(text: str, start: int, end: int, words: Lexicon) -> list[tuple[int, int]]:
    """The same of one sentence, given by its start and end."""
    found: list[tuple[int, int]] = []
    if not (tokens := tokenise(text, start, end)):
        return found
    for place in sorted([*_spoken(text, tokens, words), *_sourced(text, tokens, words)]):
        if found and place[0] < found[-1][1]:
            found[-1] = (found[-1][0], max(place[1], found[-1][1]))
        else:
            found.append(place)
    return found


def _spoken(text: str, tokens: Sequence[Token], words: Lexicon) -> Iterator[tuple[int, int]]:
    """Verbs of saying with those who speak."""
    for at, verb in enumerate(tokens):
        is_saying = verb.key in words.sayings
        if not (is_saying or verb.key in words.findings or verb.key in _first_parts(words)):
            continue
        if at and _is_noun(verb, tokens[at - 1], words):
            continue
        left = at
        while left > max(0, at - _LONGEST_SPEAKER - 1) and not _is_boundary(tokens[left - 1], words):
            left -= 1
        right = at + 1
        while right < min(len(tokens), at + 1 + _LONGEST_CLAUSE) and not _is_boundary(tokens[right], words):
            right += 1
        has_that = right < len(tokens) and tokens[right].key in words.complements
        if not is_saying and f"{verb.key} {tokens[right - 1].key}" not in words.split_verbs:
            is_after_all = right == at + 1 and 0 < left < at  # ", the study found."
            if verb.key not in words.findings or not (is_after_all or (has_that and right == at + 1)):
                continue
        left = _apposition(tokens, left, at, right, words)
        before = [token.key for token in tokens[left:at]]
        if words.relatives.intersection(before[-1:]):
            continue
        if before and before[-1].removesuffix("n't") in words.passives and is_saying and not has_that:
            continue  # "were told" says who heard it
        if at + 1 < len(tokens) and tokens[at + 1].key in words.passives and words.nouns_are_capitalised:
            continue  # "als erwartet worden war"
        is_clause = any(token.key in words.modals or token.key in words.auxiliaries for token in tokens[at + 1 : right])
        if words.before_speaker.issuperset(before) and not is_clause:
            is_speaker_next = at + 1 < len(tokens) and tokens[at + 1].key not in words.relations
            last = min(right, at + 1 + _LONGEST_SPEAKER) if is_speaker_next else at + 1
            last = _who_is(tokens, last, words) if last == right > at + 1 else last
        elif len(before) > _LONGEST_SPEAKER and tokens[left].key not in _BOUNDARIES and "," not in before:
            continue
        else:
            last = min(right, at + 1 + _LONGEST_ADDRESSEE) if verb.key in words.addressing else at + 1
        if last < len(tokens) and tokens[last].key in words.complements:
            last += 1
        yield tokens[left].start, tokens[last - 1].end


def _apposition(tokens: Sequence[Token], left: int, at: int, right: int, words: Lexicon) -> int:
    """Where a speaker begins who is named twice: "The minister, Bram Okoye, has said that"; else `left`."""
    is_between = left >= 2 and tokens[left - 1].key == ","
    is_bare = words.auxiliaries.issuperset(token.key for token in tokens[left:at])
    goes_on = at > left or (right < len(tokens) and tokens[right].key in words.complements)
    goes_on = goes_on or tokens[at].key in words.addressing or right - at > _LONGEST_SPEAKER
    if not (is_between and is_bare and goes_on):
        return left
    comma = left - 2
    while comma > max(0, left - _LONGEST_SPEAKER) and not _is_boundary(tokens[comma], words):
        comma -= 1
    if tokens[comma].key != "," or comma == left - 2 or tokens[comma + 1].key in words.relatives:
        return left
    first = comma
    while first > max(0, comma - _LONGEST_SPEAKER) and not _is_boundary(tokens[first - 1], words):
        first -= 1
    return first


def _who_is(tokens: Sequence[Token], last: int, words: Lexicon) -> int:
    """Where what is said of a speaker ends: "says Fay Thirlby, its discoverer", "…, who mined there"; else `last`."""
    if last + 1 >= len(tokens) or tokens[last].key != ",":
        return last
    if tokens[last + 1].key not in words.articles:
        return last
    end = last + 1
    while end < len(tokens) and end - last <= _LONGEST_SOURCE and not _is_boundary(tokens[end], words):
        end += 1
    return end if end >= len(tokens) or tokens[end].key in _STOPS else last


def _is_noun(word: Token, before: Token, words: Lexicon) -> bool:
    """Whether a form that may be a verb is rather a noun: "the report", "der Bericht"."""
    return word.kind == "name" or (before.key in words.articles and not words.nouns_are_capitalised)


def _sourced(text: str, tokens: Sequence[Token], words: Lexicon) -> Iterator[tuple[int, int]]:
    """Phrases such as "according to" with what they name."""
    start, end = tokens[0].start, tokens[-1].end
    starts = [token.start for token in tokens]
    for match in _before_source(words).finditer(text, start, end):
        first = bisect_left(starts, match.end())
        after = tokens[first : first + _LONGEST_SOURCE]
        size = 0
        has_noun = False
        while size < len(after) and not _is_boundary(after[size], words):
            is_noun = after[size].kind == "name"
            if words.nouns_are_capitalised and has_noun and not is_noun and after[size].key not in words.articles:
                break  # German sets no comma before the verb
            has_noun = has_noun or is_noun
            size += 1
        yield match.start(), after[size - 1].end if size else match.end()
    for at, token in enumerate(tokens):
        if token.key in words.after_source:
            left = at
            while left and not _is_boundary(tokens[left - 1], words) and at - left < _LONGEST_SPEAKER:
                left -= 1
            yield tokens[left].start, token.end


def _is_boundary(token: Token, words: Lexicon) -> bool:
    return token.kind == "quote" or token.key in _BOUNDARIES or token.key in words.complements


_STOPS = frozenset([".", "!", "?", ";"])
_BOUNDARIES = frozenset([",", ";", ":", "-", "--", "(", ")", ".", "!", "?", "...", "…", "。"])


@cache
def _before_source(words: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(words.sources))})(?!\w)", re.IGNORECASE)


@cache
def _first_parts(words: Lexicon) -> frozenset[str]:
    return frozenset(verb.partition(" ")[0] for verb in words.split_verbs)
