"""How an archive stands: when it last ran, how its sources do, how late an edit may be found. Changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from archiver.config import Config
from archiver.health import Health, health_of
from archiver.model import Event, Seed
from archiver.query import Archive
from archiver.schedule import detection_delay, next_step
from archiver.store.layout import run_time
from archiver.store.runs import run_ids
from archiver.watch import standing_of

_RUNS = 20
"""The last runs by whose distances the next are expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One seed."""

    url: str
    kind: str
    health: Health
    is_paused: bool
    good_at: datetime | None
    failures: int
    reason: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """An archive as it stands."""

    sources: tuple[Source, ...]
    runs: int
    last_run: datetime | None
    longest_gap: timedelta | None
    """The longest time between two of the last runs."""
    articles: int
    due: int
    resting: int
    """Articles so old that they are looked at again only when a feed or sitemap states a change."""
    worst_delay: timedelta | None
    """The longest that an edit to an article not at rest can stay unseen, if runs go on as they did."""
    held: int
    failing: int
    """Addresses whose last look failed."""
    stale: tuple[str, ...]
    """What is wrong, in words; () when all is well."""


def status(archive: Archive, config: Config, now: datetime, *, max_age: timedelta | None = None) -> Status:
    """How the archive stands now. With `max_age`, what was not seen well for so long is stale."""
    index = archive.index
    times = [run_time(run) for run in run_ids(archive.store.path)]
    recent = times[-_RUNS:]
    gaps = [later - earlier for earlier, later in pairwise(recent)]
    known = tuple(index.known())
    counts = Counter(one.seed for one in known if not one.goes_on_elsewhere)
    sources = tuple(_source(archive, seed, counts[seed.url]) for seed in config.seeds)
    seeds = {seed.url: seed for seed in config.seeds}
    paused = {seed.url for seed in config.seeds if seed.is_paused}
    standings = [standing_of(one, seeds.get(one.seed)) for one in known if one.seed not in paused]
    steps = [(standing, next_step(standing)) for standing in standings]
    awake = [standing for standing, step in steps if step is not None]
    between = max(gaps, default=timedelta(0))
    delays = [delay for one in awake if (delay := detection_delay(one, now, between_runs=between))]
    last_run = times[-1] if times else None
    return Status(
        sources=sources,
        runs=len(times),
        last_run=last_run,
        longest_gap=max(gaps, default=None),
        articles=sum(not one.goes_on_elsewhere for one in known),
        due=sum(step is not None and now - (one.checked_at or now) >= step for one, step in steps),
        resting=len(standings) - len(awake),
        worst_delay=max(delays, default=None),
        held=sum(1 for _ in index.records(Event.HELD)),
        failing=sum(1 for _ in index.records(Event.FAILED)),
        stale=tuple(_stale(sources, last_run, now, max_age)),
    )


def _source(archive: Archive, seed: Seed, articles: int) -> Source:
    record = archive.index.record(seed.url)
    return Source(
        url=seed.url,
        kind=seed.kind,
        health=health_of(record.check, record.failures) if record else Health.NEW,
        is_paused=seed.is_paused,
        good_at=record.good_at if record else None,
        failures=record.failures if record else 0,
        reason=record.check.reason if record else "",
        articles=articles,
    )


def _stale(
    sources: tuple[Source, ...], last_run: datetime | None, now: datetime, max_age: timedelta | None
) -> list[str]:
    found = []
    if max_age is not None and (last_run is None or now - last_run > max_age):
        found.append("no run since " + (f"{last_run:%Y-%m-%d %H:%M} UTC" if last_run else "the archive was made"))
    for source in sources:
        if source.is_paused:
            continue
        if source.health.is_trouble:
            found.append(f"{source.url}: {source.health}: {source.reason}")
        elif max_age is not None and source.good_at and now - source.good_at > max_age:
            found.append(f"{source.url}: not seen well since {source.good_at:%Y-%m-%d %H:%M} UTC")
    return found
