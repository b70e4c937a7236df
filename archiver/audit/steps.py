"""Turns the revisions of one article into the steps between them, which the rules of the audit read.

Takes revisions with their articles, oldest first, one at a time; of each article only what stands around its text is
kept, so that a long history costs no more memory than its changes. The changes are found anew from the articles and
not taken from the commits, which hold what an older program saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from archiver.audit.clocks import Clocks, Seen, SharedStamps, find_clocks, is_same_moment, stamps_of
from archiver.diff import classify, diff_articles
from archiver.diff.lexicon import lexicon
from archiver.diff.notices import notice_kind
from archiver.model import Article, Change, ChangeKind, Event, NoticeKind, PageDate, Revision, SentenceChange
from archiver.store.layout import newsroom_of

TEXT_FIELDS = frozenset({"body", "headline", "standfirst", "caption", "credit"})
"""What readers read; a notice is told apart by its kind."""
CORRECTING = frozenset(
    {NoticeKind.CORRECTION, NoticeKind.CLARIFICATION, NoticeKind.EDITORS_NOTE, NoticeKind.RETRACTION}
)
"""Notices that say that something was wrong; an update note says that there is more."""


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
    clocks: Clocks
    """Stamps that are rather the time at which the page was served."""

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
        return tuple(change for change in self.notice_changes if change.after and change.action != "moved")

    @property
    def has_notice(self) -> bool:
        """Whether a notice says something new, be it in front of the headline: "CORRECTED: …"."""
        words = lexicon(self.now.language)
        was, now = (notice_kind(headline, words) for headline in (self.was.headline, self.now.headline))
        return bool(self.new_notices) or (bool(now) and was != now)

    def stamp_moves(self, *, even_doubtful: bool = False) -> tuple[Change, ...]:
        """Dates of change, visible or declared, that are other than they were.

        A clock is none, and neither is the same moment in another zone or stated more exactly.
        """
        without = self.clocks.certain if even_doubtful else self.clocks.certain | self.clocks.doubtful
        return tuple(
            change
            for change in self.changes
            if change.kind is ChangeKind.STAMP
            and change.after
            and change.field not in without
            and not self._is_same_moment(change)
        )

    def _is_same_moment(self, move: Change) -> bool:
        was, now = (
            next((date for field, date in stamps_of(article) if (field, date.text) == (move.field, text)), None)
            for article, text in ((self.was, move.before), (self.now, move.after))
        )
        return was is not None and now is not None and is_same_moment(was, now)

    @property
    def is_told(self) -> bool:
        """Whether anything may have told readers of a change: a notice, a stamp, a new date of publication."""
        is_dated_anew = any(change.kind is ChangeKind.PUBLISHED and change.after for change in self.changes)
        return bool(self.has_notice or self.stamp_moves(even_doubtful=True) or is_dated_anew)

    @property
    def stamps(self) -> tuple[PageDate, ...]:
        """The dates of change that the page had before and that could have moved."""
        without = self.clocks.certain | self.clocks.doubtful
        return tuple(stamp for field, stamp in stamps_of(self.was) if field not in without)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of one article over time."""

    first: Revision
    origin: Article
    """As it was first seen, without its text."""
    steps: tuple[Step, ...]
    missing: tuple[datetime, ...] = ()
    """Looks that found nothing and were not believed until a second one did, oldest first."""

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
        """The host, with its port, under whose address the article was first found."""
        return newsroom_of(self.first.key)

    @property
    def edits(self) -> tuple[Step, ...]:
        """The steps that are the newsroom's doing."""
        return tuple(step for step in self.steps if not step.is_ours)


def is_correcting(change: Change) -> bool:
    """Whether a change of a notice leaves one that says that something was wrong."""
    return bool(change.after) and change.action != "moved" and change.label.rpartition(" → ")[2] in CORRECTING


def read_history(
    states: Iterable[tuple[Revision, Article]], shared_stamps: SharedStamps = (), missing: Iterable[datetime] = ()
) -> History:
    """The history that these states, oldest first and at least one, make."""
    rest = iter(states)
    first, origin = next(rest)
    return History(
        first=first,
        origin=_without_text(origin),
        steps=tuple(_steps(first, origin, rest, shared_stamps)),
        missing=tuple(missing),
    )


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
            clocks=find_clocks(Seen(before, was), Seen(after, now), shared_stamps),
        )
        before, was = after, now


def _without_text(article: Article) -> Article:
    return replace(article, body=(), figures=(), links=())
