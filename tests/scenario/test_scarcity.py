"""A run that goes short, of disk, file size, descriptors or the right to write: one line says so, nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archiver.model import Event
from archiver.query import Archive
from archiver.verify import verify

from .conftest import PARAGRAPHS, Desk, Served, Site, page

ARTICLES = 40
LIMITED = "import resource; resource.setrlimit(resource.{0}, ({1}, resource.getrlimit(resource.{0})[1])); "


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def reported(self) -> set[str]:
        """The ids of the articles that it said it has kept."""
        return {words[1] for line in self.out.splitlines() if (words := line.split()) and words[0] == "first"}


def archiver(archive: Path, *words: str, limit: tuple[str, int] | None = None) -> Said:
    """The command in a process of its own, which alone is limited."""
    program = (LIMITED.format(*limit) if limit else "") + "from archiver.cli import main; main()"
    command = [sys.executable, "-c", program, "--archive", str(archive), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return Said(done.returncode, done.stdout, done.stderr)


def snapshot(desk: Desk, limit: tuple[str, int] | None = None) -> Said:
    urls = [desk.site.url(path) for path in desk.site.pages]
    return archiver(desk.path, "snapshot", "--allow-host", desk.site.host, *urls, limit=limit)


def publish(site: Site, moment: int) -> None:
    """The site has articles that nobody has seen."""
    site.pages |= {
        f"/town/story-{moment}-{number}/": Served(page(*PARAGRAPHS, headline=f"Story {moment} {number}"))
        for number in range(ARTICLES)
    }


def furnished(desk: Desk) -> Desk:
    """The archive has a day's articles, and those of the next wait for it."""
    config = desk.path / "archiver.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("delay_s = 2", "delay_s = 0"), encoding="utf-8")
    publish(desk.site, 1)
    desk.look(0, *desk.site.pages)
    publish(desk.site, 2)
    return desk


def assert_told(short: Said, *words: str) -> None:
    assert "Traceback" not in short.err
    assert "fault in archiver" not in short.err
    if short.code:
        assert short.code == 1
        assert any(word in short.err for word in words), short.err


def assert_goes_on(desk: Desk, short: Said) -> None:
    """Nothing that was reported is lost, and the next run has the rest, each once."""
    assert short.reported <= set(kept(desk))
    later = desk.look(99999, *desk.site.pages)
    new = {outcome.revision.id for outcome in later.values() if outcome.revision}
    assert short.reported.isdisjoint(new)
    assert list(kept(desk).values()) == [[Event.FIRST]] * 2 * ARTICLES
    with Archive.open(desk.path) as archive:
        assert list(verify(archive)) == []
        assert (
            archive.store.tip()
            == subprocess.run(
                ["git", "-C", desk.path, "rev-parse", "main"], capture_output=True, text=True, check=True
            ).stdout.strip()
        )
    left = [path.name for path in (desk.path / ".git").rglob("*") if path.name.startswith(("tmp_", "fast_import"))]
    assert left == []


def kept(desk: Desk) -> dict[str, list[Event]]:
    with Archive.open(desk.path) as archive:
        return {
            entry.latest.id: [r.event for r in archive.index.history(entry.latest.key)] for entry in archive.entries()
        }


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of twelve megabytes."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(tmp_path)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk: {mounted.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.parametrize(
    ("kilobytes", "stage"),
    [
        pytest.param(8, "the check log", marks=pytest.mark.slow),
        (40, "the evidence"),
        pytest.param(80, "the evidence", marks=pytest.mark.slow),
        pytest.param(100, "git fast-import", marks=pytest.mark.slow),
        (130, "git fast-import"),
        (200, "the index"),
        pytest.param(400, "the index", marks=pytest.mark.slow),
        (600, "the files in"),
        pytest.param(700, "the files in", marks=pytest.mark.slow),
    ],
)
def test_a_full_disk(site: Site, small_disk: Path, kilobytes: int, stage: str) -> None:
    """What is left is enough for the stages before the one named. (Sizes differ a little between versions of git.)"""
    desk = furnished(Desk(site, small_disk / "archive"))
    space = os.statvfs(small_disk)
    filler = small_disk / "filler"
    filler.write_bytes(bytes(space.f_bavail * space.f_frsize - kilobytes * 1024))
    short = snapshot(desk)
    assert_told(short, "No space left", "disk is full", "Out of diskspace", "cannot be written")
    assert stage in short.err
    looked = archiver(desk.path, "ls")
    assert_told(looked, "disk is full")
    filler.unlink()
    assert_goes_on(desk, short)


@pytest.mark.parametrize("kilobytes", [8, 32])
def test_an_archive_made_on_a_full_disk(small_disk: Path, kilobytes: int) -> None:
    space = os.statvfs(small_disk)
    (small_disk / "filler").write_bytes(bytes(space.f_bavail * space.f_frsize - kilobytes * 1024))
    short = archiver(small_disk, "init", str(small_disk / "new"))
    assert short.code == 1
    assert "hint: make room" in short.err


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(0, marks=pytest.mark.slow),
        pytest.param(1_000, marks=pytest.mark.slow),
        20_000,
        pytest.param(60_000, marks=pytest.mark.slow),
        pytest.param(200_000, marks=pytest.mark.slow),
    ],
)
def test_a_limit_on_the_size_of_files(desk: Desk, size: int) -> None:
    furnished(desk)
    short = snapshot(desk, ("RLIMIT_FSIZE", size))
    assert short.code == 1
    assert_told(short, "File too large", "disk I/O error", "git fast-import failed")
    assert_goes_on(desk, short)


@pytest.mark.parametrize("files", [*(pytest.param(n, marks=pytest.mark.slow) for n in (14, 18, 22, 25, 26)), 24])
def test_a_limit_on_open_files(desk: Desk, files: int) -> None:
    furnished(desk)
    short = snapshot(desk, ("RLIMIT_NOFILE", files))
    assert short.code == 1
    assert_told(short, "Too many open files")
    assert_goes_on(desk, short)


def test_an_archive_that_may_only_be_read(site: Site, small_disk: Path) -> None:
    desk = furnished(Desk(site, small_disk / "archive"))
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    short = snapshot(desk)
    looks = [archiver(desk.path, *words) for words in (("ls",), ("log", "story-1-7"), ("search", "bridge"), ("check",))]
    repaired = archiver(desk.path, "check", "--repair")
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    for written in (short, repaired):
        assert written.code == 1
        assert_told(written, "Read-only file system")
    assert [look.code for look in looks] == [0] * 4, looks
    assert_goes_on(desk, short)
