"""Keeps revisions as commits in a git repository: the only module that runs git.

    refs/heads/main          what users see, publish and clone
    refs/archiver/incoming   where a run appends; main and the working tree follow it

The *tip of record*, where runs, index and reads start, is `incoming` while it descends from main, else main. Every
call of git names its repository, ignores the user's and the system's configuration and every GIT_* variable, and runs
no hook. GitPython launches git and reads objects; its index and commit functions are not used, because their cost
grows with the archive. Nothing here rewrites what was published.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from archiver.errors import ForeignArchive, NoArchive, StoreError
from archiver.model import Article, Revision
from archiver.store import crash, fastimport, lock, trust
from archiver.store.fastimport import FastImport, Writer
from archiver.store.layout import CONFIG, README, article_path, metadata_path
from archiver.store.serialize import parse_commit, read_article

try:
    import git
except ImportError as error:  # GitPython looks for the program when it is imported
    raise StoreError("git was not found", hint="install git 2.36 or newer") from error

MAIN = "refs/heads/main"
INCOMING = "refs/archiver/incoming"

_REBUILT = "refs/archiver/rebuilt"
_NEW_MESSAGE = "config: a new archive\n"
_CONFIG_MESSAGE = "config: archiver.toml as edited\n"
_IGNORED = "/captures/\n/runs/\n/.archiver/\n"
_CHECK = "run `archiver check`"
_OLDEST_GIT = (2, 36)
"""The first that syncs references to disk (core.fsync)."""

_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.fsync": "all",
    "core.autocrlf": "false",
    "core.quotePath": "false",
    "core.logAllRefUpdates": "always",
    "fastimport.unpackLimit": "1",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "transfer.fsckObjects": "true",
    "receive.denyNonFastForwards": "true",
}
"""Written into a new archive for those who use git there, and given to every call because a clone lacks them."""

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": fastimport.IDENTITY[0],
    "GIT_AUTHOR_EMAIL": fastimport.IDENTITY[1],
    "GIT_COMMITTER_NAME": fastimport.IDENTITY[0],
    "GIT_COMMITTER_EMAIL": fastimport.IDENTITY[1],
}


class _Heads(NamedTuple):
    """The commits of main and of `incoming`, "" for a ref that is not there."""

    main: str
    incoming: str


class _Entry(NamedTuple):
    """A commit as `git log` has it."""

    commit: str
    seconds: int
    message: str


class GitStore:
    """The commits of one archive. Made by `create` or `open`; a context manager that ends its git processes."""

    def __init__(self, path: Path) -> None:
        """Use `open`, which checks what this takes for granted."""
        self.path = path
        self._git_dir = path / ".git"
        self._git = git.Git(path)
        self._git.update_environment(**_ENVIRONMENT, GIT_DIR=str(self._git_dir), GIT_WORK_TREE=str(path))
        self._reading = threading.Lock()
        self._lock_file: int | None = None
        self._ancestry: dict[tuple[str, str], bool] = {}

    @classmethod
    def create(cls, path: Path, *, now: datetime, config_text: str) -> GitStore:
        """Make a new archive in `path`, or finish making one; an archive that is there stays as it is.

        Raises StoreError when the folder holds anything else.
        """
        path = path.absolute()
        try:
            path.mkdir(parents=True, exist_ok=True)
            others = sorted(entry.name for entry in path.iterdir() if entry.name != ".git")
        except OSError as error:
            raise StoreError(f"cannot make an archive in {path}: {error.strerror}") from error
        if not (path / ".git" / "HEAD").exists():
            if others:
                raise StoreError(f"{path} is not empty: it holds {others[0]}", hint="choose a new folder")
            _initialise(path)
        trust.check_git_folder(path / ".git")
        store = cls(path)
        if not store.tip():
            if others:
                raise StoreError(f"{path} is a git repository of something else", hint="choose a new folder")
            readme = (files("archiver.store") / "FORMAT.md").read_bytes()
            ours = {README: readme, ".gitattributes": trust.ATTRIBUTES.encode(), ".gitignore": _IGNORED.encode()}
            store._commit_files(_NEW_MESSAGE, now, {CONFIG: config_text.encode(), **ours})
        if not store._heads().main:
            store.publish()
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> GitStore:
        """The archive in `path` itself, never one in a folder above it.

        Raises NoArchive, ForeignArchive when its git configuration says what we never write, StoreError without git.
        """
        path = path.absolute()
        git_dir = path / ".git"
        if not git_dir.exists():
            raise NoArchive(f"there is no archive in {path}", hint=f"make one with `archiver init {path}`")
        if git_dir.is_symlink() or not (git_dir / "HEAD").is_file():
            raise ForeignArchive(
                f"{git_dir} is not a git folder of its own", hint="clone it with `git clone --no-local`"
            )
        trust.check_git_folder(git_dir)
        _require_version()
        store = cls(path)
        if not store._has(f"{store.tip()}:{CONFIG}"):
            raise NoArchive(f"{path} is a git repository, but no archive", hint="make one in a new folder")
        return store

    def __enter__(self) -> GitStore:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that read objects. The store stays usable and starts them again."""
        with self._reading:
            self._git.clear_cache()

    @contextmanager
    def lock(self, now: datetime) -> Iterator[None]:
        """Hold the archive for one writing run. Raises ArchiveLocked, naming the holder."""
        with lock.exclusive(self._git_dir / "archiver.lock", now) as file:
            self._lock_file = file
            try:
                yield
            finally:
                self._lock_file = None

    def recover(self, now: datetime) -> tuple[str, ...]:
        """Clear away what a crashed run left, under the lock; what was done, in words."""
        done = crash.sweep(self._git_dir, now)
        if not self._is_whole(self._heads().incoming):
            done += crash.restore_ref(self._git_dir, INCOMING, self._is_whole)
        moved = self._rebuild_unpublished()
        return (*done, f"put {moved} unpublished revisions on top of main, which had moved") if moved else done

    def tip(self) -> str:
        """The commit where runs and reads start; "" in a repository without commits."""
        main, incoming = self._heads()
        return incoming if incoming and (not main or self._descends(incoming, main)) else main

    def is_known(self, commit: str) -> bool:
        """Whether `commit` belongs to the history of the tip; if not, what was derived from it is out of date."""
        return self._descends(self.tip(), commit)

    def writer(self) -> Writer:
        """Appends revisions. Under the lock, after `recover`."""
        return Writer(self._start)

    def publish(self) -> str:
        """Let main and the working tree follow the tip; "" or a warning why they could not, to be tried again later.

        Files that a user changed and did not commit are never touched: when they are in the way, nothing moves.
        """
        self._rebuild_unpublished()
        tip = self.tip()
        if tip == self._heads().main:
            return ""
        _, head, _ = self._try("symbolic-ref", "--quiet", "HEAD")
        if head != MAIN:
            place = f"{head.removeprefix('refs/heads/')!r} is checked out" if head else "no branch is checked out"
            return f"the files in {self.path} were not updated: {place}, not 'main'"
        self._stage_config(tip)
        status, _, errors = self._try("merge", "--ff-only", "--quiet", "--no-stat", tip)
        if status == 0:
            return ""
        names = [line.strip() for line in errors.split("\n") if line.startswith("\t")]
        reason = f"changes of yours are in the way in {', '.join(names)}" if names else " ".join(errors.split())
        return f"the files in {self.path} were not updated: {reason}"

    def commit_config(self, now: datetime) -> bool:
        """Commit archiver.toml when it differs from the tip's; whether it did. Under the lock."""
        path = self.path / CONFIG
        if path.is_symlink() or not path.is_file():
            return False
        content = path.read_bytes()
        tip = self.tip()
        if self._has(f"{tip}:{CONFIG}") and self.read(tip, CONFIG) == content:
            return False
        self._commit_files(_CONFIG_MESSAGE, now, {CONFIG: content})
        return True

    def revisions(self, since: str = "") -> Iterator[Revision]:
        """Every revision up to the tip, oldest first, or those after the commit `since`; a user's commits are left out.

        `number` is not known here and stays 0.
        """
        for entry in self._log(self.tip(), since):
            if revision := parse_commit(entry.message):
                yield replace(revision, commit=entry.commit)

    def article(self, commit: str, key: str) -> Article:
        """The article as it stood in a commit. Raises StoreError when it is not there or damaged."""
        text, metadata = self.read(commit, article_path(key)), self.read(commit, metadata_path(key))
        try:
            return read_article(text.decode(), metadata.decode())
        except UnicodeDecodeError as error:
            raise StoreError(f"{key} in commit {commit[:12]} is not UTF-8", hint=_CHECK) from error

    def read(self, commit: str, path: str) -> bytes:
        """A file as it stood in a commit. Raises StoreError when it is not there."""
        with self._reading:
            if self._git.cat_file_all is None:
                self._git.cat_file_all = self._launch("cat-file", "--batch")
            try:
                return self._git.get_object_data(f"{commit}:{path}")[3]
            except (ValueError, OSError) as error:
                if self._git.cat_file_all.poll() is not None:
                    self._git.clear_cache()
                raise StoreError(f"{path} cannot be read from commit {commit[:12]}", hint=_CHECK) from error

    def fsck(self) -> tuple[str, ...]:
        """What git finds wrong with its objects and references; nothing when all is well."""
        status, out, errors = self._try("fsck", "--strict", "--full", "--no-dangling", "--no-progress")
        return tuple(line for line in f"{out}\n{errors}".splitlines() if line) if status else ()

    def _start(self) -> FastImport:
        """A fast-import that appends to `incoming` from the tip of record."""
        self._rebuild_unpublished()
        return self._import(INCOMING, self.tip())

    def _import(self, ref: str, parent: str) -> FastImport:
        crash.clear_lock(self._git_dir, ref)
        held = () if self._lock_file is None else (self._lock_file,)
        launched = self._launch("fast-import", *fastimport.OPTIONS, pass_fds=held)
        return FastImport(launched, git_dir=self._git_dir, ref=ref, parent=parent)

    def _commit_files(self, message: str, now: datetime, contents: Mapping[str, bytes]) -> None:
        running = self._start()
        running.commit(message, now, [fastimport.file(path, content) for path, content in contents.items()])
        running.acknowledge()
        running.finish()

    def _rebuild_unpublished(self) -> int:
        """When main gained commits that `incoming` lacks: set what only `incoming` has on top of them; how many.

        The new chain is complete before `incoming` moves to it. What main has under another id (a user rebased it) is
        recognised by its message and not repeated.
        """
        main, incoming = self._heads()
        if not main or not incoming or self._descends(incoming, main) or self._descends(main, incoming):
            return 0
        present = {entry.message for entry in self._log(main, incoming)}
        missing = [
            entry
            for entry in self._log(incoming, main)
            if entry.message not in present and (entry.message == _CONFIG_MESSAGE or parse_commit(entry.message))
        ]
        tip = self._replay(missing, main) if missing else main
        crash.clear_lock(self._git_dir, INCOMING)
        self._call("update-ref", INCOMING, tip, incoming)
        self._call("update-ref", "-d", _REBUILT)
        return len(missing)

    def _replay(self, entries: Sequence[_Entry], parent: str) -> str:
        """Make commits of ours again on another parent, same message, time and files; the last one's id."""
        crash.clear_lock(self._git_dir, _REBUILT)
        self._call("update-ref", "-d", _REBUILT)
        running = self._import(_REBUILT, parent)
        for entry in entries:
            revision = parse_commit(entry.message)
            paths = [article_path(revision.key), metadata_path(revision.key)] if revision else [CONFIG]
            blobs = self._call("rev-parse", *(f"{entry.commit}:{path}" for path in paths)).split("\n")
            changes = [fastimport.known_file(path, blob) for path, blob in zip(paths, blobs, strict=True)]
            running.commit(entry.message, datetime.fromtimestamp(entry.seconds, UTC), changes)
        commits = running.acknowledge()
        running.finish()
        return commits[-1]

    def _stage_config(self, tip: str) -> None:
        """Tell the index of the archiver.toml that we committed for the user, or it would block its own publication."""
        path = self.path / CONFIG
        if path.is_file() and self._has(f"{tip}:{CONFIG}") and path.read_bytes() == self.read(tip, CONFIG):
            blob = self._call("rev-parse", "--verify", f"{tip}:{CONFIG}")
            self._try("update-index", "--add", "--cacheinfo", f"100644,{blob},{CONFIG}")

    def _log(self, tip: str, since: str) -> Iterator[_Entry]:
        """Every commit in `tip` and not in `since`, parents first."""
        span = [tip, f"^{since}"] if since else [tip]
        options = ("--reverse", "--topo-order", "-z", "--format=%H %ct%n%B", "--encoding=UTF-8", "--no-show-signature")
        log = self._launch("log", *options, "--end-of-options", *span, "--")
        rest = b""
        while chunk := log.stdout.read1(1 << 16):
            *whole, rest = (rest + chunk).split(b"\0")
            yield from map(_entry, whole)
        if rest:
            yield _entry(rest)
        if log.proc.wait():
            raise StoreError(f"git log failed: {log.stderr.read().decode().strip()}", hint=_CHECK)

    def _heads(self) -> _Heads:
        lines = self._call("for-each-ref", "--format=%(refname) %(objectname)", MAIN, INCOMING).splitlines()
        commits = dict(line.split() for line in lines)
        return _Heads(commits.get(MAIN, ""), commits.get(INCOMING, ""))

    def _descends(self, commit: str, ancestor: str) -> bool:
        """Whether one commit is the other or comes after it. Asked often, found once: commits do not change."""
        pair = (commit, ancestor)
        if commit != ancestor and pair not in self._ancestry:
            self._ancestry[pair] = self._try("merge-base", "--is-ancestor", ancestor, commit)[0] == 0
        return commit == ancestor or self._ancestry[pair]

    def _is_whole(self, commit: str) -> bool:
        return commit != "" and self._has(f"{commit}^{{tree}}")

    def _has(self, name: str) -> bool:
        return self._try("cat-file", "-e", name)[0] == 0

    def _call(self, *arguments: str) -> str:
        """Standard output of a git command that must succeed."""
        status, out, errors = self._try(*arguments)
        if status:
            raise StoreError(f"git {arguments[0]} failed: {errors.strip()}", hint=_CHECK)
        return out

    def _try(self, *arguments: str) -> tuple[int, str, str]:
        """Status, standard output and error output of a git command that may fail."""
        with _no_git_variables():
            return self._git.execute(
                _command(*arguments), with_extended_output=True, with_exceptions=False, start_new_session=True
            )

    def _launch(self, *arguments: str, pass_fds: tuple[int, ...] = ()) -> Any:  # noqa: ANN401 - GitPython's handle
        """A git process with open pipes. In a session of its own: Ctrl-C is for us to handle, not for git."""
        with _no_git_variables():
            return self._git.execute(
                _command(*arguments), istream=-1, as_process=True, start_new_session=True, pass_fds=pass_fds
            )


