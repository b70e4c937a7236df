"""What a run says while it goes on: results, failures, progress, the summary; as text or as lines of JSON."""

from __future__ import annotations

import errno
import sys
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from archiver.cli.options import headed_lines, leave_stdout, page_of, print_json
from archiver.model import Event
from archiver.render.safe import safe
from archiver.urls import origin_of

if TYPE_CHECKING:
    from archiver.pipeline import Outcome, Tally
    from archiver.watch import Agenda, Turn


MOST_ALIKE = 3
"""Pages of a site that are named one by one when they go wrong in the same way."""
_INDENT = " " * 10
_WRONG = {Event.FAILED: "error", Event.HELD: "held"}


class Screen:
    """A context manager; progress is shown where stderr is a terminal and somebody wants to read."""

    def __init__(self, *, quiet: bool, verbose: bool, as_json: bool) -> None:
        self._quiet, self._as_json = quiet, as_json
        self._report = json_report if as_json else text_report(quiet=quiet, verbose=verbose)
        self._names_all = as_json or verbose
        self._alike: Counter[tuple[str, str, str]] = Counter()
        """What went wrong: as what, at which site, why; and at how many pages."""
        self._is_watching = False
        self._done = self._due = 0
        """Articles looked at, and all of them; none where no progress is shown."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wipe()
        for (what, site, reason), count in self._alike.items():
            if count > MOST_ALIKE:
                click.echo(
                    f"{what}: {safe(site)}: the same of {count - MOST_ALIKE} more pages: {safe(reason)}", err=True
                )

    def begin(self, agenda: Agenda) -> None:
        """The seeds were read, and articles are now asked for."""
        if self._as_json:
            problems = {one.seed.url: one.problem for one in agenda.harvests if one.problem}
            counts = {"due": len(agenda.choice.due), "left": agenda.choice.left}
            print_json({"type": "start", **counts, "problems": problems, "notes": list(agenda.warnings)})
        self._is_watching = bool(agenda.harvests)
        if self._quiet or self._as_json:
            return
        _tell_of_seeds(agenda)
        if not agenda.choice.due or not sys.stderr.isatty():
            return
        self._due = len(agenda.choice.due)
        self._draw()

    def outcome(self, outcome: Outcome) -> None:
        """What became of one URL. A run goes on when the reader of its output, or its terminal, has gone."""
        self._done += 1
        try:
            self._wipe()
            if not self._is_one_of_many(outcome):
                self._report(outcome)
            self._draw()
        except BrokenPipeError:
            leave_stdout()
        except OSError as error:
            if error.errno != errno.EIO:
                raise

    def _is_one_of_many(self, outcome: Outcome) -> bool:
        """Whether enough pages of the site were named that went wrong in the same way: a site may have thousands."""
        check = outcome.check
        is_wrong = check.event in (Event.FAILED, Event.HELD)
        if self._names_all or not is_wrong or (self._quiet and not outcome.is_news):
            return False
        alike = (_WRONG[check.event], origin_of(check.url), check.reason.replace(check.url, "it"))
        self._alike[alike] += 1
        return self._alike[alike] > MOST_ALIKE

    def turn(self, turn: Turn) -> None:
        """A source stands otherwise than before."""
        if self._as_json:
            print_json({"type": "source", "url": turn.url, "state": turn.word, "reason": turn.reason})
            return
        self._wipe()
        reason = f": {turn.reason}" if turn.reason else ""
        click.echo(f"{turn.word}: {safe(turn.url + reason)}", err=True)
        if turn.hint:
            click.echo(f"hint: {safe(turn.hint)}", err=True)

    def agenda(self, agenda: Agenda) -> None:
        """What a run would look at."""
        for due in agenda.choice.due:
            if self._as_json:
                print_json({"type": "due", "url": due.url, "reason": due.reason, "overdue": due.overdue})
            else:
                click.echo(f"{due.reason:<7} {safe(due.url)}")
        _tell_of_seeds(agenda)
        if agenda.choice.left and not self._as_json:
            click.echo(f"{agenda.choice.left} more are due and would wait for a later run", err=True)

    def summary(self, tally: Tally) -> None:
        """What the run came to."""
        if self._as_json:
            print_json({"type": "summary", "run": tally.run, "events": tally.events, "notes": tally.notes})
            return
        for note in tally.notes:
            click.echo(f"note: {safe(note)}", err=True)
        if not self._quiet:
            click.echo(_summary(tally, is_watching=self._is_watching), err=True)

    def _draw(self) -> None:
        """One line at the bottom, on stderr; results scroll past above it."""
        if self._due:
            click.echo(f"checked {self._done} of {self._due}", err=True, nl=False)

    def _wipe(self) -> None:
        if self._due:
            click.echo("\r\x1b[K", err=True, nl=False)


def _tell_of_seeds(agenda: Agenda) -> None:
    for warning in agenda.warnings:
        click.echo(f"note: {safe(warning)}", err=True)
    for one in agenda.harvests:
        if one.problem:
            click.echo(f"error: {safe(one.seed.url)}: {safe(one.problem)}", err=True)
            if one.hint:
                click.echo(f"hint: {safe(one.hint)}", err=True)


def json_report(outcome: Outcome) -> None:
    """One line of JSON for each URL."""
    import msgspec

    revision = outcome.revision
    number = {"id": revision.id, "number": revision.number, "commit": revision.commit} if revision else {}
    summary = {"headline": revision.headline, "summary": revision.summary} if revision else {}
    print_json({"type": "result", **msgspec.to_builtins(outcome.check), **number, **summary, "hint": outcome.hint})


def text_report(*, quiet: bool = False, verbose: bool = False) -> Callable[[Outcome], None]:
    """What went wrong goes to stderr; what changed to stdout, unless quiet."""
    page = page_of("never")

    def report(outcome: Outcome) -> None:
        check, revision = outcome.check, outcome.revision
        if check.event in (Event.FAILED, Event.HELD):
            if quiet and not outcome.is_news:
                return
            click.echo(f"{_WRONG[check.event]}: {safe(check.url)}: {safe(check.reason)}", err=True)
            if outcome.hint:
                click.echo(f"hint: {safe(outcome.hint)}", err=True)
        elif revision and not quiet:
            head = f"{check.event:<9} {revision.id}  r{revision.number:<3} "
            told = [*headed_lines(page, head, revision.headline, len(_INDENT))]
            told += headed_lines(page, _INDENT, revision.summary, len(_INDENT)) if revision.summary else ()
            click.echo("\n".join(told))
        elif verbose or (check.event is Event.MISSING and not quiet):
            click.echo(f"{check.event:<9} {safe(check.url)}  {safe(check.reason)}".rstrip())

    return report


def _summary(tally: Tally, *, is_watching: bool) -> str:
    """The run in one line: "12 checked: 1 first, 2 edit, 9 same"."""
    if not tally.checked and is_watching:
        return "nothing is due yet; 'archiver snapshot --all' looks at every article now"
    if not tally.checked:
        return "nothing is due; 'archiver watch add URL' says where to look, 'archiver snapshot URL' adds one article"
    counts = ", ".join(f"{count} {event}" for event in Event if (count := tally.events[event]))
    return f"{tally.checked} checked: {counts}"
