"""Runs a command in a process of its own and says what it used."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


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
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "archiver", *arguments], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    return Use(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, process.returncode)
