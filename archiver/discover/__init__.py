"""Discovery: from seeds to candidates for articles. What parses is pure; what asks a site does so through a fetcher.

    detect.py    what a document is, and what it lists       harvest.py  seeds → candidates, page by page within bounds
    feeds.py     RSS, Atom, JSON Feed (the only user of feedparser)
    sitemaps.py  sitemaps and their indexes                  survey.py   what there is to watch on a site
    sections.py  articles among the links of a page          shape.py    articles by their addresses

This module holds what the others share and imports none of them. Nothing here decides when an article is looked at.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Literal, Protocol

from archiver.model import Capture, FetchFailure, Request

Kind = Literal["article", "feed", "sitemap", "section"]


class Fetcher(Protocol):
    """What discovery needs of `archiver.fetch`."""

    def fetch(self, requests: Iterable[Request]) -> Generator[Capture | FetchFailure, None, None]:
        """Fetch pages, in whatever order they arrive."""
