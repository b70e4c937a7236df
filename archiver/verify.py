"""Verifies an archive: git's own check, every hash in the commits, every capture that they point to, the check logs.

Gives what is damaged or lost as values; repairs nothing.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from archiver.errors import StoreError
from archiver.model import Revision
from archiver.query import Archive
from archiver.store.evidence import payload_hashes
from archiver.store.layout import article_path
from archiver.store.runs import verify_chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is not as it was written."""

    where: str
    what: str


def verify(archive: Archive) -> Iterator[Problem]:
    """Everything that is wrong with an archive; nothing when it is whole."""
    for message in archive.store.fsck():
        yield Problem(where="git", what=message)
    for message in verify_chain(archive.store.path):
        yield Problem(where="runs", what=message)
    for revision in archive.index.revisions():
        yield from _text(archive, revision)
    yield from _captures(archive)


def _text(archive: Archive, revision: Revision) -> Iterator[Problem]:
    try:
        text = archive.store.read(revision.commit, article_path(revision.key))
    except StoreError as error:
        yield Problem(where=_name(revision), what=str(error))
        return
    if hashlib.sha256(text).hexdigest() != revision.text_sha256:
        yield Problem(where=_name(revision), what="article.md is not the text that its commit vouches for")


def _captures(archive: Archive) -> Iterator[Problem]:
    """One pass over the evidence of each run, held against the revisions that point into it."""
    by_run: dict[str, list[Revision]] = defaultdict(list)
    for revision in archive.index.revisions():
        by_run[revision.run].append(revision)
    for run in sorted(by_run):
        hashes: dict[str, str] = {}
        try:
            for record_id, found in payload_hashes(archive.store.path, run):
                hashes[record_id] = found
        except StoreError as error:
            yield Problem(where=f"run {run}", what=str(error))
        for revision in by_run[run]:
            kept = hashes.get(revision.record_id)
            if kept is None:
                yield Problem(where=_name(revision), what="its capture is not there")
            elif kept != revision.capture_sha256:
                yield Problem(where=_name(revision), what="its capture is not the one that its commit vouches for")


def _name(revision: Revision) -> str:
    """A revision as people name it: "bridge-reopens~1bd2cf68e5a4@r2"."""
    return f"{revision.key.rpartition('/')[2]}@r{revision.number}"
