"""The command that lists edits over the whole archive: changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING

import click

from archiver.cli.options import (
    archive_option,
    color_option,
    csv_option,
    json_option,
    kinds_of,
    open_archive,
    page_of,
    print_json_list,
    print_lines,
    revision_fields,
    since_option,
)

if TYPE_CHECKING:
    from archiver.audit.rank import Ranked
    from archiver.audit.steps import Step
    from archiver.model import Change, Quantity

_COLUMNS = (
    *("captured_at", "unchanged_since", "newsroom", "id", "revision", "event", "kind", "group", "action", "field"),
    *("label", "weight", "before", "after", "evidence", "headline", "source", "commit"),
    *("value_before", "value_after", "unit", "relative"),
)
_RANK_COLUMNS = (
    *("score", "severity", "captured_at", "unchanged_since", "newsroom", "id", "revision"),
    *("reasons", "headline", "source", "commit"),
)


@click.command("changes")
@click.argument("scope", default="")
@since_option
@click.option("--kind", "kinds", metavar="KIND,…", default="", help="Only these kinds of change, or groups.")
@click.option("--ranked", is_flag=True, help="What deserves a look first, and why; of the last day, or --since.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when anything is listed, as git does.")
@archive_option
@color_option
@csv_option
@json_option
def changes_command(
    scope: str,
    since: datetime | None,
    kinds: str,
    ranked: bool,
    exit_code: bool,
    archive: str | None,
    color: str,
    as_csv: bool,
    as_json: bool,
) -> int:
    """List what newsrooms changed, article by article, each change with its kind.

    SCOPE is an article, or the host of a newsroom; without it the whole archive. A kind is one that 'diff' names, or a
    group of them: fact, style, narrative, page.

    \b
    Examples:
      archiver changes --since 1d
      archiver changes example.org --kind number,quotation --csv > numbers.csv
      archiver changes --ranked
    """
    from archiver import review
    from archiver.render.findings import render_ranking, render_steps

    wanted = kinds_of(kinds)
    with open_archive(archive) as opened:
        if ranked:
            day_ago = datetime.now(UTC) - timedelta(days=1)
            ranking = review.ranking(opened, scope, since=since or day_ago)
            chosen = [it for it in ranking if not wanted or any(change.kind in wanted for change in it.step.changes)]
            is_any = bool(chosen)
            lines = _rank_csv(chosen) if as_csv else render_ranking(chosen, page_of(color))
            documents: Iterator[object] = map(_rank_record, chosen)
        else:
            found = (
                (step, changes)
                for step in review.steps(opened, scope, since=since)
                if (changes := tuple(it for it in step.changes if not wanted or it.kind in wanted))
            )
            first = list(islice(found, 1))
            is_any = bool(first)
            steps = chain(first, found)
            lines = _csv(steps) if as_csv else render_steps(steps, page_of(color))
            documents = _records(steps)
        if as_json:
            print_json_list("ranking" if ranked else "changes", documents)
        else:
            recently = ranked and since is None
            print_lines(
                lines, "nothing changed in the last day; --since looks further back" if recently else "nothing changed"
            )
    return 1 if exit_code and is_any else 0


def _records(steps: Iterable[tuple[Step, tuple[Change, ...]]]) -> Iterator[dict[str, object]]:
    """One record for each revision, with its changes."""
    return ({"revision": revision_fields(step.after), "changes": changes} for step, changes in steps)


def _csv(steps: Iterable[tuple[Step, tuple[Change, ...]]]) -> Iterator[str]:
    """One line for each change."""
    from archiver.render.table import csv_line

    yield csv_line(_COLUMNS)
    for step, changes in steps:
        revision = step.after
        for it in changes:
            what = (it.kind.value, it.kind.group, it.action, it.field, it.label, it.weight, it.before, it.after)
            page = (it.evidence, revision.headline, revision.source, revision.commit)
            yield csv_line((*_where(step), revision.event.value, *what, *page, *_values(it.quantity)))


def _values(quantity: Quantity | None) -> tuple[float | str | None, ...]:
    """A number before and after, its unit and relative change; empty cells for any other change."""
    return (quantity.before, quantity.after, quantity.unit, quantity.relative) if quantity else (None,) * 4


def _rank_record(ranked: Ranked) -> dict[str, object]:
    reasons = [{"points": reason.points, "words": reason.words} for reason in ranked.reasons]
    revision = revision_fields(ranked.step.after)
    return {"score": ranked.score, "severity": ranked.severity, "reasons": reasons, "revision": revision}


def _rank_csv(ranking: Iterable[Ranked]) -> Iterator[str]:
    from archiver.render.table import csv_line

    yield csv_line(_RANK_COLUMNS)
    for it in ranking:
        revision = it.step.after
        reasons = "; ".join(f"{reason.points:+} {reason.words}" for reason in it.reasons)
        page = (revision.headline, revision.source, revision.commit)
        yield csv_line((it.score, it.severity.value, *_where(it.step), f"score {it.score}: {reasons}", *page))


def _where(step: Step) -> tuple[str | int, ...]:
    """When, and in which revision of which article."""
    from archiver.store.layout import newsroom_of

    revision = step.after
    since = revision.unchanged_since.isoformat() if revision.unchanged_since else ""
    return revision.captured_at.isoformat(), since, newsroom_of(revision.key), revision.id, revision.number
