"""Decides what one check of one article came to: an edit, a touch, nothing, or something implausible.

Takes what is kept and what was just seen, gives a `Decision`. It does nothing: `pipeline` acts on it.

A difference weighs in one of three ways. What readers are told (text, headline, names, captions, links, …) is an
*edit*. When only a date of change moved, declared or visible, it is a *touch*. The rest is *carried*: it is kept
with the next revision and makes none of its own, since pages change it without anyone having edited the article.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from archiver.model import Article, Decision, Event, Extraction, PageDate, Revision

EDIT_FIELDS = (
    "headline",
    "variants",
    "standfirst",
    "byline",
    "published",
    "body",
    "figures",
    "links",
    "notices",
)
TOUCH_FIELDS = ("modified", "stamps", "site_stamp")

COLLAPSE_SHARE = 0.2
"""A text that lost more than four fifths is rather a wall or a stub than an edit…"""
COLLAPSE_WORDS = 80
"""… unless there was little to lose."""
CLOCK_SLACK = timedelta(minutes=3)
"""How far a stamp may lie from the time of capture to be the site's own clock."""
CLOCK_WATCH = 10 * CLOCK_SLACK
"""How far apart two captures must be to tell a clock from a stamp that moved a little."""


def decide(
    previous: Revision | None,
    before: Article | None,
    extraction: Extraction,
    *,
    url: str,
    moved: bool = False,
    clock: bool = False,
    accept: bool = False,
) -> Decision:
    """Judge an article page that was served with status 200.

    `previous` and `before` are the last revision and its article, both None for an unknown article. `url` is the
    address that answered, `moved` whether only permanent redirects led there. With `clock`, the site stamp is known
    to be the site's clock and its move means nothing. With `accept`, a person vouches for the page: it is not held.
    """
    current = extraction.article
    if extraction.problem and not accept:
        return Decision(event=Event.HELD, reason=extraction.problem)
    if previous is None or before is None:
        return Decision(event=Event.FIRST)
    collapse = _collapse(before, current) or _lost_pages(previous, before, extraction)
    if collapse and not accept:
        return Decision(event=Event.HELD, reason=collapse)
    edited = differing(before, current, EDIT_FIELDS)
    touched = differing(before, current, TOUCH_FIELDS)
    if clock:
        touched = tuple(name for name in touched if name != "site_stamp")
    if previous.status == "gone":
        return Decision(event=Event.RETURNED, reason="the article is back", fields=edited + touched)
    if edited:
        return Decision(event=Event.EDIT, fields=edited + touched)
    if moved and url != previous.source:
        return Decision(event=Event.MOVED, reason=f"now at {url}", fields=touched)
    if touched:
        return Decision(event=Event.TOUCH, fields=touched)
    return Decision(event=Event.SAME)


def decide_absence(previous: Revision | None, reason: str, *, final: bool, missing_before: bool) -> Decision:
    """Judge a page that is not there: status 404, 410 or 451, or a redirect to the home page.

    `final` is the server's word that it stays away (410, 451); without it a second sighting is asked for, since
    servers answer 404 by mistake. An unknown article that is not there is a failure.
    """
    if previous is None:
        return Decision(event=Event.FAILED, reason=reason)
    if previous.status == "gone":
        return Decision(event=Event.SAME, reason=reason)
    if final or missing_before:
        return Decision(event=Event.GONE, reason=reason)
    return Decision(event=Event.MISSING, reason=reason)


def differing(before: Article, current: Article, fields: tuple[str, ...]) -> tuple[str, ...]:
    """The fields, of those named, in which two articles differ in what counts."""
    return tuple(name for name in fields if _telling(before, name) != _telling(current, name))


def is_site_clock(
    stamp: PageDate, captured_at: datetime, earlier: PageDate | None, earlier_at: datetime | None
) -> bool:
    """Whether a site stamp is the time of serving the page, not of changing it.

    So it is when it lies within minutes of the capture, or when it keeps the same distance to two captures, which
    also shows a clock whose zone the page does not name.
    """
    lag = _lag(stamp, captured_at)
    if lag is None:
        return False
    if abs(lag) <= CLOCK_SLACK:
        return True
    if earlier is None or earlier_at is None or earlier.text == stamp.text or captured_at - earlier_at < CLOCK_WATCH:
        return False
    lag_before = _lag(earlier, earlier_at)
    return lag_before is not None and abs(lag - lag_before) <= CLOCK_SLACK


def is_home(url: str, final_url: str) -> bool:
    """Whether a redirect led from a page to a home page, as sites do with articles that they took down."""
    start, end = urlsplit(url), urlsplit(final_url)
    return end.path in ("", "/") and not end.query and start.path not in ("", "/")


def is_same_story(before: Article, first: Article) -> bool:
    """Whether an article began as another stood: with at least half of its blocks of text.

    So did one that was found under a new address before the old one was asked again. One that took others in later,
    a live blog or a merged story, began as something else.
    """
    had = {block.text for block in before.body}
    kept = had & {block.text for block in first.body}
    return bool(kept) and 2 * len(kept) >= len(had)


def _telling(article: Article, field: str) -> object:
    """What counts of a field: the words of the body, what dates say, figures without the address of the image."""
    value = getattr(article, field)
    match field:
        case "body":
            return article.text
        case "byline":
            return value and value.text
        case "published" | "modified":
            return value and value.iso
        case "site_stamp":
            return value and value.text
        case "stamps":
            return tuple(stamp.text for stamp in value)
        case "figures":
            return tuple((figure.caption, figure.credit) for figure in value if figure.line)
        case "links":
            return tuple(link.target for link in value)
        case "notices":
            return tuple((notice.kind, notice.text) for notice in value)
    return value


def _collapse(before: Article, current: Article) -> str:
    """Why the text that is left is implausible, or ""; a notice explains any loss."""
    had, has = len(before.text.split()), len(current.text.split())
    if had < COLLAPSE_WORDS or has >= COLLAPSE_SHARE * had or current.notices:
        return ""
    return f"the text shrank from {had} to {has} words"


def _lost_pages(previous: Revision, before: Article, extraction: Extraction) -> str:
    """Why an article that stands on fewer pages than it did is implausible, or ""; not when no text was lost."""
    had, has = len(before.text.split()), len(extraction.article.text.split())
    if extraction.parts >= len(previous.part_sha256) or has >= had:
        return ""
    pages = len(previous.part_sha256) + 1, extraction.parts + 1
    return f"the article stood on {pages[0]} pages and now on {pages[1]}, with {has} of {had} words"


def _lag(stamp: PageDate | None, at: datetime) -> timedelta | None:
    """How long before the capture the stamp lies, taking a stamp without zone as UTC; None for a bare day."""
    if stamp is None or stamp.precision == "day":
        return None
    stated = datetime.fromisoformat(stamp.iso)
    return at - (stated if stated.tzinfo else stated.replace(tzinfo=UTC))
