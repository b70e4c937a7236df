"""Walk a page once, and cut it into blocks. Takes its events, gives candidates, boxes, images and spots; no judgement.

A *candidate* is a run of text that a browser sets as one block. A *box* is a block-level element; the candidates of a
box are the slice `first:last` of all candidates. A *spot* is a marked piece of a candidate (a time element, an
author's name). The walk visits each event once, and its time and memory are linear in the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from archiver.extract import words
from archiver.extract.marks import Mark, name_of
from archiver.extract.page import TAG, Element, Event, end_of
from archiver.text import clean, word_count

_SKIPPED, _INLINE = words.ELEMENTS["skipped"], words.ELEMENTS["inline"]
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LONGEST_HEADING = 24
_LONGEST_LINE = 30
_MOST_SHORT = 100_000
"""Blocks of a page, ten times those of the longest articles, from which on only sentences are noted."""
_SENTENCE = 8
_DEEPEST_LINE = 60
"""Inline elements within each other that are looked at; more say nothing."""
_MOST_LINKS = 5
"""Links within each other from which on they were only forgotten to be closed; one within another is the most that is
meant."""
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SHORTLY_HIDDEN = re.compile(r"(?:^|[\s_-])vh(?:\s|$)")
"""The short form of "visually hidden", of hints for screen readers; of larger boxes it means their height."""
_WRAP = "\v"
"""Stands for a line break within a heading."""
FURNITURE_TAGS = frozenset(("nav", "footer", "aside", "form", "menu"))
_FURNITURE_ROLES = frozenset(
    (
        "navigation",
        "complementary",
        "banner",
        "contentinfo",
        "search",
        "dialog",
        "alertdialog",
        "menu",
        "menubar",
        "toolbar",
    )
)


@dataclass(slots=True, eq=False)
class Box:
    """A block-level element, with sums over all that it contains."""

    tag: str
    parent: Box | None
    marks: int
    name: str
    """Its classes and id, verbatim."""
    itemprop: str = ""
    value: str = ""
    """The machine-readable attribute of what has an itemprop, or ""."""
    first: int = 0
    last: int = 0
    words: int = 0
    linked: int = 0
    images: int = 0
    prose: int = 0
    """Words in blocks that read like prose; filled in by `region`."""


@dataclass(slots=True, eq=False)
class Spot:
    """A marked part of a candidate's text."""

    tag: str
    marks: int
    itemprop: str
    value: str
    """The machine-readable attribute (datetime, content), or ""."""
    rel: str = ""
    text: str = ""


@dataclass(slots=True, eq=False)
class Candidate:
    """A run of text that a browser sets as one block."""

    index: int
    tag: str
    """Of its innermost block-level element."""
    box: Box
    text: str
    words: int
    weight: int = 0
    """Its words if it reads like prose, else 0; filled in by `region`."""
    level: int = 0
    """1 to 6 of a block within h1 to h6, else 0."""
    linked: int = 0
    """Words inside links."""
    links: tuple[tuple[str, str], ...] = ()
    """Text and href as written, in order."""
    spots: tuple[Spot, ...] = ()
    apart: str = ""
    """Of a heading, or a short block, with inline elements: its text with " | " between them, as style sheets set them
    apart."""


@dataclass(slots=True, eq=False)
class Image:
    """An image, where it stands."""

    index: int
    """Of the candidate that follows it."""
    box: Box
    src: str
    alt: str


@dataclass(slots=True, eq=False)
class Layout:
    """All that the walk finds."""

    candidates: list[Candidate] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    """In document order; a box stands before what it contains."""
    images: list[Image] = field(default_factory=list)
    left_out: int = 0
    """Short blocks that were left out, for there were too many."""


def upward(box: Box | None, levels: int = -1) -> Iterator[Box]:
    """A box and those around it, innermost first; all of them, or so many."""
    while box is not None and levels:
        yield box
        box, levels = box.parent, levels - 1


