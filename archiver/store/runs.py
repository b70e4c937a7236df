"""Keeps the check log: what every look at every address came to, whether or not it made a revision.

Takes checks, writes one file of JSON lines per run, gives them back in order. The first line of a log carries the
SHA-256 of the log before it, so that "checked, and unchanged" can be proved. Outside git, because most checks find
nothing. Never changes a log that was closed.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from io import FileIO
from itertools import takewhile
from pathlib import Path

import msgspec

from archiver.errors import StoreError
from archiver.model import Check
from archiver.store import disk
from archiver.store.layout import is_run_id, log_path, run_id

_CHECK = "run 'archiver check'"
_WHAT = "the check log"
_DEFAULTS = {field.name: field.default for field in fields(Check) if field.default is not MISSING}


class Previous(msgspec.Struct, frozen=True):
    """The log before this one."""

    run: str
    sha256: str
    """Of its lines, uncompressed; "" when it could not be read any more."""


class Start(msgspec.Struct, frozen=True, omit_defaults=True):
    """The first line of a log."""

    run: str
    started: datetime
    program: str
    tip: str
    previous: Previous | None = None


class Finish(msgspec.Struct, frozen=True, omit_defaults=True):
    """The last line of a log."""

    finished: datetime
    tip: str
    events: dict[str, int]
    """How many checks came to what."""
    interrupted: bool = False
    """Written by a later run, because this one's process ended without a word."""


class _End(msgspec.Struct):
    """A line that may name a commit: the first or the last."""

    tip: str = ""


class RunLog:
    """The log of the run that goes on; `start` gives it its id. A context manager, to be closed inside."""

    def __init__(self, path: Path, file: FileIO, run: str) -> None:
        """Use `start`."""
        self.run = run
        self._path = path
        self._file = file
        self._events: Counter[str] = Counter()
        self._waiting: list[bytes] = []

    @classmethod
    def start(cls, root: Path, *, now: datetime, program: str, tip: str) -> RunLog:
        """Begin the log of a new run, under the archive's lock and after `close_interrupted`.

        `program` is name and version, `tip` the commit the run starts from. Raises StoreError.
        """
        last = next(_newest_first(root), "")
        run = run_id(now, last)
        path = root / log_path(run)
        with disk.reported(_WHAT, path):
            previous = Previous(last, _sha256_if_readable(root, last)) if last else None
            disk.make_folders(path.parent, root)
            log = cls(path, FileIO(path, "xb"), run)
            log._waiting.append(_line(Start(run, _whole_seconds(now), program, tip, previous)))
            log.flush()
            disk.sync_folder(path.parent)
        return log

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, *exception: object) -> None:
        """Let go of the file. A log that was not closed by then is closed by the next run, as interrupted."""
        self._file.close()

    def add(self, check: Check) -> None:
        """Note a check; on disk after `flush`."""
        facts = {field.name: getattr(check, field.name) for field in fields(check)}
        kept = {name: _text(value) for name, value in facts.items() if value != _DEFAULTS.get(name, MISSING)}
        self._waiting.append(_line(kept))
        self._events[check.event] += 1

    def flush(self) -> None:
        """Put what was noted on disk, synced. Raises StoreError; then it still waits for the next call."""
        with disk.reported(_WHAT, self._path):
            disk.append(self._file, b"".join(self._waiting))
            self._waiting.clear()
            os.fsync(self._file.fileno())

    def close(self, *, now: datetime, tip: str) -> None:
        """Write the last line and compress the log. Raises StoreError; a later run then closes it."""
        self._waiting.append(_line(Finish(_whole_seconds(now), tip, dict(self._events))))
        self.flush()
        self._file.close()
        with disk.reported(_WHAT, self._path):
            _compress(self._path)


def unfinished(root: Path) -> tuple[str, ...]:
    """The runs whose log was not closed: under the archive's lock, those that a crash cut short.

    Every run closes those before it, so they are the newest, and a long history costs nothing.
    """
    return tuple(takewhile(lambda run: disk.is_plain(root / log_path(run)), _newest_first(root)))


def close_interrupted(root: Path, *, now: datetime, tip: str) -> tuple[str, ...]:
    """Close the logs that a crash left open, under the archive's lock; what was done, in words."""
    done = []
    for run in unfinished(root):
        path = root / log_path(run)
        with disk.reported(_WHAT, path):
            if _packed(path).exists() or _finish_for(path, now, tip):
                _compress(path)
            else:
                path.unlink()
            done.append(f"closed the log of run {run}, which was interrupted")
    return tuple(done)


def run_ids(root: Path) -> tuple[str, ...]:
    """Every run that has a log, in order."""
    return tuple(reversed(tuple(_newest_first(root))))


def runs_after(root: Path, last: str) -> tuple[str, ...]:
    """The runs that have a log and came after one, in order, without looking at those before it."""
    return tuple(takewhile(lambda run: run > last, _newest_first(root)))[::-1]


