"""Lets one run at a time write to an archive.

The lock is the kernel's (flock(2)) on one open file: it goes with the process, however that ends, so there are no
stale locks. A child that inherits the file holds it too: a git that outlives a killed run for a moment still counts.
The file also says who holds it, for the message that others get. The file itself stays.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from archiver.errors import ArchiveLocked
from archiver.store.disk import reported


@contextmanager
def exclusive(path: Path, now: datetime) -> Iterator[int]:
    """Hold the lock file `path`; its descriptor. Raises ArchiveLocked, naming the holder, at once when it is taken."""
    with reported("the archive", path):
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ArchiveLocked(
                f"another run is writing to this archive: {_holder(file)}",
                hint="wait until it has finished; 'archiver snapshot --wait 10m' does so by itself",
            ) from error
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat(timespec="seconds")}
        with suppress(OSError):  # on a full disk the lock holds as well
            os.truncate(file, 0)
            os.pwrite(file, json.dumps(holder).encode(), 0)
        try:
            yield file
        finally:
            os.truncate(file, 0)
            fcntl.flock(file, fcntl.LOCK_UN)
    finally:
        os.close(file)


def _holder(file: int) -> str:
    """Who holds the lock, as the holder wrote it."""
    try:
        holder = json.loads(os.pread(file, 4096, 0))
        return f"process {holder['pid']} on {holder['host']} since {holder['since']}"
    except (ValueError, KeyError, TypeError):
        return "a process that has only just started"
