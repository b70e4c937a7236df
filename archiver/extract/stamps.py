"""Find when an article was published and changed. Takes the layout, the declarations and where the article stands.

Declared dates come first, then those that the reader sees at the head of the article, then the address, then the date
that opens the text. A date that merely stands on the page is none of the article's: it counts only with a label
("Updated"), in a time element, or alone in its piece of a line. Each value keeps its own words and origin.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date as day
from datetime import datetime

from archiver.dates import Label, LabelledDate, date_in_url, label_of, labelled_dates, parse_page_date
from archiver.extract.blocks import Box, Candidate, Layout
from archiver.extract.structured import Declared
from archiver.model import PageDate
from archiver.text import word_count

_ITEMPROPS: dict[str, Label] = {"datePublished": "published", "dateCreated": "published", "dateModified": "modified"}
_LONGEST_LINE = 30
_LONGEST_SENTENCE = 10
"""Words beside the date in a sentence that may be about the article itself ("This story was last updated on …")."""
_SENTENCE_END = re.compile(r"[.!?…。！？।][”\"’»)]*$")
_PIECES = re.compile(r"[|·•»—–]| - ")
_FIGURES = re.compile(r"\d\D{1,40}\d|\d{6}")
_NO_LETTERS = re.compile(r"[\W\d_]+")
_ASIDE = 6
"""Words that may stand beside an unlabelled date in its piece of a line: "Ada Quill, Brisk, Friday"."""
_OPENING_END = re.compile(r"\)|:| ?[–—]| - ")
_OPENING_BLOCKS = 6


@dataclass(frozen=True, slots=True)
class ArticleDates:
    """What `find_dates` makes of a page."""

    published: PageDate | None = None
    modified: PageDate | None = None
    stamps: tuple[PageDate, ...] = ()
    site_stamp: PageDate | None = None


@dataclass(frozen=True, slots=True)
class SeenDate:
    """A date that the reader sees, or that a time element on the page gives, where it stands."""

    index: int
    label: Label
    date: PageDate


def find_dates(layout: Layout, declared: Declared, root: Box, head: range, article: range, url: str) -> ArticleDates:
    """All dates of one article. `head` and `article` are the blocks at its head and from there to below its end.

    `root` is the box that holds the whole article: what stands in it is the article's, what lies outside the site's.
    """
    language = declared.language
    seen = list(seen_dates(layout, language, range(head.start, article.stop)))
    inside = [one for one in seen if root.first <= one.index < root.last]
    updates = [one.date for one in inside if one.label == "modified"]
    first = layout.candidates[article.start : head.stop + _OPENING_BLOCKS]
    openings = (opening_date(one.text, language) for one in first if one.words > _LONGEST_LINE)
    return ArticleDates(
        published=_published(layout, declared, seen, head, article.start, url) or next(filter(None, openings), None),
        modified=next(iter(declared.modified), None) or next((date for date in updates if date.origin == "time"), None),
        stamps=tuple(date for date in updates if date.origin == "text"),
        site_stamp=_site_stamp(layout, root, language),
    )


def seen_dates(layout: Layout, language: str, around: range) -> Iterator[SeenDate]:
    """Every date that is labelled, in a time element, or alone in its piece of a line; block by block."""
    for candidate in layout.candidates[around.start : around.stop]:
        found, shown = _shown(candidate, language)
        yield from (SeenDate(candidate.index, one.label, one.date) for one in shown)
        machine = list(_machine(candidate, language)) if candidate.spots or candidate.box.value else []
        labels = [one.label for one in found]
        if len(labels) != len(machine):
            labels = labels[:1] * len(machine) if len(set(labels)) == 1 else [""] * len(machine)
        for label, (said, date) in zip(labels, machine, strict=True):
            if not (len(shown) == 1 and abs(_ordinal(date) - _ordinal(shown[0].date)) > 1):  # what the reader sees wins
                yield SeenDate(candidate.index, said or label, date)


def _shown(candidate: Candidate, language: str) -> tuple[Sequence[LabelledDate], Sequence[LabelledDate]]:
    """All dates of a block, and those of them that are told to the reader as dates and not as part of the story."""
    if candidate.words > _LONGEST_LINE or not _FIGURES.search(candidate.text):
        return (), ()
    line, found = _read_line(candidate, language)
    return found, [one for one in found if (one.label or _is_alone(one, line)) and not _is_story(line, found)]


def _read_line(candidate: Candidate, language: str) -> tuple[str, tuple[LabelledDate, ...]]:
    """The dates of a block, and the line that they stand in: with its elements apart, unless that cuts through one."""
    apart = labelled_dates(candidate.apart, language=language) if candidate.apart else ()
    return (candidate.apart, apart) if apart else (candidate.text, labelled_dates(candidate.text, language=language))


def _is_story(line: str, found: tuple[LabelledDate, ...]) -> bool:
    """Whether a line is a sentence with more in it than its dates."""
    for one in found:
        line = line.replace(one.date.text, " ", 1)
    return bool(_SENTENCE_END.search(line)) and _words(line) > _LONGEST_SENTENCE


def _is_alone(found: LabelledDate, line: str) -> bool:
    """Whether little else stands in the piece of a line that a date stands in."""
    before, _, after = line.partition(found.date.text)
    return _words(f"{_PIECES.split(before)[-1]} {_PIECES.split(after)[0]}") <= _ASIDE


def _words(text: str) -> int:
    return word_count(_NO_LETTERS.sub(" ", text))


def _machine(candidate: Candidate, language: str) -> Iterator[tuple[Label, PageDate]]:
    """What the time elements and marked properties of a block give."""
    box = candidate.box
    marked = [(spot.tag, spot.itemprop, spot.value, spot.text) for spot in candidate.spots]
    if box.value and box.first == candidate.index:
        marked.append((box.tag, box.itemprop, box.value, candidate.text))
    for tag, itemprop, value, text in marked:
        if value and (tag == "time" or itemprop.startswith("date")):
            date = parse_page_date(value, origin="time", language=language)
            if date:
                yield label_of(text) or _ITEMPROPS.get(itemprop, ""), date


def _published(
    layout: Layout, declared: Declared, seen: list[SeenDate], head: range, start: int, url: str
) -> PageDate | None:
    """As declared, else as shown at the head, as the address says, as shown in the article or below it."""
    named = date_in_url(url)
    near = sorted(
        (one for one in seen if one.index in head), key=lambda one: (abs(one.index - start), one.index < start)
    )
    labelled = sorted((one.date for one in near if one.label == "published"), key=lambda date: date.origin != "time")
    timed = [one.date for one in near if not one.label and one.date.origin == "time"]
    shown = [one.date for one in near if not one.label and one.date.origin == "text"]
    later = [one.date for one in seen if one.label == "published"]
    first = next(iter(declared.published), None)
    if first is not None:
        others = [*declared.published[1:], *labelled, *timed, *shown]
        return _other_order(first, [*others, *later]) or _own_day(first, others, named) or first
    single = _single(layout, [one for one in seen if not one.label and one.index >= start])
    return next(iter([*labelled, *timed, *shown, *([named] if named else []), *later, *single]), None)


def _single(layout: Layout, seen: list[SeenDate]) -> list[PageDate]:
    """Those dates that are not one of a series, as those of comments and of other stories are."""
    homes = [layout.candidates[one.index].box for one in seen]
    shapes = Counter((box.tag, box.name) for box in dict.fromkeys(homes))
    return [one.date for one, box in zip(seen, homes, strict=True) if shapes[box.tag, box.name] == 1]


def _other_order(declared: PageDate, others: list[PageDate]) -> PageDate | None:
    """The date that shows in which order a declared 4/5/2024 is to be read, where it is the other one."""
    year, month, of_month = declared.value[:4], declared.value[5:7], declared.value[8:10]
    if "/" not in declared.text or int(of_month) > 12 or of_month == month:
        return None
    return next((date for date in others if date.value[:10] == f"{year}-{of_month}-{month}"), None)


def _own_day(declared: PageDate, others: list[PageDate], named: PageDate | None) -> PageDate | None:
    """The date with the newsroom's own day, where a server that declares UTC is a day off."""
    if declared.offset != "+00:00":
        return None
    if named and _may_be_same_night(named, declared):
        return next((date for date in [*others, named] if date.value[:10] == named.value), None)
    other_day = [date for date in others if date.value[:10] != declared.value[:10]]
    same = (date for date in other_day if _is_same_instant(date, declared))
    night = (date for date in other_day if date.origin == "text" and _may_be_same_night(date, declared))
    return next(same, None) or next(night, None)


