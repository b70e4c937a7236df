"""Tell a sentence that asks its reader for something from one of the story. Takes a text, gives yes or no; pure.

An appeal opens with a verb in the imperative ("Sign up", "Abonnez-vous") and names a thing of the publisher's own
("newsletter", "app", "WhatsApp", an account). A quotation is never one, nor is a block most of whose words stand
outside appeals.
"""

from __future__ import annotations

import re

from archiver.extract import words
from archiver.text import fold

_SENTENCE = re.compile(r"(?<=[.!?…।。！？:])\s+")
_QUOTE = ("“", "„", "«", '"', "'", "‘", "»", "「", "『")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_HANDLE = re.compile(r"(?:^|[\s(])@\w")
_LONGEST = 80
_LONGEST_LABEL = 8
_NUMBER = re.compile(r"\b\d[\d., ]*(?:[km]?\b|[件개条條])")
"""With the word for pieces, where a language needs one."""
_POLITE = frozenset(["please", "you", "and", "also", "bitte", "und", "also", "merci", "por", "favor", "prego"])


def is_appeal(text: str, count: int) -> bool:
    """Whether at least half of a block's words ask its reader to subscribe, follow, download, listen or write in."""
    if count > _LONGEST or text.startswith(_QUOTE):
        return False
    if not text.isascii() and any(_has(text, verbs) and _has(text, things) for verbs, things in words.UNSPACED_APPEALS):
        return count <= 40
    sentences = _SENTENCE.split(text)
    asking = [sentence for sentence in sentences if _asks(sentence)]
    if asking:  # then an address is where to write to
        asking += [sentence for sentence in sentences if _ADDRESS.search(sentence) and sentence not in asking]
    return 2 * sum(map(len, asking)) >= len(text)


def is_label(text: str, count: int) -> bool:
    """Whether a block only labels or counts something that is not the story: "Advertisement", "23 comments"."""
    if count > _LONGEST_LABEL:
        return False
    said = " ".join(_NUMBER.sub(" ", fold(text)).split())
    return said in words.LABELS or (bool(said) and words.LABELS.issuperset(said.split()))


def _asks(sentence: str) -> bool:
    if sentence.startswith(_QUOTE):
        return False
    said = fold(sentence).split()
    while said and said[0] in _POLITE:
        said = said[1:]
    opening = {" ".join(said[:size]) for size in (1, 2, 3)}
    if not opening.isdisjoint(words.APPEAL_VERBS):
        runs = (" ".join(said[n : n + size]) for size in (1, 2, 3) for n in range(1, len(said) - size + 1))
        if _HANDLE.search(sentence) or not words.APPEAL_THINGS.isdisjoint(runs):
            return True
    whole = f" {' '.join(said)} "
    return any(verbs.search(whole) and things.search(whole) for verbs, things in words.LATE_APPEALS)


def _has(text: str, listed: tuple[str, ...]) -> bool:
    return any(word in text for word in listed)
