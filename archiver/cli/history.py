"""Commands that show how an article changed: log, diff."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from archiver.cli.options import (
    archive_option,
    color_option,
    json_option,
    kinds_of,
    open_archive,
    page_of,
    page_width,
    print_json,
    print_lines,
    revision_fields,
    wants_color,
)
from archiver.model import ChangeKind, Event, Revision
from archiver.render.safe import safe

if TYPE_CHECKING:
    from archiver.query import Archive
    from archiver.render.page import Page
    from archiver.render.text import WordDiff

_INDENT = "    "
_stat_option = click.option("--stat", is_flag=True, help="Show how many words changed, not which.")
_only_option = click.option("--only", metavar="KIND,…", default="", help="Only these kinds of change, or groups.")
_word_diff_option = click.option(
    "--word-diff", type=click.Choice(["plain", "color", "porcelain"]), help="How to mark changed words, as git does."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How the diffs of a command are drawn."""

    color: bool
    width: int | None = None
    word_diff: WordDiff | None = None
    stat: bool = False
    only: frozenset[ChangeKind] = frozenset()
    side_by_side: bool = False

    def lines(self, opened: Archive, before: Revision, after: Revision) -> tuple[tuple[str, ...], bool]:
        """The diff of two revisions, and whether there is any difference of the wanted kinds."""
        from archiver.diff.classify import classify
        from archiver.render.text import render_diff

        diff = opened.diff(before, after)
        changes = classify(diff)
        rendered = render_diff(
            diff,
            changes,
            old_label=_label(before),
            new_label=_label(after),
            color=self.color or self.word_diff == "color",
            width=self.width,
            word_diff=self.word_diff,
            stat=self.stat,
            only=self.only,
            side_by_side=self.side_by_side,
        )
        return tuple(rendered.splitlines()), any(not self.only or change.kind in self.only for change in changes)


@click.command("log")
@click.argument("article")
@click.option("--all", "touches", is_flag=True, help="Show revisions in which only a date of change moved, too.")
@_stat_option
@_only_option
@_word_diff_option
@archive_option
@color_option
@json_option
def log_command(
    article: str,
    touches: bool,
    stat: bool,
    only: str,
    word_diff: WordDiff | None,
    archive: str | None,
    color: str,
    as_json: bool,
) -> None:
    """List the revisions of an article, newest first.

    ARTICLE is a URL, an id, or the beginning of an id or of the words in its address. With --stat or --word-diff each
    comes with its diff; with --only, those alone that have such changes.

    \b
    Examples:
      archiver log bridge-reopens
      archiver log https://example.org/2026/bridge-reopens --all --stat
      archiver log bridge-reopens --only number,quotation --word-diff plain
    """
    page = page_of(color)
    room = page.width and page.width - len(_INDENT)
    drawing = Drawing(color=page.color, width=room, word_diff=word_diff, stat=stat, only=kinds_of(only))
    with open_archive(archive) as opened:
        history = opened.history(article)
        shown = _shown(history, touches=touches)
        if as_json:
            wanted = (it for it in shown if not only or _diff_before(opened, history, it, drawing)[1])
            print_json({"revisions": [revision_fields(revision) for revision in wanted]})
            return
        drawn = drawing if stat or only or word_diff else None
        print_lines(_log_lines(opened, history, reversed(shown), page, drawn))
        _tell_kin(opened, history[-1])
    _tell_hidden(len(history) - len(shown))


def print_log(history: tuple[Revision, ...], *, touches: bool) -> None:
    """Print the revisions of an article, newest first, with or without those that only moved a date."""
    shown = _shown(history, touches=touches)
    page = page_of("auto")
    for line in (*_title(history, page), *(line for revision in reversed(shown) for line in _entry(revision, page))):
        click.echo(line, color=True)
    _tell_hidden(len(history) - len(shown))


@click.command("diff")
@click.argument("article")
@click.argument("span", metavar="[A..B]", default="")
@click.option("--all", "touches", is_flag=True, help="Let the latest be one in which only a date of change moved.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when there are differences, as git does.")
@click.option("--side-by-side", is_flag=True, help="Both states beside each other, from 120 columns on.")
@_stat_option
@_only_option
@_word_diff_option
@archive_option
@color_option
@json_option
def diff_command(
    article: str,
    span: str,
    touches: bool,
    exit_code: bool,
    side_by_side: bool,
    stat: bool,
    only: str,
    word_diff: WordDiff | None,
    archive: str | None,
    color: str,
    as_json: bool,
) -> int:
    """Show what changed between two revisions, word by word.

    Without A..B: the latest edit. With one of them: that revision against the one before it.

    \b
    Examples:
      archiver diff bridge-reopens
      archiver diff bridge-reopens r1..r3 --only fact
      archiver diff bridge-reopens 2024-04-26..latest --side-by-side
    """
    drawing = Drawing(
        color=wants_color(color),
        width=page_width(),
        word_diff=word_diff,
        stat=stat,
        only=kinds_of(only),
        side_by_side=side_by_side,
    )
    with open_archive(archive) as opened:
        before, after = opened.span(article, span, touches=touches)
        if as_json:
            differs = _print_json_diff(opened, before, after, drawing.only)
        else:
            lines, differs = drawing.lines(opened, before, after)
            print_lines(lines)
    return 1 if exit_code and differs else 0


