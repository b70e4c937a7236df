"""Decide which blocks are the article. Takes the page's layout and what is known of it, gives a verdict per block.

The *core* is the box whose own paragraphs weigh most; sections beside it join when they read like it. Within these,
each block is judged by itself: by the names around it, by how much of it is links, by whether it is set like the
other paragraphs, by what the page declares as its text, and by whether the last revision had it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from archiver.extract.blocks import Box, Candidate, Layout, Mark
from archiver.text import fold

_SENTENCE_END = re.compile(r"[.!?…。！？؟।॥:;»”\"'’)\]*]\W*$")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_DECAY = (1.0, 1.0, 0.7, 0.5, 0.3, 0.2)
_COMMENTS = re.compile(r"comment|kommentar|disqus|respond|replies|livefyre", re.I)


@dataclass(slots=True)
class Verdict:
    """Whether a block is part of the article, and why."""

    candidate: Candidate
    kept: bool
    reason: str


@dataclass(slots=True)
class Body:
    """The article's blocks among all."""

    verdicts: list[Verdict] = field(default_factory=list)
    core: Box | None = None
    foreign: set[Box] = field(default_factory=set)
    """Boxes that are furniture."""

    @property
    def kept(self) -> list[Candidate]:
        """In reading order."""
        return [verdict.candidate for verdict in self.verdicts if verdict.kept]


def find_body(layout: Layout, *, declared_text: str = "", start: int = 0) -> Body:
    """Judge every candidate. `start` is the index of the first one after the headline."""
    weights = [_weight(candidate) for candidate in layout.candidates]
    sums = _sums(layout, weights)
    foreign = _foreign(layout, sums)
    core = _core(layout, weights, foreign)
    if core is None:
        return Body()
    zones = _zones(layout, core, weights, foreign, start)
    body = Body(core=core, foreign=foreign)
    for first, last in zones:
        body.verdicts += _judge(layout, first, last, weights, foreign, declared_text)
    _trim(body)
    return body


def _weight(candidate: Candidate) -> int:
    """The words of a block that reads like prose, else 0."""
    words = candidate.words
    if candidate.linked * 5 > words * 2 or candidate.tag in _HEADINGS:
        return 0
    if words >= 10 or (words >= 4 and _SENTENCE_END.search(candidate.text)):
        return words
    return 0


def _sums(layout: Layout, weights: list[int]) -> list[int]:
    running = [0]
    for weight in weights:
        running.append(running[-1] + weight)
    return running


def _foreign(layout: Layout, sums: list[int]) -> set[Box]:
    """Boxes whose names say they are furniture, unless they hold much of the page's prose; and all within them."""
    total = max(1, sums[-1])
    found: set[Box] = set()
    for box in layout.boxes:
        if box.parent in found:
            found.add(box)
        elif box.marks & Mark.FURNITURE and box.tag not in ("html", "body"):
            share = (sums[box.last] - sums[box.first]) / total
            if share < (0.8 if _COMMENTS.search(box.name) else 0.3):
                found.add(box)
    return found


def _core(layout: Layout, weights: list[int], foreign: set[Box]) -> Box | None:
    best: Box | None = None
    for candidate, weight in zip(layout.candidates, weights, strict=True):
        if not weight or candidate.box in foreign or candidate.box.marks & Mark.CAPTION:
            continue
        box: Box | None = candidate.box
        for decay in _DECAY:
            if box is None:
                break
            box.score += weight * decay
            if best is None or box.score > best.score:
                best = box
            box = box.parent
    return best


def _zones(layout: Layout, core: Box, weights: list[int], foreign: set[Box], start: int) -> list[tuple[int, int]]:
    """Index ranges of the core and of the sections around it that read like it."""
    zones = [(core.first, core.last)]
    children: dict[Box | None, list[Box]] = {}
    for box in layout.boxes:
        children.setdefault(box.parent, []).append(box)
    inner, outer = core, core.parent
    while outer is not None and outer.tag not in ("html", "body", ""):
        for sibling in children[outer]:
            if sibling is inner or sibling in foreign or sibling.first == sibling.last:
                continue
            prose = sum(weights[sibling.first : sibling.last])
            if prose >= 30 and prose >= 0.6 * sibling.words and sibling.linked * 5 < sibling.words and sibling.first >= start:
                zones.append((sibling.first, sibling.last))
        if any(sibling.tag in ("h1", "article") and sibling is not inner for sibling in children[outer]):
            break
        inner, outer = outer, outer.parent
    return sorted(zones)


def _judge(
    layout: Layout, first: int, last: int, weights: list[int], foreign: set[Box], declared_text: str
) -> list[Verdict]:
    tags = Counter[str]()
    for candidate in layout.candidates[first:last]:
        tags[candidate.tag] += weights[candidate.index]
    style = tags.most_common(1)[0][0] if tags else "p"
    verdicts = []
    for candidate in layout.candidates[first:last]:
        reason = _objection(candidate, style, weights[candidate.index], foreign)
        verdicts.append(Verdict(candidate, not reason, reason))
    return verdicts


def _objection(candidate: Candidate, style: str, weight: int, foreign: set[Box]) -> str:
    if candidate.box in foreign:
        return "stands in furniture"
    if _within(candidate.box, Mark.CAPTION | Mark.CREDIT):
        return "caption"
    if candidate.linked * 3 > candidate.words * 2 and candidate.tag not in ("li",):
        return "is nearly all link"
    if candidate.tag in _HEADINGS:
        return "is the headline" if candidate.tag == "h1" else ""
    if not weight and candidate.tag != style and candidate.tag not in ("li", "td", "th", "blockquote", "p", "pre", "dd", "dt"):
        return "is set unlike the text and is no sentence"
    if candidate.tag == "li" and candidate.box.parent and candidate.box.parent.linked * 2 > candidate.box.parent.words:
        return "stands in a list of links"
    return ""


def _within(box: Box | None, marks: Mark) -> bool:
    while box is not None:
        if box.marks & marks:
            return True
        box = box.parent
    return False


def _trim(body: Body) -> None:
    """No heading at the end, and none right before another section that was left out."""
    pending = True
    for verdict in reversed(body.verdicts):
        if not verdict.kept:
            continue
        if verdict.candidate.tag in _HEADINGS:
            if pending:
                verdict.kept, verdict.reason = False, "heads nothing"
        else:
            pending = False


def signature(text: str) -> str:
    return fold(text)
