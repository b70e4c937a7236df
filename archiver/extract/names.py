"""Read names out of bylines. Takes a line or declared names, gives names in order; pure.

"By A and B", "Text: A; Photos: B", "von A, Korrespondentin in Brisk" and the like. Job titles, places, addresses and
the names of networks are no names.
"""

from __future__ import annotations

import re

from archiver.dates import label_of
from archiver.extract import words
from archiver.text import clean, fold

_AND = "and und et y e en och og ja i oraz a și и та ve και dan và و और mit with avec con com".replace(" ", "|")
_SPLIT = re.compile(rf"\s*(?:[;|•·/&\n]|,(?: (?:and|und|et|y|e|en) )?|、|・|，| (?:{_AND})(?= )| [–—-] )\s*", re.I)
_ADDRESS = re.compile(r"\S*@\S+|https?://\S+|\bwww\.\S+")
_BRACKETS = re.compile(r"\s*[(\[（【][^)\]）】]*[)\]）】]")
_NAME = re.compile(r"[^\W\d_][\w.'’`\-]*(?: [\w.'’`\-]+){0,5}")
_PLACE = re.compile(r",?\s+(?:in|aus|from|at|à|en|for|für|pour|di|reporting)\s+.*$")
_ALWAYS_LOWER = frozenset(
    [
        "von",
        "van",
        "de",
        "der",
        "den",
        "da",
        "di",
        "del",
        "della",
        "dos",
        "das",
        "du",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "ter",
        "ten",
        "zu",
        "zur",
        "y",
        "e",
        "do",
    ]
)


def split_names(line: str) -> tuple[str, ...]:
    """The names in a byline that carries no date: "By Ada Quill and Bo Marsh, Staff Writers" gives both."""
    text = _BRACKETS.sub("", _ADDRESS.sub("", line))
    names: list[str] = []
    for part in _SPLIT.split(without_by(text.strip())):
        name = clean(without_by(_PLACE.sub("", part.strip()))).strip(" ,.:;-–—|")
        if name and is_name(name) and name not in names:
            names.append(name)
    return tuple(names)


def declared_names(text: str) -> tuple[str, ...]:
    """The names in what a page declares as one author: taken at its word, only split and without "By"."""
    if _ADDRESS.search(text):
        return ()
    parts = (clean(without_by(part)).strip(" ,.:;-–—|") for part in _SPLIT.split(without_by(text)))
    return tuple(dict.fromkeys(part for part in parts if part and fold(part) not in _EMPTY))


def is_name(text: str) -> bool:
    """Whether words can be the name of a person or an organisation: capitals, no role, no label."""
    if not _NAME.fullmatch(text) or len(text) < 2:
        return False
    said = fold(text)
    if said in words.BY or said in words.ROLES or label_of(said) or not words.ROLES.isdisjoint(said.split()):
        return False
    return all(
        word[0] == word[0].upper() or word in _ALWAYS_LOWER or "’" in word or "'" in word for word in text.split()
    )


def without_by(text: str) -> str:
    """The line without the words that open it: "By", "von", "Text:"."""
    pieces = text.split(" ", 4)
    for size in range(min(4, len(pieces) - 1), 0, -1):
        if fold(" ".join(pieces[:size])) in words.BY:
            return " ".join(pieces[size:]).lstrip(": ")
    head, colon, rest = text.partition(":")
    return rest.lstrip() if colon and rest and fold(head) in words.BY else text


def opens_with_by(text: str) -> bool:
    """Whether a line starts as bylines do."""
    return without_by(text) != text


_EMPTY = frozenset(("none", "null", "undefined", "unknown", "author", "autor", "auteur", "admin", "administrator"))
