"""Find the article's images with their captions and credits. Takes the layout and the article's range, gives figures.

A caption is what stands in a figure's caption element, or in a box so named beside an image. A credit is what is marked
as one, or what follows the last " / " of the caption, or a short closing "Photo: …" or "© …".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from archiver.extract.blocks import Box, Candidate, Layout, upward
from archiver.extract.marks import Mark
from archiver.extract.region import is_caption
from archiver.model import Figure
from archiver.text import clean

_CREDIT_LABEL = (
    r"(?:photos?|foto[s:]?|fotograf\w*|images?|bild|picture|credits?|crédits?(?: photo)?|source|quelle|getty|©|\(c\)|"
    r"copyright|фото|fotoğraf|صورة|写真|사진|图片)"
)
_TAIL = re.compile(
    rf"^(?P<caption>.*?[.!?…”\"’)\w])\s*(?:\s/\s(?P<slash>[^/]{{2,60}})|[(\[](?P<bracket>{_CREDIT_LABEL}[^()\[\]]{{1,80}})[)\]]|"
    rf"(?<=[.!?…”\"’)])\s(?P<label>(?:{_CREDIT_LABEL})(?:\s?[:/©]|\s+by\b)\s?.{{2,80}}|©.{{2,80}}))$",
    re.I,
)
_OPENING = re.compile(
    r"^(?:(?:photo|image|picture)?\s*(?:credit|crédits?)s?\s*[:/]|(?:photo|foto|image|bild|фото)\s*[:/]|©)\s*(?=\S)",
    re.I,
)


_BESIDE = 6
"""Blocks between what belongs to one story and its next caption."""
_HEADLINE = 4
"""Words from which on a link may be another story's headline."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A figure and the index of the candidate before which it stands."""

    index: int
    figure: Figure


def find_figures(
    layout: Layout, inside: range, is_foreign: Callable[[Box], bool], absolute: Callable[[str], str]
) -> list[Placed]:
    """The figures within a range of candidates, in order."""
    captions = _captions(layout, inside, is_foreign)
    placed: list[Placed] = []
    used: set[Box] = set()
    for image in layout.images:
        if not inside.start <= image.index <= inside.stop or is_foreign(image.box):
            continue
        home = next((box for box in upward(image.box, 4) if box in captions), None)
        src = absolute(image.src)
        if home is None or home in used:
            if src:
                placed.append(Placed(image.index, Figure(src=src)))
            continue
        used.add(home)
        placed.append(Placed(captions[home][0].index, _figure(src, captions[home])))
    placed += [Placed(found[0].index, _figure("", found)) for home, found in captions.items() if home not in used]
    return sorted(placed, key=lambda one: one.index)


def gallery(layout: Layout, around: range, is_foreign: Callable[[Box], bool]) -> tuple[list[Candidate], int]:
    """The captions that follow on each other from the start of a range, and the index up to which images go with them.

    At most a few blocks lie between two. A link to another page ends a gallery: what follows shows that one.
    """
    found: list[Candidate] = []
    end = min(around.start + _BESIDE, around.stop)
    for candidate in layout.candidates[around.start : around.stop]:
        leads_away = candidate.linked * 2 > candidate.words and candidate.words >= _HEADLINE
        if candidate.index >= end or leads_away or candidate.level == 1:
            return found, candidate.index
        if is_caption(candidate) and not is_foreign(candidate.box):
            found.append(candidate)
            end = min(candidate.index + _BESIDE, around.stop)
    return found, end


def _captions(layout: Layout, inside: range, is_foreign: Callable[[Box], bool]) -> dict[Box, list[Candidate]]:
    """Caption blocks by the box that holds them together with their image."""
    found: dict[Box, list[Candidate]] = {}
    for candidate in layout.candidates[inside.start : inside.stop]:
        if is_caption(candidate) and not is_foreign(candidate.box):
            home = next((box for box in upward(candidate.box, 5) if box.tag == "figure" or box.images), candidate.box)
            found.setdefault(home, []).append(candidate)
    return found


def _figure(src: str, blocks: list[Candidate]) -> Figure:
    captions, credits_ = [], []
    for candidate in blocks:
        text = candidate.text
        marked = [spot.text for spot in candidate.spots if spot.marks & Mark.CREDIT and spot.text]
        if any(box.marks & Mark.CREDIT and not box.marks & Mark.CAPTION for box in upward(candidate.box, 2)):
            credits_.append(text)
            continue
        for credit in marked:
            text = clean(text.replace(credit, " ")).strip(" /|")
        credits_ += marked
        if text:
            captions.append(text)
    caption = clean(" ".join(dict.fromkeys(captions)))
    credit = clean(" ".join(dict.fromkeys(credits_)))
    if not credit:
        caption, credit = split_credit(caption)
    return Figure(src=src, caption=caption, credit=_OPENING.sub("", credit).strip(" /|"))


def split_credit(caption: str) -> tuple[str, str]:
    """Caption and credit of a line that holds both: "… by the river. / Quill Photo"."""
    match = _TAIL.match(caption)
    if not match:
        return caption, ""
    return match["caption"].strip(), (match["slash"] or match["bracket"] or match["label"]).strip()
