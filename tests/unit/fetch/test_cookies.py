from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.fetch.cookies import Jar

NOW = datetime(2031, 3, 4, 9, 30, tzinfo=UTC)
PAGE = "https://courier.example/news/story"


def sent(url: str, *lines: str) -> str:
    jar = Jar()
    for line in lines:
        jar.keep(line, PAGE, NOW)
    return jar.line(url)


@pytest.mark.parametrize(
    ("line", "url", "expected"),
    [
        ("a=1", PAGE, "a=1"),
        (" a = b=c ; HttpOnly", PAGE, "a=b=c"),
        ("a=", PAGE, "a="),
        ('a="q"', PAGE, 'a="q"'),
        ("a=1; Domain=example", PAGE, "a=1"),
        ("a=1", "https://courier.example/news", "a=1"),
        ("a=1", "https://courier.example/newsroom", ""),
        ("a=1", "https://courier.example/", ""),
        ("a=1; Path=/", "https://courier.example/", "a=1"),
        ("a=1; path=/news/", "https://courier.example/news", ""),
        ("a=1; Path=sports", "https://courier.example/news/x", "a=1"),
        ("a=1; Secure; Path=/", "http://courier.example/", ""),
        ("a=1; Max-Age=60", PAGE, "a=1"),
        ("a=1; Max-Age=0", PAGE, ""),
        ("a=1; Max-Age=-1", PAGE, ""),
        ("a=1; Max-Age=soon", PAGE, "a=1"),
        ("a=1; Expires=Tue, 04 Mar 2031 09:30:01 GMT", PAGE, "a=1"),
        ("a=1; Expires=Thu, 01-Jan-1970 00:00:00 GMT", PAGE, ""),
        ("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", PAGE, "a=1"),
        ("a=1; Expires=Tue, 99 Foo 0000 99:99:99 GMT", PAGE, "a=1"),
        ("a", PAGE, ""),
        ("=1", PAGE, ""),
        ("", PAGE, ""),
        ("a=" + "x" * 5000, PAGE, ""),
    ],
)
def test_what_is_kept_is_sent_where_it_belongs(line: str, url: str, expected: str) -> None:
    assert sent(url, line) == expected


def test_a_later_cookie_replaces_an_earlier_one_and_may_take_it_back() -> None:
    assert sent(PAGE, "a=1", "b=2", "a=3") == "b=2; a=3"
    assert sent(PAGE, "a=1", "b=2", "a=; Max-Age=0") == "b=2"


def test_longer_paths_come_first() -> None:
    assert sent(PAGE, "a=1; Path=/", "a=2; Path=/news") == "a=2; a=1"


def test_a_jar_is_bounded() -> None:
    assert len(sent(PAGE, *(f"n{number}=1" for number in range(1000))).split("; ")) == 50


@given(st.lists(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")), max_size=5))
def test_keeping_is_total(lines: list[str]) -> None:
    sent(PAGE, *lines).encode("latin-1")
