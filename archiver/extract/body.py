"""Decide which blocks are the article. Takes the page's layout and what is known of it, gives a verdict per block.

The *trunk* are the zones and those of their boxes that hold much of the text; what hangs on it in a small box of its
own is an *island*. Paragraphs on the trunk are the text. An island has to earn its place: by being set alike, by
what the page declares as its text, or by having stood in the last revision. Notices are text wherever they stand.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from archiver.dates import labelled_dates
from archiver.extract.appeals import is_appeal, is_label
from archiver.extract.blocks import Box, Candidate, Layout, upward
from archiver.extract.evidence import Evidence
from archiver.extract.marks import Mark
from archiver.extract.notices import is_label as is_notice_label
from archiver.extract.notices import stands_alone
from archiver.extract.region import NEAR, Region, class_of, find_region, is_caption, setting_of

_RIGHTS = re.compile(
    r"^\W*(?:©|\(c\) ?\d{4}|copyright\b)|all rights reserved|alle rechte vorbehalten|tous droits r|todos los derechos",
    re.I,
)
_FILE = re.compile(r"^[^?#]*\.(?:pdf|docx?|xlsx?|csv|odt|ods|rtf|pptx?|epub|txt)(?:[?#]|$)", re.I)
_SENTENCE_END = re.compile(r"[.!?。！？।؟…][”’\"»)」]*$")
_POINTS = (":", "：", "|", "»", "→", ">", "►", "▶")
_OWN_LIFE = frozenset(("ul", "ol", "table", "blockquote", "dl", "pre"))
"""Elements that stand in a box of their own by nature."""
_PLAIN = frozenset(("p", "h2", "h3", "h4", "h5", "h6"))
"""Elements that need no name to be text."""
_COUNT = re.compile(r"(?:[^\W\d]+:? )?\d+ ?[^\W\d]+\.?(?: [^\W\d]+)?")
"""How long it takes to read, or how often it was commented on, as it stands beside a date."""
_LONGEST_DATE_LINE = 14
_SENTENCE = 10
_SHORT_LINE = 12
_LONGEST_REMARK = 30
_LABEL = 4
_HEADLINE = 7
"""Words up to which a linked sentence is rather the headline of another article."""
_LONGEST_BYLINE = 25
_USUAL = 0.2
"""Share of the text from which on a way of setting it is usual."""
_ISLAND = 90
"""Words of prose from which on a box is too large for an island."""
_TEASER = 60
"""Words of prose from which on a text below a linked heading is more than a summary."""
_DEEP = 40
"""Boxes within boxes from which on depth says nothing: islands are shallow."""


@dataclass(slots=True)
class Verdict:
    """Whether a block is part of the article, and why."""

    candidate: Candidate
    kept: bool
    reason: str


@dataclass(slots=True)
class Body:
    """The article's blocks among all."""

    region: Region = field(default_factory=lambda: Region(None))
    verdicts: list[Verdict] = field(default_factory=list)
    """In reading order; blocks far from the article have none."""

    @property
    def kept(self) -> list[Candidate]:
        """In reading order."""
        return [verdict.candidate for verdict in self.verdicts if verdict.kept]


def find_body(layout: Layout, evidence: Evidence, *, start: int = 0) -> Body:
    """Judge every candidate. `start` is the index of the first one after the headline."""
    region = find_region(layout, start)
    body = Body(region)
    if region.core is None:
        return body
    judge = _Judge(layout, region, evidence)
    done = 0
    for zone in region.zones:
        body.verdicts += [judge.verdict(one) for one in layout.candidates[max(done, zone.first) : zone.last]]
        done = max(done, zone.last)
    _drop_copies(body, layout)
    _settle_islands(body, judge)
    _drop_figures(body, judge)
    _drop_labels_of_lists(body)
    _drop_empty_headings(body)
    _add_notices(body, layout)
    return body


