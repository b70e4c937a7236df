"""A store that lives as long as the process: the contract without git or a disk, for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from archiver.errors import ArchiveLocked, StoreError
from archiver.model import Article, Revision
from archiver.store.serialize import article_text, commit_message, metadata_text, parse_commit, read_article


@dataclass(slots=True)
class Medium:
    """What stays when a store is closed and opened again."""

    commits: list[str] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=dict)
    files: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """By commit and article key, of the article that the commit is about: article.md and metadata.json."""
    is_locked: bool = False


class MemoryStore:
    """A store on a medium; several may share one."""

    def __init__(self, medium: Medium | None = None) -> None:
        """Without a medium, begin with an empty one."""
        self.medium = medium or Medium()

    @contextmanager
    def lock(self, now: datetime) -> Iterator[None]:
        """Hold the store for one writing run. Raises ArchiveLocked."""
        if self.medium.is_locked:
            raise ArchiveLocked("another run is writing to this archive", hint="wait until it has finished")
        self.medium.is_locked = True
        try:
            yield
        finally:
            self.medium.is_locked = False

    def recover(self, now: datetime) -> tuple[str, ...]:
        """Nothing is ever left half done here."""
        return ()

    @contextmanager
    def writer(self) -> Iterator[MemoryStore]:
        """What appends: the store itself."""
        yield self

    def append(self, batch: Sequence[tuple[Revision, Article]]) -> tuple[Revision, ...]:
        """Keep the batch in its order; the same revisions with `commit` and `text_sha256`."""
        return tuple([self._append(revision, article) for revision, article in batch])

    def tip(self) -> str:
        """The commit of the newest state; "" when there is none."""
        return self.medium.commits[-1] if self.medium.commits else ""

    def is_known(self, commit: str) -> bool:
        """Whether a commit belongs to the history of the tip."""
        return commit in self.medium.messages

    def revisions(self, since: str = "") -> Iterator[Revision]:
        """Every revision, oldest first, or those after a commit."""
        start = self.medium.commits.index(since) + 1 if since else 0
        for commit in self.medium.commits[start:]:
            if revision := parse_commit(self.medium.messages[commit]):
                yield replace(revision, commit=commit)

    def article(self, commit: str, key: str) -> Article:
        """An article as it stood in a commit. Raises StoreError when it is not there."""
        commits = self.medium.commits
        for earlier in reversed(commits[: commits.index(commit) + 1] if commit in self.medium.messages else []):
            if files := self.medium.files.get((earlier, key)):
                return read_article(*files)
        raise StoreError(f"there is no {key} in {commit[:12]}")

    def close(self) -> None:
        """There is nothing to let go of."""

    def _append(self, revision: Revision, article: Article) -> Revision:
        text = article_text(article)
        revision = replace(revision, text_sha256=hashlib.sha256(text.encode()).hexdigest())
        message = commit_message(revision)
        commit = hashlib.sha1(f"{self.tip()}\n{message}".encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
        self.medium.commits.append(commit)
        self.medium.messages[commit] = message
        self.medium.files[commit, revision.key] = text, metadata_text(revision, article)
        return replace(revision, commit=commit)
