"""What is the site's clock, what is our own reading, and what a history keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archiver.audit import read_history
from archiver.model import Article, Block, BlockKind, Event, Figure, PageDate, Revision

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = "courier.example/ab/bridge~abcdef012345"
FIRST = Revision(key=KEY, event=Event.FIRST, captured_at=AT, source="https://courier.example/bridge", run="a", number=1)
TEXT = (Block(kind=BlockKind.PARAGRAPH, text="About 1,400 people cross the bridge each day."),)


def stamped(value: str) -> Article:
    return Article(
        headline="Bridge", body=TEXT, site_stamp=PageDate(text=f"Updated {value}", value=value, origin="text")
    )


def second(hours: float, *, looks_h: float = 1) -> Revision:
    at = AT + timedelta(hours=hours)
    return replace(
        FIRST, event=Event.EDIT, captured_at=at, unchanged_since=at - timedelta(hours=looks_h), run="b", number=2
    )


@pytest.mark.parametrize(
    ("was", "now", "hours", "looks_h", "shared", "clock"),
    [
        ("2026-03-01T20:38", "2026-03-02T10:05", 4, 1, "", "no"),
        ("2026-03-01T20:38", "2026-03-01T20:38", 4, 1, "ab", "no"),  # stood still
        ("2026-03-02T08:59", "2026-03-02T12:58", 4, 1, "", "yes"),  # near both captures
        (
            "2026-03-02T08:59",
            "2026-03-02T12:58",
            4,
            0.1,
            "",
            "doubtful",
        ),  # as honest ones, looked at often
        ("2026-03-01T20:38", "2026-03-02T12:58", 4, 1, "", "doubtful"),  # caught at once, perhaps
        ("2026-03-02T14:00", "2026-03-02T18:01", 4, 1, "", "doubtful"),  # a clock in another zone, or a regular desk
        ("2026-03-02T07:11", "2026-03-02T09:03", 4, 1, "ab", "yes"),  # on other articles as well, twice
        ("2026-03-02T07:11", "2026-03-02T09:03", 4, 1, "b", "doubtful"),  # a night in which all were changed, perhaps
    ],
)
def test_a_clock_is_only_certain_when_it_was_seen_twice(
    was: str, now: str, hours: float, looks_h: float, shared: str, clock: str
) -> None:
    stamps = {("a", "courier.example", f"Updated {was}"), ("b", "courier.example", f"Updated {now}")}
    states = [(FIRST, stamped(was)), (second(hours, looks_h=looks_h), stamped(now))]
    (step,) = read_history(states, {it for it in stamps if it[0] in shared}).steps
    assert ("site_stamp" in step.clocks.certain, "site_stamp" in step.clocks.doubtful) == (
        clock == "yes",
        clock == "doubtful",
    )
    assert bool(step.stamp_moves()) == (clock == "no" and was != now)


def test_a_declared_date_that_is_the_time_of_serving_is_a_clock_too() -> None:
    states = [
        (revision, Article(headline="Bridge", body=TEXT, modified=PageDate(text=value, value=value, origin="meta")))
        for revision, value in ((FIRST, "2026-03-02T09:00:01"), (second(4), "2026-03-02T13:00:02"))
    ]
    (step,) = read_history(states).steps
    assert step.clocks.certain == {"modified"}
    assert step.stamps == step.stamp_moves() == ()


def test_what_another_extractor_reads_of_a_returned_article_is_not_the_newsrooms() -> None:
    gone = replace(second(1), event=Event.GONE, status="gone", extractor="1")
    back = replace(second(2), event=Event.RETURNED, extractor="2", number=3)
    other = Article(headline="Bridge closed", body=TEXT)
    first = replace(FIRST, extractor="1")
    states = [(first, stamped("2026-03-01T20:38")), (gone, stamped("2026-03-01T20:38")), (back, other)]
    assert [step.is_ours for step in read_history(states).steps] == [False, True]
    states[2] = (replace(back, extractor="1"), other)
    assert [step.is_ours for step in read_history(states).steps] == [False, False]


def test_a_history_keeps_the_changes_and_not_the_texts() -> None:
    article = replace(stamped("2026-03-01T20:38"), figures=(Figure(caption="The bridge"),))
    edited = replace(article, body=(replace(TEXT[0], text=TEXT[0].text.replace("1,400", "1,900")),))
    history = read_history([(FIRST, article), (second(4), edited)])
    (step,) = history.steps
    assert [(change.before, change.after) for change in step.text_changes] == [("1,400 people", "1,900 people")]
    kept = (history.origin, step.was, step.now)
    assert not any(article.body or article.figures for article in kept)
    assert (history.newsroom, history.latest.number) == ("courier.example", 2)
