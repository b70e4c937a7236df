"""What words mean, by language: the lists in `languages/`, one TOML file per language.

A language is added by adding its file. What is told apart without words (digits, quotation marks, capitals)
needs none of this.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lexicon:
    """Words by meaning; the files say what each list holds. Those in small letters are casefolded."""

    months: frozenset[str]
    titles: frozenset[str]
    abbreviations: frozenset[str]
    units: frozenset[str]
    clock: frozenset[str]
    ways: frozenset[str]
    moments: frozenset[str]
    days: frozenset[str]
    quantities: frozenset[str]
    negations: frozenset[str]
    modals: frozenset[str]
    attributions: frozenset[str]
    sayings: frozenset[str]
    addressing: frozenset[str]
    before_speaker: frozenset[str]
    complements: frozenset[str]
    relatives: frozenset[str]
    auxiliaries: frozenset[str]
    passives: frozenset[str]
    articles: frozenset[str]
    after_source: frozenset[str]
    findings: frozenset[str]
    split_verbs: frozenset[str]
    hedges: frozenset[str]
    approximators: frozenset[str]
    stopwords: frozenset[str]
    opposites: frozenset[str]
    opposite_endings: frozenset[str]
    sources: frozenset[str]
    before_names: frozenset[str]
    given_names: frozenset[str]
    demonyms: frozenset[str]
    place_endings: frozenset[str]
    landforms: frozenset[str]
    past_endings: frozenset[str]
    endings: frozenset[str]
    counted: frozenset[str]
    calendar: frozenset[str]
    periods: frozenset[str]
    when: frozenset[str]
    relations: frozenset[str]
    clock_before: frozenset[str]
    before_years: frozenset[str]
    numbers: Mapping[str, int]
    forms: Mapping[str, frozenset[str]]
    """The other forms of a word that do not look like it."""
    contraries: Mapping[str, frozenset[str]]
    """The words that say the contrary of a word."""
    confusions: Mapping[str, frozenset[str]]
    """The words that a word is taken for in writing."""
    notices: Mapping[str, str]
    """How a notice opens, as a pattern by the kind of notice; only for texts of the newsroom about its own."""
    newsroom: Mapping[str, str]
    """What only a newsroom says about its own piece, anywhere in the opening."""
    hearsay: re.Pattern[str] | None
    """A modal verb up to the end of its clause, where it says that something is told; None where none does."""
    nouns_are_capitalised: bool

    def is_small(self, word: str) -> bool:
        """Whether a word says nothing by itself: an article, an auxiliary, a word that turns or softens others."""
        return word in _small(self)


@cache
def _small(words: Lexicon) -> frozenset[str]:
    return words.stopwords | words.modals | words.negations | words.hedges | words.approximators | words.when


def lexicon(language: str) -> Lexicon:
    """The words of a language by its BCP 47 tag; of all languages we have when it is unknown or not among them."""
    languages = _languages()
    return languages.get(language.lower().partition("-")[0]) or languages[""]


@cache
def _languages() -> dict[str, Lexicon]:
    return load(files(__package__).joinpath("languages"))


def load(folder: Traversable) -> dict[str, Lexicon]:
    """The lexicon of every language that has its file in a folder, and under "" that of all of them together."""
    lists = {file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8")) for file in folder.iterdir()}
    every = [lists[language] for language in sorted(lists)]
    return {language: _lexicon([lists[language]]) for language in lists} | {"": _lexicon(every)}


_AS_WRITTEN = (
    "months",
    "titles",
    "abbreviations",
    "units",
    "clock",
    "ways",
    "moments",
    "sources",
    "given_names",
    "demonyms",
)
_LISTS = tuple(field.name for field in fields(Lexicon) if field.type == "frozenset[str]")


def _lexicon(parts: list[dict[str, Any]]) -> Lexicon:
    """One lexicon of one or several languages; a list that a file does not have is empty."""
    words = {
        name: frozenset(
            word if name in _AS_WRITTEN else word.casefold() for part in parts for word in part.get(name, ())
        )
        for name in _LISTS
    }
    hearsay = [part["hearsay"] for part in parts if part.get("hearsay")]
    return Lexicon(
        numbers={word.casefold(): value for part in parts for word, value in part.get("numbers", {}).items()},
        forms=_others([group for part in parts for group in part.get("forms", ())]),
        contraries=_contraries([group for part in parts for group in part.get("contraries", ())]),
        confusions=_others([group for part in parts for group in part.get("confusions", ())]),
        notices=_patterns(parts, "notices"),
        newsroom=_patterns(parts, "newsroom"),
        hearsay=re.compile("|".join(hearsay), re.IGNORECASE) if hearsay else None,
        nouns_are_capitalised=any(part.get("nouns_are_capitalised") for part in parts),
        **words,
    )


def _others(groups: list[str]) -> dict[str, frozenset[str]]:
    """For each word all words that it stands in a group with."""
    found: dict[str, frozenset[str]] = {}
    for group in groups:
        words = group.casefold().split()
        for word in words:
            found[word] = found.get(word, frozenset()) | frozenset(words) - {word}
    return found


def _contraries(groups: list[str]) -> dict[str, frozenset[str]]:
    """For each word all words on the other side of the colon in its group."""
    found: dict[str, frozenset[str]] = {}
    for group in groups:
        sides = [side.casefold().split() for side in group.split(":")]
        for words, others in (sides, sides[::-1]):
            for word in words:
                found[word] = found.get(word, frozenset()) | frozenset(others)
    return found


def _patterns(parts: list[dict[str, Any]], table: str) -> dict[str, str]:
    """One pattern for each kind of notice, with the names of a piece and its parts put in.

    Not compiled: that takes longer than all else here, and few changes ask for them.
    """
    return {
        kind: rf"(?<!\w)(?:{'|'.join(f'(?:{pattern})' for pattern in patterns)})"
        for kind in _NOTICES
        if (patterns := [it for part in parts for it in _filled_in(part, table, kind)])
    }


_NOTICES = ("correction", "retraction", "clarification", "update", "editors-note")
"""The surest first."""


def _filled_in(part: dict[str, Any], table: str, kind: str) -> list[str]:
    names = part.get("notices", {})
    piece = names.get("piece", "")
    inner = names.get("part", "").replace("{piece}", piece)
    return [
        pattern.replace("{part}", inner).replace("{piece}", piece).replace("{any}", _ANY)
        for pattern in part.get(table, {}).get(kind, ())
    ]


_ANY = r"(?:[^.]|(?<=\d)\.|(?<=\b[A-Za-z])\.)*"
"""The rest of a sentence; the full stop of "3. Mai" or "a.m." does not end it."""
