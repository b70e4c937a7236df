"""Model the rules for one newsroom, and choose among them. Takes values, gives values; pure.

The rules are data in `archiver.toml`, read and validated by `archiver.config` and applied by `archiver.extract`.

A recipe names parts of a page by CSS selectors (as BeautifulSoup's `select` takes them) and reads lines by patterns.
A pattern is a plain line with names in braces, "By {author}, {published}", never a regular expression: an archive that
someone else wrote cannot make the reader's machine search for ever. Recipes are dated, so that an old capture is read
with the rule that fitted it then. It will not run code: hooks come from the user, never from an archive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

LONGEST_PATTERN = 200
READ = frozenset({"author", "byline", "headline", "modified", "published", "section", "standfirst"})
"""The names in braces of which something is made; others stand for words that are passed over."""
_MOST_NAMES = 3
_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where one field stands, and how its line reads."""

    css: str = ""
    """Selector of the element; "" to look for the pattern in every short line of the page."""
    pattern: str = ""
    """"Last update: {modified}"; "" to take the whole line."""
    zone: str = ""
    """IANA name of the zone in which the page gives its times ("Asia/Baku"), where the newsroom says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeTest:
    """What a recipe must make of one page."""

    url: str
    headline: str = ""
    authors: tuple[str, ...] = ()
    min_paragraphs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The rules for one site. Every field is optional; what it leaves open the extractor finds by itself."""

    host: str
    """"example.org" stands for itself and its subdomains."""
    valid_until: date | None = None
    """The last day on which the site looked like this; None while it does."""
    headline: Rule | None = None
    standfirst: Rule | None = None
    byline: Rule | None = None
    published: Rule | None = None
    modified: Rule | None = None
    section: Rule | None = None
    body: str = ""
    """Selector of the element, or elements, that hold the text."""
    drop: tuple[str, ...] = ()
    """Selectors of what is never part of the article."""
    volatile: tuple[str, ...] = ()
    """Selectors of what changes by itself (counters, clocks): left out like `drop`, but named apart for readers."""
    links: str = ""
    """Selector of the links to articles on the site's section pages, or of what holds them."""
    paywall: str = ""
    """Selector of what only readers without a subscription see."""
    tests: tuple[RecipeTest, ...] = ()


def host_of(url: str) -> str:
    """The host of an address in lower case, or ""."""
    return (urlsplit(url).hostname or "").lower()


def choose(recipes: Iterable[Recipe], url: str, on: date) -> Recipe | None:
    """The recipe for a page captured on a day: of those valid then the one that ends first, of hosts the closest."""
    host = host_of(url)
    fitting = [
        recipe for recipe in recipes if is_of(recipe, host) and (recipe.valid_until is None or on <= recipe.valid_until)
    ]
    return min(fitting, key=lambda recipe: (-len(recipe.host), recipe.valid_until or date.max), default=None)


def is_of(recipe: Recipe, host: str) -> bool:
    """Whether a recipe is about this host, in lower case, or about a domain above it."""
    own = recipe.host.lower()
    return host == own or host.endswith(f".{own}")


def read_line(pattern: str, line: str) -> dict[str, str] | None:
    """The named parts of a line, or None where it does not read like the pattern. Time is bounded by both lengths."""
    if len(line) > _LONGEST_LINE:
        return None
    match = _compiled(pattern).search(line)
    return {name: part.strip() for name, part in match.groupdict().items()} if match else None


def problem_of(pattern: str) -> str:
    """Why a pattern cannot be used, in words; "" when it can."""
    names = re.findall(r"\{([^{}]*)\}", pattern)
    if len(pattern) > LONGEST_PATTERN:
        return f"is longer than {LONGEST_PATTERN} characters"
    if len(names) > _MOST_NAMES:
        return f"has more than {_MOST_NAMES} names in braces"
    if len(set(names)) < len(names) or not all(name.isidentifier() and name.isascii() for name in names):
        return "has a name in braces that is not one plain word, or has it twice"
    if not names:
        return 'has no name in braces, as in "Last update: {modified}"'
    return "" if READ.intersection(names) else f"has none of the names that are read: {', '.join(sorted(READ))}"


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"(\{[A-Za-z_]\w*\})", pattern)
    names = sum(piece.startswith("{") for piece in pieces)
    made = ""
    for piece in pieces:
        if piece.startswith("{") and piece.endswith("}"):
            names -= 1
            made += f"(?P<{piece[1:-1]}>.+{'?' if names else ''})"
        else:
            made += r"\s+".join(re.escape(word) for word in piece.split(" "))
    return re.compile(made)
