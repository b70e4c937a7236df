"""The command that looks for words in every revision: search."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from archiver.cli.options import (
    archive_option,
    headed_lines,
    json_option,
    open_archive,
    page_of,
    print_json,
    print_lines,
)
from archiver.render.safe import safe

if TYPE_CHECKING:
    from archiver.index import Hit
    from archiver.model import Revision


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--removed", is_flag=True, help="Only articles that do not have the words any more.")
@click.option("-n", "most", default=50, show_default=True, type=click.IntRange(1), help="At most so many articles.")
@archive_option
@json_option
def search_command(words: tuple[str, ...], removed: bool, most: int, archive: str | None, as_json: bool) -> None:
    """Find articles by words that any of their revisions has, also words that were removed later.

    All WORDS must be there, in one revision; the newest articles come first. Quote a phrase twice, for the shell and
    for the search: it is found within a paragraph; harbo* finds beginnings. The first search takes up the words of the
    whole archive, which needs a quarter of a second per thousand revisions.

    \b
    Examples:
      archiver search harbour ferry
      archiver search --removed '"fatal error"'
    """
    with open_archive(archive) as opened:
        hits = opened.search(" ".join(words), removed=removed, most=most + 1)
        found = [(hit, opened.index.history(hit.key)) for hit in hits[:most]]
    if as_json:
        print_json({"articles": [_fields(hit, history[-1]) for hit, history in found], "more": len(hits) > most})
        return
    print_lines((line for hit, history in found for line in _lines(hit, history)), "no revision has these words")
    if len(hits) > most:
        click.echo(f"\nthese are the newest {most}, there are more; -n {10 * most} shows more of them", err=True)


def _lines(hit: Hit, history: tuple[Revision, ...]) -> Iterator[str]:
    latest = history[-1]
    page = page_of("never")
    yield from headed_lines(page, f"{latest.id}  ", latest.headline, 14)
    yield f"{'':12}  {safe(latest.source)}"
    first = history[hit.first - 1]
    since = f"r{hit.first} {_minute(first.captured_at)}"
    end = "is there still"
    if latest.status == "gone" and hit.last == hit.latest:
        word = "moved" if latest.successor else "gone"
        end = f"{word} with the article, r{latest.number} {_minute(latest.captured_at)}"
    elif hit.last < hit.latest:
        end = f"not in r{hit.last + 1} {_minute(history[hit.last].captured_at)} and after"
    yield from headed_lines(page, f"{'':14}", f"since {since}, {end}", 14)


def _fields(hit: Hit, latest: Revision) -> dict[str, object]:
    return {"id": latest.id, "headline": latest.headline, "source": latest.source, "hit": hit}


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
