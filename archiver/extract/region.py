"""Find where on a page the article stands. Takes the page's layout, gives its core and the zones around; no verdicts.

The *core* is the box whose own paragraphs weigh most, less for links and for distance from the headline. *Zones* are
the core and the sections beside it that read on. *Foreign* boxes say by their names that they are furniture; names are
cheap, so that counts only against boxes that hold little of the page's prose.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile

from archiver.extract import words
from archiver.extract.blocks import FURNITURE_TAGS, Box, Candidate, Layout, upward
from archiver.extract.marks import Mark
from archiver.text import fold, word_count

_SENTENCE_END = re.compile(r"[.!?…。！？؟।॥:;»”\"’)\]*]\W*$")
_COMMENTS = re.compile(r"comments|comment-?list|disqus|kommentare|livefyre|respond\b|replies", re.I)
_LABEL = re.compile(r"([^:：]{1,60})[:：]")
_DIGITS = re.compile(r"\d+")
_NO_CORE = words.ELEMENTS["no-container"]
_DECAY = (1.0, 1.0, 0.7, 0.55, 0.45, 0.35, 0.3, 0.25)
"""How much of a block's weight counts for its own box and those around it, innermost first."""
_LEAST = 15
"""Words of prose below which a box is no text."""
_BRIEF = 40
_SHORT = 6
_MOST_UNREADABLE = 10
"""One in so many characters."""
_NAME = 3
"""Words of the longest name on average."""
_REGISTER = 3
"""Labels from which on lines of linked names are a register."""
_RIVALS = 5
_MOST_HEADLINES = 20
_DEEPEST_ARTICLE = 100
_WRAPPERS = 20
_MOST_ZONES = 200
NEAR = 8
"""Blocks within which two things stand close to each other."""


@dataclass(slots=True)
class Region:
    """Where the article stands. `core` is None where the page has none."""

    core: Box | None
    zones: list[Box] = field(default_factory=list)
    """In reading order; they may lie within each other."""
    foreign: set[Box] = field(default_factory=set)
    rivals: list[tuple[Box, float]] = field(default_factory=list)
    """The boxes that weighed most, best first, with their weight."""
    start: int = 0
    """Index of the first block after the headline; 0 where the headline stands below the text."""
    stop: int = 0
    """Index after the last block that can be the article's: the page ends there, or another article begins."""


def find_region(layout: Layout, start: int) -> Region:
    """Weigh every box. `start` is the index of the first block after the headline."""
    _unlink_registers(layout)
    _weigh(layout)
    named = [box for box in layout.boxes if box.marks & Mark.RECIPE and box.prose]
    foreign = _foreign(layout, named)
    stop = len(layout.candidates) if named or not start else _next_article(layout, start)
    rivals = [(box, float(box.prose)) for box in named] or _rank(layout, foreign, start, stop)
    rivals = rivals or _rank(layout, foreign, 0, len(layout.candidates))
    if not rivals:
        return Region(None, foreign=foreign)
    core = _whole(layout, max(rivals, key=lambda rival: rival[1])[0])
    if not named and _is_no_text(core, start):
        return Region(None, foreign=foreign, rivals=rivals)
    before = sum(candidate.weight for candidate in layout.candidates[core.first : start])
    start = 0 if 2 * before > core.prose else start
    stop = max(stop, core.last)
    return Region(core, named or _zones(layout, core, foreign, start, stop), foreign, rivals, start, stop)


def _next_article(layout: Layout, start: int) -> int:
    """Where another article begins below this one, as on pages that never end; where the page ends if none does.

    Another h1 opens it, if the headline has a text of its own in a box that leaves the other h1 out, and both boxes are
    articles by their elements or are named alike.
    """
    headline = layout.candidates[start - 1]
    others = [c for c in layout.candidates[start:] if c.level == 1 and fold(c.text) != fold(headline.text)]
    for other in others[:_MOST_HEADLINES]:
        mine, its = _apart(headline.box, other.box), _apart(other.box, headline.box)
        if not mine or not its or mine[-1].prose < _BRIEF:
            continue
        are_articles = all(any(box.tag == "article" for box in boxes) for boxes in (mine, its))
        if are_articles or (mine[-1].tag, class_of(mine[-1])) == (its[-1].tag, class_of(its[-1])):
            return its[-1].first
    return len(layout.candidates)


def _apart(box: Box, other: Box) -> list[Box]:
    """The boxes around the first that are not around the second, innermost first."""
    around = set(upward(other))
    return list(takewhile(lambda inner: inner not in around, upward(box)))


