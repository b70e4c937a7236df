"""Commands that fill an archive: init and snapshot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archiver.cli.options import (
    allow_host_option,
    archive_option,
    json_option,
    leave_stdout,
    open_archive,
    print_json,
)
from archiver.model import Event
from archiver.render.safe import safe

if TYPE_CHECKING:
    from archiver.config import Config
    from archiver.fetch import FetchSettings
    from archiver.pipeline import Outcome, Tally


@click.command("init")
@click.argument("directory", default=".", metavar="[DIR]")
@json_option
def init_command(directory: str, as_json: bool) -> None:
    """Create an archive in DIR, or here; harmless where there is one already.

    \b
    Examples:
      archiver init news
      cd news && archiver snapshot https://example.org/2026/bridge-reopens
    """
    from archiver.config import default_text
    from archiver.store.git import GitStore

    with GitStore.create(Path(directory), now=now(), config_text=default_text()) as store:
        path = store.path
    if as_json:
        print_json({"archive": str(path)})
        return
    click.echo(f"archive in {path}")
    click.echo(f"next: put a contact address into {path / 'archiver.toml'}, then 'archiver snapshot URL'", err=True)


@click.command("snapshot")
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong, and only once.")
@click.option("-v", "--verbose", is_flag=True, help="Also name the articles in which nothing changed.")
@archive_option
@allow_host_option
@json_option
def snapshot_command(
    urls: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    archive: str | None,
    allow_hosts: tuple[str, ...],
    as_json: bool,
) -> int:
    """Check articles once and keep what changed: those named, or all that are known.

    Exit code 0 when all is well, 3 when some could not be fetched or were held, 4 when nothing could be reached.

    \b
    Examples:
      archiver snapshot https://example.org/2026/bridge-reopens
      archiver snapshot --quiet          (for cron: prints only what went wrong)
    """
    from archiver.fetch.client import Fetcher
    from archiver.pipeline import snapshot
    from archiver.urls import normalise_url

    asked = [normalise_url(url) for url in urls]
    with open_archive(archive) as opened:
        config = opened.config()
        report = _unheard(_json_report if as_json else text_report(quiet=quiet, verbose=verbose))
        with Fetcher(fetch_settings(config, allow_hosts), now=now) as fetcher:
            tally = snapshot(
                opened,
                asked or opened.urls(),
                fetcher=fetcher,
                now=now,
                report=report,
                keep_all=config.archive.evidence == "all",
            )
    if as_json:
        print_json({"type": "summary", "run": tally.run, "events": tally.events, "notes": tally.notes})
    else:
        for note in tally.notes:
            click.echo(f"note: {safe(note)}", err=True)
        if not quiet:
            click.echo(_summary(tally), err=True)
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


def _unheard(report: Callable[[Outcome], None]) -> Callable[[Outcome], None]:
    """The same, but a run goes on when the reader of its output has gone."""

    def go_on(outcome: Outcome) -> None:
        try:
            report(outcome)
        except BrokenPipeError:
            leave_stdout()

    return go_on


def _json_report(outcome: Outcome) -> None:
    import msgspec

    revision = outcome.revision
    number = {"id": revision.id, "number": revision.number, "commit": revision.commit} if revision else {}
    summary = {"headline": revision.headline, "summary": revision.summary} if revision else {}
    print_json({"type": "result", **msgspec.to_builtins(outcome.check), **number, **summary, "hint": outcome.hint})


def text_report(*, quiet: bool = False, verbose: bool = False) -> Callable[[Outcome], None]:
    """What went wrong goes to stderr; what changed to stdout, unless quiet."""

    def report(outcome: Outcome) -> None:
        check, revision = outcome.check, outcome.revision
        if check.event in (Event.FAILED, Event.HELD):
            if quiet and not outcome.is_news:
                return
            what = "error" if check.event is Event.FAILED else "held"
            click.echo(f"{what}: {safe(check.url)}: {safe(check.reason)}", err=True)
            if outcome.hint:
                click.echo(f"hint: {safe(outcome.hint)}", err=True)
        elif revision and not quiet:
            line = f"{check.event:<9} {revision.id}  r{revision.number:<3} {safe(revision.headline)}"
            click.echo(f"{line}\n{'':10}{safe(revision.summary)}" if revision.summary else line)
        elif verbose or (check.event is Event.MISSING and not quiet):
            click.echo(f"{check.event:<9} {safe(check.url)}  {safe(check.reason)}".rstrip())

    return report


def _summary(tally: Tally) -> str:
    """The run in one line: "12 checked: 1 first, 2 edit, 9 same"."""
    if not tally.checked:
        return "nothing to check; 'archiver snapshot URL' adds an article"
    counts = ", ".join(f"{count} {event}" for event in Event if (count := tally.events[event]))
    return f"{tally.checked} checked: {counts}"
