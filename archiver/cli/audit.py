"""The command that says how newsrooms correct themselves: audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from archiver.cli.options import (
    archive_option,
    color_option,
    csv_option,
    json_option,
    open_archive,
    page_of,
    print_json,
    print_json_list,
    print_lines,
    revision_fields,
    since_option,
)

if TYPE_CHECKING:
    from archiver.audit.census import Grouping
    from archiver.model import Finding
    from archiver.query import Archive

_COLUMNS = (
    *("rule", "severity", "newsroom", "id", "revision", "unchanged_since", "captured_at"),
    *("kind", "before", "after", "explanation", "limits", "headline", "source", "commit"),
    *("record_id", "capture_sha256", "run"),
)


@click.command("audit")
@click.argument("scope", default="")
@since_option
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Only this rule; may be repeated.")
@click.option("--rules", "lists", is_flag=True, help="List the rules.")
@click.option(
    "--stats",
    type=click.Choice(["newsroom", "section", "month"]),
    help="Count instead of quoting, in these groups; with --since, of articles first seen from then on.",
)
@archive_option
@color_option
@csv_option
@json_option
def audit_command(
    scope: str,
    since: datetime | None,
    rules: tuple[str, ...],
    lists: bool,
    stats: Grouping | None,
    archive: str | None,
    color: str,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Find stealth edits, corrections, touches, deletions and more, with their evidence.

    SCOPE is an article, or the host of a newsroom; without it the whole archive. A finding quotes evidence, never a
    motive, and says between which two looks it happened. In CSV, each line is one piece of evidence.

    \b
    Examples:
      archiver audit bridge-reopens
      archiver audit --since 7d --rule stealth-edit
      archiver audit example.org --stats month --csv > months.csv
    """
    from archiver import review
    from archiver.audit import RULES

    if unknown := sorted(set(rules) - set(RULES)):
        raise click.BadParameter(f"{unknown[0]}: no such rule; there are {', '.join(RULES)}", param_hint="--rule")
    if lists:
        told = {name: (rule.__doc__ or "").partition("\n")[0] for name, rule in RULES.items()}
        if as_json:
            print_json({"rules": told})
        for name, what in () if as_json else told.items():
            click.echo(f"{name:22} {what}")
        return
    with open_archive(archive) as opened:
        if stats:
            _print_figures(opened, stats, scope, since, as_csv=as_csv, as_json=as_json)
            return
        findings = review.audit(opened, scope, since=since, rules=rules or RULES)
        if as_json:
            print_json_list("findings", map(_record, findings))
        elif as_csv:
            print_lines(_csv(findings))
        else:
            from archiver.render.findings import render_findings

            print_lines(render_findings(findings, page_of(color)), "nothing found")


def _print_figures(
    opened: Archive, by: Grouping, scope: str, since: datetime | None, *, as_csv: bool, as_json: bool
) -> None:
    from archiver import review
    from archiver.render.figures import COLUMNS, render_figures, row
    from archiver.render.table import csv_line

    figures = review.figures(opened, by, scope, since=since)
    if as_json:
        print_json_list("figures", figures)
    elif as_csv:
        print_lines(map(csv_line, (COLUMNS, *map(row, figures))))
    else:
        lines = (line for group in figures for line in (*render_figures(group), ""))
        print_lines(lines, "nothing to count")


def _record(finding: Finding) -> dict[str, object]:
    """A finding as JSON has it."""
    import msgspec

    revisions = {"revision": revision_fields(finding.revision), "others": [*map(revision_fields, finding.others)]}
    return {**msgspec.to_builtins(finding), **revisions}


def _csv(findings: Iterable[Finding]) -> Iterator[str]:
    """One line for each piece of evidence, and at least one for each finding."""
    from archiver.render.table import csv_line
    from archiver.store.layout import newsroom_of

    yield csv_line(_COLUMNS)
    for finding in findings:
        revision = finding.revision
        since = revision.unchanged_since.isoformat() if revision.unchanged_since else ""
        where = (newsroom_of(revision.key), revision.id, revision.number, since, revision.captured_at.isoformat())
        text = (finding.explanation, finding.limits, revision.headline, revision.source, revision.commit)
        proof = (revision.record_id, revision.capture_sha256, revision.run)
        quoted = [(change.kind.value, change.before, change.after) for change in finding.evidence] or [("", "", "")]
        for evidence in quoted:
            yield csv_line((finding.rule, finding.severity.value, *where, *evidence, *text, *proof))
