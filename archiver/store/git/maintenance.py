"""Keeps the git folder small and fast, so that a cron line may run for years.

Every run leaves a pack or more. When there are many, those of like size are joined (`repack --geometric`), which costs
little because large ones stay as they are; when the whole has doubled, or grown by half a gigabyte, everything is
packed anew, with the revisions of an article side by side, so that they are stored as differences; what has then grown
large stays as it is from there on, so that neither time nor memory grow with the years.

Takes a repository, under the archive's lock and with no writer at work. Never runs in the background, as git's own
maintenance would.
"""

from __future__ import annotations

from pathlib import Path

from archiver.store.git.process import Repository

MOST_PACKS = 16
"""More of them are joined. To see whether it is time, one folder is listed."""
_LARGE = 512 << 20
"""Bytes of a pack that is not packed again, and of what has been added when it is time to pack anew."""
_KEPT = "archiver: large enough\n"
_NOTE = "archiver.packed"
_LIST = ("rev-list", "--objects", "--topo-order", "--all", "--reflog", "--indexed-objects")
"""By descent, since equally named objects are tried as they are listed, and clocks may have been set back."""
_DELTAS = ("--no-reuse-delta", "--delta-base-offset", "--window=5")
"""What is alike lies side by side here: a window of ten finds 1 % more, in a quarter more time."""
_PACK = ("pack-objects", "--quiet", "--honor-pack-keep", "--non-empty", *_DELTAS)
_DROP = ("repack", "-a", "-d", "--quiet")
_JOIN = ("repack", "-d", "--geometric=2", "--quiet")
_FILES = (b"article.md", b"metadata.json")
_GRAPH = ("commit-graph", "write", "--reachable", "--split", "--changed-paths", "--no-progress")
"""Lets plain `git log -- path` skip the commits that do not touch the path."""


def maintain(git: Repository) -> bool:
    """Pack when it is time; whether it was. May be ended at any moment. Raises StoreError."""
    if sum(1 for pack in _packs(git.git_dir) if not _is_kept(pack)) <= MOST_PACKS:
        return False
    note = git.git_dir / _NOTE
    before = int(note.read_text()) if note.exists() else 0
    if _size(git.git_dir) - before > min(before, _LARGE):
        _pack_anew(git)
        _keep_large(git.git_dir)
        note.write_text(str(_size(git.git_dir)))
    else:
        git.work(*_JOIN)
    git.work(*_GRAPH)
    return True


def _pack_anew(git: Repository) -> None:
    """Everything into one pack, under names by which git finds what is alike; then the other packs can go."""
    named = (_named(line) for line in git.lines(*_LIST))
    pack = git.work(*_PACK, str(git.git_dir / "objects" / "pack" / "pack"), lines=named).strip()
    git.work(*_DROP, f"--keep-pack=pack-{pack}.pack")


def _named(line: bytes) -> bytes:
    """A line of git's list, "<id> <path>", with the end of the folder's name behind the first letter of the file's.

    git seeks differences among a few objects whose names end alike, and looks at no more than 16 characters. All our
    files end in one of two ways, which leaves four or five for the article: too few for some ten thousand of them.
    """
    which, _, path = line.partition(b" ")
    folder, _, file = path.rpartition(b"/")
    return b"%s %s%s\n" % (which, file[:1], folder[-12:]) if file in _FILES else line + b"\n"


def _keep_large(git_dir: Path) -> None:
    """Tell git to leave the large packs alone, in its own way: by a file beside them."""
    for pack in _packs(git_dir):
        if pack.stat().st_size >= _LARGE and not _is_kept(pack):
            pack.with_suffix(".keep").write_text(_KEPT)


def _is_kept(pack: Path) -> bool:
    return pack.with_suffix(".keep").exists()


def _size(git_dir: Path) -> int:
    return sum(pack.stat().st_size for pack in _packs(git_dir))


def _packs(git_dir: Path) -> list[Path]:
    return list(git_dir.glob("objects/pack/*.pack"))
