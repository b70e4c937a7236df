"""Decide which blocks are the article. Takes the page's layout and what is known of it, gives a verdict per block.

The *core* is the box whose own paragraphs weigh most; sections beside it join when they read like it. The *trunk* is
the core and those of its boxes that hold much of the text; what hangs on it in a small box of its own is an *island*.
Paragraphs on the trunk are the text. An island has to earn its place: by being set like the text, by what the page
declares as its text, or by having stood in the last revision.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from archiver.dates import labelled_dates
from archiver.extract import words
from archiver.extract.appeals import is_appeal, is_label
from archiver.extract.blocks import FURNITURE_TAGS, Box, Candidate, Layout, Mark
from archiver.extract.evidence import Evidence
from archiver.extract.notices import is_label as is_notice_label
from archiver.extract.notices import stands_alone

_SENTENCE_END = re.compile(r"[.!?…。！？؟।॥:;»”\"’)\]*]\W*$")
_COMMENTS = re.compile(r"comments|comment-?list|disqus|kommentare|livefyre|respond\b|replies", re.I)
_RIGHTS = re.compile(
    r"^\W*(?:©|\(c\) ?\d{4}|copyright\b)|all rights reserved|alle rechte vorbehalten|tous droits r|todos los derechos",
    re.I,
)
_LEAST = 15
_RIVALS = 5
_DIGITS = re.compile(r"\d+")
_NEAR = 8
"""Blocks before and after the article within which a notice belongs to it."""
_DEEP = 40
"""Boxes within boxes from which on depth says nothing: islands are shallow."""
_NO_CORE = words.ELEMENTS["no-container"]
_DECAY = (1.0, 1.0, 0.7, 0.55, 0.45, 0.35, 0.3, 0.25)


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
    rivals: list[tuple[Box, float]] = field(default_factory=list)
    """The boxes that weighed most, best first, with their weight."""

    @property
    def kept(self) -> list[Candidate]:
        """In reading order."""
        return [verdict.candidate for verdict in self.verdicts if verdict.kept]


def find_body(layout: Layout, evidence: Evidence, *, start: int = 0) -> Body:
    """Judge every candidate. `start` is the index of the first one after the headline."""
    weights = [_weight(candidate) for candidate in layout.candidates]
    for candidate, weight in zip(layout.candidates, weights, strict=True):
        candidate.box.prose += weight
    for box in reversed(layout.boxes):
        if box.parent is not None:
            box.parent.prose += box.prose
    named = [box for box in layout.boxes if box.marks & Mark.RECIPE and box.prose]
    foreign = _foreign(layout, named)
    rivals = [(box, float(box.prose)) for box in named] or _rank(layout, weights, foreign, start)
    rivals = rivals or _rank(layout, weights, foreign, 0)
    core = max(rivals, key=lambda rival: rival[1])[0] if rivals else None
    core = core and _whole(layout, core)
    if core is None or (not named and _is_teaser(core, start)):
        return Body(foreign=foreign, rivals=rivals)
    if 2 * sum(weights[core.first : start]) > sum(weights[core.first : core.last]):
        start = 0  # what was taken for the headline stands below the text
    body = Body(core=core, foreign=foreign, rivals=rivals)
    foreign |= _below_labels(layout, core)
    zones = named or _zones(layout, core, weights, foreign, start)
    judge = _Judge(layout, core, weights, foreign, evidence, zones, start)
    done = 0
    for zone in zones:
        body.verdicts += [
            judge.verdict(candidate) for candidate in layout.candidates[max(done, zone.first) : zone.last]
        ]
        done = max(done, zone.last)
    _drop_empty_headings(body)
    _add_notices(body, layout, start)
    return body


def _weight(candidate: Candidate) -> int:
    """The words of a block that reads like prose, else 0."""
    count = candidate.words
    if candidate.linked * 5 > count * 2 or candidate.level:
        return 0
    if count >= 10 or (count >= 4 and _SENTENCE_END.search(candidate.text)):
        return count
    return 0


def _foreign(layout: Layout, named: list[Box]) -> set[Box]:
    """Boxes whose names say they are furniture, unless they hold much of the page's prose; and all within them."""
    total = max(1, layout.boxes[0].prose)
    found: set[Box] = set()
    for box in layout.boxes:
        if box.parent in found:
            found.add(box)
        elif any(box.first <= body.first and body.last <= box.last for body in named):
            continue  # a recipe knows better
        elif box.marks & Mark.FURNITURE and box.tag not in ("html", "body"):
            most = 0.95 if _COMMENTS.search(box.name) else 0.8 if box.tag in FURNITURE_TAGS else 0.3
            if box.prose < most * total:
                found.add(box)
    return found


