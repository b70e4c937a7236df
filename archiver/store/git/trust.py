"""Refuses an archive whose git folder could run a program, or read and write elsewhere, when git opens it.

Takes the path of a ".git" folder and reads plain files; never runs git. An archive that came from somebody else may
hold hooks (we switch them off on every call), but also filters, drivers, includes and alternates, which only the
configuration can rule out: so it may say what we write, what `git clone` writes and what is harmless, nothing else.
See gitsecurity(7), git-config(1), gitrepository-layout(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from archiver.errors import ForeignArchive
from archiver.store.layout import BARE

ATTRIBUTES = "* -text -ident -filter\n"
"""What `.gitattributes` says: git stores and checks out every byte as it is."""

PINNED = "* -text -ident -filter -working-tree-encoding\n"
"""What `info/attributes` says, which counts for more than what a user or a stranger commits."""

_HINT = "make a copy that is safe with 'archiver clone', or remove what is named here"

_ANY = r".*"
_BOOL = r"true|false"
_ALLOWED = {
    "core.repositoryformatversion": "0",
    "core.filemode": _BOOL,
    "core.symlinks": _BOOL,
    "core.ignorecase": _BOOL,
    "core.precomposeunicode": _BOOL,
    "core.logallrefupdates": rf"{_BOOL}|always",
    "core.hookspath": "/dev/null",
    "core.fsmonitor": "false",
    "core.autocrlf": "false",
    "core.fsync": "all",
    "core.quotepath": _BOOL,
    "fastimport.unpacklimit": r"\d+",
    "gc.auto": r"\d+",
    "maintenance.auto": _BOOL,
    "transfer.fsckobjects": _BOOL,
    "receive.denynonfastforwards": _BOOL,
    "user.name": _ANY,
    "user.email": _ANY,
    "pull.ff": _ANY,
    "pull.rebase": _ANY,
    "remote.*.url": _ANY,
    "remote.*.pushurl": _ANY,
    "remote.*.fetch": _ANY,
    "branch.*.remote": _ANY,
    "branch.*.merge": _ANY,
    "branch.*.rebase": _ANY,
}
_SECTION = re.compile(r'\[([A-Za-z0-9-]+)(?:[ \t]+"((?:[^"\\]|\\["\\])*)")?\]')
_ENTRY = re.compile(r"([A-Za-z][A-Za-z0-9-]*)(?:[ \t]*=[ \t]*(.*[^\\]|))?")
_REDIRECTS = (
    "commondir",
    "config.worktree",
    "info/grafts",
    "objects/info/alternates",
    "objects/info/http-alternates",
)
_OURS = ("archiver.toml", "articles", "captures", "runs", ".archiver")
_WITHIN = (".archiver/*", "captures/*", "captures/*/*", "runs/*", "runs/*/*")
"""Files of ours, and the folders in which we make files. The files in these are never opened through a link."""


def check_folder(folder: Path) -> None:
    """Raise ForeignArchive when something that we write to in an archive is a link to another place."""
    _refuse_links(folder / name for name in _OURS)
    _refuse_links(path for pattern in _WITHIN for path in folder.glob(pattern))


def check_git_folder(git_dir: Path) -> None:
    """Raise ForeignArchive, naming file, line and words, unless everything in `git_dir` is harmless."""
    _refuse_links((git_dir, *git_dir.glob("*"), *git_dir.glob("objects/*"), *git_dir.glob("info/*")))
    _refuse_links((*git_dir.glob("refs/**/*"), *git_dir.glob("logs/**/*")))
    for name in _REDIRECTS:
        if (git_dir / name).exists():
            raise ForeignArchive(f"{git_dir / name} makes git look elsewhere", hint=_HINT)
    attributes = git_dir / "info" / "attributes"
    text = attributes.read_text("utf-8", "replace") if attributes.exists() else ""
    if text != ATTRIBUTES and not PINNED.startswith(text):  # a power cut may have left a part of it
        raise ForeignArchive(f"{attributes} can change what is read and written", hint=_HINT)
    _check_config(git_dir / "config")


def _refuse_links(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_symlink():
            raise ForeignArchive(f"{path} is a symbolic link to another place", hint=_HINT)


def _check_config(path: Path) -> None:
    """Read git's syntax strictly: what is not plainly an allowed line is refused, so no trick of quoting helps."""
    section = ""
    if not path.exists():  # then git has its defaults, and the archive is damaged, not foreign
        return
    for number, raw in enumerate(path.read_bytes().decode("latin-1").split("\n"), start=1):
        line = raw.strip(" \t\r")
        if not line or line.startswith(("#", ";")):
            continue
        if header := _SECTION.fullmatch(line):
            section = header[1].lower() + (".*" if header[2] is not None else "")
        elif not _is_allowed(section, line, is_bare=path.parent.name == BARE):
            raise ForeignArchive(f"{path}:{number}: not something this archive needs: {line!r}", hint=_HINT)


def _is_allowed(section: str, line: str, *, is_bare: bool) -> bool:
    entry = _ENTRY.fullmatch(line)
    if entry is None:
        return False
    value = "true" if entry[2] is None else entry[2]
    name = f"{section}.{entry[1].lower()}"
    if name == "core.bare":
        return value == str(is_bare).lower()
    return re.fullmatch(_ALLOWED.get(name, r"(?!)"), value) is not None
