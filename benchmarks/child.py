"""Runs a command in a process of its own and says what it used."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile


@dataclass(frozen=True, slots=True)
class Use:
    """What one process used, its own children included."""

    cpu_s: float
    wall_s: float
    peak_mb: float
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
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    return Use(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, process.returncode)