def _rank(layout: Layout, weights: list[int], foreign: set[Box], start: int) -> list[tuple[Box, float]]:
    """The boxes that weigh most: their paragraphs count, those deeper down ever less, links and distance against it."""
    scores: defaultdict[Box, float] = defaultdict(float)
    opening: dict[Box, int] = {}
    for candidate in layout.candidates[start:]:
        weight = weights[candidate.index]
        if not weight or candidate.box in foreign or _is_caption(candidate):
            continue
        box: Box | None = candidate.box
        for decay in _DECAY:
            if box is None or not box.tag:
                break
            if box.tag not in _NO_CORE:
                scores[box] += weight * decay
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


def _is_teaser(core: Box, start: int) -> bool:
    """Whether what weighs most is no text at all, or the summary of another page that a link beside it names."""
    if core.prose < _LEAST and not 0 < start <= core.last <= start + _NEAR:
        return True  # a brief stands right below its headline
    around = core.parent if core.parent is not None else core
    return (
        core.prose < 40
        and around.linked >= 3
        and around.words < 2 * core.prose + 20
        and not around.first <= start - 1 < around.last
    )


def _zones(layout: Layout, core: Box, weights: list[int], foreign: set[Box], start: int) -> list[Box]:
    """The core, the sections around it that read like it, and boxes whose paragraphs are set exactly alike."""
    zones = [core]
    children: dict[Box | None, list[Box]] = {}
    for box in layout.boxes:
        children.setdefault(box.parent, []).append(box)
    inner, outer = core, core.parent
    while outer is not None and outer.tag not in ("html", ""):
        zones += [
            sibling
            for sibling in children[outer]
            if sibling is not inner and sibling not in foreign and sibling.first >= start and _reads_on(sibling)
        ]
        if any(sibling.tag in ("h1", "article") and sibling is not inner for sibling in children[outer]):
            break
        inner, outer = outer, outer.parent
    settings: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for candidate in layout.candidates[core.first : core.last]:
        settings[_setting(candidate)] += weights[candidate.index]
    usual = {setting for setting, weight in settings.items() if weight >= 0.4 * core.prose and any(setting[2::2])}
    for candidate in layout.candidates[start:]:
        home = candidate.box.parent
        if (
            weights[candidate.index]
            and home is not None
            and _setting(candidate) in usual
            and not any(z.first <= candidate.index < z.last for z in zones)
        ):
            zones.append(home)
    return sorted(zones, key=lambda box: box.first)


def _below_labels(layout: Layout, core: Box) -> set[Box]:
    """Boxes that follow on a label such as "Related stories" beside them, unless earlier text is set in such boxes."""
    ends: dict[Box, int] = {}
    for candidate in layout.candidates[core.first : core.last]:
        home = candidate.box.parent
        if home is not None and home not in ends and is_label(candidate.text, candidate.words):
            ends[home] = candidate.index
    if not ends:
        return set()
    found: set[Box] = set()
    seen: set[tuple[Box, str, str]] = set()
    for box in layout.boxes:
        if box.parent is None or box.first < core.first or box.last > core.last:
            continue
        kind = (box.parent, box.tag, _DIGITS.sub("", box.name))
        if box.parent in found:
            found.add(box)
        elif box.parent in ends and box.first > ends[box.parent]:
            if box.tag not in _NO_CORE and kind not in seen:
                found.add(box)
        elif box.prose:
            seen.add(kind)
    return found