def print_diff(opened: Archive, before: Revision, after: Revision, *, color: bool) -> None:
    """Print what changed from one revision to another."""
    for line in Drawing(color=color, width=page_width()).lines(opened, before, after)[0]:
        click.echo(line, color=True)


def _print_json_diff(opened: Archive, before: Revision, after: Revision, only: frozenset[ChangeKind]) -> bool:
    from archiver.diff.classify import classify
    from archiver.render.text import narrow

    diff = opened.diff(before, after)
    changes = classify(diff)
    if only:
        diff, changes = narrow(diff, changes, only)
    revisions = {"before": revision_fields(before), "after": revision_fields(after)}
    print_json({**revisions, "changes": changes, "diff": diff})
    return bool(changes)


def _shown(history: tuple[Revision, ...], *, touches: bool) -> list[Revision]:
    return [revision for revision in history if touches or revision.event is not Event.TOUCH]


def _log_lines(
    opened: Archive, history: tuple[Revision, ...], shown: Iterable[Revision], page: Page, drawing: Drawing | None
) -> Iterator[str]:
    """The log; with a drawing also the diffs, or only what differs in the wanted way."""
    yield from _title(history, page)
    for revision in shown:
        lines, differs = _diff_before(opened, history, revision, drawing) if drawing else ((), False)
        if drawing and drawing.only and not differs:
            continue
        yield from _entry(revision, page)
        if drawing and (drawing.stat or drawing.word_diff):
            yield from (f"{_INDENT}{line}" for line in lines[2:])


def _diff_before(
    opened: Archive, history: tuple[Revision, ...], revision: Revision, drawing: Drawing
) -> tuple[tuple[str, ...], bool]:
    """The diff of a revision with the one before it; nothing for the first."""
    return drawing.lines(opened, history[revision.number - 2], revision) if revision.number > 1 else ((), False)


def _title(history: tuple[Revision, ...], page: Page) -> Iterator[str]:
    from archiver.render.page import Piece

    yield from page.wrap([Piece("strong", safe(history[-1].headline))])
    yield page.draw([Piece("faint", safe(history[-1].source))])
    yield ""


def _entry(revision: Revision, page: Page) -> Iterator[str]:
    """A revision on one line where the page has room for its summary, else the summary below."""
    from archiver.render.page import Piece

    head = [
        Piece("head", f"r{revision.number:<3}"),
        Piece("faint", f" {revision.commit[:7]}  {revision.captured_at:%Y-%m-%d %H:%M}Z"),
        Piece("strong", f"  {revision.event:<9}" if revision.summary else f"  {revision.event}"),
    ]
    if not revision.summary:
        yield page.draw(head)
        return
    column = sum(len(piece.text) for piece in head) + 1
    is_narrow = page.width is not None and page.width < 2 * column
    first, *rest = page.wrap([Piece("", safe(revision.summary))], _INDENT if is_narrow else " " * column)
    yield from (page.draw(head), first) if is_narrow else (page.draw(head) + first[column - 1 :],)
    yield from rest


def _tell_kin(opened: Archive, latest: Revision) -> None:
    """Say where an article goes on, or what it goes on from, where a move tore the two apart."""
    if latest.successor:
        click.echo(f"\nit has moved; 'archiver log {latest.successor[-12:]}' goes on from here", err=True)
    for key in opened.index.predecessors(latest.key):
        click.echo(f"\nit was at another address before; 'archiver log {key[-12:]}' has what came first", err=True)


def _tell_hidden(count: int) -> None:
    if count:
        click.echo(f"\nin {count} more, only a date of change moved; --all shows them", err=True)


def _label(revision: Revision) -> str:
    state = "  gone" if revision.status == "gone" else ""
    if revision.event in (Event.GONE, Event.RETURNED, Event.MOVED):
        state = f"  {revision.event}: {revision.summary}"
    return f"{revision.id}@r{revision.number}  {revision.captured_at:%Y-%m-%d %H:%M}Z{state}"
