"""Find what stands around the text: headline, standfirst, byline, stamps, dateline, notices.

Takes the page's layout, its declarations and the judged body; gives values of `archiver.model`. What the reader sees
comes first; declarations choose between candidates and fill what the page does not show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as day
from datetime import datetime
from urllib.parse import urlsplit

from archiver.dates import Label, date_in_url, label_of, labelled_dates, parse_page_date
from archiver.extract.blocks import Box, Candidate, Layout, Mark, upward
from archiver.extract.names import declared_names, opens_with_by, split_names
from archiver.extract.structured import Declared
from archiver.model import Byline, HeadlineVariant, PageDate
from archiver.text import clean, fold

_TITLE_BREAK = re.compile(r"\s+[|–—\-·•:»«/]+\s+|\s*[|»]\s*|: ")
_KICKER = 2
"""Spaces in the shortest part of a headline that can stand for it."""
_NEAR = 25
"""How many blocks after the headline still belong to the head of an article."""


def find_headline(layout: Layout, declared: Declared, url: str) -> Candidate | None:
    """The block that a reader takes for the headline: the h1 that the declarations agree with, or what equals them."""
    known = [fold(title) for title in declared_titles(declared, url)]
    sites = {fold(name) for name in declared.site_names}
    h1s = [candidate for candidate in layout.candidates if candidate.level == 1 and fold(candidate.text) not in sites]
    best, best_score = None, 0.0
    for candidate in h1s:
        likeness = max((alike(fold(candidate.text), title) for title in known), default=0.3)
        if likeness > best_score + 0.05:
            best, best_score = candidate, likeness
    if best is not None and best_score >= 0.3:
        return best
    for candidate in layout.candidates:
        if candidate.words >= 3 and fold(candidate.text) in known and candidate.linked < candidate.words:
            return candidate
    unlinked = [h1 for h1 in h1s if not h1.linked and not has_mark(h1, Mark.FURNITURE, 4)]
    return unlinked[0] if len(unlinked) == 1 else None


def headline_text(headline: Candidate | None, declared: Declared, url: str) -> str:
    """The headline without a kicker that stands before it, where a declared title shows where it begins."""
    titles = declared_titles(declared, url)
    if headline is None:
        return next(iter(titles), "")
    said = fold(headline.text)
    for title in titles:
        tail = fold(title)
        if tail.count(" ") >= 3 and said.endswith(f" {tail}"):
            pieces = headline.text.split(" ")
            for size in range(1, len(pieces)):
                if fold(" ".join(pieces[size:])) == tail:
                    return " ".join(pieces[size:]).lstrip("–—-:|/ ")
    return headline.text


def declared_titles(declared: Declared, url: str) -> list[str]:
    """The headline as the page declares it, best first, without the site's name."""
    titles = (declared.ld_headline, declared.og_title, declared.title)
    return list(dict.fromkeys(filter(None, (without_site(title, declared, url) for title in titles))))


def variants(headline: Candidate | None, declared: Declared) -> tuple[HeadlineVariant, ...]:
    """The headline in every form that the page has it."""
    found = [HeadlineVariant(origin="h1", text=headline.text)] if headline else []
    if declared.og_title:
        found.append(HeadlineVariant(origin="og", text=declared.og_title))
    if declared.ld_headline:
        found.append(HeadlineVariant(origin="jsonld", text=declared.ld_headline))
    if declared.title:
        found.append(HeadlineVariant(origin="title", text=declared.title))
    return tuple(found)


def without_site(title: str, declared: Declared, url: str) -> str:
    """A title without the site's name, where the page itself or its address says that it is one."""
    sites = site_words(declared, url)
    others = [fold(t) for t in (declared.ld_headline, declared.og_title) if t and t != title]
    while match := list(_TITLE_BREAK.finditer(title)):
        head, tail = title[: match[-1].start()], title[match[-1].end() :]
        if squeezed(tail) in sites or (fold(head) in others and fold(title) not in others):
            title = head
            continue
        head, tail = title[: match[0].start()], title[match[0].end() :]
        if squeezed(head) in sites or (fold(tail) in others and fold(title) not in others):
            title = tail
            continue
        break
    return title


