"""What the stories do not tell: parts of headlines, zones, precision, and histories with our own readings in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archiver.audit import RULES, apply_rules, read_history
from archiver.model import (
    Article,
    Block,
    BlockKind,
    Byline,
    Event,
    Finding,
    HeadlineVariant,
    Notice,
    NoticeKind,
    PageDate,
    Revision,
    Severity,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXT = "About 1,400 people cross the bridge each day, the council says."
BASE = Article(headline="Bridge to close", language="en", body=(Block(kind=BlockKind.PARAGRAPH, text=TEXT),))


def found(rule: str, *articles: Article, events: Sequence[Event] = ()) -> list[Finding]:
    """What a rule finds when an article shows these states, looked at every day."""
    states = []
    for at, article in enumerate(articles):
        revision = Revision(
            key="courier.example/ab/bridge~abcdef012345",
            event=events[at] if events else Event.EDIT if at else Event.FIRST,
            captured_at=AT + timedelta(days=at),
            unchanged_since=AT + timedelta(days=at, hours=-1) if at else None,
            source="https://courier.example/bridge",
            number=at + 1,
        )
        states.append((revision, article))
    return list(apply_rules(read_history(states), [rule]))


def titled(*texts: str) -> list[Article]:
    return [replace(BASE, variants=(HeadlineVariant(origin="og", text=text),)) for text in texts]


def dated(field: str, *values: str, offset: str = "") -> list[Article]:
    dates = [PageDate(text=f"on {value}", value=value, offset=offset, origin="text") for value in values]
    return [replace(BASE, **{field: (date,) if field == "stamps" else date}) for date in dates]


def test_a_declared_headline_that_swings_alone_is_named_as_such() -> None:
    (finding,) = found("headline-swapped", *titled("Bridge to close", "Shut for a year", "Bridge to close"))
    assert finding.severity is Severity.LOW
    assert "as og has it" in finding.explanation
    assert [change.after for change in finding.evidence] == ["Shut for a year", "Bridge to close"]


def test_capitals_make_no_variant() -> None:
    assert found("headline-swapped", *titled("Bridge to close", "BRIDGE TO CLOSE", "Bridge to close")) == []


def test_a_headline_that_we_read_otherwise_in_between_did_not_swing() -> None:
    events = (Event.FIRST, Event.REEXTRACT, Event.EDIT)
    assert found("headline-swapped", *titled("Bridge", "Shut", "Bridge"), events=events) == []


@pytest.mark.parametrize(
    ("was", "now", "severities"),
    [
        ("2026-03-02T08:10", "2026-03-01T20:38", [Severity.MEDIUM]),
        ("2026-03-02T08:10", "2026-03-02T04:10", [Severity.LOW]),
        ("2026-03-02T08:10", "2026-03-02", []),
        ("2026-03-01T20:38", "2026-03-02T08:10", []),
    ],
)
def test_a_stamp_goes_back_as_far_as_it_is_exact(was: str, now: str, severities: list[Severity]) -> None:
    assert [finding.severity for finding in found("stamp-backwards", *dated("stamps", was, now))] == severities


def test_the_same_moment_in_another_zone_is_no_step_back() -> None:
    before, after = (
        *dated("modified", "2026-03-01T20:38", offset="+04:00"),
        *dated("modified", "2026-03-01T16:38", offset="+00:00"),
    )
    assert found("stamp-backwards", before, after) == []


@pytest.mark.parametrize(
    ("was", "now", "count"),
    [
        ("2026-03-01", "2026-03-01T20:38", 0),
        ("2026-03-01", "2026-03-02T20:38", 1),
        ("2026-03-01T20:38", "2026-02-28", 1),
    ],
)
def test_a_date_of_publication_that_is_only_more_exact_is_the_same(was: str, now: str, count: int) -> None:
    assert len(found("published-changed", *dated("published", was, now))) == count


def test_one_of_two_names_that_leaves_the_byline() -> None:
    both = replace(BASE, byline=Byline(text="By Ada Quill and Bram Oster", names=("Ada Quill", "Bram Oster")))
    one = replace(BASE, byline=Byline(text="By Ada Quill", names=("Ada Quill",)))
    (finding,) = found("byline-removed", both, one)
    assert "Bram Oster" in finding.explanation
    assert found("byline-removed", one, both) == []


def test_a_notice_that_was_only_reworded_is_not_removed() -> None:
    states = [
        replace(BASE, notices=(Notice(kind=NoticeKind.CORRECTION, text=f"Correction: we gave a wrong {words}."),))
        for words in ("count of people", "count of the people")
    ]
    assert found("notice-removed", *states) == []
    (finding, *_) = found("correction-found", *states)[1:]
    assert "altered" in finding.explanation


def test_no_rule_speaks_of_a_history_without_changes() -> None:
    for rule in RULES:
        assert found(rule, BASE, BASE, BASE) == []


def test_no_rule_speaks_of_what_only_we_read_otherwise() -> None:
    other = replace(
        BASE,
        headline="Otherwise",
        body=(Block(kind=BlockKind.PARAGRAPH, text=TEXT.replace("1,400", "1,900")),),
        published=PageDate(text="March 1", value="2026-03-01", origin="text"),
        notices=(Notice(kind=NoticeKind.CORRECTION, text="Correction: 1,900 people."),),
    )
    for rule in RULES:
        assert found(rule, BASE, other, events=(Event.FIRST, Event.REEXTRACT)) == []
        assert found(rule, other, BASE, events=(Event.FIRST, Event.REEXTRACT)) == found(rule, other)
