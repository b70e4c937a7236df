"""Edits in many voices (agency, tabloid, sport, court, ticker, business, science, obituary), and what they are.

A line of `voices/edits.txt` has the language, the text before and after, and the classes of what changed. They were
written before the rules were run on them; what the rules are known to read otherwise is among the limits in
docs/changes.md.
"""

from pathlib import Path

import pytest

from archiver.diff import classify, diff_articles
from archiver.model import Article, Block, BlockKind, ChangeKind


def lines(name):
    table = Path(__file__).with_name("voices").joinpath(name).read_text("utf-8")
    return [line.split(" | ") for line in table.splitlines() if not line.startswith("#")]


def article(language, text):
    paragraphs = text.split("¶")
    return Article(language=language, body=tuple(Block(kind=BlockKind.PARAGRAPH, text=it) for it in paragraphs))


def classes(language, old, new):
    changes = classify(diff_articles(article(language, old), article(language, new)))
    actions = {"removed": "deleted"}
    return {
        f"{change.kind}-{actions.get(change.action, change.action)}"
        if change.kind in (ChangeKind.SENTENCE, ChangeKind.PARAGRAPH)
        else change.kind.value
        for change in changes
    }


@pytest.mark.parametrize(("language", "old", "new", "expected"), lines("edits.txt"))
def test_an_edit_is_of_its_class(language, old, new, expected):
    assert classes(language, old, new) == set(expected.split())


BODY = "The club was founded long ago.¶Its members meet each week.¶It is a small place."


@pytest.mark.parametrize(("language", "text"), lines("notices.txt"))
def test_the_last_paragraph_is_a_notice(language, text):
    assert classes(language, BODY, f"{BODY}¶{text}") == {"notice"}


@pytest.mark.parametrize(("language", "text"), lines("no-notices.txt"))
def test_the_last_paragraph_is_none(language, text):
    assert classes(language, BODY, f"{BODY}¶{text}") == {"paragraph-added"}
