"""Page → Article. Takes a page's bytes, gives an `Extraction`; pure and total: no page makes it raise.

`reading` has the order of the steps, one module for each. What a page says of itself is evidence, never truth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.extract.explain import explain_reading
from archiver.extract.reading import read
from archiver.extract.record import as_record
from archiver.model import Article, Extraction
from archiver.recipes import Recipe

if TYPE_CHECKING:
    from archiver.extract.overrides import Hook

__all__ = ["as_record", "explain", "extract", "extract_article"]


def extract_article(html: bytes | str, *, url: str = "", previous: Article | None = None) -> Article:
    """The article on a page. `previous` is the last revision, where there is one: it settles doubtful blocks."""
    return extract(html, url=url, previous=previous).article


def extract(
    html: bytes | str,
    *,
    url: str = "",
    content_type: str = "",
    recipe: Recipe | None = None,
    previous: Article | None = None,
    hook: Hook | None = None,
) -> Extraction:
    """The article on a page, why it is none (`problem`), and what could not be read (`warnings`).

    `content_type` is the header's value, for its charset. `hook` receives the page as a BeautifulSoup, after the
    recipe, and may change it; it is the user's own code and never named by an archive.

    Raises:
        HookFailed: the hook raised; nothing else does.
    """
    return read(html, url, content_type, recipe, previous, hook).extraction


def explain(
    html: bytes | str,
    *,
    url: str = "",
    content_type: str = "",
    recipe: Recipe | None = None,
    previous: Article | None = None,
    hook: Hook | None = None,
) -> dict[str, object]:
    """Why the article came out as it did, as plain values: see `archiver.extract.explain`."""
    return explain_reading(read(html, url, content_type, recipe, previous, hook), recipe)
