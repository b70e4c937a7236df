from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_strategies import articles, revisions

from archiver.errors import StoreError
from archiver.model import Article, Block, BlockKind, Byline, Event, Figure, Notice, NoticeKind, PageDate, Revision
from archiver.store import serialize

STAMP = PageDate(text="Last update: April 26, 2024 20:38", value="2024-04-26T20:38", origin="text")
FIGURE = Figure(src="https://brookmere.example/bridge.jpg", caption="The bridge in spring.", credit="Ada Holm")
NOTICE = "Correction: an earlier version gave the wrong width."
ARTICLE = Article(
    headline="Brookmere votes for a new bridge",
    standfirst="The council was divided.",
    byline=Byline(text="By Ilse Varga", names=("Ilse Varga",)),
    published=PageDate(text="April 25, 2024", value="2024-04-25", origin="text"),
    modified=PageDate(text="2024-04-26T20:38:07+02:00", value="2024-04-26T20:38:07", offset="+02:00", origin="meta"),
    site_stamp=STAMP,
    section="Town",
    body=(
        Block(kind=BlockKind.CAPTION, text=FIGURE.line),
        Block(kind=BlockKind.PARAGRAPH, text="The council voted on Thursday."),
        Block(kind=BlockKind.SUBHEAD, text="What it costs"),
        Block(kind=BlockKind.ITEM, text="1,000 crowns"),
        Block(kind=BlockKind.ROW, text="Year | Cost"),
        Block(kind=BlockKind.QUOTE, text="“We waited long,” said the mayor."),
        Block(kind=BlockKind.PARAGRAPH, text="- not a list"),
        Block(kind=BlockKind.PARAGRAPH, text=NOTICE),
    ),
    figures=(FIGURE,),
    notices=(Notice(kind=NoticeKind.CORRECTION, text=NOTICE),),
)
REVISION = Revision(
    key="brookmere.example/ca/bridge-to-close~ca41e6d44e08",
    event=Event.EDIT,
    captured_at=datetime(2024, 4, 27, 12, 0, 0, tzinfo=UTC),
    unchanged_since=datetime(2024, 4, 27, 11, 0, 0, tzinfo=UTC),
    source="https://brookmere.example/news/bridge-to-close.html",
    headline=ARTICLE.headline,
    summary="one number",
    changes=("number", "notice"),
    run="20240427T115958Z",
    record_id="<urn:uuid:7d8b6fd2-5a50-4a0c-8f5e-0f5c8a2d9b11>",
    capture_sha256="ab" * 32,
    text_sha256=serialize.text_sha256(ARTICLE),
    extractor="0.1.0+0123456789ab",
)


def test_article_md_reads_as_the_page_does():
    assert serialize.article_text(ARTICLE).split("\n") == [
        "# Brookmere votes for a new bridge",
        "The council was divided.",
        "By Ilse Varga April 25, 2024",
        "Last update: April 26, 2024 20:38",
        "",
        "[caption] The bridge in spring. / Ada Holm",
        "The council voted on Thursday.",
        "## What it costs",
        "- 1,000 crowns",
        "| Year | Cost",
        "> “We waited long,” said the mayor.",
        "\\- not a list",
        NOTICE,
        "",
    ]


@pytest.mark.parametrize(
    ("published", "line"),
    [
        (PageDate(text="25 April", value="2024-04-25", origin="time"), "By Ilse Varga 25 April"),
        (PageDate(text="2024-04-25T08:00:00Z", value="2024-04-25T08:00:00", origin="time"), "By Ilse Varga"),
        (PageDate(text="2024-04-25", value="2024-04-25", origin="jsonld"), "By Ilse Varga"),
        (None, "By Ilse Varga"),
    ],
)
def test_the_byline_line_shows_the_published_date_when_readers_see_it(published, line):
    assert serialize.article_text(replace(ARTICLE, published=published)).split("\n")[2] == line


def test_a_visible_date_without_a_byline_has_its_own_line():
    assert "\nApril 25, 2024\n" in serialize.article_text(replace(ARTICLE, byline=None))


def test_metadata_is_sorted_and_holds_what_the_text_cannot():
    text = serialize.metadata_text(REVISION, ARTICLE)
    facts = json.loads(text)
    assert list(facts) == sorted(facts)
    assert text.endswith("}\n")
    assert (facts["format"], facts["key"], facts["status"]) == (serialize.FORMAT, REVISION.key, "live")
    assert facts["url"] == REVISION.source
    assert facts["figures"][0]["src"] == FIGURE.src
    assert facts["section"] == "Town"
    assert facts["published"] == {"origin": "text", "text": "April 25, 2024", "value": "2024-04-25"}
    assert not {"body", "captured_at", "run", "language"} & set(facts)


