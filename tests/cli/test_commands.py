"""What people see: output, errors with their four parts, exit codes."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archiver.cli.screen import MOST_ALIKE
from archiver.demo import BRIDGE, FERRY, WAREHOUSE
from archiver.demo.newsroom import Newsroom

from .conftest import Said, look

PAGE = b"""<!DOCTYPE html><html lang="en"><head><title>Ferry timetable</title></head><body><main>
<h1>Ferry to run until midnight</h1><p>The harbour ferry of Tarnhaven will run until midnight from Friday on.</p>
<p>The council pays for the later boats, which it calls a trial of three months.</p>
<p>&ldquo;We will count every passenger,&rdquo; said Ilse Varga, who chairs the council.</p></main></body></html>"""


def test_init_is_harmless_to_repeat_and_refuses_what_is_not_its_own(
    archiver: Callable[..., Said], tmp_path: Path
) -> None:
    first = archiver("init", str(tmp_path / "news"))
    assert (first.code, first.out) == (0, f"archive in {tmp_path / 'news'}\n")
    assert archiver("init", str(tmp_path / "news")).code == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    said = archiver("init", str(tmp_path / "mine"))
    assert said.code == 2
    assert said.err.startswith("error: ")
    assert "thesis.txt" in said.err
    assert "\nhint: " in said.err


def test_a_snapshot_says_what_is_new_and_is_silent_when_asked(
    archiver: Callable[..., Said], news: Path, newsroom: Newsroom
) -> None:
    again = look(archiver, news, newsroom)
    assert (again.code, again.out) == (0, "")
    assert again.err.startswith("4 checked: 4 same")
    assert look(archiver, news, newsroom, "--quiet") == Said(0, "", "")
    newsroom.moment = 3
    changed = look(archiver, news, newsroom)
    assert changed.code == 0
    assert changed.out.startswith("edit ")
    assert "→" in changed.out


def test_quiet_still_tells_what_went_wrong(archiver: Callable[..., Said], news: Path, newsroom: Newsroom) -> None:
    missing = newsroom.url("/town/no-such-story/")
    said = look(archiver, news, newsroom, "--quiet", missing, newsroom.url(FERRY))
    assert said.code == 3
    assert said.out == ""
    assert said.err.startswith(f"error: {missing}: HTTP 404")
    assert len(said.err.splitlines()) == 2
    assert look(archiver, news, newsroom, "--quiet", missing) == Said(3, "", "")


def test_a_name_that_no_resolver_knows(archiver: Callable[..., Said], news: Path) -> None:
    said = archiver("snapshot", "--archive", str(news), "https://courier.invalid/story")
    assert said.code == 4
    assert said.err.startswith("error: https://courier.invalid/story: ")
    assert "\nhint: check the address" in said.err


@pytest.mark.parametrize(("words", "code"), [(["ls"], 1), (["diff", "bridge", "--exit-code"], 2)])
def test_without_git(news: Path, tmp_path: Path, words: list[str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "archiver", "--archive", str(news), *words],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code  # with --exit-code, 1 would say that there are differences
    assert done.stderr.startswith("error: git was not found")
    assert "hint: install git" in done.stderr


def test_snapshot_speaks_json_lines(archiver: Callable[..., Said], news: Path, newsroom: Newsroom) -> None:
    newsroom.moment = 2
    lines = [json.loads(line) for line in look(archiver, news, newsroom, "--json").out.splitlines()]
    assert [line["type"] for line in lines[:-1]] == ["start"] + ["result"] * (len(lines) - 2)
    assert sorted(line["event"] for line in lines[1:-1]) == ["same", "same", "same", "touch"]
    assert lines[-1]["type"] == "summary"
    assert lines[-1]["events"] == {"same": 3, "touch": 1}
    assert {line["schema_version"] for line in lines} == {1}


def test_looking_back(archiver: Callable[..., Said], news: Path, newsroom: Newsroom) -> None:
    for newsroom.moment in (2, 3, 4):
        look(archiver, news, newsroom)
    url = newsroom.url(BRIDGE)
    listed = archiver("ls", "--archive", str(news))
    assert url in listed.out
    assert "(gone)" in listed.out
    log = archiver("--archive", str(news), "log", url)
    assert [line.split()[0] for line in log.out.splitlines()[3:]] == ["r4", "r3", "r1"]
    assert "1 more" in log.err
    assert "r2 " in archiver("log", url, "--all", "--archive", str(news)).out
    shown = archiver("show", f"{url}@r1", "--archive", str(news))
    assert shown.out.startswith("# ")
    assert "captured" in shown.err
    diff = archiver("diff", url, "r2..r3", "--archive", str(news))
    assert diff.code == 0
    assert "[-" in diff.out
    assert "{+" in diff.out
    assert "\x1b" not in diff.out
    assert archiver("diff", url, "r2..r3", "--exit-code", "--archive", str(news)).code == 1
    assert archiver("diff", url, "r3..r3", "--exit-code", "--archive", str(news)).code == 0
    assert "\x1b[" in archiver("diff", url, "--color", "always", "--archive", str(news)).out
    gone = archiver("log", newsroom.url(WAREHOUSE), "--archive", str(news))
    assert "gone" in gone.out
    assert "gone: HTTP 410 Gone" in archiver("diff", newsroom.url(WAREHOUSE), "--archive", str(news)).out
    assert archiver("check", "--archive", str(news)).code == 0


def test_a_log_loads_neither_network_nor_parsers_nor_the_diff(news: Path, newsroom: Newsroom) -> None:
    words = ["log", newsroom.url(BRIDGE), "--archive", str(news)]
    code = f"import sys; from archiver.cli import run; run({words!r}); sys.exit(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "first" in loaded.stdout
    assert "archiver.index" in loaded.stderr.split()
    assert set(loaded.stderr.split()) & {"archiver.diff", "bs4", "httpx", "lxml", "warcio"} == set()


def test_removed_words_are_found(archiver: Callable[..., Said], news: Path, newsroom: Newsroom) -> None:
    for newsroom.moment in (2, 3, 4):
        look(archiver, news, newsroom)
    said = archiver("search", '"last spring"', "--archive", str(news))
    assert "since r1 " in said.out
    assert "not in r4 " in said.out
    assert archiver("search", '"last autumn"', "--removed", "--archive", str(news)).out == ""
    assert "still" in archiver("search", '"last autumn"', "--archive", str(news)).out


def test_a_search_says_when_there_is_more(archiver: Callable[..., Said], news: Path, newsroom: Newsroom) -> None:
    look(archiver, news, newsroom)
    every = archiver("search", "the", "--json", "--archive", str(news))
    found = json.loads(every.out)
    assert len(found["articles"]) > 1
    assert found["more"] is False
    one = archiver("search", "the", "-n", "1", "--json", "--archive", str(news))
    assert json.loads(one.out) == {**found, "articles": found["articles"][:1], "more": True}
    assert "there are more" in archiver("search", "the", "-n", "1", "--archive", str(news)).err


@pytest.mark.parametrize("words", ["ls", "search bridge", "log URL", "show URL", "diff URL r1..r1", "check", "stats"])
def test_every_look_is_one_json_document(
    archiver: Callable[..., Said], news: Path, newsroom: Newsroom, words: str
) -> None:
    said = archiver(*words.replace("URL", newsroom.url(BRIDGE)).split(), "--json", "--archive", str(news))
    assert said.code == 0
    assert json.loads(said.out)["schema_version"] == 1
    assert len(said.out.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["snapsho"], 2, "did you mean 'snapshot'?"),
        (["log"], 2, "ARTICLE"),
        (["snapshot", "--frob"], 2, "--frob"),
        (["log", "no-such-story"], 2, "no such article"),
        (["log", "http"], 2, "no such article"),
        (["show", "URL@r9"], 2, "no such revision"),
        (["show", "URL@2001-01-01"], 2, "no such revision"),
        (["show", "URL@2001-02-30"], 2, "no such day"),
        (["show", "URL@2001-02-03T25:00"], 2, "no such day or time"),
        (["diff", "URL", "r1..2001-13-01"], 2, "no such day"),
        (["diff", "URL", "r1..9999-12-31"], 2, "no such day"),
        (["diff", "URL", "r1..yesterday"], 2, "not a revision"),
        (["diff", "URL@r2"], 2, "diff takes ARTICLE r2"),
        (["diff", "URL"], 2, "nothing before"),
        (["snapshot", "not-an-address"], 2, "not-an-address"),
        (["snapshot", "ftp://courier.example/x"], 2, "ftp"),
        (["snapshot", "https://me:secret@courier.example/x"], 2, "passwords"),
    ],
)
def test_words_that_are_off_are_told_with_what_to_do(
    archiver: Callable[..., Said], news: Path, newsroom: Newsroom, words: list[str], code: int, why: str
) -> None:
    said = archiver(*(word.replace("URL", newsroom.url(BRIDGE)) for word in words), "--archive", str(news))
    assert said.code == code
    assert why in said.err
    assert said.err.startswith("error: ")
    assert "\nhint: " in said.err
    assert "secret" not in said.err


def test_an_ambiguous_name_lists_what_it_may_mean(archiver: Callable[..., Said], news: Path) -> None:
    said = archiver("log", "", "--archive", str(news))
    assert said.code == 2
    assert said.err.count("~") >= 4
    assert "(Lantern Parade Returns To The Fish Market)" in said.err


def test_without_an_archive(archiver: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = archiver("ls")
    assert said.code == 10
    assert "no archive" in said.err
    assert "archiver init" in said.err
    failure = json.loads(archiver("ls", "--json").err)
    assert (failure["type"], failure["code"]) == ("error", 10)


def test_an_archive_is_found_around_you_and_by_name(
    archiver: Callable[..., Said], news: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(news / "articles")
    assert archiver("ls").code == 0
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHIVER_ARCHIVE", str(news))
    assert archiver("ls").code == 0


def test_nothing_reachable_is_exit_4_and_changes_nothing(
    archiver: Callable[..., Said], news: Path, newsroom: Newsroom
) -> None:
    before = archiver("ls", "--json", "--archive", str(news)).out
    said = archiver("snapshot", "--archive", str(news), "--allow-host", "127.0.0.1:9", "http://127.0.0.1:9/story")
    assert said.code == 4
    assert said.err.startswith("error: http://127.0.0.1:9/story: ")
    assert archiver("ls", "--json", "--archive", str(news)).out == before


def test_a_private_address_is_refused_and_the_way_out_is_named(
    archiver: Callable[..., Said], news: Path, newsroom: Newsroom
) -> None:
    said = archiver("snapshot", "--archive", str(news), newsroom.url(BRIDGE))
    assert said.code == 3
    assert f"--allow-host {newsroom.host}" in said.err


def test_a_broken_configuration_is_named_with_its_line(archiver: Callable[..., Said], news: Path) -> None:
    (news / "archiver.toml").write_text("schema = 1\n[fetch]\ndelay = 3\n")
    said = archiver("snapshot", "--archive", str(news))
    assert said.code == 2
    assert "archiver.toml" in said.err
    assert "delay_s" in said.err


def test_check_finds_what_was_damaged(archiver: Callable[..., Said], news: Path) -> None:
    (evidence,) = (news / "captures").rglob("*.warc.gz")
    evidence.unlink()
    said = archiver("check", "--archive", str(news))
    assert said.code == 12
    assert "@r1" in said.out
    assert "hint: " in said.err


def test_extract_prints_the_article_or_why_there_is_none(archiver: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(PAGE)
    (tmp_path / "empty.html").write_bytes(b"")
    said = archiver("extract", str(tmp_path / "page.html"))
    assert said.out.startswith("# Ferry to run until midnight\n")
    record = json.loads(archiver("extract", "--json", str(tmp_path / "page.html")).out)
    assert record["title"] == "Ferry to run until midnight"
    empty = archiver("extract", str(tmp_path / "empty.html"))
    assert (empty.code, empty.out) == (1, "")
    assert "empty.html" in empty.err
    assert archiver("extract", str(tmp_path / "none.html")).code == 2


def test_extract_is_a_filter_that_answers_each_line_at_once() -> None:
    lines = [
        json.dumps({"url": "https://courier.example/ferry", "html_b64": base64.b64encode(PAGE).decode()}),
        "not json",
        json.dumps({"url": "https://courier.example/ferry"}),
        json.dumps({"url": None, "html_b64": ""}),
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "archiver", "extract", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        answers = []
        for line in lines:
            child.stdin.write(line + "\n")
            child.stdin.flush()
            answers.append(json.loads(child.stdout.readline()))
        child.stdin.close()
    assert child.returncode == 0
    assert answers[0]["title"] == "Ferry to run until midnight"
    assert answers[0]["text"].count("\n") == 2
    assert "error" in answers[1]
    assert "error" in answers[2]
    assert answers[3]["text"] == ""


def test_a_reader_that_leaves_is_no_error(news: Path) -> None:
    command = f"{sys.executable} -m archiver --archive {news} ls | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_demonstration_runs_offline_and_twice(archiver: Callable[..., Said], tmp_path: Path) -> None:
    for _ in range(2):
        said = archiver("demo", str(tmp_path / "demo"))
        assert said.code == 0, said.err
        for found in ("first", "touch", "edit", "gone", "{+"):
            assert found in said.out
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    assert archiver("demo", str(tmp_path / "mine")).code == 2
    assert (tmp_path / "mine" / "thesis.txt").exists()


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_was_closed_is_no_error(news: Path, closed: str) -> None:
    command = f'exec "$0" -m archiver --archive "$1" ls {closed}'
    said = subprocess.run(["sh", "-c", command, sys.executable, str(news)], capture_output=True, check=False)
    assert (said.returncode, said.stderr) == (0, b"")


def test_output_that_no_terminal_reads_is_utf_8_whatever_the_locale(news: Path, newsroom: Newsroom) -> None:
    words = [sys.executable, "-m", "archiver", "--archive", str(news), "show", newsroom.url(BRIDGE)]
    said = subprocess.run(words, env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False)
    assert said.returncode == 0
    assert "“Nobody on this council" in said.stdout.decode("utf-8")


def test_pages_of_a_site_that_go_wrong_alike_are_counted(
    archiver: Callable[..., Said], news: Path, newsroom: Newsroom
) -> None:
    missing = [newsroom.url(f"/town/no-such-story-{number}/") for number in range(8)]
    said = look(archiver, news, newsroom, "--quiet", *missing)
    assert said.code == 3
    assert len(re.findall("^error: .*/no-such-story-[0-9]/: HTTP 404", said.err, re.MULTILINE)) == MOST_ALIKE
    assert said.err.endswith(
        f"\nerror: http://{newsroom.host}: the same of {8 - MOST_ALIKE} more pages: HTTP 404 Not Found\n"
    )
    assert look(archiver, news, newsroom, "--verbose", *missing).err.count("HTTP 404") == 8


def test_a_run_with_nothing_due_says_so(archiver: Callable[..., Said], news: Path, newsroom: Newsroom) -> None:
    words = ("--archive", str(news), "--allow-host", newsroom.host)
    assert archiver("watch", "add", "--kind", "article", newsroom.url(BRIDGE), "--archive", str(news)).code == 0
    assert "nothing is due yet; 'archiver snapshot --all'" in archiver("snapshot", *words).err


@pytest.mark.parametrize("words", [(), ("watch",), ("held",)])
def test_without_a_command_it_says_which_there_are(archiver: Callable[..., Said], words: tuple[str, ...]) -> None:
    said = archiver(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("Usage: archiver ")
    assert "\n  ls " in said.err


def test_help_is_no_misspelt_command(archiver: Callable[..., Said]) -> None:
    assert "did you mean" not in archiver("help").err


def test_in_a_folder_that_was_removed(
    archiver: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    said = archiver("ls")
    assert said.code == 10
    assert said.err == "error: the folder you are in was removed\nhint: change to another one: cd ..\n"
    monkeypatch.chdir(tmp_path)
