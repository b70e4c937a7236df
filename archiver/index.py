"""A derived SQLite index over an archive: articles, revisions, their words, where evidence lies, how each URL stands.

A function of the git history and the check logs alone: it may be deleted at any time and is built again. It carries
the tip and the run that it stands for; whoever opens it lets it catch up from there. The only user of sqlite3.
Records are kept as JSON beside the columns that are searched; instants sort as text (ISO 8601, UTC).
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from archiver.errors import StoreError
from archiver.model import Article, Check, Event, Revision
from archiver.store.layout import Place

FORMAT = 4
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
    id integer primary key, key text not null, number integer not null, committed text not null unique,
    record text not null, site_stamp text not null, run text not null, unique (key, number)
);
create virtual table texts using fts5 (text, content = '', tokenize = "unicode61 remove_diacritics 2");
create table places (record_id text primary key, file text not null, offset integer not null) without rowid;
create table payloads (sha256 text primary key, record_id text not null, run text not null) without rowid;
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

_OURS = (sqlite3.ProgrammingError, sqlite3.NotSupportedError)
"""Faults of the program, not of the file."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that a search found, with numbers of its revisions."""

    key: str
    first: int
    """The first that has the words."""
    last: int
    """The last that has them."""
    latest: int


class Index:
    """An open index, a context manager. Every method is a short transaction of its own."""

    def __init__(self, path: Path, *, owner: int = 0) -> None:
        """Open or create; a file of another format or owner, or no database at all, is replaced by an empty index.

        The `owner` tells this copy of an archive from any other: what somebody sent along is not believed. Where
        nothing may be written, a copy in memory serves instead.
        """
        self._path: Path | None = path
        self._owner = int.from_bytes(hashlib.sha256(str(owner).encode()).digest()[:4], "big") >> 1
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

    def trouble(self, error: BaseException) -> StoreError | None:
        """What to say when `error` came of the index itself; a damaged one is emptied, to be built again."""
        if isinstance(error, sqlite3.OperationalError):
            return StoreError(f"the index cannot be written: {self._path}: {error}", hint="see to the cause, run again")
        if isinstance(error, (sqlite3.DatabaseError, msgspec.DecodeError)) and not isinstance(error, _OURS):
            self.clear()
            return StoreError(f"the index was damaged: {self._path}: {error}", hint="run again: it is built anew")
        return None

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
        made_here = f"pragma user_version = {FORMAT}; pragma application_id = {self._owner};"
        self._db.executescript(f"begin; {_SCHEMA} {made_here} commit;")

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

    def add_places(self, places: Iterable[tuple[str, Place]]) -> None:
        """Note where records lie, by their ids."""
        rows = ((record_id, place.file, place.offset) for record_id, place in places)
        with self._db:
            self._db.executemany("insert or replace into places values (?, ?, ?)", rows)

    def add_texts(self, read: Callable[[str, str], str], *, most: int) -> int:
        """Take up the words of the next revisions, `most` at once, in their order; how many there were.

        `read` gives the text for a commit and a key. This is done when somebody searches: no run waits for it.
        """
        sql = "select id, committed, key from revisions where id > ? order by id limit ?"
        rows = self._db.execute(sql, (int(self._meta("texts") or 0), most)).fetchall()
        with self._db:
            texts = ((number, read(commit, key)) for number, commit, key in rows)
            self._db.executemany("insert into texts (rowid, text) values (?, ?)", texts)
            self._set_meta("texts", str(rows[-1][0] if rows else self._meta("texts")))
        return len(rows)

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

    def revision(self, commit: str) -> Revision | None:
        """The revision that a commit is."""
        row = self._db.execute("select record from revisions where committed = ?", (commit,)).fetchone()
        return _revision(row[0]) if row else None

    def total(self) -> int:
        """How many revisions there are."""
        return int(self._db.execute("select count(*) from revisions").fetchone()[0])

    def tally(self) -> tuple[tuple[str, str, int], ...]:
        """How many revisions there are of each event and month of capture ("2026-03")."""
        sql = """select json_extract(record, '$.event'), substr(json_extract(record, '$.captured_at'), 1, 7) as month,
                 count(*) from revisions group by 1, 2 order by 2, 1"""
        return tuple(self._db.execute(sql))

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

    def place(self, record_id: str) -> Place | None:
        """Where a record lies, when it has been looked for before."""
        row = self._db.execute("select file, offset from places where record_id = ?", (record_id,)).fetchone()
        return Place(*row) if row else None

    def kept_payload(self, sha256: str) -> tuple[str, str] | None:
        """Record id and run of the first capture kept with this payload."""
        row = self._db.execute("select record_id, run from payloads where sha256 = ?", (sha256,)).fetchone()
        return (row[0], row[1]) if row else None

    def search(self, words: str, *, removed: bool, most: int) -> tuple[Hit, ...]:
        """The articles of which a revision has all of these words, those with the newest such revision first.

        Words are found whole, without regard to case and accents; "words in quotes" next to each other; `word*` as a
        beginning. With `removed`, only articles whose latest revision does not have them any more.
        """
        query = _query(words)
        if not query:
            return ()
        sql = """select key, number from texts join revisions on id = texts.rowid
                 where texts match ? order by texts.rowid desc"""
        seen: set[str] = set()
        hits: list[Hit] = []
        for key, number in self._db.execute(sql, (query,)):
            if key in seen:
                continue
            seen.add(key)
            latest = self._count(key)
            if not removed or number < latest:
                hits.append(Hit(key=key, first=self._first_with(query, key), last=number, latest=latest))
            if len(hits) == most:
                break
        return tuple(hits)

    # Below: files and rows

    def _first_with(self, query: str, key: str) -> int:
        """The number of an article's first revision that has what the query asks for."""
        sql = """select min(number) from revisions where key = ?
                 and exists (select 1 from texts where texts match ? and texts.rowid = id)"""
        return int(self._db.execute(sql, (key, query)).fetchone()[0])

    def _count(self, key: str) -> int:
        """How many revisions an article has."""
        return int(self._db.execute("select count(*) from revisions where key = ?", (key,)).fetchone()[0])

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
        revision = replace(revision, number=self._count(key) + 1)
        site_stamp = article.site_stamp.text if article.site_stamp else ""
        record = _encode(revision)
        self._db.execute(
            "insert into revisions (key, number, committed, record, site_stamp, run) values (?, ?, ?, ?, ?, ?)",
            (key, revision.number, revision.commit, record, site_stamp, revision.run),
        )
        slug = key.rpartition("/")[2].rpartition("~")[0]
        changed_at = _published(article, revision.captured_at) if revision.number == 1 else at
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
        if check.record_id and check.payload_sha256:
            self._db.execute(
                "insert or ignore into payloads values (?, ?, ?)", (check.payload_sha256, check.record_id, run)
            )
        if check.event is Event.REEXTRACT:  # Our own doing: nobody looked at the address.
            self._db.execute("update articles set equal_under = ? where key = ?", (check.equal_under, check.key))
            return
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
        """Its format, 0 when it is not ours. Reads the head of the file only: no schema that a stranger wrote."""
        try:
            (owner,) = self._db.execute("pragma application_id").fetchone()
            return int(self._db.execute("pragma user_version").fetchone()[0]) if owner == self._owner else 0
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


def _query(words: str) -> str:
    """What a user wrote in the language of FTS5, where nothing of it can be an operator."""
    terms = []
    for phrase, word in re.findall(r'"([^"]*)"?|([^\s"]+)', words):
        if any(character.isalnum() for character in phrase or word):
            terms.append(f'"{phrase or word.rstrip("*")}"' + "*" * word.endswith("*"))
    return " ".join(terms)
