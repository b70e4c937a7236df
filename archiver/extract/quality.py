"""Say whether a page is an article at all. Takes what was read of it, gives the reason why not, in words; pure.

A wall, a stub or an error page is known by what it is made of: little text of its own, where a wall's words are the
title or a heading, or stand in what is shown without a date or a byline. An article *about* captchas or cookies has its
own text and passes, and so do an honest brief, a retraction that replaced the text, and an article cut in half.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archiver.extract import words
from archiver.extract.blocks import Layout
from archiver.extract.structured import Declared
from archiver.model import Article
from archiver.text import fold, word_count

_LEAST = 8
"""Words below which nothing is an article."""
_STUB = 120
"""Words from which on a text is too long for a wall."""
_CONSENT = 600
"""The same for requests for consent, which are long."""
_FIRST = 60
"""Blocks of a page that show what it is."""
_PARTS = re.compile(r"\s[|–—·»-]\s|[:：|]\s*")
_COLLAPSE = 0.2
_COLLAPSE_FROM = 100


def problem_of(article: Article, layout: Layout, declared: Declared, *, url: str, previous: Article | None) -> str:
    """Why this is not an article; "" when it is one."""
    text = _told(article)
    count = sum(map(word_count, text))
    if not layout.candidates:
        return "the page shows no text; it may need scripts to"
    if count < _CONSENT:
        wall = _wall(count, _said(text), article, layout, declared)
        if wall:
            return wall
    if count < _LEAST:
        return _empty(layout, url)
    before = sum(map(word_count, _told(previous))) if previous is not None else 0
    if before >= _COLLAPSE_FROM and count < _COLLAPSE * before and not article.notices:
        return f"the text shrank from {before} to {count} words without a notice"
    return ""


def _told(article: Article) -> list[str]:
    """What the article tells: its standfirst and text, and the captions of a story that is told by pictures."""
    text = article.text
    is_pictured = word_count(text) < _LEAST
    return [article.standfirst, " ".join(block.text for block in article.body) if is_pictured else text]


def _wall(count: int, text: str, article: Article, layout: Layout, declared: Declared) -> str:
    if _hits("a request for consent", text) >= 2:
        return "the page shows a request for consent"
    if count >= _STUB:
        return ""
    titles = [declared.title, declared.og_title, *(c.text for c in layout.candidates if c.level in (1, 2))]
    shown = _said([candidate.text for candidate in layout.candidates[:_FIRST]])
    whole = _said(titles) + (shown if count < _LEAST else text)
    is_dated = article.published is not None and article.published.origin != "url"  # which error pages have too
    is_brief = is_dated or article.byline is not None
    for wall in ("a check for robots", "an error page", "a notice of maintenance"):
        if count < _STUB // 3:
            is_wall = _is_title(wall, titles) or (not is_brief and _hits(wall, whole) > 0)
        else:
            is_wall = not is_brief and _is_title(wall, titles)
        if is_wall:
            return f"the page shows {wall}"
    if count < _LEAST and _hits("a request for consent", shown) >= 2:
        return "the page shows a request for consent"
    if _hits("a login", text) or (declared.asks_password and count < _STUB // 3):
        return "the page shows a login"
    if _hits("a paywall", text) or (declared.is_free is False and _hits("a paywall", shown)):
        return "the page shows only what stands before a paywall"
    return ""


def _empty(layout: Layout, url: str) -> str:
    page = layout.boxes[0]
    if (url and urlsplit(url).path in ("", "/")) or (page.linked * 2 > page.words and page.words > 200):
        return "the page is a list of other pages"
    return "the page has no text of an article"


def _hits(wall: str, said: str) -> int:
    return sum(_says(phrase, said) for phrase in words.WALLS[wall])


def _is_title(wall: str, titles: list[str]) -> bool:
    """Whether a title, or a part of one, is little but a wall's words: "Girl not found after a week" is news."""
    parts = (fold(part) for title in titles for part in _PARTS.split(title))
    return any(
        2 * len(phrase) >= len(part) and _says(phrase, f" {part} ")
        for part in parts
        if part
        for phrase in words.WALLS[wall]
    )


def _says(phrase: str, said: str) -> bool:
    return f" {phrase} " in said or (phrase > "\u0e00" and phrase in said)


def _said(texts: list[str]) -> str:
    return f" {fold(' . '.join(texts))} "
