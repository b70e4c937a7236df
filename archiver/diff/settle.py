"""Reads all changed stretches of one text, and settles what they mean together.

A change often has small ones in its train: a capital that goes once a word stands before it, an auxiliary that goes
with the verb, a word that only changed its place. Where something else changed in the same sentence they are no
changes of their own; where nothing did, they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from archiver.diff.lexicon import Lexicon
from archiver.diff.meaning import readings, wording
from archiver.diff.reading import Reading
from archiver.diff.sides import Side, is_word
from archiver.diff.signals import exchanges_content, is_reworded
from archiver.diff.tokens import Token, fold, tokenise
from archiver.model import ChangeKind, Span

_MOVABLE = (ChangeKind.NUMBER, ChangeKind.DATE_TIME, ChangeKind.NAME, ChangeKind.LINK)
_STANDING = (*_MOVABLE, ChangeKind.QUOTATION, ChangeKind.ATTRIBUTION)
_SMALL = (ChangeKind.MODALITY, ChangeKind.HEDGING)
_LONGEST = 10_000
"""Changed words and marks of one paragraph, on both sides, from which they are not read; no newsroom writes as much."""
_ENOUGH = 60
"""Changed words of a sentence from which it was put otherwise, whatever they are."""

Bounds = tuple[int, int]


class _Stretch(NamedTuple):
    """A changed span without the sentences that are reported whole, and the sentences that it stands in."""

    span: Span
    old: Bounds
    new: Bounds
    places: tuple[tuple[str, int], tuple[str, int]]
    a: list[Token]
    b: list[Token]
    is_rewritten: bool
    begins: tuple[bool, bool]
    """Whether a sentence begins with it, in both texts."""


def readings_of(
    spans: Sequence[Span],
    words: Lexicon,
    names: Collection[str] = (),
    gone: Collection[str] = (),
    come: Collection[str] = (),
) -> Iterator[Reading]:
    """What the changed words of one text mean, without those of sentences that went or came whole."""
    old, new = (
        Side(text, words, names) for text in ("".join(span.old for span in spans), "".join(span.new for span in spans))
    )
    stretches = list(_stretches(spans, old, new, gone, come))
    if sum(len(stretch.a) + len(stretch.b) for stretch in stretches) > _LONGEST:
        return (_unread(stretch) for stretch in stretches)
    reworded = _reworded(stretches, old, new)
    found = [
        (stretch, list(_read(stretch, old, new, is_put_otherwise=not reworded.isdisjoint(stretch.places))))
        for stretch in stretches
    ]
    return _settled(found, words)


def _unread(stretch: _Stretch) -> Reading:
    before, after = stretch.span.old.strip(), stretch.span.new.strip()
    return wording(before, after)._replace(evidence="more words changed in one paragraph than are read one by one")


def _stretches(
    spans: Sequence[Span], old: Side, new: Side, gone: Collection[str], come: Collection[str]
) -> Iterator[_Stretch]:
    old_bounds, new_bounds = old.sentences, new.sentences
    starts = [start for start, _ in old_bounds], [start for start, _ in new_bounds]
    skip_old = [bounds for bounds in old_bounds if old.text[slice(*bounds)] in gone] if gone else []
    skip_new = [bounds for bounds in new_bounds if new.text[slice(*bounds)] in come] if come else []
    for span in spans:
        if span.is_kept:
            continue
        whole = (span.old_start, span.old_start + len(span.old)), (span.new_start, span.new_start + len(span.new))
        before, after = _without(*whole[0], skip_old), _without(*whole[1], skip_new)
        rest = old.text[slice(*before)] + new.text[slice(*after)]
        is_rewritten = not rest.strip() and rest != span.old + span.new
        if is_rewritten and not (span.old.strip() and span.new.strip()):
            continue
        if is_rewritten:
            before, after = whole
        yield _Stretch(
            span=span,
            old=before,
            new=after,
            places=(("old", bisect_right(starts[0], before[0])), ("new", bisect_right(starts[1], after[0]))),
            a=tokenise(old.text, *before),
            b=tokenise(new.text, *after),
            is_rewritten=is_rewritten,
            begins=(before[0] in starts[0], after[0] in starts[1]),
        )


def _without(start: int, end: int, skip: Sequence[Bounds]) -> Bounds:
    """A stretch without the sentences at its ends that are reported as such, and without the spaces next to them."""
    at = max(0, bisect_right(skip, start, key=itemgetter(0)) - 1)
    while at < len(skip) and skip[at][0] <= start <= skip[at][1]:
        start = min(skip[at][1] + 1, end)
        at += 1
    at = bisect_right(skip, end, key=itemgetter(0)) - 1
    while at >= 0 and skip[at][0] <= end <= skip[at][1] + 1:
        end = max(skip[at][0], start)
        at -= 1
    return start, end


def _reworded(stretches: Sequence[_Stretch], old: Side, new: Side) -> set[tuple[str, int]]:
    """The sentences that were put otherwise as a whole, though stretch by stretch it may not look so."""
    changed: defaultdict[tuple[str, int], tuple[list[Token], list[Token]]] = defaultdict(lambda: ([], []))
    for stretch in stretches:
        for place in stretch.places:
            changed[place][0].extend(token for token in stretch.a if not old.names_source(token))
            changed[place][1].extend(token for token in stretch.b if not new.names_source(token))
    exchanges = (it for it in stretches if it.a and it.b and exchanges_content(old, new, it.a, it.b))
    together = {place for stretch in exchanges for place in stretch.places}
    return {
        place
        for place, (a, b) in changed.items()
        if len(a) + len(b) > _ENOUGH or is_reworded(old, new, a, b, is_scattered=place not in together)
    }


def _read(stretch: _Stretch, old: Side, new: Side, *, is_put_otherwise: bool) -> Iterator[Reading]:
    """The readings of a stretch; of a sentence that was rewritten whole only facts that took the place of others."""
    is_put_otherwise = is_put_otherwise or stretch.is_rewritten
    for reading in readings(old, new, stretch.old, stretch.new, is_put_otherwise=is_put_otherwise):
        if not stretch.is_rewritten or (reading.kind in _STANDING and reading.before and reading.after):
            yield reading


def _settled(found: Sequence[tuple[_Stretch, list[Reading]]], words: Lexicon) -> Iterator[Reading]:
    """The readings without what follows from others; a stretch of which nothing is left was put otherwise."""
    settled = list(_without_consequences(found, words))
    gone = Counter(token.key for stretch, _ in found for token in stretch.a if is_word(token))
    come = Counter(token.key for stretch, _ in found for token in stretch.b if is_word(token))
    tells = [
        any(reading.kind is not ChangeKind.TYPOGRAPHY for reading in group)
        and not (_is_small(stretch, group, words) or _is_moved(stretch, group, gone, come))
        for stretch, group in settled
    ]
    busy = Counter(place for (stretch, _), it in zip(settled, tells, strict=True) if it for place in stretch.places)
    for at, (stretch, group) in enumerate(settled):
        is_beside = not tells[at] and any(busy[place] for place in stretch.places)
        follows = not group or _is_small(stretch, group, words) or _is_moved(stretch, group, gone, come)
        if is_beside and (follows or _is_capital(group, settled, at) or _is_at_border(stretch, group)):
            continue
        yield from group
        if not group and found[at][1]:
            yield wording(stretch.span.old.strip(), stretch.span.new.strip())


def _without_consequences(
    found: Sequence[tuple[_Stretch, list[Reading]]], words: Lexicon
) -> Iterator[tuple[_Stretch, list[Reading]]]:
    """The readings without facts and small words that only changed their place, and what else others bring about."""
    every = [reading for _, group in found for reading in group]
    movable = [reading for reading in every if reading.kind in _MOVABLE]
    removed = {_named(reading) for reading in movable if not reading.after}
    added = {_named(reading) for reading in movable if not reading.before}
    said = {reading.evidence for reading in every if reading.kind in _SMALL}
    quoted = [reading for reading in every if reading.kind is ChangeKind.QUOTATION]
    denied = _denied(found)
    told = {
        place
        for stretch, group in found
        if any(reading.kind is ChangeKind.ATTRIBUTION for reading in group)
        for place in stretch.places
    }
    for stretch, group in found:
        is_backshift = not told.isdisjoint(stretch.places) and _is_backshift(stretch, words)
        yield (
            stretch,
            [
                reading
                for reading in group
                if not (is_backshift and reading.kind is ChangeKind.MODALITY)
                and not (reading.kind is ChangeKind.NEGATION and not denied.isdisjoint(stretch.places))
                and not (reading.kind in _SMALL and _reverse(reading.evidence) in said - {reading.evidence})
                and not _is_within(reading, quoted)
                and not (_is_one_name(reading) and not told.isdisjoint(stretch.places))
                and ((reading.before and reading.after) or _named(reading) not in removed & added)
            ],
        )


def _named(reading: Reading) -> tuple[ChangeKind, str | float]:
    """What tells one fact from another: of a number its value, "300-year-old" and "300 years" are one."""
    quantity = reading.quantity
    value = (quantity.before if reading.before else quantity.after) if quantity else None
    return reading.kind, fold(reading.before or reading.after) if value is None else value


def _denied(found: Sequence[tuple[_Stretch, list[Reading]]]) -> set[tuple[str, int]]:
    """The sentences that lost one negation and got another, and so deny as much as before."""
    signs: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for stretch, group in found:
        for reading in group:
            if reading.kind is ChangeKind.NEGATION:
                sign = next(
                    (sign for sign in ("removed", "added") if reading.evidence.startswith(f"a negation {sign}")), ""
                )
                for place in stretch.places:
                    signs[place].add(sign)
    return {place for place, found_signs in signs.items() if found_signs >= {"removed", "added"}}


def _is_one_name(reading: Reading) -> bool:
    """Whether a name came or went; beside somebody else who says it, it is theirs."""
    return reading.kind is ChangeKind.NAME and not (reading.before and reading.after)


def _is_within(reading: Reading, quoted: Sequence[Reading]) -> bool:
    """Whether marks came or went at a quotation of which other words changed too."""
    if reading.kind is not ChangeKind.QUOTATION or not reading.evidence.startswith("quotation marks"):
        return False
    return any(
        other is not reading
        and len(other.before + other.after)
        and other.evidence.startswith("words inside")
        and (other.before in reading.before if reading.evidence.endswith("removed") else other.after in reading.after)
        for other in quoted
    )


def _is_backshift(stretch: _Stretch, words: Lexicon) -> bool:
    """Whether a modal verb only took the form that goes with "he said": "will", "would"."""
    a, b = ([token.key for token in tokens if token.key in words.modals] for tokens in (stretch.a, stretch.b))
    return len(a) == 1 == len(b) and b[0] in words.forms.get(a[0], ())


def _is_small(stretch: _Stretch, group: Sequence[Reading], words: Lexicon) -> bool:
    """Whether nothing but small words were put otherwise."""
    is_wording = all(reading.kind is ChangeKind.WORDING for reading in group)
    return is_wording and all(words.is_small(token.key) for token in (*stretch.a, *stretch.b) if is_word(token))


def _is_moved(stretch: _Stretch, group: Sequence[Reading], gone: Counter[str], come: Counter[str]) -> bool:
    """Whether words only went from or came to one place, and stand in another."""
    if any(reading.kind is not ChangeKind.WORDING for reading in group):
        return False
    a, b = ({token.key for token in tokens if is_word(token)} for tokens in (stretch.a, stretch.b))
    return bool(a) != bool(b) and all(come[key] for key in a) and all(gone[key] for key in b)


def _is_capital(group: Sequence[Reading], found: Sequence[tuple[_Stretch, list[Reading]]], at: int) -> bool:
    """Whether nothing changed but the first capital of a word, beside something else."""
    is_only = (
        len(group) == 1
        and group[0].kind is ChangeKind.TYPOGRAPHY
        and group[0].evidence == "only capitals differ"
        and group[0].before[1:] == group[0].after[1:]
    )
    beside = [reading for _, other in found[max(0, at - 1) : at + 2] if other is not group for reading in other]
    return is_only and any(reading.kind is not ChangeKind.TYPOGRAPHY for reading in beside)


def _is_at_border(stretch: _Stretch, group: Sequence[Reading]) -> bool:
    """Whether typography follows from where clauses now begin: a comma or stop, or a capital that began a sentence."""
    if len(group) != 1 or group[0].kind is not ChangeKind.TYPOGRAPHY:
        return False
    is_stop = not set(stretch.span.old + stretch.span.new) - set(",.; ")
    return is_stop or (group[0].evidence == "only capitals differ" and stretch.begins[0] != stretch.begins[1])


def _reverse(evidence: str) -> str:
    """The evidence of the same words that came where these went, or the other way round."""
    return (
        evidence.replace(" removed: ", " added: ")
        if " removed: " in evidence
        else evidence.replace(" added: ", " removed: ")
    )
