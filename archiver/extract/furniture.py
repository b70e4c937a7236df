"""Find what stands around the text: headline, standfirst, byline, stamps, dateline, notices.

Takes the page's layout, its declarations and the judged body; gives values of `archiver.model`. What the reader sees
comes first; declarations choose between candidates and fill what the page does not show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from archiver.dates import LabelledDate, date_in_url, labelled_dates, parse_page_date
from archiver.extract import words
from archiver.extract.blocks import Box, Candidate, Layout, Mark
from archiver.extract.names import opens_with_by, split_names, without_by
from archiver.extract.structured import Declared
from archiver.model import Byline, HeadlineVariant, Notice, NoticeKind, PageDate
from archiver.text import clean, fold

_TITLE_BREAK = re.compile(r"\s+[|–—\-·•:»«/]+\s+|\s*[|»]\s*|: ")
_NEAR = 25
"""How many blocks after the headline still belong to the head of an article."""


def find_headline(layout: Layout, declared: Declared, url: str) -> Candidate | None:
    """The block that a reader takes for the headline: the h1 that the declarations agree with, or what equals them."""
    known = [fold(title) for title in declared_titles(declared, url)]
    h1s = [candidate for candidate in layout.candidates if candidate.level == 1]
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
    return None


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
    host = [part for part in (urlsplit(url).hostname or "").split(".") if part not in ("www", "com", "org", "net")]
    sites = {fold(name).replace(" ", "") for name in declared.site_names} | set(host[:2])
    sites |= {".".join(host).replace(".", ""), (urlsplit(url).hostname or "").removeprefix("www.").replace(".", "")}
    others = [fold(t) for t in (declared.ld_headline, declared.og_title) if t and t != title]
    while match := list(_TITLE_BREAK.finditer(title)):
        head, tail = title[: match[-1].start()], title[match[-1].end() :]
        if fold(tail).replace(" ", "") in sites or (fold(head) in others and fold(title) not in others):
            title = head
            continue
        head, tail = title[: match[0].start()], title[match[0].end() :]
        if fold(head).replace(" ", "") in sites or (fold(tail) in others and fold(title) not in others):
            title = tail
            continue
        break
    return title


def alike(one: str, other: str) -> float:
    """Share of words that two folded texts have in common, 0 to 1."""
    a, b = set(one.split()), set(other.split())
    return len(a & b) / len(a | b) if a and b else float(one == other)


def enclosing(headline: Candidate | None, core: Box) -> Box:
    """The smallest box that holds both the headline and the text."""
    if headline is None:
        return core
    box = core
    while box.parent is not None and box.parent.tag and not box.first <= headline.index < box.last:
        box = box.parent
    return box


def find_standfirst(layout: Layout, declared: Declared, headline: Candidate | None, first: int) -> Candidate | None:
    """The summary between the headline and the text. `first` is the index of the text's first block."""
    begin = headline.index + 1 if headline else max(0, first - 5)
    told = fold(declared.description)
    for candidate in layout.candidates[begin:first]:
        if candidate.words < 6 or candidate.linked * 2 > candidate.words:
            continue
        if has_mark(candidate, Mark.STANDFIRST, 3) or (told and fold(candidate.text) == told) or candidate.tag == "h2":
            return candidate
    return None


def find_byline(layout: Layout, declared: Declared, headline: Candidate | None, around: range) -> tuple[Byline | None, Candidate | None]:
    """Who wrote it, and the block that says so."""
    seen = next(_byline_blocks(layout, around), None)
    line = _without_date(seen, declared.language) if seen else ""
    people = [name for person in declared.authors if not person.is_organisation for name in split_names(person.name)]
    people = people or list(split_names(line))
    people = people or [name for text in declared.meta_authors for name in split_names(text)]
    organisations = [person.name for person in declared.authors]
    names = tuple(dict.fromkeys(people or organisations))
    text = line or ", ".join(names)
    return (Byline(text=text, names=names), seen) if text else (None, None)


