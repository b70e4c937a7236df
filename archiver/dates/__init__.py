"""Read the dates that a page states. Takes a short text and its language, gives `PageDate` values; pure.

Understands ISO 8601, RFC 2822, numeric and written dates with labels ("Last update: April 26, 2024 20:38") in the
commonest languages of news, also by the Persian calendar and by eras of Japan, Taiwan and Thailand. Never invents: no
time zone that is not named, no day or month order that is not certain (dots put the day first; of slashes and dashes
the language decides, and where it does not the date is dropped), no missing year, no day of a calendar that cannot be
computed (Hijri), and nothing from relative times ("3 hours ago"). A value is as precise as the text.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from importlib.resources import files
from typing import Literal

from archiver.dates import calendars
from archiver.model import PageDate
from archiver.text import clean, fold

Origin = Literal["jsonld", "meta", "time", "text", "url"]
Label = Literal["published", "modified", ""]

_DATA = tomllib.loads(files("archiver.dates").joinpath("words.toml").read_text("utf-8"))
_ZONES: dict[str, int] = _DATA["zones"]
_LOWER_ZONES = frozenset(("z", "мск"))
"""Zones that are written in small letters; of others these are words of a language ("est")."""
_NO_ORDER = frozenset(("", "en", "en-ca", "en-ph"))
"""Languages whose pages write 4/5/2024 for a day in April and for one in May."""
_YEAR_FIRST = frozenset(("ja", "ko", "zh"))
"""Languages in which neither is written."""
_OTHER_CALENDARS = frozenset(("am", "ne", "ti"))
"""Languages whose pages count years that look like ours and are not; a text in figures says nothing there."""

_SIGNS = r"\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09d7\u0e31-\u0e4e"
"""Vowel signs of Hindi, Bengali and Thai, which Python counts to no word."""
_W = rf"[^\W\d_](?:(?![\d_])[\w'’\u0300-\u036f\u064b-\u0652{_SIGNS}])*"
_OF = r"(?:\s+(?:of|de|del|di)\s+|\s+ماه\s+|\s*[-/]\s*|\s*)"
_TH = "st|nd|rd|th|er|re"
_HINT = re.compile(r"\d(?:\d{3}\D{1,40}\d|\D{1,40}\d{4})|\d\.\s?\d{1,2}\.\s?\d\d|[\d元]\s?年")
"""What every date has."""
_MONTH = rf"(?:[\u0e01-\u0e4e]{{1,4}}\.[\u0e01-\u0e2e]\.|{_W}(?:\s(?:الثاني|الأول))?)"
_ALSO = r"(?:\s?/\s?[\u0600-\u06ff]+)?"
"""The second name of a month, as Arab papers for several countries write it."""
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("y m d", re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?=\D|$)")),
    ("y m d", re.compile(r"(?<!\d)(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?")),
    ("y m d", re.compile(r"(?<![\d./])(\d{4})(?:\.\s?|/)(\d{1,2})(?:\.\s?|/)(\d{1,2})(?![\d/])")),
    ("e y m d", re.compile(rf"({calendars.ERAS})\s?(元|\d{{1,3}})\s?年\s?(\d{{1,2}})\s?月\s?(\d{{1,2}})\s?日")),
    ("d m y", re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?![\d.]\d|\d)")),
    ("? ? y", re.compile(r"(?<![\d-])(\d{1,2})-(\d{1,2})-(\d{4})(?![\d-])")),
    ("? ? y", re.compile(r"(?<![\d/])(\d{1,2})\s?/\s?(\d{1,2})\s?/\s?(\d{4})(?![\d/])")),
    ("d m y", re.compile(r"(\d{1,2})\s+tháng\s+(\d{1,2})(?:,|\s+năm)?\s+(\d{4})", re.I)),
    ("d w y", re.compile(rf"(?<!\d)(\d{{1,2}})(?:{_TH}|[.º°ª])?{_OF}({_MONTH}){_ALSO}[.,]?{_OF}(\d{{4}})(?!\d)", re.I)),
    ("w d y", re.compile(rf"({_W})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)", re.I)),
    ("y w d", re.compile(rf"(?<!\d)(\d{{4}})\.?\s+({_W})\s+(\d{{1,2}})\.?(?!\d)", re.I)),
)  # fmt: skip
_HALVES = {fold(word): half for half, words in _DATA["halves"].items() for word in words.split(",")}
_HALF_WORDS = "|".join(re.escape(word.strip()) for words in _DATA["halves"].values() for word in words.split(","))
_DOTTED = "|".join(rf"(?<={re.escape(word.strip())}\s)" for word in _DATA["clock"]["before"].split(","))
_CLOCK = (
    r"(?P<h>[01]?\d|2[0-3])(?::(?P<m>[0-5]\d)(?::(?P<s>[0-5]?\d)(?:[.,]\d+)?)?|\s?[hH]\s?(?P<mh>[0-5]\d)"
    r"|\s?[時时點点시]\s?(?P<mc>[0-5]?\d)\s?[分분]"
    rf"|\.(?P<md>[0-5]\d)(?=\s?(?:{_DATA['clock']['after'].replace(', ', '|')}|[ap]\.?m)(?!\w)))"
    rf"(?:\s?(?P<half>[ap])\.?\s?m\b\.?|\s?(?P<word>{_HALF_WORDS})(?!\w))?"
    r"|(?P<h12>1[0-2]|0?[1-9])\s?(?P<half12>[ap])\.?m\b\.?"
    rf"|(?:{_DOTTED})(?P<hd>[01]?\d|2[0-3])\.(?P<mdd>[0-5]\d)(?![.\d])"
)
_ZONE = (
    r"(?:\s?(?:Uhr|uur|hod|hs?)(?!\w))?\s?\(?(?P<zone>[A-Za-zМСКмск]{1,4}(?![A-Za-zа-я]))?"
    r"(?P<offset>(?<=[A-Za-z])\s?[+−-]\d{1,2}(?::?\d{2})?(?![\d:])|\s?[+−-]\d\d:?\d\d(?![\d:])|[+−-]\d\d(?![\d:]))?"
)
_AFTER = re.compile(rf"[T\s]?(?P<gap>\D{{0,14}}?)(?<!\d)(?=\d)(?:{_CLOCK}){_ZONE}", re.I)
_BEFORE = re.compile(rf"(?<![\d:.])(?=\d)(?:{_CLOCK}){_ZONE}[\s)]*(?P<gap>[^\d]{{0,16}})$", re.I)
_STOP = re.compile(r"[;!?]|\w{5,}\.")
"""The end of a sentence; not of an abbreviation ("godz.", "kl.")."""
_URL_DATE_REVERSED = re.compile(r"(?<!\d)(1[3-9]|2\d|3[01])([/-])(0[1-9]|1[0-2])\2((?:19|20)\d{2})(?!\d)")
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})([/-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True)
class LabelledDate:
    """A date and what the words around it call it."""

    label: Label
    date: PageDate


def parse_page_date(text: str, *, origin: Origin = "text", language: str = "") -> PageDate | None:
    """The first date that a short text or an attribute states, its whole text kept verbatim; None without one.

    `language` is a BCP 47 tag ("en-us"): it settles whether 4/5/2024 is in April or in May.
    """
    found = next(_dates(clean(text), origin, language), None)
    return replace(found[2], text=clean(text)) if found else None


def labelled_dates(text: str, *, origin: Origin = "text", language: str = "") -> tuple[LabelledDate, ...]:
    """Every date of a line such as "Published 3 May 2024, updated 5 May 2024 08:10", each with its own part of it."""
    line = clean(text)
    found = list(_dates(line, origin, language))
    made, begin = [], 0
    for n, (start, end, value) in enumerate(found):
        until = found[n + 1][0] if n + 1 < len(found) else len(line)
        label = label_of(line[begin:start])
        begin = _label_start(line, begin, start, label)
        rest = line[end:]
        if not label and not any(map(str.isdecimal, rest)) and (after := _LABEL_AFTER.match(f"{fold(rest)} ")):
            label, end = _LABEL_KINDS[after["label"]], until
        text = line[begin:end].strip(" |·•,;–—-/()")
        text += ")" if "(" in text and ")" not in text and line[end : end + 1] == ")" else ""
        made.append(LabelledDate(label, replace(value, text=text)))
        begin = end
    return tuple(made)


def label_of(text: str) -> Label:
    """What the last label within a text says of the date beside it."""
    found = [match[0].strip() for match in _LABELS.finditer(f" {fold(text)} ")]
    return _LABEL_KINDS[found[-1]] if found else ""


def _label_start(line: str, begin: int, start: int, label: Label) -> int:
    """Where the part of a line that belongs to its date begins: at the label, or else at the date itself."""
    if not label:
        return start
    known = _LABELS_OF[label]
    starts = (word.start() for word in re.finditer(r"\S+", line[begin:start]))
    at = next((at for at in starts if f"{fold(line[begin + at : start])} ".startswith(known)), 0)
    return begin + at


def date_in_url(url: str) -> PageDate | None:
    """The day that an address names, as in "/2024/04/26/" or "-20240426.html"."""
    for match in _URL_DATE.finditer(url.partition("?")[0]):
        value = _day(int(match[1]), int(match[3]), int(match[4]))
        if value:
            return PageDate(text=match.group(), value=value, origin="url")
    last = _URL_DATE_REVERSED.search(url)
    value = _day(int(last[4]), int(last[3]), int(last[1])) if last else None
    return PageDate(text=last.group(), value=value, origin="url") if last and value else None


def _dates(line: str, origin: Origin, language: str) -> Iterator[tuple[int, int, PageDate]]:
    """Start, end and value of every date, left to right; where two shapes overlap the earlier and longer one counts."""
    line = _ascii_digits(line)
    if not _HINT.search(line):
        return
    shapes = _SHAPES[:1] if origin != "text" and _SHAPES[0][1].match(line) else _SHAPES
    hits = sorted((m.start(), -m.end(), n, m) for n, (_, pattern) in enumerate(shapes) for m in pattern.finditer(line))
    done = 0
    for start, negative_end, n, match in hits:
        end = -negative_end
        day = _value(match, _SHAPES[n][0], origin, language) if start >= done else None
        if day is None:
            continue
        clock = after = _AFTER.match(line, end)
        if clock is None or _is_far(clock["gap"]):
            before = _BEFORE.search(line, done, start)
            clock = before if before and not _is_far(before["gap"]) else None
        value, offset = day, ""
        if clock:
            value, offset = day + _clock(clock), _offset(clock)
            start, end = (start, _clock_end(clock)) if clock is after else (clock.start(), end)
        done = end
        yield start, end, PageDate(text=line[start:end], value=value, offset=offset, origin=origin)


def _value(match: re.Match[str], shape: str, origin: str, language: str) -> str | None:
    parts = dict(zip(shape.split(), match.groups(), strict=False))
    if shape == "e y m d":
        year = calendars.of_era(parts["e"], 1 if parts["y"] == "元" else int(parts["y"]))
        return _day(year, int(parts["m"]), int(parts["d"]))
    if "w" in parts:
        return _in_words(int(parts["y"]), parts["w"], int(parts["d"]), language)
    if origin == "text" and language[:2] in _OTHER_CALENDARS:
        return None
    if shape == "? ? y":
        first, second, year = (int(part) for part in match.groups())
        order = _order(first, second, language)
        return order and _in_figures(year, *order, language)
    year = _century(int(parts["y"]), language) if len(parts["y"]) == 2 else int(parts["y"])
    return _in_figures(year, int(parts["m"]), int(parts["d"]), language)


def _in_words(year: int, word: str, day: int, language: str) -> str | None:
    persian = _PERSIAN.get(_bare(word))
    if persian:
        return _iso(calendars.from_persian(year, persian, day)) if calendars.is_persian(year) else None
    month = _month(word, language)
    return _day(year, month, day) if month else None


def _in_figures(year: int, month: int, day: int, language: str) -> str | None:
    if language[:2] == "fa" and calendars.is_persian(year):
        return _iso(calendars.from_persian(year, month, day))
    return _day(year, month, day)


def _order(first: int, second: int, language: str) -> tuple[int, int] | None:
    """Month and day of "first/second/year"; None where nothing says which is which."""
    if first > 12 or first == second:
        return second, first
    if second > 12 or language in ("en-us", "en_us"):
        return first, second
    return None if language in _NO_ORDER or language[:2] in _YEAR_FIRST else (second, first)


def _century(year: int, language: str) -> int:
    """The year of two figures, on pages of the web; 0 where they may be of another era."""
    if language[:2] in ("th", "fa"):
        return 0
    return 2000 + year if year < 70 else 1900 + year


def _day(year: int, month: int, day: int) -> str | None:
    year = calendars.from_buddhist(year)
    try:
        return date(year, month, day).isoformat() if 1800 <= year <= 2100 else None
    except ValueError:
        return None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _clock(match: re.Match[str]) -> str:
    hour = int(match["h"] or match["h12"] or match["hd"])
    before = _HALVES.get(fold(match["gap"].strip(" .,"))[-2:], "")
    half = (match["half"] or match["half12"] or "").lower() or _HALVES.get(fold(match["word"] or ""), "") or before
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    minute = int(match["m"] or match["mh"] or match["mc"] or match["md"] or match["mdd"] or 0)
    second = match["s"]
    return "T" + time(hour, minute, int(second or 0)).isoformat("seconds" if second else "minutes")


def _offset(match: re.Match[str]) -> str:
    zone, offset = match["zone"] or "", (match["offset"] or "").replace("−", "-").strip()
    if offset:
        sign, digits = offset[0], offset[1:].replace(":", "")
        hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
        return f"{sign}{hours:02}:{minutes:02}" if hours <= 14 and minutes < 60 else ""
    if not _is_zone(zone):
        return ""
    east = _ZONES[zone.lower()]
    return f"{'-' if east < 0 else '+'}{abs(east) // 60:02}:{abs(east) % 60:02}"


def _is_zone(word: str) -> bool:
    return word.lower() in _ZONES and (word.isupper() or word in _LOWER_ZONES)


def _clock_end(match: re.Match[str]) -> int:
    """Where a time ends: without the next word, where that only looked like the name of a zone."""
    zone = match["zone"]
    is_zone = not zone or zone.isupper() or _is_zone(zone) or match["offset"]
    return match.end() if is_zone else len(match.string[: match.start("zone")].rstrip(" ("))


def _is_far(gap: str) -> bool:
    """Whether the words between a date and a time show that the time belongs to something else."""
    return bool(_STOP.search(gap) or label_of(gap))


def _month(word: str, language: str) -> int | None:
    word = _bare(word)
    own = _MONTH_OF.get(language[:2], {}).get(word)
    return own or _MONTH_OF[""].get(word)


def _bare(word: str) -> str:
    """Lower case without accents, as many pages write month names; of Arabic letters those of Persian pages."""
    folded = unicodedata.normalize("NFKD", word.replace("İ", "i").casefold().replace("ı", "i")).translate(_LETTERS)
    return "".join(c for c in folded if c > "\u0900" or unicodedata.category(c) != "Mn").strip(".").replace("_", " ")


def _ascii_digits(line: str) -> str:
    if line.isascii():
        return line
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in line)


def _month_table() -> dict[str, dict[str, int]]:
    """Month names and their unambiguous beginnings of three letters or more, per language and over all ("")."""
    table: dict[str, dict[str, int]] = {}
    merged: dict[str, set[int]] = {}
    for tag, names in _DATA["months"].items():
        own: dict[str, set[int]] = {}
        for number, name in enumerate(names.split(), 1):
            bare = _bare(name)
            if bare == "-":
                continue
            for size in range(min(3, len(bare)), len(bare) + 1):
                own.setdefault(bare[:size], set()).add(number)
        for word, numbers in own.items():
            if len(numbers) == 1:
                merged.setdefault(word, set()).update(numbers)
                table.setdefault(tag[:2], {})[word] = next(iter(numbers))
    table[""] = {word: next(iter(numbers)) for word, numbers in merged.items() if len(numbers) == 1}
    return table


def _label_kinds() -> dict[str, Label]:
    kinds: tuple[Label, Label] = ("published", "modified")
    return {fold(word): kind for kind in kinds for words in _DATA[kind].values() for word in words.split(",")}


def _label_pattern(labels: Iterable[str]) -> re.Pattern[str]:
    """Any label, the longest first; a whole word where the script sets spaces."""
    longest_first = sorted(labels, key=len, reverse=True)
    spaced = "|".join(label for label in longest_first if label < "\u0e00")
    unspaced = "|".join(label for label in longest_first if label >= "\u0e00")
    return re.compile(f"(?<= )(?:{spaced})(?= )|(?:{unspaced})")


_LETTERS = str.maketrans({"ي": "ی", "ك": "ک", "ـ": None})
_MONTH_OF = _month_table()
_PERSIAN = {_bare(name): number for number, name in enumerate(_DATA["persian"]["months"].split(), 1)}
_LABEL_KINDS = _label_kinds()
_LABELS = _label_pattern(_LABEL_KINDS)
_LABELS_OF = {
    label: tuple(f"{words} " for words, kind in _LABEL_KINDS.items() if kind == label)
    for label in _LABEL_KINDS.values()
}
_LABEL_AFTER = re.compile(rf"\D{{0,2}}(?P<label>{_LABELS.pattern.replace('(?<= )', '')})")
"""A label that follows on its date, as in Japanese and Korean."""