def _is_same_instant(one: PageDate, utc: PageDate) -> bool:
    """Whether two times may be the same, in zones a whole number of quarters of an hour apart."""
    if one.offset == utc.offset or "day" in (one.precision, utc.precision):
        return False
    if one.offset:
        return datetime.fromisoformat(one.value[:16] + one.offset) == datetime.fromisoformat(
            utc.value[:16] + utc.offset
        )
    apart = datetime.fromisoformat(utc.value[:16]) - datetime.fromisoformat(one.value[:16])
    return apart.total_seconds() % 900 == 0 and abs(apart.total_seconds()) <= 14 * 3600


def _may_be_same_night(local: PageDate, utc: PageDate) -> bool:
    """Whether a day is the one before or after a time in UTC, which falls on it in Sydney or in Alaska, or between."""
    apart = _ordinal(local) - _ordinal(utc)
    if utc.precision == "day":
        return False
    hour = int(utc.value[11:13])
    return (apart == 1 and hour >= 14) or (apart == -1 and hour < 9)


def _ordinal(date: PageDate) -> int:
    return day.fromisoformat(date.value[:10]).toordinal()


def opening_date(text: str, language: str) -> PageDate | None:
    """The date that opens a text: "(3.5.2024) The ferry …", "Brisk, 3 May 2024 – The ferry …"."""
    end = _OPENING_END.search(text, 0, 40)
    opening = text[: end.start()] if end else ""
    found = labelled_dates(opening, language=language)
    return found[0].date if found and _is_alone(found[0], opening) else None


def _site_stamp(layout: Layout, root: Box, language: str) -> PageDate | None:
    """The update line that stands above the article, or as the only one below it: many are those of other stories."""
    for around in (range(root.first), range(root.last, len(layout.candidates))):
        blocks = layout.candidates[around.start : around.stop]
        found = [one.date for block in blocks for one in _shown(block, language)[1] if one.label == "modified"]
        if found and (around.start == 0 or len(found) == 1):
            return found[0]
    return None
