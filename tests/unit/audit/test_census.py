"""What is counted, and in which group."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archiver.audit import read_history
from archiver.audit.census import Census
from archiver.model import Article, Block, BlockKind, Check, Event, Revision

AT = datetime(2026, 3, 31, 20, tzinfo=UTC)
URL = "https://courier.example/bridge"
FIRST = Revision(key="courier.example/ab/bridge~abcdef012345", event=Event.FIRST, captured_at=AT, source=URL, number=1)
WAS, NOW = (
    Article(headline="Bridge", section="Town", body=(Block(kind=BlockKind.PARAGRAPH, text=f"About {count} people."),))
    for count in ("1,400", "1,900")
)


def later(hours: float, event: Event, **about: str) -> Revision:
    at = AT + timedelta(hours=hours)
    return replace(FIRST, event=event, captured_at=at, unchanged_since=at - timedelta(hours=1), number=2, **about)


def check(hours: float, event: Event = Event.SAME, url: str = URL) -> Check:
    return Check(url=url, at=AT + timedelta(hours=hours), event=event, key=FIRST.key)


def test_articles_count_in_the_month_of_their_first_look_and_edits_in_their_own() -> None:
    census = Census("month")
    census.add_history(read_history([(FIRST, WAS), (later(5, Event.EDIT), NOW)]), AT + timedelta(hours=5))
    census.add_check(check(0, Event.FIRST))
    census.add_check(check(5, Event.EDIT))
    march, april = census.figures()
    assert [(it.month, it.articles, it.unclear_changed, it.looks) for it in (march, april)] == [
        ("2026-03", 1, 0, 1),
        ("2026-04", 0, 1, 1),
    ]
    assert april.longest_gap_minutes == 300
    assert april.last_look == AT + timedelta(hours=5)


def test_an_article_that_went_was_watched_until_it_was_last_seen() -> None:
    census = Census("section")
    gone = later(50, Event.GONE)
    history = read_history([(FIRST, WAS), (replace(gone, status="gone"), WAS)])
    census.add_history(history, AT + timedelta(hours=300))
    (figures,) = census.figures()
    assert figures.section == "Town"
    assert figures.first_edit.late["24 h"] is not None
    assert figures.first_edit.late["7 d"] is None


def test_what_saw_nothing_is_no_look_and_two_addresses_are_one() -> None:
    census = Census("newsroom")
    census.add_history(read_history([(FIRST, WAS)]), AT)
    for it in (check(0, Event.FIRST), check(1), check(1, url=f"{URL}?page=1"), check(2, Event.HELD)):
        census.add_check(it)
    census.add_check(check(3, Event.FAILED))
    census.add_check(check(7))
    census.add_check(replace(check(8), key="gazette.example/ab/other~0123456789ab"))
    (figures,) = census.figures()
    assert (figures.looks, figures.stayed_same) == (3, 2)
    assert (figures.median_gap_minutes, figures.longest_gap_minutes) == (60, 360)


def test_a_change_that_only_we_read_is_not_counted() -> None:
    census = Census("newsroom")
    census.add_history(read_history([(FIRST, WAS), (later(1, Event.REEXTRACT), NOW)]), AT + timedelta(hours=1))
    (figures,) = census.figures()
    assert (figures.edited, figures.unclear_changed, figures.first_edit.events) == (0, 0, 0)
