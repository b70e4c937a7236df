"""The Kaplan–Meier estimate, against worked numbers and against counting where counting suffices."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.audit.survival import kaplan_meier

# Remission times in weeks under 6-MP, + for censored: Freireich et al., Blood 21 (1963) 699-716, table 1; the estimate
# and Greenwood's standard errors as worked in Kleinbaum and Klein, Survival Analysis, chapter 2, and by hand below.
REMISSIONS = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
SURVIVAL = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
# exp(-exp(log(-log S) ± 1.96 SE(log(-log S)))), SE after Greenwood: for 6 weeks S = 18/21, the sum is 3/(21·18) =
# .0079365, its root .0890871, over |log S| = .1541507 gives .577922; times 1.959964 = 1.132707; S^exp(±1.132707) =
# .6197 and .9516.
INTERVALS = {6: (0.6197, 0.9516), 7: (0.5631, 0.9228), 23: (0.1881, 0.6801)}


def spells(text: str) -> list[tuple[float, bool]]:
    return [(float(word.rstrip("+")), not word.endswith("+")) for word in text.split()]


def test_the_estimate_is_that_of_the_textbook() -> None:
    curve = kaplan_meier(spells(REMISSIONS))
    assert dict(zip(curve.times, (round(1 - it.value, 4) for it in curve.shares), strict=True)) == SURVIVAL
    assert (curve.events, curve.watched) == (9, 21)


def test_the_intervals_are_greenwoods_on_the_log_log_scale() -> None:
    curve = kaplan_meier(spells(REMISSIONS))
    for week, (low, high) in INTERVALS.items():
        share = curve.share_by(week)
        assert share is not None
        assert (1 - share.high, 1 - share.low) == (pytest.approx(low, abs=2e-4), pytest.approx(high, abs=2e-4))


def test_times_are_read_off_the_curve() -> None:
    curve = kaplan_meier(spells(REMISSIONS))
    assert curve.time_of(0.5) == 23
    assert curve.time_of(0.25) == 13
    assert curve.time_of(0.75) is None


def test_nothing_is_said_beyond_what_was_watched() -> None:
    curve = kaplan_meier(spells(REMISSIONS))
    assert curve.share_by(35) == curve.share_by(23)
    assert curve.share_by(36) is None
    assert kaplan_meier([]).share_by(1) is None


def test_what_happened_to_all_stays_known() -> None:
    curve = kaplan_meier([(1, True), (2, True)])
    share = curve.share_by(100)
    assert share is not None
    assert share.value == 1


def test_before_it_ever_happened_the_interval_is_exact() -> None:
    share = kaplan_meier([(24, False)] * 10).share_by(12)
    assert share is not None
    assert (share.value, share.low) == (0, 0)
    assert share.high == pytest.approx(0.3085, abs=1e-4)  # 1 - .025^(1/10), as in tables for 0 of 10


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=60))
def test_shares_rise_within_their_intervals(found: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier(found)
    for share in curve.shares:
        assert 0 <= share.low <= share.value + 1e-12
        assert share.value <= share.high + 1e-12
        assert share.high <= 1
    assert all(before.value < after.value for before, after in pairwise(curve.shares))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(0, 50))
def test_with_nothing_censored_it_is_counting(durations: list[int], by: int) -> None:
    share = kaplan_meier((duration, True) for duration in durations).share_by(by)
    assert share is not None
    assert share.value == pytest.approx(sum(duration <= by for duration in durations) / len(durations))