def lay_out(events: Sequence[Event], is_declared: Callable[[Sequence[Event]], bool] = lambda _: False) -> Layout:
    """Cut a page into blocks.

    What is hidden from every reader is left out; `is_declared` says of the content of a hidden element whether it is a
    part of the article nevertheless, which only some readers are shown.
    """
    walker = _Walker()
    walker.enter_box({TAG: "html"}, " ", Mark.NONE)
    done = 1
    for n, event in enumerate(events):
        if n < done:
            continue
        if event is None:
            walker.leave()
        elif isinstance(event, str):
            walker.text(event)
        else:
            tag = event[TAG]
            is_entered = False
            if tag == "br":
                walker.line_break()
            elif tag == "img":
                walker.image(event)
            elif tag not in _SKIPPED:
                name, marks = name_of(event)
                is_hidden = _is_hidden(event, marks)
                if not is_hidden or (walker.may_open_part() and is_declared(events[n + 1 : end_of(events, n + 1)])):
                    is_entered = True
                    walker.enter(event, name, marks | Mark.HIDDEN if is_hidden else marks)
            if not is_entered:
                done = end_of(events, n + 1)
    return walker.layout


@dataclass(slots=True, eq=False)
class _Inline:
    """An inline element, open or closed, and the slice of the gathered text parts that it holds."""

    element: Element
    marks: int
    begin: int
    end: int = 0