def _unlink_registers(layout: Layout) -> None:
    """Take the links of a register for words: lines that each name things under a label of their own.

    Towns by county, players by team: pages that link every name have texts of little but links. Furniture has one label
    ("Read more: …") or links to headlines, which are longer than names.
    """
    run: list[Candidate] = []
    labels: set[str] = set()
    for candidate in layout.candidates:
        goes_on = bool(run) and candidate.box.parent is run[0].box.parent
        if goes_on and not candidate.links and candidate.words <= _SHORT:
            continue  # it heads a part of the register
        label = _register_label(candidate)
        if run and not (goes_on and label):
            _unlink(run, labels)
            run, labels = [], set()
        if label:
            run.append(candidate)
            labels.add(label)
    _unlink(run, labels)


def _unlink(run: list[Candidate], labels: set[str]) -> None:
    if len(labels) >= _REGISTER:
        for one in run:
            for box in upward(one.box):
                box.linked -= one.linked
            one.linked = 0


def _register_label(candidate: Candidate) -> str:
    """The label of a line that goes on with linked names; "" of any other."""
    if candidate.tag not in ("p", "div") or len(candidate.links) < 2 or candidate.linked > _NAME * len(candidate.links):
        return ""
    label = _LABEL.match(candidate.text)
    return label[1] if label and word_count(label[1]) <= _SHORT else ""


def _weigh(layout: Layout) -> None:
    """Fill in `weight` of candidates and `prose` of boxes: the words of blocks that read like prose."""
    for candidate in layout.candidates:
        count = candidate.words
        if candidate.linked * 5 > count * 2 or candidate.level or _is_noise(candidate.text):
            continue
        if count >= 10 or (count >= 4 and _SENTENCE_END.search(candidate.text)):
            candidate.weight = count
            candidate.box.prose += count
    for box in reversed(layout.boxes):
        if box.parent is not None:
            box.parent.prose += box.prose


def _is_noise(text: str) -> bool:
    """Whether a text is bytes that stand for no characters rather than words."""
    return text.count("\ufffd") * _MOST_UNREADABLE > len(text)


def _foreign(layout: Layout, named: list[Box]) -> set[Box]:
    """Boxes whose names say they are furniture, unless they hold much of the page's prose; and all within them."""
    total = max(1, layout.boxes[0].prose)
    furniture = Mark.FURNITURE if _is_built_of_widgets(layout) else Mark.FURNITURE | Mark.WIDGET
    found: set[Box] = set()
    for box in layout.boxes:
        if box.parent in found:
            found.add(box)
        elif named and any(box.first <= body.first and body.last <= box.last for body in named):
            continue  # a recipe knows better
        elif box.marks & furniture and box.tag not in ("html", "body"):
            most = 0.95 if _COMMENTS.search(box.name) else 0.8 if box.tag in FURNITURE_TAGS else 0.3
            if box.prose < most * total:
                found.add(box)
    return found


def _is_built_of_widgets(layout: Layout) -> bool:
    """Whether boxes that call themselves widgets hold much of the prose between them, as a page builder makes pages."""
    outermost = (box for box in layout.boxes if box.marks & Mark.WIDGET)
    prose = sum(box.prose for box in outermost if not any(outer.marks & Mark.WIDGET for outer in upward(box.parent, 8)))
    return prose >= 0.3 * layout.boxes[0].prose


def _rank(layout: Layout, foreign: set[Box], start: int, stop: int) -> list[tuple[Box, float]]:
    """The boxes that weigh most: their paragraphs count, those deeper down ever less, links and distance against it."""
    scores: defaultdict[Box, float] = defaultdict(float)
    opening: dict[Box, int] = {}
    for candidate in layout.candidates[start:stop]:
        if not candidate.weight or candidate.box in foreign or is_caption(candidate):
            continue
        box: Box | None = candidate.box
        for decay in _DECAY:
            if box is None or not box.tag or box.last > stop:
                break
            if box.tag not in _NO_CORE:
                scores[box] += candidate.weight * decay
            opening.setdefault(box, candidate.index - start)
            if box.tag == "article":
                break  # an article within is one of its own; see `_whole`
            box = box.parent

    def total(box: Box) -> float:
        return (
            scores[box]
            * (1 - box.linked / max(1, box.words)) ** 2
            * (1 + 20 / (10 + opening[box]))
            * (1.3 if box.marks & Mark.BODY else 1)
        )

    return sorted(((box, total(box)) for box in scores), key=lambda rival: -rival[1])[:_RIVALS]


def _whole(layout: Layout, core: Box) -> Box:
    """The box around the entries of a live blog, where the core is one article among others that are set alike."""
    entry: Box | None = core
    while entry is not None and entry.tag != "article":
        entry = entry.parent
    if entry is None or entry.parent is None:
        return core
    like = [
        box
        for box in layout.boxes
        if box.parent is entry.parent and (box.tag, box.name) == (entry.tag, entry.name) and box.prose >= _LEAST
    ]
    tells = all(box.linked * 3 < box.words and not _has_linked_heading(layout, box) for box in like)
    return entry.parent if len(like) > 1 and tells else core


