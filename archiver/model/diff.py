"""How two states of an article differ, to the letter: fields, blocks, sentences, and the spans within."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archiver.model.article import BlockKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of one text in two states, at its offsets in code points: kept where both are the same."""

    old: str
    new: str
    old_start: int
    new_start: int

    @property
    def is_kept(self) -> bool:
        """Whether nothing changed here, to the letter."""
        return self.old == self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One difference outside the body's text. An entry that appeared or vanished has an empty `old` or `new`."""

    field: str
    """As in `Article`, in the singular for what comes in numbers: "headline", "variant", "stamp", "caption", "link"."""
    label: str = ""
    """Which one: the variant's origin, the figure's number, the link's text, the notice's kind."""
    spans: tuple[Span, ...]
    is_moved: bool = False
    """It stands elsewhere now, in the list or in the text."""

    @property
    def old(self) -> str:
        """The value before."""
        return "".join(span.old for span in self.spans)

    @property
    def new(self) -> str:
        """The value after."""
        return "".join(span.new for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockChange:
    """What became of one block of the body, or of several that were merged; also of those that stayed as they were.

    Blocks are counted from 0 without the captions. The spans cover the texts of the blocks, joined by line feeds.
    """

    old: tuple[int, ...]
    new: tuple[int, ...]
    old_kinds: tuple[BlockKind, ...]
    new_kinds: tuple[BlockKind, ...]
    spans: tuple[Span, ...]
    is_moved: bool = False

    @property
    def kind(self) -> Literal["same", "edited", "added", "removed", "moved", "split", "merged"]:
        """The change in one word, the most telling first; a moved or split block may be edited as well."""
        if not self.old or not self.new:
            return "removed" if self.old else "added"
        if len(self.old) != len(self.new):
            return "merged" if len(self.old) > 1 else "split"
        if self.is_moved:
            return "moved"
        return "same" if self.old_kinds == self.new_kinds and all(span.is_kept for span in self.spans) else "edited"

    @property
    def old_text(self) -> str:
        """The text before, one block per line."""
        return "".join(span.old for span in self.spans)

    @property
    def new_text(self) -> str:
        """The text after, one block per line."""
        return "".join(span.new for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceChange:
    """What became of a sentence of the body that is not as it was. Derived from the spans of its blocks."""

    kind: Literal["edited", "added", "removed", "moved", "split", "merged"]
    old: tuple[str, ...]
    new: tuple[str, ...]
    old_block: int | None
    """The block it stood in, counted as in `BlockChange`; None when added."""
    new_block: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Everything that differs between two states of an article, exactly: fields, blocks, and the words within."""

    language: str
    """Of the newer state, "" when unknown: which words mean a negation depends on it."""
    fields: tuple[FieldChange, ...]
    """Those that differ, in the order of `Article`."""
    blocks: tuple[BlockChange, ...]
    """All of them, in the reading order of the new state; a removed one follows what it followed."""
    sentences: tuple[SentenceChange, ...]
    """Those that differ, in reading order."""

    @property
    def is_empty(self) -> bool:
        """Whether a reader would see the same article."""
        return not self.fields and all(block.kind == "same" for block in self.blocks)
