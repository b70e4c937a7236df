"""A surge is many edits of one newsroom in one run; what waits to be judged is released or held in time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Event
from archiver.surge import ENOUGH, SHARE, Surges

COURIER, HERALD = "courier.example", "herald.example"


def test_the_first_edits_wait_until_there_are_enough_to_judge_by() -> None:
    surges = Surges()
    verdicts = [surges.judge(COURIER, Event.EDIT) for _ in range(ENOUGH + 2)]
    assert verdicts == ["wait"] * (ENOUGH - 1) + ["hold"] * 3
    assert surges.held == {COURIER: (ENOUGH + 2, ENOUGH + 2)}


def test_edits_among_many_unchanged_articles_pass() -> None:
    surges = Surges()
    for _ in range(20):
        assert surges.judge(COURIER, Event.SAME) == "pass"
    assert [surges.judge(COURIER, Event.EDIT) for _ in range(ENOUGH)][-1] == "pass"
    assert surges.held == {}


def test_failures_are_no_articles_looked_at() -> None:
    surges = Surges()
    for _ in range(50):
        surges.judge(COURIER, Event.FAILED)
    assert [surges.judge(COURIER, Event.EDIT) for _ in range(ENOUGH)][-1] == "hold"


def test_newsrooms_are_judged_apart() -> None:
    surges = Surges()
    for _ in range(ENOUGH):
        surges.judge(COURIER, Event.EDIT)
    assert surges.judge(HERALD, Event.EDIT) == "wait"
    assert list(surges.held) == [COURIER]


@given(st.lists(st.sampled_from([Event.EDIT, Event.SAME, Event.TOUCH, Event.FAILED, Event.FIRST]), max_size=60))
def test_held_means_that_most_had_changed_at_some_point(events: list[Event]) -> None:
    surges = Surges()
    edited = looked = 0
    surged = False
    for event in events:
        edited += event is Event.EDIT
        looked += event in (Event.EDIT, Event.SAME, Event.TOUCH)
        surged = surged or (event is Event.EDIT and edited >= ENOUGH and edited > SHARE * looked)
        verdict = surges.judge(COURIER, event)
        assert (verdict == "hold") == (surged and event is Event.EDIT)
    assert (COURIER in surges.held) == surged
