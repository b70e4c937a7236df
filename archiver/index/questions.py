"""What the index answers: articles, revisions, looks at addresses, where evidence lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from archiver.index.database import Database
from archiver.model import Check, Event, Revision
from archiver.store.layout import Place

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
    goes_on_elsewhere: bool
    """Whether it ended, and another article goes on at its new address."""


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


class Questions(Database):
    """The part of the index that answers."""

    def key_of(self, url: str) -> str:
        """The key of the article that was found under this normalised URL, or ""."""
        row = self._db.execute("select key from addresses where url = ?", (url,)).fetchone()
        return str(row[0]) if row else ""

    def find(self, words: str) -> tuple[str, ...]:
        """The keys, ten at most, that these words name: a whole key, id or slug, else the beginning of id or slug."""
        end = words + "\U0010ffff"
        exact = "select key from articles where key = ?1 or short = ?1 or slug = ?1 order by key limit 10"
        begins = """select key from articles where (short >= ?1 and short < ?2) or (slug >= ?1 and slug < ?2)
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
        sql = "select record from revisions where article = (select id from articles where key = ?) order by number"
        return tuple(_revision(record) for (record,) in self._db.execute(sql, (key,)))

    def revisions(self) -> Iterator[Revision]:
        """All revisions of all articles, in the order of keys and numbers."""
        sql = """select record from articles cross join revisions on article = articles.id order by key, number"""
        return (_revision(record) for (record,) in self._db.execute(sql))

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
        sql = """select key, source, seed, changed_at, checks.at, coalesce(failures + (event = 'missing'), 0),
                 successor != '' from articles left join checks on url = source order by key"""
        for key, url, seed, changed_at, checked_at, failures, has_moved in self._db.execute(sql):
            yield Known(
                key=key,
                url=url,
                seed=seed,
                changed_at=datetime.fromisoformat(changed_at),
                checked_at=datetime.fromisoformat(checked_at) if checked_at else None,
                failures=failures,
                goes_on_elsewhere=bool(has_moved),
            )

    def addresses(self, key: str) -> tuple[str, ...]:
        """All URLs under which an article was found."""
        rows = self._db.execute("select url from addresses where key = ? order by url", (key,))
        return tuple(str(url) for (url,) in rows)

    def predecessors(self, key: str) -> tuple[str, ...]:
        """The keys of the articles that ended where this one goes on."""
        sql = "select key from articles where successor = ? and successor != '' order by key"
        return tuple(str(found) for (found,) in self._db.execute(sql, (key,)))

    def count(self, host: str, *, at_most: int) -> int:
        """How many articles of a host there are, counting no further than asked."""
        sql = "select count(*) from (select 1 from articles where key > ? and key < ? limit ?)"
        return int(self._db.execute(sql, (f"{host}/", f"{host}0", at_most)).fetchone()[0])

    def shares_stamp(self, key: str, site_stamp: str) -> bool:
        """Whether another article of the same host stands with this very site stamp."""
        host = key.partition("/")[0]
        sql = """select 1 from articles
                 where site_stamp = ? and site_stamp != '' and key > ? and key < ? and key != ? limit 1"""
        return self._db.execute(sql, (site_stamp, f"{host}/", f"{host}0", key)).fetchone() is not None

    def shared_stamps(self) -> frozenset[tuple[str, str, str]]:
        """The site stamps, as run, host and text, with which one run kept two or more articles of one host."""
        sql = """select run, substr(key, 1, instr(key, '/') - 1) as host, revisions.site_stamp
                 from revisions join articles on articles.id = article
                 where revisions.site_stamp != '' group by 1, 2, 3 having count(distinct article) > 1"""
        return frozenset(self._db.execute(sql))

    def place(self, record_id: str) -> Place | None:
        """Where a record lies, when it has been looked for before."""
        row = self._db.execute("select file, offset from places where record_id = ?", (record_id,)).fetchone()
        return Place(*row) if row else None

    def kept_payload(self, sha256: str) -> tuple[str, str] | None:
        """Record id and run of the first capture kept with this payload."""
        row = self._db.execute("select record_id, run from payloads where sha256 = ?", (sha256,)).fetchone()
        return (row[0], row[1]) if row else None

    def _entries(self, condition: str, *arguments: str) -> Iterator[Entry]:
        sql = f"""select record, first_at, seen_at, articles.site_stamp, equal_under
                  from articles cross join revisions on revisions.id = latest {condition}"""
        for latest, first_at, seen_at, stamp, equal in self._db.execute(sql, arguments):
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
