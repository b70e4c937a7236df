"""A derived SQLite index over an archive: which articles there are, their revisions, and how each URL stands.

A function of the git history and the check logs alone: it may be deleted at any time and is built again. It carries
the tip and the run that it stands for; whoever opens it lets it catch up from there. The only user of sqlite3.
Records are kept as JSON beside the columns that are searched; instants sort as text (ISO 8601, UTC).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from archiver.model import Article, Check, Event, Revision

FORMAT = 3
"""Number of the schema below; an index of another number is built again."""

_SCHEMA = """
create table meta (name text primary key, value text not null) without rowid;
create table articles (
    key text primary key, id text not null, slug text not null, site_stamp text not null,
    latest text not null, first_at text not null, seen_at text not null, equal_under text not null,
    source text not null, changed_at text not null, seed text not null
) without rowid;
create index articles_id on articles (id);
create index articles_slug on articles (slug);
create index articles_stamp on articles (site_stamp);
create table revisions (
    key text not null, number integer not null, committed text not null unique, record text not null,
    site_stamp text not null, run text not null, primary key (key, number)
) without rowid;
create table addresses (url text primary key, key text not null) without rowid;
create index addresses_key on addresses (key);
create table checks (
    url text primary key, at text not null, record text not null, run text not null, event text not null,
    first_at text not null, good_at text not null, failures integer not null
) without rowid;
create index checks_event on checks (event);
"""

_REAL = frozenset((Event.FIRST, Event.EDIT, Event.GONE, Event.RETURNED))
"""What counts as a change of the article when it is asked how long ago it last changed."""
_BAD = frozenset((Event.FAILED, Event.HELD, Event.MISSING))

_encode = msgspec.json.Encoder().encode
_revision = msgspec.json.Decoder(Revision).decode
_check = msgspec.json.Decoder(Check).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article as the index knows it."""

    latest: Revision
    first_at: datetime
    seen_at: datetime
    """The last check that saw what the latest revision holds."""
    site_stamp: str
    equal_under: str
    """Extractor and recipe, newer than those of the revision, that read its capture the same; or ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article as the schedule sees it."""

    key: str
    url: str
    """Its present address."""
    seed: str
    changed_at: datetime
    """When it was published, or last really changed."""
    checked_at: datetime | None
    """The last look at its present address."""
    failures: int
    """Looks in a row, up to that one, which failed or found it missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """How the looks at one address went."""

    check: Check
    """The last one."""
    run: str
    """The run that it was part of, which names its evidence."""
    first_at: datetime
    good_at: datetime | None
    """The last one at which something was read there."""
    failures: int
    """Failed looks in a row, up to now."""


class Index:
    """An open index, a context manager. Every method is a short transaction of its own."""

    def __init__(self, path: Path) -> None:
        """Open or create; a file of another format, or no database at all, is replaced by an empty index.

        Where nothing may be written, a copy in memory serves instead.
        """
        self._path: Path | None = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            self._db = sqlite3.connect(path, timeout=60)
            known = self._format()
        except (OSError, sqlite3.OperationalError):
            known = self._copy(path)
        if known != FORMAT:
            self.clear()

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

    # What it stands for

    @property
    def tip(self) -> str:
        """The commit up to which it knows the history, or ""."""
        return self._meta("tip")

    @property
    def run(self) -> str:
        """The last run whose check log it has read to the end, or ""."""
        return self._meta("run")

    def clear(self) -> None:
        """Forget everything, to be built again from git and the check logs."""
        self._db.close()
        if self._path:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self._db = sqlite3.connect(self._path or ":memory:", timeout=60)
        # Readers are never blocked by a running snapshot; a power cut may cost what can be derived again.
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(f"begin; {_SCHEMA} pragma user_version = {FORMAT}; commit;")

    def add_revisions(self, revisions: Iterable[tuple[Revision, Article]], tip: str) -> tuple[Revision, ...]:
        """Add committed revisions with their articles, oldest first; they come back numbered."""
        with self._db:
            numbered = tuple(self._add_revision(revision, article) for revision, article in revisions)
            self._set_meta("tip", tip)
        return numbered

    def add_checks(self, checks: Iterable[tuple[str, Check]]) -> None:
        """Note what was looked at, each with its run; adding a check twice changes nothing."""
        with self._db:
            for run, check in checks:
                self._add_check(run, check)

    def finish_run(self, run: str) -> None:
        """Note that all checks up to the end of this run are known."""
        with self._db:
            self._set_meta("run", run)

    # What it knows

    def key_of(self, url: str) -> str:
        """The key of the article that was found under this normalised URL, or ""."""
        row = self._db.execute("select key from addresses where url = ?", (url,)).fetchone()
        return str(row[0]) if row else ""

    def find(self, words: str) -> tuple[str, ...]:
        """The keys, ten at most, that these words name: a whole key, id or slug, else the beginning of id or slug."""
        end = words + "\U0010ffff"
        exact = "select key from articles where key = ?1 or id = ?1 or slug = ?1 order by key limit 10"
        begins = """select key from articles where (id >= ?1 and id < ?2) or (slug >= ?1 and slug < ?2)
                    order by key limit 10"""
        keys = self._db.execute(exact, (words,)).fetchall() or self._db.execute(begins, (words, end)).fetchall()
        return tuple(str(key) for (key,) in keys)

    def entry(self, key: str) -> Entry | None:
        """The article of this key."""
        return next(self._entries("where key = ?", key), None)

    def entries(self) -> Iterator[Entry]:
        """All articles, in the order of their keys."""
        return self._entries("order by key")

    def history(self, key: str) -> tuple[Revision, ...]:
        """All revisions of an article, oldest first."""
        rows = self._db.execute("select record from revisions where key = ? order by number", (key,))
        return tuple(_revision(record) for (record,) in rows)

    def revisions(self) -> Iterator[Revision]:
        """All revisions of all articles, in the order of keys and numbers."""
        return (
            _revision(record) for (record,) in self._db.execute("select record from revisions order by key, number")
        )

    def last_check(self, url: str) -> Check | None:
        """The last check of a normalised URL."""
        row = self._db.execute("select record from checks where url = ?", (url,)).fetchone()
        return _check(row[0]) if row else None

    def record(self, url: str) -> Record | None:
        """How the looks at a normalised URL went."""
        return next(self._records("where url = ?", url), None)

    def records(self, event: Event) -> Iterator[Record]:
        """All addresses whose last look came to this, in the order of the looks."""
        return self._records("where event = ? order by at, url", event)

    def known(self) -> Iterator[Known]:
        """All articles as the schedule sees them, in the order of their keys."""
        sql = """select key, source, seed, changed_at, checks.at, coalesce(failures + (event = 'missing'), 0)
                 from articles left join checks on url = source order by key"""
        for key, url, seed, changed_at, checked_at, failures in self._db.execute(sql):
            yield Known(
                key=key,
                url=url,
                seed=seed,
                changed_at=datetime.fromisoformat(changed_at),
                checked_at=datetime.fromisoformat(checked_at) if checked_at else None,
                failures=failures,
            )

    def addresses(self, key: str) -> tuple[str, ...]:
        """All URLs under which an article was found."""
        rows = self._db.execute("select url from addresses where key = ? order by url", (key,))
        return tuple(str(url) for (url,) in rows)

    def count(self, host: str, *, at_most: int) -> int:
        """How many articles of a host there are, counting no further than asked."""
        sql = "select count(*) from (select 1 from articles where key > ? and key < ? limit ?)"
        return int(self._db.execute(sql, (f"{host}/", f"{host}0", at_most)).fetchone()[0])

    def shares_stamp(self, key: str, site_stamp: str) -> bool:
        """Whether another article of the same host stands with this very site stamp."""
        host = key.partition("/")[0]
        sql = "select 1 from articles where site_stamp = ? and key > ? and key < ? and key != ? limit 1"
        return self._db.execute(sql, (site_stamp, f"{host}/", f"{host}0", key)).fetchone() is not None

    def shared_stamps(self) -> frozenset[tuple[str, str, str]]:
        """The site stamps, as run, host and text, with which one run kept two or more articles of one host."""
        sql = """select run, substr(key, 1, instr(key, '/') - 1) as host, site_stamp from revisions
                 where site_stamp != '' group by run, host, site_stamp having count(distinct key) > 1"""
        return frozenset(self._db.execute(sql))

    # Below: files and rows

    def _copy(self, path: Path) -> int:
        """Take an index that cannot be written into memory, as far as it is there; its format."""
        self._path, self._db = None, sqlite3.connect(":memory:")
        with (
            suppress(sqlite3.DatabaseError),
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as kept,
        ):
            kept.backup(self._db)
        return self._format()

    def _add_revision(self, revision: Revision, article: Article) -> Revision:
        known = self._db.execute("select record from revisions where committed = ?", (revision.commit,)).fetchone()
        if known:
            return _revision(known[0])
        key, at = revision.key, revision.captured_at.isoformat()
        (count,) = self._db.execute("select count(*) from revisions where key = ?", (key,)).fetchone()
        revision = replace(revision, number=count + 1)
        site_stamp = article.site_stamp.text if article.site_stamp else ""
        record = _encode(revision)
        self._db.execute(
            "insert into revisions values (?, ?, ?, ?, ?, ?)",
            (key, revision.number, revision.commit, record, site_stamp, revision.run),
        )
        slug = key.rpartition("/")[2].rpartition("~")[0]
        changed_at = _published(article, revision.captured_at) if count == 0 else at
        self._db.execute(
            """insert into articles values (?, ?, ?, ?, ?, ?, ?, '', ?, ?, '') on conflict (key) do update set
               latest = excluded.latest, site_stamp = excluded.site_stamp, equal_under = '',
               seen_at = max(seen_at, excluded.seen_at), source = excluded.source,
               changed_at = case when ? then excluded.changed_at else changed_at end""",
            (key, revision.id, slug, site_stamp, record, at, at, revision.source, changed_at, revision.event in _REAL),
        )
        self._db.execute("insert or replace into addresses values (?, ?)", (revision.source, key))
        return revision

    def _add_check(self, run: str, check: Check) -> None:
        if check.is_outage:
            return
        at = check.at.isoformat()
        failed = check.event is Event.FAILED
        good_at = "" if check.event in _BAD else at
        self._db.execute(
            """insert into checks values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (url) do update set
               failures = case when excluded.failures = 0 then 0 else failures + (excluded.run > run) end,
               good_at = max(good_at, excluded.good_at),
               at = excluded.at, record = excluded.record, run = excluded.run, event = excluded.event
               where excluded.at >= at""",
            (check.url, at, _encode(check), run, check.event, at, good_at, int(failed)),
        )
        if check.seed and check.key:
            self._db.execute("update articles set seed = ? where key = ?", (check.seed, check.key))
        if not check.key:
            return
        self._db.execute("insert or ignore into addresses values (?, ?)", (check.url, check.key))
        if check.event is Event.SAME:
            self._db.execute(
                """update articles set seen_at = ?1, equal_under = case ?2 when '' then equal_under else ?2 end
                   where key = ?3 and seen_at <= ?1""",
                (at, check.equal_under, check.key),
            )

    def _entries(self, condition: str, *arguments: str) -> Iterator[Entry]:
        columns = "latest, first_at, seen_at, site_stamp, equal_under"
        for latest, first_at, seen_at, stamp, equal in self._db.execute(
            f"select {columns} from articles {condition}", arguments
        ):
            yield Entry(
                latest=_revision(latest),
                first_at=datetime.fromisoformat(first_at),
                seen_at=datetime.fromisoformat(seen_at),
                site_stamp=stamp,
                equal_under=equal,
            )

    def _records(self, condition: str, argument: str) -> Iterator[Record]:
        columns = "record, run, first_at, good_at, failures"
        for record, run, first_at, good_at, failures in self._db.execute(
            f"select {columns} from checks {condition}", (argument,)
        ):
            yield Record(
                check=_check(record),
                run=run,
                first_at=datetime.fromisoformat(first_at),
                good_at=datetime.fromisoformat(good_at) if good_at else None,
                failures=failures,
            )

    def _format(self) -> int:
        try:
            return int(self._db.execute("pragma user_version").fetchone()[0])
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # Not a database, or a damaged one: derived, so it is built again.
            return 0

    def _meta(self, name: str) -> str:
        row = self._db.execute("select value from meta where name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def _set_meta(self, name: str, value: str) -> None:
        self._db.execute("insert or replace into meta values (?, ?)", (name, value))


def _published(article: Article, captured_at: datetime) -> str:
    """When an article came out, as an instant: as it says, but never after we saw it."""
    if article.published is None:
        return captured_at.isoformat()
    is_day = article.published.precision == "day"
    stated = datetime.fromisoformat(article.published.value if is_day else article.published.iso)
    stated = stated if stated.tzinfo else stated.replace(tzinfo=UTC)
    try:
        return min(stated.astimezone(UTC), captured_at).isoformat()
    except OverflowError:
        return captured_at.isoformat()
