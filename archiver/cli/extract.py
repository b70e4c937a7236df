"""The command that needs no archive: extract."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from archiver.cli.options import hooks_option
from archiver.errors import ArchiverError, HookFailed, UsageError

if TYPE_CHECKING:
    from archiver.hooks import Hooks


@click.command("extract")
@click.argument("file", default="-", type=click.Path(path_type=Path, allow_dash=True), metavar="[FILE]")
@click.option("--url", default="", help="Address of the page, to which its links are relative.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--jsonl", "as_filter", is_flag=True, help="Be a filter: lines {url, html_b64} in, JSON lines out.")
@hooks_option
def extract_command(file: Path, url: str, as_json: bool, as_filter: bool, hooks: Hooks | None) -> None:
    """Extract an article from an HTML page, from FILE or stdin.

    With --jsonl each input line {"url": …, "html_b64": …} gives one output line at once; a line that cannot be read
    gives {"error": …}.

    \b
    Examples:
      archiver extract page.html
      curl -s https://example.org/2026/bridge-reopens | archiver extract --json --url https://example.org/
    """
    from archiver.cli.options import echo_lines, print_json
    from archiver.extract import as_record, extract
    from archiver.hooks import Hooks
    from archiver.store.serialize import article_text

    if as_filter:
        with click.open_file(str(file), "rb") as lines:
            _filter(lines, hooks or Hooks())
        return
    try:
        with click.open_file(str(file), "rb") as page:
            html = page.read()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", hint="name a file, or - for stdin") from error
    extraction = extract(html, url=url, hook=(hooks or Hooks()).choose(url))
    if as_json:
        print_json(as_record(extraction.article, problem=extraction.problem, warnings=extraction.warnings))
    elif extraction.problem:
        where = "stdin" if str(file) == "-" else str(file)
        raise ArchiverError(f"{where}: {extraction.problem}", hint="--json shows what was found all the same")
    else:
        echo_lines(article_text(extraction.article))


def _filter(lines: IO[bytes], hooks: Hooks) -> None:
    """Answer each line with one line, flushed, until the input ends."""
    import msgspec

    from archiver.extract import as_record, extract

    encode = msgspec.json.Encoder().encode
    out = sys.stdout.buffer
    for line in lines:
        try:
            page = msgspec.json.decode(line)
            html = base64.b64decode(page["html_b64"], validate=True)
            url = str(page.get("url") or "")
            extraction = extract(html, url=url, hook=hooks.choose(url))
            answer = as_record(extraction.article, problem=extraction.problem, warnings=extraction.warnings)
        except HookFailed as error:
            answer = {"error": str(error)}
        except (msgspec.DecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
            answer = {"error": f"not a line {{url, html_b64}}: {error}"}
        out.write(encode(answer) + b"\n")
        out.flush()
