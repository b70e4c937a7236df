"""Compares what stands around the body's text: headline, byline, dates, figures, links, notices.

Single values are compared as a reader sees them; of a date that is its verbatim text. What comes in numbers is aligned
by content, not by position: a figure by its caption or address, a link by its text or target, a notice by its words.
The order of links and the words they are set on belong to the body's text and are not compared again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import zip_longest
from typing import TypeVar

from archiver.diff.align import align
from archiver.diff.words import compare_words
from archiver.model import Article, Block, BlockChange, BlockKind, FieldChange, Figure, Link, Notice, PageDate, Span

T = TypeVar("T")


def field_changes(old: Article, new: Article, blocks: Sequence[BlockChange]) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of `Article`; `blocks` tell whether a figure stands where it stood."""
    return (
        *_text("headline", old.headline, new.headline),
        *_variants(old, new),
        *_text("standfirst", old.standfirst, new.standfirst),
        *_text("byline", *_told_apart(_bylines(old), _bylines(new))),
        *_text("dateline", old.dateline, new.dateline),
        *_dates("published", _some(old.published), _some(new.published)),
        *_dates("modified", _some(old.modified), _some(new.modified)),
        *_dates("stamp", old.stamps, new.stamps),
        *_dates("site_stamp", _some(old.site_stamp), _some(new.site_stamp)),
        *_value("section", old.section, new.section),
        *_value("language", old.language, new.language),
        *_value("canonical_url", old.canonical_url, new.canonical_url),
        *_value("is_free", _FREE[old.is_free], _FREE[new.is_free]),
        *_figures(old, new, blocks),
        *_links(old, new),
        *_notices(old.notices, new.notices),
    )


_FREE = {None: "", True: "free", False: "paid"}


def _text(field: str, old: str, new: str, label: str = "") -> Iterator[FieldChange]:
    """A value whose words matter."""
    if old != new:
        yield FieldChange(field=field, label=label, spans=compare_words(old, new))


def _value(field: str, old: str, new: str, label: str = "") -> Iterator[FieldChange]:
    """A value that changes whole."""
    if old != new:
        yield FieldChange(field=field, label=label, spans=(Span(old=old, new=new, old_start=0, new_start=0),))


def _some(value: T | None) -> tuple[T, ...]:
    return () if value is None else (value,)


def _told_apart(old: tuple[str, str], new: tuple[str, str]) -> tuple[str, str]:
    """What a reader sees; with what we read from it where only that differs."""
    if old[0] != new[0] or old == new:
        return old[0], new[0]
    return f"{old[0]} ({old[1]})", f"{new[0]} ({new[1]})"


def _bylines(article: Article) -> tuple[str, str]:
    return (article.byline.text, ", ".join(article.byline.names)) if article.byline else ("", "")


def _variants(old: Article, new: Article) -> Iterator[FieldChange]:
    before = {variant.origin: variant.text for variant in old.variants}
    after = {variant.origin: variant.text for variant in new.variants}
    for origin in dict.fromkeys([*before, *after]):
        yield from _text("variant", before.get(origin, ""), after.get(origin, ""), origin)


def _dates(field: str, old: Sequence[PageDate], new: Sequence[PageDate]) -> Iterator[FieldChange]:
    before = [(date.text, date.iso) for date in old]
    after = [(date.text, date.iso) for date in new]
    for date in set(before) & set(after):
        before.remove(date)
        after.remove(date)
    for was, now in zip_longest(before, after, fillvalue=("", "")):
        yield from _text(field, *_told_apart(was, now))


def _pairs(
    old: Sequence[T], new: Sequence[T], *alike: Callable[[T], Hashable], words: Callable[[T], str]
) -> Iterator[tuple[T | None, T | None]]:
    """Entries that belong together: by the first key that both have, else by the words they share; then the others."""
    pairs: dict[int, int] = {}
    olds, news = list(range(len(old))), list(range(len(new)))
    for key in alike:
        partners = defaultdict(list)
        for j in reversed(news):
            partners[key(new[j])].append(j)
        for i in olds:
            if key(old[i]) and (found := partners[key(old[i])]):
                pairs[i] = found.pop()
        taken = set(pairs.values())
        olds, news = [i for i in olds if i not in pairs], [j for j in news if j not in taken]
    for link in align([words(old[i]) for i in olds], [words(new[j]) for j in news]) if olds and news else ():
        if link.old and link.new:
            pairs[olds[link.old[0]]] = news[link.new[0]]
    taken = set(pairs.values())
    yield from ((old[i], new[j]) for i, j in sorted(pairs.items(), key=lambda pair: pair[1]))
    yield from ((entry, None) for i, entry in enumerate(old) if i not in pairs)
    yield from ((None, entry) for j, entry in enumerate(new) if j not in taken)


def _figures(old: Article, new: Article, blocks: Sequence[BlockChange]) -> Iterator[FieldChange]:
    moved = _moved_captions(old.body, new.body, blocks)
    keys: tuple[Callable[[Figure], Hashable], ...] = (
        lambda figure: figure if figure.src or figure.line else None,
        lambda figure: figure.caption,
        lambda figure: figure.src,
    )
    for was, now in _pairs(old.figures, new.figures, *keys, words=lambda figure: figure.line):
        label = str(new.figures.index(now) + 1 if now else old.figures.index(was) + 1 if was else "")
        was, now = was or Figure(), now or Figure()
        yield from _value("image", was.src, now.src, label)
        yield from _text("caption", was.caption, now.caption, label)
        yield from _text("credit", was.credit, now.credit, label)
        if was.line in moved and was.line == now.line:
            yield FieldChange(field="caption", label=label, spans=compare_words(was.line, now.line), is_moved=True)


def _moved_captions(old: Sequence[Block], new: Sequence[Block], blocks: Sequence[BlockChange]) -> set[str]:
    """Captions on both sides that neither follow nor precede the block which they followed or preceded."""
    continued = {(i, j) for block in blocks for i in (-1, *block.old) for j in (-1, *block.new) if (i < 0) == (j < 0)}
    continued.add(
        (
            sum(block.kind is not BlockKind.CAPTION for block in old),
            sum(block.kind is not BlockKind.CAPTION for block in new),
        )
    )
    before, after = _caption_places(old), _caption_places(new)
    return {
        line
        for line in before.keys() & after.keys()
        if not {(before[line] - 1, after[line] - 1), (before[line], after[line])} & continued
    }


def _caption_places(body: Sequence[Block]) -> dict[str, int]:
    """How many blocks of text stand before each caption."""
    places: dict[str, int] = {}
    count = 0
    for block in body:
        if block.kind is BlockKind.CAPTION:
            places.setdefault(block.text, count)
        else:
            count += 1
    return places


def _links(old: Article, new: Article) -> Iterator[FieldChange]:
    keys: tuple[Callable[[Link], Hashable], ...] = (
        lambda link: link,
        lambda link: link.text,
        lambda link: link.target,
    )
    for was, now in _pairs(old.links, new.links, *keys, words=lambda link: link.text):
        some = now or was or Link(text="", target="")
        yield from _value("link", was.target if was else "", now.target if now else "", some.text)


def _notices(old: Sequence[Notice], new: Sequence[Notice]) -> Iterator[FieldChange]:
    for was, now in _pairs(old, new, lambda notice: (notice.kind, notice.text), words=lambda notice: notice.text):
        before, after = was.text if was else "", now.text if now else ""
        kinds = " → ".join(dict.fromkeys(notice.kind.value for notice in (was, now) if notice))
        if before != after or "→" in kinds:
            yield FieldChange(field="notice", label=kinds, spans=compare_words(before, after))
