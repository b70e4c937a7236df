"""How much an address looks like one article rather than a list of them, by its shape alone. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

_DAY = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])[/-]?(?:0?[1-9]|[12]\d|3[01])(?:/|-|$)")
_YEAR = re.compile(r"/(?:19|20)\d\d/")
_ID = re.compile(r"(?:^|[-_./])[a-z]{0,3}\d{5,}(?:$|[-_./])", re.I)
_NUMERIC = re.compile(r"[\d-]*")
_ENDING = re.compile(r"\.(?:s?html?|php|aspx?|cms|ece|jsp)$", re.I)
_OTHER_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|m4a|zip|xml|rss|atom|json|css|js|ics|epub|docx?|xlsx?)$", re.I
)
_LISTING = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|authors?|people|profiles?|search|pages?|archives?|calendar|events?-calendar|feeds?|rss|"
    r"wp-admin|wp-login\.php|login|signin|signup|register|account|subscribe|subscriptions?|newsletters?|cart|shop|jobs|"
    r"contact(?:-us)?|about(?:-us)?|imprint|impressum|privacy(?:-policy)?|terms(?:-of-[a-z-]+)?|cookies?(?:-policy)?|"
    r"advertis[a-z-]*|help|faq|sitemap|share|print|comments?)(?:/|$)",
    re.I,
)
_ID_PARAMETERS = frozenset(
    ("id", "article", "articleid", "article_id", "aid", "p", "nid", "newsid", "news_id", "story", "storyid")
)


def article_likeness(url: str) -> int:
    """A sum of evidence: 3 and more speaks for an article, 0 and less against one."""
    parts = urlsplit(url)
    path = parts.path
    if _OTHER_FILE.search(path):
        return -9
    segments = [segment for segment in path.split("/") if segment]
    if not segments:
        return 3 if _has_id(parts.query) else -9
    score = max(_slug(_ENDING.sub("", segment)) for segment in segments[-3:])  # an id or a language may follow it
    undated = _DAY.sub("/", path)
    has_id = bool(_ID.search(undated)) or _has_id(parts.query)
    score += 4 if undated != path else bool(_YEAR.search(path))
    score += 2 * has_id + bool(_ENDING.search(segments[-1]))
    if not has_id and all(_NUMERIC.fullmatch(segment) for segment in segments):  # a day of a calendar: /2024/04/26/
        score = -1
    if listing := _LISTING.search(path):
        score -= 4 if listing.end() >= len(path) - len(segments[-1]) - 1 else 2
    return score


def _slug(segment: str) -> int:
    """How much of a headline a part of the path is: -1 of a bare word, 3 of four words and more."""
    words = [word for word in re.split(r"[-_+,.]", unquote(segment)) if len(word) > 1 and any(map(str.isalpha, word))]
    if len(words) == 1 and "%" in segment and len(words[0]) >= 10:  # a script that sets no spaces
        return 2
    return min(len(words), 4) - 1 if len(words) > 1 else -1


def is_same_site(url: str, other: str) -> bool:
    """Whether two hosts are of one site: equal but for "www.", or one stands below the other."""
    one, two = (urlsplit(each).netloc.removeprefix("www.") for each in (url, other))
    return one == two or one.endswith(f".{two}") or two.endswith(f".{one}")


def _has_id(query: str) -> bool:
    return any(name.lower() in _ID_PARAMETERS and any(map(str.isdigit, value)) for name, value in parse_qsl(query)[:20])