def _entry(text: bytes) -> _Entry:
    head, _, message = text.decode("utf-8", "replace").partition("\n")
    commit, _, seconds = head.partition(" ")
    return _Entry(commit, int(seconds), message)


def _initialise(path: Path) -> None:
    """An empty repository without anybody's template, whose configuration is ours."""
    _require_version()
    arguments = ["init", "--quiet", "--template=", "--initial-branch=main", "--object-format=sha1", "."]
    with _no_git_variables():
        git.Git(path).execute(["git", *arguments], env=_ENVIRONMENT)
    with (path / ".git" / "config").open("a") as config:
        for section, names in groupby(_SETTINGS, lambda name: name.partition(".")[0]):
            keys = [f"\t{name.partition('.')[2]} = {_SETTINGS[name]}\n" for name in names]
            config.write(f"[{section}]\n{''.join(keys)}")


def _command(*arguments: str) -> list[str]:
    settings = _SETTINGS | {"core.attributesFile": os.devnull, "core.excludesFile": os.devnull}
    return ["git", *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")), *arguments]


@cache
def _require_version() -> None:
    with _no_git_variables():
        try:
            text = str(git.Git().execute(["git", "version"]))
        except git.GitCommandNotFound as error:
            raise StoreError("git was not found", hint="install git 2.36 or newer") from error
    numbers = re.search(r"(\d+)\.(\d+)", text)
    if not numbers or (int(numbers[1]), int(numbers[2])) < _OLDEST_GIT:
        raise StoreError(f"this git is too old: {text}", hint="install git 2.36 or newer")


@contextmanager
def _no_git_variables() -> Iterator[None]:
    """Launch without any GIT_* variable: run from a hook, they would point git at another repository.

    GitPython can only add to the environment of a process, not take away.
    """
    taken = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GIT_")}
    try:
        yield
    finally:
        os.environ.update(taken)
