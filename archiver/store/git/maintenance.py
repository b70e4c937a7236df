"""Keeps the git folder small and fast, so that a cron line may run for years.

Every run leaves a pack or more. When there are many, those of like size are joined (`repack --geometric`), which costs
little because large ones stay as they are; when the whole has doubled, everything is packed anew, which finds the
likeness between the revisions of an article. Takes a repository, under the archive's lock and with no writer at work.
Never runs in the background, as git's own maintenance would.
"""

from __future__ import annotations

from pathlib import Path

from archiver.store.git.process import Repository

MOST_PACKS = 16
"""More of them are joined. To see whether it is time, one folder is listed."""
_GROWTH = 2
_NOTE = "archiver.packed"
_DEEP = ("repack", "-a", "-d", "-f", "--quiet")
_JOIN = ("repack", "-d", "--geometric=2", "--quiet")
_GRAPH = ("commit-graph", "write", "--reachable", "--split", "--changed-paths", "--no-progress")
"""Lets plain `git log -- path` skip the commits that do not touch the path."""


def maintain(git: Repository) -> bool:
    """Pack when it is time; whether it was. May be ended at any moment. Raises StoreError."""
    sizes = _pack_sizes(git.git_dir)
    if len(sizes) <= MOST_PACKS:
        return False
    note = git.git_dir / _NOTE
    packed = int(note.read_text()) if note.exists() else 0
    if sum(sizes) > _GROWTH * packed:
        git.work(*_DEEP)
        note.write_text(str(sum(_pack_sizes(git.git_dir))))
    else:
        git.work(*_JOIN)
    git.work(*_GRAPH)
    return True


def _pack_sizes(git_dir: Path) -> list[int]:
    return [path.stat().st_size for path in git_dir.glob("objects/pack/*.pack")]
