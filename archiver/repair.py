"""Sets right what can be set right without losing anything: what is derived, what a crash left, what git still has.

Under the archive's lock. Changes no commit, no capture and no closed log.
"""

from __future__ import annotations

from datetime import datetime

from archiver.pipeline import recover
from archiver.query import Archive


def repair(archive: Archive, now: datetime) -> tuple[str, ...]:
    """Build the index again, recover, write missing files from git; what was done, in words.

    Raises:
        ArchiveLocked: a run is writing.
        StoreError: the archive cannot be written.
    """
    store = archive.store
    with store.lock(now):
        archive.index.clear()
        done = (*recover(archive, now), "built the index again", *store.restore_missing())
        warning = store.publish()
    return (*done, warning) if warning else done
