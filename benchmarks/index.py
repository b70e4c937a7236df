"""What the index of an archive costs: `python -m benchmarks.index DIR` builds it anew and asks it.

CPU is user and system time of this process and its children, beside what git alone needs to say what is asked of it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from archiver.query import Archive
from archiver.store.layout import metadata_path
from benchmarks.store import WORDS, Meter, per

SAMPLES = 1000
QUERIES = (
    WORDS[3],
    WORDS[300],
    WORDS[30_000],
    f'"{WORDS[3]} {WORDS[10]}"',
    f"{WORDS[50]} {WORDS[500]}",
    f"{WORDS[3]} {WORDS[3000]}",
    f"{WORDS[3000]} {WORDS[3001]}",
    "rivest*",
)
"""A word that nearly every text has, a common one, a rare one, a phrase, two of several kinds, a beginning."""


def main() -> None:
    place = Path(sys.argv[1])
    shutil.rmtree(place / ".archiver", ignore_errors=True)
    build(place)
    ask(place)


def build(place: Path) -> None:
    """The index, then the words of all texts."""
    meter = Meter()
    with Archive.open(place) as archive:
        built, count = meter(), archive.index.total()
        floor = git_alone(archive)
    size = _size(place)
    with Archive.open(place) as archive:
        words = _timed(lambda: archive.search("nothing"))
        latest = [entry.latest for entry in archive.entries()][::100]
        lengths = [len(text.encode()) for text in archive.store.texts([(one.commit, one.key) for one in latest])]
    grown = f"{(_size(place) - size) / count / 1000:.2f} KB of {sum(lengths) / len(lengths) / 1000:.2f} KB"
    print(f"index of {count} revisions; CPU")
    print(f"  reindex, each {per(built, count)}, {built / floor:.2f} × git's part; {size / count / 1000:.2f} KB")
    print(f"  words, each   {per(words, count)}, {words / floor:.2f} × the same; {grown}")


def ask(place: Path) -> None:
    """What people wait for."""
    print(f"  opening the archive  {per(_timed(lambda: Archive.open(place).close()), 1)}")
    with Archive.open(place) as archive:
        entries = list(archive.entries())
        latest = [entry.latest for entry in entries[:: max(1, len(entries) // SAMPLES)]]
        history = _timed(lambda: [archive.index.history(one.key) for one in latest])
        print(f"  history of an article {per(history, len(latest))}")
        for query in QUERIES:
            kept, removed = (_timed(partial(archive.search, query, removed=how)) for how in (False, True))
            print(f"  search {query:<21} {per(kept, 1)}, --removed {per(removed, 1)}")

    def read() -> None:
        with Archive.open(place) as archive:
            for one in latest:
                archive.article(one)

    print(f"  reading a revision    {per(_timed(read), len(latest))}")


def git_alone(archive: Archive) -> float:
    """What git needs to say what a reindex asks of it: CPU seconds."""
    git = ["git", f"--git-dir={archive.store.git_dir}"]
    with tempfile.TemporaryFile() as names:
        names.writelines(f"{one.commit}:{metadata_path(one.key)}\n".encode() for one in archive.store.revisions())
        names.seek(0)
        meter = Meter()
        subprocess.run([*git, "log", "--format=%B", archive.store.tip()], stdout=subprocess.DEVNULL, check=True)
        subprocess.run([*git, "cat-file", "--batch", "--buffer"], stdin=names, stdout=subprocess.DEVNULL, check=True)
        return meter()


def _size(place: Path) -> int:
    return sum(path.stat().st_size for path in (place / ".archiver").iterdir())


def _timed(work: Callable[[], object]) -> float:
    meter = Meter()
    work()
    return meter()


if __name__ == "__main__":
    main()
