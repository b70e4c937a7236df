from __future__ import annotations

from datetime import date

import pytest

from archiver.recipes import LONGEST_PATTERN, Recipe, choose, problem_of, read_line

OLD = Recipe(host="paper.example", valid_until=date(2031, 3, 31))
NEW = Recipe(host="paper.example")
LOCAL = Recipe(host="town.paper.example")


@pytest.mark.parametrize(
    ("url", "on", "chosen"),
    [
        ("https://paper.example/a", date(2031, 3, 31), OLD),
        ("https://paper.example/a", date(2031, 4, 1), NEW),
        ("https://www.paper.example/a", date(2031, 4, 1), NEW),
        ("https://town.paper.example/a", date(2031, 4, 1), LOCAL),
        ("https://notpaper.example/a", date(2031, 4, 1), None),
    ],
)
def test_the_recipe_that_fits_the_host_and_the_day(url: str, on: date, chosen: Recipe | None):
    assert choose((NEW, LOCAL, OLD), url, on) is chosen


def test_a_pattern_names_the_parts_of_a_line():
    assert read_line("By {author}, {published}", "By Ada Quill, 6 May 2031") == {
        "author": "Ada Quill",
        "published": "6 May 2031",
    }
    assert read_line("Stand: {modified} Uhr", "Stand:  6. Mai 2031, 20:38 Uhr") == {"modified": "6. Mai 2031, 20:38"}
    assert read_line("By {author}", "Text: Ada Quill") is None


def test_a_pattern_is_never_a_regular_expression():
    assert read_line("(a+)+$ {author}", "(a+)+$ Ada") == {"author": "Ada"}
    assert read_line("{a} {b} {c}", "x" * 100_000) is None


@pytest.mark.parametrize(
    ("pattern", "usable"),
    [
        ("By {author}", True),
        ("no name", False),
        ("{a} {b} {c} {d}", False),
        ("{author} {author}", False),
        ("{not a name}", False),
        ("{author}" + "x" * LONGEST_PATTERN, False),
    ],
)
def test_what_makes_a_pattern_unusable_is_said(pattern: str, usable: bool):
    assert (problem_of(pattern) == "") is usable
