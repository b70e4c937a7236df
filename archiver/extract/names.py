"""Read names out of bylines. Takes a line or declared names, gives names in order; pure.

"By A and B", "Text: A; Photos: B", "von A, Korrespondentin in Brisk" and the like. People come before organisations:
where a person is named, agencies, papers and desks are left out. Job titles and addresses are no names.
"""

from __future__ import annotations

import re

from archiver.extract import words
from archiver.text import clean, fold

_BY_WORDS = frozenset(fold(word) for line in words.BY.values() for word in line.split(",") if word.strip())
_SPLIT = re.compile(r"\s*(?:[;|•·/&]|,| (?:and|und|et|y|e|en|och|og|ja|i|oraz|a|și|и|та|ve|και|dan|và|و|और)(?= )|、|・|，)\s*", re.I)
_BETWEEN = re.compile(r"\s*(?:\n|\t| [|•·] )\s*")
_ADDRESS = re.compile(r"\S*@\S+|https?://\S+|\bwww\.\S+")
_BRACKETS = re.compile(r"\s*[(\[（【][^)\]）】]*[)\]）】]")
_NAME = re.compile(r"^[^\W\d_][\w.'’`\-]*(?:[ \u00a0][\w.'’`\-]+){0,5}$")
_PLACE = re.compile(r",?\s+(?:in|aus|from|at|à|en|à|reporting from|for|für|pour|de notre)\s+.*$")


def split_names(line: str) -> tuple[str, ...]:
    """The names in a byline that carries no date: "By Ada Quill and Bo Marsh, Staff Writers" gives both."""
    text = _BRACKETS.sub("", _ADDRESS.sub("", clean(line)))
    names: list[str] = []
    for part in _SPLIT.split(without_by(text)):
        name = without_by(_PLACE.sub("", part)).strip(" ,.:;-–—|")
        if name and _NAME.match(name) and not is_role(name) and name not in names:
            names.append(name)
    return tuple(names)


def without_by(text: str) -> str:
    """The line without the word that opens it: "By", "von", "Text:"."""
    for size in (4, 3, 2, 1):
        head = re.match(rf"((?:[\w’']+\s+){{{size - 1}}}[\w’']+)(\s*:\s*|\s+)(?=\S)", text)
        if head and fold(head[1]) in _BY_WORDS:
            return text[head.end() :]
    return text


def opens_with_by(text: str) -> bool:
    """Whether a line starts as bylines do."""
    return without_by(text) != text


def is_role(name: str) -> bool:
    """Whether the words are a job or a desk and no name."""
    said = set(fold(name).split())
    return bool(said & _ROLES)


_ROLES = frozenset(
    """
    staff reporter reporters editor editors writer writers correspondent correspondents contributor contributors desk
    newsroom team redaktion redakteur redakteurin journalist journalista journaliste journalistin periodista redacción
    redazione redaktor redakcja redactie author autor autorin photographer fotograf photos photo columnist producer admin administrator
    korrespondent korrespondentin chef director bureau special guest minutes read min updated published
    """.split()
)
