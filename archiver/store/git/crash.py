"""Clears away what a run that was killed left in the git folder.

Takes the path of a ".git" folder, under the archive's lock, so that every writer of ours is gone; gives what it did, in
words. Removes only what git makes while it writes and never reads again. Leaves every lock that a user's git may hold.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from archiver.store.disk import sync_folder

_LEFTOVERS = ("objects/pack/tmp_*", "objects/tmp_objdir-*", "objects/??/tmp_obj_*", "fast_import_crash_*")
_BRIEF_LOCKS = ("refs/heads/main.lock", "HEAD.lock")
"""Held for milliseconds by any git; unlike index.lock, which an open commit editor holds for as long as it likes."""
_STALE_AFTER = timedelta(minutes=10)
_PUBLISHING = "archiver.publishing"


def sweep(git_dir: Path, now: datetime) -> tuple[str, ...]:
    """Remove half-written packs, crash reports, fast-import's marks on its packs, and locks that nobody holds."""
    leftovers = [path for pattern in _LEFTOVERS for path in git_dir.glob(pattern) if path.is_file()]
    # fast-import marks its packs to be kept while it runs. Left behind, the mark hides them from every later repack.
    leftovers += [path for path in git_dir.glob("objects/pack/*.keep") if _is_mark(path)]
    leftovers += git_dir.glob("refs/archiver/*.lock")
    leftovers += [path for name in _BRIEF_LOCKS if _is_stale(path := git_dir / name, now)]
    for path in leftovers:
        path.unlink(missing_ok=True)
    return (f"removed what an interrupted run left: {_count(leftovers, git_dir)}",) if leftovers else ()


def _is_mark(keep: Path) -> bool:
    """Whether fast-import wrote this: its word is in it, or not yet, and then there is no pack yet either."""
    content = keep.read_bytes().strip()
    return content == b"fast-import" or (b"fast-import".startswith(content) and not keep.with_suffix(".idx").exists())


def clear_lock(git_dir: Path, ref: str) -> None:
    """Remove the lock of a ref that only we write. Where that fails, git will say so."""
    with suppress(OSError):
        (git_dir / f"{ref}.lock").unlink()


@contextmanager
def marked(git_dir: Path, target: str) -> Iterator[None]:
    """Leave a note of what is being published, for `half_published`, while git writes the files."""
    note = git_dir / _PUBLISHING
    with note.open("w") as file:
        file.write(target)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(git_dir)
    try:
        yield
    finally:
        note.unlink()


def half_published(git_dir: Path) -> str:
    """The commit whose publication was cut short while git wrote the files, or "".

    git moves index and branch after the files, so without its index lock there is nothing half-done.
    """
    note = git_dir / _PUBLISHING
    return note.read_text() if note.exists() and (git_dir / "index.lock").exists() else ""


def undo_publication(folder: Path, contents: Iterable[tuple[str, bytes, bytes]]) -> tuple[str, ...]:
    """Remove the files that git had written, wholly or in part; the rest, a user's among them, is left alone.

    Takes name, old content (b"" for a new file) and new content of each. A missing file git writes anew.
    """
    written = 0
    for name, old, new in contents:
        path = folder / name
        is_ours = path.is_file() and path.resolve() == folder.resolve() / name  # and not behind a link
        if is_ours and new.startswith(is_now := path.read_bytes()):
            if is_now == old and old:
                continue
            path.unlink()
            written += 1
    return (f"took back {written} files of an update that was cut short",) if written else ()


def forget_publication(git_dir: Path) -> None:
    """Remove the note, and the index lock of the git that was writing then: it is no user's."""
    note = git_dir / _PUBLISHING
    if note.exists():
        (git_dir / "index.lock").unlink(missing_ok=True)
        note.unlink()


def _is_stale(path: Path, now: datetime) -> bool:
    return path.exists() and now - datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo) > _STALE_AFTER


def _count(paths: list[Path], git_dir: Path) -> str:
    names = sorted(str(path.relative_to(git_dir)) for path in paths)
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
