"""Any byte of an archive may go bad: a check names the file, unless it is derived or still says the same."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.cli import run

from .conftest import PARAGRAPHS, Desk, Served, Site, page

BRIDGE = "/town/old-quay-bridge/"
PARADE = "/town/lantern-parade/"
EDITED = page(*PARAGRAPHS[:2], PARAGRAPHS[2].replace("1,400", "1,900"), *PARAGRAPHS[3:])
REBUILT = (".archiver/", ".git/index", ".git/logs/", ".git/ORIG_HEAD", ".git/archiver.lock", ".git/objects/info/")
"""What is derived, or only helps to put something back."""


@pytest.fixture(scope="module")
def whole() -> Iterator[Path]:
    """An archive with two articles, one of them edited; a run of its own saw no change."""
    with tempfile.TemporaryDirectory() as folder, Site().running() as site:
        desk = Desk(site, Path(folder) / "archive")
        site.pages |= {BRIDGE: Served(page()), PARADE: Served(page(headline="Lantern parade returns"))}
        desk.look(0, BRIDGE, PARADE)
        site.pages[BRIDGE] = Served(EDITED)
        desk.look(1)
        desk.look(2)
        yield desk.path


@dataclass(frozen=True)
class Said:
    code: int
    text: str


def check(path: Path, *options: str) -> Said:
    """The command and all that it says, first thing after whatever happened."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        code = run(["check", "--archive", str(path), *options])
    return Said(code, told.getvalue())


def files(path: Path) -> list[str]:
    return sorted(str(file.relative_to(path)) for file in path.rglob("*") if file.is_file())


def damaged(content: bytes, how: str, where: float, bit: int) -> bytes:
    at = int(where * len(content)) if content else 0
    match how:
        case "flip" if content:
            return content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :]
        case "zero" if content:
            return content[:at] + bytes(len(content[at : at + 512])) + content[at + 512 :]
        case "grow":
            return content + b"\0" * (bit + 1)
        case _:
            return content[:at]


def says_the_same(name: str, before: bytes, after: bytes) -> bool:
    """Whether what is read from the file is unchanged: a time in the head of a gzip member, blanks at the end."""
    if name.endswith(".gz"):
        try:
            return gzip.decompress(before) == gzip.decompress(after)
        except (OSError, EOFError, zlib.error):
            return False
    return name.startswith((".git/refs/", ".git/HEAD")) and before.split() == after.split()


def named(name: str, said: Said) -> bool:
    """Whether the words of a check lead to the file."""
    if name.startswith(".git/objects/"):
        return "git: " in said.text or ".git" in said.text
    return Path(name).name.removesuffix(".jsonl.gz") in said.text


def assert_told(whole: Path, name: str, how: str, where: float, bit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive"
        shutil.copytree(whole, path, symlinks=True)
        file = path / name
        before = file.read_bytes()
        after = damaged(before, how, where, bit)
        file.chmod(0o600)
        if how == "delete":
            file.unlink()
        else:
            file.write_bytes(after)
        said = check(path, "--read-data")
        context = f"{name} {how} {where} {bit}: {said}"
        assert "Traceback" not in said.text, context
        assert "fault in archiver" not in said.text, context
        if how != "delete" and (after == before or says_the_same(name, before, after)):
            assert said.code in (0, 12), context
        elif name.startswith(REBUILT) or name.endswith((".idx", ".rev")):
            assert said.code in (0, 1, 12), context
            repaired = check(path, "--repair", "--read-data")
            assert repaired.code == 0 or name.startswith(".git/logs/"), f"{context} {repaired}"
        elif how == "delete" and name == max(log for log in files(whole) if log.startswith("runs/")):
            assert said.code in (0, 12), context  # the next log will vouch for it; nothing does yet
        elif name in ("archiver.toml", ".git/config", ".git/info/attributes"):
            assert said.code == 0 or (said.code in (1, 12) and named(name, said)), context
        else:
            assert said.code == 12, context
            assert named(name, said), context


ways = st.sampled_from(["flip", "flip", "flip", "cut", "zero", "grow", "delete"])
places = st.floats(0, 1, exclude_max=True)


@settings(max_examples=25)
@given(st.data())
def test_any_damage_is_named(whole: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(files(whole)))
    assert_told(whole, name, data.draw(ways), data.draw(places), data.draw(st.integers(0, 7)))


@pytest.mark.slow
@pytest.mark.parametrize("how", ["flip", "cut", "zero", "grow", "delete"])
def test_each_file_is_damaged_in_each_way(whole: Path, how: str) -> None:
    for name in files(whole):
        for where, bit in ((0.0, 7), (0.3, 2), (0.99, 0)):
            assert_told(whole, name, how, where, bit)


def test_a_whole_archive_is_whole(whole: Path) -> None:
    assert check(whole, "--read-data").code == 0
    user = ["git", "-C", str(whole), "-c", "user.name=Somebody", "-c", "user.email=somebody@brookmere.example"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    assert subprocess.run([*user, "status", "--short"], env=environment, capture_output=True, check=True).stdout == b""


def test_a_commit_that_looks_like_a_revision_and_names_no_run_is_found(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy"
    shutil.copytree(whole, path)
    (text,) = path.glob("articles/*/*/old-quay-bridge~*/article.md")
    text.write_text("# Forged\n", encoding="utf-8")
    trailers = f"Article: {text.parent.relative_to(path / 'articles')}\nEvent: edit\nCaptured: 2026-03-08T10:00:00Z"
    someone = ["-c", "user.name=Bo", "-c", "user.email=bo@example.org"]
    subprocess.run(["git", "-C", path, *someone, "commit", "-qam", f"Forged\n\n{trailers}\n"], check=True)
    said = check(path)
    assert said.code == 12
    assert "a commit whose run is ''" in said.text
