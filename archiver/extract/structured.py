"""Read what a page declares about itself: JSON-LD, meta tags, link elements. Takes a page's events, gives `Declared`.

Declarations are evidence and nothing more: often stale, cut short or wrong, so whoever uses one checks it against what
the reader sees. What cannot be read is left out with a warning. See https://schema.org/Article and https://ogp.me.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape

from archiver.dates import parse_page_date
from archiver.extract import words
from archiver.extract.page import TAG, Event, end_of
from archiver.model import PageDate
from archiver.text import clean

_LONGEST_SCRIPT = 5_000_000
_LONGEST_BODY = 250_000
"""Characters of a declared body that are looked at: every block of the page is searched for in it."""
_LONGEST_TITLE = 2_000
_MOST_NODES = 5_000
_COMMENT = re.compile(r'("(?:\\.|[^"\\])*+")|//[^\n]*|/\*.*?\*/', re.S)
"""A comment, which JavaScript allows and JSON does not; or a string, which is kept, for it may hold slashes."""
_MENDS: tuple[Callable[[str], str], ...] = (
    str,
    lambda text: re.sub(r",(\s*[}\]])", r"\1", text),
    unescape,
    lambda text: _COMMENT.sub(r"\1", text),
)
"""What is tried, one at a time, to read a script that JSON does not allow."""
_DECLARING = frozenset(("html", "meta", "script", "link", "title", "base", "input", "svg"))
_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|BlogPost|NewsStory)$|^Report", re.I)


@dataclass(frozen=True, slots=True)
class Person:
    """A declared author."""

    name: str
    is_organisation: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """What a page says of itself. Every text is clean; "" and () where it is silent."""

    title: str = ""
    og_title: str = ""
    ld_headline: str = ""
    description: str = ""
    site_names: tuple[str, ...] = ()
    authors: tuple[Person, ...] = ()
    meta_authors: tuple[str, ...] = ()
    published: tuple[PageDate, ...] = ()
    """Best first."""
    modified: tuple[PageDate, ...] = ()
    section: str = ""
    language: str = ""
    canonical_url: str = ""
    base_url: str = ""
    is_free: bool | None = None
    asks_password: bool = False
    """Whether it has a field for one."""
    body: str = ""
    """The declared articleBody, its white space canonical, markup removed."""
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Head:
    """The elements of a page that declare something, as they stand."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    title: str = ""
    base: str = ""
    language: str = ""
    asks_password: bool = False


