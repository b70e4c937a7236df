"""Sets right what can be set right without losing anything: what is derived, what a crash left, what git still has.

Under the archive's lock. Changes no commit, no capture and no closed log.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archiver.errors import StoreError
from archiver.pipeline import recover
from archiver.query import Archive
from archiver.store.git import GitStore
from archiver.store.runs import tips


def repair(path: Path, now: datetime) -> tuple[str, ...]:
    """Mend what leads git to the history, recover, write missing files from git, build the index again; what was done.

    Raises:
        NoArchive: there is none.
        ForeignArchive: its git configuration is not ours.
        ArchiveDamaged: git cannot find or read the newest state, not even now.
        ArchiveLocked: a run is writing.
        StoreError: the archive cannot be written.
    """
    done = GitStore.mend(path, tips(path), now)
    with Archive.open(path, catch_up=False) as archive, archive.store.lock(now):
        done += tuple(recover(archive, now)) + archive.store.restore_missing()
        warning = archive.store.publish()
        with suppress(StoreError):  # whatever keeps the history from being read, the check that follows tells of it
            for _ in archive.store.revisions():
                pass
            archive.index.clear()
            archive.catch_up()
            done += ("built the index again",)
    return (*done, warning) if warning else done
