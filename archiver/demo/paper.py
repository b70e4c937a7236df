"""What the Tarnhaven Courier prints: the page at a path, as it stands at one moment.

Pure but for the package's own files: templates with `$name` holes, and `site.toml`, which says what fills them.
What goes into a page is text and is escaped; what goes into a body is markup and is not.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

HTML = "text/html; charset=utf-8"
ROBOTS = "User-agent: *\nDisallow: /account/\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the server has to say about a path."""

    status: int
    body: bytes
    content_type: str = HTML
    last_modified: str = ""
    """As the header has it; "" where there is nothing that could have been modified."""


def article_paths() -> tuple[str, ...]:
    """The path of every article, whether or not it is still there."""
    return tuple(article["path"] for article in _site()["article"])


def page_at(path: str, moment: int, root: str) -> Page:
    """The page at `path`. `root` is the address of the server, for the pages that state their own."""
    if path == "/robots.txt":
        return Page(status=200, body=ROBOTS.encode(), content_type="text/plain; charset=utf-8")
    text, status = _render(path, moment, root)
    if status != 200:
        return Page(status=status, body=text.encode())
    since = moment
    while since > 1 and _render(path, since - 1, root) == (text, 200):
        since -= 1
    return Page(status=200, body=text.encode(), last_modified=_site()["printed"][since - 1])


def _render(path: str, moment: int, root: str) -> tuple[str, int]:
    articles = [article for article in _site()["article"] if moment < article.get("gone_from", moment + 1)]
    sections = {f"/{section.lower()}/": section for section in _sections()}
    if path == "/":
        return _listing("Front page", articles), 200
    if path in sections:
        return _listing(sections[path], [article for article in articles if article["section"] == sections[path]]), 200
    for article in articles:
        if article["path"] == path:
            return _article(article, moment, root), 200
    if path in article_paths():
        return _fill("missing.html", title="This article has been withdrawn"), 410
    return _fill("missing.html", title="Page not found"), 404


def _listing(title: str, articles: list[dict[str, Any]]) -> str:
    headlines = "".join(_item(article["path"], article["headline"]) for article in articles)
    return _fill("listing.html", markup={"menu": _menu(), "headlines": headlines}, title=title)


def _article(article: dict[str, Any], moment: int, root: str) -> str:
    facts = {name: _at(value, moment) for name, value in article.items()}
    return _fill(
        article["page"],
        markup={
            "menu": _menu(),
            "body": Template(_read(article["body"])).substitute(facts).strip(),
            "most_read": "".join(_item("#", headline) for headline in _site()["most_read"][moment - 1]),
            "jsonld": _structured_data(facts),
        },
        views=_site()["views"][moment - 1],
        url=root + article["path"],
        **facts,
    )


def _structured_data(facts: dict[str, Any]) -> str:
    """schema.org/NewsArticle as JSON-LD; only some pages have a hole for it."""
    stated = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": facts["headline"],
        "author": {"@type": "Person", "name": facts["author"]},
        "datePublished": facts.get("published_iso"),
        "dateModified": facts.get("modified_iso"),
        "articleSection": facts["section"],
        "isAccessibleForFree": True,
    }
    return json.dumps(stated).replace("</", "<\\/")


def _menu() -> str:
    return "".join(_item(f"/{section.lower()}/", section) for section in _sections())


def _sections() -> tuple[str, ...]:
    return tuple(dict.fromkeys(article["section"] for article in _site()["article"]))


def _item(href: str, text: str) -> str:
    return f'<li><a href="{escape(href)}">{escape(text)}</a></li>'


def _fill(name: str, *, markup: dict[str, str] | None = None, **words: object) -> str:
    texts = {key: escape(str(value)) for key, value in {"paper": _site()["paper"], **words}.items()}
    return Template(_read(name)).substitute(texts | (markup or {}))


def _at(value: object, moment: int) -> object:
    return value[moment - 1] if isinstance(value, list) else value


@cache
def _site() -> dict[str, Any]:
    return tomllib.loads(_read("site.toml"))


@cache
def _read(name: str) -> str:
    return files("archiver.demo").joinpath("courier", name).read_text(encoding="utf-8")
