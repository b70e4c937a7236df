"""When an article is due: by age, by what a feed states, under budgets, and never later than promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.schedule import STEPS, Due, Standing, choose, detection_delay, next_step
from archiver.urls import host_and_port

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTER = timedelta(minutes=15)
URL = "https://courier.example/bridge"


def host(url: str) -> str:
    return host_and_port(url)[0]


def pick(*standings: Standing, per_host: int = 1000, **more: Any) -> tuple[Due, ...]:
    return choose(standings, NOW, host_of=host, per_host=per_host, **more).due


def standing(url: str = URL, *, age: timedelta | None = None, waited: timedelta | None = None, **more: Any) -> Standing:
    """An article of this age at its last look, which was so long ago."""
    checked_at = None if waited is None else NOW - waited
    changed_at = None if age is None else (checked_at or NOW) - age
    return Standing(url=url, changed_at=changed_at, checked_at=checked_at, **more)


@pytest.mark.parametrize(
    ("age", "step"),
    [
        (timedelta(0), QUARTER),
        (2.9 * HOUR, QUARTER),
        (3 * HOUR, HOUR),
        (23 * HOUR, HOUR),
        (DAY, 3 * HOUR),
        (6 * DAY, 3 * HOUR),
        (7 * DAY, 3 * DAY),
        (30 * DAY, 30 * DAY),
        (359 * DAY, 30 * DAY),
        (360 * DAY, None),
    ],
)
def test_the_younger_the_sooner(age: timedelta, step: timedelta | None) -> None:
    assert next_step(standing(age=age, waited=HOUR)) == step


def test_due_when_the_step_has_passed_and_not_before() -> None:
    assert pick(standing(age=2 * DAY, waited=3 * HOUR)) == (Due(url=URL, reason="age", overdue=1.0),)
    assert pick(standing(age=2 * DAY, waited=2.99 * HOUR)) == ()


def test_without_any_date_an_article_is_as_young_as_its_first_look() -> None:
    assert pick(standing(waited=QUARTER)) == (Due(url=URL, reason="age", overdue=1.0),)


def test_an_old_article_rests_until_a_change_is_stated() -> None:
    assert pick(standing(age=400 * DAY, waited=40 * DAY)) == ()
    stated = standing(age=400 * DAY, waited=40 * DAY, lastmod=NOW - HOUR)
    assert [due.reason for due in pick(stated)] == ["stated"]


@pytest.mark.parametrize("lastmod", [NOW - 3 * HOUR, NOW + HOUR])
def test_a_change_before_the_last_look_or_in_the_future_pulls_nothing(lastmod: datetime) -> None:
    assert pick(standing(age=2 * DAY, waited=2 * HOUR, lastmod=lastmod)) == ()


def test_no_statement_makes_an_article_due_more_often_than_the_shortest_step() -> None:
    assert pick(standing(age=2 * DAY, waited=QUARTER / 2, lastmod=NOW)) == ()


def test_a_feed_that_states_a_change_of_everything_is_a_clock() -> None:
    every = [standing(f"{URL}-{n}", age=400 * DAY, waited=DAY, lastmod=NOW, source="feed") for n in range(20)]
    assert pick(*every) == ()
    quiet = [
        standing(f"{URL}-q{n}", age=400 * DAY, waited=DAY, lastmod=NOW - 2 * DAY, source="feed") for n in range(20)
    ]
    assert len(pick(*every, *quiet)) == 20
    assert len(pick(*every[:9])) == 9, "of a few entries all may well have changed"


def test_an_article_that_a_person_named_never_rests() -> None:
    named = standing(age=4000 * DAY, waited=30 * DAY, is_named=True)
    assert [due.reason for due in pick(named)] == ["age"]
    assert pick(standing(age=4000 * DAY, waited=29 * DAY, is_named=True)) == ()


def test_what_failed_is_tried_again_sooner_and_then_ever_less_often() -> None:
    steps = [next_step(standing(age=60 * DAY, waited=HOUR, failures=count)) for count in (0, 1, 2, 3, 9)]
    assert steps == [30 * DAY, QUARTER, HOUR, 4 * HOUR, 30 * DAY]
    assert next_step(standing(age=HOUR, waited=HOUR, failures=5)) == QUARTER


def test_max_age_ends_the_looking() -> None:
    old = standing(age=31 * DAY, waited=31 * DAY, max_age=30 * DAY)
    assert pick(old) == ()
    assert len(pick(old, everything=True)) == 1


def test_new_ones_first_then_the_most_overdue() -> None:
    found = pick(
        standing(f"{URL}-a", age=2 * DAY, waited=6 * HOUR),
        standing(f"{URL}-b", age=2 * DAY, waited=30 * HOUR),
        standing(f"{URL}-c", age=HOUR, waited=HOUR),
        standing(f"{URL}-old", age=9 * DAY),
        standing(f"{URL}-new", age=HOUR),
    )
    assert [due.url.removeprefix(f"{URL}-") for due in found] == ["new", "old", "b", "c", "a"]


def test_budgets_bound_each_host_and_the_run() -> None:
    many = [standing(f"https://{name}.example/{n}", waited=n * HOUR) for name in "abc" for n in range(1, 10)]
    per_host = pick(*many, per_host=2)
    assert sorted(due.url for due in per_host) == [f"https://{name}.example/{n}" for name in "abc" for n in (8, 9)]
    assert [due.url for due in pick(*many, limit=2)] == ["https://a.example/9", "https://b.example/9"]
    assert pick(*many, limit=0) == ()


@given(st.permutations(range(12)))
def test_the_choice_does_not_depend_on_the_order(order: list[int]) -> None:
    many = [standing(f"{URL}-{n % 7}-{n}", age=n * DAY, waited=(n % 5) * HOUR) for n in range(12)]
    assert pick(*(many[n] for n in order)) == pick(*many)


minutes = st.integers(0, 500 * 24 * 60).map(lambda count: timedelta(minutes=count))


@given(age=minutes, between=st.integers(1, 48 * 60).map(lambda count: timedelta(minutes=count)), edit=minutes)
def test_no_edit_stays_unseen_longer_than_stated(age: timedelta, between: timedelta, edit: timedelta) -> None:
    """Runs come at least every `between`; an edit made any time after the look at NOW is found as stated."""
    looked = Standing(url=URL, changed_at=NOW - age, checked_at=NOW)
    stated = detection_delay(looked, NOW, between_runs=between)
    if stated is None:
        assert age >= STEPS[-1][0]
        return
    run = NOW
    while not choose([looked], run, host_of=host, per_host=1).due:
        run += between
    assert run - NOW <= stated


def test_what_has_to_wait_is_counted() -> None:
    many = [standing(f"{URL}-{n}", waited=HOUR) for n in range(9)]
    assert choose(many, NOW, host_of=host, per_host=4).left == 5
    assert choose(many, NOW, host_of=host, per_host=100).left == 0
