"""How a source stands, from how the looks at it went; and what of a change in that is worth telling. Pure."""

from __future__ import annotations

from enum import StrEnum

from archiver.model import Check, Event

FAILING_AFTER = 3
"""Failed looks in a row until a source counts as more than unlucky."""
_REFUSALS = frozenset((401, 402, 403, 429, 451))
_ABSENT = frozenset((404, 410))


class Health(StrEnum):
    """How a source stands."""

    NEW = "new"
    OK = "ok"
    RETRYING = "retrying"
    """It failed, but not yet often enough to say so."""
    FAILING = "failing"
    BLOCKED = "blocked"
    """It answers, and refuses us: by status or by its robots.txt."""
    GONE = "gone"
    HELD = "held"

    @property
    def is_trouble(self) -> bool:
        """Whether somebody should look."""
        return self not in (Health.NEW, Health.OK, Health.RETRYING)


def health_of(check: Check | None, failures: int) -> Health:
    """How a source stands after its last look and so many failures in a row."""
    if check is None:
        return Health.NEW
    if check.event is Event.HELD:
        return Health.HELD
    if check.event is Event.GONE:
        return Health.GONE
    if check.event is Event.MISSING or (check.event is Event.FAILED and failures < FAILING_AFTER):
        return Health.RETRYING
    if check.event is not Event.FAILED:
        return Health.OK
    if check.http_status in _REFUSALS or check.reason.startswith("robots.txt disallows"):
        return Health.BLOCKED
    return Health.GONE if check.http_status in _ABSENT else Health.FAILING


def told(before: Health, after: Health) -> str:
    """What to tell of a change, in a word or two; "" when it is none, or says nothing yet."""
    if after.is_trouble and after is not before:
        return str(after)
    return "recovered" if before.is_trouble and after is Health.OK else ""
