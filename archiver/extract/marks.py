"""Know by the names on an element what it may be. Takes classes and ids, gives marks; pure.

Names are cheap and often wrong: a mark is evidence among other evidence, and whoever uses it weighs it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from operator import add

from archiver.extract import words

_PLAIN = re.compile(r"[\w.-]+")
_EMBEDDED = frozenset(("embed", "embedded", "tweet"))
"""Posts of others within the story are part of it."""
_POST = re.compile(r"(?<!to)(?:^|[-_ ])tweet(?:[-_ ]|$)", re.I)
_ABOUT = re.compile(r"(?:has|with|without|no)(?:[-_]|(?=[A-Z]))")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Mark:
    """What the names on an element say it is, as bits: plain integers, for the walk tests them at every element."""

    NONE = 0
    FURNITURE = 1
    BODY = 2
    CAPTION = 4
    CREDIT = 8
    BYLINE = 16
    STANDFIRST = 32
    DATE = 64
    HIDDEN = 128
    RECIPE = 256
    """Named as the body by a recipe."""
    WIDGET = 512
    """Furniture, unless the page is built of such boxes."""
    NOTICE = 1024


def name_of(element: Mapping[str, str]) -> tuple[str, int]:
    """Classes and id, verbatim, and what they say."""
    if "class" not in element and "id" not in element:
        return " ", Mark.NONE
    name = f"{element.get('class', '')} {element.get('id', '')}"
    return name, marks_of(name)


@lru_cache(maxsize=8192)
def marks_of(name: str) -> int:
    """What classes and an id say, token by token."""
    marks = Mark.NONE
    for token in name.split():
        marks |= _marks_of_token(token)
    return marks & ~_ANY_FURNITURE if marks & _ANY_FURNITURE and _POST.search(name) else marks


@lru_cache(maxsize=8192)
def _marks_of_token(token: str) -> int:
    """What one class says, word by word and two words at a time."""
    if not _PLAIN.fullmatch(token) or _ABOUT.match(token):
        return Mark.NONE  # "lg:hidden", "[&_.ad]:mt-4", "has-sidebar": how something looks or what it has
    pieces = [piece.lower() for piece in _WORD.findall(token)]
    marks, is_embedded = Mark.NONE, False
    for word in (*pieces, *map(add, pieces, pieces[1:])):
        marks |= _MARKS_OF_WORD.get(word, Mark.NONE)
        is_embedded = is_embedded or word in _EMBEDDED
    return marks & ~_ANY_FURNITURE if is_embedded else marks


def _marks_of_words() -> dict[str, int]:
    marks = {"archiverrecipe": Mark.RECIPE}
    for name, vocabulary in words.CLASSES.items():
        for word in vocabulary:
            marks[word] = marks.get(word, Mark.NONE) | getattr(Mark, name.upper())
    return marks


_ANY_FURNITURE = Mark.FURNITURE | Mark.WIDGET
_MARKS_OF_WORD = _marks_of_words()
