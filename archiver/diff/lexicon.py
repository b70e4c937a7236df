"""What words mean, by language: the lists in `languages/`, one TOML file per language.

A language is added by adding its file. What is told apart without words (digits, quotation marks, capitals)
needs none of this.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Words by meaning; the files say what each list holds. Those in small letters are casefolded."""

    months: frozenset[str]
    titles: frozenset[str]
    abbreviations: frozenset[str]
    units: frozenset[str]
    clock: frozenset[str]
    days: frozenset[str]
    quantities: frozenset[str]
    negations: frozenset[str]
    modals: frozenset[str]
    attributions: frozenset[str]
    hedges: frozenset[str]
    stopwords: frozenset[str]
    opposites: frozenset[str]
    sources: frozenset[str]
    calendar: frozenset[str]
    relations: frozenset[str]
    numbers: Mapping[str, int]
    notices: Mapping[str, re.Pattern[str]]
    """What the opening of a notice looks like, by the kind of notice; only for texts of the newsroom about its own."""
    nouns_are_capitalised: bool

    def knows(self, word: str) -> bool:
        """Whether a word stands in any list."""
        return any(
            word in words for words in (self.attributions, self.hedges, self.negations, self.modals, self.stopwords)
        )

    def notice_kind(self, text: str) -> str:
        """Which kind of notice a text is, as in `NoticeKind`; "" for any other text."""
        opening = text[:200].lstrip("([+*-–—• ").replace("’", "'")
        return next((kind for kind, pattern in self.notices.items() if pattern.match(opening)), "")


def lexicon(language: str) -> Lexicon:
    """The words of a language by its BCP 47 tag; of all languages we have when it is unknown or not among them."""
    languages = _languages()
    return languages.get(language.lower().partition("-")[0]) or languages[""]


_AS_WRITTEN = ("months", "titles", "abbreviations", "units", "clock")


@cache
def _languages() -> dict[str, Lexicon]:
    folder = files(__package__).joinpath("languages")
    lists = {file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8")) for file in folder.iterdir()}
    every = [lists[language] for language in sorted(lists)]
    return {language: _lexicon([lists[language]]) for language in lists} | {"": _lexicon(every)}


def _lexicon(parts: list[dict[str, Any]]) -> Lexicon:
    """One lexicon of one or several languages."""
    words = {
        name: frozenset(word if name in _AS_WRITTEN else word.casefold() for part in parts for word in part[name])
        for name, value in parts[0].items()
        if isinstance(value, list)
    }
    numbers = {word.casefold(): value for part in parts for word, value in part["numbers"].items()}
    notices = {
        kind: re.compile("|".join(f"(?:{phrase})" for part in parts for phrase in part["notices"][kind]), re.IGNORECASE)
        for kind in parts[0]["notices"]
    }
    return Lexicon(
        numbers=numbers,
        notices=notices,
        nouns_are_capitalised=any(part["nouns_are_capitalised"] for part in parts),
        **words,
    )
