"""Editing the watch list leaves everything else in the file as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.config import Watch, default_text, load
from archiver.errors import UsageError
from archiver.watches import add, pause, remove

FEED = Watch(url="https://courier.example/rss.xml", kind="feed", tags=("town",))
HOME = Watch(url="https://courier.example/", kind="section", include=("/town/*",), max_age="30d")


def test_watches_come_and_go_and_the_comments_stay() -> None:
    text = default_text()
    with_both = add(text, [FEED, HOME])
    assert with_both.startswith(text)
    assert load(with_both, "x").watch == (FEED, HOME)
    assert add(with_both, [HOME, FEED]) == with_both
    noted = with_both.replace('kind = "section"', 'kind = "section"  # the front page')
    assert "# the front page" in pause(noted, [FEED.url], paused=True)
    assert load(remove(with_both, [FEED.url]), "x").watch == (HOME,)
    assert load(remove(with_both, [FEED.url, HOME.url]), "x").watch == ()


def test_a_watch_is_paused_and_goes_on() -> None:
    text = add(default_text(), [FEED, HOME])
    paused = pause(text, [HOME.url], paused=True)
    assert [watch.paused for watch in load(paused, "x").watch] == [False, True]
    assert pause(paused, [HOME.url], paused=False) == text


@pytest.mark.parametrize("text", [default_text(), add(default_text(), [FEED])])
def test_what_is_not_watched_cannot_be_removed_or_paused(text: str) -> None:
    with pytest.raises(UsageError, match=r"https://other.example/: not watched"):
        remove(text, ["https://other.example/"])
    with pytest.raises(UsageError, match="not watched"):
        pause(text, ["https://other.example/"], paused=True)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50), max_size=3))
def test_any_words_survive(words: list[str]) -> None:
    watch = Watch(url="https://courier.example/", include=tuple(words), tags=tuple(words))
    assert load(add("schema = 1\n", [watch]), "x").watch == (watch,)


def test_tables_that_are_added_one_by_one_stand_apart() -> None:
    text = add(add("schema = 1\n", [FEED]), [HOME])
    assert text.count("[[watch]]") == text.count("\n\n[[watch]]") == 2
    assert add(text, [FEED]) == text
