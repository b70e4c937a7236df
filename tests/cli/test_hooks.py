"""Hooks: the user's own code for the pages of one newsroom, through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from archiver.ahead import ReaderAhead
from archiver.demo.newsroom import Newsroom
from archiver.hooks import Hooks
from archiver.model import Event
from archiver.query import Archive
from archiver.reading import Reader
from tests.cli.conftest import Said, look

PAGE = """<html><body><h1>Tram line opens</h1><p>The first tram left Brisk at six with two hundred people on board.</p>
<p class="credo">The Courier belongs to its readers, and to nobody else in this valley or the next.</p></body></html>"""
HOOK = """
def courier(soup, url):
    assert url.startswith("http")
    for tag in soup.select("{selector}"):
        {action}

HOOKS = {{"{host}": courier}}
"""


@pytest.fixture
def page(tmp_path: Path) -> str:
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    return str(path)


@pytest.fixture
def hooks(tmp_path: Path) -> Callable[..., str]:
    def write(host: str = "courier.example", selector: str = ".credo", action: str = "tag.decompose()") -> str:
        path = tmp_path / "hooks.py"
        path.write_text(HOOK.format(host=host, selector=selector, action=action))
        return str(path)

    return write


def revisions(path: Path) -> list[tuple[Event, str, str]]:
    with Archive.open(path) as archive:
        found = [one for entry in archive.entries() for one in archive.history(entry.latest.key)]
        return [(one.event, one.recipe, one.summary) for one in found]


def latest_recipes(path: Path) -> list[str]:
    with Archive.open(path) as archive:
        return [entry.latest.recipe for entry in archive.entries()]


def test_a_hook_changes_the_page_of_its_host_only(archiver: Callable[..., Said], page: str, hooks: Callable[..., str]):
    file = hooks()
    for url, is_left in (("https://www.courier.example/tram", False), ("https://notcourier.example/tram", True)):
        said = archiver("extract", page, "--url", url, "--hooks", file)
        assert (said.code, "belongs to its readers" in said.out) == (0, is_left)
    said = archiver("explain", page, "--url", "https://courier.example/tram", "--hooks", file)
    assert f"hook        courier for courier.example, in {file}" in said.out
    told = json.loads(archiver("explain", page, "--url", "https://x.example/", "--hooks", file, "--json").out)
    assert told["hook"] == ""


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("x = ", "SyntaxError"),
        ("import no_such_module_here", "no_such_module_here"),
        ("x = 1", "lists no hooks"),
        ("HOOKS = {'courier.example': 'rm'}", "no host with a function"),
    ],
)
def test_a_file_without_hooks_is_refused(
    archiver: Callable[..., Said], page: str, tmp_path: Path, source: str, why: str
):
    file = tmp_path / "hooks.py"
    file.write_text(source)
    said = archiver("extract", page, "--hooks", str(file))
    assert (said.code, said.out) == (2, "")
    assert str(file) in said.err
    assert why in said.err
    assert archiver("extract", page, "--hooks", str(tmp_path / "none.py")).code == 2


def test_a_hook_that_raises_costs_its_page(archiver: Callable[..., Said], page: str, hooks: Callable[..., str]):
    said = archiver("extract", page, "--url", "https://courier.example/", "--hooks", hooks(action="tag['no']"))
    assert said.code == 1
    assert "the hook failed: KeyError: 'no'" in said.err
    assert "line 5" in said.err


def test_a_hook_is_no_edit_when_it_comes_nor_when_it_goes(
    archiver: Callable[..., Said], news: Path, newsroom: Newsroom, hooks: Callable[..., str]
):
    file = hooks(host="127.0.0.1", selector="p:last-of-type")
    first = revisions(news)
    assert archiver("reextract", "--archive", str(news), "--all", "--hooks", file).code == 0
    came = [one for one in revisions(news) if one not in first]
    assert {event for event, _, _ in came} == {Event.REEXTRACT}
    assert all("+hook-" in recipe for _, recipe, _ in came)
    assert archiver("reextract", "--archive", str(news), "--all", "--hooks", file).code == 0
    assert len(revisions(news)) == len(first) + len(came)

    newsroom.moment = 3
    look(archiver, news, newsroom)
    with Archive.open(news) as archive:
        histories = [archive.history(entry.latest.key)[1:] for entry in archive.entries()]
    edited = [history for history in histories if any(one.event is Event.EDIT for one in history)]
    assert edited
    for _, again, edit in edited:
        assert (again.event, edit.event) == (Event.REEXTRACT, Event.EDIT)
        assert "the hook that it was read with is missing" in again.summary

    assert archiver("reextract", "--archive", str(news), "--all").code == 0
    assert not any("+hook-" in recipe for recipe in latest_recipes(news))


def test_a_hook_that_raises_in_a_run_fails_its_pages_and_nothing_is_kept(
    archiver: Callable[..., Said], news: Path, newsroom: Newsroom, hooks: Callable[..., str]
):
    before = revisions(news)
    newsroom.moment = 2
    file = hooks(host="127.0.0.1", selector="p", action="raise ValueError('no')")
    assert "the hook failed: ValueError: no" in (said := look(archiver, news, newsroom, "--hooks", file)).err + said.out
    assert said.code == 3
    said = archiver("reextract", "--archive", str(news), "--all", "--hooks", file)
    assert "the hook failed" in said.err + said.out
    assert revisions(news) == before


def test_hooks_reach_the_processes_that_read_ahead(hooks: Callable[..., str], news: Path, newsroom: Newsroom):
    with Archive.open(news) as archive:
        captures = [archive.capture(entry.latest) for entry in archive.entries()]
    own = Hooks.read(hooks(host="127.0.0.1", selector="p:last-of-type"))
    with ReaderAhead((), own) as ahead:
        for _ in range(100):
            ahead.read(captures[0])
        for capture in captures:
            ahead.begin(capture)
        found = [ahead.read(capture) for capture in captures]
    assert found == [Reader((), own).read(capture) for capture in captures]
    assert found != [Reader().read(capture) for capture in captures]


def test_installed_packages_give_hooks_by_their_entry_points(
    archiver: Callable[..., Said],
    page: str,
    hooks: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    hooks()
    (tmp_path / "hooks.py").rename(tmp_path / "courier_hooks.py")
    about = tmp_path / "courier_hooks-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: courier-hooks\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[archiver.hooks]\ncourier = courier_hooks:HOOKS\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    said = archiver("explain", page, "--url", "https://courier.example/tram")
    assert "hook        courier for courier.example, in the entry point courier = courier_hooks:HOOKS" in said.out
    assert Reader((), Hooks()).recipe_id("https://courier.example/").startswith("none+hook-")
