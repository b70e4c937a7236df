"""What the index is told: revisions, checks, where evidence lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Protocol

import msgspec

from archiver.index.database import Database
from archiver.model import Check, Event, PageDate, Revision
from archiver.store.layout import Place

_REAL = frozenset((Event.FIRST, Event.EDIT, Event.GONE, Event.RETURNED))
"""What counts as a change of the article when it is asked how long ago it last changed."""
_BAD = frozenset((Event.FAILED, Event.HELD, Event.MISSING))

_ADD_REVISION = "insert into revisions values (?, ?, ?, ?, ?, ?, ?)"
_ADD_ARTICLE = """
    insert into articles (id, key, short, slug, latest, site_stamp, first_at, seen_at, changed_at, source, successor)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?11) on conflict (key) do update set
    latest = excluded.latest, site_stamp = excluded.site_stamp, equal_under = '',
    seen_at = max(seen_at, excluded.seen_at), source = excluded.source, successor = excluded.successor,
    changed_at = case when ?10 then excluded.changed_at else changed_at end"""
_ADD_CHECK = """
    insert into checks values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (url) do update set
    failures = case when excluded.failures = 0 then 0 else failures + (excluded.run > run) end,
    good_at = max(good_at, excluded.good_at),
    at = excluded.at, record = excluded.record, run = excluded.run, event = excluded.event
    where excluded.at >= at"""
_SEE = """
    update articles set seed = case ?1 when '' then seed else ?1 end,
    seen_at = case when ?3 and seen_at <= ?2 then ?2 else seen_at end,
    equal_under = case when ?5 or (?3 and seen_at <= ?2 and ?4 != '') then ?4 else equal_under end
    where key = ?6"""
"""By a check: its seed and time, whether it saw the article, what it was equal under, whether it only says that."""
_CHECKS = 1000
"""Checks that are added at once."""

_encode = msgspec.json.Encoder().encode
_builtins = msgspec.to_builtins
_revision = msgspec.json.Decoder(Revision).decode


class Dated(Protocol):
    """What the index needs of an article."""

    @property
    def published(self) -> PageDate | None:
        """When it came out."""

    @property
    def site_stamp(self) -> PageDate | None:
        """The update line that stands outside of it."""


class Filling(Database):
    """The part of the index that is told."""

    def add_revisions(self, revisions: Iterable[tuple[Revision, Dated]], tip: str) -> Iterator[Revision]:
        """Add committed revisions with their articles, oldest first; they come back numbered, when they are asked for.

        What is known already, since another process may have read it from git meanwhile, stays as it is.
        """
        told = tuple(revisions)
        with self.writing():
            records = self._known([revision.commit for revision, _ in told])
            records |= self._add([(revision, article) for revision, article in told if revision.commit not in records])
            self._set_meta("tip", tip)
        return (_revision(records[revision.commit]) for revision, _ in told)

    def add_checks(self, checks: Iterable[tuple[str, Check]]) -> None:
        """Note what was looked at, each with its run; adding a check twice changes nothing."""
        told = ((run, check) for run, check in checks if not check.is_outage)
        with self.writing():
            while some := list(islice(told, _CHECKS)):
                self._add_checks(some)

    def add_places(self, places: Iterable[tuple[str, Place]]) -> None:
        """Note where records lie, by their ids."""
        rows = [(record_id, place.file, place.offset) for record_id, place in places]
        with self.writing():
            self._db.executemany("insert or replace into places values (?, ?, ?)", rows)

    def finish_run(self, run: str) -> None:
        """Note that all checks up to the end of this run are known."""
        with self.writing():
            self._set_meta("run", run)

    def _known(self, commits: Sequence[str]) -> dict[str, bytes]:
        """Records of those of these commits that are there."""
        sql = "select committed, record from json_each(?) cross join revisions on committed = value"
        return dict(self._db.execute(sql, (_encode(commits).decode(),)))

    def _add(self, new: Sequence[tuple[Revision, Dated]]) -> dict[str, bytes]:
        """Number these revisions and add them; their records by commit."""
        articles = self._counts({revision.key for revision, _ in new})
        article_id, last_id = self._last_id("articles"), self._last_id("revisions")
        revision_rows, article_rows, records = [], [], {}
        for revision_id, (revision, article) in enumerate(new, last_id + 1):
            key, at = revision.key, revision.captured_at.isoformat()
            if key not in articles:
                article_id += 1
                articles[key] = (article_id, 0)
            place, count = articles[key]
            articles[key] = (place, count + 1)
            records[revision.commit] = record = _encode(_builtins(revision) | {"number": count + 1})
            stamp = article.site_stamp.text if article.site_stamp else ""
            changed_at = at if count else _published(article, revision.captured_at)
            slug, _, short = key.rpartition("/")[2].rpartition("~")
            is_real = revision.event in _REAL
            revision_rows.append((revision_id, place, count + 1, revision.commit, record, stamp, revision.run))
            where = (revision.source, is_real, revision.successor)
            article_rows.append((place, key, short, slug, revision_id, stamp, at, changed_at, *where))
        addresses = {revision.source: revision.key for revision, _ in new}
        self._db.executemany(_ADD_REVISION, revision_rows)
        self._db.executemany(_ADD_ARTICLE, article_rows)
        self._db.executemany("insert or replace into addresses values (?, ?)", addresses.items())
        self._db.executemany("insert or ignore into pending values (?)", {(row[1],) for row in revision_rows})
        return records

    def _counts(self, keys: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Of those of these articles that are there: id and number of revisions."""
        sql = """select articles.key, articles.id, number from json_each(?) cross join articles on articles.key = value
                 cross join revisions on revisions.id = latest"""
        rows = self._db.execute(sql, (_encode(tuple(keys)).decode(),))
        return {key: (article, count) for key, article, count in rows}

    def _last_id(self, table: str) -> int:
        return int(self._db.execute(f"select coalesce(max(id), 0) from {table}").fetchone()[0])

    def _add_checks(self, told: Sequence[tuple[str, Check]]) -> None:
        payloads, checks, addresses, seen = [], [], [], []
        for run, check in told:
            at, event = check.at.isoformat(), check.event
            is_ours = event is Event.REEXTRACT  # Our own doing: nobody looked at the address.
            if check.record_id and check.payload_sha256:
                payloads.append((check.payload_sha256, check.record_id, run))
            if not is_ours:
                good_at, failed = "" if event in _BAD else at, int(event is Event.FAILED)
                checks.append((check.url, at, _encode(check), run, event, at, good_at, failed))
            if check.key:
                seed = "" if is_ours else check.seed
                seen.append((seed, at, event is Event.SAME, check.equal_under, is_ours, check.key))
                if not is_ours:
                    addresses.append((check.url, check.key))
        self._db.executemany("insert or ignore into payloads values (?, ?, ?)", payloads)
        self._db.executemany(_ADD_CHECK, checks)
        self._db.executemany(_SEE, seen)
        self._db.executemany("insert or ignore into addresses values (?, ?)", addresses)


def _published(article: Dated, captured_at: datetime) -> str:
    """When an article came out, as an instant: as it says, but never after we saw it."""
    if article.published is None:
        return captured_at.isoformat()
    is_day = article.published.precision == "day"
    try:
        stated = datetime.fromisoformat(article.published.value if is_day else article.published.iso)
        stated = stated if stated.tzinfo else stated.replace(tzinfo=UTC)
        return min(stated.astimezone(UTC), captured_at).isoformat()
    except (ValueError, OverflowError):  # beyond all reason, or what a foreign archive has for a date
        return captured_at.isoformat()
