"""Reads the few small files that lead git to the history, says which of them are damaged, and mends those.

Commits are named by their own hash; references, HEAD and the settings are not, and without them nothing is found. Takes
the path of a git folder and reads plain files, because git stops at the first that is damaged. What a reference was is
taken from its log, or else from the tips that others wrote down.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from archiver.store.disk import sync_folder

MAIN = "refs/heads/main"
INCOMING = "refs/archiver/incoming"

_COMMIT = re.compile(r"[0-9a-f]{40}")
_HEAD = re.compile(r"(?:ref: refs/heads/[!-~]+|[0-9a-f]{40})\n?")
_PACKED_LINE = re.compile(r"(?:#.*|\^[0-9a-f]{40}|[0-9a-f]{40} refs/[!-~]+)\n")
_LOG_LINE = re.compile(r"[0-9a-f]{40} ([0-9a-f]{40}) ")


def damage(git_dir: Path) -> Iterator[str]:
    """What is missing or damaged among these files, each in words that name it."""
    for name in ("config", "objects", "refs"):
        if not (git_dir / name).exists():
            yield f"{git_dir / name} is not there"
    if not _HEAD.fullmatch(_text(git_dir / "HEAD")):
        yield f"{git_dir / 'HEAD'} names neither a branch nor a commit"
    if not all(map(_PACKED_LINE.fullmatch, _packed_lines(git_dir))):
        yield f"{git_dir / 'packed-refs'} is damaged"
    if (git_dir / "shallow").exists():
        yield f"{git_dir / 'shallow'} cuts the history off; 'git fetch --unshallow' brings the rest"
    for ref in (MAIN, INCOMING):
        if (git_dir / ref).exists() and not _COMMIT.fullmatch(_text(git_dir / ref).strip()):
            yield f"{git_dir / ref} names no commit"
        elif not read(git_dir, ref) and (git_dir / "logs" / ref).exists():
            yield f"{git_dir / ref} is lost, its log is still there"


def read(git_dir: Path, ref: str) -> str:
    """The commit of a reference, from its own file or the packed ones; "" when there is none, or no such name."""
    text = _text(git_dir / ref).strip()
    if not text and not (git_dir / ref).exists():  # asked in this order, one that is being packed is in either place
        text = next((line[:40] for line in _packed_lines(git_dir) if line[40:] == f" {ref}\n"), "")
    return text if _COMMIT.fullmatch(text) else ""


def mend_files(git_dir: Path) -> tuple[str, ...]:
    """Write HEAD, the folder of references and the packed references so that git can read them; what was done."""
    done = []
    if not (git_dir / "refs").exists():
        (git_dir / "refs").mkdir()
        done.append("made the folder refs again")
    if not _HEAD.fullmatch(_text(git_dir / "HEAD")):
        _write(git_dir / "HEAD", f"ref: {MAIN}\n")
        done.append("HEAD is on main again")
    lines = _packed_lines(git_dir)
    whole = [line for line in lines if _PACKED_LINE.fullmatch(line)]
    if whole != lines:
        _write(git_dir / "packed-refs", "".join(whole))
        done.append(f"left {len(lines) - len(whole)} damaged lines out of packed-refs")
    return tuple(done)


def restore(
    git_dir: Path, tips: Iterable[str], *, is_whole: Callable[[str], bool], descends: Callable[[str, str], bool]
) -> tuple[str, ...]:
    """Set main and `incoming` back to the last whole commit that is known of them, where they are lost; what was done.

    A log tells where its reference was. `tips` are commits that others noted as the newest state, the last one first:
    they serve where there is no log, and take `incoming` further where its log ends too early.
    """
    done = []
    newest = next(filter(is_whole, tips), "")
    for ref in (INCOMING, MAIN):
        commit = read(git_dir, ref)
        is_lost = not commit and ((git_dir / ref).exists() or (git_dir / "logs" / ref).exists() or ref == MAIN)
        if is_whole(commit) or not (commit or is_lost):
            continue
        logged = _text(git_dir / "logs" / ref).splitlines()
        known = [match[1] for line in reversed(logged) if (match := _LOG_LINE.match(line))]
        found = next(filter(is_whole, known), "")
        if newest and (not found or (ref == INCOMING and descends(newest, found))):
            found = newest
        found = found or next(filter(is_whole, (read(git_dir, INCOMING), read(git_dir, MAIN))), "")
        if found:
            (git_dir / ref).parent.mkdir(parents=True, exist_ok=True)
            _write(git_dir / ref, f"{found}\n")
            done.append(f"{ref} was unreadable and is back at {found[:12]}, its last whole commit")
    return tuple(done)


def ends_with_its_hash(path: Path) -> bool:
    """Whether a file of git is whole, which git does not always look at: it ends with the SHA-1 of the rest."""
    content = path.read_bytes() if path.exists() else b""
    return hashlib.sha1(content[:-20], usedforsecurity=False).digest() == content[-20:]


def _packed_lines(git_dir: Path) -> list[str]:
    return _text(git_dir / "packed-refs").splitlines(keepends=True)


def _text(path: Path) -> str:
    return path.read_bytes().decode("latin-1") if path.is_file() and not path.is_symlink() else ""


def _write(path: Path, text: str) -> None:
    """Put a file in the place of a damaged one, durably."""
    draft = path.with_name(f"{path.name}.mended")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)
