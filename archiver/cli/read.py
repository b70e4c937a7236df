"""Commands that look into an archive: ls, log, show, diff."""

from __future__ import annotations

import sys
from datetime import datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from archiver.cli.options import (
    archive_option,
    color_option,
    echo_lines,
    json_option,
    open_archive,
    print_json,
    wants_color,
)
from archiver.model import Event, Revision
from archiver.render.safe import safe

if TYPE_CHECKING:
    from archiver.query import Archive


@click.command("ls")
@archive_option
@json_option
def ls_command(archive: str | None, as_json: bool) -> None:
    """List the articles of the archive.

    \b
    Examples:
      archiver ls
      archiver ls --json | jq -r '.articles[].source'
    """
    with open_archive(archive) as opened:
        entries = list(opened.entries())
        where = opened.store.path
    if as_json:
        print_json({"articles": [{"id": e.latest.id, "seen_at": e.seen_at, **_fields(e.latest)} for e in entries]})
        return
    for entry in entries:
        latest = entry.latest
        gone = "  (gone)" if latest.status == "gone" else ""
        click.echo(f"{latest.id}  r{latest.number:<3} {_minute(latest.captured_at)}  {safe(latest.headline)}{gone}")
        click.echo(f"{'':12}  {safe(latest.source)}")
    if not entries:
        click.echo(f"no articles in {where} yet; 'archiver snapshot URL' adds one", err=True)


@click.command("log")
@click.argument("article")
@click.option("--all", "touches", is_flag=True, help="Show revisions in which only a date of change moved, too.")
@archive_option
@json_option
def log_command(article: str, touches: bool, archive: str | None, as_json: bool) -> None:
    """List the revisions of an article, newest first.

    ARTICLE is a URL, an id, or the beginning of an id or slug.

    \b
    Examples:
      archiver log bridge-reopens
      archiver log https://example.org/2026/bridge-reopens --all
    """
    with open_archive(archive) as opened:
        history = opened.history(article)
    if as_json:
        shown = [revision for revision in history if touches or revision.event is not Event.TOUCH]
        print_json({"revisions": [_fields(revision) for revision in shown]})
    else:
        print_log(history, touches=touches)


def print_log(history: tuple[Revision, ...], *, touches: bool) -> None:
    """Print the revisions of an article, newest first, with or without those that only moved a date."""
    shown = [revision for revision in reversed(history) if touches or revision.event is not Event.TOUCH]
    click.echo(f"{safe(history[-1].headline)}\n{safe(history[-1].source)}\n")
    for revision in shown:
        where = f"r{revision.number:<3} {revision.commit[:7]}  {_minute(revision.captured_at)}"
        click.echo(f"{where}  {revision.event:<9} {safe(revision.summary)}".rstrip())
    if hidden := len(history) - len(shown):
        click.echo(f"\nin {hidden} more, only a date of change moved; --all shows them", err=True)


@click.command("show")
@click.argument("article", metavar="ARTICLE[@REV]")
@archive_option
@json_option
def show_command(article: str, archive: str | None, as_json: bool) -> None:
    """Print an article as one revision has it; the latest, unless REV says otherwise.

    REV is latest, first, r3, ~1 (one before the latest), a date or time of capture in UTC, or the beginning of a
    commit id.

    \b
    Examples:
      archiver show bridge-reopens
      archiver show bridge-reopens@r1
      archiver show bridge-reopens@2024-04-26T20:38 --json
    """
    from archiver.extract import as_record
    from archiver.store.serialize import article_text

    with open_archive(archive) as opened:
        revision = opened.revision(article)
        content = opened.article(revision)
    if as_json:
        print_json({"revision": _fields(revision), "article": as_record(content)})
        return
    echo_lines(article_text(content))
    click.echo(_provenance(revision), err=True)


@click.command("diff")
@click.argument("article")
@click.argument("span", metavar="[A..B]", default="")
@click.option("--all", "touches", is_flag=True, help="Let the latest be one in which only a date of change moved.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when there are differences, as git does.")
@archive_option
@color_option
@json_option
def diff_command(
    article: str, span: str, touches: bool, exit_code: bool, archive: str | None, color: str, as_json: bool
) -> int:
    """Show what changed between two revisions, word by word.

    Without A..B: the latest edit. With one of them: that revision against the one before it.

    \b
    Examples:
      archiver diff bridge-reopens
      archiver diff bridge-reopens r1..r3
      archiver diff bridge-reopens 2024-04-26..latest --color always | less -R
    """
    from archiver.diff.classify import classify

    with open_archive(archive) as opened:
        before, after = opened.span(article, span, touches=touches)
        if not as_json:
            differs = print_diff(opened, before, after, color=wants_color(color))
        else:
            diff = opened.diff(before, after)
            differs = bool(changes := classify(diff))
            print_json({"before": _fields(before), "after": _fields(after), "changes": changes, "diff": diff})
    return 1 if exit_code and differs else 0


def print_diff(opened: Archive, before: Revision, after: Revision, *, color: bool) -> bool:
    """Print what changed from one revision to another; say whether anything did."""
    from archiver.diff.classify import classify
    from archiver.render.text import render_diff

    diff = opened.diff(before, after)
    changes = classify(diff)
    width = get_terminal_size().columns if sys.stdout.isatty() else None
    rendered = render_diff(diff, changes, old_label=_label(before), new_label=_label(after), color=color, width=width)
    click.echo(rendered, nl=False, color=True)
    return bool(changes)


def _fields(revision: Revision) -> dict[str, object]:
    """A revision as JSON has it."""
    import msgspec

    return {"id": revision.id, **msgspec.to_builtins(revision)}


def _label(revision: Revision) -> str:
    return f"{revision.id}@r{revision.number}  {_minute(revision.captured_at)}"


def _provenance(revision: Revision) -> str:
    """Where a revision comes from, for people who read it at a terminal."""
    since = f", unchanged since {_minute(revision.unchanged_since)}" if revision.unchanged_since else ""
    captured = f"captured {_minute(revision.captured_at)}{since}"
    return f"\nr{revision.number} {revision.commit[:7]}, {captured}\n{safe(revision.source)}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
