"""The words that the extractor knows, from `words.toml`: of class names and, per language, of what pages say."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from archiver.text import fold


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(folded for word in text.split(",") if (folded := fold(word))))


_DATA = tomllib.loads(files("archiver.extract").joinpath("words.toml").read_text("utf-8"))

CLASSES: dict[str, frozenset[str]] = {mark: frozenset(text.split()) for mark, text in _DATA["classes"].items()}
BY: frozenset[str] = frozenset(word for text in _DATA["byline"].values() for word in _listed(text))
ROLES: frozenset[str] = frozenset(_DATA["roles"]["words"].split())
_APPEALS = _DATA["appeals"].values()


def _appealing(key: str) -> frozenset[str]:
    return frozenset(phrase for entry in _APPEALS for phrase in _listed(entry[key]))


def _claimed() -> dict[str, frozenset[str]]:
    """By thing, the words before it that make it the publisher's own, of every language that has the thing."""
    claims: dict[str, frozenset[str]] = {}
    for entry in _APPEALS:
        ours = frozenset(_listed(entry["ours"]))
        for thing in _listed(f"{entry['loose-things']}, {entry['our-things']}"):
            claims[thing] = claims.get(thing, frozenset()) | ours
    return claims


APPEAL_VERBS = _appealing("verbs")
LOOSE_VERBS = _appealing("loose-verbs")
APPEAL_THINGS = _appealing("things")
LOOSE_THINGS = _appealing("loose-things")
CLAIMED_THINGS = _claimed()
LATE_VERBS = tuple(verb for entry in _APPEALS if entry.get("verb-last") for verb in _listed(entry["verbs"]))
UNSPACED_APPEALS = tuple((_listed(e["verbs"]), _listed(e["things"])) for e in _DATA["unspaced-appeals"].values())
WALLS: dict[str, tuple[str, ...]] = {wall: _listed(text) for wall, text in _DATA["walls"].items()}
ELEMENTS: dict[str, frozenset[str]] = {kind: frozenset(text.split()) for kind, text in _DATA["elements"].items()}
META: dict[str, tuple[str, ...]] = {field: tuple(text.split()) for field, text in _DATA["meta"].items()}
LABELS: frozenset[str] = frozenset(_listed(_DATA["labels"]["alone"]))
NOTES: frozenset[str] = frozenset(_listed(_DATA["labels"]["notes"]))