def _reads_on(box: Box) -> bool:
    """Whether a section beside the core is prose too; right in the page's body only a bare paragraph is."""
    if box.parent is not None and box.parent.tag == "body" and box.tag not in _NO_CORE:
        return False
    least = _LEAST if box.tag in _NO_CORE else 2 * _LEAST
    return box.prose >= least and box.prose >= 0.6 * box.words and box.linked * 5 < box.words


def _setting(candidate: Candidate) -> tuple[str, ...]:
    """How a block is set: its tag, and tags and classes of the two boxes around it."""
    box, found = candidate.box.parent, [candidate.tag]
    for _ in range(2):
        if box is None:
            break
        found += [box.tag, _DIGITS.sub("", box.name).strip()]
        box = box.parent
    return tuple(found)


class _Judge:
    """What one page's blocks are measured by."""

    def __init__(
        self,
        layout: Layout,
        core: Box,
        weights: list[int],
        foreign: set[Box],
        evidence: Evidence,
        zones: list[Box],
        start: int,
    ) -> None:
        self.core, self.weights, self.foreign, self.evidence = core, weights, foreign, evidence
        self.zones, self.start = set(zones), start
        enough = max(60, 0.15 * core.prose)
        self.trunk = self.zones | {
            box
            for box in layout.boxes
            if box.prose >= enough and any(zone.first <= box.first < box.last <= zone.last for zone in zones)
        }
        self.shapes: dict[Box, tuple[str, ...]] = {}
        shapes: defaultdict[tuple[str, ...], int] = defaultdict(int)
        inside = [c for z in zones for c in layout.candidates[z.first : z.last] if c.box not in foreign]
        for candidate in inside:
            shapes[self.shape(candidate)] += weights[candidate.index]
        total = max(1, sum(shapes.values()))
        self.usual = {shape for shape, weight in shapes.items() if weight >= 0.2 * total}
        settings: defaultdict[tuple[str, ...], int] = defaultdict(int)
        for candidate in inside:
            settings[_setting(candidate)] += weights[candidate.index]
        self.settings = {setting for setting, weight in settings.items() if weight >= 0.2 * total}
        self.first_usual = next((c.index for c in inside if not c.level and self.shape(c) in self.usual), core.first)

    def shape(self, candidate: Candidate) -> tuple[str, ...]:
        """How a block hangs on the trunk: its tag, and tags and classes of the boxes up to there.

        A box that holds nothing but the box within it does not count: it changes nothing to the reader.
        """
        known = self.shapes.get(candidate.box)
        if known is None:
            chain = self.chain(candidate)
            outer = [
                box
                for n, box in enumerate(chain[1:])
                if n == 0 or (box.first, box.last) != (chain[n].first, chain[n].last)
            ]
            known = (*(box.tag for box in chain[:1]), *(f"{box.tag} {_DIGITS.sub('', box.name)}" for box in outer))
            self.shapes[candidate.box] = known
        return known

    def chain(self, candidate: Candidate) -> list[Box]:
        """The boxes from a block up to the trunk, innermost first."""
        found: list[Box] = []
        box: Box | None = candidate.box
        while box is not None and box not in self.trunk and len(found) < _DEEP:
            found.append(box)
            box = box.parent
        return found

    def verdict(self, candidate: Candidate) -> Verdict:
        """In or out, and why."""
        if stands_alone(candidate):
            return Verdict(candidate, True, "notice")
        if candidate.box in self.foreign and candidate.box.parent not in self.zones:
            return Verdict(candidate, False, "stands in furniture")
        if _is_caption(candidate):
            return Verdict(candidate, False, "caption")
        if candidate.index < self.start:
            return Verdict(candidate, False, "stands before the headline")
        if candidate.level == 1:
            return Verdict(candidate, False, "headline")
        if self.evidence.attests(candidate):
            return Verdict(candidate, True, "attested")
        reason = self.objection(candidate)
        return Verdict(candidate, not reason, reason or "text")

    def objection(self, candidate: Candidate) -> str:
        """Why a block is no text; "" when it is."""
        chain = self.chain(candidate)
        if (
            candidate.linked * 2 > candidate.words
            and self.shape(candidate) in self.usual
            and candidate.words > 7
            and candidate.text.endswith((".", "。"))
        ):
            return ""
        if any(box.linked * 2 > box.words for box in chain):
            return "is mostly links"
        if is_pointer(candidate):
            return "a label and a link"
        if is_label(candidate.text, candidate.words):
            return "is a label of the page's own"
        if _is_date_line(candidate):
            return "is a date line"
        if _RIGHTS.search(candidate.text) and candidate.words < 60:
            return "states rights"
        if (
            candidate.box.marks & (Mark.BYLINE | Mark.DATE)
            and candidate.words <= 25
            and not candidate.text.endswith((".", " 。"))
        ):
            return "a byline or date"
        if is_appeal(candidate.text, candidate.words):
            return "asks the reader for something"
        if candidate.level or self.shape(candidate) in self.usual or _setting(candidate) in self.settings:
            return ""
        special = any(box.tag in ("ul", "ol", "table", "blockquote", "dl", "pre") for box in chain)
        if special or (len(chain) == 1 and candidate.tag == "p"):
            return ""
        if not self.weights[candidate.index]:
            return "is set unlike the text and is no sentence"
        if candidate.index > self.first_usual and 0 < len(chain) < _DEEP and chain[-1].prose < 90:
            return "stands apart in a box of its own"
        return ""