class _Judge:
    """What one page's blocks are measured by."""

    def __init__(self, layout: Layout, region: Region, evidence: Evidence) -> None:
        assert region.core is not None
        self.layout, self.region, self.evidence, self.zones = layout, region, evidence, set(region.zones)
        enough = max(60, 0.15 * region.core.prose)
        self.trunk = self.zones | {
            box
            for box in layout.boxes
            if box.prose >= enough and any(zone.first <= box.first < box.last <= zone.last for zone in region.zones)
        }
        self.shapes: dict[Box, tuple[str, ...]] = {}
        candidates = (one for zone in region.zones for one in layout.candidates[zone.first : zone.last])
        inside = [candidate for candidate in candidates if candidate.box not in region.foreign]
        shapes, settings = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
        for candidate in inside:
            shapes[self.shape(candidate)] += candidate.weight
            settings[setting_of(candidate)] += candidate.weight
        enough = _USUAL * max(1, shapes.total())
        self.usual = {how for how, weight in (shapes | settings).items() if weight >= enough}
        usual = (one.index for one in inside if not one.level and self.shape(one) in self.usual)
        self.first_usual = next(usual, region.core.first)
        self.first_prose = next((one.index for one in inside if one.weight >= _SENTENCE), region.core.first)

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
            known = (*(box.tag for box in chain[:1]), *(f"{box.tag} {class_of(box)}" for box in outer))
            self.shapes[candidate.box] = known
        return known

    def is_usual(self, candidate: Candidate) -> bool:
        """Whether a block is set as much of the text is."""
        return self.shape(candidate) in self.usual or setting_of(candidate) in self.usual

    def is_excused(self, candidate: Candidate) -> bool:
        """Whether a block is text despite its name: right among the text, a heading or longer than a short line."""
        return candidate.box.parent in self.zones and (bool(candidate.level) or candidate.words > _SHORT_LINE)

    def is_aside(self, candidate: Candidate) -> bool:
        """Whether a block is a lone remark between the text's blocks, in an element for such, which has no name."""
        box = next((box for box in upward(candidate.box, 3) if box.tag in ("aside", "footer")), None)
        if box is None or box.name.strip() or box.parent in self.region.foreign:
            return False
        return candidate.index > self.first_usual and is_lone_remark(candidate, box)

    def heads_text(self, candidate: Candidate) -> bool:
        """Whether a block that is furniture by its own name alone is a heading, and what follows is text."""
        if not candidate.level or candidate.linked or candidate.box.parent in self.region.foreign:
            return False
        following = self.layout.candidates[candidate.index + 1 : candidate.index + 2]
        return any(self.is_usual(one) and self.verdict(one).kept for one in following if one.weight)

    def is_between(self, candidate: Candidate) -> bool:
        """Whether a block stands between two that are set as the text is: a subhead by its name only."""
        around = self.layout.candidates[max(0, candidate.index - 1) : candidate.index + 2 : 2]
        return len(around) == 2 and all(map(self.is_usual, around)) and not candidate.linked

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
        if candidate.box in self.region.foreign and not self.is_excused(candidate) and not self.is_aside(candidate):
            reason = "heads the text" if self.heads_text(candidate) else "stands in furniture"
            return Verdict(candidate, reason == "heads the text", reason)
        if is_caption(candidate):
            reason = self.promotion(candidate)
            is_credit = reason == "a label and a link" and candidate.linked <= _LABEL
            return Verdict(candidate, False, "caption" if is_credit or not reason else reason)
        if candidate.index < self.region.start:
            return Verdict(candidate, False, "stands before the headline")
        if candidate.level == 1 and candidate.index < self.first_prose:
            return Verdict(candidate, False, "headline")
        reason = self.wording(candidate)
        if not reason and self.evidence.attests(candidate):
            return Verdict(candidate, True, "attested")
        reason = reason or self.setting(candidate)
        return Verdict(candidate, not reason, reason or "text")

    def wording(self, candidate: Candidate) -> str:
        """Why what a block says is no text; "" when it may be."""
        if reason := self.promotion(candidate):
            return reason
        if _is_date_line(candidate, is_above=candidate.index < self.first_prose):
            return "is a date line"
        is_sentence = candidate.text.endswith((".", "。"))
        if candidate.box.marks & (Mark.BYLINE | Mark.DATE) and candidate.words <= _LONGEST_BYLINE and not is_sentence:
            return "a byline or date"
        return ""

    def promotion(self, candidate: Candidate) -> str:
        """Why what a block says is the page's own, in the text as in a caption; "" when it may be the story's."""
        if is_label(candidate.text, candidate.words):
            return "is a label of the page's own"
        if is_appeal(candidate.text, candidate.words, candidate.links):
            return "asks the reader for something"
        return "a label and a link" if is_pointer(candidate) else ""

    def setting(self, candidate: Candidate) -> str:
        """Why how a block is set shows that it is no text; "" when it may be."""
        if self.is_linked_sentence(candidate) or (is_document(candidate) and self.is_usual(candidate)):
            return ""
        chain = self.chain(candidate)
        if any(box.linked * 2 > box.words for box in chain):
            return "is mostly links"
        if candidate.words < 60 and _RIGHTS.search(candidate.text):
            return "states rights"
        if candidate.level or self.is_usual(candidate):
            return ""
        if any(box.tag in _OWN_LIFE for box in chain) or (len(chain) == 1 and candidate.tag in _PLAIN):
            return ""
        if len(chain) == 1 and candidate.box.marks & Mark.STANDFIRST and self.is_between(candidate):
            return ""
        if not candidate.weight:
            return "is set unlike the text and is no sentence"
        if candidate.index > self.first_usual and 0 < len(chain) < _DEEP and chain[-1].prose < _ISLAND:
            is_aside = chain[-1].tag in ("aside", "footer") and is_lone_remark(candidate, chain[-1])
            return "" if is_aside else "stands apart in a box of its own"
        return ""

    def is_linked_sentence(self, candidate: Candidate) -> bool:
        """Whether a block is set like the text and a sentence, though most of it is a link."""
        is_long = candidate.words > _HEADLINE and candidate.text.endswith((".", "。"))
        return is_long and candidate.linked * 2 > candidate.words and self.is_usual(candidate)


