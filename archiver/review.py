"""Reviews an archive: applies the audit to the histories of its articles.

Every article is read once, its revisions in order, and let go before the next; nothing is written. A scope is "" for
all articles, a host for a newsroom, or whatever names one article.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from archiver.audit import RULES, History, apply_rules, read_history
from archiver.audit.census import Census, Figures, Grouping
from archiver.audit.phrases import Origin, Stretch, blame, when
from archiver.audit.rank import Ranked, rank
from archiver.audit.steps import Step
from archiver.errors import BadRevision
from archiver.index import Entry
from archiver.model import Article, Event, Finding, Revision
from archiver.query import Archive
from archiver.store.layout import host_of, newsroom_of, run_id
from archiver.store.runs import read_checks


def audit(
    archive: Archive, scope: str = "", *, since: datetime | None = None, rules: Collection[str] = RULES.keys()
) -> Iterator[Finding]:
    """What these rules find, article by article; with `since`, only what showed from then on.

    Raises:
        UnknownArticle: the scope names none.
    """
    for _, history in _histories(archive, scope, since):
        for finding in apply_rules(history, rules):
            if since is None or finding.revision.captured_at >= since:
                yield finding


def steps(archive: Archive, scope: str = "", *, since: datetime | None = None) -> Iterator[Step]:
    """What became of the articles, article by article, without what is only our own reading.

    Raises:
        UnknownArticle: the scope names none.
    """
    for _, history in _histories(archive, scope, since):
        for step in history.edits:
            if since is None or step.after.captured_at >= since:
                yield step


def ranking(archive: Archive, scope: str = "", *, since: datetime | None = None) -> tuple[Ranked, ...]:
    """The same, what deserves most to be looked at first.

    Raises:
        UnknownArticle: the scope names none.
    """
    found = (rank(step) for step in steps(archive, scope, since=since))
    return tuple(sorted((it for it in found if it.score), key=lambda it: (-it.score, it.step.after.captured_at)))


def figures(archive: Archive, by: Grouping, scope: str = "", *, since: datetime | None = None) -> tuple[Figures, ...]:
    """What was counted of articles first seen since then.

    Raises:
        UnknownArticle: the scope names none.
        StoreError: a check log is damaged.
    """
    census = Census(by)
    for entry, history in _histories(archive, scope, since):
        if since is None or history.first.captured_at >= since:
            census.add_history(history, entry.seen_at)
    for _, check in read_checks(archive.store.path):
        census.add_check(check)
    return tuple(census.figures())


def origins(archive: Archive, name: str) -> tuple[Origin, ...]:
    """The sentences of the revision that `ARTICLE` or `ARTICLE@REV` names, each with where it came from.

    Raises:
        UnknownArticle: no such article.
        BadRevision: no such revision of it.
    """
    until = archive.revision(name)
    history = archive.index.history(until.key)
    return blame(_states(archive, history[: until.number]))


def stretches(archive: Archive, words: str, phrase: str) -> tuple[Stretch, ...]:
    """When a phrase was to be read in an article.

    Raises:
        UnknownArticle: no such article.
    """
    return when(_states(archive, _in_time(archive.history(words))), phrase)


def as_published(archive: Archive, words: str, moment: str) -> Revision:
    """The last revision that, by the page's own stamps, was there by a date or time ("2024-04-26T20:38").

    The page's clock is taken as it is, in whatever zone; where it has no stamp its date of publication counts.

    Raises:
        UnknownArticle: no such article.
        BadRevision: the page says of no revision that it was there by then.
    """
    found = None
    history = archive.history(words)
    for revision, article in _states(archive, _in_time(history)):
        at = _page_time(article)
        length = min(len(at), len(moment))
        if at and at[:length] <= moment[:length] and revision.status == "live":
            found = revision
    if found is None:
        raise BadRevision(
            f"{moment}: no revision of {history[-1].headline or words} says that it was published by then",
            hint=f"'archiver show {history[-1].id}@{moment}' goes by the time of capture",
        )
    return found


def _histories(archive: Archive, scope: str, since: datetime | None) -> Iterator[tuple[Entry, History]]:
    """The articles in scope that have anything since then, with their whole histories."""
    shared = archive.index.shared_stamps()
    for entry in _entries(archive, scope):
        if since is None or entry.latest.captured_at >= since:
            revisions = _in_time(archive.index.history(entry.latest.key))
            yield entry, read_history(_states(archive, revisions), shared, _missing(archive, revisions))


def _missing(archive: Archive, revisions: list[Revision]) -> Iterator[datetime]:
    """The looks that missed an article before it was held to be gone, from the check logs of those days."""
    for gone in revisions:
        if gone.event is Event.GONE and gone.unchanged_since:
            for run, check in read_checks(archive.store.path, after=run_id(gone.unchanged_since)):
                if run > gone.run:
                    break
                if check.key == gone.key and check.event is Event.MISSING:
                    yield check.at


def _entries(archive: Archive, scope: str) -> Iterator[Entry]:
    """The articles in scope, in the order of their keys."""
    host = scope.lower()  # with its port as addresses have it, or as keys do
    keyed = ((entry, entry.latest.key) for entry in archive.entries())
    of_host = (entry for entry, key in keyed if host in (newsroom_of(key), host_of(key)))
    first = next(of_host, None) if scope else None
    if first:
        yield first
        yield from of_host
    elif scope:
        entry = archive.index.entry(archive.find(scope))
        yield from (entry,) if entry else ()
    else:
        yield from archive.entries()


def _page_time(article: Article) -> str:
    """The newest date of change that a page states, else its date of publication, as the page's own clock has it."""
    stamps = [stamp for stamp in (article.modified, *article.stamps, article.site_stamp) if stamp]
    if not stamps and article.published:
        stamps = [article.published]
    return max((stamp.value for stamp in stamps), default="")


def _in_time(revisions: tuple[Revision, ...]) -> list[Revision]:
    """By the time of capture; what was captured at one time, in the order of arrival."""
    return sorted(revisions, key=lambda revision: (revision.captured_at, revision.number))


def _states(archive: Archive, revisions: list[Revision] | tuple[Revision, ...]) -> Iterator[tuple[Revision, Article]]:
    return ((revision, archive.article(revision)) for revision in revisions)
