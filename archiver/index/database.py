"""The SQLite file of the index: opened, emptied, written in transactions.

One process writes at a time and the others wait for it; who reads is never kept waiting and sees what was there before.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from archiver.errors import StoreError
from archiver.index.schema import FORMAT, INDICES, TABLES

_OURS = (sqlite3.ProgrammingError, sqlite3.NotSupportedError)
"""Faults of the program, not of the file."""
_PATIENCE_S = 600
"""How long to wait for another process that builds the index of a large archive, which nobody needs to do twice."""


class Database:
    """An open index, a context manager. Every method is a short transaction of its own, or part of `writing`."""

    def __init__(self, path: Path, *, owner: int = 0) -> None:
        """Open or create; a file of another format or owner, or no database at all, is replaced by an empty index.

        The `owner` tells this copy of an archive from any other: what somebody sent along is not believed. Where
        nothing may be written, a copy in memory serves instead.
        """
        self._path = path
        self._owner = int.from_bytes(hashlib.sha256(str(owner).encode()).digest()[:4], "big") >> 1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            self._db = _connect(path)
            is_ours = self._is_ours()
        except (OSError, sqlite3.OperationalError):
            self._db = _copy(path)
            is_ours = self._is_ours()
        if not is_ours:
            self._replace()
        # A power cut may cost what can be derived again, but never leaves half a transaction.
        self._db.execute("pragma synchronous = normal")
        self._db.execute("pragma cache_size = -65536")

    def __enter__(self) -> Self:
        """Give the index itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def trouble(self, error: BaseException) -> StoreError | None:
        """What to say when `error` came of the index itself; a damaged one is emptied, to be built again."""
        if isinstance(error, sqlite3.OperationalError):
            return StoreError(f"the index cannot be written: {self._path}: {error}", hint="see to the cause, run again")
        if isinstance(error, (sqlite3.DatabaseError, msgspec.DecodeError)) and not isinstance(error, _OURS):
            self._replace()
            return StoreError(f"the index was damaged: {self._path}: {error}", hint="run again: it is built anew")
        return None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make one transaction of what is done inside: nobody sees half of it, and nobody else writes meanwhile."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("begin immediate")
        try:
            yield
            self._db.commit()
        finally:
            self._db.rollback()

    def clear(self) -> None:
        """Forget everything, to be built again from git and the check logs."""
        with self.writing():
            sql = "select name from sqlite_schema where type = 'table' order by sql like 'create virtual%' desc"
            for (name,) in self._db.execute(sql).fetchall():
                self._db.execute(f'drop table if exists "{name}"')
            _make_tables(self._db)

    @property
    def tip(self) -> str:
        """The commit up to which it knows the history, or ""."""
        return self._meta("tip")

    @property
    def run(self) -> str:
        """The last run whose check log it has read to the end, or ""."""
        return self._meta("run")

    def _is_ours(self) -> bool:
        """Whether this is an index of our format, made here. Reads the head of the file: no stranger's schema."""
        try:
            stated = [self._db.execute(f"pragma {name}").fetchone()[0] for name in ("application_id", "user_version")]
            return stated == [self._owner, FORMAT]
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # Not a database, or a damaged one: derived, so it is built again.
            return False

    def _replace(self) -> None:
        """An empty index in place of whatever is there, in one step, without looking into it."""
        with closing(_connect(":memory:")) as empty:
            _make_tables(empty)
            empty.execute(f"pragma user_version = {FORMAT}")
            empty.execute(f"pragma application_id = {self._owner}")
            try:
                empty.backup(self._db)
            except sqlite3.DatabaseError:
                self._db.close()
                for suffix in ("", "-wal", "-shm"):
                    self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
                self._db = _connect(self._path)
                empty.backup(self._db)
        self._db.execute("pragma journal_mode = wal")

    def _meta(self, name: str) -> str:
        row = self._db.execute("select value from meta where name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def _set_meta(self, name: str, value: str) -> None:
        self._db.execute("insert or replace into meta values (?, ?)", (name, value))


def _connect(path: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)


def _copy(path: Path) -> sqlite3.Connection:
    """An index that cannot be written, taken into memory as far as it is there."""
    database = _connect(":memory:")
    with (
        suppress(sqlite3.DatabaseError),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as kept,
    ):
        kept.backup(database)
    return database


def _make_tables(database: sqlite3.Connection) -> None:
    for statement in f"{TABLES}{INDICES}".split(";"):
        database.execute(statement)
