"""Tell a sentence that asks its reader for something from one of the story. Takes a text, gives yes or no; pure.

In an appeal a clause opens with a verb in the imperative ("Sign up", "Abonnez-vous") and names a thing: the publisher's
own ("our newsletter", "WhatsApp") or the reader's ("your inbox"). Stories open with such verbs and speak of such
things, too, so one of the two has to be beyond doubt. What is quoted is never an appeal, nor is a block most of whose
words stand outside appeals.
"""

from __future__ import annotations

import re

from archiver.extract import words
from archiver.text import fold

_SENTENCE = re.compile(r"(?<=[.…।。！])\s+|(?<=!)\s+")
_FIRST = re.compile(r"(?:^|[;:?!….,：？！؟،，–—»>-])[^\w;:?!….,]*(\w+)")
"""The first letters of each clause: most blocks are told from appeals by these alone."""
_PART = re.compile(r"[;:?!：？！؟–—»>]\s*|\s-\s|\.\s")
_CLAUSE = re.compile(r"[,，،]\s*")
_QUOTE = ("“", "„", "«", '"', "'", "‘", "»", "「", "『")
_QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"]*\"|‘[^’]*’|”[^”]*”|「[^」]*」|『[^』]*』")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_HANDLE = re.compile(r"(?:^|[\s(])@\w")
_LONGEST = 80
_LONGEST_PITCH = 30
"""Words of a block that may ask in one sentence for what it offers in another."""
_LONGEST_UNSPACED = 40
_LONGEST_LABEL = 8
_SHORT = 3
_SENTENCE_END = re.compile(r"[^.][.!?。！？؟।]$")
_LONGEST_PHRASE = 4
_OPENING = 60
"""Characters in which a clause shows its first words."""
_NEAR = 3
"""Words between "our" and what is ours."""
_DURATION = re.compile(r"\s\(?\d{1,2}:\d\d(?::\d\d)?\)?$")
_NUMBER = re.compile(r"\d[\d., ]*(?:[km]\b)?[件개条條]?")
"""With the word for pieces, where a language needs one."""
_POLITE = frozenset(["please", "you", "and", "also", "bitte", "und", "also", "merci", "por", "favor", "prego"])
_NOTHING, _MAYBE, _SURELY = range(3)
_BEGINNINGS = _POLITE | {
    first[1] for verb in words.APPEAL_VERBS | words.LOOSE_VERBS if (first := _FIRST.match(verb)) is not None
}


def is_appeal(text: str, count: int, links: tuple[tuple[str, str], ...] = ()) -> bool:
    """Whether at least half of a block's words ask its reader to subscribe, follow, download, listen or write in.

    `links` are those of the block, text and address: two that lead to nothing but platforms make a call to follow.
    """
    if count > _LONGEST or text.startswith(_QUOTE):
        return False
    text = _QUOTED.sub(" ", text)
    if count <= _LONGEST_UNSPACED and _UNSPACED.search(text):
        folded = fold(text)
        if any(_has(folded, verbs) and _has(folded, things) for verbs, things in words.UNSPACED_APPEALS):
            return True
    lower = text.casefold()
    if _BEGINNINGS.isdisjoint(_FIRST.findall(lower)) and not _asks_late(lower):
        return False
    sentences = _SENTENCE.split(text)
    platforms = sum(fold(name) in words.LOOSE_THINGS for name, _ in links)
    asking = [sentence for sentence in sentences if _asks(sentence, platforms)]
    if asking:  # then an address is where to write to
        asking += [sentence for sentence in sentences if _ADDRESS.search(sentence) and sentence not in asking]
    if asking and 2 * sum(map(len, asking)) >= len(text):
        return True
    return count <= _LONGEST_PITCH and len(sentences) > 1 and _opens(text) > _NOTHING and _names(text) == _SURELY


def is_label(text: str, count: int) -> bool:
    """Whether a block only labels or counts something that is not the story: "Advertisement", "23 comments"."""
    if count > _LONGEST_LABEL or (count <= _SHORT and _SENTENCE_END.search(text)):
        return False  # "Wait and see." is a sentence, however short
    said = " ".join(_NUMBER.sub(" ", fold(text)).split())
    if _DURATION.search(text) and said.split(" ")[0] in words.LABELS:
        return True  # the card of a video
    return said in words.LABELS or (bool(said) and words.LABELS.issuperset(said.split()))


def _asks(sentence: str, platforms: int) -> bool:
    verb = _opens(sentence)
    if not verb:
        return False
    thing = _SURELY if platforms > 1 else _names(sentence)
    return thing > _NOTHING and verb + thing > _SURELY


def _opens(text: str) -> int:
    """How surely a clause opens with a verb that asks, or ends with one where a language has it last.

    After a comma only what asks beyond doubt counts: lists go on with words that could be verbs.
    """
    found = _NOTHING
    for part in _PART.split(text):
        for n, clause in enumerate(_CLAUSE.split(part)):
            said = fold(clause[:_OPENING]).split()
            while said and said[0] in _POLITE:
                said = said[1:]
            opening = {" ".join(said[:size]) for size in range(1, _LONGEST_PHRASE + 1)}
            if not words.APPEAL_VERBS.isdisjoint(opening):
                return _SURELY
            if n == 0 and not words.LOOSE_VERBS.isdisjoint(opening):
                found = _MAYBE
    return found or (_MAYBE if _asks_late(text.casefold()) else _NOTHING)


def _asks_late(text: str) -> bool:
    """Whether a verb that asks stands anywhere, for languages that have it last; with a border on either side."""
    if not any(verb in text for verb in words.LATE_VERBS):
        return False
    whole = f" {fold(text)} "
    return any(f" {verb} " in whole for verb in words.LATE_VERBS)


def _names(text: str) -> int:
    """How surely a text names a thing that is the publisher's or the reader's own."""
    said = fold(text).split()
    found = _MAYBE if _HANDLE.search(text) else _NOTHING
    for n in range(len(said)):
        runs = {" ".join(said[n : n + size]) for size in range(1, _LONGEST_PHRASE + 1)}
        if not words.APPEAL_THINGS.isdisjoint(runs):
            return _SURELY
        for run in runs & words.CLAIMED_THINGS.keys():
            if not words.CLAIMED_THINGS[run].isdisjoint(said[max(0, n - _NEAR) : n]):
                return _SURELY
        if not words.LOOSE_THINGS.isdisjoint(runs):
            found = _MAYBE
    return found


def _has(text: str, listed: tuple[str, ...]) -> bool:
    return any(phrase in text for phrase in listed)