def _has_linked_heading(layout: Layout, box: Box) -> bool:
    return any(c.level and c.linked * 2 > c.words for c in layout.candidates[box.first : box.last])


def _is_no_text(core: Box, start: int) -> bool:
    """Whether what weighs most is the footer of the page, no text, or the summary of another page, linked beside it."""
    tags = {box.tag for box in upward(core)}
    if "footer" in tags and not tags & {"article", "main"}:
        return True
    if core.prose < _LEAST and not 0 < start <= core.last <= start + NEAR:
        return True  # a brief stands right below its headline
    around = core.parent if core.parent is not None else core
    return (
        core.prose < _BRIEF
        and around.linked >= 3
        and around.words < 2 * core.prose + 20
        and not around.first <= start - 1 < around.last
    )


def _zones(layout: Layout, core: Box, foreign: set[Box], start: int, stop: int) -> list[Box]:
    """The core, the sections around it that read like it, and boxes whose paragraphs are set exactly alike."""
    zones = [core]
    children: dict[Box | None, list[Box]] = {}
    for box in layout.boxes:
        children.setdefault(box.parent, []).append(box)
    others = _prose_of_articles(layout) if any(box.tag == "article" for box in upward(core)) else {}
    inner, outer = core, core.parent
    while outer is not None and outer.tag not in ("html", ""):
        zones += [
            sibling
            for sibling in children[outer]
            if sibling is not inner
            and sibling not in foreign
            and 2 * others.get(sibling, 0) <= sibling.prose
            and start <= sibling.first < stop
            and _reads_on(sibling)
        ]
        if any(sibling.tag in ("h1", "article") and sibling is not inner for sibling in children[outer]):
            break
        inner, outer = outer, outer.parent
    settings: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for candidate in layout.candidates[core.first : core.last]:
        settings[setting_of(candidate)] += candidate.weight
    usual = {setting for setting, weight in settings.items() if weight >= 0.4 * core.prose and any(setting[2::2])}
    for candidate in layout.candidates[start:stop]:
        home = candidate.box.parent
        if (
            candidate.weight
            and home is not None
            and setting_of(candidate) in usual
            and len(zones) < _MOST_ZONES
            and not any(z.first <= candidate.index < z.last for z in zones)
        ):
            zones.append(home)
    return sorted(zones, key=lambda box: box.first)


def _prose_of_articles(layout: Layout) -> dict[Box, int]:
    """How much of a box's prose stands in articles. Such an element is complete in itself: another one is no part."""
    found: defaultdict[Box, int] = defaultdict(int)
    for box in layout.boxes:
        if box.tag == "article":
            for outer in upward(box, _DEEPEST_ARTICLE):
                found[outer] += box.prose
                if outer is not box and outer.tag == "article":
                    break
    return found


def _reads_on(box: Box) -> bool:
    """Whether a section beside the core is prose too; right in the page's body only a bare paragraph is."""
    if box.parent is not None and box.parent.tag == "body" and box.tag not in _NO_CORE:
        return False
    least = _LEAST if box.tag in _NO_CORE else 2 * _LEAST
    return box.prose >= least and box.prose >= 0.6 * box.words and box.linked * 5 < box.words


def setting_of(candidate: Candidate) -> tuple[str, ...]:
    """How a block is set: its tag, and tags and classes of the two boxes around it; wrappers of one box count as it."""
    found, inner = [candidate.tag], candidate.box
    box = inner.parent
    for _ in range(_WRAPPERS):
        if box is None or len(found) == 5:
            break
        if inner.last - inner.first == 1 or (box.first, box.last) != (inner.first, inner.last):
            found += [box.tag, class_of(box)]
        inner, box = box, box.parent
    return tuple(found)


def class_of(box: Box) -> str:
    """A box's classes and id without numbers, which only count."""
    return _without_numbers(box.name)


@lru_cache(maxsize=8192)
def _without_numbers(name: str) -> str:
    return _DIGITS.sub("", name).strip()


def is_caption(candidate: Candidate) -> bool:
    """Whether a block stands in a caption or credit, or in a figure beside its image."""
    box: Box | None = candidate.box
    for _ in range(5):
        if box is None:
            return False
        if box.tag in ("blockquote", "table"):
            return False
        if (box.marks & (Mark.CAPTION | Mark.CREDIT) or box.tag == "figure") and box.words < 150:
            return True
        box = box.parent
    return False
