"""Reads the evidence again with today's extractor and recipes, without asking any newsroom.

A run like any other: what is read differently becomes a revision with the event `reextract`, which is no edit. The same
happens by itself before the next capture of an article is compared; this does it for many at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from archiver.errors import HookFailed, StoreError
from archiver.model import Check, Event
from archiver.pipeline import Outcome, Tally, running
from archiver.query import Archive


def reextract(
    archive: Archive, keys: Iterable[str], *, now: Callable[[], datetime], report: Callable[[Outcome], None]
) -> Tally:
    """Read the capture of the latest revision of these articles again; arguments and errors as in `pipeline.running`.

    An article whose capture is gone, or whose hook raises, is reported as failed; the archive keeps it as it is.
    """
    with running(archive, now=now, report=report) as run:
        for key in keys:
            entry = archive.index.entry(key)
            if entry is None:
                continue
            try:
                judgement = run.interruptible(partial(run.examiner.reextract, entry, now()))
            except (StoreError, HookFailed) as error:
                run.tally.events[Event.FAILED] += 1
                check = Check(url=entry.latest.source, at=now(), event=Event.FAILED, key=key, reason=str(error))
                report(Outcome(check=check, hint=error.hint))
                continue
            if judgement:
                run.accept(judgement)
    return run.tally