def site_words(declared: Declared, url: str) -> set[str]:
    """The names under which the page or its address speak of the site, squeezed."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return {squeezed(name) for name in (*declared.site_names, host, *host.split(".")[:2])}


def squeezed(text: str) -> str:
    """Letters and digits only, as host names write a name."""
    return fold(text).replace(" ", "")


def alike(one: str, other: str) -> float:
    """Share of words, or of characters where no spaces are set, that two folded texts have in common, 0 to 1."""
    a, b = (set(text.split() if " " in text or text.isascii() else text) for text in (one, other))
    return len(a & b) / len(a | b) if a and b else float(one == other)


def enclosing(headline: Candidate | None, core: Box) -> Box:
    """The smallest box that holds both the headline and the text."""
    if headline is None:
        return core
    box = core
    while box.parent is not None and box.parent.tag and not box.first <= headline.index < box.last:
        box = box.parent
    return box


def without_headline(kept: list[Candidate], titles: set[str]) -> list[Candidate]:
    """The text without the headline where that stands a second time above it, as shown to other readers or as declared.

    `titles` are its forms, folded.
    """
    prose = next((n for n, one in enumerate(kept) if one.weight and not repeats_headline(one, titles)), len(kept))
    return [one for n, one in enumerate(kept) if n > prose or not repeats_headline(one, titles)]


def repeats_headline(candidate: Candidate, titles: set[str]) -> bool:
    """Whether a block is one of the headline's forms, a part of one, or one with a kicker before it."""
    said = fold(candidate.text)
    return any(
        (f" {said} " in f" {title} " and said.count(" ") >= _KICKER)
        or (f" {title} " in f" {said} " and alike(said, title) > 0.6)
        or alike(said, title) >= 0.9
        for title in titles
    )


def find_standfirst(
    layout: Layout, declared: Declared, headline: Candidate | None, first: int, titles: set[str]
) -> Candidate | None:
    """The summary between the headline and the text. `first` is the index of the text's first block."""
    begin = headline.index + 1 if headline else max(0, first - 5)
    told = fold(declared.description)
    for candidate in layout.candidates[begin:first]:
        if candidate.words < 6 or candidate.linked * 2 > candidate.words or repeats_headline(candidate, titles):
            continue
        if has_mark(candidate, Mark.STANDFIRST, 3) or (told and fold(candidate.text) == told) or candidate.tag == "h2":
            return candidate
    return None


def find_byline(
    layout: Layout, declared: Declared, around: range, url: str
) -> tuple[Byline | None, tuple[Candidate, ...]]:
    """Who wrote it, and the blocks that say so.

    Declared people come first, then the people of the visible line, then what meta tags say, then organisations.
    """
    blocks = _byline_blocks(layout, around, declared.language)
    lines = [_without_date(block, declared.language) for block in blocks]
    seen = [name for block, line in zip(blocks, lines, strict=True) for name in split_names(_apart(block, line))]
    sites = site_words(declared, url)
    organisations = [
        person.name for person in declared.authors if person.is_organisation or squeezed(person.name) in sites
    ]
    people = [n for person in declared.authors if person.name not in organisations for n in declared_names(person.name)]
    signed = [name for name in seen if squeezed(name) not in sites and (" " in name or any(map(opens_with_by, lines)))]
    told = [name for text in declared.meta_authors for name in declared_names(text) if squeezed(name) not in sites]
    names = tuple(dict.fromkeys(people or signed or organisations or seen or told))
    text = ", ".join(line.replace(" | ", " ") for line in lines if line) or ", ".join(names)
    return (Byline(text=text, names=names), blocks) if text else (None, ())


def _byline_blocks(layout: Layout, around: range, language: str) -> tuple[Candidate, ...]:
    """The line that opens with "By", or else the blocks of the first box that is marked as a byline."""
    marked: list[Candidate] = []
    for candidate in layout.candidates[around.start : around.stop]:
        if candidate.words > 25 or candidate.level == 1 or candidate.text[-1] in ".!?":
            continue
        is_line = candidate.words <= 15 and opens_with_by(candidate.text)
        if not is_line and not _is_marked_byline(candidate):
            continue
        if split_names(_apart(candidate, _without_date(candidate, language))):
            if is_line:
                return (candidate,)
            marked.append(candidate)
    if not marked:
        return ()
    first = marked[0].box
    home = next((box for box in upward(first, 3) if box.marks & Mark.BYLINE), first)
    return tuple(
        one
        for one in marked
        if home.first <= one.index < home.last and (one.tag, one.box.name) == (first.tag, first.name)
    )


def _is_marked_byline(candidate: Candidate) -> bool:
    return has_mark(candidate, Mark.BYLINE, 3) or any(
        spot.marks & Mark.BYLINE or spot.itemprop == "author" or "author" in spot.rel for spot in candidate.spots
    )


def _apart(candidate: Candidate, line: str) -> str:
    """The line with its links set apart, as they are to the eye."""
    for text, _ in candidate.links:
        line = line.replace(text, f" | {text} | ", 1)
    return line


