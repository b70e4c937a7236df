"""Compares two states of an article, and says what the differences are.

    fields ─┐
    blocks ─┼─ Diff ── classify ── Changes ── summarise ── one line
    words  ─┘

`diff_articles` loses nothing: applied to the old state, its spans give the new one, and with their sides exchanged
they are the diff of the other direction. What a difference means says `archiver.diff.classify`, which only sorts
and weighs. All pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from archiver.diff.align import align, in_reading_order
from archiver.diff.classify import classify
from archiver.diff.fields import field_changes
from archiver.diff.sentences import sentence_changes
from archiver.diff.summary import summarise
from archiver.diff.words import compare_words
from archiver.model import Article, Block, BlockChange, BlockKind, Diff

__all__ = ["classify", "diff_articles", "summarise"]


def diff_articles(old: Article, new: Article) -> Diff:
    """All differences between two states of one article.

    Captions are compared as fields of their figures and take no part in the blocks.
    """
    blocks = _block_changes(_text_blocks(old), _text_blocks(new))
    return Diff(
        language=new.language or old.language,
        fields=field_changes(old, new, blocks),
        blocks=blocks,
        sentences=sentence_changes(blocks),
    )


def _text_blocks(article: Article) -> list[Block]:
    return [block for block in article.body if block.kind is not BlockKind.CAPTION]


def _block_changes(old: Sequence[Block], new: Sequence[Block]) -> tuple[BlockChange, ...]:
    before, after = [block.text for block in old], [block.text for block in new]
    return in_reading_order(
        [
            BlockChange(
                old=link.old,
                new=link.new,
                old_kinds=tuple(old[i].kind for i in link.old),
                new_kinds=tuple(new[j].kind for j in link.new),
                spans=compare_words("\n".join([before[i] for i in link.old]), "\n".join([after[j] for j in link.new])),
                is_moved=link.is_moved,
            )
            for link in align(before, after)
        ]
    )
