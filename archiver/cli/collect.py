"""Commands that fill an archive: init and snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from archiver.cli.options import allow_host_option, archive_option, hooks_option, json_option, open_archive, print_json
from archiver.cli.screen import Screen
from archiver.errors import ArchiveLocked

if TYPE_CHECKING:
    from archiver.config import Config
    from archiver.fetch import FetchSettings
    from archiver.hooks import Hooks
    from archiver.pipeline import Tally

_TRY_AGAIN_S = 0.5
T = TypeVar("T")


@click.command("init")
@click.argument("directory", default=".", metavar="[DIR]")
@click.option("--bare", is_flag=True, help="Without copies of the articles as files; better beyond 20,000 articles.")
@json_option
def init_command(directory: str, bare: bool, as_json: bool) -> None:
    """Create an archive in DIR, or here; harmless where there is one already.

    \b
    Examples:
      archiver init news
      cd news && archiver snapshot https://example.org/2026/bridge-reopens
    """
    from archiver.config import default_text
    from archiver.store.git import GitStore

    with GitStore.create(Path(directory), now=now(), config_text=default_text(), bare=bare) as store:
        path = store.path
    if as_json:
        print_json({"archive": str(path)})
        return
    click.echo(f"archive in {path}")
    click.echo(f"next: put a contact address into {path / 'archiver.toml'}, then 'archiver snapshot URL'", err=True)


@click.command("snapshot")
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--all", "everything", is_flag=True, help="Look at all articles, due or not.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Look at N articles at most, the most overdue.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what is due; write nothing. Asks the feeds all the same.")
@click.option("--wait", metavar="10m", help="Wait so long for another run to finish. [default: exit 11 at once]")
@click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong, and only once.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Also name the articles in which nothing changed, and every page that went wrong.",
)
@hooks_option
@archive_option
@allow_host_option
@json_option
def snapshot_command(
    urls: tuple[str, ...],
    everything: bool,
    limit: int | None,
    dry_run: bool,
    wait: str | None,
    quiet: bool,
    verbose: bool,
    hooks: Hooks | None,
    archive: str | None,
    allow_hosts: tuple[str, ...],
    as_json: bool,
) -> int:
    """Check articles once and keep what changed: those named, or all that are due.

    An article is due the sooner the younger it is, or its last change: after 15 minutes in its first three hours, an
    hour in its first day, three hours in its first week, three days in its first month, then every thirty days for a
    year; and whenever a feed or sitemap says that it changed. New articles are looked for first, see 'archiver watch'.
    In an archive that watches nothing, all articles that are known are looked at each time.

    Exit code 0 when all is well, 3 when some could not be fetched or were held, 4 when nothing could be reached.

    \b
    Examples:
      archiver snapshot https://example.org/2026/bridge-reopens
      archiver snapshot --quiet          (for cron: prints only what went wrong)
    """
    from archiver.fetch.client import Fetcher
    from archiver.pipeline import snapshot
    from archiver.urls import normalise_url
    from archiver.watch import plan, snapshot_due

    asked = [normalise_url(url) for url in urls]
    with open_archive(archive, hooks) as opened:
        config = opened.config()
        everything = everything or not config.watch
        screen = Screen(quiet=quiet, verbose=verbose, as_json=as_json)
        with Fetcher(fetch_settings(config, allow_hosts), now=now) as fetcher, screen:
            if dry_run and not asked:
                screen.agenda(plan(opened, config, fetcher=fetcher, now=now(), limit=limit, everything=everything))
                return 0

            def once() -> Tally:
                if asked:
                    keep_all = config.archive.evidence == "all"
                    return snapshot(opened, asked, fetcher=fetcher, now=now, report=screen.outcome, keep_all=keep_all)
                return snapshot_due(
                    opened,
                    config,
                    fetcher=fetcher,
                    now=now,
                    report=screen.outcome,
                    tell=screen.turn,
                    begin=screen.begin,
                    limit=limit,
                    everything=everything,
                )

            tally = patiently(once, wait)
        screen.summary(tally)
    return tally.exit_code


def now() -> datetime:
    """The clock that commands give to what they call."""
    return datetime.now(UTC).replace(microsecond=0)


def fetch_settings(config: Config, allow_hosts: tuple[str, ...], *, delay_s: float | None = None) -> FetchSettings:
    """How to fetch, from the archive's configuration and the command's own permissions."""
    import archiver
    from archiver.fetch import FetchSettings

    return FetchSettings(
        version=archiver.__version__,
        contact=config.archive.contact,
        delay_s=config.fetch.delay_s if delay_s is None else delay_s,
        deadline_s=config.fetch.timeout_s,
        allow_hosts=frozenset((*config.fetch.allow_hosts, *allow_hosts)),
    )


def patiently(once: Callable[[], T], wait: str | None) -> T:
    """Do something that needs the archive for itself; while another run has it, try again for as long as allowed.

    Raises:
        ArchiveLocked: it is still writing.
    """
    from archiver.config import parse_duration

    until = time.monotonic() + (parse_duration(wait).total_seconds() if wait else 0)
    while True:
        try:
            return once()
        except ArchiveLocked:
            if time.monotonic() >= until:
                raise
            time.sleep(_TRY_AGAIN_S)
