"""Commands that care for an archive: check."""

from __future__ import annotations

import click

from archiver.cli.options import archive_option, json_option, open_archive, print_json
from archiver.errors import ArchiveDamaged


@click.command("check")
@archive_option
@json_option
def check_command(archive: str | None, as_json: bool) -> None:
    """Verify hashes, history and evidence.

    Runs git's own check, reads every revision and every capture again, compares them with the hashes that the
    commits vouch for, and follows the chain of check logs. Exit code 12 when anything is damaged or lost.

    \b
    Examples:
      archiver check
      archiver --archive news check --json
    """
    from archiver.verify import verify

    with open_archive(archive) as opened:
        count = sum(1 for _ in opened.index.revisions())
        problems = list(verify(opened))
        where = opened.store.path
    if as_json:
        print_json({"revisions": count, "problems": problems})
    else:
        for problem in problems:
            click.echo(f"{problem.where}: {problem.what}")
    if problems:
        raise ArchiveDamaged(
            f"{where}: {len(problems)} of the checks on {count} revisions failed",
            hint="restore the files named above from a backup; nothing was changed here",
        )
    if not as_json:
        click.echo(f"{count} revisions: history, texts, captures and check logs are whole")
