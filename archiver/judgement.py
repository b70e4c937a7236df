"""What one check of an address came to, as a value, and the line of the check log that tells it.

Pure: takes a capture and what the archive knows of its article. `examine` decides, `pipeline` keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from archiver.index import Entry
from archiver.model import Article, Capture, Check, Decision, Event, Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one check came to, with everything that is to be kept of it."""

    check: Check
    decision: Decision
    capture: Capture | None = None
    """Set when it is to be kept as evidence."""
    revision: Revision | None = None
    """What is to be committed, with `article`; without the record id of its evidence."""
    article: Article = Article()  # noqa: RUF009 - frozen, so one default serves all
    hint: str = ""
    unreachable: bool = False
    """Whether the network failed before anything answered, which may be our own fault."""
    is_news: bool = True
    """Whether the last check of this URL came to something else; of an article that is well, nothing is news."""


@dataclass(frozen=True, slots=True)
class Case:
    """A capture, and what the archive knows of it."""

    capture: Capture
    key: str
    """Of the article that it is of, known or not."""
    entry: Entry | None
    last: Check | None
    """The last check of the address that was asked for."""
    payload_sha256: str

    @property
    def known_key(self) -> str:
        """The key of an article that is in the archive, or ""."""
        return self.key if self.entry else ""


def is_news(last: Check | None, decision: Decision) -> bool:
    """Whether a check comes to something else than the last one of its address."""
    return last is None or (last.event, last.reason) != (decision.event, decision.reason)


def check_of(case: Case, key: str, decision: Decision, *, equal_under: str = "") -> Check:
    """The line of the check log. Only a page that was understood gives validators: no wall may become a 304.

    An article on several pages gives none either: those of the first say nothing of the others.
    """
    capture, last = case.capture, case.last
    check = partial(
        Check,
        url=capture.requested_url,
        at=capture.captured_at,
        event=decision.event,
        key=key,
        reason=decision.reason,
        http_status=capture.status,
        equal_under=equal_under,
    )
    if capture.status == 304 and last:
        return check(
            etag=last.etag,
            last_modified=last.last_modified,
            payload_sha256=last.payload_sha256,
            full_at=last.full_at or last.at,
        )
    is_understood = capture.status == 200 and (decision.event.is_committed or decision.event is Event.SAME)
    if capture.parts or not is_understood:
        return check(payload_sha256=case.payload_sha256)
    etag, last_modified = capture.header("etag"), capture.header("last-modified")
    return check(payload_sha256=case.payload_sha256, etag=etag, last_modified=last_modified)
