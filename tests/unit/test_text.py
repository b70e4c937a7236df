from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.text import clean, fold, word_count

ODD = "e\u0301\u200d\u200c\u200b\u00ad ब\u094d\u0930\ud800\u202e\u0600\x1b\n\u3099か\u1100\u1161\u2126"
TEXT = st.text(alphabet=st.one_of(st.characters(), st.sampled_from(ODD)))


@given(TEXT)
def test_clean_is_idempotent_and_one_line(text: str):
    line = clean(text)
    assert clean(line) == line
    assert line == " ".join(line.split())
    assert unicodedata.is_normalized("NFC", line)
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in line)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  two\n\t words\u00a0\u2003here ", "two words here"),
        ("co\u00adoperate\u200b", "cooperate"),
        ("\ufeff\u202eevil\u202c \x1b[31mred\x00", "evil [31mred"),
        ("Cafe\u0301", "Café"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("a\u200cb", "ab"),
        ("👩\u200d🚒 at work", "👩\u200d🚒 at work"),
        ("“Don’t – ever…”", "“Don’t – ever…”"),
        ("\u06dd", "\u06dd"),
        ("lone \ud800 half", "lone half"),
    ],
)
def test_what_is_dropped_and_what_is_kept(before: str, after: str):
    assert clean(before) == after


def test_minified_and_indented_texts_are_the_same():
    assert clean("The  bridge\n        is closed.") == clean("The bridge is closed.")


@pytest.mark.parametrize("text", ["हिन्दी समाचार", "தமிழ் செய்தி", "ข่าว น้ำท่วม", "خَبَر جديد", "חֲדָשׁוֹת היום"])
def test_fold_breaks_no_word_at_its_signs(text: str) -> None:
    assert len(fold(f"„{text}“!").split()) == 2


def test_fold_tells_words_apart_by_their_vowel_signs():
    assert fold("दिन") != fold("दान")


def test_fold_keeps_the_words_alone():
    assert fold("“Über  die BRÜCKE!” – Nr. 5") == "über die brücke nr 5"


@pytest.mark.parametrize(
    ("text", "count"), [("three plain words", 3), ("図書館は移転する", 4), ("", 0), ("Straße nach Süden", 3)]
)
def test_words_are_counted_in_any_script(text: str, count: int):
    assert word_count(text) == count
