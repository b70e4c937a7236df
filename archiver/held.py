"""Pages that were held back as implausible: list them, release them into the archive, or drop them.

A person decides; nothing is fetched. What is released is read from the evidence, with the time of its capture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from archiver.errors import UnknownArticle
from archiver.index import Record
from archiver.judgement import Judgement
from archiver.model import Decision, Event, Revision
from archiver.pipeline import Outcome, Run, Tally, running
from archiver.query import Archive
from archiver.store.layout import host_of, newsroom_of


def held(archive: Archive, words: Iterable[str] = ()) -> tuple[Record, ...]:
    """The pages that are held, oldest first; of those named by address, article id or host, where any are named.

    Raises:
        UnknownArticle: one of the words names none of them.
    """
    found = tuple(archive.index.records(Event.HELD))
    asked = tuple(words)
    for word in asked:
        if not any(_is_named(record, word) for record in found):
            raise UnknownArticle(f"{word}: no such page is held", hint="'archiver held ls' lists those that are")
    return tuple(record for record in found if not asked or any(_is_named(record, word) for word in asked))


def release(
    archive: Archive,
    records: Iterable[Record],
    *,
    now: Callable[[], datetime],
    report: Callable[[Outcome], None],
) -> Tally:
    """Keep held pages as what their newsroom published; errors as in `pipeline.running`."""
    with running(archive, now=now, report=report) as run:
        for record in records:
            _release(archive, run, record)
    return run.tally


def drop(
    archive: Archive,
    records: Iterable[Record],
    *,
    now: Callable[[], datetime],
    report: Callable[[Outcome], None],
) -> Tally:
    """Dismiss held pages: they stay in the evidence, and the same page is not held again."""
    with running(archive, now=now, report=report) as run:
        for record in records:
            check = replace(record.check, event=Event.DROPPED, at=now(), reason="dropped")
            run.accept(Judgement(check=check, decision=Decision(event=Event.DROPPED)))
    return run.tally


def _release(archive: Archive, run: Run, record: Record) -> None:
    check = record.check
    where = Revision(
        key=check.key,
        event=Event.HELD,
        captured_at=check.at,
        source=check.url,
        run=record.run,
        record_id=check.record_id,
        capture_sha256=check.payload_sha256,
    )
    capture = archive.capture(where)
    for judgement in run.examiner.examine(capture, run.examiner.key_of(capture), accept=True):
        kept = replace(judgement.check, seed=check.seed, record_id=check.record_id)
        revision = judgement.revision
        if revision and judgement.capture:  # it lies in the evidence of the run that held it
            revision = replace(revision, run=record.run, record_id=check.record_id)
        run.accept(replace(judgement, check=kept, revision=revision, capture=None))


def _is_named(record: Record, word: str) -> bool:
    key = record.check.key
    return word == record.check.url or bool(key and word in (key, key[-12:], host_of(key), newsroom_of(key)))
