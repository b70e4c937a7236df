"""Keeps every revision of a news article, and says what changed.

    discover → fetch → extract → compare → store → index     one run: `archiver.pipeline.snapshot`
                             diff → audit → render           looking back: `archiver.query.Archive`

>>> from archiver import Archive, diff_articles, extract_article

`extract_article` and `diff_articles` are pure; `Archive.open(path)` reads an archive.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archiver.diff import diff_articles
    from archiver.extract import extract_article
    from archiver.query import Archive

__version__ = "0.1.0"
__all__ = ["Archive", "__version__", "diff_articles", "extract_article"]

_HOMES = {"Archive": "archiver.query", "diff_articles": "archiver.diff", "extract_article": "archiver.extract"}


def __getattr__(name: str) -> object:
    """Import the public names when they are first used, so that the command line starts fast."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
