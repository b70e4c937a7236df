"""Puts bytes on disk whole, makes them stay there when the power fails, and says what could not be written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from archiver.errors import SHORT, StoreError


@contextmanager
def reported(what: str, path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a StoreError: "<what> cannot be written: <path>: No space left on device"."""
    try:
        yield
    except OSError as error:
        message = f"{what} cannot be written: {path}: {error.strerror}"
        raise StoreError(message, hint=SHORT.get(error.errno or 0, "")) from error


def hint_for(words: str) -> str:
    """What to do when a program failed with these words: about what the machine is short of, else check the archive."""
    unsaid = "make room, or make it writable, then run again" if "write" in words else "run 'archiver check'"
    return next((hint for code, hint in SHORT.items() if os.strerror(code) in words), unsaid)


def append(file: FileIO, data: bytes) -> None:
    """Write all of the data at the end of an unbuffered file, or nothing of it. Raises OSError."""
    end = file.seek(0, os.SEEK_END)
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except BaseException:
        with suppress(OSError):
            file.truncate(end)
        raise


def is_plain(path: Path) -> bool:
    """Whether a file is there that is no link: in an archive from a stranger, a link could lead anywhere."""
    return path.is_file() and not path.is_symlink()


def sync_folder(folder: Path) -> None:
    """Make what was created or renamed in a folder durable: syncing a file does not sync its name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folders(folder: Path, root: Path) -> None:
    """Make a folder below `root`, and those between, durably."""
    missing = [path for path in (folder, *folder.parents) if path.is_relative_to(root) and not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)
