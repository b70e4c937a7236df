"""Turns a diff into changes with a meaning: what sort each is, how much it weighs, and the evidence in words.

A change of words is read by `archiver.diff.meaning`; this module adds what parts of the page changed (headline,
notice, stamp, caption, …) and which sentences and paragraphs came, went or moved. Deterministic, without a model;
everything that differs yields at least one change. A class sorts and weighs, it never hides.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, Literal

from archiver.diff.lexicon import Lexicon, lexicon
from archiver.diff.meaning import source_of, wording
from archiver.diff.notices import notice_kind
from archiver.diff.reading import Reading
from archiver.diff.rewrites import paired_sentences
from archiver.diff.settle import readings_of
from archiver.diff.sides import names_in, quotations
from archiver.diff.speech import sources
from archiver.diff.spelling import slip
from archiver.diff.words import compare_words
from archiver.model import BlockChange, Change, ChangeKind, Diff, FieldChange, SentenceChange

_WEIGHTS = {
    ChangeKind.NEGATION: 95,
    ChangeKind.QUOTATION: 85,
    ChangeKind.NUMBER: 80,
    ChangeKind.NAME: 78,
    ChangeKind.NOTICE: 75,
    ChangeKind.HEADLINE: 72,
    ChangeKind.DATE_TIME: 70,
    ChangeKind.ATTRIBUTION: 65,
    ChangeKind.MODALITY: 60,
    ChangeKind.PUBLISHED: 60,
    ChangeKind.HEDGING: 55,
    ChangeKind.STANDFIRST: 55,
    ChangeKind.BYLINE: 50,
    ChangeKind.PARAGRAPH: 50,
    ChangeKind.SENTENCE: 45,
    ChangeKind.CAPTION: 45,
    ChangeKind.DATELINE: 40,
    ChangeKind.WORDING: 30,
    ChangeKind.CREDIT: 30,
    ChangeKind.IMAGE: 20,
    ChangeKind.LINK: 20,
    ChangeKind.SPELLING: 10,
    ChangeKind.SECTION: 10,
    ChangeKind.DECLARATION: 10,
    ChangeKind.STAMP: 5,
    ChangeKind.LAYOUT: 5,
    ChangeKind.TYPOGRAPHY: 2,
}
_WEIGHT_OF_A_MOVE = 15
_WEIGHT_OF_A_REPEAT = 5

_FIELD_KINDS = {
    "headline": ChangeKind.HEADLINE,
    "variant": ChangeKind.HEADLINE,
    "standfirst": ChangeKind.STANDFIRST,
    "byline": ChangeKind.BYLINE,
    "dateline": ChangeKind.DATELINE,
    "published": ChangeKind.PUBLISHED,
    "modified": ChangeKind.STAMP,
    "stamp": ChangeKind.STAMP,
    "site_stamp": ChangeKind.STAMP,
    "section": ChangeKind.SECTION,
    "language": ChangeKind.DECLARATION,
    "canonical_url": ChangeKind.DECLARATION,
    "is_free": ChangeKind.DECLARATION,
    "caption": ChangeKind.CAPTION,
    "credit": ChangeKind.CREDIT,
    "image": ChangeKind.IMAGE,
    "link": ChangeKind.LINK,
    "notice": ChangeKind.NOTICE,
}
_WORDY_FIELDS = ("headline", "standfirst", "caption", "notice")

_INSIDE: dict[str, Any] = {
    "kind": ChangeKind.QUOTATION,
    "weight": _WEIGHTS[ChangeKind.QUOTATION],
    "evidence": "a sentence inside quotation marks came or went",
}
Action = Literal["altered", "added", "removed", "moved"]


def classify(diff: Diff) -> tuple[Change, ...]:
    """Every change of a diff: those of the fields first, then those of the text in reading order."""
    words = lexicon(diff.language)
    headline = next((field.new for field in diff.fields if field.field == "headline"), None)
    notices = {text for field in diff.fields if field.field == "notice" for text in (field.old, field.new) if text}
    changes: list[Change] = []
    for field in diff.fields:
        repeats = field.field == "variant" and field.new == headline
        changes += _of_field(field, words, _WEIGHT_OF_A_REPEAT if repeats else None)
    whole_sentences = _whole_sentences(diff)
    sizes = sum(len(block.old) for block in diff.blocks), sum(len(block.new) for block in diff.blocks)
    names = names_in((text for block in diff.blocks for text in (block.old_text, block.new_text)), words)
    for block, sentences_of in zip(diff.blocks, whole_sentences, strict=True):
        if notices and notices & {block.old_text, block.new_text}:
            continue  # reported as a notice: its paragraph is not another change
        if block.kind != "same" and (kind := _notice_kind(block, sizes, words)):
            changes.append(_of_notice(block, kind))
        elif block.kind in ("added", "removed"):
            changes.append(_of_paragraph(block))
        elif block.kind != "same":
            changes += _of_block(block, sentences_of, words, names)
    return tuple(_put_right(change, diff, words) for change in changes)


def _put_right(change: Change, diff: Diff, words: Lexicon) -> Change:
    """A name spelt otherwise is a slip where the rest of the article has the plain word, or spells it right."""
    exchanged = [it for it in zip(change.before.split(), change.after.split(), strict=False) if it[0] != it[1]]
    if change.kind is not ChangeKind.NAME or len(exchanged) != 1 or not slip(*exchanged[0], words):
        return change
    old = "\n".join(block.old_text for block in diff.blocks)
    new = "\n".join(block.new_text for block in diff.blocks)
    word = exchanged[0][1]
    before, after, plain = map(re.escape, (change.before, change.after, word.lower()))
    compound = rf"|\w{plain}\b" if words.nouns_are_capitalised else ""
    is_plain = len(word) > _FEW_LETTERS and re.search(rf"\b{plain}\b{compound}", f"{old}\n{new}")
    is_right_elsewhere = re.search(rf"\b{after}\b", old) and len(re.findall(rf"\b{before}\b", old)) == 1
    if not (is_plain or is_right_elsewhere):
        return change
    evidence = "one word, spelt so elsewhere in the article"
    return replace(change, kind=ChangeKind.SPELLING, weight=_WEIGHTS[ChangeKind.SPELLING], evidence=evidence)


_FEW_LETTERS = 4
"""Letters up to which one word may stand in another by chance."""


def _notice_kind(block: BlockChange, sizes: tuple[int, int], words: Lexicon) -> str:
    """Which kind of notice a paragraph is or was."""
    sides = (block.new, sizes[1], block.new_text), (block.old, sizes[0], block.old_text)
    return next(
        (
            kind
            for places, size, text in sides
            if places and (kind := notice_kind(text, words, is_at_edge=places[0] in (0, size - 2, size - 1)))
        ),
        "",
    )


def _whole_sentences(diff: Diff) -> list[list[tuple[SentenceChange, bool]]]:
    """For every block the sentences that came to it or went from it whole, and whether to report them there.

    Not those that moved with their block. A move between two blocks is reported once.
    """
    old_at = {at: number for number, block in enumerate(diff.blocks) for at in block.old}
    new_at = {at: number for number, block in enumerate(diff.blocks) for at in block.new}
    found: list[list[tuple[SentenceChange, bool]]] = [[] for _ in diff.blocks]
    for change in diff.sentences:
        origin = None if change.old_block is None else old_at[change.old_block]
        goal = None if change.new_block is None else new_at[change.new_block]
        if change.kind not in ("added", "removed", "moved"):
            continue
        if origin is not None and origin == goal and diff.blocks[origin].is_moved:
            continue
        if origin is not None:
            found[origin].append((change, goal in (None, origin) or diff.blocks[goal or 0].kind == "added"))
        if goal is not None and goal != origin:
            found[goal].append((change, True))
    return found


def _of_field(field: FieldChange, words: Lexicon, weight: int | None) -> Iterator[Change]:
    """The change of a part of the page, then the facts among its words. Mere typography is that alone."""
    name = f"{field.field.replace('_', ' ')} {field.label}".strip()
    kind = _FIELD_KINDS[field.field]
    action = "moved" if field.is_moved else _action(field.old, field.new)
    read = list(readings_of(field.spans, words)) if field.field in _WORDY_FIELDS and action == "altered" else []
    if not read or any(reading.kind is not ChangeKind.TYPOGRAPHY for reading in read):
        yield Change(
            kind=kind,
            action=action,
            field=field.field,
            label=field.label,
            weight=_WEIGHTS[kind] if weight is None else weight,
            before=field.old,
            after=field.new,
            evidence=f"{name} {action}",
        )
    for reading in read:
        if reading.kind.group == "fact" or reading.kind is ChangeKind.TYPOGRAPHY:
            yield _worded(reading, field.field, field.label)


def _action(before: str, after: str) -> Action:
    return "altered" if before and after else "removed" if before else "added"


def _of_paragraph(block: BlockChange) -> Change:
    """A paragraph that came or went."""
    evidence = f"a paragraph of {len((block.old_text or block.new_text).split())} words {block.kind}"
    return _placed(ChangeKind.PARAGRAPH, _action(block.old_text, block.new_text), block, evidence)


def _of_notice(block: BlockChange, kind: str) -> Change:
    """A paragraph that reads as a notice though the page does not mark it as one."""
    is_same = block.old_text == block.new_text
    action: Action = "moved" if is_same else _action(block.old_text, block.new_text)
    return replace(_placed(ChangeKind.NOTICE, action, block, f"a paragraph worded as a notice {action}"), label=kind)


def _of_block(
    block: BlockChange, whole: Sequence[tuple[SentenceChange, bool]], words: Lexicon, names: frozenset[str]
) -> Iterator[Change]:
    """What happened to a block as a whole, to its sentences, and to its words."""
    if block.is_moved:
        evidence = f"the paragraph stands elsewhere: ¶{block.old[0] + 1} → ¶{block.new[0] + 1}"
        yield _placed(ChangeKind.PARAGRAPH, "moved", block, evidence)
    if len(block.old) != len(block.new):
        evidence = "one paragraph split" if len(block.old) == 1 else "paragraphs merged into one"
        yield _placed(ChangeKind.LAYOUT, "altered", block, evidence)
    elif block.old_kinds != block.new_kinds:
        yield _placed(ChangeKind.LAYOUT, "altered", block, f"a {block.old_kinds[0]} became a {block.new_kinds[0]}")
    whole, moved, rewritten = paired_sentences(block, whole)
    for before, after in moved:
        yield from _of_moved_sentence(before, after, block, words, names)
    old, new = _Quoting(block.old_text), _Quoting(block.new_text)
    for change, is_reported_here in whole:
        if is_reported_here:
            is_inside = change.kind != "moved" and (
                old.goes_on(change.old[0]) if change.old else new.goes_on(change.new[0])
            )
            yield replace(_of_sentence(change), **_INSIDE) if is_inside else _of_sentence(change)
    said = [pair for pair in rewritten if all(map(_is_source(words), pair))]
    for pair in rewritten:
        yield _worded(source_of(*pair) if pair in said else wording(*pair), "body", "", block)
    gone = {text for change, _ in whole if change.old_block in block.old for text in change.old}
    come = {text for change, _ in whole if change.new_block in block.new for text in change.new}
    gone |= {before for before, _ in (*rewritten, *moved)}
    come |= {after for _, after in (*rewritten, *moved)}
    for reading in readings_of(block.spans, words, names, gone=gone, come=come):
        if not (said and reading.kind is ChangeKind.ATTRIBUTION):
            yield _worded(reading, "body", "", block)


class _Quoting:
    """A text with its quotations."""

    def __init__(self, text: str) -> None:
        self._text, self._quoted = text, quotations(text)

    def goes_on(self, sentence: str) -> bool:
        """Whether a sentence is a part of a quotation, or all of one beside another."""
        if not self._quoted:
            return False
        start = self._text.find(sentence)
        at = bisect_right(self._quoted, start + 1, key=itemgetter(0)) - 1
        if at < 0:
            return False
        opened, closed = self._quoted[at]
        is_whole = (start, start + len(sentence)) == (opened - 1, closed + 1) and len(self._quoted) > 1
        return is_whole or opened < start < closed


def _is_source(words: Lexicon) -> Callable[[str], bool]:
    """Whether a sentence does nothing but name who says it: "Das bestätigte die Polizei."."""
    return lambda text: any(start == 0 and end >= len(text) - 1 for start, end in sources(text, words))


def _of_moved_sentence(
    before: str, after: str, block: BlockChange, words: Lexicon, names: frozenset[str]
) -> Iterator[Change]:
    """A sentence that was edited on its way to another place, and the edits."""
    yield replace(
        _placed(ChangeKind.SENTENCE, "moved", block, "a sentence stands elsewhere"), before=before, after=after
    )
    for reading in readings_of(compare_words(before, after), words, names):
        yield _worded(reading, "body", "", block)


def _of_sentence(change: SentenceChange) -> Change:
    """A sentence that came, went or moved."""
    before, after = "".join(change.old), "".join(change.new)
    action: Action = "moved" if change.kind == "moved" else _action(before, after)
    return Change(
        kind=ChangeKind.SENTENCE,
        action=action,
        field="body",
        weight=_WEIGHT_OF_A_MOVE if action == "moved" else _WEIGHTS[ChangeKind.SENTENCE],
        before=before,
        after=after,
        evidence=f"a sentence {'stands elsewhere' if action == 'moved' else action}",
        old_block=change.old_block,
        new_block=change.new_block,
    )


def _worded(reading: Reading, field: str, label: str, block: BlockChange | None = None) -> Change:
    return Change(
        kind=reading.kind,
        action=_action(reading.before, reading.after),
        field=field,
        label=label,
        weight=_WEIGHTS[reading.kind],
        before=reading.before,
        after=reading.after,
        evidence=reading.evidence,
        quantity=reading.quantity,
        old_block=block.old[0] if block else None,
        new_block=block.new[0] if block else None,
    )


def _placed(kind: ChangeKind, action: Action, block: BlockChange, evidence: str) -> Change:
    return Change(
        kind=kind,
        action=action,
        field="body",
        weight=_WEIGHT_OF_A_MOVE if action == "moved" else _WEIGHTS[kind],
        before=block.old_text,
        after=block.new_text,
        evidence=evidence,
        old_block=block.old[0] if block.old else None,
        new_block=block.new[0] if block.new else None,
    )
