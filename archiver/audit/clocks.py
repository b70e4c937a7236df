"""Tells dates of change from the time at which a page is served, which many pages print or declare in their place.

Only what was seen twice is certain. One stamp on several articles may be a night on which the newsroom changed them
all, and a stamp minutes before the capture an edit that was caught at once. In doubt no rule may build on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from archiver.compare import is_site_clock
from archiver.model import Article, PageDate, Revision

SharedStamps = Collection[tuple[str, str, str]]
"""Run, host and text of the site stamps that a run saw on several articles of a host."""

_DAY = len("2026-03-01")
_LONG_LOOK = timedelta(hours=1)
"""An honest stamp lies anywhere between two looks; minutes before the second, twice, it hardly does."""


class Clocks(NamedTuple):
    """The fields, as `FieldChange` names them, whose dates are no dates of change."""

    certain: frozenset[str]
    doubtful: frozenset[str]


class Seen(NamedTuple):
    """One state of an article."""

    revision: Revision
    article: Article


def stamps_of(article: Article) -> Iterator[tuple[str, PageDate]]:
    """Every date of change that a page states, with its field."""
    if article.modified:
        yield "modified", article.modified
    yield from (("stamp", stamp) for stamp in article.stamps)
    if article.site_stamp:
        yield "site_stamp", article.site_stamp


def latest_stamps(article: Article) -> dict[str, PageDate]:
    """By field, the latest date of change that a page states there."""
    return dict(sorted(stamps_of(article), key=lambda named: named[1].value))


def is_same_moment(was: PageDate, now: PageDate) -> bool:
    """Whether two dates are one, in another zone or stated more exactly."""
    length = min(len(was.value), len(now.value))
    if was.offset and now.offset and length > _DAY:
        before, after = (datetime.fromisoformat(it.value[:length] + it.offset) for it in (was, now))
        return before == after
    return was.value[:length] == now.value[:length]


def find_clocks(before: Seen, after: Seen, shared_stamps: SharedStamps) -> Clocks:
    """What of two successive states is a clock. One that stands still is none.

    Dates of the article itself are taken at their word unless it is certain; the site stamp is suspect sooner.
    """
    was, now = latest_stamps(before.article), latest_stamps(after.article)
    moved = [field for field in was if field in now and was[field].text != now[field].text]
    since = after.revision.unchanged_since
    is_long = since is not None and after.revision.captured_at - since >= _LONG_LOOK
    certain = {field for field in moved if is_long and _is_near(was[field], before) and _is_near(now[field], after)}
    doubtful = set()
    if "site_stamp" in moved:
        old, new = was["site_stamp"], now["site_stamp"]
        shared = [_is_shared(old, before, shared_stamps), _is_shared(new, after, shared_stamps)]
        near = [_is_near(old, before), _is_near(new, after)]
        keeps_lag = is_site_clock(new, after.revision.captured_at, old, before.revision.captured_at)
        if all(shared):
            certain.add("site_stamp")
        elif any(shared) or any(near) or keeps_lag:
            doubtful.add("site_stamp")
    return Clocks(frozenset(certain), frozenset(doubtful - certain))


def _is_near(stamp: PageDate, seen: Seen) -> bool:
    return is_site_clock(stamp, seen.revision.captured_at, None, None)


def _is_shared(stamp: PageDate, seen: Seen, shared_stamps: SharedStamps) -> bool:
    return (seen.revision.run, seen.revision.key.partition("/")[0], stamp.text) in shared_stamps
