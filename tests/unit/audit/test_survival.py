"""The least and the greatest Kaplan–Meier estimate, against worked numbers and against counting."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.audit.survival import Bounds

# Remission times in weeks under 6-MP, + for censored: Freireich et al., Blood 21 (1963) 699-716, table 1; the estimate
# and Greenwood's standard errors as worked in Kleinbaum and Klein, Survival Analysis, chapter 2, and by hand below.
REMISSIONS = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
SURVIVAL = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
# exp(-exp(log(-log S) ± 1.96 SE(log(-log S)))), SE after Greenwood: for 6 weeks S = 18/21, the sum is 3/(21·18) =
# .0079365, its root .0890871, over |log S| = .1541507 gives .577922; times 1.959964 = 1.132707; S^exp(±1.132707) =
# .6197 and .9516.
INTERVALS = {6: (0.6197, 0.9516), 7: (0.5631, 0.9228), 23: (0.1881, 0.6801)}


def exact(found: Iterable[tuple[float, bool]]) -> Bounds:
    """Where the times are known, so that the least and the greatest estimate are the estimate."""
    return Bounds((time, time, happened) for time, happened in found)


def remissions() -> Bounds:
    words = REMISSIONS.split()
    return exact((float(word.rstrip("+")), not word.endswith("+")) for word in words)


def test_the_estimate_is_that_of_the_textbook() -> None:
    bounds = remissions()
    for side in (bounds.least_by, bounds.most_by):
        shares = {week: side(week) for week in SURVIVAL}
        assert {week: round(1 - it.value, 4) for week, it in shares.items() if it} == SURVIVAL
    assert (bounds.events, bounds.watched) == (9, 21)


def test_the_intervals_are_greenwoods_on_the_log_log_scale() -> None:
    for week, (low, high) in INTERVALS.items():
        share = remissions().least_by(week)
        assert share is not None
        assert (1 - share.high, 1 - share.low) == (pytest.approx(low, abs=2e-4), pytest.approx(high, abs=2e-4))


def test_times_are_read_off_the_curve() -> None:
    for time_of in (remissions().latest_time_of, remissions().earliest_time_of):
        assert time_of(0.5) == 23
        assert time_of(0.25) == 13
        assert time_of(0.75) is None


def test_nothing_is_said_beyond_what_was_watched() -> None:
    assert remissions().least_by(35) == remissions().least_by(23)
    assert remissions().least_by(36) is None
    assert remissions().most_by(36) is None
    assert Bounds([]).least_by(1) is None


def test_what_happened_to_all_stays_known() -> None:
    share = exact([(1, True), (2, True)]).least_by(100)
    assert share is not None
    assert share.value == 1


def test_before_it_ever_happened_the_interval_is_exact() -> None:
    share = exact([(24, False)] * 10).least_by(12)
    assert share is not None
    assert (share.value, share.low) == (0, 0)
    assert share.high == pytest.approx(0.3085, abs=1e-4)  # 1 - .025^(1/10), as in tables for 0 of 10


def test_the_bounds_are_those_worked_by_hand() -> None:
    """Four articles: edited between hours 1 and 10, edited between 2 and 3, watched without an edit until 5 and 20.

    From the earliest times, 1 and 2, the share by hour 10 is 1 - 3/4 · 2/3 = 1/2; from the latest, 10 and 3, it is
    1 - 3/4 · 1/2 = 5/8, and more than from the earliest. By hour 4 the first edit has come or not: 1/4 or 1/2. By hour
    6 the one that was watched until 5 is out: not yet edited 1/4, edited just now 1 - 3/4 · 1/2 = 5/8.
    """
    bounds = Bounds([(1, 10, True), (2, 3, True), (5, 5, False), (20, 20, False)])
    found = {hour: (bounds.least_by(hour), bounds.most_by(hour)) for hour in (0.5, 4, 6, 10, 20)}
    assert {hour: (least.value, most.value) for hour, (least, most) in found.items() if least and most} == {
        0.5: (0, 0),
        4: (0.25, 0.5),
        6: (0.25, 0.625),
        10: (0.5, 0.625),
        20: (0.5, 0.625),
    }
    assert (bounds.earliest_time_of(0.5), bounds.latest_time_of(0.5)) == (2, 10)


Looks = tuple[int, int, float, bool]
"""The earliest time, the length of the gap, the place of the true time in it, and whether it happened."""
LOOKS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.floats(0, 1), st.booleans()), max_size=25)


def bounds_of(looks: list[Looks]) -> Bounds:
    return Bounds((early, early + gap if happened else early, happened) for early, gap, _, happened in looks)


@given(LOOKS, st.integers(0, 45))
def test_the_estimate_from_any_times_within_the_looks_lies_between(looks: list[Looks], by: int) -> None:
    least, most = bounds_of(looks).least_by(by), bounds_of(looks).most_by(by)
    for places in ([it[2] for it in looks], [0] * len(looks), [1] * len(looks)):
        true = exact(
            (early + gap * place if happened else early, happened)
            for (early, gap, _, happened), place in zip(looks, places, strict=True)
        ).least_by(by)
        if least and most and true:
            assert least.value - 1e-9 <= true.value <= most.value + 1e-9


@given(LOOKS)
def test_shares_rise_within_their_intervals_and_the_greatest_is_never_below_the_least(looks: list[Looks]) -> None:
    bounds = bounds_of(looks)
    times = [half / 2 for half in range(82)]
    for side in (bounds.least_by, bounds.most_by):
        shares = [share for share in map(side, times) if share]
        assert all(0 <= it.low <= it.value + 1e-12 and it.value <= it.high + 1e-12 <= 1 + 1e-12 for it in shares)
        assert all(before.value <= after.value + 1e-12 for before, after in pairwise(shares))
    for time in times:
        least, most = bounds.least_by(time), bounds.most_by(time)
        assert (least is None) == (most is None)
        assert least is None or most is None or least.value <= most.value + 1e-12
    earliest, latest = bounds.earliest_time_of(0.5), bounds.latest_time_of(0.5)
    assert latest is None or (earliest is not None and earliest <= latest)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(0, 50))
def test_with_nothing_censored_it_is_counting(durations: list[int], by: int) -> None:
    share = exact((duration, True) for duration in durations).least_by(by)
    assert share is not None
    assert share.value == pytest.approx(sum(duration <= by for duration in durations) / len(durations))
