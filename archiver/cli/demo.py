"""The demonstration: the whole flow on a fictional newsroom, on this machine alone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archiver.errors import UsageError
from archiver.model import Event

if TYPE_CHECKING:
    from archiver.render.page import Page

TITLE = "Demonstration"
_KINDS = {Event.TOUCH: "a touch", Event.EDIT: "an edit"}


@click.command("demo")
@click.argument("directory", default="archive/demo", metavar="[DIR]", type=click.Path(path_type=Path))
def demo_command(directory: Path) -> None:
    """Show the whole flow, offline, on a fictional newsroom.

    Serves a small newspaper on 127.0.0.1, checks it at four moments an hour apart, and shows what was found. The
    archive stays in DIR, by default archive/demo; one of an earlier demonstration there is replaced.

    \b
    Example:
      archiver demo && git -C archive/demo log -p
    """
    from archiver.cli.collect import fetch_settings
    from archiver.cli.history import print_diff, print_log
    from archiver.cli.options import page_of, wants_color
    from archiver.cli.screen import text_report
    from archiver.config import default_text
    from archiver.demo import BRIDGE, STEPS
    from archiver.demo.newsroom import Newsroom
    from archiver.fetch.client import Fetcher
    from archiver.pipeline import snapshot
    from archiver.query import Archive
    from archiver.store.git import GitStore

    page = page_of("auto")
    _make_room(directory)
    start = datetime.fromisoformat("2023-03-02T09:00:00+00:00")
    GitStore.create(directory, now=start, config_text=default_text(title=TITLE)).close()
    with Newsroom() as newsroom, Archive.open(directory) as archive:
        settings = fetch_settings(archive.config(), (newsroom.host,), delay_s=0)
        for step in STEPS:
            newsroom.moment = step.moment
            clock = start + timedelta(hours=step.moment)
            _title(page, f"{step.moment}. {step.name.capitalize()}, {clock:%H:%M}: {step.explanation}")
            now = partial(datetime.fromtimestamp, clock.timestamp(), UTC)
            with Fetcher(settings, now=now) as fetcher:
                snapshot(archive, newsroom.urls, fetcher=fetcher, now=now, report=text_report())
        history = archive.history(newsroom.url(BRIDGE))
        _title(page, "The log of the bridge story:\n")
        print_log(history, touches=True)
        for before, after in pairwise(history):
            _title(page, f"r{before.number}..r{after.number} is {_KINDS[after.event]}: {after.summary}\n")
            print_diff(archive, before, after, color=wants_color("auto"))
    _title(page, f"The archive is {directory}. Plain git reads it too:")
    click.echo(f"  git -C {directory} log -p -- '*.md'")


def _title(page: Page, text: str) -> None:
    """A line of our own between those of the commands, wrapped; an empty one before it, and where it ends in one."""
    from archiver.render.page import Piece

    lines = page.wrap([Piece("strong", text.rstrip())])
    click.echo("\n".join(["", *lines, *[""] * text.endswith("\n")]), color=True)


def _make_room(directory: Path) -> None:
    """Remove what an earlier demonstration left; refuse to remove anything else."""
    config = directory / "archiver.toml"
    if not directory.exists() or not any(directory.iterdir()):
        return
    if not config.is_file() or f'title = "{TITLE}"' not in config.read_text(encoding="utf-8", errors="replace"):
        raise UsageError(f"{directory}: there is something else in this folder", hint="name another: archiver demo DIR")
    shutil.rmtree(directory)
