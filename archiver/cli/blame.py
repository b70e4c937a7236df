"""The command that says which revision brought each sentence: blame."""

from __future__ import annotations

import click

from archiver.cli.options import (
    archive_option,
    json_option,
    open_archive,
    page_of,
    print_json,
    print_lines,
    revision_fields,
)


@click.command("blame")
@click.argument("article", metavar="ARTICLE[@REV]")
@archive_option
@json_option
def blame_command(article: str, archive: str | None, as_json: bool) -> None:
    """Show which revision brought each sentence of an article.

    A sentence counts to the letter; one that only moved keeps its revision. The time is that of the capture that first
    had it: the edit was made before it, and after the look before.

    \b
    Examples:
      archiver blame bridge-reopens
      archiver blame bridge-reopens@r2 --json
    """
    from archiver.render.findings import instant
    from archiver.render.page import Piece
    from archiver.render.safe import safe
    from archiver.review import origins

    with open_archive(archive) as opened:
        lines = origins(opened, article)
    if as_json:
        sentences = [
            {"place": it.place, "sentence": it.sentence, "revision": revision_fields(it.revision)} for it in lines
        ]
        print_json({"sentences": sentences})
        return
    page = page_of("never")
    is_narrow = page.width is not None and page.width < _ROOMY
    printed = []
    for it in lines:
        ours = " read again" if it.revision.event == "reextract" else ""
        place = f"¶{it.place}" if it.place.isdigit() else it.place
        at = f"{it.revision.captured_at:%Y-%m-%d}" if is_narrow else instant(it.revision.captured_at)
        commit = "" if is_narrow else f"{it.revision.commit[:7]} "
        head = f"r{it.revision.number:<3} {commit}{at} {place + ours:{4 if is_narrow else 11}} "
        first, *rest = page.wrap([Piece("", safe(it.sentence))], " " * len(head))
        printed += [head + first[len(head) :], *rest]
    print_lines(printed)


_ROOMY = 100
"""Columns of a terminal from which commit and time of day are shown as well."""
