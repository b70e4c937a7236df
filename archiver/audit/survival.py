"""How long until something happens: the least and the greatest Kaplan–Meier estimate that the looks allow.

Takes spells of watching, some of which end before it happened; when it happened is known only to lie between two looks.
An estimate from the latest times that the looks allow, beside one from the earliest, is no pair of bounds: with
something censored in between, a later time leaves fewer at risk and can raise the share. So for each time t the times
are put where the estimate at t becomes least, and where it becomes greatest; whatever the true ones are, the estimate
from them lies between.

- What happens by t counts for more the later it does, for whoever is no longer watched by then shares its weight among
  those still at risk (Efron, Proc. Fifth Berkeley Symp. 4 (1967) 831–853).
- So it is greatest when all that can have happened by t did so as late as it can by t, and least when only what must
  have happened by t did, as early as it can.

Kaplan and Meier, J. Am. Stat. Assoc. 53 (1958) 457–481; variance after Greenwood (1926); intervals on the scale of
log(−log S), which stay between 0 and 1 (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data).
Little arithmetic, where a library would bring hundreds of megabytes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, inf, log, nextafter, sqrt
from statistics import NormalDist

_TAIL = 0.025
_Z = NormalDist().inv_cdf(1 - _TAIL)

Spell = tuple[float, float, bool]
"""Shortest and longest duration that the looks allow, and whether it ended because it happened.

If it did not, both are how long was watched.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An estimated share with its 95 % interval."""

    value: float
    low: float
    high: float


class Bounds:
    """The share to which it has happened by each time, at least and at most; both never fall as time goes on."""

    def __init__(self, spells: Iterable[Spell]) -> None:
        spells = tuple(spells)
        self._by_earliest = sorted((early, late) for early, late, happened in spells if happened)
        self._latest = sorted(late for _, late in self._by_earliest)
        self._censored = sorted(late for _, late, happened in spells if not happened)

    @property
    def events(self) -> int:
        """How often it happened."""
        return len(self._latest)

    @property
    def watched(self) -> int:
        """How many were watched at all."""
        return self.events + len(self._censored)

    def least_by(self, time: float) -> Share | None:
        """The least share to which it can have happened by `time`; None where nothing was watched for so long."""
        return self._least(time) if self._is_known(time) else None

    def most_by(self, time: float) -> Share | None:
        """The greatest such share."""
        return self._most(time) if self._is_known(time) else None

    def latest_time_of(self, share: float) -> float | None:
        """By when it had happened to this share at the latest; None when it may never have, as far as was watched."""
        return _first(self._latest, self._least, share)

    def earliest_time_of(self, share: float) -> float | None:
        """Not before when it had happened to this share; None when it never had, as far as was watched."""
        return _first(sorted([*(early for early, _ in self._by_earliest), *self._censored]), self._most, share)

    def _is_known(self, time: float) -> bool:
        """Whether something was watched until then, or it had happened to all."""
        last = max(self._latest[-1:] + self._censored[-1:], default=-inf)
        return time <= last or (self.events > 0 and self._least(time).value == 1)

    def _least(self, time: float) -> Share:
        return self._estimate([early for early, late in self._by_earliest if late <= time], time)

    def _most(self, time: float) -> Share:
        surely = bisect_right(self._latest, time)
        perhaps = bisect_right(self._by_earliest, (time, inf)) - surely
        just_after = nextafter(time, inf)  # after those that are watched until then, which lets the share step up there
        return self._estimate(self._latest[:surely] + [just_after] * perhaps, time)

    def _estimate(self, times: list[float], until: float) -> Share:
        """The Kaplan–Meier estimate at a time, from the sorted times at which it happened by then.

        Before it ever happened the interval is the exact one for none of those still watched (Clopper and Pearson).
        Once it happened to all, the formula gives none: it is the one just before.
        """
        if not times:
            at_risk = self.watched - bisect_left(self._censored, until)
            return Share(value=0.0, low=0.0, high=1 - _TAIL ** (1 / at_risk) if at_risk else 1.0)
        survival, variance, done, low = 1.0, 0.0, 0, 0.0
        for time, events in Counter(times).items():
            low = _interval(survival, variance)[0]
            at_risk = self.watched - done - bisect_left(self._censored, time)
            survival *= 1 - events / at_risk
            variance += events / (at_risk * (at_risk - events)) if at_risk > events else inf
            done += events
        if survival <= 0:
            return Share(value=1.0, low=low, high=1.0)
        low, high = _interval(survival, variance)
        return Share(value=1 - survival, low=low, high=high)


def _first(times: list[float], share_by: Callable[[float], Share], share: float) -> float | None:
    """The first of the sorted times by which the share is reached."""
    at = bisect_left(times, share - 1e-9, key=lambda time: share_by(time).value)
    return times[at] if at < len(times) else None


def _interval(survival: float, variance: float) -> tuple[float, float]:
    """The 95 % interval of the share that did not survive; `variance` is Greenwood's sum."""
    if survival >= 1:
        return 0.0, 0.0
    half = _Z * sqrt(variance) / log(survival)
    return 1 - survival ** exp(half), 1 - survival ** exp(-half)
