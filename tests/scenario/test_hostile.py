"""Whatever lies in an archive that somebody sent: no command runs it, follows it outside, or falls over it."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archiver.cli import run

from .conftest import PARAGRAPHS, Desk, Served, Site, page

BRIDGE = "/town/old-quay-bridge/"
CANARY, OUTSIDE = "canary", "outside"
"""What a program would leave, and a folder that no command may touch; both beside the archive."""
COMMANDS = (
    ("ls",),
    ("log", "old-quay"),
    ("show", "old-quay"),
    ("diff", "old-quay"),
    ("blame", "old-quay"),
    ("when", "old-quay", "bridge"),
    ("changes",),
    ("audit",),
    ("search", "bridge"),
    ("status",),
    ("held", "ls"),
    ("stats",),
    ("check",),
    ("reextract", "--all"),
    ("snapshot", "--all"),
    ("check", "--repair", "--read-data"),
)
HOOKS = "post-checkout reference-transaction post-index-change post-merge pre-commit post-commit pre-auto-gc"


@pytest.fixture(scope="module")
def sent() -> Iterator[tuple[Path, Site]]:
    with tempfile.TemporaryDirectory() as folder, Site().running() as site:
        desk = Desk(site, Path(folder) / "archive")
        config = desk.path / "archiver.toml"
        config.write_text(config.read_text(encoding="utf-8").replace("delay_s = 2", "delay_s = 0"), encoding="utf-8")
        site.pages[BRIDGE] = Served(page())
        desk.look(0, BRIDGE)
        site.pages[BRIDGE] = Served(page(*PARAGRAPHS[:3]))
        desk.look(1)
        site.pages[BRIDGE] = Served(page(*PARAGRAPHS[1:]))
        yield desk.path, site


def setting(text: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with (path / ".git" / "config").open("a") as config:
            config.write(text.format(canary=path.parent / CANARY))

    return change


def holding(name: str, text: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text.format(canary=path.parent / CANARY))

    return change


def leading_out(name: str, target: str = OUTSIDE) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        place = path / name.format(host=next((path / "articles").iterdir()).name)
        if place.is_dir():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(path.parent / target)

    return change


def hooks(path: Path) -> None:
    folder = path / ".git" / "hooks"
    folder.mkdir()
    for name in HOOKS.split():
        (folder / name).write_text(f"#!/bin/sh\ntouch {path.parent / CANARY}\n")
        (folder / name).chmod(0o755)


def replaced(path: Path) -> None:
    subprocess.run(["git", "-C", path, "replace", "main", "main~1"], check=True)


def submodule(path: Path) -> None:
    inner = path / "articles" / "inner"
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@brookmere.example", "-c", "advice.addEmbeddedRepo=no"]
    subprocess.run(["git", "init", "--quiet", inner], check=True)
    (inner / "file").write_text("one\n")
    for folder in (inner, path):
        subprocess.run(["git", "-C", folder, *who, "add", "."], check=True, capture_output=True)
        subprocess.run(["git", "-C", folder, *who, "commit", "--quiet", "-m", "mine"], check=True)
    (inner / "file").write_text("two\n")
    run = f"touch {path.parent / CANARY}"
    with (inner / ".git" / "config").open("a") as config:
        config.write(f'[core]\n\tfsmonitor = {run}\n[filter "x"]\n\tclean = {run}\n\tsmudge = {run}\n')
    (inner / ".git" / "info").mkdir(exist_ok=True)
    (inner / ".git" / "info" / "attributes").write_text("* filter=x\n")


def endless_index(path: Path) -> None:
    """Whoever asks this for its format must not read its tables."""
    index = path / ".archiver" / "index.sqlite"
    version = sqlite3.connect(index).execute("pragma user_version").fetchone()[0]
    index.unlink()
    database = sqlite3.connect(index)
    endless = "with recursive r(name, value) as (select 'tip', 'x' union all select name || 'a', value from r)"
    database.executescript(f"pragma user_version = {version}; create view meta as {endless} select * from r;")
    database.close()


def torn_through_a_link(path: Path) -> None:
    """A run that seems unfinished, whose torn end would be set aside into a file elsewhere."""
    log = path / "runs" / "2026" / "03" / "20260401T000000Z.jsonl"
    log.write_text('{"run": "20260401T000000Z"}\n')
    evidence = path / "captures" / "2026" / "04" / "20260401T000000Z.warc.gz"
    evidence.parent.mkdir(parents=True)
    evidence.write_bytes(b"owned\n")
    for name in (f"{evidence}.torn", f"{log}.gz.part"):
        Path(name).symlink_to(path.parent / OUTSIDE / "precious")


TRICKS: dict[str, Callable[[Path], None]] = {
    "hooks": hooks,
    "fsmonitor": setting("[core]\n\tfsmonitor = touch {canary}\n"),
    "a path to hooks": setting("[core]\n\thooksPath = .git/hooks\n"),
    "an include": setting("[include]\n\tpath = ../outside/config\n"),
    "a conditional include": setting('[includeIf "gitdir:/"]\n\tpath = ../outside/config\n'),
    "another working tree": setting("[core]\n\tworktree = ../outside\n"),
    "a converter": setting('[diff "x"]\n\ttextconv = touch {canary}\n'),
    "an alias": setting("[alias]\n\tlog = !touch {canary}\n"),
    "a pager": setting("[pager]\n\tlog = touch {canary}\n"),
    "a remote that is a command": setting('[remote "origin"]\n\turl = ext::touch {canary}\n'),
    "missing objects on order": setting('[remote "origin"]\n\turl = ext::touch {canary}\n\tpromisor = true\n'),
    "alternates": holding(".git/objects/info/alternates", "/tmp\n"),
    "attributes": holding(".git/info/attributes", "* filter=x\n"),
    "committed attributes": holding("articles/.gitattributes", "* text eol=crlf ident working-tree-encoding=UTF-16\n"),
    "a common folder": holding(".git/commondir", "/tmp\n"),
    "a configuration of the working tree": holding(".git/config.worktree", "[core]\n\tfsmonitor = touch {canary}\n"),
    "grafts": holding(".git/info/grafts", "x\n"),
    "a shallow history": holding(".git/shallow", "0" * 40 + "\n"),
    "replaced commits": replaced,
    "a submodule": submodule,
    "an index without end": endless_index,
    "a torn end through a link": torn_through_a_link,
    "a configuration with commands": holding("archiver.toml", 'schema = 1\n[hooks]\nrun = "touch {canary}"\n'),
    "a configuration elsewhere": leading_out("archiver.toml", "outside/precious"),
    "the year of the logs elsewhere": leading_out("runs/2026"),
    "the month of the logs elsewhere": leading_out("runs/2026/03"),
    "the month of the captures elsewhere": leading_out("captures/2026/03"),
    "a log elsewhere": leading_out("runs/2026/03/20260401T000000Z.jsonl", "outside/precious"),
    "a journal of the index elsewhere": leading_out(".archiver/index.sqlite-wal", "outside/precious"),
    "articles elsewhere": leading_out("articles/{host}"),
    "the format elsewhere": leading_out("README.md", "outside/precious"),
    "HEAD elsewhere": leading_out(".git/HEAD", "outside/precious"),
    "a lock elsewhere": leading_out(".git/archiver.lock", "outside/precious"),
    "packs elsewhere": leading_out(".git/objects/pack"),
}
QUICK = ("hooks", "a submodule", "an index without end", "a torn end through a link", "articles elsewhere", "fsmonitor")


@pytest.mark.parametrize(
    "trick", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in TRICKS]
)
def test_nothing_runs_and_nothing_leads_out(sent: tuple[Path, Site], tmp_path: Path, trick: str) -> None:
    source, site = sent
    path = tmp_path / "archive"
    shutil.copytree(source, path, symlinks=True)
    (tmp_path / OUTSIDE).mkdir()
    (tmp_path / OUTSIDE / "precious").write_text("precious\n")
    TRICKS[trick](path)
    for words in COMMANDS:
        told = io.StringIO()
        allowed = ["--allow-host", site.host] if words[0] == "snapshot" else []
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            code = run([words[0], "--archive", str(path), *words[1:], *allowed])
        context = f"{trick}: {words}: {code}: {told.getvalue()}"
        assert "Traceback" not in told.getvalue(), context
        assert "fault in archiver" not in told.getvalue(), context
        assert not (tmp_path / CANARY).exists(), context
        assert os.listdir(tmp_path / OUTSIDE) == ["precious"], context
        assert (tmp_path / OUTSIDE / "precious").read_text() == "precious\n", context


def test_what_is_committed_cannot_change_what_is_written(sent: tuple[Path, Site], tmp_path: Path) -> None:
    path = tmp_path / "archive"
    shutil.copytree(sent[0], path)
    who = ["git", "-C", str(path), "-c", "user.name=Somebody", "-c", "user.email=somebody@brookmere.example"]
    holding("articles/.gitattributes", "* text eol=crlf ident working-tree-encoding=UTF-16\n")(path)
    subprocess.run([*who, "add", "articles"], check=True)
    subprocess.run([*who, "commit", "--quiet", "-m", "mine"], check=True)
    text = next((path / "articles").rglob("article.md"))
    before = text.read_bytes()
    text.unlink()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert run(["check", "--archive", str(path), "--repair"]) == 0
    assert text.read_bytes() == before
