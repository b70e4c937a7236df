"""Keeps the revisions of an archive as commits, and lets its files follow: what the rest of the program sees of git.

Takes revisions with their articles, gives them back by commit. Nothing here rewrites what was published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from archiver.errors import ArchiveDamaged, ForeignArchive, NoArchive, StoreError, UsageError
from archiver.model import Article, Revision
from archiver.store.disk import reported
from archiver.store.git import crash, heads, trust
from archiver.store.git.fastimport import Writer
from archiver.store.git.heads import INCOMING, MAIN
from archiver.store.git.history import History
from archiver.store.git.incoming import CONFIG_MESSAGE, Incoming
from archiver.store.git.maintenance import maintain
from archiver.store.git.process import Repository
from archiver.store.git.worktree import WorkingTree
from archiver.store.layout import BARE, CONFIG, GIT, README, article_path, metadata_path
from archiver.store.lock import exclusive
from archiver.store.serialize import Dates, parse_commit, read_article, read_dates

_NEW_MESSAGE = "config: a new archive\n"
_IGNORED = "/captures/\n/runs/\n/.archiver/\n"
_CHECK = "run 'archiver check'"
_EMPTY = "missing tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""Said after a `git rebase --root`, of the tree without entries: git has it always, whether it is stored or not."""
_REPAIR = "'archiver check --repair' restores what git still has; what it cannot has to come from a backup"


