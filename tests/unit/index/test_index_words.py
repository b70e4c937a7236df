"""Searching finds exactly what reading every revision would find."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.index import Hit, Index
from archiver.model import Article, Event, Revision

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Archive:
    """An index over texts that are in memory."""

    index: Index
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    """Of the articles, in the order of their arrival."""

    def add(self, name: str, *lines: str) -> None:
        key = f"courier.example/ab/{name}~abcdef012345"
        commit = f"{len(self.texts):040}"
        at = AT + timedelta(minutes=len(self.texts))
        revision = Revision(
            key=key, event=Event.EDIT, captured_at=at, source=f"https://x.example/{name}", commit=commit
        )
        self.texts[commit, key] = "".join(f"{line}\n" for line in lines)
        self.keys += [key] if key not in self.keys else []
        self.index.add_revisions([(revision, Article())], commit)

    def take_up(self, most: int = 1000) -> None:
        while self.index.add_texts(self.read, most=most):
            pass

    def read(self, wanted: Sequence[tuple[str, str]]) -> Iterator[str]:
        return (self.texts[commit, key] for commit, key in wanted)

    def search(self, words: str, *, removed: bool = False, most: int = 50) -> list[tuple[str, int, int, int]]:
        self.take_up()
        return list(map(told, self.index.search(words, removed=removed, most=most)))

    def scan(self, terms: Iterable[str], *, removed: bool) -> list[tuple[str, int, int, int]]:
        """The same by looking at every line of every revision."""
        patterns = [re.compile(rf"\b{term.strip('*')}{'' if term.endswith('*') else chr(92) + 'b'}") for term in terms]
        found = []
        for key in reversed(self.keys):
            texts = [text for (_, one), text in self.texts.items() if one == key]
            having = [
                number
                for number, text in enumerate(texts, start=1)
                if all(any(pattern.search(line) for line in text.split("\n")) for pattern in patterns)
            ]
            if having and not (removed and having[-1] == len(texts)):
                found.append((name_of(key), having[0], having[-1], len(texts)))
        return found


def told(hit: Hit) -> tuple[str, int, int, int]:
    return name_of(hit.key), hit.first, hit.last, hit.latest


def name_of(key: str) -> str:
    return key.rpartition("/")[2].rpartition("~")[0]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Index(tmp_path / "index.sqlite") as index:
        yield Archive(index)


words = st.sampled_from(["ab", "ba", "bab", "abba", "aa"])
lines = st.lists(words, min_size=1, max_size=5).map(" ".join)
edits = st.lists(st.tuples(st.integers(0, 3), st.lists(lines, max_size=4)), min_size=1, max_size=12)
terms = st.one_of(words, words.map(lambda word: word + "*"), st.tuples(words, words).map(" ".join))


@given(
    edits,
    st.integers(0, 12),
    st.integers(1, 3),
    st.lists(st.tuples(st.lists(terms, min_size=1, max_size=3), st.booleans()), min_size=1, max_size=8),
)
def test_a_search_finds_what_a_scan_of_all_revisions_finds(
    edits: list[tuple[int, list[str]]], pause: int, most: int, questions: list[tuple[list[str], bool]]
) -> None:
    with TemporaryDirectory() as folder, Index(Path(folder) / "index.sqlite") as index:
        archive = Archive(index)
        for count, (article, text) in enumerate(edits):
            archive.add(f"a{article}", *text)
            if count == pause:
                archive.take_up(most)
        for asked, removed in questions:
            query = " ".join(f'"{term}"' if " " in term else term for term in asked)
            assert archive.search(query, removed=removed) == archive.scan(asked, removed=removed), query


def test_many_articles_are_searched_in_stretches_the_newest_first(archive: Archive) -> None:
    with archive.index.writing():
        for number in range(2500):
            rare = "heron" if number in (3, 1200, 2400) else "duck"
            archive.add(f"a{number}", f"a {rare} at the mill", *(["the ferry"] if number % 5 == 3 else []))
        for number in (3, 2400):
            archive.add(f"a{number}", "a duck at the mill")
    assert [name for name, *_ in archive.search("heron")] == ["a2400", "a1200", "a3"]
    assert [name for name, *_ in archive.search("heron ferry")] == ["a3"]
    assert [name for name, *_ in archive.search("heron the")] == ["a2400", "a1200", "a3"]
    assert archive.search("heron", removed=True) == [("a2400", 1, 1, 2), ("a3", 1, 1, 2)]
    assert archive.search("ferry mill", removed=True) == [("a3", 1, 1, 2)]
    assert archive.search("mill", removed=True) == []
    assert [name for name, *_ in archive.search("mill", most=3)] == ["a2499", "a2498", "a2497"]
    assert len(archive.search("duc* mill", most=5000)) == 2499


def test_a_word_is_removed_when_it_stands_nowhere_any_more(archive: Archive) -> None:
    caption = "[caption] A Ferry, seen from the mill’s side"
    archive.add("weir", "The ferry rests.", caption)
    archive.add("weir", "The caption rests", caption)
    assert archive.search("ferry", removed=True) == archive.search("rests", removed=True) == []
    archive.take_up()
    archive.add("weir", "Nobody rests here", "[caption] A boat")
    for word in ("ferry", "mill", "mill’s", '"ferry seen"', "fer*"):
        assert archive.search(word, removed=True) == [("weir", 1, 2, 3)], word
    assert archive.search("caption", removed=True) == [("weir", 2, 2, 3)]
    assert archive.search("rests", removed=True) == archive.search("boat", removed=True) == []
    archive.add("weir", "The mill, a ferry")
    assert archive.search("ferry mill", removed=True) == archive.search("ferry", removed=True) == []
    assert archive.search("rests ferry", removed=True) == [("weir", 1, 2, 4)]


def test_words_are_found_without_regard_to_case_and_accents(archive: Archive) -> None:
    archive.add("cafe", "# The CAFÉ on Mühlen Street", "", "[caption] A cup / Ilse Varga")
    for query in ("cafe", "Café muhlen", '"on muhlen"', '"a cup ilse"'):
        assert archive.search(query) == [("cafe", 1, 1, 1)], query
    for query in ("caf", '"cafe mühlen"', "caption", '"street a cup"'):
        assert archive.search(query) == [], query


def test_words_are_found_in_scripts_that_put_no_spaces_between_them(archive: Archive) -> None:
    archive.add("dengon", "# 港の灯台、改修工事始まる", "", "漁師組合は「1日に20隻が影響を受ける」と話した。")
    archive.add("dengon", "# 港の灯台、改修工事始まる", "", "漁師組合は「1日に35隻が影響を受ける」と話した。")
    for query in ("灯台", "漁師 工事", "35隻", "影響を受*", '"組合は"'):
        assert [name for name, *_ in archive.search(query)] == ["dengon"], query
    assert archive.search("20隻", removed=True) == [("dengon", 1, 1, 2)]
    for query in ("台灯", "師漁", "3隻"):
        assert archive.search(query) == [], query


def test_what_comes_back_is_told_from_its_first_to_its_last_revision(archive: Archive) -> None:
    for text in ("The ferry runs.", "The ferry rests.", "The ferry runs.", "It sank."):
        archive.add("ferry", text, "By the harbour office")
        archive.take_up()
    assert archive.search("runs") == archive.search("runs", removed=True) == [("ferry", 1, 3, 4)]
    assert archive.search("rests") == [("ferry", 2, 2, 4)]
    assert archive.search("harbour") == [("ferry", 1, 4, 4)]
    assert archive.search("runs rests") == archive.search("harbour", removed=True) == []
    assert archive.search("harbour sank") == [("ferry", 4, 4, 4)]


@pytest.mark.parametrize("query", ["", "*", '"', "-", "NOT", "a AND", 'text: "x', "(", "^a", "a + b", "\udcff", "💡"])
def test_nothing_that_is_typed_is_an_operator(archive: Archive, query: str) -> None:
    archive.add("plain", "some line")
    assert archive.search(query) == []
    assert archive.search(query, removed=True) == []


def test_what_another_process_takes_up_meanwhile_is_not_taken_up_twice(archive: Archive) -> None:
    archive.add("ferry", "The ferry runs.")

    def read(wanted: Sequence[tuple[str, str]]) -> Iterator[str]:
        archive.take_up()
        return archive.read(wanted)

    archive.index.add_texts(read, most=10)
    assert archive.search("ferry") == [("ferry", 1, 1, 1)]
    archive.add("ferry", "The ferry rests.")
    assert archive.search("runs", removed=True) == [("ferry", 1, 1, 2)]


def test_more_lines_than_an_article_may_have_do_no_harm(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.index.words._SPAN", 4)
    archive.add("list", "one", "two", "three", "four", "five", "six")
    archive.add("ferry", "The ferry runs.")
    assert archive.search("four") == [("list", 1, 1, 1)]
    archive.add("list", "two", "six", "seven")
    assert archive.search("one") == [("list", 1, 1, 2)]
    assert archive.search("two") == [("list", 1, 2, 2)]
    assert archive.search("six") == []
    assert archive.search("ferry") == [("ferry", 1, 1, 1)]
