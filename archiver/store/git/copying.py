"""Copies an archive from a folder that nobody vouches for, without running git in it.

Takes objects, the two references, captures and check logs, each by the names that they must have; leaves settings,
hooks, attributes, links and everything else. What was copied is then checked by git in the new place, where the
configuration is ours.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from archiver.errors import ArchiveDamaged, ForeignArchive, NoArchive, UsageError
from archiver.store.disk import reported
from archiver.store.git import heads
from archiver.store.git.heads import INCOMING, MAIN
from archiver.store.git.process import Repository
from archiver.store.git.store import GitStore
from archiver.store.layout import BARE, GIT, is_evidence_name, is_log_name

_PACK = re.compile(r"pack-[0-9a-f]{40}\.pack")
_LOOSE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{38}")
_PLAIN_FILES = {"100644", "100755"}


def clone(source: Path, target: Path, *, bare: bool = False) -> GitStore:
    """The copy of an archive, open, in a new folder. What it says is not verified here, but that git can read it is.

    Raises:
        NoArchive: there is none at the source.
        ForeignArchive: its history holds what no archive has.
        ArchiveDamaged: git cannot read all of it.
        UsageError: the target is not empty.
        StoreError: it cannot be written.
    """
    source, target = source.absolute(), target.absolute()
    git_dir = next((place for name in (GIT, BARE, ".") if _is_repository(place := source / name)), None)
    if git_dir is None:
        raise NoArchive(f"there is no archive in {source}")
    with reported("the copy", target):
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise UsageError(f"{target} is not empty", hint="choose a new folder")
        try:
            _copy_history(git_dir, Repository.initialise(target, bare=bare))
            for name in ("captures", "runs"):
                _copy_files(source / name, target / name)
            store = GitStore.open(target)
            store.publish()
        except BaseException:
            shutil.rmtree(target)
            raise
    return store


def _is_repository(place: Path) -> bool:
    return not place.is_symlink() and (place / "HEAD").is_file() and (place / "objects").is_dir()


def _copy_history(source: Path, repository: Repository) -> None:
    """Objects and references of one git folder into another, made sure of before any of it is checked out."""
    for path in _plain_files(source / "objects"):
        name = path.relative_to(source / "objects").as_posix()
        copy = repository.git_dir / "objects" / name
        if _LOOSE.fullmatch(name) or (path.parent.name == "pack" and _PACK.fullmatch(path.name)):
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, copy)
        if copy.suffix == ".pack" and copy.exists():
            repository.work("index-pack", str(copy))
    tips = {ref: commit for ref in (MAIN, INCOMING) if (commit := heads.read(source, ref))}
    for ref, commit in tips.items():
        repository.call("update-ref", ref, commit)
    status, out, errors = repository.attempt("fsck", "--strict", "--full", "--no-dangling", "--no-progress")
    if status:
        first = next((line for line in f"{errors}\n{out}".splitlines() if line), "")
        raise ArchiveDamaged(f"git cannot read all of {source}: {first}", hint="copy it again from where it came")
    for commit in tips.values():
        _refuse_odd_files(repository, commit)
    if MAIN in tips and not repository.is_bare:
        repository.call("reset", "--quiet", "--hard", tips[MAIN])


def _refuse_odd_files(repository: Repository, commit: str) -> None:
    """A link in the history would be a link on the disk, and could lead out of the archive."""
    for entry in repository.call("ls-tree", "-r", "-z", commit).split("\0"):
        if entry and entry[:6] not in _PLAIN_FILES:
            name = entry.partition("\t")[2]
            raise ForeignArchive(f"the history holds {name!r}, which is no plain file", hint="do not use this archive")


def _copy_files(source: Path, target: Path) -> None:
    for path in _plain_files(source):
        if is_evidence_name(path.name) or is_log_name(path.name):
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def _plain_files(folder: Path) -> Iterator[Path]:
    """All files below a folder that are reached without a link."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _plain_files(path)
        elif path.is_file() and not path.is_symlink():
            yield path