class GitStore:
    """The commits of one archive. Made by `create` or `open`; a context manager that ends its git processes."""

    def __init__(self, repository: Repository) -> None:
        """Use `open`, which checks what this takes for granted."""
        self.path = repository.path
        self._git = repository
        self._history = History(repository)
        self._incoming = Incoming(repository, self._history)
        self._tree = WorkingTree(repository, self._history)

    @classmethod
    def create(cls, path: Path, *, now: datetime, config_text: str, bare: bool = False) -> GitStore:
        """Make a new archive in `path`, or finish making one; an archive that is there stays as it is.

        A bare one has no copies of the articles as files. Raises UsageError when the folder holds anything else.
        """
        path = path.absolute()
        with reported("the archive", path):
            path.mkdir(parents=True, exist_ok=True)
            others = sorted(entry.name for entry in path.iterdir() if entry.name not in (GIT, BARE))
        git_dir = _git_dir(path)
        if not git_dir or not (others or (git_dir / "HEAD").exists()):
            if others:
                raise UsageError(f"{path} is not empty: it holds {others[0]}", hint="choose a new folder")
            git_dir = Repository.initialise(path, bare=bare).git_dir
        if others and CONFIG in others and next(heads.damage(git_dir), ""):
            return cls.open(path)
        trust.check_git_folder(git_dir)
        store = cls(Repository(path, bare=git_dir.name == BARE))
        if not store.tip():
            if others or store._git.attempt("rev-parse", "--verify", "--quiet", "HEAD")[0] == 0:
                raise UsageError(f"{path} is a git repository of something else", hint="choose a new folder")
            store._git.call("symbolic-ref", "HEAD", MAIN)  # as people make them, it may be another branch
            readme = (files("archiver.store") / "FORMAT.md").read_bytes()
            ours = {README: readme, ".gitattributes": trust.ATTRIBUTES.encode(), ".gitignore": _IGNORED.encode()}
            store._incoming.commit_files(_NEW_MESSAGE, now, {CONFIG: config_text.encode(), **ours})
        if not store._history.heads().main:
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
                history = store._history
                done += heads.restore(git.git_dir, tips, is_whole=history.is_whole, descends=history.descends)
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
            done = crash.sweep(self._git.git_dir, now) + self._tree.undo_half_publication()
        moved = self._incoming.rebuild_unpublished()
        return (*done, f"put {moved} unpublished revisions on top of main, which had moved") if moved else done

    def tip(self) -> str:
        """The commit where runs and reads start; "" in a repository without commits."""
        return self._history.tip()

    def is_known(self, commit: str) -> bool:
        """Whether `commit` belongs to the history of the tip; if not, what was derived from it is out of date."""
        return self._history.descends(self.tip(), commit)

    def writer(self) -> Writer:
        """Appends revisions. Under the lock, after `recover`."""
        return Writer(self._incoming.start)

    def publish(self) -> str:
        """Let main and the working tree follow the tip; "" or a warning why they could not, to be tried again later.

        Files that a user changed and did not commit are never touched: when they are in the way, nothing moves.
        """
        self._incoming.rebuild_unpublished()
        return self._tree.publish()

    def commit_config(self, now: datetime) -> bool:
        """Commit archiver.toml when it differs from the tip's; whether it did. Under the lock."""
        path = self.path / CONFIG
        if path.is_symlink() or not path.is_file():
            return False
        content = path.read_bytes()
        if self._history.content(self.tip(), CONFIG) == content:
            return False
        self._incoming.commit_files(CONFIG_MESSAGE, now, {CONFIG: content})
        return True

    def revisions(self, since: str = "") -> Iterator[Revision]:
        """Every revision up to the tip, oldest first, or those after the commit `since`; a user's commits are left out.

        `number` is not known here and stays 0.
        """
        for entry in self._history.log(self.tip(), since):
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
            yield read_dates(content or b"")

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
        return self._tree.strays()

    def restore_missing(self) -> tuple[str, ...]:
        """Write the files that are not there from git, and its own list of them; what was done. Under the lock."""
        return self._tree.restore_missing()

    def fsck(self, *, full: bool = True) -> tuple[str, ...]:
        """What git finds wrong with its references and what they reach, and, when `full`, with every object."""
        how = ("--strict", "--full") if full else ("--connectivity-only",)
        status, out, errors = self._git.attempt("fsck", *how, "--no-dangling", "--no-progress")
        return tuple(line for line in f"{out}\n{errors}".splitlines() if line not in ("", _EMPTY)) if status else ()

    def _require_tip(self) -> None:
        """Raise ArchiveDamaged unless git finds and reads the newest state; NoArchive when it is not an archive's."""
        if found := next(heads.damage(self.git_dir), ""):
            raise ArchiveDamaged(found, hint=_REPAIR)
        main, incoming = self._history.heads()
        if not main and not incoming and (self.path / CONFIG).exists():
            raise ArchiveDamaged(f"{self.git_dir}: no reference leads to the history", hint=_REPAIR)
        for ref, commit in ((MAIN, main), (INCOMING, incoming)):
            if commit and not self._history.is_whole(commit):
                raise ArchiveDamaged(f"{self.git_dir / ref}: git cannot read commit {commit[:12]}", hint=_REPAIR)
        tip = self.tip()
        if not self._git.has(f"{tip}:{CONFIG}"):
            if tip and self._git.call("ls-tree", "--name-only", tip, "--", CONFIG):
                raise ArchiveDamaged(f"{self.git_dir}: git cannot read {CONFIG} of the newest state", hint=_REPAIR)
            raise NoArchive(f"{self.path} is a git repository, but no archive", hint="make one in a new folder")


def _trusted(path: Path) -> Repository:
    """The repository of an archive in which nothing could run or redirect git. Raises NoArchive, ForeignArchive."""
    git_dir = _git_dir(path)
    if not git_dir:
        if (path / GIT).exists():
            raise ForeignArchive(f"{path / GIT} is not a git folder of its own", hint="'archiver clone' it")
        raise NoArchive(f"there is no archive in {path}", hint=f"make one with 'archiver init {path}'")
    trust.check_folder(path)
    trust.check_git_folder(git_dir)
    return Repository(path, bare=git_dir.name == BARE)


def _git_dir(path: Path) -> Path | None:
    """The git folder of the archive in `path`, when there is one that is nobody else's."""
    for place in (path / GIT, path / BARE):
        if not place.is_symlink() and any((place / name).exists() for name in ("HEAD", "objects", "refs")):
            return place
    return None


def _index_packs(git: Repository) -> Iterator[str]:
    """List again what is in each pack whose list is missing or damaged; the names of the packs."""
    for pack in sorted((git.git_dir / "objects" / "pack").glob("pack-*.pack")):
        listed = pack.with_suffix(".idx")
        if not heads.ends_with_its_hash(listed):
            listed.unlink(missing_ok=True)
            if git.attempt("index-pack", str(pack))[0] == 0:
                yield pack.name
