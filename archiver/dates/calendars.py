"""Give a day of another calendar in ours. Takes year, month and day, gives a `date` or None; pure.

The Persian calendar is arithmetic here, by its cycle of 33 years, which agrees with the observed one from 1799 to 2256
(K. M. Borkowski, The Persian calendar for 3000 years, 1996). Years of emperors, of the Republic of China and of the
Buddhist era begin with ours. Months that begin when the moon is seen (Hijri) cannot be computed, and are not.
"""

from __future__ import annotations

from datetime import date

_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018, "民國": 1911, "民国": 1911}
"""The year before the first of each era."""
ERAS = "|".join(_ERAS)
"""Their names, for a pattern."""
_BUDDHIST = 543
_FIRST_PERSIAN = (979, date(1600, 3, 20).toordinal())
"""A year that begins a cycle, and its first day."""


def of_era(era: str, year: int) -> int:
    """Our year for one of an era: 令和 6 is 2024."""
    return _ERAS[era] + year


def from_buddhist(year: int) -> int:
    """Our year for one of the Buddhist era, as written in Thailand; any other year is given back."""
    return year - _BUDDHIST if 2400 < year < 2700 else year


def is_persian(year: int) -> bool:
    """Whether a year can only be of the Persian calendar, on a page in Persian: 1922 to 2121."""
    return 1300 < year < 1500


def from_persian(year: int, month: int, day: int) -> date | None:
    """Our day for one of the Persian calendar; None where there is no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    first = _first_of(year) + (31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7))
    end = _first_of(year + 1) if month == 12 else first + (31 if month <= 6 else 30)
    return date.fromordinal(first + day - 1) if first + day - 1 < end else None


def _first_of(year: int) -> int:
    """The first day of a Persian year, counted as `date.toordinal` does."""
    cycles, rest = divmod(year - _FIRST_PERSIAN[0], 33)
    return _FIRST_PERSIAN[1] + 365 * (33 * cycles + rest) + 8 * cycles + (rest + 3) // 4
