"""Draws the figures of the audit as text, and gives them as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.audit.census import HORIZONS, Delay, Figures
from archiver.audit.survival import Share
from archiver.render.findings import instant
from archiver.render.safe import safe
from archiver.render.table import Cell

_COUNTS = ("articles", "edited", "corrected")
_CELLS = ("moved_changed", "moved_same", "stayed_changed", "stayed_same", "unclear_changed")
_LOOKS = ("looks", "median_gap_minutes", "longest_gap_minutes")
_DELAYS = ("first_edit", "first_notice")

COLUMNS = (
    "newsroom",
    "section",
    "month",
    *_COUNTS,
    *_CELLS,
    *(
        f"{delay}_{name}"
        for delay in _DELAYS
        for name in (
            "events",
            "articles",
            *(
                f"{horizon.replace(' ', '')}_{side}_{part}"
                for horizon in HORIZONS
                for side in ("late", "early")
                for part in ("share", "low", "high")
            ),
            "median_late_hours",
            "median_early_hours",
        )
    ),
    *_LOOKS,
    "last_look",
)
"""Of a table of figures. Shares lie between 0 and 1."""


def row(figures: Figures) -> tuple[Cell, ...]:
    """The cells of one group, as `COLUMNS` names them."""
    cells: list[Cell] = [figures.newsroom, figures.section, figures.month]
    cells += [getattr(figures, name) for name in (*_COUNTS, *_CELLS)]
    for name in _DELAYS:
        delay: Delay = getattr(figures, name)
        cells += [delay.events, delay.articles]
        for horizon in HORIZONS:
            for share in (delay.late[horizon], delay.early[horizon]):
                cells += map(_round, (share.value, share.low, share.high) if share else (None, None, None))
        cells += [_round(delay.median_late), _round(delay.median_early)]
    last_look = figures.last_look.isoformat() if figures.last_look else None
    return (*cells, *(getattr(figures, name) for name in _LOOKS), last_look)


def render_figures(figures: Figures) -> Iterator[str]:
    """One group, in some fifteen lines of at most 80 columns."""
    yield " · ".join(safe(part) for part in (figures.newsroom, figures.section, figures.month) if part)
    percent = f", {figures.corrected / figures.articles:.0%}" if figures.articles else ""
    yield f"  {figures.articles} articles first seen; {figures.edited} edited, {figures.corrected} corrected{percent}"
    yield f"  {'':24}text changed  text as it was"
    yield f"  {'a stamp moved':24}{figures.moved_changed:12}{figures.moved_same:16}"
    yield f"  {'no stamp moved':24}{figures.stayed_changed:12}{figures.stayed_same:16}"
    yield f"  {'no stamp, or unclear':24}{figures.unclear_changed:12}"
    yield from _delay("first edit", figures.first_edit)
    yield from _delay("first notice", figures.first_notice)
    if figures.last_look:
        gaps = f"; between two at one article {_minutes(figures.median_gap_minutes)} at the median"
        longest = f", {_minutes(figures.longest_gap_minutes)} at the longest"
        yield f"  {figures.looks} looks{gaps + longest if figures.median_gap_minutes is not None else ''}"
        yield f"  last look {instant(figures.last_look)}"


def _delay(name: str, delay: Delay) -> Iterator[str]:
    """The least and the greatest share by each horizon that the looks allow, with 95 % intervals."""
    yield f"  {name} after the first look: {delay.events} in {delay.articles} articles"
    if not delay.events:
        return
    for horizon in HORIZONS:
        late, early = delay.late[horizon], delay.early[horizon]
        if late is None or early is None:
            yield f"    within {horizon:>4}: not watched for so long"
        else:
            yield f"    within {horizon:>4}: at least {_percent(late)}, at most {_percent(early)}"


def _percent(share: Share) -> str:
    return f"{share.value:.0%} ({share.low * 100:.0f}–{share.high:.0%})"


def _minutes(minutes: int | None) -> str:
    """A duration in the unit that suits it."""
    if minutes is None:
        return "unknown"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes / 60:.0f} h" if minutes < 2 * 24 * 60 else f"{minutes / 60 / 24:.0f} d"


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
