"""Reads captures with today's extractor, and says which extractor that is.

An article is a function of its capture, the extractor and the recipes alone: whoever has these gets the same article
again. So a difference between two revisions can be told to come from the newsroom or from us.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable

from archiver import __version__, extract
from archiver.extract.page import LIBXML2_VERSION
from archiver.model import Capture, Extraction

_SOURCES = ("dates.py", "extract", "recipes.py", "text.py", "urls.py")
_LIBRARIES = ("beautifulsoup4", "charset-normalizer", "lxml", "soupsieve")

NO_RECIPE = "none"
"""The name of the rules in force where there are none."""


@cache
def extractor_id() -> str:
    """The release with twelve digits of SHA-256 over the sources that extract and the libraries that they use."""
    digest = hashlib.sha256()
    for name in _SOURCES:
        for path, content in _files(resources.files("archiver") / name):
            digest.update(f"{path} {len(content)}\n".encode() + content)
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    digest.update(f"libxml2 {LIBXML2_VERSION}\n".encode())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def read_page(capture: Capture) -> Extraction:
    """What today's extractor makes of a capture."""
    return extract.extract(capture.content, url=capture.url, content_type=capture.header("content-type"))


def _files(place: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    """All files in and below a place but compiled ones, as path and content, in the order of their paths."""
    path = f"{prefix}{place.name}"
    if place.is_file():
        return [(path, place.read_bytes())]
    places = sorted(place.iterdir(), key=lambda child: child.name)
    return [found for child in places if child.name != "__pycache__" for found in _files(child, f"{path}/")]
