"""Runs a command in a process of its own and says what it used."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile


@dataclass(frozen=True, slots=True)
class Use:
    """What one process used, its own children included."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    """Of its memory and its children's together, shared pages counted once; sampled ten times a second."""
    code: int

    def __str__(self) -> str:
        return f"{self.cpu_s:7.2f} s CPU  {self.wall_s:7.2f} s wall  {self.peak_mb:6.1f} MB peak  exit {self.code}"


def archiver(*arguments: str, cwd: Path | None = None) -> Use:
    """Run `archiver` with these arguments."""
    return measured((sys.executable, "-m", "archiver", *arguments), cwd=cwd)


def measured(command: Sequence[str], *, cwd: Path | None = None, said: str = "") -> Use:
    """Run a command, which reads what is `said` to it."""
    with TemporaryFile("w+") as told:
        told.write(said)
        told.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, stdin=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ended, peak = threading.Event(), [0.0]
        sampler = threading.Thread(target=_sample, args=(process.pid, ended, peak))
        sampler.start()
        _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    ended.set()
    sampler.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    peak_mb = max(peak[0], used.ru_maxrss / 1024)  # a short run may end between two samples
    return Use(used.ru_utime + used.ru_stime, wall, peak_mb, process.returncode)


def _sample(pid: int, ended: threading.Event, peak: list[float]) -> None:
    while not ended.wait(0.1):
        peak[0] = max(peak[0], sum(map(_megabytes, _family(pid))))


def _family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in path.read_text().split():
                yield from _family(int(child))


def _megabytes(pid: int) -> float:
    """What a process has for itself, and its share of what it shares."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
