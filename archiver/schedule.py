"""When an article is next due, and which of those due a run looks at. Takes values and the time, gives values; pure.

The steps are newsdiffs': the younger an article, or its last real change, the sooner the next look. A feed or sitemap
that states a change since the last look pulls the next one forward. Every article has a stated worst case: how long an
edit can stay unseen. Deterministic: same standings and same time, same choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

STEPS = (
    (timedelta(hours=3), timedelta(minutes=15)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=3)),
    (timedelta(days=30), timedelta(days=3)),
    (timedelta(days=360), timedelta(days=30)),
)
"""Up to which age an article is looked at how often; beyond the last it rests."""
_SHORTEST = STEPS[0][1]
_MOST_FAILURES = 6
"""In a row, after which the time between tries grows no more."""
_CLOCKWORK_SHARE, _CLOCKWORK_LEAST = 0.5, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of one address when a run begins. Instants in UTC."""

    url: str
    source: str = ""
    """The seed that last named it: what it states of changes is believed or not as a whole."""
    changed_at: datetime | None = None
    """Published, or last really changed, whichever is later; None when nobody says."""
    checked_at: datetime | None = None
    """The last look, whatever came of it; None of an address never looked at."""
    lastmod: datetime | None = None
    """The last change that a feed or sitemap states."""
    max_age: timedelta | None = None
    """The age beyond which it rests, where that is sooner than the steps say."""
    failures: int = 0
    """Looks in a row, up to the last, that failed or found the article missing: it is tried again sooner."""
    is_named: bool = False
    """Whether a person named this very address: such an article never rests, but is looked at by the last step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An address that a run is to look at, and why now."""

    url: str
    reason: Literal["new", "stated", "age"]
    """Never looked at; changed since, as a feed or sitemap states; or its step has passed."""
    overdue: float
    """How long it has waited, in steps of its own: 1 is exactly on time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a run looks at."""

    due: tuple[Due, ...]
    left: int
    """How many more are due, and have to wait for a later run."""


def next_step(standing: Standing) -> timedelta | None:
    """How long after the last look the next one is due; None when the article rests."""
    if standing.checked_at is None:
        return timedelta(0)
    age = standing.checked_at - (standing.changed_at or standing.checked_at)
    if standing.max_age is not None and age > standing.max_age:
        return None
    step = next((step for limit, step in STEPS if age < limit), STEPS[-1][1] if standing.is_named else None)
    if step and standing.failures:
        tries: int = 4 ** min(standing.failures - 1, _MOST_FAILURES)
        return min(step, tries * _SHORTEST)
    return step


def detection_delay(standing: Standing, now: datetime, *, between_runs: timedelta) -> timedelta | None:
    """The longest that an edit made since the last look can stay unseen, if runs keep coming; None when it rests.

    Counted for the unluckiest edit, made right after the last look: it is found by the first run at or after the due
    time, which is at most `between_runs` later.
    """
    step = next_step(standing)
    if step is None:
        return None
    waited = now - standing.checked_at if standing.checked_at else timedelta(0)
    return max(step, waited) + between_runs


def choose(
    standings: Iterable[Standing],
    now: datetime,
    *,
    host_of: Callable[[str], str],
    per_host: int,
    limit: int | None = None,
    everything: bool = False,
) -> Choice:
    """The addresses that a run at this time looks at: new ones first, then the most overdue.

    At most `per_host` of one host and `limit` in all. With `everything`, what is not yet due, or rests, counts as due.
    """
    known = tuple(standings)
    clockwork = _clockwork(known, now)
    due = [one for standing in known if (one := _due(standing, now, clockwork, everything))]
    due.sort(key=lambda one: (one.reason != "new", -one.overdue, one.url))
    chosen: list[Due] = []
    hosts: Counter[str] = Counter()
    for one in due:
        if limit is not None and len(chosen) >= limit:
            break
        hosts[host := host_of(one.url)] += 1
        if hosts[host] <= per_host:
            chosen.append(one)
    return Choice(due=tuple(chosen), left=len(due) - len(chosen))


def _due(standing: Standing, now: datetime, clockwork: frozenset[str], everything: bool) -> Due | None:
    if standing.checked_at is None:
        waited = now - (standing.changed_at or now)  # the newest first: they change, and go, the soonest
        return Due(url=standing.url, reason="new", overdue=1 / (1 + max(waited / _SHORTEST, 0)))
    waited, step = now - standing.checked_at, next_step(standing)
    if step and waited >= step:
        return Due(url=standing.url, reason="age", overdue=waited / step)
    if _is_stated(standing, now) and standing.source not in clockwork and waited >= _SHORTEST:
        return Due(url=standing.url, reason="stated", overdue=waited / _SHORTEST)
    return Due(url=standing.url, reason="age", overdue=0.0) if everything else None


def _is_stated(standing: Standing, now: datetime) -> bool:
    """A change that is stated for the future is a wrong clock, and would be stated for ever."""
    return bool(standing.lastmod and standing.checked_at and standing.checked_at < standing.lastmod <= now)


def _clockwork(standings: Iterable[Standing], now: datetime) -> frozenset[str]:
    """The sources that state a change of most that they name: the time of writing the feed, not of any edit."""
    named: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    for standing in standings:
        if standing.lastmod and standing.checked_at:
            named[standing.source] += 1
            stated[standing.source] += _is_stated(standing, now)
    return frozenset(
        source
        for source, count in stated.items()
        if count >= _CLOCKWORK_LEAST and count > _CLOCKWORK_SHARE * named[source]
    )
