"""Pages that are read in other processes: the same result, no process without need, none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from multiprocessing import active_children
from pathlib import Path

import pytest

from archiver.ahead import ReaderAhead
from archiver.model import Capture
from archiver.reading import Reader
from archiver.recipes import Recipe

STORY = "The ferry to Lantern Rock will sail twice a day from May, the harbour office of Tarnhaven said on Monday."
RECIPES = (Recipe(host="courier.example", drop=(".tip",)),)


def page(number: int) -> Capture:
    tip = f"<p class=tip>Seen on page {number}.</p>"
    text = f"<h1>Ferry Number {number} Returns</h1>{tip}<p>{STORY}</p><p>{STORY[::-1]}</p>"
    content = f"<html><body><article>{text}</article></body></html>".encode()
    return Capture(
        requested_url=f"https://courier.example/ferry-{number}",
        url=f"https://courier.example/ferry-{number}",
        captured_at=datetime(2023, 3, 2, tzinfo=UTC),
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        payload=content,
        content=content,
    )


@pytest.fixture
def ahead():
    """A reader that has read enough to find it worth while to start processes."""
    with ReaderAhead(RECIPES) as reader:
        for _ in range(30):
            reader.read(page(0))
        yield reader
    assert not active_children()


needs_cores = pytest.mark.skipif(
    (os.cpu_count() or 1) == 1 or not Path("/proc").exists(), reason="one core, or no /proc"
)


@needs_cores
def test_what_is_read_elsewhere_is_what_is_read_here(ahead: ReaderAhead) -> None:
    pages = [page(number) for number in range(20)]
    for capture in pages:
        ahead.begin(capture)
    assert active_children()
    assert [ahead.read(capture) for capture in pages] == [Reader(RECIPES).read(capture) for capture in pages]


def test_a_small_run_starts_no_process() -> None:
    with ReaderAhead() as reader:
        for number in range(29):
            capture = page(number)
            reader.begin(capture)
            reader.read(capture)
        assert not active_children()


@needs_cores
def test_a_process_that_dies_costs_no_page(ahead: ReaderAhead) -> None:
    pages = [page(number) for number in range(10)]
    for capture in pages:
        ahead.begin(capture)
    for process in active_children():
        process.kill()
    assert [ahead.read(capture) for capture in pages] == [Reader(RECIPES).read(capture) for capture in pages]


@needs_cores
def test_no_process_outlives_a_run_that_is_killed() -> None:
    script = (
        "import sys, os, signal; sys.path.insert(0, sys.argv[1])\n"
        "from test_ahead import *\n"
        "if __name__ == '__main__':\n"
        "    reader = ReaderAhead()\n"
        "    for _ in range(30): reader.read(page(0))\n"
        "    one = page(1); reader.begin(one); reader.read(one)\n"
        "    print(*(child.pid for child in active_children()), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, os.path.dirname(__file__)], stdout=subprocess.PIPE, check=False
    )
    assert done.returncode == -signal.SIGKILL
    readers = [int(word) for word in done.stdout.split()]
    assert readers
    until = time.monotonic() + 20
    while any(map(is_alive, readers)):
        assert time.monotonic() < until, "a reading process outlived its run"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether it runs; one that ended and that nobody has asked after yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
