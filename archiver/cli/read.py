"""Commands that look into an archive: ls, show."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
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
    revision_fields,
)
from archiver.errors import UsageError
from archiver.model import Revision
from archiver.render.safe import safe

if TYPE_CHECKING:
    from archiver.model import Capture
    from archiver.query import Archive
    from archiver.render.page import Page


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
        print_json(
            {"articles": [{"id": e.latest.id, "seen_at": e.seen_at, **revision_fields(e.latest)} for e in entries]}
        )
        return
    page = page_of("never")
    lines = (line for entry in entries for line in _listed(entry.latest, page))
    print_lines(lines, f"no articles in {where} yet; 'archiver snapshot URL' adds one")


def _listed(latest: Revision, page: Page) -> Iterator[str]:
    """An article in two lines, or more where the page is narrow."""
    gone = f"  (moved: see {latest.successor[-12:]})" if latest.successor else "  (gone)" * (latest.status == "gone")
    head = f"{latest.id}  r{latest.number:<3} {_minute(latest.captured_at)}  "
    yield from headed_lines(page, head, latest.headline + gone, 14)
    yield f"{'':14}{safe(latest.source)}"


@click.command("show")
@click.argument("article", metavar="ARTICLE[@REV]")
@click.option("--captured", "clock", flag_value="captured", default=True, help="A date is one of capture [default].")
@click.option("--published", "clock", flag_value="published", help="A date is one on the page's own clock.")
@click.option("--raw", "what", flag_value="raw", help="The page as the server sent it, without its content coding.")
@click.option("--headers", "what", flag_value="headers", help="Request and response as sent, without the page.")
@archive_option
@json_option
def show_command(article: str, clock: str, what: str | None, archive: str | None, as_json: bool) -> None:
    """Print an article as one revision has it; the latest, unless REV says otherwise.

    REV is latest, first, r3, ~1 (one before the latest), a date or time of capture in UTC, or the beginning of a
    commit id. With --published, a date or time means the last revision whose own stamp says that it was there by then,
    on the page's clock.

    \b
    Examples:
      archiver show bridge-reopens
      archiver show bridge-reopens@r1
      archiver show bridge-reopens@2024-04-26 --published
      archiver show bridge-reopens --raw > page.html
    """
    from archiver.extract import as_record
    from archiver.store.serialize import article_text

    with open_archive(archive) as opened:
        revision = _as_published(opened, article) if clock == "published" else opened.revision(article)
        if what:
            _show_capture(opened.capture(revision), what, as_json=as_json)
            return
        content = opened.article(revision)
    if as_json:
        print_json({"revision": revision_fields(revision), "article": as_record(content)})
        return
    print_lines(_readable(article_text(content), page_of("never")))
    click.echo(_provenance(revision), err=True)


def _readable(text: str, page: Page) -> Iterator[str]:
    """The lines of an article; at a terminal wrapped, and the blocks apart."""
    from archiver.render.page import Piece

    head, _, body = text.removesuffix("\n").partition("\n\n")
    for part, lines in ((head, head.split("\n")), (body, body.split("\n"))):
        for line in lines if part else ():
            if part is body and (page.width or line is lines[0]):
                yield ""
            yield from page.wrap([Piece("", safe(line))])


def _show_capture(capture: Capture, what: str, *, as_json: bool) -> None:
    """Print the evidence of a revision: the page, byte for byte, or what was said around it."""
    if as_json:
        import base64

        import msgspec

        def told(page: Capture) -> dict[str, object]:
            body = {"content": base64.b64encode(page.content).decode()} if what == "raw" else {}
            plain = msgspec.to_builtins(replace(page, payload=b"", content=b"", parts=()))
            return {**plain, **body, "payload_sha256": page.payload_sha256, "parts": [told(one) for one in page.parts]}

        print_json({"capture": told(capture)})
    elif what == "raw":
        if sys.stdout.isatty():
            raise UsageError("a page could drive your terminal", hint="send it to a file or a program: > page.html")
        click.echo(capture.content, nl=False)
        for part in capture.parts:
            click.echo(f"and {part.url}, which --json has too", err=True)
    else:
        lines = [f"{hop.status} {hop.url} -> {hop.location}" for hop in capture.hops]
        lines += [f"GET {capture.url}", *(f"{name}: {value}" for name, value in capture.request_headers), ""]
        lines += [f"{capture.http_version} {capture.status} {capture.reason}".rstrip()]
        print_lines(safe(line) for line in [*lines, *(f"{name}: {value}" for name, value in capture.headers)])


def _as_published(opened: Archive, name: str) -> Revision:
    """The revision that was there at the date in `ARTICLE@DATE`, as the page itself says.

    Raises:
        BadRevision: it names no date.
    """
    from archiver.errors import BadRevision
    from archiver.review import as_published

    words, at, moment = name.rpartition("@")
    if not at or not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?", moment):
        raise BadRevision(f"{name}: no date", hint="write ARTICLE@2024-04-26 or ARTICLE@2024-04-26T20:38")
    return as_published(opened, words, moment)


def _provenance(revision: Revision) -> str:
    """Where a revision comes from, for people who read it at a terminal."""
    since = f", unchanged since {_minute(revision.unchanged_since)}" if revision.unchanged_since else ""
    captured = f"captured {_minute(revision.captured_at)}{since}"
    word = "had moved" if revision.successor else "was gone"
    gone = (
        f"\nThe page {word}: {safe(revision.summary)}. This is what it was before." if revision.status == "gone" else ""
    )
    return f"\nr{revision.number} {revision.commit[:7]}, {captured}\n{safe(revision.source)}{gone}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
