"""Counts how newsrooms change their articles: by newsroom, section or month.

Takes histories and the looks of the check log one by one, keeps sums. An edit is known only to lie between two looks;
so every time comes twice, as early and as late as the looks allow, and beside all figures stands how often was looked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archiver.audit.steps import CORRECTING, History, Step, is_correcting
from archiver.audit.survival import Bounds, Share, Spell
from archiver.model import Check, Event
from archiver.store.layout import newsroom_of

Grouping = Literal["newsroom", "section", "month"]
Group = tuple[str, str, str]
"""Newsroom, section, month ("2026-03"); "" for what is not told apart."""

HORIZONS = {"1 h": 1, "24 h": 24, "7 d": 7 * 24, "30 d": 30 * 24}
"""Times, in hours, at which shares are given."""
_LOOKS = frozenset(
    {Event.FIRST, Event.EDIT, Event.TOUCH, Event.SAME, Event.MOVED, Event.RETURNED, Event.GONE, Event.MISSING}
)
"""Checks that saw how the article stood; a held or failed one saw nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """How long something took after the first look, in hours."""

    events: int
    articles: int
    late: dict[str, Share | None]
    """The least share by each horizon that the looks allow; None: nobody looked so long."""
    early: dict[str, Share | None]
    """The greatest share by each horizon that the looks allow."""
    median_late: float | None
    median_early: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was counted of one group. Articles count in the month of their first look, steps and looks in their own."""

    newsroom: str
    section: str
    month: str
    articles: int
    edited: int
    """Articles whose text changed."""
    corrected: int
    """Articles with a correction, clarification, editor's note or retraction, also at the first look."""
    moved_changed: int
    """Steps in which a stamp moved and the text changed, and so on."""
    moved_same: int
    stayed_changed: int
    """Also where a notice came with it; the rule for stealth edits looks closer."""
    unclear_changed: int
    """The text changed on a page without a stamp, or with one that may be the site's clock."""
    stayed_same: int
    """Looks that found nothing changed."""
    first_edit: Delay
    first_notice: Delay
    looks: int
    median_gap_minutes: int | None
    """Between two looks at one article."""
    longest_gap_minutes: int | None
    last_look: datetime | None
    """What happened since is not known."""


class Census:
    """Sums over many articles. First all histories, then all checks, in order."""

    def __init__(self, by: Grouping) -> None:
        self._by = by
        self._sums: defaultdict[Group, _Sums] = defaultdict(_Sums)
        self._sections: dict[str, str] = {}
        self._seen: dict[str, datetime] = {}

    def add_history(self, history: History, seen_at: datetime) -> None:
        """Count an article. `seen_at` is the last look at it."""
        key = history.first.key
        self._sections[key] = history.section if self._by == "section" else ""
        sums = self._sums[self._group(key, history.first.captured_at)]
        edits = history.edits
        edit = next((step for step in edits if step.text_changes), None)
        notice = next((step for step in edits if any(map(is_correcting, step.notice_changes))), None)
        had_notice = any(notice.kind in CORRECTING for notice in history.origin.notices)
        until = _last_alive(history, seen_at)
        sums.articles += 1
        sums.edited += edit is not None
        sums.corrected += had_notice or notice is not None
        sums.first_edit.append(_spell(history, edit, until))
        if not had_notice:
            sums.first_notice.append(_spell(history, notice, until))
        for step in edits:
            self._sums[self._group(key, step.after.captured_at)].steps[_cell(step)] += 1

    def add_check(self, check: Check) -> None:
        """Count a look, where it was one at an article that was counted."""
        if check.key not in self._sections or check.event not in _LOOKS:
            return
        sums = self._sums[self._group(check.key, check.at)]
        before = self._seen.get(check.key)
        self._seen[check.key] = check.at
        if before == check.at:
            return  # one article under two addresses
        sums.looks += 1
        sums.last_look = max(check.at, sums.last_look or check.at)
        sums.steps["stayed_same"] += check.event is Event.SAME
        if before is not None and check.at > before:
            sums.gaps[round((check.at - before).total_seconds() / 60)] += 1

    def figures(self) -> Iterator[Figures]:
        """What was counted, in the order of the groups."""
        for (newsroom, section, month), sums in sorted(self._sums.items()):
            yield Figures(
                newsroom=newsroom,
                section=section,
                month=month,
                articles=sums.articles,
                edited=sums.edited,
                corrected=sums.corrected,
                **{cell: sums.steps[cell] for cell in _CELLS},
                first_edit=_delay(sums.first_edit),
                first_notice=_delay(sums.first_notice),
                looks=sums.looks,
                median_gap_minutes=_median(sums.gaps),
                longest_gap_minutes=max(sums.gaps, default=None),
                last_look=sums.last_look,
            )

    def _group(self, key: str, at: datetime) -> Group:
        return newsroom_of(key), self._sections[key], f"{at:%Y-%m}" if self._by == "month" else ""


_CELLS = ("moved_changed", "moved_same", "stayed_changed", "unclear_changed", "stayed_same")


class _Sums:
    """What is counted of one group."""

    def __init__(self) -> None:
        self.articles = self.edited = self.corrected = self.looks = 0
        self.steps: Counter[str] = Counter()
        self.first_edit: list[Spell] = []
        self.first_notice: list[Spell] = []
        self.gaps: Counter[int] = Counter()
        self.last_look: datetime | None = None


def _cell(step: Step) -> str:
    """Where a step stands in the table of stamp and text; "" when neither changed."""
    if step.stamp_moves():
        return "moved_changed" if step.text_changes else "moved_same"
    if not step.text_changes:
        return ""
    is_clear = bool(step.stamps) and not step.stamp_moves(even_doubtful=True)
    return "stayed_changed" if is_clear else "unclear_changed"


def _last_alive(history: History, seen_at: datetime) -> datetime:
    """Until when the article was watched: of one that is gone, until it was last seen there."""
    latest = history.latest
    return seen_at if latest.status == "live" else latest.unchanged_since or latest.captured_at


def _spell(history: History, step: Step | None, until: datetime) -> Spell:
    start = history.first.captured_at
    if step is None:
        watched = max(0.0, (until - start).total_seconds() / 3600)
        return watched, watched, False
    since = step.after.unchanged_since or step.before.captured_at
    early, late = ((at - start).total_seconds() / 3600 for at in (since, step.after.captured_at))
    return max(0.0, early), late, True


def _delay(spells: Iterable[Spell]) -> Delay:
    bounds = Bounds(spells)
    return Delay(
        events=bounds.events,
        articles=bounds.watched,
        late={name: bounds.least_by(hours) for name, hours in HORIZONS.items()},
        early={name: bounds.most_by(hours) for name, hours in HORIZONS.items()},
        median_late=bounds.latest_time_of(0.5),
        median_early=bounds.earliest_time_of(0.5),
    )


def _median(counts: Counter[int]) -> int | None:
    """The middle value, the lower of two."""
    middle = (counts.total() + 1) // 2
    for value in sorted(counts):
        middle -= counts[value]
        if middle <= 0:
            return value
    return None
