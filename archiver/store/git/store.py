"""Keeps the revisions of an archive as commits, and lets its files follow.

    refs/heads/main          what users see, publish and clone
    refs/archiver/incoming   where a run appends; main and the working tree follow it

The *tip of record*, where runs, index and reads start, is `incoming`, unless main has all of it and more. So what
was acknowledged never drops out of sight, not even while a user's commit on main waits to be joined with it. Takes
revisions with their articles, gives them back by commit. Nothing here rewrites what was published.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from archiver.errors import ArchiveDamaged, ForeignArchive, NoArchive, StoreError
from archiver.model import Article, Revision
from archiver.store.disk import reported
from archiver.store.git import crash, fastimport, heads, trust
from archiver.store.git.fastimport import FastImport, Writer
from archiver.store.git.heads import INCOMING, MAIN
from archiver.store.git.maintenance import maintain
from archiver.store.git.process import Repository
from archiver.store.layout import BARE, CONFIG, GIT, README, article_path, metadata_path
from archiver.store.lock import exclusive
from archiver.store.serialize import Dates, parse_commit, read_article, read_dates

_REBUILT = "refs/archiver/rebuilt"
_NEW_MESSAGE = "config: a new archive\n"
_CONFIG_MESSAGE = "config: archiver.toml as edited\n"
_IGNORED = "/captures/\n/runs/\n/.archiver/\n"
_CHECK = "run `archiver check`"
_REPAIR = "`archiver check --repair` restores what git still has; what it cannot has to come from a backup"
_NOTHING = "0" * 40
_STATES = {"?": "unknown", "D": "missing"}


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

    def __init__(self, repository: Repository) -> None:
        """Use `open`, which checks what this takes for granted."""
        self.path = repository.path
        self._git = repository
        self._ancestry: dict[tuple[str, str], bool] = {}

    @classmethod
    def create(cls, path: Path, *, now: datetime, config_text: str, bare: bool = False) -> GitStore:
        """Make a new archive in `path`, or finish making one; an archive that is there stays as it is.

        A bare one has no copies of the articles as files. Raises StoreError when the folder holds anything else.
        """
        path = path.absolute()
        with reported("the archive", path):
            path.mkdir(parents=True, exist_ok=True)
            others = sorted(entry.name for entry in path.iterdir() if entry.name not in (GIT, BARE))
        git_dir = _git_dir(path)
        if not git_dir or not (others or (git_dir / "HEAD").exists()):
            if others:
                raise StoreError(f"{path} is not empty: it holds {others[0]}", hint="choose a new folder")
            git_dir = Repository.initialise(path, bare=bare).git_dir
        if others and CONFIG in others and next(heads.damage(git_dir), ""):
            return cls.open(path)
        trust.check_git_folder(git_dir)
        store = cls(Repository(path, bare=git_dir.name == BARE))
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

        Raises NoArchive, ForeignArchive when its git configuration says what we never write, ArchiveDamaged when git
        cannot find or read its newest state, StoreError without git.
        """
        store = cls(_trusted(path.absolute()))
        try:
            store._require_tip()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def mend(cls, path: Path, tips: Iterable[str], now: datetime) -> tuple[str, ...]:
        """Set right what keeps an archive from being opened, as far as git still has it; what was done, in words.

        `tips` are commits that the check logs name as the newest state, the last one first. Raises NoArchive,
        ForeignArchive, ArchiveLocked, and StoreError when the archive cannot be written.
        """
        git = _trusted(path.absolute())
        with exclusive(git.git_dir / "archiver.lock", now), reported("the archive", git.git_dir):
            done = heads.mend_files(git.git_dir)
            if not (git.git_dir / "config").exists():
                git.configure()
                done += ("wrote the configuration of git again",)
            done += tuple(f"listed anew what is in {name}" for name in _index_packs(git))
            with cls(git) as store:
                done += heads.restore(git.git_dir, tips, is_whole=store._is_whole, descends=store._descends)
        return done

    def __enter__(self) -> GitStore:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def birth(self) -> int:
        """A number that another copy of the archive does not have, and that nobody can give to one.

        When a file of it came to be where it is, as the file system noted it: no copying and no unpacking keeps that.
        """
        return (self.git_dir / "config").stat().st_ctime_ns

    @property
    def git_dir(self) -> Path:
        """The folder of the repository."""
        return self._git.git_dir

    def close(self) -> None:
        """End the process that reads objects. The store stays usable and starts it again."""
        self._git.close()

    @contextmanager
    def lock(self, now: datetime) -> Iterator[None]:
        """Hold the archive for one writing run. Raises ArchiveLocked, naming the holder."""
        with exclusive(self._git.git_dir / "archiver.lock", now) as descriptor:
            self._git.inherited = (descriptor,)
            try:
                yield
            finally:
                self._git.inherited = ()

    def recover(self, now: datetime) -> tuple[str, ...]:
        """Clear away what a crashed run left, under the lock; what was done, in words."""
        with reported("the archive", self.path):
            done = crash.sweep(self._git.git_dir, now) + self._undo_half_publication()
        moved = self._rebuild_unpublished()
        return (*done, f"put {moved} unpublished revisions on top of main, which had moved") if moved else done

    def tip(self) -> str:
        """The commit where runs and reads start; "" in a repository without commits."""
        main, incoming = self._heads()
        return main if not incoming or (main and self._descends(main, incoming)) else incoming

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
        main = self._heads().main
        if self._git.is_bare:
            if tip != main:
                self._git.call("update-ref", MAIN, tip, main or _NOTHING)
            return self._write_missing(tip)
        if tip == main:
            return ""
        _, head, _ = self._git.attempt("symbolic-ref", "--quiet", "HEAD")
        if head != MAIN:
            place = f"{head.removeprefix('refs/heads/')!r} is checked out" if head else "no branch is checked out"
            return f"the files in {self.path} were not updated: {place}, not 'main'"
        self._stage_config(tip)
        with reported("the archive", self.path), crash.marked(self._git.git_dir, tip):
            self._pin_attributes()
            status, _, errors = self._git.attempt("merge", "--ff-only", "--quiet", "--no-stat", tip)
        if status == 0:
            return ""
        lines = [line for line in errors.split("\n") if line.strip()]
        names = [line.strip() for line in lines if line.startswith("\t")]
        if names:  # git has looked before it wrote anything
            return f"the files in {self.path} were not updated: changes of yours are in the way in {', '.join(names)}"
        with reported("the archive", self.path):
            self._take_back(main, tip)
        more = f" (and {len(lines) - 1} lines more)" if len(lines) > 1 else ""
        return f"the files in {self.path} were not updated: {lines[0] if lines else 'git was ended'}{more}"

    def _write_missing(self, tip: str) -> str:
        """Put the configuration and the format beside a bare repository, where they are not there yet."""
        for name in (CONFIG, README):
            if not os.path.lexists(self.path / name):
                with reported("the archive", self.path):
                    (self.path / name).write_bytes(self.read(tip, name))
        return ""

    def commit_config(self, now: datetime) -> bool:
        """Commit archiver.toml when it differs from the tip's; whether it did. Under the lock."""
        path = self.path / CONFIG
        if path.is_symlink() or not path.is_file():
            return False
        content = path.read_bytes()
        if self._content(self.tip(), CONFIG) == content:
            return False
        self._commit_files(_CONFIG_MESSAGE, now, {CONFIG: content})
        return True

    def revisions(self, since: str = "") -> Iterator[Revision]:
        """Every revision up to the tip, oldest first, or those after the commit `since`; a user's commits are left out.

        `number` is not known here and stays 0.
        """
        for entry in self._log(self.tip(), since):
            if revision := parse_commit(entry.message, entry.commit):
                yield revision

    def article(self, commit: str, key: str) -> Article:
        """The article as it stood in a commit. Raises StoreError when it is not there or damaged."""
        text, metadata = self.read(commit, article_path(key)), self.read(commit, metadata_path(key))
        try:
            return read_article(text.decode(), metadata.decode())
        except UnicodeDecodeError as error:
            raise StoreError(f"{key} in commit {commit[:12]} is not UTF-8", hint=_CHECK) from error

    def dates(self, wanted: Sequence[tuple[str, str]]) -> Iterator[Dates]:
        """What articles say of when they came out, by commits and keys, in that order.

        Nothing where metadata.json is damaged: one article must not keep all others from being read.
        """
        for content in self._git.read_many([f"{commit}:{metadata_path(key)}" for commit, key in wanted]):
            try:
                yield read_dates(content or b"")
            except StoreError:
                yield Dates()

    def texts(self, wanted: Sequence[tuple[str, str]]) -> Iterator[str]:
        """`article.md` by commits and keys, in that order; "" when it is damaged, which is for `check` to tell of."""
        for content in self._git.read_many([f"{commit}:{article_path(key)}" for commit, key in wanted]):
            yield (content or b"").decode("utf-8", "replace")

    def read(self, commit: str, path: str) -> bytes:
        """A file as it stood in a commit. Raises StoreError when it is not there."""
        return self._git.read(f"{commit}:{path}")

    def maintain(self) -> bool:
        """Pack what many runs left, when it is time; whether it was. Under the lock, without a writer. StoreError."""
        return maintain(self._git)

    def strays(self) -> tuple[tuple[str, str], ...]:
        """Files that are not as git has them, each with how: "missing", "changed", "unknown", "unreadable", "unborn".

        What people add is told of below articles/ only, and the configuration is theirs to change.
        """
        if self._git.is_bare or not self._heads().main:
            return ()
        if not self._git.has("HEAD"):
            return ((f"{GIT}/HEAD", "unborn"),)
        looking = ("--no-optional-locks", "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
        status, listed, _ = self._git.attempt(*looking)
        if status or not _ends_with_its_hash(self.git_dir / "index"):
            return ((f"{GIT}/index", "unreadable"),)
        found = []
        for entry in filter(None, listed.split("\0")):
            name, how = entry[3:], _STATES.get(entry[:2].strip()[-1:], "changed")
            if how == "missing" and (self.path / name).exists():
                how = "changed"  # a user told git to forget it
            if name.startswith("articles/") or how == "missing" or (entry[0] in " M" and name != CONFIG):
                found.append((name, how))
        return tuple(found)

    def restore_missing(self) -> tuple[str, ...]:
        """Write the files that are not there from git, and its own list of them; what was done. Under the lock."""
        done: tuple[str, ...] = ()
        if (f"{GIT}/index", "unreadable") in self.strays():
            (self.git_dir / "index").unlink(missing_ok=True)
            self._git.call("reset", "--quiet")
            done = ("listed anew the files that git knows",)
        missing = [name for name, how in self.strays() if how == "missing"]
        if missing:
            with reported("the archive", self.path):
                self._pin_attributes()
        for start in range(0, len(missing), 500):
            self._git.call("checkout", "--quiet", "HEAD", "--", *missing[start : start + 500])
        return (*done, f"restored {len(missing)} files from git") if missing else done

    def fsck(self, *, full: bool = True) -> tuple[str, ...]:
        """What git finds wrong with its references and what they reach, and, when `full`, with every object."""
        how = ("--strict", "--full") if full else ("--connectivity-only",)
        status, out, errors = self._git.attempt("fsck", *how, "--no-dangling", "--no-progress")
        return tuple(line for line in f"{out}\n{errors}".splitlines() if line) if status else ()

    def _require_tip(self) -> None:
        """Raise ArchiveDamaged unless git finds and reads the newest state; NoArchive when it is not an archive's."""
        if found := next(heads.damage(self.git_dir), ""):
            raise ArchiveDamaged(found, hint=_REPAIR)
        main, incoming = self._heads()
        if not main and not incoming and (self.path / CONFIG).exists():
            raise ArchiveDamaged(f"{self.git_dir}: no reference leads to the history", hint=_REPAIR)
        for ref, commit in ((MAIN, main), (INCOMING, incoming)):
            if commit and not self._is_whole(commit):
                raise ArchiveDamaged(f"{self.git_dir / ref}: git cannot read commit {commit[:12]}", hint=_REPAIR)
        tip = self.tip()
        if not self._git.has(f"{tip}:{CONFIG}"):
            if tip and self._git.call("ls-tree", "--name-only", tip, "--", CONFIG):
                raise ArchiveDamaged(f"{self.git_dir}: git cannot read {CONFIG} of the newest state", hint=_REPAIR)
            raise NoArchive(f"{self.path} is a git repository, but no archive", hint="make one in a new folder")

    def _start(self) -> FastImport:
        """A fast-import that appends to `incoming` from the tip of record."""
        self._rebuild_unpublished()
        return self._import(INCOMING, self.tip())

    def _import(self, ref: str, parent: str) -> FastImport:
        crash.clear_lock(self._git.git_dir, ref)
        launched = self._git.launch("fast-import", *fastimport.OPTIONS)
        return FastImport(launched, git_dir=self._git.git_dir, ref=ref, parent=parent)

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
        crash.clear_lock(self._git.git_dir, INCOMING)
        self._git.call("update-ref", INCOMING, tip, incoming)
        self._git.call("update-ref", "-d", _REBUILT)
        return len(missing)

    def _replay(self, entries: Sequence[_Entry], parent: str) -> str:
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

    def _undo_half_publication(self) -> tuple[str, ...]:
        """Take back the files that a publication wrote before the power went, so that the next can write them all."""
        target, main = crash.half_published(self._git.git_dir), self._heads().main
        done = self._take_back(main, target) if main and self._is_whole(target) else ()
        crash.forget_publication(self._git.git_dir)
        return done

    def _take_back(self, main: str, target: str) -> tuple[str, ...]:
        """Remove the files of `target` that are there although main, for want of space or power, did not get there."""
        changed = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=d", main, target)
        names = [name for name in self._git.call(*changed).split("\0") if name] if main else []
        contents = ((name, self._content(main, name) or b"", self.read(target, name)) for name in names)
        return crash.undo_publication(self.path, contents)

    def _pin_attributes(self) -> None:
        """See to it that git writes every byte as it is, whatever .gitattributes says by now."""
        attributes = self.git_dir / "info" / "attributes"
        if not attributes.exists() or attributes.read_text("utf-8", "replace") != trust.PINNED:
            attributes.parent.mkdir(exist_ok=True)
            attributes.write_text(trust.PINNED)

    def _stage_config(self, tip: str) -> None:
        """Tell the index of the archiver.toml that we committed for the user, or it would block its own publication."""
        path = self.path / CONFIG
        if path.is_file() and path.read_bytes() == self._content(tip, CONFIG):
            blob = self._git.call("rev-parse", "--verify", f"{tip}:{CONFIG}")
            self._git.attempt("update-index", "--add", "--cacheinfo", f"100644,{blob},{CONFIG}")

    def _content(self, commit: str, name: str) -> bytes | None:
        try:
            return self.read(commit, name)
        except StoreError:
            return None

    def _log(self, tip: str, since: str) -> Iterator[_Entry]:
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
            raise StoreError(f"git log failed: {' '.join(log.stderr.read().decode().split())}", hint=_CHECK)

    def _heads(self) -> _Heads:
        return _Heads(*(heads.read(self.git_dir, ref) for ref in (MAIN, INCOMING)))

    def _descends(self, commit: str, ancestor: str) -> bool:
        """Whether one commit is the other or comes after it. Asked often, found once: commits do not change."""
        pair = (commit, ancestor)
        if commit != ancestor and pair not in self._ancestry:
            self._ancestry[pair] = self._git.attempt("merge-base", "--is-ancestor", ancestor, commit)[0] == 0
        return commit == ancestor or self._ancestry[pair]

    def _is_whole(self, commit: str) -> bool:
        return commit != "" and self._git.has(f"{commit}^{{tree}}")


def _trusted(path: Path) -> Repository:
    """The repository of an archive in which nothing could run or redirect git. Raises NoArchive, ForeignArchive."""
    git_dir = _git_dir(path)
    if not git_dir:
        if (path / GIT).exists():
            raise ForeignArchive(f"{path / GIT} is not a git folder of its own", hint="`archiver clone` it")
        raise NoArchive(f"there is no archive in {path}", hint=f"make one with `archiver init {path}`")
    trust.check_folder(path)
    trust.check_git_folder(git_dir)
    return Repository(path, bare=git_dir.name == BARE)


def _git_dir(path: Path) -> Path | None:
    """The git folder of the archive in `path`, when there is one that is nobody else's."""
    for place in (path / GIT, path / BARE):
        if not place.is_symlink() and any((place / name).exists() for name in ("HEAD", "objects", "refs")):
            return place
    return None


def _ends_with_its_hash(path: Path) -> bool:
    """Whether a file of git is whole, which git does not always look at: it ends with the SHA-1 of the rest."""
    content = path.read_bytes() if path.exists() else b""
    return hashlib.sha1(content[:-20], usedforsecurity=False).digest() == content[-20:]


def _index_packs(git: Repository) -> Iterator[str]:
    """List again what is in each pack whose list is missing or damaged; the names of the packs."""
    for pack in sorted((git.git_dir / "objects" / "pack").glob("pack-*.pack")):
        listed = pack.with_suffix(".idx")
        if not _ends_with_its_hash(listed):
            listed.unlink(missing_ok=True)
            if git.attempt("index-pack", str(pack))[0] == 0:
                yield pack.name


def _entry(text: bytes) -> _Entry:
    head, _, message = text.decode("utf-8", "replace").partition("\n")
    commit, _, seconds = head.partition(" ")
    return _Entry(commit, int(seconds), message)
