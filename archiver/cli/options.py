"""What several commands share: opening the archive, and options."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archiver.errors import NoArchive

if TYPE_CHECKING:
    from archiver.hooks import Hooks
    from archiver.model import ChangeKind, Revision
    from archiver.query import Archive
    from archiver.render.page import Page

NO_PAGER = "archiver.no_pager"
"""Under this name the context knows whether a pager is unwanted."""
Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
color_option = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour [default: on a terminal]."
)
csv_option = click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
allow_host_option = click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST:PORT",
    envvar="ARCHIVER_ALLOW_HOSTS",
    callback=lambda _, __, values: tuple(host for value in values for host in value.replace(",", " ").split()),
    help="A private address that may be contacted all the same; may be repeated.",
)


def hooks_option(command: Command) -> Command:
    """Let a command take `--hooks FILE`."""
    return click.option(
        "--hooks",
        metavar="FILE",
        callback=_hooks,
        help='Python code of yours that changes pages before they are read: HOOKS = {"example.org": function}, each '
        "called with (soup, url). Packages give theirs by entry points in the group archiver.hooks.",
    )(command)


def archive_option(command: Command) -> Command:
    """Let a command take `--archive DIR` after its name as well as before it."""
    return click.option(
        "--archive", metavar="DIR", callback=_chosen, help="The archive [default: the one around you]."
    )(command)


def open_archive(path: str | None, hooks: Hooks | None = None) -> Archive:
    """Open the archive that was asked for, or else the nearest enclosing one, to be read with these hooks.

    Raises:
        NoArchive: there is none.
    """
    from archiver.query import Archive

    archive = Archive.open(archive_place(path))
    archive.hooks = hooks or archive.hooks
    return archive


def archive_place(path: str | None) -> Path:
    """The folder of the archive that was asked for, or else of the nearest enclosing one.

    Raises:
        NoArchive: there is none.
    """
    from archiver.config import find_archive

    if path:
        return Path(path)
    try:
        here = Path.cwd()
    except FileNotFoundError:
        raise NoArchive("the folder you are in was removed", hint="change to another one: cd ..") from None
    place = find_archive(here)
    if place is None:
        raise NoArchive(
            f"no archive in {here} or above it",
            hint="name one with --archive DIR, or make one with 'archiver init DIR'",
        )
    return place


def print_json(value: object) -> None:
    """Print one JSON document, with `schema_version`, on a line of its own; dataclasses and instants are understood.

    Fields may be added to a version, never removed or given another meaning.
    """
    import msgspec

    click.echo(_json({"schema_version": 1, **msgspec.to_builtins(value)}))


def print_json_list(name: str, values: Iterable[object]) -> None:
    """Print one JSON document with a long list in it, piece by piece."""
    rest = iter(values)
    first = [_json(value) for value in islice(rest, 1)]  # what is off is told before anything
    click.echo("".join([f'{{"schema_version":1,"{name}":[', *first]), nl=False)
    for value in rest:
        click.echo(f",{_json(value)}", nl=False)
    click.echo("]}")


def _json(value: object) -> str:
    import msgspec

    from archiver.render.safe import safe_json

    return safe_json(msgspec.json.encode(value).decode())


def print_lines(lines: Iterable[str], otherwise: str = "") -> None:
    """Print lines; on a terminal through the pager, as git does: $PAGER, or less that quits where all fits.

    Where there are none, those who wait for some are told so on stderr.
    """
    rest = iter(lines)
    first = tuple(islice(rest, 1))
    if not first and otherwise:
        click.echo(otherwise, err=True)
    lines = chain(first, rest)
    if not first or not _wants_pager():
        for line in lines:
            click.echo(line, color=True)
        return
    os.environ.setdefault("LESS", "FRX")
    click.echo_via_pager((f"{line}\n" for line in lines), color=True)


def _wants_pager() -> bool:
    """Whether somebody reads at a terminal that can page, and did not say no: `--no-pager`, or an empty $PAGER."""
    if not sys.stdout.isatty() or click.get_current_context().meta.get(NO_PAGER):
        return False
    return os.environ.get("TERM") != "dumb" and os.environ.get("PAGER") not in ("", "cat")


def page_of(color: str) -> Page:
    """The surface for stdout: as wide as the terminal, without colour in git's brackets."""
    from archiver.render.page import Page

    is_colored = wants_color(color)
    return Page(color=is_colored, brackets=not is_colored, width=page_width())


def headed_lines(page: Page, head: str, text: str, narrow: int) -> Iterator[str]:
    """Page text beside a head, wrapped below itself; on a narrow page below the head, indented by `narrow`."""
    from archiver.render.page import Piece
    from archiver.render.safe import safe

    is_narrow = page.width is not None and page.width < 2 * len(head)
    first, *rest = page.wrap([Piece("", safe(text))], " " * (narrow if is_narrow else len(head)))
    yield from (head.rstrip(), first) if is_narrow else (head + first[len(head) :],)
    yield from rest


def page_width() -> int | None:
    """The columns of the terminal, None where stdout is none and nothing is to be wrapped."""
    return get_terminal_size().columns if sys.stdout.isatty() else None


def revision_fields(revision: Revision) -> dict[str, object]:
    """A revision as JSON has it."""
    import msgspec

    return {"id": revision.id, **msgspec.to_builtins(revision)}


def kinds_of(words: str) -> frozenset[ChangeKind]:
    """The kinds of change that a list names, by themselves or by their group; none for no words.

    Raises:
        click.BadParameter: there is no such kind.
    """
    from archiver.model import ChangeKind

    kinds: set[ChangeKind] = set()
    for word in filter(None, (word.strip() for word in words.split(","))):
        found = {kind for kind in ChangeKind if word in (kind, kind.group)}
        if not found:
            names = ", ".join(["fact", "style", "narrative", "page", *ChangeKind])
            raise click.BadParameter(f"{word}: no such kind of change; there are {names}")
        kinds |= found
    return frozenset(kinds)


def moment(ctx: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """Read `--since`: a date or time in UTC, or how long ago: 90m, 26h, 7d, 4w."""
    if value is None:
        return None
    if match := re.fullmatch(r"(\d{1,5})([mhdw])", value):
        ago = timedelta(**{_UNITS[match[2]]: int(match[1])})
        return datetime.now(UTC).replace(microsecond=0) - ago
    try:
        stated = datetime.fromisoformat(value)
        return stated.astimezone(UTC) if stated.tzinfo else stated.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{value}: write 2024-04-26, 2024-04-26T20:38, or 90m, 26h, 7d, 4w") from None


_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
since_option = click.option(
    "--since", callback=moment, metavar="WHEN", help="Only from then on: 2024-04-26 (UTC), or how long ago: 26h, 7d."
)


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


def _hooks(ctx: click.Context, parameter: click.Parameter, value: str | None) -> Hooks | None:
    if not value:
        return None
    from archiver.hooks import Hooks

    return Hooks.read(value)


def _chosen(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    return value or ctx.obj
