"""Appends to `incoming`, and sets what only `incoming` has on top of main where a user's commits moved main.

Takes a repository and its history, under the archive's lock. The one place that launches `git fast-import`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from archiver.store.git import crash, fastimport
from archiver.store.git.fastimport import FastImport
from archiver.store.git.heads import INCOMING
from archiver.store.git.history import Entry, History
from archiver.store.git.process import Repository
from archiver.store.layout import CONFIG, article_path, metadata_path
from archiver.store.serialize import parse_commit

CONFIG_MESSAGE = "config: archiver.toml as edited\n"
"""Of the commits that we make besides those of revisions."""
_REBUILT = "refs/archiver/rebuilt"


class Incoming:
    """Where a run appends."""

    def __init__(self, git: Repository, history: History) -> None:
        """Take a repository that has been looked through."""
        self._git = git
        self._history = history

    def start(self) -> FastImport:
        """A fast-import that appends from the tip of record."""
        self.rebuild_unpublished()
        return self._import(INCOMING, self._history.tip())

    def commit_files(self, message: str, now: datetime, contents: Mapping[str, bytes]) -> None:
        """Append one commit of ours, durably."""
        running = self.start()
        running.commit(message, now, [fastimport.file(path, content) for path, content in contents.items()])
        running.acknowledge()
        running.finish()

    def rebuild_unpublished(self) -> int:
        """When main gained commits that `incoming` lacks: set what only `incoming` has on top of them; how many.

        The new chain is complete before `incoming` moves to it. What main has under another id (a user rebased it) is
        recognised by its message and not repeated.
        """
        main, incoming = self._history.heads()
        descends = self._history.descends
        if not main or not incoming or descends(incoming, main) or descends(main, incoming):
            return 0
        present = {entry.message for entry in self._history.log(main, incoming)}
        missing = [
            entry
            for entry in self._history.log(incoming, main)
            if entry.message not in present and (entry.message == CONFIG_MESSAGE or parse_commit(entry.message))
        ]
        tip = self._replay(missing, main) if missing else main
        crash.clear_lock(self._git.git_dir, INCOMING)
        self._git.call("update-ref", INCOMING, tip, incoming)
        self._git.call("update-ref", "-d", _REBUILT)
        return len(missing)

    def _replay(self, entries: Sequence[Entry], parent: str) -> str:
        """Make commits of ours again on another parent, same message, time and files; the last one's id."""
        crash.clear_lock(self._git.git_dir, _REBUILT)
        self._git.call("update-ref", "-d", _REBUILT)
        running = self._import(_REBUILT, parent)
        for entry in entries:
            revision = parse_commit(entry.message)
            paths = [article_path(revision.key), metadata_path(revision.key)] if revision else [CONFIG]
            blobs = self._git.call("rev-parse", *(f"{entry.commit}:{path}" for path in paths)).split("\n")
            changes = [fastimport.known_file(path, blob) for path, blob in zip(paths, blobs, strict=True)]
            running.commit(entry.message, datetime.fromtimestamp(entry.seconds, UTC), changes)
        commits = running.acknowledge()
        running.finish()
        return commits[-1]

    def _import(self, ref: str, parent: str) -> FastImport:
        crash.clear_lock(self._git.git_dir, ref)
        launched = self._git.launch("fast-import", *fastimport.OPTIONS)
        return FastImport(launched, git_dir=self._git.git_dir, ref=ref, parent=parent)
