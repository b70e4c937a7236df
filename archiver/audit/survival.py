"""How long until something happens, when not everything is watched to its end: the Kaplan–Meier estimate.

Kaplan and Meier, J. Am. Stat. Assoc. 53 (1958) 457–481; variance after Greenwood (1926); intervals on the scale of
log(−log S), which stay between 0 and 1 (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data).
Forty lines of arithmetic, where a library would bring hundreds of megabytes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from statistics import NormalDist

_TAIL = 0.025
_Z = NormalDist().inv_cdf(1 - _TAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An estimated share with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The share to which it has happened by each time. Steps up at `times`, level between them."""

    times: tuple[float, ...]
    shares: tuple[Share, ...]
    events: int
    ends: tuple[float, ...]
    """How long each was watched, the shortest first."""

    @property
    def watched(self) -> int:
        """How many were watched at all."""
        return len(self.ends)

    def share_by(self, time: float) -> Share | None:
        """The share to which it has happened by `time`; None where nothing was watched for so long.

        Before it ever happened the interval is the exact one for none of those still watched (Clopper and Pearson).
        """
        at_risk = self.watched - bisect_left(self.ends, time)
        at = bisect_right(self.times, time) - 1
        if not at_risk:
            return self.shares[at] if at >= 0 and self.shares[at].value == 1 else None
        return self.shares[at] if at >= 0 else Share(value=0.0, low=0.0, high=1 - _TAIL ** (1 / at_risk))

    def time_of(self, share: float) -> float | None:
        """When it had happened to this share; None when it never did, as far as was watched."""
        return next((time for time, it in zip(self.times, self.shares, strict=True) if it.value >= share - 1e-9), None)


def kaplan_meier(spells: Iterable[tuple[float, bool]]) -> Curve:
    """The curve for spells of watching: how long each lasted, and whether it ended because it happened."""
    ends: Counter[float] = Counter()
    happened: Counter[float] = Counter()
    for duration, has_happened in spells:
        ends[duration] += 1
        happened[duration] += has_happened
    at_risk = ends.total()
    survival, variance = 1.0, 0.0
    times: list[float] = []
    shares: list[Share] = []
    for time in sorted(ends):
        events = happened[time]
        if events:
            survival *= 1 - events / at_risk
            variance += events / (at_risk * (at_risk - events)) if at_risk > events else inf
            times.append(time)
            shares.append(_share(survival, variance, shares[-1].low if shares else 0.0))
        at_risk -= ends[time]
    return Curve(times=tuple(times), shares=tuple(shares), events=happened.total(), ends=tuple(sorted(ends.elements())))


def _share(survival: float, variance: float, low_before: float) -> Share:
    """The share that did not survive; `variance` is Greenwood's sum. Once all did, the formula gives no interval."""
    if survival <= 0:
        return Share(value=1.0, low=low_before, high=1.0)
    half = _Z * sqrt(variance) / log(survival)
    return Share(value=1 - survival, low=1 - survival ** exp(half), high=1 - survival ** exp(-half))