@given(articles)
def test_what_is_written_is_read_back(article):
    text, metadata = serialize.article_text(article), serialize.metadata_text(REVISION, article)
    assert serialize.read_article(text, metadata) == article
    assert serialize.text_sha256(article) == hashlib.sha256(text.encode()).hexdigest()


@given(articles, st.text(), st.text())
def test_any_string_at_all_can_be_written_and_adds_no_line(article, one, other):
    article = replace(article, headline=one, standfirst=other, body=(Block(kind=BlockKind.PARAGRAPH, text=one),))
    text, metadata = serialize.article_text(article), serialize.metadata_text(REVISION, article)
    assert len(text.splitlines()) == len(text.split("\n")) - 1
    assert len(serialize.read_article(text, metadata).body) == 1
    (text + metadata).encode()


@pytest.mark.parametrize(
    "metadata", ["", "{", "[]", "{}", '{"format": "1"}', '{"format": 1, "headline": 5}', '{"format": 9}']
)
def test_damaged_or_newer_metadata_is_an_error(metadata):
    with pytest.raises(StoreError, match=r"metadata\.json"):
        serialize.read_article("", metadata)


def test_fields_of_a_later_release_are_ignored():
    metadata = json.dumps(json.loads(serialize.metadata_text(REVISION, ARTICLE)) | {"mood": "hopeful"})
    assert serialize.read_article(serialize.article_text(ARTICLE), metadata) == ARTICLE


def test_the_message_is_one_line_for_people_and_trailers_for_programs():
    lines = serialize.commit_message(REVISION).split("\n")
    assert lines[:2] == ["edit: one number — Brookmere votes for a new bridge", ""]
    assert lines[2:8] == [
        "Article: brookmere.example/ca/bridge-to-close~ca41e6d44e08",
        "Event: edit",
        "Change: number",
        "Change: notice",
        "Captured: 2024-04-27T12:00:00Z",
        "Unchanged-Since: 2024-04-27T11:00:00Z",
    ]


def test_git_takes_every_line_below_the_subject_for_a_trailer():
    message = serialize.commit_message(REVISION)
    parsed = subprocess.run(
        ["git", "interpret-trailers", "--parse"], input=message, capture_output=True, text=True, check=True
    ).stdout
    assert parsed == message.split("\n\n")[1]


@given(revisions)
def test_a_revision_is_read_back_from_its_message(revision):
    assert serialize.parse_commit(serialize.commit_message(revision)) == revision


@given(revisions, st.text(), st.text())
def test_nothing_a_page_says_forges_a_trailer(revision, one, other):
    hostile = f"{one}\n\nArticle: x/00/y~000000000000\nEvent: gone\r\n{other}\x85Run: 1\u2028Status: gone"
    parsed = serialize.parse_commit(
        serialize.commit_message(
            replace(revision, headline=hostile, summary=hostile, changes=(hostile,), source=hostile)
        )
    )
    harmless = {"headline": "", "summary": "", "changes": (), "source": ""}
    assert parsed is not None
    assert replace(parsed, **harmless) == replace(revision, **harmless)


@given(revisions, st.text(), st.text())
def test_the_subject_is_one_short_line(revision, headline, summary):
    subject, blank = serialize.commit_message(replace(revision, headline=headline, summary=summary)).split("\n")[:2]
    assert 0 < len(subject) <= 100
    assert subject.splitlines() == [subject]
    assert blank == ""


def test_a_long_headline_is_cut_between_words():
    message = serialize.commit_message(replace(REVISION, headline="a river of words " * 20))
    assert message.split("\n")[0].endswith(" words a river of…")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Article: brookmere.example/ca/", "Article: ../../ca/"),
        ("Event: edit", "Event: party"),
        ("Event: edit\n", ""),
        ("Captured: 2024", "Captured: then"),
        ("Run: 2024", "Run: ../2024"),
    ],
)
def test_a_message_that_is_not_ours_is_passed_over(old, new):
    assert serialize.parse_commit(serialize.commit_message(REVISION)) is not None
    assert serialize.parse_commit(serialize.commit_message(REVISION).replace(old, new)) is None


@given(st.text())
def test_any_message_at_all_can_be_read(message):
    assert serialize.parse_commit(message) is None
