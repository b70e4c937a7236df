"""What several commands share: opening the archive, and options."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archiver.errors import NoArchive

if TYPE_CHECKING:
    from archiver.query import Archive

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
color_option = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour [default: on a terminal]."
)
allow_host_option = click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST:PORT",
    envvar="ARCHIVER_ALLOW_HOSTS",
    callback=lambda _, __, values: tuple(host for value in values for host in value.replace(",", " ").split()),
    help="A private address that may be contacted all the same; may be repeated.",
)


def archive_option(command: Command) -> Command:
    """Let a command take `--archive DIR` after its name as well as before it."""
    return click.option(
        "--archive", metavar="DIR", callback=_chosen, help="The archive [default: the one around you]."
    )(command)


def open_archive(path: str | None) -> Archive:
    """Open the archive that was asked for, or else the nearest enclosing one.

    Raises:
        NoArchive: there is none.
    """
    from archiver.config import find_archive
    from archiver.query import Archive

    place = Path(path) if path else find_archive(Path.cwd())
    if place is None:
        raise NoArchive(
            f"no archive in {Path.cwd()} or above it",
            hint="name one with --archive DIR, or make one with 'archiver init DIR'",
        )
    return Archive.open(place)


def print_json(value: object) -> None:
    """Print one JSON document, with `schema_version`, on a line of its own; dataclasses and instants are understood.

    Fields may be added to a version, never removed or given another meaning.
    """
    import msgspec

    document = {"schema_version": 1, **msgspec.to_builtins(value)}
    click.echo(msgspec.json.encode(document))


def echo_lines(text: str) -> None:
    """Print a text of many lines with nothing in it that could drive a terminal."""
    from archiver.render.safe import safe

    for line in text.splitlines():
        click.echo(safe(line))


def leave_stdout() -> None:
    """Write to stdout no more, because nobody reads it; otherwise Python would complain when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def wants_color(choice: str) -> bool:
    """Whether to write colour to stdout (https://no-color.org)."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _chosen(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    return value or ctx.obj
