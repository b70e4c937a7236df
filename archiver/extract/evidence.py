"""Weigh what else is known of the text: what the page declares as its body, and what the last revision held.

Both are evidence, never truth: they can vouch for a doubtful block, they cannot remove one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archiver.extract.blocks import Candidate
from archiver.extract.page import TAG, Event, end_of
from archiver.model import Article
from archiver.text import clean, fold, word_count

_FEWEST_WORDS = 4
_LONG = 12


@dataclass(frozen=True, slots=True)
class Evidence:
    """Texts that vouch for blocks, folded."""

    declared: str = ""
    previous: frozenset[str] = frozenset()

    def attests(self, candidate: Candidate) -> bool:
        """Whether the declared body or the last revision has this block, word for word."""
        if not (self.declared or self.previous):
            return False
        if candidate.words < _FEWEST_WORDS or candidate.linked * 2 > candidate.words:
            return False
        text = fold(candidate.text)
        return f" {text} " in self.declared or text in self.previous

    def declares(self, part: Sequence[Event]) -> bool:
        """Whether the declared body has most of the longer paragraphs of an element: hidden, it is for subscribers."""
        if not self.declared:
            return False
        said = [f" {fold(text)} " in self.declared for text in _paragraphs(part) if word_count(text) >= _LONG]
        return 2 * sum(said) > len(said) > 1


def gather(declared_text: str, previous: Article | None) -> Evidence:
    """The evidence of a page."""
    declared = f" {fold(declared_text)} " if declared_text else ""
    return Evidence(declared, frozenset(fold(block.text) for block in previous.body) if previous else frozenset())


def _paragraphs(part: Sequence[Event]) -> Iterator[str]:
    done = 0
    for n, event in enumerate(part):
        if n >= done and isinstance(event, dict) and event[TAG] == "p":
            done = end_of(part, n + 1)
            yield clean("".join(text for text in part[n:done] if isinstance(text, str)))
