"""How a source stands, and what of a change is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.health import FAILING_AFTER, Health, health_of, told
from archiver.model import Check, Event


def check(event: Event, *, status: int = 0, reason: str = "") -> Check:
    return Check(
        url="https://courier.example/rss",
        at=datetime(2026, 3, 2, tzinfo=UTC),
        event=event,
        http_status=status,
        reason=reason,
    )


@pytest.mark.parametrize(
    ("last", "failures", "health"),
    [
        (None, 0, Health.NEW),
        (check(Event.SAME), 0, Health.OK),
        (check(Event.EDIT), 0, Health.OK),
        (check(Event.DROPPED), 0, Health.OK),
        (check(Event.FAILED, status=500), FAILING_AFTER - 1, Health.RETRYING),
        (check(Event.FAILED, status=500), FAILING_AFTER, Health.FAILING),
        (check(Event.FAILED, status=403), FAILING_AFTER - 1, Health.RETRYING),
        (check(Event.FAILED, status=403), FAILING_AFTER, Health.BLOCKED),
        (check(Event.FAILED, reason="robots.txt disallows https://x"), FAILING_AFTER, Health.BLOCKED),
        (check(Event.FAILED, reason="robots.txt answered 503"), FAILING_AFTER, Health.FAILING),
        (check(Event.FAILED, status=404), FAILING_AFTER, Health.GONE),
        (check(Event.MISSING), 0, Health.RETRYING),
        (check(Event.GONE), 0, Health.GONE),
        (check(Event.HELD), 0, Health.HELD),
    ],
)
def test_health_follows_from_the_last_look_and_the_failures(last: Check | None, failures: int, health: Health) -> None:
    assert health_of(last, failures) is health


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (Health.NEW, Health.OK, ""),
        (Health.OK, Health.RETRYING, ""),
        (Health.RETRYING, Health.OK, ""),
        (Health.RETRYING, Health.FAILING, "failing"),
        (Health.FAILING, Health.FAILING, ""),
        (Health.FAILING, Health.BLOCKED, "blocked"),
        (Health.NEW, Health.HELD, "held"),
        (Health.FAILING, Health.RETRYING, ""),
        (Health.GONE, Health.OK, "recovered"),
    ],
)
def test_only_turns_are_told(before: Health, after: Health, word: str) -> None:
    assert told(before, after) == word
