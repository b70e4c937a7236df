"""Asks the history of an article: which revision brought each sentence, and when was a phrase to be read.

Takes revisions with their articles, oldest first, one at a time, and keeps no more than one article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archiver.diff.tokens import fold, sentences
from archiver.model import Article, BlockKind, Revision

States = Iterable[tuple[Revision, Article]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A sentence with the revision that brought it, to the letter."""

    place: str
    """"headline", "standfirst", "caption", or the paragraph's number from 1."""
    sentence: str
    revision: Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Revisions in a row that all have a phrase."""

    first: Revision
    last: Revision
    before: Revision | None
    """The last revision without it; None when it was there from the beginning."""
    after: Revision | None
    """The first revision that has it no more; None when it still stands."""


def blame(states: States) -> tuple[Origin, ...]:
    """The sentences of the last article, in reading order, each with where it came from.

    A sentence that moved stays the same; one that returned after it had gone is new. What only our own reading of a
    page changed belongs to the re-extraction.
    """
    lines: tuple[Origin, ...] = ()
    for revision, article in states:
        known = defaultdict(list)
        for line in reversed(lines):
            known[line.sentence].append(line.revision)
        lines = tuple(
            Origin(place=place, sentence=text, revision=known[text].pop() if known.get(text) else revision)
            for place, text in _sentences(article)
        )
    return lines


def when(states: States, phrase: str) -> tuple[Stretch, ...]:
    """The stretches of revisions in which a phrase stands, whatever its case, quotation marks and dashes.

    Of a page that is gone nothing is to be read.
    """
    wanted = fold(" ".join(phrase.split()))
    stretches: list[Stretch] = []
    before: Revision | None = None
    first: Revision | None = None
    for revision, article in states:
        has_it = revision.status == "live" and any(wanted in fold(line) for line in _lines(article))
        if has_it and first is None:
            first, missed = revision, before
        elif not has_it and first is not None and before is not None:
            stretches.append(Stretch(first=first, last=before, before=missed, after=revision))
            first = None
        before = revision
    if first is not None and before is not None:
        stretches.append(Stretch(first=first, last=before, before=missed, after=None))
    return tuple(stretches)


def _sentences(article: Article) -> Iterator[tuple[str, str]]:
    """Every sentence with its place."""
    paragraph = 0
    parts = [("headline", article.headline), ("standfirst", article.standfirst)]
    for block in article.body:
        paragraph += block.kind is not BlockKind.CAPTION
        parts.append(("caption" if block.kind is BlockKind.CAPTION else str(paragraph), block.text))
    for place, text in parts:
        yield from ((place, text[start:end]) for start, end in sentences(text))


def _lines(article: Article) -> Iterator[str]:
    """Everything that readers read, line by line."""
    yield article.headline
    yield article.standfirst
    yield article.byline.text if article.byline else ""
    yield from (stamp.text for stamp in (*article.stamps, article.site_stamp) if stamp)
    yield from (block.text for block in article.body)
