"""The command line. Parses, calls one function, prints; maps errors to exit codes.

Results go to stdout, everything else to stderr. Commands live in modules of their own that are imported when they
are run, so that `--help` and completion need neither the network nor git nor the parsers.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper

import click

from archiver.cli.options import NO_PAGER, leave_stdout
from archiver.errors import INTERRUPTED, SHORT, ArchiverError

_COMMANDS = {
    "Start": {"init": "collect", "clone": "maintain", "demo": "demo"},
    "Collect": {"watch": "watch", "snapshot": "collect"},
    "Look": {
        "ls": "read",
        "log": "history",
        "show": "read",
        "diff": "history",
        "blame": "blame",
        "when": "when",
        "changes": "changes",
        "audit": "audit",
        "search": "search",
    },
    "Care": {
        "status": "standing",
        "held": "standing",
        "check": "maintain",
        "stats": "maintain",
        "reextract": "reextract",
    },
    "Without an archive": {"extract": "extract", "explain": "explain"},
}
_FIRST_FREE = 3
"""The first number of an open file that is none of stdin, stdout and stderr."""
_HOMES = {name: module for section in _COMMANDS.values() for name, module in section.items()}


class _LazyGroup(click.Group):
    """A group that imports a command's module only when it is needed, and lists commands by section."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _HOMES:
            return None
        command: click.Command = getattr(import_module(f"archiver.cli.{_HOMES[cmd_name]}"), f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if args[0] != "help" and (near := get_close_matches(args[0], _HOMES, n=1)):
                message = f"{error.message.rstrip('.')}; did you mean '{near[0]}'?"
                raise click.UsageError(message, ctx) from error
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section, names in _COMMANDS.items():
            with formatter.section(section):
                formatter.write_dl([(name, SUMMARIES[name]) for name in names])


SUMMARIES = {
    "init": "Create an archive.",
    "clone": "Copy an archive so that it is safe to open.",
    "demo": "Show the whole flow, offline, on a fictional newsroom.",
    "watch": "Say where articles are looked for.",
    "snapshot": "Check all that is due and keep what changed; the verb for cron.",
    "ls": "List the articles of the archive.",
    "log": "List the revisions of an article.",
    "show": "Print an article as one revision has it.",
    "diff": "Show what changed between two revisions, word by word.",
    "blame": "Show which revision brought each sentence.",
    "when": "Show the first and the last revision that has a phrase.",
    "changes": "List what newsrooms changed, over the whole archive.",
    "audit": "Find stealth edits, corrections, touches and deletions.",
    "status": "Show how the archive and its sources stand.",
    "held": "Decide on pages that were held back as implausible.",
    "search": "Find articles by words, also by words that were removed.",
    "check": "Verify hashes, history and evidence.",
    "stats": "Count articles, revisions and bytes.",
    "reextract": "Read the kept pages again, with the extractor of today.",
    "extract": "Extract an article from an HTML page.",
    "explain": "Show why an article came out as it did.",
}
"""One line for each command; here, so that `--help` need not import them."""


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--archive", metavar="DIR", envvar="ARCHIVER_ARCHIVE", help="The archive [default: the one around you].")
@click.option(
    "--no-pager", is_flag=True, envvar="ARCHIVER_NO_PAGER", help="Print at once, even what is longer than the terminal."
)
@click.version_option(package_name="article-archiver", prog_name="archiver")
@click.pass_context
def cli(ctx: click.Context, archive: str | None, no_pager: bool) -> None:
    """Keep every revision of news articles in a git archive, and see what changed.

    \b
    Examples:
      archiver init news && cd news
      archiver snapshot https://example.org/2026/bridge-reopens
      archiver diff bridge-reopens
    """
    ctx.obj = archive
    ctx.meta[NO_PAGER] = no_pager


def main() -> None:
    """Run the command line and exit with its code; the entry point of the package."""
    _settle_streams()
    sys.exit(run(sys.argv[1:]))


def _settle_streams() -> None:
    """Let there be three streams that take any text.

    What was closed (`>&-`) leads nowhere, so that no file of the archive is opened under its number, as git sees to,
    too. What no terminal reads is UTF-8; at a terminal, letters that its locale has not are shown as escapes.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) < _FIRST_FREE:
        os.set_inheritable(number, True)
    os.close(number)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the program runs
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8")  # noqa: SIM115 - the same
    if isinstance(sys.stdout, TextIOWrapper):
        encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")


def run(arguments: list[str]) -> int:
    """Run one command; give its exit code."""
    as_json = "--json" in arguments
    failed = 2 if "--exit-code" in arguments else 1  # 1 then says that there are differences
    try:
        result = cli.main(arguments, prog_name="archiver", standalone_mode=False)
        if sys.stdout:
            sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except ArchiverError as error:
        code = max(error.exit_code, failed)
        _say(str(error), error.hint, code, as_json=as_json)
        return code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"'{context.command_path} --help' shows what it takes" if context else ""
        _say(error.format_message().rstrip("."), hint, error.exit_code, as_json=as_json)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as error:
        with suppress(OSError):  # the terminal may be what ended
            click.echo("interrupted; what was fetched before is kept", err=True)
        return getattr(error.__cause__ or error, "exit_code", INTERRUPTED)  # click wraps it in its own Abort
    except (BrokenPipeError, SystemExit):
        # The reader of our output has gone, as `| head` does; click then leaves by itself. No error of ours.
        leave_stdout()
        return 0
    except Exception as error:
        if os.environ.get("ARCHIVER_DEBUG"):
            traceback.print_exc()
        if isinstance(error, OSError) and error.errno in SHORT:
            place = f"{error.filename}: " if error.filename else ""
            _say(f"{place}{error.strerror}", SHORT[error.errno], 1, as_json=as_json)
            return 1
        hint = "this is a fault in archiver; run it again with ARCHIVER_DEBUG=1 for the details to report"
        _say(f"{type(error).__name__}: {error}", hint, failed, as_json=as_json)
        return failed


def _say(message: str, hint: str, code: int, *, as_json: bool) -> None:
    """Tell of a failure: one line and a hint on stderr, as a JSON object where JSON was asked for."""
    from archiver.render.safe import safe

    if as_json:
        import json

        click.echo(json.dumps({"type": "error", "code": code, "message": message, "hint": hint}), err=True)
        return
    click.echo(f"error: {safe(message)}", err=True)
    if hint:
        click.echo(f"hint: {safe(hint)}", err=True)