def is_pointer(candidate: Candidate) -> bool:
    """Whether a block is a short label and a link that ends it ("Read more: …")."""
    if not candidate.linked or not candidate.links or candidate.words > 40 or is_document(candidate):
        return False
    text, _ = candidate.links[-1]
    lead, found, tail = candidate.text.rpartition(text)
    return bool(found) and len(tail.strip()) <= 1 and len(lead.split()) <= 5 and lead.rstrip().endswith(_POINTS)


def is_lone_remark(candidate: Candidate, island: Box) -> bool:
    """Whether a box holds one sentence and nothing else: no link, image or heading, as a note of the newsroom does."""
    is_alone = island.last - island.first == 1 and not island.linked and not island.images
    return is_alone and _SENTENCE <= candidate.weight <= _LONGEST_REMARK and bool(_SENTENCE_END.search(candidate.text))


def is_document(candidate: Candidate) -> bool:
    """Whether a block names documents and links to them: files to read, unlike the pages of other articles."""
    return bool(candidate.links) and all(_FILE.search(href) for _, href in candidate.links)


def _is_date_line(candidate: Candidate, *, is_above: bool) -> bool:
    """Whether a block says when the article was published or changed, and no more; above the text without a label."""
    if candidate.words > _LONGEST_DATE_LINE or not any(map(str.isdecimal, candidate.text)):
        return False
    if any(spot.tag == "time" and spot.text == candidate.text for spot in candidate.spots):
        return True
    text = candidate.apart or candidate.text
    dates = labelled_dates(text)
    dated = sum(len(one.date.text) for one in dates)
    if any(one.label for one in dates) and 3 * dated >= 2 * len(text):
        return True
    pieces = [piece for piece in text.split(" | ") if not _COUNT.fullmatch(piece)]
    return is_above and bool(dates) and 8 * sum(map(len, pieces)) <= 10 * dated


def _add_notices(body: Body, layout: Layout) -> None:
    """Corrections and notes stand outside the text's own container as often as within it."""
    judged = {verdict.candidate.index for verdict in body.verdicts}
    kept = body.kept
    first, last = (kept[0].index, kept[-1].index) if kept else (body.region.start,) * 2
    begin = max(0, min(first, body.region.start - 1) - NEAR)
    found = [c for c in layout.candidates[begin : last + 2 * NEAR] if c.index not in judged and stands_alone(c)]
    follow = [
        layout.candidates[c.index + 1] for c in found if is_notice_label(c) and c.index + 1 < len(layout.candidates)
    ]
    extra = {c.index: Verdict(c, True, "notice") for c in (*found, *follow) if c.index not in judged}
    body.verdicts = sorted([*body.verdicts, *extra.values()], key=lambda verdict: verdict.candidate.index)


def _drop_copies(body: Body, layout: Layout) -> None:
    """A hidden part that reads as blocks which are shown is a copy of them."""
    hidden = {n for box in layout.boxes if box.marks & Mark.HIDDEN for n in range(box.first, box.last)}
    shown = {candidate.text for candidate in body.kept if candidate.index not in hidden}
    for verdict in body.verdicts:
        if verdict.candidate.index in hidden and verdict.candidate.text in shown:
            verdict.kept, verdict.reason = False, "is a hidden copy"


