"""One run over an archive. The only place where the steps are called in order.

    requests → fetch → examine (extract, compare) → take → flush: evidence, git, check log, index → publish

Nothing is reported before it is durable, in that order: a commit never points to evidence that is not on disk, and a
line of the check log never to a commit that is not in git. A run that is interrupted keeps what it has fetched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from archiver import __version__
from archiver.ahead import ReaderAhead
from archiver.errors import NOTHING_REACHED, SOME_FAILED
from archiver.examine import Examiner
from archiver.fetch import Fetcher
from archiver.index import Index
from archiver.interrupts import Interrupts
from archiver.judgement import Judgement
from archiver.model import Capture, Check, Decision, Event, FetchFailure, Request, Revision
from archiver.query import Archive
from archiver.store.evidence import EvidenceWriter, set_aside_torn
from archiver.store.git import Writer
from archiver.store.layout import host_of, newsroom_of
from archiver.store.runs import RunLog, close_interrupted, unfinished
from archiver.surge import ENOUGH, Surges
from archiver.urls import normalise_url

PROGRAM = f"archiver {__version__}"
BATCH_REVISIONS = 50
BATCH_CHECKS = 500
BATCH_BYTES = 16 * 1024 * 1024
BATCH_TIME = timedelta(seconds=20)
"""What a crash may cost in work, never in truth; and of pages, what may stand in memory meanwhile."""
MOST_WAITING = 1000
"""Edits that wait to be judged with others of their newsroom."""
LONGEST_TRUST = timedelta(days=1)
"""How long a server's word that a page is not modified is taken without seeing the page."""

T = TypeVar("T")


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
    failed_seeds: int = 0
    is_outage: bool = False
    """Whether something was asked for and nothing at all could be reached, which is our own failure."""
    notes: list[str] = field(default_factory=list)
    """What people should know of the archive itself: what was recovered, why the files could not follow."""

    @property
    def checked(self) -> int:
        """How many URLs were looked at; a re-extraction is our own doing."""
        return self.events.total() - self.events[Event.REEXTRACT]

    @property
    def exit_code(self) -> int:
        """0, or 3 when something failed or was held, or 4 when nothing could be reached at all."""
        if self.is_outage:
            return NOTHING_REACHED
        return SOME_FAILED if self.events[Event.FAILED] or self.events[Event.HELD] or self.failed_seeds else 0


def snapshot(
    archive: Archive,
    urls: Iterable[str],
    *,
    fetcher: Fetcher,
    now: Callable[[], datetime],
    report: Callable[[Outcome], None],
    keep_all: bool = False,
) -> Tally:
    """Look at these normalised URLs once and keep what changed; arguments and errors as in `running`."""
    with running(archive, now=now, report=report, keep_all=keep_all) as run:
        run.look(urls, fetcher=fetcher)
    return run.tally


@contextmanager
def running(
    archive: Archive, *, now: Callable[[], datetime], report: Callable[[Outcome], None], keep_all: bool = False
) -> Iterator[Run]:
    """One run: the archive is set right and locked, and what the run took is on disk and published at the end.

    `report` hears of each URL when what was found is on disk. With `keep_all`, the captures in which nothing changed
    are kept as evidence too.

    Raises:
        ArchiveLocked: another run is writing.
        StoreError: the archive cannot be written; what was reported before stays.
        KeyboardInterrupt: as it came, after all that had been fetched was kept.
    """
    store = archive.store
    with store.lock(now()), Interrupts() as interrupts:
        notes = recover(archive, now())
        archive.catch_up()
        with (
            RunLog.start(store.path, now=now(), program=PROGRAM, tip=store.tip()) as log,
            EvidenceWriter(store.path, log.run, software=PROGRAM) as evidence,
            store.writer() as writer,
            ReaderAhead(archive.config().recipe, archive.hooks) as reader,
        ):
            tally = Tally(run=log.run, notes=notes)
            examiner = Examiner(archive, log.run, reader=reader, keep_all=keep_all)
            run = Run(archive, writer, evidence, log, reader, examiner, interrupts, tally, now, report)
            stopped = None
            try:
                yield run
            except KeyboardInterrupt as interrupt:
                stopped = interrupt
            run.finish()
            log.close(now=now(), tip=store.tip())
        archive.index.finish_run(log.run)
        if warning := store.publish():
            tally.notes.append(warning)
        if not stopped:
            interrupts.wait(store.maintain)
        if stopped:
            raise stopped


