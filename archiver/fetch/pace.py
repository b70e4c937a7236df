"""Politeness: when a host may be asked again, and how long to wait before a second try.

Pure: times are arguments, in seconds of any monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SLOWNESS = 2.0
"""A pause is at least this many times as long as the answer took: half of a slow server's time is its own."""
_FIRST_BACKOFF_S = 1.0

Jitter = Callable[[float], float]
"""Somewhere between 0 and the given number of seconds."""


class Pace:
    """The pauses of one host in one run."""

    def __init__(self, delay_s: float, max_delay_s: float) -> None:
        self._delay_s = delay_s
        self._max_delay_s = max_delay_s
        self._is_adaptive = delay_s > 0
        self._next_at = 0.0

    def pause(self, now: float) -> float:
        """How long to wait from `now` on before the next request."""
        return max(0.0, self._next_at - now)

    def answered(self, now: float, took_s: float) -> None:
        """An exchange ended at `now`."""
        pause = max(self._delay_s, min(took_s * _SLOWNESS, self._max_delay_s) if self._is_adaptive else 0.0)
        self._next_at = max(self._next_at, now + pause)

    def at_least(self, delay_s: float) -> None:
        """The site's own wish (Crawl-delay, Request-rate), followed up to the bound."""
        self._delay_s = max(self._delay_s, min(delay_s, self._max_delay_s))

    def slow_down(self) -> None:
        """The server said that it is too much."""
        self._delay_s = max(self._delay_s, min(self._delay_s * 2, self._max_delay_s))

    def hold(self, now: float, seconds: float) -> None:
        """Nothing for so long."""
        self._next_at = max(self._next_at, now + seconds)


def backoff(tries: int, jitter: Jitter, longest_s: float) -> float:
    """Seconds before try number `tries` + 1: exponential, with full jitter."""
    return jitter(min(_FIRST_BACKOFF_S * 2.0 ** min(tries, 30), longest_s))


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110 §10.2.3), None when it says nothing readable."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:18])
    moment = http_date(value)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def http_date(value: str) -> datetime | None:
    """An HTTP date in any of its forms (RFC 9110 §5.6.7), aware; None for anything else."""
    try:
        moment = parsedate_to_datetime(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
