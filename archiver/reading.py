"""Reads captures with today's extractor, and says which extractor that is.

An article is a function of its capture, the extractor and the recipes alone: whoever has these gets the same article
again. So a difference between two revisions can be told to come from the newsroom or from us.

The extractor is imported with the first page that is read: most runs find that nothing is new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from archiver import __version__
from archiver.hooks import Hooks
from archiver.model import Capture, Extraction
from archiver.recipes import Recipe, choose, host_of, is_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_SOURCES = ("dates", "extract", "notices.py", "notices.toml", "recipes.py", "text.py", "urls.py")
_LIBRARIES = ("beautifulsoup4", "charset-normalizer", "lxml", "soupsieve")

NO_RECIPE = "none"
"""The name of the rules in force where there are none."""


_HOOK = "+hook-"


@cache
def extractor_id() -> str:
    """The release with twelve digits of SHA-256 over the sources that extract and the libraries that they use."""
    from importlib import resources
    from importlib.metadata import version

    from archiver.extract.page import LIBXML2_VERSION

    digest = hashlib.sha256()
    for name in _SOURCES:
        for path, content in _files(resources.files("archiver") / name):
            digest.update(f"{path} {len(content)}\n".encode() + content)
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    digest.update(f"libxml2 {LIBXML2_VERSION}\n".encode())
    return f"{__version__}+{digest.hexdigest()[:12]}"


class Reader:
    """Today's extractor with the recipes of one archive, and the user's hooks."""

    def __init__(self, recipes: tuple[Recipe, ...] = (), hooks: Hooks | None = None) -> None:
        """`recipes` are those of the archive's settings, of all newsrooms and all times."""
        self._recipes, self._hooks = recipes, hooks

    def read(self, capture: Capture) -> Extraction:
        """What is on a captured page, and on the further pages of the same article that were captured with it.

        Raises:
            HookFailed: the user's hook for it raised.
        """
        from archiver.extract import joining

        return joining.join(capture, self._page)

    def next_part(self, capture: Capture, tried: Collection[str]) -> str:
        """The address of a further page of the same article that is still to be asked for, or ""."""
        if capture.status != 200:
            return ""
        from archiver.extract import joining

        return joining.next_part(capture, tried, self._page)

    def _page(self, capture: Capture) -> Extraction:
        """What is on one page, by the recipe that was valid on that day where there is one."""
        from archiver import extract

        recipe = choose(self._recipes, capture.url, capture.captured_at.date())
        kind = capture.header("content-type")
        hook = self._hooks.choose(capture.url) if self._hooks else None
        return extract.extract(capture.content, url=capture.url, content_type=kind, recipe=recipe, hook=hook)

    def recipe_id(self, url: str) -> str:
        """Twelve digits of SHA-256 over all rules for reading articles of the host of an address, or "none".

        Where a hook is in force, "+hook-" and twelve digits of its own follow.
        """
        hook = self._hooks.id_of(url) if self._hooks else ""
        return self._rules_id(url) + (f"{_HOOK}{hook}" if hook else "")

    def _rules_id(self, url: str) -> str:
        host = host_of(url)
        rules = [replace(recipe, links="", tests=()) for recipe in self._recipes if is_of(recipe, host)]
        if all(rule == Recipe(host=rule.host, valid_until=rule.valid_until) for rule in rules):
            return NO_RECIPE
        return hashlib.sha256(repr(rules).encode()).hexdigest()[:12]

    def name(self, url: str) -> str:
        """Who reads the pages of this host: extractor and recipes."""
        return reader_name(extractor_id(), self.recipe_id(url))


def lacks_hook(recipe: str, former: str) -> bool:
    """Whether a page was read with a hook by the former of two recipe ids, and is without one now."""
    return _HOOK in former and _HOOK not in recipe


def reader_name(extractor: str, recipe: str) -> str:
    """Who read a page: the extractor, and the recipes that were in force."""
    return f"extractor {extractor}, recipe {recipe}"


def _files(place: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    """All files in and below a place but compiled ones, as path and content, in the order of their paths."""
    path = f"{prefix}{place.name}"
    if place.is_file():
        return [(path, place.read_bytes())]
    places = sorted(place.iterdir(), key=lambda child: child.name)
    return [found for child in places if child.name != "__pycache__" for found in _files(child, f"{path}/")]
