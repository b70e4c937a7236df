"""A recipe changes how pages are read, and that is never taken for an edit."""

from __future__ import annotations

import pytest

from archiver.cli import run
from archiver.model import Event
from archiver.query import Archive

from .conftest import PARAGRAPHS, Desk, Served, page

BRIDGE = "/town/old-quay-bridge/"
RECIPE = """
[[recipe]]
host = "127.0.0.1"
headline = "p.byline"
drop = ["main > p:last-child"]
"""


def add(desk: Desk, text: str) -> None:
    with (desk.path / "archiver.toml").open("a", encoding="utf-8") as config:
        config.write(text)


def test_a_new_recipe_is_a_reextraction_and_an_edit_beside_it_an_edit(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    add(desk, RECIPE)
    desk.site.pages[BRIDGE] = Served(page(*PARAGRAPHS[:2], PARAGRAPHS[2].replace("1,400", "1,900"), *PARAGRAPHS[3:]))
    desk.look(1, BRIDGE)
    first, again, edit = desk.history(BRIDGE)
    assert [again.event, edit.event] == [Event.REEXTRACT, Event.EDIT]
    assert edit.changes == ("number",)
    assert first.recipe == "none"
    assert again.recipe == edit.recipe != "none"
    assert again.extractor == first.extractor
    with Archive.open(desk.path) as archive:
        assert PARAGRAPHS[-1] in archive.article(first).text
        assert PARAGRAPHS[-1] not in archive.article(edit).text


def test_an_outdated_recipe_reads_pages_of_its_time_and_no_newer_ones(desk: Desk) -> None:
    add(desk, RECIPE + "valid_until = 2026-03-02\n")
    desk.site.pages |= {BRIDGE: Served(page()), "/town/parade/": Served(page())}
    desk.look(0, BRIDGE)
    desk.look(24, "/town/parade/")
    assert desk.history(BRIDGE)[0].headline == "By Ada Quill March 1, 2026"
    assert desk.history("/town/parade/")[0].headline == "Old quay bridge to close for eleven months"


@pytest.mark.parametrize(
    ("test", "code", "said"),
    [
        ('headline = "By Ada Quill March 1, 2026"\nmin_paragraphs = 4', 0, ""),
        ("min_paragraphs = 40", 1, "4 paragraphs, not 40"),
        ('authors = ["Bo Lind"]', 1, "the authors are Ada Quill"),
        ('url = "http://127.0.0.1:9/other"', 1, "no such article"),
    ],
)
def test_a_recipe_is_held_against_its_own_tests(
    desk: Desk, capsys: pytest.CaptureFixture[str], test: str, code: int, said: str
) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    url = "" if test.startswith("url") else f'url = "{desk.site.url(BRIDGE)}"\n'
    add(desk, f"{RECIPE}[[recipe.tests]]\n{url}{test}\n")
    assert run(["check", "--recipes", "--archive", str(desk.path)]) == code
    out, err = capsys.readouterr()
    assert said in out
    assert ("tests of recipes passed: 1" in err) is (code == 0)


def test_without_tests_of_recipes_that_is_said(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    add(desk, RECIPE)
    assert run(["check", "--recipes", "--archive", str(desk.path)]) == 0
    assert "no recipe in archiver.toml carries tests" in capsys.readouterr().err