class _Walker:
    """Where the walk stands: the open elements, links and spots, and the text since the last block boundary."""

    def __init__(self) -> None:
        self.layout = Layout()
        self.box = Box("", None, Mark.NONE, "")
        self.elements: list[Box | None] = []
        """The open elements; None for an inline one."""
        self.parts: list[str] = []
        self.has_text = False
        self.open: list[_Inline] = []
        self.done: list[_Inline] = []
        self.too_deep = 0

    def text(self, text: str) -> None:
        self.parts.append(text)
        if not text.isspace():
            self.has_text = True

    def line_break(self) -> None:
        """A line of its own to the reader, except within a heading, where it only wraps."""
        if _heading_level(self.box):
            self.parts.append(_WRAP)
        else:
            self.flush()

    def image(self, element: Element) -> None:
        if "data-src" not in element and _is_pixel(element):
            return
        src = element.get("data-src") or element.get("src") or ""
        self.layout.images.append(
            Image(len(self.layout.candidates) + self.has_text, self.box, src.strip(), element.get("alt") or "")
        )
        self.box.images += 1

    def may_open_part(self) -> bool:
        """Whether a hidden element may be a part of the article; what is hidden within such a part is not."""
        return not any(box.marks & Mark.HIDDEN for box in upward(self.box, _DEEPEST_LINE))

    def enter(self, element: Element, name: str, marks: int) -> None:
        tag = element[TAG]
        if tag in _INLINE or ("-" in tag and self.box.tag == "p"):
            self.enter_inline(element, marks)
        else:
            self.enter_box(element, name, marks)

    def leave(self) -> None:
        box = self.elements.pop()
        if box is None:
            self.leave_inline()
        else:
            self.leave_box(box)

    def enter_inline(self, element: Element, marks: int) -> None:
        self.elements.append(None)
        if len(self.open) < _DEEPEST_LINE:
            self.open.append(_Inline(element, marks, len(self.parts)))
        else:
            self.too_deep += 1

    def leave_inline(self) -> None:
        if self.too_deep:
            self.too_deep -= 1
            return
        entry = self.open.pop()
        entry.end = len(self.parts)
        if len(entry.element) > 1 or self.box.tag in _HEADINGS:
            self.done.append(entry)

    def enter_box(self, element: Element, name: str, marks: int) -> None:
        if self.parts:
            self.flush()
        tag, itemprop, value = element[TAG], "", ""
        if len(element) > 1:
            itemprop = element.get("itemprop", "")
            value = (element.get("content") or element.get("datetime") or "") if itemprop else ""
            if itemprop == "articleBody":
                marks |= Mark.BODY
            if element.get("role") in _FURNITURE_ROLES:
                marks |= Mark.FURNITURE
        if tag in FURNITURE_TAGS:
            marks |= Mark.FURNITURE
        elif tag == "figcaption":
            marks |= Mark.CAPTION
        box = Box(tag, self.box, marks, name, itemprop, value, len(self.layout.candidates))
        self.layout.boxes.append(box)
        self.elements.append(box)
        self.box = box

    def leave_box(self, box: Box) -> None:
        if self.parts:
            self.flush()
        box.last = len(self.layout.candidates)
        if box.last - box.first > 3 and _heading_level(box):
            for candidate in self.layout.candidates[box.first :]:
                candidate.level = 0  # a heading element around a whole text is no heading
        parent = box.parent
        assert parent is not None
        if box.first == box.last and len(self.layout.boxes) > _MOST_SHORT and self.layout.boxes[-1] is box:
            self.layout.boxes.pop()
        parent.words += box.words
        parent.linked += box.linked
        parent.images += box.images
        self.box = parent

    def flush(self) -> None:
        """End the block: what was gathered since the last boundary becomes a candidate."""
        if self.has_text:
            line = clean("".join(self.parts))
            count = word_count(line)
            if count >= _SENTENCE or (line and len(self.layout.candidates) < _MOST_SHORT):
                self._add(line, count)
            elif line:
                self.layout.left_out += 1
        self.parts.clear()
        self.done.clear()
        self.has_text = False
        for entry in self.open:
            entry.begin = 0

    def _add(self, line: str, count: int) -> None:
        box = self.box
        candidate = Candidate(len(self.layout.candidates), box.tag, box, line, count)
        level = _heading_level(box)
        candidate.level = level if level == 1 or candidate.words <= _LONGEST_HEADING else 0
        if self.done or self.open:
            self._describe(candidate)
        elif level and _WRAP in self.parts:
            candidate.apart = self._apart(set(), set())
        box.words += candidate.words
        box.linked += candidate.linked
        self.layout.candidates.append(candidate)

    def _describe(self, candidate: Candidate) -> None:
        """Note the links and the spots of a block."""
        for entry in self.open:
            entry.end = len(self.parts)
        entries = sorted(self.done + self.open, key=lambda entry: entry.begin)
        links: list[tuple[str, str]] = []
        spots: list[Spot] = []
        is_left_open = sum(entry.element[TAG] == "a" for entry in self.open) > _MOST_LINKS
        for entry in entries:
            tag, get = entry.element[TAG], entry.element.get
            href = get("href") if tag == "a" and not is_left_open else None
            itemprop, rel = get("itemprop") or "", get("rel") or ""
            is_spot = bool(entry.marks) or bool(itemprop) or tag == "time" or "author" in rel
            if href is None and not is_spot:
                continue
            is_all = entry.begin == 0 and entry.end == len(self.parts)
            inner = candidate.text if is_all else clean("".join(self.parts[entry.begin : entry.end]))
            if href is not None:
                candidate.linked += candidate.words if is_all else word_count(inner)
                if inner:
                    links.append((inner, href))
            if is_spot:
                spots.append(Spot(tag, entry.marks, itemprop, get("datetime") or get("content") or "", rel, inner))
        candidate.linked = min(candidate.linked, candidate.words)
        candidate.links, candidate.spots = tuple(links), tuple(spots)
        if candidate.words <= _LONGEST_LINE and (len(entries) > 1 or candidate.level):
            candidate.apart = self._apart({entry.begin for entry in entries}, {entry.end for entry in entries})

    def _apart(self, begins: set[int], ends: set[int]) -> str:
        """The text with " | " where an inline element follows on another, or on text without a space between.

        In a heading every inline element stands apart, and so does what follows a line break.
        """
        joined, closed, is_heading = "", False, bool(_heading_level(self.box))
        for place, part in enumerate(self.parts):
            closed = closed or place in ends or part == _WRAP
            glued = place in begins or place in ends
            if joined and part and not part.isspace():
                is_next = closed and (is_heading or place in begins)
                if is_next or (glued and not joined[-1].isspace() and not part[0].isspace()):
                    joined += " | "
                closed = False
            joined += part
        return clean(joined)


def _heading_level(box: Box | None) -> int:
    for _ in range(3):
        if box is None:
            break
        if box.tag in _HEADINGS:
            return int(box.tag[1])
        box = box.parent
    return 0


def has_mark(candidate: Candidate, marks: int, levels: int) -> bool:
    """Whether one of the nearest boxes around a block carries one of the marks."""
    return any(box.marks & marks for box in upward(candidate.box, levels))


def _is_hidden(element: Element, marks: int) -> bool:
    if marks & Mark.HIDDEN or element.get("hidden", "until-found") != "until-found":
        return True
    if "style" in element and _HIDING.search(element["style"]):
        return True
    return element[TAG] == "span" and "class" in element and bool(_SHORTLY_HIDDEN.search(element["class"]))


def _is_pixel(image: Element) -> bool:
    """Whether an image is there to be counted and not to be seen."""
    sizes = (image.get("width"), image.get("height"))
    return all(size in ("0", "1", "0px", "1px") for size in sizes) or _is_hidden(image, Mark.NONE)
