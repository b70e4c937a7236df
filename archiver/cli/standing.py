"""Commands on how an archive stands: status, and held pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from archiver.cli.collect import now
from archiver.cli.options import archive_option, json_option, open_archive, print_json
from archiver.cli.screen import json_report, text_report
from archiver.errors import SOME_FAILED
from archiver.render.safe import safe

if TYPE_CHECKING:
    from archiver.status import Status


@click.command("status")
@click.option("--max-age", metavar="26h", help="Also stale: what was not seen well for so long.")
@archive_option
@json_option
def status_command(max_age: str | None, archive: str | None, as_json: bool) -> int:
    """Show when the archive last ran, how its sources stand, and how late an edit may be found.

    Exit code 3 when something is stale: a source in trouble, or nothing seen well for as long as --max-age.

    \b
    Examples:
      archiver status
      archiver status --max-age 26h || mail -s "archive is stale" me@example.org
    """
    from archiver.config import parse_duration
    from archiver.status import status

    limit = parse_duration(max_age) if max_age else None
    with open_archive(archive) as opened:
        found = status(opened, opened.config(), now(), max_age=limit)
    if as_json:
        print_json(found)
    else:
        _show(found)
    return SOME_FAILED if found.stale else 0


@click.group("held")
def held_command() -> None:
    """Decide on pages that were held back as implausible: walls, stubs, a whole newsroom changed at once.

    \b
    Examples:
      archiver held ls
      archiver held release example.org
    """


@held_command.command("ls")
@archive_option
@json_option
def ls_command(archive: str | None, as_json: bool) -> None:
    """List the pages that are held, oldest first.

    \b
    Examples:
      archiver held ls
      archiver held ls --json
    """
    from archiver.held import held

    with open_archive(archive) as opened:
        records = held(opened)
    if as_json:
        print_json({"held": [record.check for record in records]})
        return
    for record in records:
        check = record.check
        click.echo(f"{check.key[-12:] or '-':<12}  {_time(check.at)}  {safe(check.url)}\n{'':14}{safe(check.reason)}")
    told = "'archiver held release URL' keeps one as what the newsroom published, 'archiver held drop URL' dismisses it"
    click.echo(told if records else "nothing is held", err=True)


@held_command.command("release", short_help="Keep held pages as what the newsroom published.")
@click.argument("words", nargs=-1, required=True, metavar="URL|ID|HOST...")
@archive_option
@json_option
def release_command(words: tuple[str, ...], archive: str | None, as_json: bool) -> None:
    """Keep held pages as what the newsroom published, with the time of their capture.

    \b
    Examples:
      archiver held release https://example.org/2026/bridge-reopens
      archiver held release example.org
    """
    from archiver.held import held, release

    with open_archive(archive) as opened:
        release(opened, held(opened, words), now=now, report=json_report if as_json else text_report())


@held_command.command("drop")
@click.argument("words", nargs=-1, required=True, metavar="URL|ID|HOST...")
@archive_option
@json_option
def drop_command(words: tuple[str, ...], archive: str | None, as_json: bool) -> None:
    """Dismiss held pages. They stay in the evidence, and the same page is not held again.

    \b
    Examples:
      archiver held drop https://example.org/2026/bridge-reopens
      archiver held drop example.org
    """
    from archiver.held import drop, held

    with open_archive(archive) as opened:
        drop(opened, held(opened, words), now=now, report=json_report if as_json else text_report(verbose=True))


def _show(found: Status) -> None:
    for source in found.sources:
        state = "paused" if source.is_paused else str(source.health)
        good = f"last good {_time(source.good_at)}" if source.good_at else "never seen well"
        failing = f", failed {source.failures} times: {source.reason}" if source.failures else ""
        line = f"{state:<8} {source.kind or '?':<8} {source.url}  {source.articles} articles, {good}{failing}"
        click.echo(safe(line))
    last = _time(found.last_run) if found.last_run else "never"
    gap = f", at most {_length(found.longest_gap)} apart" if found.longest_gap else ""
    click.echo(f"runs: {found.runs}, the last {last}{gap}")
    click.echo(f"articles: {found.articles}, {found.due} due, {found.resting} at rest")
    if found.worst_delay:
        click.echo(f"an edit is found after {_length(found.worst_delay)} at the latest, if runs go on as they did")
    if found.held:
        click.echo(f"held: {found.held}, see 'archiver held ls'")
    if found.failing:
        click.echo(f"failing: {found.failing} addresses")
    for line in found.stale:
        click.echo(f"stale: {safe(line)}", err=True)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _length(time: timedelta) -> str:
    """In the largest unit that leaves a number worth reading: "45 min", "26 h", "33 d"."""
    for unit, name in ((timedelta(days=1), "d"), (timedelta(hours=1), "h")):
        if time >= 2 * unit:
            return f"{time / unit:.0f} {name}"
    return f"{time / timedelta(minutes=1):.0f} min"
