"""The command that says when a phrase was to be read: when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archiver.cli.options import archive_option, json_option, open_archive, print_json, revision_fields

if TYPE_CHECKING:
    from archiver.audit.phrases import Stretch

NOWHERE = 1


@click.command("when")
@click.argument("article")
@click.argument("phrase")
@archive_option
@json_option
def when_command(article: str, phrase: str, archive: str | None, as_json: bool) -> int:
    """Show the first and the last revision that has a phrase.

    Headline, standfirst, byline, stamps, text and captions are searched; case, quotation marks and dashes do not
    matter. Where the phrase went and came back, each stretch has a line. Exit code 1 when no revision has it.

    \b
    Examples:
      archiver when bridge-reopens "1,400 people"
      archiver when bridge-reopens "said the mayor" --json
    """
    from archiver.render.safe import safe
    from archiver.review import stretches

    if not phrase.strip():
        raise click.BadParameter("no words to look for", param_hint="PHRASE")
    with open_archive(archive) as opened:
        found = stretches(opened, article, phrase)
    if as_json:
        sides = ("first", "last", "before", "after")
        print_json(
            {
                "stretches": [
                    {side: (it := getattr(stretch, side)) and revision_fields(it) for side in sides}
                    for stretch in found
                ]
            }
        )
    for stretch in () if as_json else found:
        click.echo(_line(stretch))
    if not found:
        click.echo(f"no revision has “{safe(phrase)}”", err=True)
    return 0 if found else NOWHERE


def _line(stretch: Stretch) -> str:
    """A stretch with the intervals in which it began and ended."""
    from archiver.render.findings import instant

    first, last = f"r{stretch.first.number}", f"r{stretch.last.number}"
    shown = first if first == last else f"{first} to {last}"
    begin, since = stretch.first, stretch.first.unchanged_since
    came = "there at the first look, " if stretch.before is None else ""
    came += f"came between {instant(since)} and " if stretch.before and since else ""
    came += instant(begin.captured_at)
    if stretch.after is None:
        return f"{shown}: {came}; still there"
    until = stretch.after
    went = f"between {instant(until.unchanged_since)} and " if until.unchanged_since else "by "
    return f"{shown}: {came}; went {went}{instant(until.captured_at)} (r{until.number})"
