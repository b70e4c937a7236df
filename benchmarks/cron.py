"""An archive under a cron line: many small runs, with packing when it is time: `python -m benchmarks.cron [RUNS]`.

Every run opens the archive, recovers, appends three revisions, publishes (without a working tree) and packs if need be.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import islice
from pathlib import Path

from archiver.store.git import GitStore
from benchmarks.store import NOW, Meter, append, drafts

START, PER_RUN, STEP = 5_000, 3, 200


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    items = drafts(1)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with GitStore.create(place, now=NOW, config_text="schema = 1\n", bare=True) as store:
            append(store, list(islice(items, START)))
            store.publish()
            store.maintain()
        for done in range(0, runs, STEP):
            costs = [run(place, list(islice(items, PER_RUN))) for _ in range(STEP)]
            work, packing = (sum(column) for column in zip(*costs, strict=True))
            worst = max(cost for _, cost in costs)
            spent = f"{1000 * work / STEP:6.1f} ms CPU a run, packing {1000 * packing / STEP:6.1f} ms a run"
            held = standing(place, START + (done + STEP) * PER_RUN)
            print(f"runs to {done + STEP:5}: {spent}, {worst:5.1f} s at most; {held}", flush=True)


def run(place: Path, batch: list) -> tuple[float, float]:
    """One run; CPU seconds of it, and of packing."""
    meter = Meter()
    with GitStore.open(place) as store, store.lock(NOW):
        store.recover(NOW)
        store.commit_config(NOW)
        with store.writer() as writer:
            writer.append(batch)
        store.publish()
        store.close()
        work = meter()
        store.maintain()
    return work, meter() - work


def standing(place: Path, revisions: int) -> str:
    objects = place / "archive.git" / "objects"
    packs = list(objects.glob("pack/*.pack"))
    loose = sum(1 for path in objects.glob("[0-9a-f][0-9a-f]/*") if path.is_file())
    size = sum(path.stat().st_size for path in objects.rglob("*") if path.is_file())
    return f"{len(packs)} packs, {loose} loose objects, {size / revisions / 1000:.2f} KB a revision"


if __name__ == "__main__":
    main()
