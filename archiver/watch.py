"""A run over all that is due: harvest the seeds, ask the schedule, look.

    seeds → harvest → standings → choose → Run.look

Takes an open archive, its settings and a fetcher, gives a `Tally`. `plan` alone gives the agenda and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from archiver.config import Config
from archiver.discover.harvest import Harvest, harvest
from archiver.examine import UNREACHABLE
from archiver.fetch import Fetcher
from archiver.health import Health, health_of, told
from archiver.index import Index, Known
from archiver.model import Candidate, Check, Event, FetchFailure, Request, Seed
from archiver.pipeline import Outcome, Tally, request_for, running
from archiver.query import Archive
from archiver.schedule import Choice, Standing, choose
from archiver.urls import origin_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A seed that stands otherwise than before, and is worth telling of."""

    url: str
    word: str
    """What to call it: failing, blocked, gone, recovered."""
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What a run is to look at."""

    choice: Choice
    seeds: Mapping[str, str]
    """The seed that led to each address."""
    harvests: tuple[Harvest, ...] = ()

    @property
    def stated(self) -> frozenset[str]:
        """The addresses of which a feed or sitemap states a change."""
        return frozenset(due.url for due in self.choice.due if due.reason == "stated")

    @property
    def warnings(self) -> Iterator[str]:
        """What of the seeds could not be read, or was left out."""
        return (f"{one.seed.url}: {warning}" for one in self.harvests for warning in one.warnings)


def snapshot_due(
    archive: Archive,
    config: Config,
    *,
    fetcher: Fetcher,
    now: Callable[[], datetime],
    report: Callable[[Outcome], None],
    tell: Callable[[Turn], None],
    limit: int | None = None,
    everything: bool = False,
    begin: Callable[[Agenda], None] = lambda agenda: None,
) -> Tally:
    """Harvest all seeds and look at all that is due; arguments and errors as in `pipeline.running`.

    `tell` hears of seeds that turned, `begin` of the agenda before the first article is asked for. At most `limit`
    articles are looked at; with `everything` all of them are due.
    """
    with running(archive, now=now, report=report, keep_all=config.archive.evidence == "all") as run:
        agenda = run.interruptible(
            lambda: plan(archive, config, fetcher=fetcher, now=now(), limit=limit, everything=everything)
        )
        begin(agenda)
        before = {one.seed.url: _health(archive.index, one.seed.url) for one in agenda.harvests}
        for one in agenda.harvests:
            if one.result is not None and one.kind != "article":
                unreachable = isinstance(one.result, FetchFailure) and one.result.kind in UNREACHABLE
                run.note(_seed_check(one, archive.index, is_settled=not agenda.choice.left), is_unreachable=unreachable)
        urls = (due.url for due in agenda.choice.due)
        run.look(urls, fetcher=fetcher, seeds=agenda.seeds, stated=agenda.stated)
    for one in agenda.harvests:
        after = _health(archive.index, one.seed.url)
        if word := told(before[one.seed.url], after):
            tell(Turn(url=one.seed.url, word=word, reason=one.problem, hint=one.hint))
    return run.tally


def plan(
    archive: Archive,
    config: Config,
    *,
    fetcher: Fetcher,
    now: datetime,
    limit: int | None = None,
    everything: bool = False,
) -> Agenda:
    """Harvest the seeds, and choose what to look at now."""
    index = archive.index

    def is_known(url: str) -> bool:
        return bool(index.key_of(url)) or index.record(url) is not None

    def request(url: str) -> Request:
        return request_for(index, url, now)

    harvests = harvest(
        config.seeds, fetcher=fetcher, request=request, is_known=is_known, now=now, recipes=config.recipe
    )
    standings = _standings(index, config.seeds, harvests)
    choice = choose(
        standings.values(),
        now,
        host_of=origin_of,
        per_host=config.fetch.limit_per_host,
        limit=limit,
        everything=everything,
    )
    seeds = {due.url: standings[due.url].source for due in choice.due}
    return Agenda(choice=choice, seeds=seeds, harvests=harvests)


def _standings(index: Index, seeds: tuple[Seed, ...], harvests: tuple[Harvest, ...]) -> dict[str, Standing]:
    """All addresses of articles that are known or may be, but those that a paused seed led to.

    An address that never worked is tried again while its seed is watched; one that was named by hand is not.
    """
    by_url = {seed.url: seed for seed in seeds}
    standings: dict[str, Standing] = {}
    present: dict[str, str] = {}
    for known in index.known():
        seed = by_url.get(known.seed)
        present[known.key] = known.url
        if not (seed and seed.is_paused):
            standings[known.url] = standing_of(known, seed)
    for event in (Event.FAILED, Event.HELD):
        for record in index.records(event):
            check, seed = record.check, by_url.get(record.check.seed)
            is_own = seed is not None and check.url == seed.url and seed.kind != "article"
            if seed and not (check.key or is_own or seed.is_paused):
                standings[check.url] = Standing(
                    url=check.url,
                    source=check.seed,
                    changed_at=record.first_at,
                    checked_at=check.at,
                    failures=record.failures,
                )
    sources = {one.seed.url for one in harvests if one.kind != "article"}
    for one in harvests:
        for candidate in one.candidates.values():
            if candidate.url in sources:  # a sitemap names its sections, and some feeds themselves
                continue
            url = candidate.url
            if url not in standings:
                url = present.get(index.key_of(url), url)
            standings[url] = _named(standings.get(url), index, url, candidate, one.seed)
    return standings


def standing_of(known: Known, seed: Seed | None) -> Standing:
    """The standing of a known article, by the seed that last led to it, where that is still watched.

    Without one, or with a watch of its own, a person named this very article.
    """
    return Standing(
        url=known.url,
        source=known.seed,
        changed_at=known.changed_at,
        checked_at=known.checked_at,
        failures=known.failures,
        max_age=seed.max_age if seed else None,
        is_named=not known.seed or bool(seed and seed.kind == "article"),
    )


def _named(known: Standing | None, index: Index, url: str, candidate: Candidate, seed: Seed) -> Standing:
    """The standing of an address that a seed names today."""
    if known is None:
        record = index.record(url)
        known = Standing(
            url=url,
            changed_at=candidate.date_hint or candidate.lastmod or (record.first_at if record else None),
            checked_at=record.check.at if record else None,
            failures=record.failures if record else 0,
        )
    stated = [date for date in (known.lastmod, candidate.lastmod) if date]
    return replace(known, source=seed.url, lastmod=max(stated, default=None), max_age=seed.max_age)


def _seed_check(one: Harvest, index: Index, *, is_settled: bool) -> Check:
    """The line of the check log for a seed's own address.

    Validators only when all that is due was chosen: a 304 must not hide what had to wait for a later run.
    """
    result = one.result
    assert result is not None
    if isinstance(result, FetchFailure):
        return Check(url=one.seed.url, seed=one.seed.url, at=result.failed_at, event=Event.FAILED, reason=result.reason)
    last = index.last_check(one.seed.url)
    check = Check(
        url=one.seed.url,
        seed=one.seed.url,
        at=result.captured_at,
        event=Event.FAILED if one.problem else Event.SAME,
        reason=one.problem or ("not modified" if one.is_unchanged else f"{one.kind}: {len(one.candidates)} addresses"),
        http_status=result.status,
        payload_sha256=result.payload_sha256,
    )
    if one.problem or not is_settled:
        return check
    if one.is_unchanged and last:
        return replace(check, etag=last.etag, last_modified=last.last_modified, full_at=last.full_at or last.at)
    return replace(check, etag=result.header("etag"), last_modified=result.header("last-modified"))


def _health(index: Index, url: str) -> Health:
    record = index.record(url)
    return health_of(record.check, record.failures) if record else Health.NEW
