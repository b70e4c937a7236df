"""What every store of revisions promises, whatever it is made of.

A revision that `append` returned stays, in its order, through crashes, restarts and other writers; one that it did not
return is there whole or not at all. What was once given for a commit never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from archiver.model import Article, Revision


class Appender(Protocol):
    """Adds revisions in batches."""

    def append(self, batch: Sequence[tuple[Revision, Article]]) -> tuple[Revision, ...]:
        """Keep the batch in its order; the same revisions with `commit` and `text_sha256`. All of it, or StoreError."""


class Store(Protocol):
    """Revisions and the articles that they hold, in one order."""

    def lock(self, now: datetime) -> AbstractContextManager[None]:
        """Hold the store for one writing run. Raises ArchiveLocked."""

    def recover(self, now: datetime) -> tuple[str, ...]:
        """Clear away what a run left that ended without a word; what was done, in words. Under the lock."""

    def writer(self) -> AbstractContextManager[Appender]:
        """What appends. Under the lock, after `recover`."""

    def tip(self) -> str:
        """The commit of the newest state; "" when there is none."""

    def is_known(self, commit: str) -> bool:
        """Whether a commit belongs to the history of the tip."""

    def revisions(self, since: str = "") -> Iterator[Revision]:
        """Every revision, oldest first, or those after a commit. `number` is 0."""

    def article(self, commit: str, key: str) -> Article:
        """An article as it stood in a commit. Raises StoreError when it is not there."""

    def close(self) -> None:
        """Let go of what is held open."""