def recover(archive: Archive, now: datetime) -> list[str]:
    """Set right what an interrupted run left, and what users did since; what was done, in words."""
    store = archive.store
    notes = list(store.recover(now))
    notes += filter(None, (set_aside_torn(store.path, run) for run in unfinished(store.path)))
    notes += close_interrupted(store.path, now=now, tip=store.tip())
    store.commit_config(now)
    return notes


class Run:
    """A run that goes on, from `running`: looks at addresses, keeps what it finds, batch by batch."""

    def __init__(
        self,
        archive: Archive,
        writer: Writer,
        evidence: EvidenceWriter,
        log: RunLog,
        reader: ReaderAhead,
        examiner: Examiner,
        interrupts: Interrupts,
        tally: Tally,
        now: Callable[[], datetime],
        report: Callable[[Outcome], None],
    ) -> None:
        self.tally = tally
        self.examiner = examiner
        self._archive, self._store, self._index = archive, archive.store, archive.index
        self._writer, self._evidence, self._log = writer, evidence, log
        self._reader, self._interrupts = reader, interrupts
        self._now, self._report = now, report
        self._judgements: list[Judgement] = []
        """What was found and is not yet on disk."""
        self._drafted: dict[str, str] = {}
        """The articles of which there is a revision among these, and its address."""
        self._bytes = 0
        """Of the pages among them."""
        self._flushed_at = now()
        self._noted: set[str] = set()
        """The seeds of which there is a look."""
        self._surges = Surges()
        self._waiting: dict[str, list[Judgement]] = {}
        """By host, edits that are judged together; their captures are written already."""
        self._unreached: list[Judgement] | None = []
        """Failures of the network, until anything was reached: then they are the site's; else they are ours."""

    def interruptible(self, call: Callable[[], T]) -> T:
        """Call something that may take long and that Ctrl-C may cut short."""
        return self._interrupts.wait(call)

    def look(
        self,
        urls: Iterable[str],
        *,
        fetcher: Fetcher,
        seeds: Mapping[str, str] | None = None,
        stated: frozenset[str] = frozenset(),
    ) -> None:
        """Fetch these normalised URLs and take what comes.

        `seeds` says which seed led to which of them, `stated` of which a feed or sitemap states a change.
        """
        requests = (request_for(self._index, url, self._now()) for url in urls)
        fetched = fetcher.fetch(requests, waits=self._reader.begin, follow=self.examiner.next_part)
        with closing(fetched) as results:
            while (result := self._interrupts.wait(lambda: next(results, None))) is not None:
                key = self._make_way(result)
                for judgement in self.examiner.examine(result, key):
                    check = replace(judgement.check, seed=(seeds or {}).get(judgement.check.url, ""))
                    self._judge(replace(judgement, check=check), is_due_by_age=check.url not in stated)
                    if check.event is Event.REEXTRACT:
                        self.flush()
                self._reader.done(result)

    def note(self, check: Check, *, is_unreachable: bool = False) -> None:
        """Log a look at a seed."""
        decision = Decision(event=check.event, reason=check.reason)
        self._noted.add(check.url)
        self._take(Judgement(check=check, decision=decision, unreachable=is_unreachable))

    def accept(self, judgement: Judgement) -> None:
        """Take what a person decided, without judging it."""
        if judgement.check.key in self._drafted:
            self.flush()
        self._take(judgement)

    def flush(self) -> None:
        """Put the batch on disk, each part before what points to it; then report it."""
        judgements = [self._with_evidence(judgement) for judgement in map(self.examiner.settle, self._judgements)]
        self._evidence.sync()
        kept = [(judgement.revision, judgement.article) for judgement in judgements if judgement.revision]
        committed = self._writer.append(kept)
        checks = [judgement.check for judgement in judgements]
        for check in checks:
            self._log.add(check)
        self._log.flush()
        articles = (article for _, article in kept)
        numbered = iter(self._index.add_revisions(zip(committed, articles, strict=True), self._store.tip()))
        self._index.add_checks((self._log.run, check) for check in checks)
        self._judgements, self._drafted, self._bytes = [], {}, 0
        self._flushed_at = self._now()
        for judgement in judgements:
            self._tell(judgement, next(numbered) if judgement.revision else None)

    def finish(self) -> None:
        """Judge what still waits, by what there is, and put everything on disk."""
        for host in tuple(self._waiting):
            self._release(host)
        if self._unreached:
            self.tally.is_outage = True
            outage = [
                replace(judgement, check=replace(judgement.check, is_outage=True)) for judgement in self._unreached
            ]
            self._judgements += outage
        for host, (edited, looked) in self._surges.held.items():
            words = f"{edited} of {looked} articles looked at had changed, which is no newsroom's day's work"
            self.tally.notes.append(f"{newsroom_of(host)}: {words}; held, see 'archiver held ls'")
        self.flush()

    def _make_way(self, result: Capture | FetchFailure) -> str:
        """The article that a result is of, when all that this run found of it, or at its address, is on disk."""
        key, address = self.examiner.key_of(result), normalise_url(result.url)
        revisions = (judgement.revision for judgement in self._waiting.get(host_of(key), ()))
        if any(revision and (revision.key == key or revision.source == address) for revision in revisions):
            self._release(host_of(key))
        if key not in self._drafted and address not in self._drafted.values():
            return key
        self.flush()
        return self.examiner.key_of(result)

    def _judge(self, judgement: Judgement, *, is_due_by_age: bool) -> None:
        """Take a judgement, unless it is an edit that has to wait for others of its newsroom."""
        host = host_of(judgement.check.key)
        verdict = self._surges.judge(host, judgement.check.event) if is_due_by_age else "pass"
        if verdict == "wait" and self._index.count(host, at_most=ENOUGH) < ENOUGH:
            verdict = "pass"
        if verdict == "pass" or judgement.check.event is not Event.EDIT:
            if judgement.check.event is Event.EDIT:
                self._release(host)
            self._take(judgement)
            return
        waiting = self._waiting.setdefault(host, [])
        waiting.append(replace(self._with_evidence(judgement), capture=None))
        if verdict == "hold":
            self._waiting[host] = [self._held(one) for one in waiting]
            self._release(host)
        elif sum(map(len, self._waiting.values())) > MOST_WAITING:
            self._release(next(iter(self._waiting)))

    def _release(self, host: str) -> None:
        for judgement in self._waiting.pop(host, ()):
            self._take(judgement)

    def _held(self, judgement: Judgement) -> Judgement:
        """The same edit, held: no revision, and no validators, so that the page is asked for in full again."""
        reason = f"most articles of {newsroom_of(judgement.check.key)} changed in this run"
        check = replace(judgement.check, event=Event.HELD, reason=reason, etag="", last_modified="")
        return replace(judgement, check=check, revision=None, is_news=False)

    def _take(self, judgement: Judgement) -> None:
        if self._unreached is not None:
            if judgement.unreachable:
                self._unreached.append(judgement)
                return
            self._judgements += self._unreached
            self._unreached = None
        self._judgements.append(judgement)
        if judgement.revision:
            self._drafted[judgement.revision.key] = judgement.revision.source
        self._bytes += len(judgement.capture.payload) if judgement.capture else 0
        is_full = len(self._drafted) >= BATCH_REVISIONS or len(self._judgements) >= BATCH_CHECKS
        if is_full or self._bytes >= BATCH_BYTES or self._now() - self._flushed_at >= BATCH_TIME:
            self.flush()

    def _tell(self, judgement: Judgement, revision: Revision | None) -> None:
        """Count and report what is on disk now; a look at a seed is no look at an article."""
        check = judgement.check
        if check.url in self._noted:
            self.tally.failed_seeds += check.event is Event.FAILED
            return
        self.tally.events[check.event] += 1
        self._report(Outcome(check=check, revision=revision, hint=judgement.hint, is_news=judgement.is_news))

    def _with_evidence(self, judgement: Judgement) -> Judgement:
        """The same, with its capture written and pointed to."""
        if not judgement.capture:
            return judgement
        record_id = self._evidence.write(judgement.capture, self._archive.kept(judgement.check.payload_sha256))
        revision = replace(judgement.revision, record_id=record_id) if judgement.revision else None
        return replace(judgement, check=replace(judgement.check, record_id=record_id), revision=revision)


def request_for(index: Index, url: str, now: datetime) -> Request:
    """The request for an address, with the validators of the last capture; now and then without, as servers lie."""
    last = index.last_check(url)
    if last is None or now - (last.full_at or last.at) >= LONGEST_TRUST:
        return Request(url=url)
    return Request(url=url, etag=last.etag, last_modified=last.last_modified)