def tips(root: Path) -> Iterator[str]:
    """The commits that the logs name as the newest state of the history, the last one first."""
    for run in _newest_first(root):
        try:
            ends = [msgspec.json.decode(line, type=_End) for line in _lines(root, run) if b'"tip"' in line]
        except (StoreError, msgspec.DecodeError):
            continue
        yield from (end.tip for end in reversed(ends) if end.tip)


def read_checks(root: Path, *, after: str = "") -> Iterator[tuple[str, Check]]:
    """Run id and check of everything logged, in order, or what was logged in the runs after the one named.

    A last line that was cut short is left out. Raises StoreError when a log is damaged.
    """
    for run in run_ids(root):
        if run > after:
            yield from ((run, check) for check in checks_of(root, run))


def checks_of(root: Path, run: str) -> Iterator[Check]:
    """What one run logged; a last line that was cut short is left out. Raises StoreError when the log is damaged."""
    for line in _lines(root, run):
        try:
            facts = msgspec.json.decode(line)
            if "url" in facts:
                yield msgspec.convert(facts, Check)
        except (msgspec.DecodeError, TypeError) as error:
            raise StoreError(f"the log of run {run} is damaged: {error}", hint=_CHECK) from error


def verify_chain(root: Path) -> tuple[str, ...]:
    """What is wrong with the chain of logs, one line each: altered, missing, unreadable."""
    problems = []
    before = ""
    begun = (run for run in run_ids(root) if not _is_blank(root / log_path(run)))
    for run in begun:
        try:
            start = msgspec.json.decode(next(_lines(root, run), b""), type=Start)
            expected = Previous(before, _sha256_if_readable(root, before)) if before else None
            if start.run != run:
                problems.append(f"the log of run {run} says that it is of run {start.run}")
            elif start.previous != expected and start.previous and start.previous.run != before:
                problems.append(f"the log of run {start.previous.run} is missing")
            elif start.previous != expected and expected and expected.sha256:
                problems.append(f"the log of run {before} is not what it was when run {run} started")
        except (StoreError, msgspec.DecodeError) as error:
            problems.append(f"the log of run {run} cannot be read: {error}")
        before = run
    return tuple(problems)


def _newest_first(root: Path) -> Iterator[str]:
    """Every run that has a log, from the last on, looking only as far as is asked for."""
    for year in sorted(root.glob("runs/[0-9]*"), reverse=True):
        for month in sorted(year.glob("[0-9]*"), reverse=True):
            names = {name.removesuffix(".gz").removesuffix(".jsonl") for name in os.listdir(month)}
            yield from sorted((name for name in names if is_run_id(name)), reverse=True)


def _is_blank(path: Path) -> bool:
    """Whether a run ended before it had a line: it never was, and the next one removes its log."""
    return path.exists() and path.stat().st_size == 0


def _finish_for(path: Path, now: datetime, tip: str) -> bool:
    """Cut off half a line and write the last line for a run that could not; whether there was any line at all."""
    with path.open("rb") as lines:
        whole = [line for line in lines if line.endswith(b"\n")]
    if not whole:
        return False
    events = Counter[str](check.event for check in _checks(whole))
    with FileIO(path, "r+b") as file:
        file.truncate(sum(map(len, whole)))
        disk.append(file, _line(Finish(_whole_seconds(now), tip, dict(events), interrupted=True)))
        os.fsync(file.fileno())
    return True


def _checks(lines: list[bytes]) -> Iterator[Check]:
    """The checks among lines of which a power cut may have left some unreadable."""
    for line in lines:
        with suppress(msgspec.DecodeError):
            yield msgspec.json.decode(line, type=Check)


def _compress(path: Path) -> None:
    """Put the compressed log in the place of the plain one: the same bytes for the same lines, and never neither."""
    packed = _packed(path)
    if not packed.exists():
        draft = packed.with_name(packed.name + ".part")
        draft.unlink(missing_ok=True)
        with path.open("rb") as plain, draft.open("xb") as file:
            with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as pack:
                shutil.copyfileobj(plain, pack)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(packed)
        disk.sync_folder(path.parent)
    path.unlink()


def _lines(root: Path, run: str) -> Iterator[bytes]:
    """The whole lines of a log, closed or not. Raises StoreError."""
    path = root / log_path(run)
    packed = _packed(path)
    try:
        with gzip.open(packed) if packed.exists() else path.open("rb") as lines:
            yield from (line for line in lines if line.endswith(b"\n"))
    except (OSError, EOFError, zlib.error) as error:
        raise StoreError(f"the log of run {run} cannot be read: {error}", hint=_CHECK) from error


def _sha256(root: Path, run: str) -> str:
    digest = hashlib.sha256()
    for line in _lines(root, run):
        digest.update(line)
    return digest.hexdigest()


def _sha256_if_readable(root: Path, run: str) -> str:
    """A damaged log is for `check` to tell of. It must not keep every later run from starting."""
    try:
        return _sha256(root, run)
    except StoreError:
        return ""


def _packed(path: Path) -> Path:
    return path.with_name(path.name + ".gz")


def _text(value: object) -> object:
    """A string as UTF-8 can have it."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _line(facts: object) -> bytes:
    return msgspec.json.encode(facts) + b"\n"


def _whole_seconds(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
