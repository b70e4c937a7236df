"""Looking after an archive: checks that find what is wrong, repairs that lose nothing, safe copies, evidence to see."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from archiver.cli import run
from archiver.errors import ForeignArchive
from archiver.model import Event
from archiver.query import Archive

from .conftest import PARAGRAPHS, START, Desk, Served, page

BRIDGE = "/town/old-quay-bridge/"
PARADE = "/town/lantern-parade/"
EDITED = page(*PARAGRAPHS[:2], PARAGRAPHS[2].replace("1,400", "1,900"), *PARAGRAPHS[3:])
WALL = page("Read on with a subscription, from four crowns a month.")


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def call(*words: str | Path) -> Said:
        code = run([str(word) for word in words])
        return Said(code, *capfd.readouterr())

    return call


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """An archive with two articles, one of them edited, and a page that is held."""
    desk.site.pages |= {BRIDGE: Served(page()), PARADE: Served(page(headline="Lantern parade returns"))}
    desk.look(0, BRIDGE, PARADE)
    desk.site.pages[BRIDGE] = Served(EDITED)
    desk.look(1)
    desk.site.pages[PARADE] = Served(WALL)
    desk.look(2)
    return desk


def check(said: Callable[..., Said], desk: Desk, *options: str) -> Said:
    return said("check", "--archive", desk.path, *options)


def user(path: Path, *words: str) -> str:
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@brookmere.example"]
    return subprocess.run(["git", "-C", path, *who, *words], capture_output=True, text=True, check=True).stdout


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.chmod(0o600)
    path.write_bytes(data)


class TestCheck:
    def test_a_whole_archive_is_whole(self, said, desk):
        for options in ([], ["--read-data"], ["--repair"]):
            assert check(said, desk, *options).code == 0

    @pytest.mark.parametrize("options", [[], ["--read-data"]])
    def test_lost_evidence_is_named_with_what_pointed_to_it(self, said, desk, options):
        for path in (desk.path / "captures").rglob("*.warc.gz"):
            path.unlink()
        shutil.rmtree(desk.path / ".archiver")
        found = check(said, desk, *options)
        assert found.code == 12
        assert found.out.count("is missing") == 3
        assert found.out.count("its capture is not there") == 4
        again = check(said, desk, "--repair", *options)
        assert (again.code, again.out) == (12, found.out)

    def test_evidence_that_was_known_and_is_lost_is_noticed_without_reading(self, said, desk):
        assert check(said, desk).code == 0
        (desk.path / "captures").rename(desk.path / "elsewhere")
        found = check(said, desk)
        assert found.code == 12
        assert "@r1: its capture is not there" in found.out
        assert "lantern-parade/ in run" in found.out

    def test_a_flipped_bit_of_evidence_is_found_by_reading(self, said, desk):
        path = sorted((desk.path / "captures").rglob("*.warc.gz"))[1]
        flip(path)
        found = check(said, desk, "--read-data")
        assert found.code == 12
        assert "@r2" in found.out
        assert "@r1" not in found.out

    def test_a_damaged_object_is_found(self, said, desk):
        packs = sorted((desk.path / ".git" / "objects" / "pack").glob("*.pack"), key=lambda path: path.stat().st_mtime)
        flip(packs[1])
        found = check(said, desk, "--read-data")
        assert found.code == 12
        assert "git: " in found.out

    def test_when_nothing_can_be_read_it_says_so(self, said, desk):
        for pack in (desk.path / ".git" / "objects" / "pack").glob("*.pack"):
            pack.unlink()
        assert said("ls", "--archive", desk.path).code == 12

    def test_a_check_log_that_was_altered_or_damaged_is_named_and_nothing_else_stops(self, said, desk):
        first, *_ = sorted((desk.path / "runs").rglob("*.jsonl.gz"))
        first.write_bytes(first.read_bytes()[:-20])
        shutil.rmtree(desk.path / ".archiver")
        found = check(said, desk)
        assert found.code == 12
        assert first.name[:16] in found.out
        assert said("ls", "--archive", desk.path).out.count("~") == 0
        assert said("log", "old-quay", "--archive", desk.path).code == 0

    def test_files_are_restored_and_what_people_did_is_named_and_stays(self, said, desk):
        bridge, parade = sorted((desk.path / "articles").rglob("article.md"))
        deleted, changed = (bridge, parade) if "bridge" in str(bridge) else (parade, bridge)
        text = deleted.read_text()
        deleted.unlink()
        changed.write_text("my own words\n")
        (changed.parent / "note.txt").write_text("mine\n")
        found = check(said, desk)
        assert found.code == 12
        assert "is not there; git has it" in found.out
        assert "is not what git has" in found.out
        assert "note.txt: is not in git" in found.out
        repaired = check(said, desk, "--repair")
        assert repaired.code == 12
        assert "restored 1 files from git" in repaired.err
        assert deleted.read_text() == text
        assert changed.read_text() == "my own words\n"
        assert (changed.parent / "note.txt").exists()

    def test_an_index_that_says_something_else_is_found_and_built_again(self, said, desk):
        with sqlite3.connect(desk.path / ".archiver" / "index.sqlite") as database:
            database.execute("""update revisions set record = replace(record, 'number', 'amount') where number = 2""")
        database.close()
        found = check(said, desk)
        assert found.code == 12
        assert "index: 1 revisions are not as git has them" in found.out
        assert check(said, desk, "--repair").code == 0
        assert check(said, desk).code == 0

    def test_an_index_that_somebody_sent_along_is_not_believed(self, said, desk, tmp_path):
        with sqlite3.connect(desk.path / ".archiver" / "index.sqlite") as database:
            database.execute("update revisions set record = replace(record, 'Old quay', 'Stolen')")
        database.close()
        assert "Stolen" in said("ls", "--archive", desk.path).out
        for way in (["cp", "-a"], ["cp", "-r"]):
            shutil.rmtree(tmp_path / "sent", ignore_errors=True)
            subprocess.run([*way, desk.path, tmp_path / "sent"], check=True)
            assert "Stolen" not in said("ls", "--archive", tmp_path / "sent").out
            assert "Stolen" not in said("log", "old-quay", "--archive", tmp_path / "sent").out

    @pytest.mark.parametrize("words", [("ls",), ("log", "old-quay"), ("check",), ("search", "bridge")])
    def test_an_index_that_is_damaged_is_built_anew(self, said, desk, words):
        path = desk.path / ".archiver" / "index.sqlite"
        data = bytearray(path.read_bytes())
        data[8192:40000] = bytes(range(256)) * 124 + bytes(64)
        path.write_bytes(data)
        first = said(*words, "--archive", desk.path)
        assert first.code == 0 or "the index was damaged" in first.err
        assert "Traceback" not in first.err
        assert said(*words, "--archive", desk.path).code == 0

    def test_a_text_that_is_not_what_its_commit_vouches_for_is_found(self, said, desk):
        target = next((desk.path / "articles").rglob("article.md"))
        target.write_text(target.read_text().replace("Tarnhaven", "Brookmere"))
        message = user(desk.path, "log", "-1", "--format=%B", "--", str(target.relative_to(desk.path)))
        user(desk.path, "commit", "--quiet", "-a", "-m", message)
        found = check(said, desk, "--read-data")
        assert found.code == 12
        assert "not the text that its commit vouches for" in found.out

    def test_json_says_it_all(self, said, desk):
        next((desk.path / "articles").rglob("article.md")).unlink()
        told = json.loads(check(said, desk, "--json").out)
        assert told["revisions"] == 3
        assert len(told["problems"]) == 1


class TestEvidence:
    def test_the_page_comes_back_byte_for_byte(self, said, desk):
        url = desk.site.url(BRIDGE)
        assert said("show", f"{url}@r1", "--raw", "--archive", desk.path).out.encode() == page()
        assert said("show", url, "--raw", "--archive", desk.path).out.encode() == EDITED
        heads = said("show", url, "--headers", "--archive", desk.path).out
        assert f"GET {url}" in heads
        assert "HTTP/1.1 200 OK" in heads
        assert "Content-Type: text/html; charset=utf-8" in heads
        told = json.loads(said("show", url, "--headers", "--json", "--archive", desk.path).out)
        assert told["capture"]["status"] == 200

    def test_without_evidence_it_is_an_error(self, said, desk):
        shutil.rmtree(desk.path / "captures")
        shutil.rmtree(desk.path / ".archiver")
        failed = said("show", desk.site.url(BRIDGE), "--raw", "--archive", desk.path)
        assert failed.code == 1
        assert "the evidence is missing" in failed.err


def test_stats_count_everything(said, desk):
    told = json.loads(said("stats", "--json", "--archive", desk.path).out)["stats"]
    assert (told["articles"], told["revisions"], told["events"]) == (2, 3, {"first": 2, "edit": 1})
    assert told["oldest_check"] == START.isoformat().replace("+00:00", "Z")
    assert told["bytes"]["captures"] == sum(month["evidence"] for month in told["months"]) > 0
    assert [month["month"] for month in told["months"]] == [f"{START:%Y-%m}"]
    assert "2 articles, 3 revisions" in said("stats", "--archive", desk.path).out


class TestClone:
    @pytest.mark.parametrize("options", [[], ["--bare"]])
    def test_a_copy_has_everything_and_goes_on(self, said, desk, tmp_path, options):
        copied = said("clone", desk.path, tmp_path / "copy", *options)
        assert copied.code == 0, copied.err
        assert "3 revisions copied" in copied.out
        copy = Desk.__new__(Desk)
        copy.site, copy.path = desk.site, tmp_path / "copy"
        assert (copy.path / "archiver.toml").read_text() == (desk.path / "archiver.toml").read_text()
        assert copy.history(BRIDGE) == desk.history(BRIDGE)
        desk.site.pages[PARADE] = Served(page(headline="Lantern parade returns in May"))
        assert copy.look(3, PARADE)[PARADE].check.event is Event.EDIT
        assert check(said, copy, "--read-data").code == 0
        again = said("clone", tmp_path / "copy", tmp_path / "again")
        assert again.code == 0, again.err
        assert (tmp_path / "again" / "articles").is_dir()

    def test_nothing_of_what_could_run_is_copied_or_runs(self, said, desk, tmp_path):
        canary = tmp_path / "canary"
        git_dir = desk.path / ".git"
        with (git_dir / "config").open("a") as config:
            config.write(f'[core]\n\tfsmonitor = touch {canary}\n\tsshCommand = touch {canary}\n[filter "x"]\n')
            config.write(f"\tsmudge = touch {canary}\n[uploadpack]\n\tpackObjectsHook = touch {canary}\n")
        (git_dir / "info").mkdir(exist_ok=True)
        (git_dir / "info" / "attributes").write_text("* filter=x\n")
        (git_dir / "objects" / "info").mkdir(exist_ok=True)
        (git_dir / "objects" / "info" / "alternates").write_text("/etc\n")
        (git_dir / "hooks").mkdir(exist_ok=True)
        for hook in ("post-checkout", "reference-transaction", "post-index-change", "post-merge"):
            (git_dir / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {canary}\n")
            (git_dir / "hooks" / hook).chmod(0o755)
        (desk.path / "captures" / "2026" / "more").symlink_to("/etc")
        refused = said("ls", "--archive", desk.path)
        assert refused.code == 1
        assert "archiver clone" in refused.err
        copied = said("clone", desk.path, tmp_path / "copy")
        assert copied.code == 0, copied.err
        assert said("ls", "--archive", tmp_path / "copy").code == 0
        assert not canary.exists()
        assert not list((tmp_path / "copy").rglob("hooks/*"))
        assert "filter" not in (tmp_path / "copy" / ".git" / "config").read_text()
        assert not (tmp_path / "copy" / "captures" / "2026" / "more").exists()

    def test_a_history_with_a_link_is_refused_and_leaves_nothing(self, said, desk, tmp_path):
        (desk.path / "articles" / "way-out").symlink_to("/etc")
        user(desk.path, "add", "articles/way-out")
        user(desk.path, "commit", "--quiet", "-m", "mine")
        refused = said("clone", desk.path, tmp_path / "copy")
        assert refused.code == 1
        assert "way-out" in refused.err
        assert not (tmp_path / "copy").exists()

    def test_damage_is_named_and_leaves_nothing(self, said, desk, tmp_path):
        pack = next((desk.path / ".git" / "objects" / "pack").glob("*.pack"))
        pack.chmod(0o600)
        pack.write_bytes(pack.read_bytes()[:-50])
        assert said("clone", desk.path, tmp_path / "copy").code in (1, 12)
        assert not (tmp_path / "copy").exists()

    def test_what_is_no_archive_or_no_empty_folder(self, said, desk, tmp_path):
        assert said("clone", tmp_path / "none", tmp_path / "copy").code == 10
        assert said("clone", desk.path, desk.path.parent).code == 2
        assert desk.path.exists()


@pytest.mark.parametrize("name", ["captures", "runs", ".archiver", ".git/archiver.lock", ".git/refs/heads/main"])
def test_a_link_out_of_an_archive_is_refused(desk: Desk, tmp_path: Path, name: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious\n")
    place = desk.path / name
    if place.is_dir():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    place.symlink_to(victim)
    with pytest.raises(ForeignArchive, match="symbolic link"):
        desk.look(9)
    assert victim.read_text() == "precious\n"


class TestBare:
    def test_it_keeps_everything_without_files(self, said, desk, tmp_path):
        bare = Desk.__new__(Desk)
        bare.site, bare.path = desk.site, tmp_path / "bare"
        assert said("init", "--bare", bare.path).code == 0
        assert said("init", bare.path).code == 0
        assert sorted(os.listdir(bare.path)) == ["README.md", "archive.git", "archiver.toml"]
        bare.look(0, BRIDGE)
        desk.site.pages[BRIDGE] = Served(page())
        bare.look(1)
        assert [revision.event for revision in bare.history(BRIDGE)] == [Event.FIRST, Event.EDIT]
        assert sorted(os.listdir(bare.path)) == [
            ".archiver",
            "README.md",
            "archive.git",
            "archiver.toml",
            "captures",
            "runs",
        ]
        log = user(bare.path / "archive.git", "log", "--format=%s", "main").splitlines()
        assert len(log) == 3
        config = bare.path / "archiver.toml"
        config.write_text(config.read_text() + "# a remark\n")
        bare.look(2)
        assert "# a remark" in user(bare.path / "archive.git", "show", "main:archiver.toml")
        assert check(said, bare, "--read-data").code == 0
        assert check(said, bare, "--repair").code == 0
        with Archive.open(bare.path) as archive:
            assert archive.article(archive.history(bare.site.url(BRIDGE))[0]).headline