def is_pointer(candidate: Candidate) -> bool:
    """Whether a block is a short label and a link that ends it ("Read more: …")."""
    if not candidate.links or candidate.words > 40:
        return False
    text, _ = candidate.links[-1]
    lead, found, tail = candidate.text.rpartition(text)
    return (
        bool(found)
        and len(tail.strip()) <= 1
        and len(lead.split()) <= 5
        and lead.rstrip().endswith((":", "：", "|", "»", "→", ">", "►", "▶"))
    )


def _is_date_line(candidate: Candidate) -> bool:
    """Whether a block says when the article was published or changed, and nothing else."""
    if candidate.words > 14 or not any(map(str.isdecimal, candidate.text)):
        return False
    text = candidate.apart or candidate.text
    dates = labelled_dates(text)
    dated = sum(len(one.date.text) for one in dates)
    return any(one.label for one in dates) and 3 * dated >= 2 * len(text)


def _add_notices(body: Body, layout: Layout, start: int) -> None:
    """Corrections and notes stand outside the text's own container as often as within it."""
    judged = {verdict.candidate.index for verdict in body.verdicts}
    kept = body.kept
    first, last = (kept[0].index, kept[-1].index) if kept else (start, start)
    begin = max(0, min(first, start - 1) - _NEAR)
    found = [c for c in layout.candidates[begin : last + 2 * _NEAR] if c.index not in judged and stands_alone(c)]
    follow = [
        layout.candidates[c.index + 1] for c in found if is_notice_label(c) and c.index + 1 < len(layout.candidates)
    ]
    extra = {c.index: Verdict(c, True, "notice") for c in (*found, *follow) if c.index not in judged}
    body.verdicts = sorted([*body.verdicts, *extra.values()], key=lambda verdict: verdict.candidate.index)


def _is_caption(candidate: Candidate) -> bool:
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


def _drop_empty_headings(body: Body) -> None:
    """A heading with no text before the next of its level heads something that was left out."""
    content, below = False, 7
    for verdict in reversed(body.verdicts):
        level = verdict.candidate.level
        if not level:
            if verdict.kept or verdict.reason == "caption":
                content = True
        elif verdict.kept:
            if content or level < below < 7:
                content, below = False, level
            else:
                verdict.kept, verdict.reason = False, "heads nothing"
        else:
            content, below = False, 7
