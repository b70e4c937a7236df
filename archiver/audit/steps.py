"""Turns the revisions of one article into the steps between them, which the rules of the audit read.

Takes revisions with their articles, oldest first, one at a time; of each article only what stands around its text is
kept, so that a long history costs no more memory than its changes. The changes are found anew from the articles and
not taken from the commits, which hold what an older program saw.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from archiver.compare import is_site_clock
from archiver.diff import classify, diff_articles
from archiver.model import Article, Change, ChangeKind, Event, NoticeKind, Revision, SentenceChange

TEXT_FIELDS = frozenset({"body", "headline", "standfirst", "caption", "credit"})
"""What readers read; a notice is told apart by its kind."""
CORRECTING = frozenset(
    {NoticeKind.CORRECTION, NoticeKind.CLARIFICATION, NoticeKind.EDITORS_NOTE, NoticeKind.RETRACTION}
)
"""Notices that say that something was wrong; an update note says that there is more."""

SharedStamps = Collection[tuple[str, str, str]]
"""Run, host and text of the site stamps that a run saw on several articles of a host."""

Clock = Literal["no", "doubtful", "yes"]
_LONG_LOOK = timedelta(hours=1)
"""An honest stamp lies anywhere between two looks; one that lies minutes before the second, twice, is a clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What became of an article from one revision to the next."""

    before: Revision
    after: Revision
    was: Article
    """As it was before, without its text."""
    now: Article
    """As it was after, without its text."""
    changes: tuple[Change, ...]
    sentences: tuple[SentenceChange, ...]
    clock: Clock
    """Whether the site stamp is rather the time at which pages are served."""

    @property
    def is_ours(self) -> bool:
        """Whether a difference may come from our own reading of the pages instead of from the newsroom."""
        reads_alike = (self.before.extractor, self.before.recipe) == (self.after.extractor, self.after.recipe)
        return self.after.event is Event.REEXTRACT or (self.after.event is Event.RETURNED and not reads_alike)

    @property
    def text_changes(self) -> tuple[Change, ...]:
        """The changes in what readers read, without notices."""
        return tuple(
            change for change in self.changes if change.field in TEXT_FIELDS and change.kind is not ChangeKind.NOTICE
        )

    @property
    def notice_changes(self) -> tuple[Change, ...]:
        """Notices that were added, altered or removed."""
        return tuple(change for change in self.changes if change.kind is ChangeKind.NOTICE)

    @property
    def new_notices(self) -> tuple[Change, ...]:
        """Notices that say something new to readers."""
        return tuple(change for change in self.notice_changes if change.after)

    def stamp_moves(self, *, even_doubtful: bool = False) -> tuple[Change, ...]:
        """Dates of change, visible or declared, that are other than they were; the site's clock is none."""
        without = () if self.clock == "no" or (even_doubtful and self.clock == "doubtful") else ("site_stamp",)
        return tuple(
            change
            for change in self.changes
            if change.kind is ChangeKind.STAMP and change.after and change.field not in without
        )

    @property
    def is_told(self) -> bool:
        """Whether anything may have told readers of a change: a notice, a stamp, a new date of publication."""
        is_dated_anew = any(change.kind is ChangeKind.PUBLISHED and change.after for change in self.changes)
        return bool(self.new_notices or self.stamp_moves(even_doubtful=True) or is_dated_anew)

    @property
    def has_stamp(self) -> bool:
        """Whether the page had a date of change before that could have moved."""
        return bool(self.was.modified or self.was.stamps or (self.was.site_stamp and self.clock == "no"))


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of one article over time."""

    first: Revision
    origin: Article
    """As it was first seen, without its text."""
    steps: tuple[Step, ...]

    @property
    def latest(self) -> Revision:
        """The newest state."""
        return self.steps[-1].after if self.steps else self.first

    @property
    def section(self) -> str:
        """The section that the newest state names, or ""."""
        return self.steps[-1].now.section if self.steps else self.origin.section

    @property
    def newsroom(self) -> str:
        """The host under whose address the article was first found."""
        return newsroom_of(self.first.key)

    @property
    def edits(self) -> tuple[Step, ...]:
        """The steps that are the newsroom's doing."""
        return tuple(step for step in self.steps if not step.is_ours)


def newsroom_of(key: str) -> str:
    """The host that begins an article key."""
    return key.partition("/")[0]


def is_correcting(change: Change) -> bool:
    """Whether a change of a notice leaves one that says that something was wrong."""
    return bool(change.after) and change.label.rpartition(" → ")[2] in CORRECTING


def read_history(states: Iterable[tuple[Revision, Article]], shared_stamps: SharedStamps = ()) -> History:
    """The history that these states, oldest first and at least one, make."""
    rest = iter(states)
    first, origin = next(rest)
    return History(first=first, origin=_without_text(origin), steps=tuple(_steps(first, origin, rest, shared_stamps)))


def _steps(
    before: Revision, was: Article, rest: Iterator[tuple[Revision, Article]], shared_stamps: SharedStamps
) -> Iterator[Step]:
    for after, now in rest:
        diff = diff_articles(was, now)
        yield Step(
            before=before,
            after=after,
            was=_without_text(was),
            now=_without_text(now),
            changes=classify(diff),
            sentences=diff.sentences,
            clock=_clock(before, was, after, now, shared_stamps),
        )
        before, was = after, now


def _without_text(article: Article) -> Article:
    return replace(article, body=(), figures=(), links=())


def _clock(before: Revision, was: Article, after: Revision, now: Article, shared_stamps: SharedStamps) -> Clock:
    """Whether the site stamp is the site's clock; only what was seen twice is certain.

    One stamp on several articles may be a night on which the newsroom changed them all, and a stamp minutes before the
    capture an edit that was caught at once. In doubt no rule may build on it.
    """
    stamp, earlier = now.site_stamp, was.site_stamp
    if stamp is None or earlier is None or stamp.text == earlier.text:  # a clock that stands still is none
        return "no"
    is_near, was_near = (
        is_site_clock(it, revision.captured_at, None, None) for it, revision in ((stamp, after), (earlier, before))
    )
    keeps_lag = not is_near and is_site_clock(stamp, after.captured_at, earlier, before.captured_at)
    is_long = after.unchanged_since is not None and after.captured_at - after.unchanged_since >= _LONG_LOOK
    is_shared, was_shared = (
        (revision.run, newsroom_of(revision.key), it.text) in shared_stamps
        for it, revision in ((stamp, after), (earlier, before))
    )
    if (is_shared and was_shared) or (is_long and (keeps_lag or (is_near and was_near))):
        return "yes"
    return "doubtful" if is_near or was_near or keeps_lag or is_shared or was_shared else "no"