def _without_date(candidate: Candidate, language: str) -> str:
    line = candidate.apart or candidate.text
    for found in labelled_dates(line, language=language):
        date = parse_page_date(found.date.text, language=language)
        if date:
            bare = labelled_dates(found.date.text, language=language)[0].date.text
            line = line.replace(_date_part(bare, language), "")
    return clean(line).strip(" |,·•–—-/")


def _date_part(text: str, language: str) -> str:
    """The shortest end of a text that still reads as the same date."""
    whole = parse_page_date(text, language=language)
    pieces = text.split(" ")
    for size in range(1, len(pieces) + 1):
        part = " ".join(pieces[-size:])
        date = parse_page_date(part, language=language)
        if date and whole and date.value == whole.value:
            return part
    return text


@dataclass(frozen=True, slots=True)
class SeenDate:
    """A date that the reader sees, or that a time element on the page gives, where it stands."""

    index: int
    label: Label
    date: PageDate


def seen_dates(layout: Layout, language: str, around: range) -> Iterator[SeenDate]:
    """Every date in a short block that is no sentence, and in every time element, in order."""
    for candidate in layout.candidates[around.start : around.stop]:
        labels: list[Label] = []
        if candidate.words <= 30 and any(map(str.isdecimal, candidate.text)):
            for found in labelled_dates(candidate.apart or candidate.text, language=language):
                labels.append(found.label)
                yield SeenDate(candidate.index, found.label, found.date)
        for spot in candidate.spots:
            if spot.value and (spot.tag == "time" or spot.itemprop.startswith("date")):
                date = parse_page_date(spot.value, origin="time", language=language)
                said = label_of(spot.text) or _ITEMPROPS.get(spot.itemprop, "") or next(iter(labels), "")
                if date:
                    yield SeenDate(candidate.index, said, date)


def published(declared: Declared, seen: list[SeenDate], head: range, url: str) -> PageDate | None:
    """When the article was published: as declared, else as shown at its head, as its address says, as shown elsewhere.

    Servers that declare UTC are often a day off: there a date of the day that the address names, or a visible time
    that is the same instant in some zone, has the newsroom's own day.
    """
    named = date_in_url(url)
    near = [one for one in seen if one.index in head]
    options = [
        *declared.published,
        *(one.date for one in near if one.label == "published" and one.date.origin == "time"),
        *(one.date for one in near if one.label == "published"),
        *(one.date for one in near if not one.label and one.date.origin == "time"),
    ]
    shown = [one.date for one in near if not one.label] + ([named] if named else [])
    if options and options[0].offset == "+00:00":
        same = [date for date in options + shown if named and date.value[:10] == named.value != options[0].value[:10]]
        options = [date for date in same if _is_next_day(date, options[0])] or (
            [date for date in shown if _is_same_instant(date, options[0])] + options
        )
    later = [one.date for label in ("published", "") for one in seen if one.label == label]
    return next(iter([*options, *shown, *later]), None)


def _is_next_day(one: PageDate, other: PageDate) -> bool:
    return abs(day.fromisoformat(one.value[:10]).toordinal() - day.fromisoformat(other.value[:10]).toordinal()) == 1


def _is_same_instant(local: PageDate, utc: PageDate) -> bool:
    """Whether two times are a whole number of quarters of an hour apart, as zones are."""
    if local.offset or local.precision == "day" or utc.precision == "day":
        return False
    apart = datetime.fromisoformat(utc.value[:16]) - datetime.fromisoformat(local.value[:16])
    return apart.total_seconds() % 900 == 0 and abs(apart.total_seconds()) <= 14 * 3600


_ITEMPROPS: dict[str, Label] = {"datePublished": "published", "dateCreated": "published", "dateModified": "modified"}


def has_mark(candidate: Candidate, marks: int, levels: int) -> bool:
    """Whether one of the nearest boxes around a block carries one of the marks."""
    return any(box.marks & marks for box in upward(candidate.box, levels))


_DATELINE_END = re.compile(r" ?(?:—|–|--| - )")


def dateline(text: str) -> str:
    """The place that opens a text: "BRISK, April 26 (NP) — …" gives "BRISK, April 26 (NP)"."""
    end = _DATELINE_END.search(text, 0, 80)
    opening = text[: end.start()] if end else ""
    place = re.split(r"[,(]", opening)[0]
    is_place = sum(map(str.isupper, place)) > 2 and not any(map(str.islower, place)) and len(opening.split()) <= 8
    return opening.strip() if is_place else ""
