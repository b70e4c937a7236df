"""Counts what is in an archive, and how it grows. Takes an open archive, gives values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.query import Archive
from archiver.store.layout import run_time
from archiver.store.runs import run_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What one month of capture added."""

    month: str
    """"2026-03", in UTC."""
    revisions: int
    evidence: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """An archive in numbers."""

    articles: int
    revisions: int
    events: dict[str, int]
    """How many revisions came of what."""
    bytes: dict[str, int]
    """Of `history` (git), `files`, `captures`, `runs` and `derived`."""
    months: tuple[Month, ...]
    oldest_check: datetime | None
    """When the first run that is logged began."""
    newest_check: datetime | None


def stats(archive: Archive) -> Stats:
    """Everything there is to count."""
    root = archive.store.path
    tally = archive.index.tally()
    events, revisions, evidence = Counter[str](), Counter[str](), Counter[str]()
    for event, month, count in tally:
        events[event] += count
        revisions[month] += count
    for path, size in _files(root / "captures"):
        evidence["-".join(path.relative_to(root).parts[1:3])] += size
    runs = run_ids(root)
    return Stats(
        articles=sum(not entry.latest.successor for entry in archive.entries()),
        revisions=revisions.total(),
        events=dict(events.most_common()),
        bytes={
            "history": _size(archive.store.git_dir),
            "files": _size(root / "articles"),
            "captures": evidence.total(),
            "runs": _size(root / "runs"),
            "derived": _size(root / ".archiver"),
        },
        months=tuple(
            Month(month=month, revisions=revisions[month], evidence=evidence[month])
            for month in sorted(revisions.keys() | evidence.keys())
        ),
        oldest_check=run_time(runs[0]) if runs else None,
        newest_check=run_time(runs[-1]) if runs else None,
    )


def _size(folder: Path) -> int:
    return sum(size for _, size in _files(folder))


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path, path.stat().st_size
