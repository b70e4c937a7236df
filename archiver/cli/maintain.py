"""Commands that care for an archive: check, stats, clone."""

from __future__ import annotations

from pathlib import Path

import click

from archiver.cli.collect import now
from archiver.cli.options import archive_option, archive_place, json_option, open_archive, print_json
from archiver.errors import ArchiveDamaged, ArchiverError
from archiver.render.safe import safe


@click.command("check")
@click.option("--read-data", is_flag=True, help="Also let git read every object again.")
@click.option("--recipes", is_flag=True, help="Instead, run the tests that the recipes in archiver.toml carry.")
@click.option("--repair", "repairing", is_flag=True, help="First set right what can be without losing anything.")
@archive_option
@json_option
def check_command(read_data: bool, recipes: bool, repairing: bool, archive: str | None, as_json: bool) -> None:
    """Verify history, evidence, check logs, files and index against each other.

    Reads every text and every capture, and compares them with the hashes that the commits vouch for. Names what is
    damaged or lost; exit code 12 then. --repair builds the index again, clears up after crashes, writes missing files
    from git, and puts lost references back where their logs say that they were; nothing else is ever changed.

    \b
    Examples:
      archiver check
      archiver check --read-data --json      (once a month, say)
      archiver check --repair
    """
    from archiver.query import Archive
    from archiver.repair import repair
    from archiver.verify import verify, verify_recipes

    if recipes:
        with open_archive(archive) as opened:
            count = sum(len(recipe.tests) for recipe in opened.config().recipe)
            failed = list(verify_recipes(opened))
        if as_json:
            print_json({"recipes": failed})
        for problem in () if as_json else failed:
            click.echo(f"{safe(problem.where)}: {safe(problem.what)}")
        if failed:
            hint = "'archiver explain URL' shows what a recipe makes of a page"
            raise ArchiverError(f"{len(failed)} of the recipes' tests failed", hint=hint)
        if not as_json:
            click.echo(f"tests of recipes passed: {count}" if count else _NO_TESTS, err=True)
        return
    place = archive_place(archive)
    done = repair(place, now()) if repairing else ()
    with Archive.open(place, catch_up=False) as opened:
        problems = list(verify(opened, read_data=read_data))
        count, where = opened.index.total(), opened.store.path
    if as_json:
        print_json({"revisions": count, "read_data": read_data, "repaired": done, "problems": problems})
    else:
        for line in done:
            click.echo(f"note: {safe(line)}", err=True)
        for problem in problems:
            click.echo(f"{safe(problem.where)}: {safe(problem.what)}")
    if problems:
        raise ArchiveDamaged(
            f"{where}: {len(problems)} of the checks on {count} revisions failed",
            hint="'archiver check --repair' restores what git still has; the rest has to come from a backup",
        )
    if not as_json:
        click.echo(f"{count} revisions: history, texts, captures and check logs are whole")


@click.command("stats")
@archive_option
@json_option
def stats_command(archive: str | None, as_json: bool) -> None:
    """Count articles, revisions and bytes, and how they grow.

    \b
    Examples:
      archiver stats
      archiver stats --json | jq .stats.bytes
    """
    from archiver.stats import stats

    with open_archive(archive) as opened:
        found = stats(opened)
    if as_json:
        print_json({"stats": found})
        return
    click.echo(f"{found.articles} articles, {found.revisions} revisions")
    click.echo("".join(f"  {count} {event}" for event, count in found.events.items()).strip())
    for kind, size in found.bytes.items():
        click.echo(f"{kind:<10} {_size(size):>12}")
    if found.oldest_check:
        click.echo(f"checked from {found.oldest_check:%Y-%m-%d %H:%M}Z to {found.newest_check:%Y-%m-%d %H:%M}Z")
    for month in found.months:
        click.echo(f"{month.month}  {month.revisions:8} revisions  {_size(month.evidence):>12} of evidence")


_NO_TESTS = "no recipe in archiver.toml carries tests, which are tables [[recipe.tests]]"


def _size(count: int) -> str:
    """Bytes in the unit that leaves a number worth reading."""
    for factor, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= factor:
            return f"{count / factor:,.1f} {unit}"
    return f"{count} B"


@click.command("clone")
@click.argument("source", type=click.Path(path_type=Path), metavar="SRC")
@click.argument("directory", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--bare", is_flag=True, help="Without copies of the articles as files.")
@json_option
def clone_command(source: Path, directory: Path, bare: bool, as_json: bool) -> None:
    """Copy an archive, whoever it comes from, so that it is safe to open; then verify the copy.

    History, captures and check logs are copied; settings of git, hooks and whatever else lies in SRC are not. No
    program runs in SRC.

    \b
    Examples:
      archiver clone /media/stick/news news
    """
    from archiver.query import Archive
    from archiver.store.git import clone
    from archiver.verify import verify

    clone(source, directory, bare=bare).close()
    with Archive.open(directory) as opened:
        problems = list(verify(opened))
        count = opened.index.total()
    if as_json:
        print_json({"archive": str(directory), "revisions": count, "problems": problems})
    else:
        for problem in problems:
            click.echo(f"{safe(problem.where)}: {safe(problem.what)}")
    if problems:
        raise ArchiveDamaged(
            f"{directory}: copied, but {len(problems)} of the checks on {count} revisions failed",
            hint="what is named above is so in the source as well, or it was changed while it was copied",
        )
    if not as_json:
        click.echo(f"{count} revisions copied to {directory}: history, texts, captures and check logs are whole")
