"""The four states of the sample article give exactly the steps that were written down for them.

The sample is a real newsroom's page and no part of this project; it is read from ARCHIVER_SAMPLE_DIR where that is set.
"""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archiver import review
from archiver.diff.classify import classify
from archiver.model import BlockKind, Event, Severity
from archiver.query import Archive

from .conftest import Desk, Served

pytestmark = pytest.mark.skipif("ARCHIVER_SAMPLE_DIR" not in os.environ, reason="ARCHIVER_SAMPLE_DIR is not set")


@pytest.fixture
def sample() -> Path:
    return Path(os.environ["ARCHIVER_SAMPLE_DIR"])


@pytest.fixture
def expected(sample: Path) -> dict[str, Any]:
    return json.loads((sample / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def watched(desk: Desk, sample: Path, expected: dict[str, Any]) -> Desk:
    """The archive after it saw all four states, some minutes after each stamp."""
    path = expected["url_path"]
    for hour, state in enumerate(("v1", "v2", "v3", "v4")):
        desk.site.pages[path] = Served((sample / f"{state}.html").read_bytes())
        desk.look(hour, path)
    return desk


def test_each_step_is_found_and_nothing_else(watched: Desk, expected: dict[str, Any]) -> None:
    history = watched.history(expected["url_path"])
    assert [revision.event for revision in history] == [Event.FIRST, Event.TOUCH, Event.EDIT, Event.EDIT]
    with Archive.open(watched.path) as archive:
        changes = [{change.kind for change in classify(archive.diff(*pair))} for pair in pairwise(history)]
        correction = classify(archive.diff(history[1], history[2]))
        quiet = classify(archive.diff(history[2], history[3]))
    assert changes[0] == {"stamp"}
    assert {"number", "notice", "stamp"} <= {kind.partition("-")[0] for kind in changes[1]}
    assert [(change.before, change.after) for change in correction if change.kind == "number"] == [
        ("1,000 people", "1,100 people")
    ]
    assert [(change.before, change.after) for change in quiet] == [("Thursday", "Wednesday")]


def test_the_audit_finds_the_touch_the_correction_and_the_stealth_edit(watched: Desk) -> None:
    with Archive.open(watched.path) as archive:
        found = [(it.revision.number, it.rule, it.severity) for it in review.audit(archive)]
        stealth, *_ = review.audit(archive, rules=["stealth-edit"])
        correction, *_ = review.audit(archive, rules=["correction-found"])
    assert found == [
        (2, "touched-not-changed", Severity.LOW),
        (3, "correction-found", Severity.INFO),
        (4, "stealth-edit", Severity.HIGH),
        (4, "fact-without-notice", Severity.HIGH),
    ]
    assert [(change.before, change.after) for change in stealth.evidence] == [("Thursday", "Wednesday")]
    assert ["1,000" in sentence.before and "1,100" in sentence.after for sentence in correction.evidence[1:]] == [True]


def test_the_article_is_whole_and_its_parts_stand_apart(watched: Desk, sample: Path, expected: dict[str, Any]) -> None:
    plain = (sample / "article.txt").read_text(encoding="utf-8").split("\n\n")
    with Archive.open(watched.path) as archive:
        first, *_, last = archive.history(watched.site.url(expected["url_path"]))
        article = archive.article(first)
        stamps = [archive.article(revision).site_stamp for revision in (first, last)]
    text = [block.text for block in article.body if block.kind is BlockKind.PARAGRAPH]
    assert text == [" ".join(paragraph.split()) for paragraph in plain[-expected["paragraphs_v1"] :]]
    assert article.headline == expected["headline"]
    assert article.byline is not None
    assert list(article.byline.names) == expected["byline"]
    assert article.published is not None
    assert article.published.iso == expected["published"]
    assert article.modified is None
    assert [(figure.caption, figure.credit) for figure in article.figures] == [
        (expected["caption"], expected["credit"])
    ]
    assert [stamp.text for stamp in stamps if stamp] == [
        f"Last update: {expected['last_update'][state]}" for state in ("v1", "v4")
    ]
    assert [stamp.iso for stamp in stamps if stamp] == ["2024-04-26T20:38", "2024-04-27T11:40"]
