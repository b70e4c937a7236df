"""Examines what a fetch brought: which article it is, what it says, and what that comes to.

Takes captures and failures, reads the archive, gives `Judgement`s; writes nothing and fetches nothing. What only edits
and redirects need is imported with the first of them: most runs find none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from archiver import compare
from archiver.errors import ArchiverError, HookFailed, StoreError
from archiver.index import Entry
from archiver.judgement import Case, Judgement, check_of, is_news
from archiver.model import Article, Capture, Check, Decision, Event, FetchFailure, PageDate, Revision
from archiver.query import Archive
from archiver.reading import Reader, extractor_id, lacks_hook, reader_name
from archiver.store.layout import article_key, host_of
from archiver.urls import normalise_url

_ABSENT = {404: False, 410: True, 451: True}
"""Statuses of a page that is not there, and whether the server says that it stays away."""
_PERMANENT = frozenset({301, 308})
_HELD_HINT = "'archiver explain URL' shows why; 'archiver held' releases or drops it"
_HELD_HINTS = {
    "the page is a list of other pages": "'archiver watch add URL' looks for articles there; 'archiver held drop URL' "
    "dismisses the page",
}
UNREACHABLE = frozenset({"dns", "connect", "timeout"})


class Examiner:
    """Judges the results of one run against the archive as it stands when each is examined."""

    def __init__(self, archive: Archive, run: str, *, reader: Reader, keep_all: bool) -> None:
        """`run` is the id under which revisions are kept; with `keep_all` every capture is evidence."""
        self._clocks, self._reader = archive.config().clock, reader
        self._archive, self._index = archive, archive.index
        self._run, self._keep_all = run, keep_all
        self._stamps: dict[tuple[str, str], set[str]] = defaultdict(set)
        """The articles on which this run saw a site stamp, by host and stamp."""

    def key_of(self, result: Capture | FetchFailure) -> str:
        """The article that a result belongs to; of a new article, the key that it will have; "" of a new failure."""
        if isinstance(result, FetchFailure):
            return self._index.key_of(result.url)
        final = normalise_url(result.url)
        return self._index.key_of(result.requested_url) or self._index.key_of(final) or article_key(final)

    def next_part(self, capture: Capture, tried: Collection[str]) -> str:
        """The address of a further page of the article on a page that came; "" when there is none, or no article."""
        try:
            following = self._reader.next_part(capture, tried)
        except HookFailed:  # which is told when the page itself is read
            return ""
        return following if following and _is_article(capture) else ""

    def examine(self, result: Capture | FetchFailure, key: str, *, accept: bool = False) -> Iterator[Judgement]:
        """What a result came to: one judgement, or two when our own reading of the last capture has changed.

        That comes first, as a re-extraction, and must be in the archive before the next one is asked for. `key` is that
        of `key_of`. With `accept` a person has said that the page is what the newsroom published, however implausible.
        """
        if isinstance(result, FetchFailure):
            yield self._failure(result, key)
            return
        last = self._index.last_check(result.requested_url)
        case = Case(result, key, self._index.entry(key), last, result.payload_sha256)
        try:
            yield from self._judge(case, accept=accept)
        except (StoreError, HookFailed) as error:  # What is kept of this article is damaged; of others it is not.
            yield self._failed(case, str(error), error.hint)
        except ArchiverError:
            raise
        except Exception as error:  # A fault of ours costs one page of one run.
            reason = f"{type(error).__name__}: {error}"
            yield self._failed(case, reason, "this is a fault in archiver; please report it")

    def _judge(self, case: Case, *, accept: bool) -> Iterator[Judgement]:
        capture = case.capture
        if successor := self._successor(case):
            yield self._ended(case, successor)
        elif absence := self._absence(case):
            yield self._absent(case, *absence)
        elif capture.status == 304 and case.entry:
            yield self._note(case, Decision(event=Event.SAME, reason="not modified"))
        elif capture.status != 200:
            yield self._failed(case, _status(capture), _hint(capture.status))
        elif "html" not in (kind := capture.header("content-type").lower() or "text/html"):
            yield self._failed(case, f"no HTML page but {kind}", "check the address; only pages are archived")
        elif _is_dropped(case):
            yield self._note(case, Decision(event=Event.DROPPED, reason="the page that was dropped"))
        elif self._is_known(case):
            yield self._note(case, Decision(event=Event.SAME, reason="same bytes"))
        else:
            yield from self._page(case, accept=accept)

    def reextract(self, entry: Entry, at: datetime) -> Judgement | None:
        """The latest revision once more, as today's extractor reads its capture: our doing and no edit.

        Without a revision when that is the same; None when it was read so before, or there is no page to read.

        Raises:
            StoreError: its capture is not there.
            HookFailed: the user's hook for it raised.
        """
        latest = entry.latest
        reader = self._reader.name(latest.source)
        if latest.status != "live" or reader in (_reader_of(latest), entry.equal_under):
            return None
        article = self._reader.read(self._archive.capture(latest)).article
        check = Check(url=latest.source, at=at, event=Event.REEXTRACT, key=latest.key)
        if article == self._archive.article(latest):
            decision = Decision(event=Event.REEXTRACT, reason="reads the same")
            return Judgement(check=replace(check, equal_under=reader), decision=decision)
        recipe = self._reader.recipe_id(latest.source)
        without = "; the hook that it was read with is missing" if lacks_hook(recipe, latest.recipe) else ""
        decision = Decision(event=Event.REEXTRACT, reason=f"read again by {reader}{without}")
        revision = replace(
            latest,
            event=decision.event,
            headline=article.headline,
            summary=decision.reason,
            changes=(),
            extractor=extractor_id(),
            recipe=recipe,
        )
        return Judgement(check=check, decision=decision, revision=revision, article=article)

    def sign_of_clock(
        self, key: str, stamp: PageDate | None, at: datetime | None, latest: Revision | None, before: Article | None
    ) -> str:
        """What shows that a site stamp, captured at this time, is the site's clock, in words; or "".

        `latest` and `before` are the last revision and its article, where there is one.
        """
        if stamp is None:
            return ""
        if (said := self._clocks.get(host_of(key))) is not None:
            return "archiver.toml says so" if said else ""
        earlier = before.site_stamp if before else None
        if at and compare.is_site_clock(stamp, at, earlier, latest.captured_at if latest else None):
            return "it goes with the time of the capture"
        shared = earlier if latest else stamp
        is_shared = shared is not None and self._index.shares_stamp(key, shared.text)
        return "another article of the site stands with the same" if is_shared else ""

    def settle(self, judgement: Judgement) -> Judgement:
        """The same, or no revision when all that moved is a stamp that other articles of this run show too."""
        stamp = judgement.article.site_stamp
        if not judgement.revision or judgement.decision.fields != ("site_stamp",) or stamp is None:
            return judgement
        host = host_of(judgement.revision.key)
        if len(self._stamps[host, stamp.text]) < 2 or self._clocks.get(host) is False:
            return judgement
        check = replace(judgement.check, event=Event.SAME, reason="only the site's clock moved")
        return replace(judgement, check=check, revision=None, capture=judgement.capture if self._keep_all else None)

    def _failure(self, failure: FetchFailure, key: str) -> Judgement:
        decision = Decision(event=Event.FAILED, reason=failure.reason)
        return Judgement(
            check=Check(url=failure.url, at=failure.failed_at, event=Event.FAILED, key=key, reason=failure.reason),
            decision=decision,
            hint=failure.hint,
            unreachable=failure.kind in UNREACHABLE,
            is_news=is_news(self._index.last_check(failure.url), decision),
        )

    def _failed(self, case: Case, reason: str, hint: str) -> Judgement:
        return self._note(case, Decision(event=Event.FAILED, reason=reason), hint=hint)

    def _successor(self, case: Case) -> str:
        """The key of the article that goes on under the address to which this one moved for good; or ""."""
        capture, entry = case.capture, case.entry
        if not entry or entry.latest.status == "gone" or capture.status != 200 or not _is_permanent(capture):
            return ""
        key = self._index.key_of(normalise_url(capture.url))
        if key in ("", case.key):
            return ""
        first = self._index.history(key)[0]
        return key if compare.is_same_story(self._archive.article(entry.latest), self._archive.article(first)) else ""

    def _ended(self, case: Case, successor: str) -> Judgement:
        """The end of an article whose new address was found first, and has a history of its own by now.

        Neither history is rewritten, and the two are not mixed: this one names the other.
        """
        assert case.entry
        latest = case.entry.latest
        reason = f"now at {normalise_url(case.capture.url)}, goes on as {successor[-12:]}"
        draft = replace(latest, status="gone", successor=successor, summary=reason, changes=())
        return self._keep(case, Decision(event=Event.MOVED, reason=reason), self._archive.article(latest), draft)

    def _absence(self, case: Case) -> tuple[str, bool] | None:
        """Why the article is not there, and whether that is final; None when something was served."""
        capture = case.capture
        if capture.status in _ABSENT:
            return _status(capture), _ABSENT[capture.status]
        if not case.entry or not capture.hops:
            return None
        final = normalise_url(capture.url)
        if compare.is_home(capture.requested_url, final):
            return f"redirects to the home page, {final}", False
        if self._index.key_of(final) not in ("", case.key):
            return f"redirects to another article, {final}", False
        return None

    def _absent(self, case: Case, reason: str, final: bool) -> Judgement:
        entry = case.entry
        missing = case.last is not None and case.last.event is Event.MISSING
        decision = compare.decide_absence(entry.latest if entry else None, reason, final=final, missing_before=missing)
        if entry and decision.event is Event.GONE:
            draft = replace(entry.latest, status="gone", summary=reason, changes=())
            return self._keep(case, decision, self._archive.article(entry.latest), draft)
        return self._note(case, decision, hint="check the address" if decision.event is Event.FAILED else "")

    def _is_known(self, case: Case) -> bool:
        """Whether these very bytes were found to be what is kept, by today's extractor."""
        capture, entry, last = case.capture, case.entry, case.last
        return (
            entry is not None
            and last is not None
            and last.payload_sha256 == case.payload_sha256
            and last.event is not Event.HELD
            and not (capture.parts or entry.latest.part_sha256)
            and self._index.key_of(normalise_url(capture.url)) == entry.latest.key
            and entry.latest.status == "live"
            and self._reader.name(entry.latest.source) in (_reader_of(entry.latest), entry.equal_under)
        )

    def _page(self, case: Case, *, accept: bool) -> Iterator[Judgement]:
        capture, key, entry = case.capture, case.key, case.entry
        extraction = self._reader.read(capture)
        article, final = extraction.article, normalise_url(capture.url)
        if article.site_stamp and not extraction.problem:
            self._stamps[host_of(key), article.site_stamp.text].add(key)
        if entry is None:
            decision = compare.decide(None, None, extraction, url=final, accept=accept)
            yield self._conclude(case, decision, article, final)
            return
        again, is_lost = self._read_again(entry, capture)
        if again and again.revision:
            yield again
            entry = self._index.entry(key) or entry
            case = replace(case, entry=entry)
        equal_under = again.check.equal_under if again else ""
        before = self._archive.article(entry.latest)
        if capture.hops and not accept and self._is_elsewhere(final, entry, before, article):
            if not _is_article(capture):
                yield self._absent(case, f"redirects to a list of other pages, {final}", False)
            else:
                decision = Decision(event=Event.HELD, reason=f"redirects to another article, {final}")
                yield self._note(case, decision, hint=_HELD_HINT)
            return
        moved = _is_permanent(capture)
        source = final if moved or final == entry.latest.source else capture.requested_url
        clock = bool(self.sign_of_clock(key, article.site_stamp, capture.captured_at, entry.latest, before))
        decision = compare.decide(entry.latest, before, extraction, url=source, moved=moved, clock=clock, accept=accept)
        if is_lost and decision.event in (Event.EDIT, Event.TOUCH):
            reason = "the last capture is gone: what differs may be the newsroom's doing or the extractor's"
            decision = replace(decision, event=Event.REEXTRACT, reason=reason)
        yield self._conclude(case, decision, article, source, before, equal_under)

    def _is_elsewhere(self, final: str, entry: Entry, before: Article, article: Article) -> bool:
        """Whether a redirect leads to an address not seen before, and to nothing of the article there."""
        is_new = final != entry.latest.source and not self._index.key_of(final)
        kept = {block.text for block in before.body} & {block.text for block in article.body}
        return is_new and not kept and article.headline != before.headline

    def _read_again(self, entry: Entry, capture: Capture) -> tuple[Judgement | None, bool]:
        """What reading the last capture again comes to, before the next is compared; whether it is lost."""
        try:
            return self.reextract(entry, capture.captured_at), False
        except StoreError:
            return None, True

    def _conclude(
        self,
        case: Case,
        decision: Decision,
        article: Article,
        source: str,
        before: Article | None = None,
        equal_under: str = "",
    ) -> Judgement:
        """Keep what was decided to be a revision, and note the rest."""
        if not decision.event.is_committed:
            hint = _HELD_HINTS.get(decision.reason, _HELD_HINT) if decision.event is Event.HELD else ""
            return self._note(case, decision, hint=hint, equal_under=equal_under)
        changes, summary = _changes(before, article) if before else ((), "")
        draft = Revision(
            key=case.key,
            event=decision.event,
            captured_at=case.capture.captured_at,
            source=source,
            headline=article.headline,
            changes=changes,
            summary=decision.reason or summary,
        )
        return self._keep(case, decision, article, draft)

    def _keep(self, case: Case, decision: Decision, article: Article, draft: Revision) -> Judgement:
        """A judgement with a revision that this capture led to."""
        revision = replace(
            draft,
            event=decision.event,
            captured_at=case.capture.captured_at,
            unchanged_since=case.entry.seen_at if case.entry else None,
            run=self._run,
            capture_sha256=case.payload_sha256,
            part_sha256=tuple(part.payload_sha256 for part in case.capture.parts),
            extractor=extractor_id(),
            recipe=self._reader.recipe_id(draft.source),
        )
        check = check_of(case, draft.key, decision)
        return Judgement(check=check, decision=decision, capture=case.capture, revision=revision, article=article)

    def _note(self, case: Case, decision: Decision, *, hint: str = "", equal_under: str = "") -> Judgement:
        """A judgement without a revision; what is held is evidence, and everything is where that is asked for."""
        kept = case.capture.status != 304 and (self._keep_all or decision.event is Event.HELD)
        return Judgement(
            check=check_of(case, case.known_key, decision, equal_under=equal_under),
            decision=decision,
            capture=case.capture if kept else None,
            hint=hint,
            is_news=is_news(case.last, decision),
        )


