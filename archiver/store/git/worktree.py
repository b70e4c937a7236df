"""Lets main and the files follow the tip of record, and says which files are not as git has them.

Takes a repository and its history. Files that a user changed and did not commit are never touched. What was cut short
half-way, by want of space or power, is taken back, so that it can be done again as a whole.
"""

from __future__ import annotations

import os

from archiver.store.disk import reported
from archiver.store.git import crash, trust
from archiver.store.git.heads import MAIN, ends_with_its_hash
from archiver.store.git.history import History
from archiver.store.git.process import Repository
from archiver.store.layout import CONFIG, GIT, README

_NOTHING = "0" * 40
_STATES = {"?": "unknown", "D": "missing"}


class WorkingTree:
    """The files of an archive beside its git folder; of a bare one, its configuration and the format alone."""

    def __init__(self, git: Repository, history: History) -> None:
        """Take a repository that has been looked through."""
        self._git = git
        self._path = git.path
        self._history = history

    def publish(self) -> str:
        """Move main and the files to the tip; "" or a warning why they could not, to be tried again later.

        Files that a user changed and did not commit are never touched: when they are in the way, nothing moves.
        """
        tip = self._history.tip()
        main = self._history.heads().main
        if self._git.is_bare:
            if tip != main:
                self._git.call("update-ref", MAIN, tip, main or _NOTHING)
            self._write_missing(tip)
            return ""
        if tip == main:
            return ""
        _, head, _ = self._git.attempt("symbolic-ref", "--quiet", "HEAD")
        if head != MAIN:
            place = f"{head.removeprefix('refs/heads/')!r} is checked out" if head else "no branch is checked out"
            return f"the files in {self._path} were not updated: {place}, not 'main'"
        self._stage_config(tip)
        with reported("the archive", self._path), crash.marked(self._git.git_dir, tip):
            self._pin_attributes()
            status, _, errors = self._git.attempt("merge", "--ff-only", "--quiet", "--no-stat", tip)
        if status == 0:
            return ""
        lines = [line for line in errors.split("\n") if line.strip()]
        names = [line.strip() for line in lines if line.startswith("\t")]
        if names:  # git has looked before it wrote anything
            return f"the files in {self._path} were not updated: changes of yours are in the way in {', '.join(names)}"
        with reported("the archive", self._path):
            self._take_back(main, tip)
        more = f" (and {len(lines) - 1} lines more)" if len(lines) > 1 else ""
        return f"the files in {self._path} were not updated: {lines[0] if lines else 'git was ended'}{more}"

    def undo_half_publication(self) -> tuple[str, ...]:
        """Take back the files that a publication wrote before the power went, so that the next can write them all."""
        target, main = crash.half_published(self._git.git_dir), self._history.heads().main
        done = self._take_back(main, target) if main and self._history.is_whole(target) else ()
        crash.forget_publication(self._git.git_dir)
        return done

    def strays(self) -> tuple[tuple[str, str], ...]:
        """Files that are not as git has them, each with how: "missing", "changed", "unknown", "unreadable", "unborn".

        What people add is told of below articles/ only, and the configuration is theirs to change.
        """
        if self._git.is_bare or not self._history.heads().main:
            return ()
        if not self._git.has("HEAD"):
            return ((f"{GIT}/HEAD", "unborn"),)
        looking = ("--no-optional-locks", "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
        status, listed, _ = self._git.attempt(*looking)
        if status or not ends_with_its_hash(self._git.git_dir / "index"):
            return ((f"{GIT}/index", "unreadable"),)
        found = []
        for entry in filter(None, listed.split("\0")):
            name, how = entry[3:], _STATES.get(entry[:2].strip()[-1:], "changed")
            if how == "missing" and (self._path / name).exists():
                how = "changed"  # a user told git to forget it
            if name.startswith("articles/") or how == "missing" or (entry[0] in " M" and name != CONFIG):
                found.append((name, how))
        return tuple(found)

    def restore_missing(self) -> tuple[str, ...]:
        """Write the files that are not there from git, and its own list of them; what was done. Under the lock."""
        done: tuple[str, ...] = ()
        if (f"{GIT}/index", "unreadable") in self.strays():
            (self._git.git_dir / "index").unlink(missing_ok=True)
            self._git.call("reset", "--quiet")
            done = ("listed anew the files that git knows",)
        missing = [name for name, how in self.strays() if how == "missing"]
        if missing:
            with reported("the archive", self._path):
                self._pin_attributes()
        for start in range(0, len(missing), 500):
            self._git.call("checkout", "--quiet", "HEAD", "--", *missing[start : start + 500])
        return (*done, f"restored {len(missing)} files from git") if missing else done

    def _write_missing(self, tip: str) -> None:
        """Put the configuration and the format beside a bare repository, where they are not there yet."""
        for name in (CONFIG, README):
            if not os.path.lexists(self._path / name):
                with reported("the archive", self._path):
                    (self._path / name).write_bytes(self._git.read(f"{tip}:{name}"))

    def _take_back(self, main: str, target: str) -> tuple[str, ...]:
        """Remove the files of `target` that are there although main, for want of space or power, did not get there."""
        changed = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=d", main, target)
        names = [name for name in self._git.call(*changed).split("\0") if name] if main else []
        old, new = self._history.content, self._git.read
        contents = ((name, old(main, name) or b"", new(f"{target}:{name}")) for name in names)
        return crash.undo_publication(self._path, contents)

    def _pin_attributes(self) -> None:
        """See to it that git writes every byte as it is, whatever .gitattributes says by now."""
        attributes = self._git.git_dir / "info" / "attributes"
        if not attributes.exists() or attributes.read_text("utf-8", "replace") != trust.PINNED:
            attributes.parent.mkdir(exist_ok=True)
            attributes.write_text(trust.PINNED)

    def _stage_config(self, tip: str) -> None:
        """Tell the index of the archiver.toml that we committed for the user, or it would block its own publication."""
        path = self._path / CONFIG
        if path.is_file() and path.read_bytes() == self._history.content(tip, CONFIG):
            blob = self._git.call("rev-parse", "--verify", f"{tip}:{CONFIG}")
            self._git.attempt("update-index", "--add", "--cacheinfo", f"100644,{blob},{CONFIG}")
