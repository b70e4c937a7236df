"""The command that reads the evidence again: reextract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archiver.cli.collect import now
from archiver.cli.options import archive_option, hooks_option, json_option, open_archive, print_json
from archiver.cli.screen import text_report
from archiver.errors import UsageError
from archiver.model import Event

if TYPE_CHECKING:
    from archiver.hooks import Hooks
    from archiver.pipeline import Outcome


@click.command("reextract")
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@click.option("--all", "everything", is_flag=True, help="All articles of the archive.")
@hooks_option
@archive_option
@json_option
def reextract_command(
    articles: tuple[str, ...], everything: bool, hooks: Hooks | None, archive: str | None, as_json: bool
) -> int:
    """Read the kept pages again, with the extractor, the recipes and the hooks of today.

    What is read differently becomes a revision that no command takes for an edit. Without this the same happens to each
    article when it is next captured.

    \b
    Examples:
      archiver reextract bridge-reopens
      archiver reextract --all
    """
    from archiver.reextract import reextract

    if everything == bool(articles):
        raise UsageError("no articles were named", hint="name some, or say --all")
    changed: list[Outcome] = []
    tell = text_report(quiet=as_json)

    def report(outcome: Outcome) -> None:
        changed.extend([outcome] if outcome.revision else [])
        tell(outcome)

    with open_archive(archive, hooks) as opened:
        keys = [entry.latest.key for entry in opened.entries()] if everything else [opened.find(a) for a in articles]
        tally = reextract(opened, keys, now=now, report=report)
    lost = tally.events[Event.FAILED]
    if as_json:
        found = [{"id": one.check.key[-12:], "revision": one.revision} for one in changed]
        print_json({"run": tally.run, "articles": len(keys), "changed": found, "lost": lost, "notes": tally.notes})
    else:
        click.echo(f"{len(keys)} articles: {len(changed)} read differently, {lost} could not be read", err=True)
    return tally.exit_code
