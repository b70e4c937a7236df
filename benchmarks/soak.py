"""A million revisions in one archive, once and by hand: `python -m benchmarks.soak DIR [COUNT]`.

Prints as it goes, since it takes an hour: growth of time and size, then the index, its words, reading and searching.
"""

from __future__ import annotations

import resource
import sys
import time
from itertools import islice
from pathlib import Path

from archiver.query import Archive
from archiver.store.git import GitStore
from benchmarks.store import BATCH, NOW, WORDS, Meter, drafts, per, small_run

STEP = 50_000


def main() -> None:
    place, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    items = drafts(1)
    with GitStore.create(place, now=NOW, config_text="schema = 1\n") as store:
        for done in range(0, count, STEP):
            start, meter, making = time.perf_counter(), Meter(), 0.0
            with store.writer() as writer:
                for _ in range(min(STEP, count - done) // BATCH):
                    made = Meter()
                    batch = list(islice(items, BATCH))
                    making += made()
                    writer.append(batch)
            written, wall = meter() - making, time.perf_counter() - start
            say(f"{done + STEP} revisions: {per(written, STEP)} CPU each to append, {wall:.0f} s wall,")
            say(f"  {megabytes(store.path / '.git'):.0f} MB of git, {peak():.0f} MB of memory")
            meter = Meter()
            if store.maintain():
                say(f"  packing: {meter():.1f} s CPU, {megabytes(store.path / '.git'):.0f} MB of git")
        say(f"a run of 50: {per(small_run(store, list(islice(drafts(2), 50))), 1)} CPU for git")
    measure(place, count)


def measure(place: Path, count: int) -> None:
    """The index, its words, and what people wait for."""
    meter = Meter()
    with Archive.open(place) as archive:
        index = place / ".archiver"
        say(f"index: {per(meter(), count)} CPU each, {megabytes(index):.0f} MB, {peak():.0f} MB of memory")
        keys = [entry.latest.key for entry in islice(archive.entries(), 0, None, max(1, count // 2000))]
        timed("history of an article", lambda key: archive.index.history(key), keys)
        latest = [archive.index.history(key)[-1] for key in keys]
        timed("reading a revision", archive.article, latest)
        meter = Meter()
        archive.search("nothing")
        say(f"words: {per(meter(), count)} CPU each, {megabytes(index):.0f} MB")
        for words in (WORDS[3], WORDS[300], WORDS[30_000], f'"{WORDS[3]} {WORDS[10]}"', f"{WORDS[50]} {WORDS[500]}"):
            timed(f"search {words}", lambda w: archive.search(w), [words])
            timed(f"search --removed {words}", lambda w: archive.search(w, removed=True), [words])
    meter = Meter()
    with Archive.open(place):
        say(f"opening: {per(meter(), 1)} CPU")


def timed(what: str, work, items: list) -> None:
    start = time.perf_counter()
    for item in items:
        work(item)
    say(f"{what}: {per(time.perf_counter() - start, len(items))} wall")


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