def read_declared(events: Sequence[Event], url: str = "") -> Declared:
    """Everything the page declares about the article."""
    head = _head(events)
    warnings: list[str] = []
    nodes = list(_nodes(head.scripts, warnings))
    by_id = {str(node["@id"]): node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    article = _main_article(nodes, url)
    language = (
        head.language or _meta(head, "content-language") or _meta(head, "og:locale") or _text(article.get("inLanguage"))
    )
    language = language.partition(",")[0].strip().replace("_", "-").lower()
    around = [article, *(node for node in nodes if any(name.endswith("Page") for name in _types(node)))]
    ld_published, ld_modified = (
        _dates([_text(node.get(key)) for node in around], "jsonld", language)
        for key in ("datePublished", "dateModified")
    )
    return Declared(
        title=_title(head.title),
        og_title=_title(_meta(head, "og:title") or _meta(head, "twitter:title")),
        ld_headline=_title(unescape(_text(article.get("headline") or article.get("name")))),
        description=clean(unescape(_meta(head, "og:description") or _meta(head, "description"))),
        site_names=_site_names(head, article, by_id),
        authors=tuple(_people(article.get("author") or article.get("creator"), by_id)),
        meta_authors=tuple(clean(unescape(v)) for key in words.META["author"] for v in head.metas.get(key, ())),
        published=ld_published + _dates([_meta(head, key) for key in words.META["published"]], "meta", language),
        modified=ld_modified + _dates([_meta(head, key) for key in words.META["modified"]], "meta", language),
        section=clean(_meta(head, *words.META["section"]) or _text(article.get("articleSection"))),
        language=language if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", language) else "",
        canonical_url=(head.links.get("canonical") or "").strip() or _meta(head, "og:url").strip(),
        base_url=head.base.strip(),
        is_free=_boolean(article.get("isAccessibleForFree")),
        asks_password=head.asks_password,
        body=_body(article),
        warnings=tuple(warnings),
    )


def _head(events: Sequence[Event]) -> _Head:
    head = _Head()
    done = 0
    for n, event in enumerate(events):
        if not isinstance(event, dict) or event[TAG] not in _DECLARING or n < done:
            continue
        tag, get = event[TAG], event.get
        if tag == "meta":
            name = (get("property") or get("name") or get("itemprop") or get("http-equiv") or "").strip().lower()
            content = (get("content") or "").strip()
            if name and content:
                head.metas.setdefault(name, []).append(content)
        elif tag == "script":
            if "ld+json" in (get("type") or "").lower():
                head.scripts.append(_text_at(events, n + 1))
        elif tag == "link":
            for rel in (get("rel") or "").lower().split():
                head.links.setdefault(rel, get("href") or "")
        elif tag == "title":
            head.title = head.title or _text_at(events, n + 1)
        elif tag == "base":
            head.base = head.base or get("href") or ""
        elif tag == "input":
            head.asks_password = head.asks_password or (get("type") or "").lower() == "password"
        elif tag == "html":
            head.language = head.language or get("lang") or get("xml:lang") or ""
        else:
            done = end_of(events, n + 1)  # the titles of a drawing are none of the page
    return head


def _text_at(events: Sequence[Event], n: int) -> str:
    event = events[n]
    return event if isinstance(event, str) else ""


def _meta(head: _Head, *names: str) -> str:
    return next((value for name in names for value in head.metas.get(name, ())), "")


def _nodes(scripts: list[str], warnings: list[str]) -> Iterator[dict[str, object]]:
    """Every object of the page's JSON-LD that stands for itself, not inside a list of other things."""
    queue: list[object] = [_json(script, warnings) for script in scripts]
    for _ in range(_MOST_NODES):
        if not queue:
            return
        value = queue.pop(0)
        if isinstance(value, list):
            queue[:0] = value[:_MOST_NODES]
        elif isinstance(value, dict):
            yield value
            queue[:0] = [value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value]


def _json(script: str, warnings: list[str]) -> object:
    if len(script) > _LONGEST_SCRIPT:
        warnings.append("a JSON-LD script is too long; it was left out")
        return None
    text = script.strip().removeprefix("<!--").removesuffix("-->").strip()
    text = (
        text.removeprefix("//<![CDATA[")
        .removeprefix("<![CDATA[")
        .removesuffix("//]]>")
        .removesuffix("]]>")
        .strip()
        .rstrip(";")
    )
    if not text:
        return None
    for mend in _MENDS:
        try:
            return json.JSONDecoder(strict=False, parse_int=str, parse_float=str).raw_decode(mend(text))[0]
        except RecursionError:
            break
        except ValueError:
            continue
    warnings.append("a JSON-LD script could not be read; it was left out")
    return None


def _main_article(nodes: list[dict[str, object]], url: str) -> dict[str, object]:
    """The node of the article that the page is about, or an empty one."""
    articles = [node for node in nodes if any(_ARTICLE.search(name) for name in _types(node))]
    pages = [node for node in nodes if "datePublished" in node or "headline" in node]
    here = url.partition("?")[0].rstrip("/")
    for node in articles:
        about = node.get("mainEntityOfPage")
        where = _text(about.get("@id") or about.get("url")) if isinstance(about, dict) else _text(about)
        if here and here in (where.partition("?")[0].rstrip("/"), _text(node.get("url")).partition("?")[0].rstrip("/")):
            return node
    return next(iter(articles or pages), {})


def _types(node: dict[str, object]) -> list[str]:
    value = node.get("@type")
    return [name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]


def _people(value: object, by_id: dict[str, dict[str, object]]) -> Iterator[Person]:
    for item in (value if isinstance(value, list) else [value])[:50]:
        if isinstance(item, dict):
            whole = {**by_id.get(str(item.get("@id")), {}), **item}
            names = whole.get("name")
            kind = "".join(_types(whole))
        else:
            names, kind = item, ""
        for name in names if isinstance(names, list) else [names]:
            if isinstance(name, str) and clean(name):
                yield Person(clean(unescape(name)), "Organi" in kind)


def _site_names(head: _Head, article: dict[str, object], by_id: dict[str, dict[str, object]]) -> tuple[str, ...]:
    names = [
        clean(unescape(_meta(head, name)))
        for name in ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "publisher")
    ]
    names += [person.name for person in _people(article.get("publisher"), by_id)]
    return tuple(dict.fromkeys(filter(None, names)))


def _dates(values: list[str], origin: str, language: str) -> tuple[PageDate, ...]:
    made = (parse_page_date(value[:200], origin=origin, language=language) for value in values if value)  # type: ignore[arg-type]  # ours
    return tuple(date for date in made if date)


def _title(text: str) -> str:
    """A declared title; "" where a title element that is never closed holds the page."""
    return clean(text) if len(text) <= _LONGEST_TITLE else ""


def _body(article: dict[str, object]) -> str:
    text = _text(article.get("articleBody"))[:_LONGEST_BODY]
    if "<" in text or "&" in text:
        text = unescape(re.sub(r"<[^<>]{0,2000}>", " ", unescape(text)))
    return clean(text)


def _boolean(value: object) -> bool | None:
    return {"true": True, "false": False, "1": True, "0": False}.get(str(value).strip().lower().rpartition("/")[2])


def _text(value: object) -> str:
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), "")
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    return value if isinstance(value, str) else ""
