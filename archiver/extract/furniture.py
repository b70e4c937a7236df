"""Find what stands around the text: standfirst, byline, dateline.

Takes the page's layout, its declarations and the judged body; gives values of `archiver.model`. What the reader sees
comes first; declarations choose between candidates and fill what the page does not show.
"""

from __future__ import annotations

import re

from archiver.dates import labelled_dates, parse_page_date
from archiver.extract import words
from archiver.extract.appeals import is_appeal
from archiver.extract.blocks import Box, Candidate, Layout, has_mark, upward
from archiver.extract.headline import repeats_headline, site_words, squeezed
from archiver.extract.marks import Mark
from archiver.extract.names import declared_names, opens_with_by, split_names
from archiver.extract.structured import Declared
from archiver.model import Byline
from archiver.text import clean, fold

_LONGEST_LABEL = 4
"""Words of the label of a date: "Zuletzt aktualisiert am"."""
_CLOSING = 5
"""How many of the last blocks may speak of the author."""
_FEWEST_WORDS = 6


def enclosing(headline: Candidate | None, core: Box) -> Box:
    """The smallest box that holds both the headline and the text."""
    if headline is None:
        return core
    box = core
    while box.parent is not None and box.parent.tag and not box.first <= headline.index < box.last:
        box = box.parent
    return box


def find_standfirst(
    layout: Layout, declared: Declared, headline: Candidate | None, first: int, titles: set[str]
) -> Candidate | None:
    """The summary between the headline and the text. `first` is the index of the text's first block."""
    begin = headline.index + 1 if headline else max(0, first - 5)
    told = fold(declared.description)
    for candidate in layout.candidates[begin:first]:
        if candidate.words < 6 or candidate.linked * 2 > candidate.words or repeats_headline(candidate, titles):
            continue
        if has_mark(candidate, Mark.CAPTION | Mark.CREDIT, 2) and not candidate.box.marks & Mark.STANDFIRST:
            continue
        if opens_with_by(candidate.text) or is_appeal(candidate.text, candidate.words, candidate.links):
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
    """The line without its dates and their labels; a label with a name behind it ("Updated by …") stays."""
    line = candidate.apart or candidate.text
    for found in labelled_dates(line, language=language):
        date = _date_part(found.date.text, language)
        label = found.date.text.removesuffix(date).split()
        is_label = found.label and len(label) <= _LONGEST_LABEL and words.BY.isdisjoint(map(fold, label))
        line = line.replace(found.date.text if is_label else date, "")
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


_DATELINE_END = re.compile(r" ?(?:—|–|--| - )")


def dateline(text: str) -> str:
    """The place that opens a text: "BRISK, April 26 (NP) — …" gives "BRISK, April 26 (NP)"."""
    end = _DATELINE_END.search(text, 0, 80)
    opening = text[: end.start()] if end else ""
    place = re.split(r"[,(]", opening)[0]
    is_place = sum(map(str.isupper, place)) > 2 and not any(map(str.islower, place)) and len(opening.split()) <= 8
    return opening.strip() if is_place else ""


def without_author_note(kept: list[Candidate], names: tuple[str, ...]) -> list[Candidate]:
    """The text without what its end says about the author: a block among its last that opens with the full name."""
    known = tuple(f"{fold(name)} " for name in names if " " in name)
    end = max(len(kept) - _CLOSING, (len(kept) + 1) // 2)
    return [one for n, one in enumerate(kept) if n < end or not _is_about(one, known)]


def _is_about(candidate: Candidate, known: tuple[str, ...]) -> bool:
    """Whether a block speaks of one of the authors; what an interviewer says has a colon after the name."""
    opening = candidate.text.partition(":")[0]
    is_about = candidate.text[0].isalpha() and fold(candidate.text).startswith(known)
    return is_about and f"{fold(opening)} " not in known and candidate.words >= _FEWEST_WORDS
