"""`archiver explain` shows what was found on a page, and applies the recipes of the archive around it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.cli import run
from archiver.demo import BRIDGE
from archiver.demo.newsroom import Newsroom

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
    assert "headline +  h1      Ferry to run late" in shown
    assert "\n+ The harbour ferry of Tarnhaven" in shown
    assert "\n- Town\n" in shown
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
