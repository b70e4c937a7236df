"""What people see of watching: what was found, what is due, how the sources stand, what is held."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest

import archiver as package
from archiver.demo.newsroom import Newsroom
from archiver.query import Archive

from .conftest import Said

Command = Callable[..., Said]


@pytest.fixture
def desk(tmp_path: Path, archiver: Command, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty archive that may contact the fictional newspaper, and is the one around us."""
    path = tmp_path / "news"
    assert archiver("init", str(path)).code == 0
    config = path / "archiver.toml"
    text = config.read_text().replace("delay_s = 2.0", "delay_s = 0.0")
    config.write_text(text.replace("allow_hosts = []", f'allow_hosts = ["{newsroom.host}"]'))
    monkeypatch.chdir(path)
    return path


def test_a_home_page_is_recognised_watched_and_looked_at(desk: Path, archiver: Command, newsroom: Newsroom) -> None:
    home = newsroom.url("/")
    before = (desk / "archiver.toml").read_text()
    said = archiver("watch", "add", home, "--dry-run")
    assert said.code == 0
    assert said.out.startswith(f"would be added: section  {home}")
    assert (desk / "archiver.toml").read_text() == before
    assert archiver("watch", "add", home, "--tag", "town", "--max-age", "5000d").out.startswith("added: section")
    assert (desk / "archiver.toml").read_text().startswith(before)
    assert archiver("watch", "add", home).out.startswith("watched already: section")
    assert archiver("watch", "ls").out == f"section  {home}  (max age 5000d, #town)\n"
    due = archiver("snapshot", "--dry-run").out.splitlines()
    assert len(due) == 4
    assert all(line.startswith("new     http://") for line in due)
    assert archiver("snapshot", "--limit", "1").err.endswith("1 checked: 1 first\n")
    assert archiver("snapshot").err.endswith("3 checked: 3 first\n")
    assert archiver("snapshot").err.startswith("nothing is due")
    assert archiver("snapshot", "--all").err.endswith("4 checked: 4 same\n")


def test_a_list_is_watched_line_by_line(desk: Path, archiver: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("# ours\nhttps://a.example/x  # the first\n\nhttps://a.example/y#top\n"))
    said = archiver("watch", "add", "--kind", "article", "-i", "-", "--json")
    assert [watch["url"] for watch in json.loads(said.out)["watches"]] == ["https://a.example/x", "https://a.example/y"]
    assert len(json.loads(archiver("watch", "ls", "--json").out)["watches"]) == 2


def test_watches_are_paused_resumed_and_removed(desk: Path, archiver: Command) -> None:
    url = "https://a.example/rss.xml"
    archiver("watch", "add", "--kind", "feed", url)
    assert archiver("watch", "pause", url).code == 0
    assert archiver("watch", "ls").out == f"feed     {url}  (paused)\n"
    assert archiver("snapshot").err.startswith("nothing is due"), "and nothing was asked for"
    assert json.loads(archiver("watch", "resume", url, "--json").out)["watches"][0]["paused"] is False
    assert archiver("watch", "ls").out == f"feed     {url}\n"
    assert archiver("watch", "rm", url).code == 0
    assert archiver("watch", "ls").err.startswith("nothing is watched")
    said = archiver("watch", "rm", url)
    assert (said.code, said.err.splitlines()[0]) == (2, f"error: {url}: not watched")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("watch", "add"), 2, "name an address"),
        (("watch", "add", "courier.example"), 2, "did you mean https://courier.example/"),
        (("watch", "add", "--kind", "feed", "--max-age", "soon", "https://a.example/"), 2, "length of time"),
        (("watch", "add", "https://courier.invalid/"), 3, "cannot be resolved"),
        (("held", "release", "https://a.example/"), 2, "no such page is held"),
        (("status", "--max-age", "soon"), 2, "no length of time"),
        (("snapshot", "--wait", "soon"), 2, "no length of time"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    desk: Path, archiver: Command, words: tuple[str, ...], code: int, message: str
) -> None:
    before = (desk / "archiver.toml").read_text()
    said = archiver(*words)
    assert said.code == code
    assert message in said.err
    assert (desk / "archiver.toml").read_text() == before


