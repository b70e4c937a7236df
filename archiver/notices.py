"""Know corrections, clarifications, editor's notes, updates and retractions by how they open. Takes a text; pure.

A notice opens with its label ("Correction:", "Note de la rédaction —"), has it as a line of its own, or opens with a
phrase that only notices use ("An earlier version of this article"), or says of itself that it was mended ("Dieser
Artikel wurde am 3. Mai korrigiert"). Labels and phrases are data: `notices.toml`.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from archiver.model import NoticeKind
from archiver.text import fold

_LABEL = re.compile(r"\W{0,3}([^:：—–|(\[]{2,40}?)\s*(?:\([^)]{1,60}\)|[\d./, ]*)\s*(?:[:：—–|\]]|\s-\s|$)")
_LONGEST_TAIL = 25
_QUOTATION_MARKS = ('"', "“", "„", "«", "»", "‘", "‚", "'")
_SOON = 10
"""Words within which a text says of itself that it was mended."""
_POINTS = re.compile("[\u064b-\u0652]")
"""Vowel signs of Arabic, which few texts write."""
_PREFIX = 3
"""Letters by which most texts are told from notices at once; some labels have only two (訂正)."""


def kind_of(text: str) -> NoticeKind | None:
    """What kind of notice a block is; None when it is none, as where somebody else is quoted."""
    if text.startswith(_QUOTATION_MARKS):
        return None
    begin = _POINTS.sub("", fold(text[:16]))
    if begin[:_PREFIX] not in _BEGINNINGS and begin[: _PREFIX - 1] not in _BEGINNINGS:
        return None
    label = _LABEL.match(text, 0, 110)
    if label:
        said = fold(label[1])
        for kind, labels in _LABELS.items():
            if said in labels or (kind != "update" and any(_opens(said, known) for known in labels)):
                return NoticeKind(kind)
    opening = _POINTS.sub("", fold(text[:100]))
    for kind, phrases in _OPENINGS.items():
        if opening.startswith(phrases):
            return NoticeKind(kind)
    return NoticeKind.CORRECTION if _is_mended(opening) else None


def _is_mended(opening: str) -> bool:
    """Whether a text says of itself that it was mended."""
    if opening.startswith(_ITSELF):
        return not _MENDED.isdisjoint(opening.split()[:_SOON])
    return opening.startswith(_UNSPACED_ITSELF) and any(mended in opening for mended in _UNSPACED_MENDED)


def _opens(said: str, known: str) -> bool:
    return said.startswith(f"{known} ") and len(said) < len(known) + _LONGEST_TAIL


def _listed(texts: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(filter(None, map(fold, text.split(",")))) for kind, text in texts.items()}


_DATA = tomllib.loads(files("archiver").joinpath("notices.toml").read_text("utf-8"))
_LABELS = _listed(_DATA["labels"])
_OPENINGS = _listed(_DATA["openings"])
_SAID = _listed(_DATA["mended"])
_ITSELF = tuple(f"{itself} " for itself in _SAID["itself"])
_MENDED = frozenset(_SAID["mended"])
_UNSPACED_ITSELF, _UNSPACED_MENDED = _SAID["unspaced-itself"], _SAID["unspaced-mended"]
_BEGINNINGS = frozenset(
    phrase[:_PREFIX]
    for phrases in (*_LABELS.values(), *_OPENINGS.values(), _ITSELF, _UNSPACED_ITSELF)
    for phrase in phrases
)
