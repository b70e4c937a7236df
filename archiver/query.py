"""Looking into an archive: find an article, its history, a revision by name, the difference of two.

`Archive` joins the git store with its index. Opening brings the index up to date; nothing else here writes.

What only some commands need, the diff and the evidence, is imported when it is asked for: people wait for the others.

A revision is named `ARTICLE@REV`. ARTICLE is a URL, an id, or the beginning of an id or slug. REV is `latest`,
`first`, `r3` (the third to arrive), `~1` (one before the latest), a date or time of capture in UTC (`2024-04-26`,
`2024-04-26T20:38`: the last revision captured by then) or the beginning of a commit id. A range is `A..B`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from archiver.config import FILE_NAME, Config, load
from archiver.errors import BadRevision, BadUrl, ConfigError, StoreError, UnknownArticle
from archiver.hooks import Hooks
from archiver.index import Entry, Hit, Index
from archiver.model import Article, Capture, Check, Diff, Event, Revision
from archiver.store.git import GitStore
from archiver.store.layout import Place
from archiver.store.runs import checks_of, runs_after, unfinished
from archiver.urls import normalise_url

if TYPE_CHECKING:
    from archiver.store.evidence import Kept

_CHUNK = 10_000
"""Revisions that git is asked about at once."""
_ARTICLES = 2000
"""Articles whose words are taken up at once."""
_GRAMMAR = "write latest, first, r3, ~1, 2024-04-26, 2024-04-26T20:38 or a commit id"
_NAMED = 60
"""Characters of a headline in a list of articles."""
_REV = re.compile(r"latest|first|r\d+|~\d+|\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z?)?|[0-9a-f]{4,40}")


class Archive:
    """An open archive; close it, or use it as a context manager.

    >>> with Archive.open(Path("news")) as archive:  # doctest: +SKIP
    ...     for revision in archive.history("bridge-reopens"):
    ...         print(revision.number, revision.event, revision.summary)
    """

    def __init__(self, store: GitStore, index: Index) -> None:
        self.store, self.index = store, index
        self.hooks = Hooks()
        """The user's own code for pages that are read; whoever opens the archive may set others."""

    @classmethod
    def open(cls, path: Path | str, *, catch_up: bool = True) -> Self:
        """Open the archive in this folder; without `catch_up` with its index as it is.

        Raises:
            NoArchive: there is none.
            ForeignArchive: its git configuration is not ours.
            ArchiveDamaged: its newest state cannot be found or read.
            StoreError: it cannot be read.
        """
        store = GitStore.open(Path(path))
        archive = cls(store, Index(store.path / ".archiver" / "index.sqlite", owner=store.birth))
        try:
            if catch_up:
                archive._catch_up_anew()
        except BaseException:
            archive.close()
            raise
        return archive

    def __enter__(self) -> Self:
        """Give the archive itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it. What went wrong with the index is told as a StoreError."""
        trouble = self.index.trouble(error) if error else None
        self.close()
        if trouble:
            raise trouble from error

    def close(self) -> None:
        """Close the index and the git processes."""
        self.index.close()
        self.store.close()

    def catch_up(self) -> None:
        """Bring the index to the tip of the history and the end of the check logs, in one step for all who read it."""
        if self.index.tip == self.store.tip() and not runs_after(self.store.path, self.index.run):
            return
        with self.index.writing():
            self._take_history(self.store.tip())
            self._take_logs()

    def _take_history(self, tip: str) -> None:
        if self.index.tip and not self.store.is_known(self.index.tip):
            self.index.clear()
        if self.index.tip == tip:
            return
        revisions = self.store.revisions(self.index.tip)
        while chunk := tuple(islice(revisions, _CHUNK)):
            dates = self.store.dates([(one.commit, one.key) for one in chunk])
            self.index.add_revisions(zip(chunk, dates, strict=True), chunk[-1].commit)
        self.index.add_revisions((), tip)

    def _take_logs(self) -> None:
        root = self.store.path
        opened = set(unfinished(root))
        for run in runs_after(root, self.index.run):
            self.index.add_checks(self._checks(run))
            if run not in opened:
                self.index.finish_run(run)

    def _checks(self, run: str) -> Iterator[tuple[str, Check]]:
        """What a run logged; of a damaged log, which is for `check` to tell of, what stands before the damage."""
        with suppress(StoreError):
            yield from ((run, check) for check in checks_of(self.store.path, run))

    def _catch_up_anew(self) -> None:
        """Catch up; when the index turns out to be damaged, from the beginning."""
        try:
            self.catch_up()
        except Exception as error:
            trouble = self.index.trouble(error)
            if not trouble:
                raise
            if self.index.tip:  # it was not damaged, and so not emptied
                raise trouble from error
            self.catch_up()

    def config(self) -> Config:
        """What `archiver.toml` says.

        Raises:
            ConfigError: it says something that it may not say.
        """
        path = self.store.path / FILE_NAME
        try:
            return load(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            hint = f"'git -C {self.store.path} log -p -- {FILE_NAME}' has its earlier states"
            raise ConfigError(f"{path}: cannot be read: {why}", hint=hint) from error

    # Finding

    def urls(self) -> Iterator[str]:
        """The present address of every article."""
        return (entry.latest.source for entry in self.entries())

    def entries(self) -> Iterator[Entry]:
        """All articles with their latest revisions, in the order of their keys."""
        return self.index.entries()

    def find(self, words: str) -> str:
        """The key of the one article that these words name.

        Raises:
            UnknownArticle: none, or more than one.
        """
        path = words.removeprefix("articles/").removesuffix("/article.md").strip("/")
        keys = self.index.find(path)
        if not keys and "://" in words:
            try:
                key = self.index.key_of(normalise_url(words))
            except BadUrl:
                key = ""
            keys = (key,) if key else ()
        if not keys:
            raise UnknownArticle(f"{words}: no such article in {self.store.path}", hint=_advice(words))
        if len(keys) > 1:
            named = ", ".join(f"{key.rpartition('/')[2]} ({self._headline(key)})" for key in keys)
            raise UnknownArticle(
                f"{words}: more than one article begins so: {named}",
                hint="write more of it, or the id behind the ~; 'archiver ls' has their addresses",
            )
        return keys[0]

    def _headline(self, key: str) -> str:
        """Of the latest revision, cut to what tells articles apart in a list."""
        headline = self.index.history(key)[-1].headline
        return headline if len(headline) <= _NAMED else f"{headline[: _NAMED - 1].rstrip()}…"

    def history(self, words: str) -> tuple[Revision, ...]:
        """All revisions of an article, oldest first."""
        return self.index.history(self.find(words))

    def revision(self, name: str) -> Revision:
        """The revision that `ARTICLE` or `ARTICLE@REV` names; without REV the latest.

        Raises:
            UnknownArticle: no such article.
            BadRevision: no such revision of it.
        """
        words, at, rev = name.rpartition("@")
        if not at or not _REV.fullmatch(rev):
            words, rev = name, "latest"
        return pick(self.history(words), rev)

    def span(self, words: str, span: str = "", *, touches: bool = False) -> tuple[Revision, Revision]:
        """The two revisions of a range `A..B`, of which either side may be left out.

        A alone, or nothing, means that revision, or the latest, against the one before it. The latest is the latest
        that is no touch, unless `touches` are wanted.

        Raises:
            UnknownArticle: no such article.
            BadRevision: no such revision of it, or nothing before it.
        """
        history = self.history(words)
        start, dots, end = span.partition("..")
        if dots:
            return pick(history, start or "first"), pick(history, end or "latest")
        if start or touches:
            after = pick(history, start or "latest")
        else:
            after = next((r for r in reversed(history[1:]) if r.event is not Event.TOUCH), history[-1])
        if after.number == 1:
            raise BadRevision(
                f"{after.headline or words}: there is nothing before its first revision",
                hint="'archiver show' prints it; a later snapshot may find a change",
            )
        return history[after.number - 2], after

    # Reading

    def article(self, revision: Revision) -> Article:
        """The article as a revision has it."""
        return self.store.article(revision.commit, revision.key)

    def diff(self, before: Revision, after: Revision) -> Diff:
        """What changed from one revision to another."""
        from archiver.diff import diff_articles

        return diff_articles(self.article(before), self.article(after))

    def capture(self, revision: Revision) -> Capture:
        """The capture that led to a revision, from the evidence.

        Raises:
            StoreError: it is missing, damaged, or not what the revision recorded.
        """
        from archiver.store.evidence import read_capture

        return read_capture(self.store.path, revision, self.place(revision.record_id, revision.run))

    def kept(self, payload_sha256: str) -> Kept | None:
        """An earlier response with this payload, when its evidence is there."""
        from archiver.store.evidence import find_kept

        found = self.index.kept_payload(payload_sha256)
        try:
            place = self.place(*found) if found else None
        except StoreError:
            return None
        return find_kept(self.store.path, found[0], place) if found and place else None

    def place(self, record_id: str, run: str) -> Place | None:
        """Where a record lies. Each file is looked through once, and the index remembers.

        Raises:
            StoreError: the evidence of the run is missing or damaged.
        """
        from archiver.store.evidence import places

        place = self.index.place(record_id)
        if place is None and run:
            self.index.add_places(places(self.store.path, run))
            place = self.index.place(record_id)
        return place

    def search(self, words: str, *, removed: bool = False, most: int = 50) -> tuple[Hit, ...]:
        """The articles of which one revision has all of these words, the newest articles first, `most` of them.

        The words of revisions that came since the last search are taken up first.
        """
        while self.index.add_texts(self.store.texts, most=_ARTICLES):
            pass
        return self.index.search(words, removed=removed, most=most)


def _advice(words: str) -> str:
    """What to do where no article has the name that was given."""
    _, at, rev = words.rpartition("@")
    if at and _REV.fullmatch(rev):
        return f"show and blame take ARTICLE@{rev}, diff takes ARTICLE {rev}, everything else the article alone"
    return "'archiver ls' lists what is there, 'archiver search WORD' finds articles by their words"


def pick(history: tuple[Revision, ...], rev: str) -> Revision:
    """The one of an article's revisions, oldest first, that REV names.

    Raises:
        BadRevision: there is none, or the words are no revision.
    """
    found: list[Revision] = []
    if not _REV.fullmatch(rev):
        raise BadRevision(f"{rev}: not a revision", hint=_GRAMMAR)
    if rev in ("latest", "first"):
        found = [history[-1 if rev == "latest" else 0]]
    elif rev[0] in "r~":
        position = int(rev[1:]) - 1 if rev[0] == "r" else len(history) - 1 - int(rev[1:])
        found = [history[position]] if 0 <= position < len(history) else []
    elif "-" in rev:
        end = _end(rev)
        found = [revision for revision in history if revision.captured_at < end][-1:]
    else:
        found = [revision for revision in history if revision.commit.startswith(rev)]
    if len(found) == 1:
        return found[0]
    why = "more than one commit begins so" if found else f"it has r1 to r{len(history)}, first captured "
    raise BadRevision(
        f"{rev}: no such revision of {history[-1].headline or history[-1].key}: {why}"
        + ("" if found else f"{history[0].captured_at:%Y-%m-%d %H:%M} UTC"),
        hint=f"'archiver log {history[-1].id}' lists them",
    )


def _end(rev: str) -> datetime:
    """The end of the day, minute or second that REV names, in UTC.

    Raises:
        BadRevision: the calendar has no such moment.
    """
    spans = {10: timedelta(days=1), 16: timedelta(minutes=1), 19: timedelta(seconds=1)}
    stated = rev.removesuffix("Z")
    try:
        return datetime.fromisoformat(stated).replace(tzinfo=UTC) + spans[len(stated)]
    except (ValueError, OverflowError) as error:
        raise BadRevision(f"{rev}: no such day or time: {error}", hint=_GRAMMAR) from None
