"""Weigh what else is known of the text: what the page declares as its body, and what the last revision held.

Both are evidence, never truth: they can vouch for a doubtful block, they cannot remove one.
"""

from __future__ import annotations

from dataclasses import dataclass

from archiver.extract.blocks import Candidate
from archiver.model import Article
from archiver.text import fold

_FEWEST_WORDS = 4


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


def gather(declared_text: str, previous: Article | None) -> Evidence:
    """The evidence of a page."""
    declared = f" {fold(declared_text)} " if declared_text else ""
    return Evidence(declared, frozenset(fold(block.text) for block in previous.body) if previous else frozenset())
