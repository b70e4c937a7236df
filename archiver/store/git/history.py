"""Reads what the references lead to: the tip of record, what came before what, the log.

    refs/heads/main          what users see, publish and clone
    refs/archiver/incoming   where a run appends; main and the working tree follow it

The *tip of record*, where runs, index and reads start, is `incoming`, unless main has all of it and more. So what
was acknowledged never drops out of sight, not even while a user's commit on main waits to be joined with it. Takes a
repository; moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archiver.errors import StoreError
from archiver.store.git import heads
from archiver.store.git.heads import INCOMING, MAIN
from archiver.store.git.process import Repository, failure


class Heads(NamedTuple):
    """The commits of main and of `incoming`, "" for a ref that is not there."""

    main: str
    incoming: str


class Entry(NamedTuple):
    """A commit as `git log` has it."""

    commit: str
    seconds: int
    message: str


class History:
    """The commits of one repository."""

    def __init__(self, git: Repository) -> None:
        """Take a repository that has been looked through."""
        self._git = git
        self._ancestry: dict[tuple[str, str], bool] = {}

    def heads(self) -> Heads:
        """Where the two references stand now."""
        return Heads(*(heads.read(self._git.git_dir, ref) for ref in (MAIN, INCOMING)))

    def tip(self) -> str:
        """The tip of record; "" in a repository without commits."""
        main, incoming = self.heads()
        return main if not incoming or (main and self.descends(main, incoming)) else incoming

    def descends(self, commit: str, ancestor: str) -> bool:
        """Whether one commit is the other or comes after it. Asked often, found once: commits do not change."""
        pair = (commit, ancestor)
        if commit != ancestor and pair not in self._ancestry:
            self._ancestry[pair] = self._git.attempt("merge-base", "--is-ancestor", ancestor, commit)[0] == 0
        return commit == ancestor or self._ancestry[pair]

    def is_whole(self, commit: str) -> bool:
        """Whether git can read a commit and its first tree."""
        return commit != "" and self._git.has(f"{commit}^{{tree}}")

    def content(self, commit: str, path: str) -> bytes | None:
        """A file as it stood in a commit, None when git cannot read it there."""
        try:
            return self._git.read(f"{commit}:{path}")
        except StoreError:
            return None

    def log(self, tip: str, since: str) -> Iterator[Entry]:
        """Every commit in `tip` and not in `since`, parents first."""
        span = [tip, f"^{since}"] if since else [tip]
        options = ("--reverse", "--topo-order", "-z", "--format=%H %ct%n%B", "--encoding=UTF-8", "--no-show-signature")
        log = self._git.launch("log", *options, "--end-of-options", *span, "--")
        rest = b""
        while chunk := log.stdout.read1(1 << 16):
            *whole, rest = (rest + chunk).split(b"\0")
            yield from map(_entry, whole)
        if rest:
            yield _entry(rest)
        if log.proc.wait():
            raise failure("log", log.stderr.read().decode())


def _entry(text: bytes) -> Entry:
    head, _, message = text.decode("utf-8", "replace").partition("\n")
    return Entry(head[:40], int(head[41:]), message)
