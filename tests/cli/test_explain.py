"""`archiver explain` shows what was found on a page, and applies the recipes of the archive around it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.cli import run
from archiver.demo import BRIDGE
from archiver.demo.newsroom import Newsroom
from archiver.extract import explain
from archiver.render.explained import explained_lines
from archiver.render.page import columns

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Ferry to run late | Courier</title></head><body>
<ul class="menu"><li><a href="/town/">Town</a></li><li><a href="/harbour/">Harbour</a></li></ul>
<main><h1>Ferry to run late</h1><h2 class="kicker">Harbour diary</h2>
<p>The harbour ferry of Tarnhaven will run until midnight from Friday on, the council decided on Monday.</p>
<p>The council pays for the later boats, which it calls a trial of three months with no promise after it.</p></main>
</body></html>"""


def test_each_block_is_shown_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    assert run(["explain", str(path)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("article     yes, 3 of 6 blocks, 39 words\nheadline    + h1      Ferry to run late\n")
    assert "\n+ The harbour ferry of Tarnhaven" in shown
    assert "\n  … 2 short or linked blocks outside the article, 2 words\n" in shown
    assert run(["explain", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [block["text"] for block in found["blocks"] if block["kept"]][-1].startswith("The council pays")


def test_a_page_is_fetched_and_the_archive_s_recipe_applied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], newsroom: Newsroom
) -> None:
    archive = tmp_path / "news"
    assert run(["init", str(archive)]) == 0
    with (archive / "archiver.toml").open("a", encoding="utf-8") as config:
        config.write('\n[[recipe]]\nhost = "127.0.0.1"\ndrop = [".copy p:first-child"]\n')
    capsys.readouterr()
    words = ["explain", newsroom.url(BRIDGE), "--allow-host", newsroom.host, "--json"]
    assert run([*words, "--archive", str(archive)]) == 0
    with_recipe = json.loads(capsys.readouterr().out)
    assert run(words) == 0
    without = json.loads(capsys.readouterr().out)
    assert (with_recipe["recipe"]["host"], without["recipe"]) == ("127.0.0.1", None)
    assert kept(without)[1:] == kept(with_recipe)


def kept(found: dict[str, list[dict[str, object]]]) -> list[object]:
    return [block["text"] for block in found["blocks"] if block["kept"] and block["reason"] != "caption"]


@pytest.mark.parametrize(("page", "code"), [("none.html", 2), ("https://courier.invalid/x", 1)])
def test_what_cannot_be_read_is_told(page: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", page]) == code
    assert capsys.readouterr().err.startswith(f"error: {page}: ")


PAGES = {
    "an article": PAGE.replace("<h2", "<p class='by'>By Ada Quill, 3 May 2031</p><h2"),
    "in wide letters": PAGE.replace("The harbour ferry", "港町の図書館は来年春に移転する方針を明らかにした" * 5),
    "no article": "<title>Ferries</title><ul>" + "<li><a href='/x'>Ferry to run late on Friday night</a></li>" * 40,
    "empty": "",
    "hostile": PAGE.replace("late</h1>", "late \x1b[2J\u202e</h1>").replace("kicker", "k" * 300),
}
ALONE: dict[str, object] = {"hook": "", "clock": "", "pages": [], "next_page": ""}


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", PAGES)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    found = explain(PAGES[name]) | ALONE
    lines = list(explained_lines(found, width))
    assert max(map(columns, lines)) <= width
    assert "".join(lines).isprintable()


def test_a_puzzled_reader_finds_the_verdict_first_and_everything_with_its_origin() -> None:
    lines = list(explained_lines(explain(PAGES["an article"]) | ALONE, 80))
    assert lines[:5] == [
        "article     yes, 3 of 7 blocks, 39 words",
        "headline    + h1      Ferry to run late",
        "headline    - title   Ferry to run late | Courier",
        "byline      + By Ada Quill (Ada Quill)",
        "published   + text    2031-05-03                 3 May 2031",
    ]
    refused = list(explained_lines(explain(PAGES["no article"]) | ALONE, 80))
    assert refused[0] == "article     no: the page is a list of other pages"
    assert refused[-1] == "  … 40 short or linked blocks outside the article, 280 words"


def test_the_next_page_of_a_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE.replace("<title>", "<link rel='next' href='/ferry?page=2'><title>"), encoding="utf-8")
    assert run(["explain", str(path), "--url", "https://courier.example/ferry"]) == 0
    told = "goes on at  https://courier.example/ferry?page=2 (a file is read by itself)"
    assert told in capsys.readouterr().out
