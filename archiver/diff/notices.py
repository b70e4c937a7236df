"""Tells what a newsroom says about its own piece from what the piece says.

A notice opens with its label or as only notices do ("Correction:", "An earlier version of this article"). In the first
or last paragraphs it is also known by its grammar: it speaks of the piece itself ("this interview", "our report of
4 May", "we said that") and of what was done to it or was wrong with it. Words in quotation marks are somebody else's,
and so is a sentence that names who says it.
"""

from __future__ import annotations

import re
from functools import cache

from archiver.diff.lexicon import Lexicon
from archiver.diff.sides import quotations
from archiver.notices import kind_of

_OPENING = 200
_LONGEST = 320
"""Characters in which a notice has come to its point."""
_LEAD = "([{*+-–—•†‡ \t"
_AGENCY = re.compile(r"^\([A-Z]{2,8}\)[ –—-]*(?=\w)")
"""The sign of a wire ahead of its own words: "(UNA) UPDATE 3"."""


def notice_kind(text: str, words: Lexicon, *, is_at_edge: bool = False) -> str:
    """Which kind of notice a paragraph is, as in `NoticeKind`; "" for any other text."""
    opening = _AGENCY.sub("", text[:_LONGEST]).lstrip(_LEAD).replace("’", "'")
    kind = next((kind for kind, pattern in words.notices.items() if _compiled(pattern).match(opening[:_OPENING])), "")
    kind = kind or kind_of(opening) or ""
    if kind or not is_at_edge or not opening[:1].isalnum():
        return kind
    own = _without_quotations(opening)
    if _reported(words).search(own):
        return ""
    return next((kind for kind, pattern in words.newsroom.items() if _compiled(pattern).search(own)), "")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _without_quotations(text: str) -> str:
    for start, end in reversed(quotations(text)):
        text = f"{text[:start]}{text[end:]}"
    return text


@cache
def _reported(words: Lexicon) -> re.Pattern[str]:
    """Finds ", says the mayor" and ", he said.": the sentence is somebody else's."""
    verbs = "|".join(sorted(map(re.escape, words.sayings)))
    return re.compile(rf", (?:so |wie )?(?:(?:{verbs}) |(?:[\w']+ ){{1,5}}(?:{verbs})\s*[.,])", re.IGNORECASE)
