"""A million revisions in one archive, once and by hand: `python -m benchmarks.soak DIR [COUNT]`.

Prints as it goes, since it takes hours: growth of time, size and memory, and at some sizes what people wait for. May be
stopped at any moment; started again, it goes on from the revisions that are there.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from archiver.query import Archive
from archiver.store.git import GitStore
from benchmarks.child import archiver
from benchmarks.store import BATCH, NOW, STEP, WORDS, Meter, drafts, per, small_run, step_drafts

MARKS = (10_000, 100_000, 250_000, 500_000, 1_000_000)
SAMPLES = 500
T = TypeVar("T")


def main() -> None:
    place, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else MARKS[-1]
    with GitStore.create(place, now=NOW, config_text="schema = 1\n", bare=True) as store:
        done = sum(1 for _ in store.revisions())
        say(f"{done} revisions are there")
        while done < count:
            size = min(STEP - done % STEP, count - done)
            with store.lock(NOW):
                store.recover(NOW)
                grow(store, done, size)
            done += size
            if done in MARKS or done == count:
                store.close()
                measure(place, done)


def grow(store: GitStore, done: int, size: int) -> None:
    """Add revisions to those that are there, then pack as after any run."""
    start, meter, making = time.perf_counter(), Meter(), 0.0
    items = step_drafts(done)
    with store.writer() as writer:
        for left in range(size, 0, -BATCH):
            made = Meter()
            batch = list(islice(items, min(BATCH, left)))
            making += made()
            writer.append(batch)
    written, wall = meter() - making, time.perf_counter() - start
    store.publish()
    say(f"{done + size:9} revisions: {per(written, size)} CPU each to append, {wall:.0f} s wall; {sizes(store.path)}")
    meter = Meter()
    if store.maintain():
        say(f"          packed in {meter():.1f} s CPU: {sizes(store.path)}; {memory()}")


def measure(place: Path, count: int) -> None:
    """The index, its words, and what people wait for."""
    known = Meter()
    with Archive.open(place) as archive:
        say(f"at {count}: index up to date in {known():.1f} s CPU; {sizes(place)}; {memory()}")
        entries = islice(archive.entries(), 0, None, max(1, count // SAMPLES // 3))
        keys = [entry.latest.key for entry in entries][:SAMPLES]
        timed("history of an article", archive.index.history, keys)
        latest = [archive.index.history(key)[-1] for key in keys]
        timed("reading a revision", archive.article, latest)
        words = Meter()
        archive.search("nothing")
        say(f"  words up to date in {words():.1f} s CPU; {sizes(place)}; {memory()}")
        for sought in (WORDS[3], WORDS[300], WORDS[30_000], f'"{WORDS[3]} {WORDS[10]}"', f"{WORDS[50]} {WORDS[500]}"):
            timed(f"search {sought}", archive.search, [sought])
            timed(f"search --removed {sought}", lambda word: archive.search(word, removed=True), [sought])
    with GitStore.open(place) as store:
        say(f"  a run of 50, not kept: {per(unkept_run(store), 1)} CPU for git")
    say(f"  archiver log: {archiver('log', keys[0].rpartition('~')[2], '--archive', str(place))}")


def unkept_run(store: GitStore) -> float:
    """What a run costs, taken back afterwards, so that the archive holds nothing but its steps."""
    refs = ("refs/archiver/incoming", "refs/heads/main")
    before = subprocess.check_output(["git", "rev-parse", *refs], cwd=store.git_dir, text=True).split()
    cost = small_run(store, list(islice(drafts(2), 50)))
    for ref, commit in zip(refs, before, strict=True):
        subprocess.run(["git", "update-ref", ref, commit], cwd=store.git_dir, check=True)
    return cost


def timed(what: str, work: Callable[[T], object], items: Sequence[T]) -> None:
    start, meter = time.perf_counter(), Meter()
    for item in items:
        work(item)
    say(f"  {what}: {per(meter(), len(items))} CPU, {per(time.perf_counter() - start, len(items))} wall")


def sizes(place: Path) -> str:
    names = {"git": "archive.git", "index": ".archiver"}
    return ", ".join(f"{megabytes(place / name):.0f} MB of {kind}" for kind, name in names.items())


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def memory() -> str:
    """The most that this process, and any git that has ended, have held at once."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    own, children = (resource.getrusage(who).ru_maxrss / 1024 for who in whose)
    return f"{own:.0f} MB of memory, {children:.0f} MB in git"


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
