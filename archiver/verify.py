"""Verifies an archive: history, texts, metadata, evidence, check logs, files, index, each against the others.

Gives what is damaged or lost as values; repairs nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from archiver.config import FILE_NAME
from archiver.errors import ConfigError, HookFailed, StoreError, UnknownArticle
from archiver.model import BlockKind, Revision
from archiver.query import Archive
from archiver.reading import Reader
from archiver.store.evidence import damage, evidence_files, payload_hashes
from archiver.store.layout import article_path, metadata_path, run_of
from archiver.store.runs import checks_of, run_ids, unfinished, verify_chain
from archiver.store.serialize import read_article

_STRAYS = {
    "missing": "is not there; git has it",
    "changed": "is not what git has",
    "unknown": "is not in git: no run wrote it",
    "unreadable": "is missing or damaged; --repair makes it again",
    "unborn": "names a branch that is not there; 'git symbolic-ref HEAD refs/heads/main' goes back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is not as it was written."""

    where: str
    what: str


class _Kept(NamedTuple):
    """What vouches for a capture: a commit or a check log."""

    name: str
    record_id: str
    payloads: tuple[str, ...]
    """SHA-256 of the payload, then those of the article's further pages."""


def verify(archive: Archive, *, read_data: bool = True) -> Iterator[Problem]:
    """Everything that is wrong with an archive; nothing when it is whole.

    Every text and every capture is read and hashed; with `read_data`, git reads every object of its own again too.
    """
    for message in archive.store.fsck(full=read_data):
        yield Problem(where="git", what=message)
    for message in verify_chain(archive.store.path):
        yield Problem(where="runs", what=message)
    for name, how in archive.store.strays():
        yield Problem(where=name, what=_STRAYS[how])
    yield from _config(archive)
    yield from _index(archive)
    for revision in archive.index.revisions():
        yield from _revision(archive, revision)
    yield from _evidence_files(archive)
    yield from _captures(archive)


def verify_recipes(archive: Archive) -> Iterator[Problem]:
    """The tests of the recipes, each held against the last capture of its article; nothing when all pass."""
    for recipe in archive.config().recipe:
        for test in recipe.tests:
            where = f"recipe {recipe.host}: {test.url}"
            try:
                latest = archive.history(test.url)[-1]
                article = (
                    Reader((replace(recipe, valid_until=None),), archive.hooks).read(archive.capture(latest)).article
                )
            except (UnknownArticle, StoreError, HookFailed) as error:
                yield Problem(where=where, what=str(error))
                continue
            authors = article.byline.names if article.byline else ()
            paragraphs = sum(block.kind is not BlockKind.CAPTION for block in article.body)
            if test.headline and article.headline != test.headline:
                yield Problem(where=where, what=f"the headline is {article.headline!r}")
            if test.authors and authors != test.authors:
                yield Problem(where=where, what=f"the authors are {', '.join(authors) or 'none'}")
            if paragraphs < test.min_paragraphs:
                yield Problem(where=where, what=f"{paragraphs} paragraphs, not {test.min_paragraphs}")


def _config(archive: Archive) -> Iterator[Problem]:
    """The configuration, whether it can be read."""
    try:
        archive.config()
    except ConfigError as error:
        yield Problem(where=FILE_NAME, what=str(error))


def _index(archive: Archive) -> Iterator[Problem]:
    """The index against the history that it was made from."""
    numbers: Counter[str] = Counter()
    wrong = 0
    try:
        archive.catch_up()
        for revision in archive.store.revisions():
            numbers[revision.key] += 1
            wrong += archive.index.revision(revision.commit) != replace(revision, number=numbers[revision.key])
    except StoreError as error:
        yield Problem(where="git", what=str(error))
        return
    wrong += abs(numbers.total() - archive.index.total())
    if wrong:
        yield Problem(where="index", what=f"{wrong} revisions are not as git has them; --repair builds it again")


def _revision(archive: Archive, revision: Revision) -> Iterator[Problem]:
    """The two files of a revision against its commit and against the format."""
    try:
        text = archive.store.read(revision.commit, article_path(revision.key))
        metadata = archive.store.read(revision.commit, metadata_path(revision.key))
        if hashlib.sha256(text).hexdigest() != revision.text_sha256:
            yield Problem(where=_name(revision), what="article.md is not the text that its commit vouches for")
        read_article(text.decode(), metadata.decode())
    except UnicodeDecodeError:
        yield Problem(where=_name(revision), what="its files are not UTF-8")
    except StoreError as error:
        yield Problem(where=_name(revision), what=str(error))


def _evidence_files(archive: Archive) -> Iterator[Problem]:
    """Every byte of the evidence, and that something vouches for it; but for a run that goes on, or was cut short."""
    root = archive.store.path
    runs, going_on = set(run_ids(root)), set(unfinished(root))
    known = {revision.run for revision in archive.index.revisions()} | {archive.index.run}
    for run in sorted(filter(None, known - runs)):
        yield Problem(where="runs", what=f"the log of run {run} is not there, which was known before")
    for path in evidence_files(root):
        run = run_of(path.name)
        if run not in runs:
            yield Problem(where=str(path.relative_to(root)), what=f"there is no log of run {run}, which wrote it")
        elif run not in going_on and (what := damage(path)):
            yield Problem(where=str(path.relative_to(root)), what=what)


def _captures(archive: Archive) -> Iterator[Problem]:
    """One pass over the evidence of each run, held against the revisions and checks that point into it."""
    by_run: dict[str, set[_Kept]] = defaultdict(set)
    for revision in archive.index.revisions():
        by_run[revision.run].add(_kept(revision))
    known = {kept.record_id for some in by_run.values() for kept in some}
    for run in run_ids(archive.store.path):
        try:
            checks = [check for check in checks_of(archive.store.path, run) if check.record_id]
        except StoreError as error:
            yield Problem(where="runs", what=str(error))
            continue
        for check in checks:
            if check.record_id not in known:
                by_run[run].add(_Kept(f"{check.url} in run {run}", check.record_id, (check.payload_sha256,)))
    for run in sorted(run for run in by_run if by_run[run]):
        found: dict[str, int] = {}
        digests: list[str] = []
        try:
            for record_id, digest in payload_hashes(archive.store.path, run):
                found[record_id] = len(digests)
                digests.append(digest)
        except StoreError as error:
            yield Problem(where=f"run {run}", what=str(error))
        for kept in sorted(by_run[run]):
            if kept.record_id not in found:
                yield Problem(where=kept.name, what="its capture is not there")
            elif tuple(digests[found[kept.record_id] :][: len(kept.payloads)]) != kept.payloads:
                yield Problem(where=kept.name, what="its capture is not the one that is vouched for")


def _kept(revision: Revision) -> _Kept:
    return _Kept(_name(revision), revision.record_id, (revision.capture_sha256, *revision.part_sha256))


def _name(revision: Revision) -> str:
    """A revision as people name it: "bridge-reopens~1bd2cf68e5a4@r2"."""
    return f"{revision.key.rpartition('/')[2]}@r{revision.number}"
