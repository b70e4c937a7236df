"""Each way in which two looks at an article can differ, and what it comes to."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.compare import EDIT_FIELDS, TOUCH_FIELDS, decide, decide_absence, is_home, is_site_clock
from archiver.model import (
    Article,
    Block,
    BlockKind,
    Byline,
    Decision,
    Event,
    Extraction,
    Figure,
    HeadlineVariant,
    Link,
    Notice,
    NoticeKind,
    PageDate,
    Revision,
)

URL = "https://courier.example/town/bridge"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
STAMP = PageDate(text="Last update: March 1, 2026 20:38", value="2026-03-01T20:38", origin="text")
LATER = PageDate(text="Last update: March 2, 2026 08:12", value="2026-03-02T08:12", origin="text")
SENTENCES = tuple(f"On day {day} the council of Tarnhaven met again and adjourned without a vote." for day in range(20))
ARTICLE = Article(
    headline="Bridge to close",
    variants=(HeadlineVariant(origin="og", text="Bridge to close"),),
    byline=Byline(text="By Ada Quill", names=("Ada Quill",)),
    published=PageDate(text="March 1, 2026", value="2026-03-01", origin="text"),
    modified=PageDate(text="2026-03-01T20:38:00Z", value="2026-03-01T20:38:00", offset="+00:00", origin="meta"),
    site_stamp=STAMP,
    body=tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in SENTENCES),
    figures=(Figure(src="https://courier.example/a.jpg", caption="The bridge", credit="Tom Hale"),),
    links=(Link(text="the plan", target="https://courier.example/plan"),),
)
PREVIOUS = Revision(key="courier.example/ab/bridge~abcdefabcdef", event=Event.FIRST, captured_at=AT, source=URL)


def judge(
    article: Article, *, previous: Revision = PREVIOUS, url: str = URL, moved: bool = False, clock: bool = False
) -> Decision:
    return decide(previous, ARTICLE, Extraction(article=article), url=url, moved=moved, clock=clock)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("headline", "Bridge to shut"),
        ("variants", (HeadlineVariant(origin="og", text="Bridge to shut"),)),
        ("standfirst", "For two years"),
        ("byline", Byline(text="By Ada Quill and Bo Lind")),
        ("byline", None),
        ("published", replace(ARTICLE.published, value="2026-03-02")),
        ("body", ARTICLE.body[:-1]),
        ("figures", (replace(ARTICLE.figures[0], caption="The old bridge"),)),
        ("figures", (replace(ARTICLE.figures[0], credit="Agency"),)),
        ("links", (Link(text="the plan", target="https://courier.example/plan-b"),)),
        ("notices", (Notice(kind=NoticeKind.CORRECTION, text="Correction: the year was wrong."),)),
    ],
)
def test_what_readers_are_told_is_an_edit(field: str, value: object) -> None:
    assert judge(replace(ARTICLE, **{field: value})) == Decision(event=Event.EDIT, fields=(field,))


@pytest.mark.parametrize(
    ("field", "value"),
    [("modified", None), ("stamps", (LATER,)), ("site_stamp", LATER), ("site_stamp", None)],
)
def test_a_moved_date_alone_is_a_touch(field: str, value: object) -> None:
    assert judge(replace(ARTICLE, **{field: value})) == Decision(event=Event.TOUCH, fields=(field,))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("section", "Harbour"),
        ("language", "en-gb"),
        ("canonical_url", "https://courier.example/other"),
        ("is_free", False),
        ("figures", (replace(ARTICLE.figures[0], src="https://cdn.example/b.jpg"),)),
        ("links", (Link(text="the council's plan", target="https://courier.example/plan"),)),
        ("published", replace(ARTICLE.published, text="1 March 2026", origin="time")),
        ("body", (replace(ARTICLE.body[0], kind=BlockKind.QUOTE), *ARTICLE.body[1:])),
    ],
)
def test_what_pages_change_by_themselves_is_carried(field: str, value: object) -> None:
    assert judge(replace(ARTICLE, **{field: value})).event is Event.SAME


def test_every_field_of_an_article_has_its_weight() -> None:
    carried = {"section", "language", "canonical_url", "is_free", "dateline"}
    assert {field.name for field in fields(Article)} == set(EDIT_FIELDS) | set(TOUCH_FIELDS) | carried


def test_an_unknown_article_is_first_and_an_unread_one_is_held() -> None:
    assert decide(None, None, Extraction(article=ARTICLE), url=URL).event is Event.FIRST
    held = decide(PREVIOUS, ARTICLE, Extraction(article=Article(), problem="a consent wall"), url=URL)
    assert held == Decision(event=Event.HELD, reason="a consent wall")


def test_the_site_clock_makes_no_touch_but_hides_no_edit() -> None:
    assert judge(replace(ARTICLE, site_stamp=LATER), clock=True).event is Event.SAME
    assert judge(replace(ARTICLE, site_stamp=LATER, headline="New"), clock=True).fields == ("headline",)


def test_a_moved_address_is_told_unless_the_text_changed_too() -> None:
    new = "https://courier.example/2026/bridge"
    assert judge(ARTICLE, url=new, moved=True).event is Event.MOVED
    assert judge(replace(ARTICLE, headline="New"), url=new, moved=True).event is Event.EDIT
    assert judge(ARTICLE, url=new, moved=False).event is Event.SAME


def test_an_article_that_comes_back_is_returned_even_unchanged() -> None:
    assert judge(ARTICLE, previous=replace(PREVIOUS, status="gone")).event is Event.RETURNED


def test_a_collapsed_text_is_held_and_a_retraction_is_not() -> None:
    stub = replace(ARTICLE, body=ARTICLE.body[:1])
    assert judge(stub).event is Event.HELD
    notice = Notice(kind=NoticeKind.RETRACTION, text="This article has been retracted.")
    assert judge(replace(stub, notices=(notice,))).event is Event.EDIT
    assert judge(replace(ARTICLE, body=ARTICLE.body[:10])).event is Event.EDIT


def test_absence_is_believed_at_once_when_final_and_else_on_the_second_sight() -> None:
    gone = replace(PREVIOUS, status="gone")
    assert decide_absence(PREVIOUS, "HTTP 410", final=True, missing_before=False).event is Event.GONE
    assert decide_absence(PREVIOUS, "HTTP 404", final=False, missing_before=False).event is Event.MISSING
    assert decide_absence(PREVIOUS, "HTTP 404", final=False, missing_before=True).event is Event.GONE
    assert decide_absence(gone, "HTTP 404", final=False, missing_before=True).event is Event.SAME
    assert decide_absence(None, "HTTP 410", final=True, missing_before=False).event is Event.FAILED


def dated(value: str, offset: str = "") -> PageDate:
    return PageDate(text=f"Last update: {value}", value=value, offset=offset, origin="text")


def test_a_stamp_that_keeps_up_with_the_captures_is_the_clock() -> None:
    assert is_site_clock(dated("2026-03-02T14:45", "+05:45"), AT, None, None)
    assert not is_site_clock(dated("2026-03-02T08:12", "+00:00"), AT, None, None)
    # No zone named, but the same lag twice: a clock in some zone.
    assert is_site_clock(dated("2026-03-02T14:44"), AT, dated("2026-03-01T14:45"), AT - timedelta(days=1))
    assert not is_site_clock(dated("2026-03-02T13:10"), AT, dated("2026-03-01T14:45"), AT - timedelta(days=1))
    # Two captures a minute apart cannot tell a clock from an update.
    assert not is_site_clock(dated("2026-03-02T14:45"), AT, dated("2026-03-02T14:44"), AT - timedelta(minutes=1))
    # A stamp that stood still keeps no lag, and a bare day says too little.
    assert not is_site_clock(dated("2026-03-01T14:45"), AT, dated("2026-03-01T14:45"), AT - timedelta(days=1))
    assert not is_site_clock(dated("2026-03-02"), AT, dated("2026-03-01"), AT - timedelta(days=1))


def test_only_the_home_page_is_home() -> None:
    assert is_home(URL, "https://courier.example/")
    assert not is_home("https://courier.example/", "https://courier.example/")
    assert not is_home(URL, "https://courier.example/town/")
    assert not is_home(URL, "https://courier.example/?p=12")


@given(st.sampled_from([field.name for field in fields(Article)]), st.booleans())
def test_the_same_article_is_always_the_same(name: str, clock: bool) -> None:
    assert judge(replace(ARTICLE, **{name: getattr(ARTICLE, name)}), clock=clock).event is Event.SAME