def _is_dropped(case: Case) -> bool:
    """Whether a person has dismissed these very bytes."""
    last = case.last
    return last is not None and last.event is Event.DROPPED and last.payload_sha256 == case.payload_sha256


def _is_permanent(capture: Capture) -> bool:
    """Whether redirects led to the page, and all of them for good."""
    return bool(capture.hops) and all(hop.status in _PERMANENT for hop in capture.hops)


def _changes(before: Article, article: Article) -> tuple[tuple[str, ...], str]:
    """The classes of change between two states of an article, and all of it in one line."""
    from archiver.diff import diff_articles, summarise
    from archiver.diff.classify import classify

    changes = classify(diff_articles(before, article))
    return tuple(dict.fromkeys(change.kind for change in changes)), summarise(changes)


def _is_article(capture: Capture) -> bool:
    """Whether a page is rather an article than a section, whose next page would be another list."""
    from archiver.discover.detect import read_document
    from archiver.discover.documents import Unreadable

    kind = capture.header("content-type")
    try:
        return read_document(capture.content, url=normalise_url(capture.url), content_type=kind).kind == "article"
    except Unreadable:
        return False


def _reader_of(revision: Revision) -> str:
    return reader_name(revision.extractor, revision.recipe)


def _status(capture: Capture) -> str:
    return f"HTTP {capture.status} {capture.reason}".strip()


def _hint(status: int) -> str:
    """What to do about a status that is neither a page nor its absence."""
    if status in (401, 402, 403, 429):
        return "the site refuses this program; a contact in archiver.toml may help, a slower pace too"
    if status >= 500:
        return "the site is in trouble; the next run tries again"
    return ""
