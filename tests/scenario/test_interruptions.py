"""A run may end at any moment, and by any means: what it reported is kept, and the next run goes on from there."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archiver.fetch.client import Fetcher
from archiver.model import Event
from archiver.pipeline import BATCH_REVISIONS, snapshot
from archiver.query import Archive
from archiver.verify import verify

from .conftest import PARAGRAPHS, START, Desk, Served, page

ARTICLES = 200


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """An archive that knows nothing yet, and a site of many articles."""
    config = desk.path / "archiver.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("delay_s = 2", "delay_s = 0"), encoding="utf-8")
    desk.site.pages = {
        f"/town/story-{number}/": Served(page(f"Story {number}.", *PARAGRAPHS, headline=f"Story number {number}"))
        for number in range(ARTICLES)
    }
    return desk


@contextmanager
def running(desk: Desk, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A snapshot of all articles in a process, and a process group, of its own; killed at the end if need be."""
    command = [
        sys.executable,
        "-m",
        "archiver",
        "--archive",
        str(desk.path),
        "snapshot",
        "--allow-host",
        desk.site.host,
    ]
    urls = [desk.site.url(path) for path in desk.site.pages]
    with output.open("wb") as file:
        child = subprocess.Popen([*command, *urls], stdout=file, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def reported(output: Path) -> set[str]:
    """The ids of the articles that a run said it had kept."""
    lines = output.read_text(encoding="utf-8").split("\n")[:-1]
    return {words[1] for line in lines if (words := line.split()) and words[0] == "first"}


def kept(desk: Desk) -> dict[str, list[Event]]:
    """The events of every article, by id."""
    with Archive.open(desk.path) as archive:
        return {
            entry.latest.id: [r.event for r in archive.index.history(entry.latest.key)] for entry in archive.entries()
        }


def assert_whole(desk: Desk) -> None:
    with Archive.open(desk.path) as archive:
        assert list(verify(archive)) == []


@pytest.mark.slow
def test_killed_at_any_moment_the_archive_loses_nothing_and_doubles_nothing(busy: Desk, tmp_path: Path) -> None:
    moments = random.Random(1)
    output, told = tmp_path / "output", set()
    for _ in range(10):
        with running(busy, output) as child:
            time.sleep(moments.uniform(0.4, 2.5))
            os.killpg(child.pid, signal.SIGKILL)
        told |= reported(output)
        assert told <= set(kept(busy))
    with running(busy, output) as child:
        assert child.wait(120) == 0, output.read_text()
    assert list(kept(busy).values()) == [[Event.FIRST]] * ARTICLES
    assert_whole(busy)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_asked_to_stop_it_keeps_what_it_has_and_goes_on_later(
    busy: Desk, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    output = tmp_path / "output"
    with running(busy, output) as child:
        wait_for(lambda: len(busy.site.asked) > 60)
        os.killpg(child.pid, number)
        assert child.wait(15) == code, output.read_text()
    said = output.read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert "interrupted" in said
    before = kept(busy)
    assert reported(output) == set(before)
    assert 0 < len(before) < ARTICLES
    assert_whole(busy)
    with running(busy, output) as child:
        assert child.wait(120) == 0, output.read_text()
    assert reported(output).isdisjoint(before)
    assert len(kept(busy)) == ARTICLES


def test_a_slow_run_keeps_and_tells_what_it_has_every_few_seconds(desk: Desk) -> None:
    desk.site.pages = {f"/town/story-{number}/": Served(page(headline=f"Story {number}")) for number in range(45)}
    seconds = 0
    told: list[int] = []

    def now() -> datetime:
        nonlocal seconds
        seconds += 1
        return START + timedelta(seconds=seconds)

    with Archive.open(desk.path) as archive, Fetcher(desk.settings, now=now) as fetcher:
        urls = [desk.site.url(path) for path in desk.site.pages]
        snapshot(archive, urls, fetcher=fetcher, now=now, report=lambda _: told.append(seconds))
    assert len(told) == 45 < BATCH_REVISIONS
    assert len(set(told)) > 1


LOOKS = (("ls",), ("log", "old-quay"), ("show", "old-quay"), ("diff", "old-quay"), ("search", "bridge"), ("changes",))


@pytest.mark.parametrize("is_known", [True, False], ids=["a known archive", "an archive without index"])
def test_readers_never_fail_while_a_run_writes(busy: Desk, tmp_path: Path, is_known: bool) -> None:
    bridge = "/town/old-quay-bridge/"
    busy.site.pages[bridge] = Served(page())
    busy.look(0, bridge)
    busy.site.pages[bridge] = Served(page(*PARAGRAPHS[:3]))
    busy.look(1, bridge)
    if not is_known:
        shutil.rmtree(busy.path / ".archiver")
    output, rounds = tmp_path / "output", 0
    with running(busy, output) as child:
        while child.poll() is None:
            readers = [
                subprocess.Popen(
                    [sys.executable, "-m", "archiver", "--archive", str(busy.path), *words],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                )
                for words in LOOKS
            ]
            told = [reader.communicate(timeout=120)[1] for reader in readers]
            assert [reader.returncode for reader in readers] == [0] * len(LOOKS), told
            rounds += 1
        assert child.returncode == 0, output.read_text()
    assert rounds
    assert len(kept(busy)) == ARTICLES + 1
    assert_whole(busy)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