def test_status_is_stale_when_a_source_fails_or_nothing_runs(desk: Path, archiver: Command, newsroom: Newsroom) -> None:
    assert archiver("status").code == 0
    said = archiver("status", "--max-age", "26h")
    assert (said.code, said.err) == (3, "stale: no run since the archive was made\n")
    archiver("watch", "add", "--kind", "feed", newsroom.url("/"))
    codes = [archiver("snapshot", "--quiet") for _ in range(4)]
    assert [said.code for said in codes] == [3, 3, 3, 3]
    told = [said.err.splitlines()[:1] for said in codes]
    assert told == [[], [], [f"failing: {newsroom.url('/')}: an HTML page, not a feed"], []]
    said = archiver("status")
    assert said.code == 3
    assert said.out.startswith(f"failing  feed     {newsroom.url('/')}  0 articles, never seen well, failed 4 times")
    assert json.loads(archiver("status", "--json").out)["sources"][0]["health"] == "failing"


def test_a_run_waits_for_another_one_to_finish(desk: Path, archiver: Command) -> None:
    held, done = Signal(), Signal()

    def hold() -> None:
        with Archive.open(desk) as archive, archive.store.lock(datetime(2026, 3, 2, tzinfo=UTC)):
            held.set()
            done.wait(10)

    other = Thread(target=hold)
    other.start()
    assert held.wait(10)
    assert archiver("snapshot").code == 11
    done.set()
    assert archiver("snapshot", "--wait", "1m").code == 0
    other.join()


def test_held_lists_nothing_at_first(desk: Path, archiver: Command) -> None:
    assert archiver("held", "ls").err == "nothing is held\n"
    assert json.loads(archiver("held", "ls", "--json").out)["held"] == []


def test_what_is_held_is_listed_and_dropped(desk: Path, archiver: Command, newsroom: Newsroom) -> None:
    home = newsroom.url("/")
    assert archiver("snapshot", home).code == 3
    assert [check["url"] for check in json.loads(archiver("held", "ls", "--json").out)["held"]] == [home]
    dropped = json.loads(archiver("held", "drop", home, "--json").out)
    assert (dropped["type"], dropped["event"], dropped["url"]) == ("result", "dropped", home)
    assert archiver("held", "ls").err == "nothing is held\n"


def test_progress_is_shown_on_a_terminal_and_wiped_after(desk: Path, archiver: Command, newsroom: Newsroom) -> None:
    archiver("watch", "add", newsroom.url("/"))
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "archiver", "snapshot"]
    environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parents[1])}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, env=environment, timeout=60, check=True)
    os.close(theirs)
    said = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "checked 2 of 4" in said
    assert said.split("\x1b[K")[-1] == "4 checked: 4 first\r\n"
    assert b"checked" not in done.stdout


def test_a_section_page_named_as_an_article_is_held_and_the_way_on_is_told(
    desk: Path, archiver: Command, newsroom: Newsroom
) -> None:
    said = archiver("snapshot", newsroom.url("/"))
    assert said.code == 3
    assert "'archiver watch add URL' looks for articles there" in said.err
    listed = archiver("held", "ls")
    assert newsroom.url("/") in listed.out
    assert "archiver held release URL" in listed.err
    assert archiver("held", "drop", newsroom.url("/")).code == 0
    assert archiver("held", "ls").err == "nothing is held\n"


def test_a_max_age_that_is_none_is_told_as_it_was_given(desk: Path, archiver: Command) -> None:
    said = archiver("watch", "add", "--kind", "feed", "--max-age", "3x", "https://courier.example/rss.xml")
    assert said.code == 2
    assert said.err.startswith("error: 3x: no length of time\nhint: ")