def _settle_islands(body: Body, judge: _Judge) -> None:
    """Let what stands in one box apart from the text go together.

    A heading goes where nothing of what it heads is kept; a summary goes with the linked heading of another article.
    """
    islands: dict[Box, list[Verdict]] = {}
    for verdict in body.verdicts:
        chain = judge.chain(verdict.candidate)
        if chain:
            islands.setdefault(chain[-1], []).append(verdict)
    for island, verdicts in islands.items():
        first = verdicts[0]
        leads_away = not all(href.startswith("#") for _, href in first.candidate.links)
        is_title = first.candidate.level > 0 and first.reason == "is mostly links"
        is_teaser = is_title and leads_away and island.prose < _TEASER
        below = [verdict for verdict in verdicts if not verdict.candidate.level]
        is_empty = bool(below) and not any(verdict.kept or verdict.reason == "caption" for verdict in below)
        for verdict in verdicts:
            if verdict.reason == "text" and (is_teaser or is_empty):
                verdict.kept, verdict.reason = False, "is a teaser" if is_teaser else "heads nothing"


def _drop_figures(body: Body, judge: _Judge) -> None:
    """Take images for foreign that belong to what was left out: to headlines of other articles, or to an appeal."""
    kept = {verdict.candidate.index for verdict in body.verdicts if verdict.kept}
    told = {verdict.candidate.index for verdict in body.verdicts if verdict.reason == "caption"}
    leading: set[Box] = set()
    headlines: dict[Box, set[str]] = {}
    for verdict in body.verdicts:
        candidate = verdict.candidate
        figure = next((box for box in upward(candidate.box, 5) if box.tag == "figure"), None)
        if figure is not None and verdict.reason == "caption" and _LABEL <= candidate.words == candidate.linked:
            headlines.setdefault(figure, set()).add(candidate.links[0][1])
        elif figure is not None and verdict.reason == "is a label of the page's own":
            leading.add(figure)
        elif not verdict.kept and _promotes(verdict):
            chain = judge.chain(candidate)
            around = figure or (chain[-1] if chain else None)
            if around is not None and (figure or told.isdisjoint(range(around.first, around.last))):
                leading.add(around)
    leading |= {figure for figure, targets in headlines.items() if len(targets) > 1}
    leading = {box for box in leading if kept.isdisjoint(range(box.first, box.last))}
    if leading:
        body.region.foreign |= {box for box in judge.layout.boxes if not leading.isdisjoint(upward(box, _DEEP))}


def _promotes(verdict: Verdict) -> bool:
    """Whether what was left out leads to other articles or asks for something, so that an image beside it does, too."""
    candidate = verdict.candidate
    if verdict.reason == "is mostly links":
        return candidate.linked >= _LABEL * max(1, len(candidate.links))
    return verdict.reason in ("a label and a link", "asks the reader for something")


def _drop_labels_of_lists(body: Body) -> None:
    """A few words and a colon right above a list of links that was left out ("Zum Thema:") go with it."""
    for verdict, following in pairwise(body.verdicts):
        label, item = verdict.candidate, following.candidate
        if (
            label.words <= _LABEL
            and label.text.endswith((":", "："))
            and following.reason == "is mostly links"
            and item.box.parent is not None
            and item.box.parent.parent is label.box.parent
        ):
            verdict.kept, verdict.reason = False, "heads nothing"


def _drop_empty_headings(body: Body) -> None:
    """A heading with no text before the next of its level heads something that was left out.

    Between text and another heading, right below the one and right above the other, it leaves nothing out.
    """
    content, below = False, 7
    above = [None, *body.verdicts]
    under: Verdict | None = None
    for before, verdict in zip(reversed(above[:-1]), reversed(body.verdicts), strict=True):
        level = verdict.candidate.level
        if not level:
            if verdict.kept or verdict.reason == "caption":
                content = True
        elif verdict.kept:
            if content or level < below < 7 or _is_tight(before, verdict, under):
                content, below = False, level
            else:
                verdict.kept, verdict.reason = False, "heads nothing"
        else:
            content, below = False, 7
        under = verdict


def _is_tight(before: Verdict | None, heading: Verdict, under: Verdict | None) -> bool:
    """Whether a heading stands right between a block of text and another heading, both kept."""
    if before is None or under is None or not (before.kept and under.kept) or before.candidate.level:
        return False
    return before.candidate.index + 2 == heading.candidate.index + 1 == under.candidate.index