def _byline_blocks(layout: Layout, around: range) -> Iterator[Candidate]:
    marked = []
    for candidate in layout.candidates[around.start : around.stop]:
        if candidate.words > 25:
            continue
        if opens_with_by(candidate.text) and split_names(_without_date(candidate, "")) and candidate.words <= 15:
            yield candidate
        elif has_mark(candidate, Mark.BYLINE, 2) or any(s.marks & Mark.BYLINE or s.itemprop == "author" for s in candidate.spots):
            marked.append(candidate)
    yield from (candidate for candidate in marked if split_names(_without_date(candidate, "")))


def _without_date(candidate: Candidate, language: str) -> str:
    line = candidate.text
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


def visible_dates(layout: Layout, language: str, around: range) -> Iterator[tuple[Candidate, LabelledDate]]:
    """Every date in a short block that is no sentence, in order."""
    for candidate in layout.candidates[around.start : around.stop]:
        if candidate.words <= 30 and any(map(str.isdecimal, candidate.text)):
            for found in labelled_dates(candidate.text, language=language):
                yield candidate, found


def published_in_text(dates: list[tuple[Candidate, LabelledDate]], url: str) -> PageDate | None:
    """The date that the head of the article shows, or its address."""
    shown = [found.date for _, found in dates if found.label == "published"]
    shown += [found.date for candidate, found in dates if not found.label and candidate.words <= 20]
    return next(iter(shown), None) or date_in_url(url)


def time_elements(layout: Layout, language: str, around: range) -> Iterator[tuple[str, PageDate]]:
    """What each time element or microdata date is said to be ("published", "modified" or ""), and its value."""
    for candidate in layout.candidates[around.start : around.stop]:
        for spot in candidate.spots:
            if spot.tag != "time" and not spot.itemprop.startswith("date"):
                continue
            date = parse_page_date(spot.value, origin="time", language=language) if spot.value else None
            if date:
                labels = [found.label for found in labelled_dates(candidate.text, language=language)]
                kind = {"datePublished": "published", "dateModified": "modified"}.get(spot.itemprop, "")
                yield kind or next(iter(labels), ""), date


def has_mark(candidate: Candidate, marks: Mark, levels: int) -> bool:
    """Whether one of the nearest boxes around a block carries one of the marks."""
    box: Box | None = candidate.box
    for _ in range(levels):
        if box is None:
            return False
        if box.marks & marks:
            return True
        box = box.parent
    return False


def notice_kind(candidate: Candidate) -> NoticeKind | None:
    """What kind of notice a block opens as: it starts with the label and a colon, dash or line of its own."""
    head = re.match(r"\W*([^:：—–.\-|(\[]{2,40}?)\s*(?:\([^)]*\)|[\d./, ]*)\s*(?:[:：—–|\]]|\s-\s|$)", candidate.text)
    if not head:
        return None
    label = fold(head[1])
    for kind, labels in _NOTICES.items():
        if label in labels or any(label.startswith(f"{known} ") and len(label) < len(known) + 25 for known in labels if kind != "update"):
            return kind
    return None


def find_notices(blocks: list[Candidate], language: str) -> tuple[Notice, ...]:
    """The notices among the article's blocks."""
    found = []
    for candidate in blocks:
        kind = notice_kind(candidate)
        if kind and candidate.words >= 4:
            dates = labelled_dates(candidate.text[:200], language=language)
            found.append(Notice(kind=kind, text=candidate.text, date=dates[0].date if dates else None))
    return tuple(found)


def dateline(text: str) -> str:
    """The place that opens a text: "BRISK, April 26 (NP) — …" gives "BRISK, April 26 (NP)"."""
    match = re.match(r"([^\W\d_a-z][^\W\d_a-z.'’\- ]+(?:[ ,/.'’-]+[^\W\d_]+){0,4}(?:,? \w+\.? \d{1,2})?(?: ?\([^)]{1,40}\))?) ?(?:—|–|--| - )", text[:120])  # fmt: skip
    return match[1].strip() if match and sum(c.isupper() for c in match[1].split(",")[0].split("(")[0]) > 2 else ""


_NOTICES = {NoticeKind(kind): frozenset(fold(word) for word in labels.split(",")) for kind, labels in words.CORRECTION.items()}
__all__ = ["without_by"]
