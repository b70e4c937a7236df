"""One run over an archive. The only place where the steps are called in order.

    requests → fetch → examine (extract, compare) → batch → flush: evidence, git, check log, index → publish

Nothing is reported before it is durable, in that order: a commit never points to evidence that is not on disk, and a
line of the check log never to a commit that is not in git. A run that is interrupted keeps what it has fetched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from archiver import __version__
from archiver.errors import NOTHING_REACHED, SOME_FAILED
from archiver.examine import Examiner, Finding
from archiver.index import Index
from archiver.interrupts import Interrupts
from archiver.model import Capture, Check, Event, FetchFailure, Request, Revision
from archiver.query import Archive
from archiver.store.evidence import EvidenceWriter, set_aside_torn
from archiver.store.git import Writer
from archiver.store.runs import RunLog, close_interrupted, unfinished

PROGRAM = f"archiver {__version__}"
BATCH_REVISIONS = 50
BATCH_CHECKS = 500
"""What a crash may cost in work, never in truth."""


class Fetcher(Protocol):
    """What a run needs of `archiver.fetch`."""

    def fetch(self, requests: Iterable[Request]) -> Generator[Capture | FetchFailure, None, None]:
        """Fetch pages, in whatever order they arrive; close the generator to give up on the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one URL."""

    check: Check
    revision: Revision | None = None
    hint: str = ""
    is_news: bool = True
    """Whether the last check of this URL came to something else."""


@dataclass(slots=True)
class Tally:
    """What a run came to."""

    run: str
    events: Counter[Event] = field(default_factory=Counter)
    unreachable: int = 0
    notes: list[str] = field(default_factory=list)
    """What people should know of the archive itself: what was recovered, why the files could not follow."""

    @property
    def checked(self) -> int:
        """How many URLs were looked at; a re-extraction is our own doing."""
        return self.events.total() - self.events[Event.REEXTRACT]

    @property
    def exit_code(self) -> int:
        """0, or 3 when something failed or was held, or 4 when nothing could be reached at all."""
        if self.checked and self.unreachable == self.checked:
            return NOTHING_REACHED
        return SOME_FAILED if self.events[Event.FAILED] or self.events[Event.HELD] else 0


def snapshot(
    archive: Archive,
    urls: Iterable[str],
    *,
    fetcher: Fetcher,
    now: Callable[[], datetime],
    report: Callable[[Outcome], None],
    keep_all: bool = False,
) -> Tally:
    """Check these normalised URLs once and keep what changed.

    `report` hears of each URL when what was found is on disk. With `keep_all`, the captures in which nothing changed
    are kept as evidence too.

    Raises:
        ArchiveLocked: another run is writing.
        StoreError: the archive cannot be written; what was reported before stays.
        KeyboardInterrupt: as it came, after all that had been fetched was kept.
    """
    store = archive.store
    with store.lock(now()), Interrupts() as interrupts:
        notes = _recover(archive, now())
        with (
            RunLog.start(store.path, now=now(), program=PROGRAM, tip=store.tip()) as log,
            EvidenceWriter(store.path, log.run, software=PROGRAM) as evidence,
            store.writer() as writer,
        ):
            tally = Tally(run=log.run, notes=notes)
            examiner = Examiner(archive, log.run, keep_all=keep_all)
            batch = _Batch(archive, writer, evidence, log, examiner, tally, report)
            stopped = None
            with closing(fetcher.fetch(_requests(archive.index, urls))) as results:
                try:
                    while (result := interrupts.wait(lambda: next(results, None))) is not None:
                        batch.add(result)
                except KeyboardInterrupt as interrupt:
                    stopped = interrupt
            batch.flush()
            log.close(now=now(), tip=store.tip())
        archive.index.finish_run(log.run)
        if warning := store.publish():
            tally.notes.append(warning)
        if stopped:
            raise stopped
    return tally


def _recover(archive: Archive, now: datetime) -> list[str]:
    """Set right what an interrupted run left, and what users did since; what was done, in words."""
    store = archive.store
    notes = list(store.recover(now))
    notes += filter(None, (set_aside_torn(store.path, run) for run in unfinished(store.path)))
    notes += close_interrupted(store.path, now=now, tip=store.tip())
    store.commit_config(now)
    archive.catch_up()
    return notes


def _requests(index: Index, urls: Iterable[str]) -> Iterator[Request]:
    """What to ask for, with the validators of the last capture."""
    for url in urls:
        last = index.last_check(url)
        yield Request(url=url, etag=last.etag, last_modified=last.last_modified) if last else Request(url=url)


class _Batch:
    """What was found and is not yet on disk."""

    def __init__(
        self,
        archive: Archive,
        writer: Writer,
        evidence: EvidenceWriter,
        log: RunLog,
        examiner: Examiner,
        tally: Tally,
        report: Callable[[Outcome], None],
    ) -> None:
        self._store, self._index = archive.store, archive.index
        self._writer, self._evidence, self._log = writer, evidence, log
        self._examiner, self._tally, self._report = examiner, tally, report
        self._findings: list[Finding] = []
        self._drafted: set[str] = set()
        """The articles of which the batch holds a revision."""

    def add(self, result: Capture | FetchFailure) -> None:
        """Examine one result; whatever it is compared with is in the archive by then."""
        if self._examiner.key_of(result) in self._drafted:
            self.flush()
        for finding in self._examiner.examine(result):
            self._findings.append(finding)
            if finding.revision:
                self._drafted.add(finding.revision.key)
            is_full = len(self._drafted) >= BATCH_REVISIONS or len(self._findings) >= BATCH_CHECKS
            if is_full or finding.check.event is Event.REEXTRACT:
                self.flush()

    def flush(self) -> None:
        """Put the batch on disk, each part before what points to it; then report it."""
        findings = [self._with_evidence(finding) for finding in map(self._examiner.settle, self._findings)]
        self._evidence.sync()
        kept = [(finding.revision, finding.article) for finding in findings if finding.revision]
        committed = self._writer.append(kept)
        checks = [finding.check for finding in findings]
        for check in checks:
            self._log.add(check)
        self._log.flush()
        articles = (article for _, article in kept)
        numbered = iter(self._index.add_revisions(zip(committed, articles, strict=True), self._store.tip()))
        self._index.add_checks((self._log.run, check) for check in checks)
        self._findings, self._drafted = [], set()
        for finding in findings:
            self._tally.events[finding.check.event] += 1
            self._tally.unreachable += finding.unreachable
            revision = next(numbered) if finding.revision else None
            self._report(Outcome(check=finding.check, revision=revision, hint=finding.hint, is_news=finding.is_news))

    def _with_evidence(self, finding: Finding) -> Finding:
        """The same, with its capture written and pointed to."""
        if not finding.capture:
            return finding
        record_id = self._evidence.write(finding.capture)
        revision = replace(finding.revision, record_id=record_id) if finding.revision else None
        return replace(finding, check=replace(finding.check, record_id=record_id), revision=revision)
