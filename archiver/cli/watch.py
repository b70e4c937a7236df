"""Commands on what is watched: watch add, ls, rm, pause, resume."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import click

from archiver.cli.collect import fetch_settings, now
from archiver.cli.options import allow_host_option, archive_option, json_option, open_archive, print_json
from archiver.errors import SOME_FAILED, ArchiverError
from archiver.render.safe import safe

if TYPE_CHECKING:
    from archiver.config import Watch
    from archiver.discover.survey import Source, Survey
    from archiver.query import Archive

KINDS = ("article", "feed", "sitemap", "section")


@click.group("watch")
def watch_command() -> None:
    """Say where articles are looked for: feeds, sitemaps, section pages, single articles.

    \b
    Examples:
      archiver watch add https://example.org/
      archiver watch ls
    """


@watch_command.command("add")
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("-i", "--input", "listed", type=click.File("r"), help="Also every line of FILE, or of stdin with -.")
@click.option("--kind", type=click.Choice(KINDS), help="What it is; asks the site nothing. [default: told by the site]")
@click.option("--include", multiple=True, metavar="GLOB", help="Only articles whose path fits; may be repeated.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="No articles whose path fits; may be repeated.")
@click.option("--tag", "tags", multiple=True, metavar="WORD", help="A word of your own; may be repeated.")
@click.option("--max-age", default="", metavar="30d", help="Leave older articles alone.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be added.")
@archive_option
@allow_host_option
@json_option
def add_command(
    urls: tuple[str, ...],
    listed: Iterable[str] | None,
    kind: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    tags: tuple[str, ...],
    max_age: str,
    dry_run: bool,
    archive: str | None,
    allow_hosts: tuple[str, ...],
    as_json: bool,
) -> int:
    """Watch addresses. Finds out what each is; of a section or home page also the feeds and sitemaps of its site.

    The watches are written into archiver.toml, comments and all else there stay as they are.

    \b
    Examples:
      archiver watch add https://example.org/ --dry-run
      archiver watch add --kind article -i urls.txt
    """
    from archiver.config import Watch, parse_duration
    from archiver.urls import normalise_url
    from archiver.watches import add

    if max_age:
        parse_duration(max_age)  # said of the option, not of a line that is not there yet
    asked = tuple(dict.fromkeys(normalise_url(url) for url in (*urls, *_lines(listed or ()))))
    if not asked:
        raise click.UsageError("name an address, or a list of them with -i FILE")
    with open_archive(archive) as opened:
        surveys = [] if kind else list(_surveys(opened, asked, allow_hosts))
        found = [(url, kind) for url in asked] if kind else [(one.url, one.kind) for s in surveys for one in s.chosen]
        watches = [
            Watch(url=url, kind=kind, include=include, exclude=exclude, tags=tags, max_age=max_age)  # type: ignore[arg-type]  # one of KINDS
            for url, kind in found
        ]
        known = {seed.url for seed in opened.config().seeds}
        _rewrite(opened, lambda text: add(text, watches), dry_run=dry_run)
    if as_json:
        print_json({"watches": watches, "surveys": surveys, "dry_run": dry_run})
    else:
        _show(watches, surveys, known, dry_run=dry_run)
    return SOME_FAILED if any(one.problem for one in surveys) else 0


@watch_command.command("ls")
@archive_option
@json_option
def ls_command(archive: str | None, as_json: bool) -> None:
    """List what is watched.

    \b
    Examples:
      archiver watch ls
      archiver watch ls --json
    """
    with open_archive(archive) as opened:
        watches = opened.config().watch
    if as_json:
        print_json({"watches": watches})
        return
    for watch in watches:
        click.echo(f"{watch.kind or '?':<8} {safe(watch.url)}{_details(watch)}")
    if not watches:
        click.echo("nothing is watched; 'archiver watch add URL' changes that", err=True)


@watch_command.command("rm")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@archive_option
@json_option
def rm_command(urls: tuple[str, ...], archive: str | None, as_json: bool) -> None:
    """Watch addresses no more. Articles found there stay, and are looked at on as they age.

    \b
    Examples:
      archiver watch rm https://example.org/rss.xml
      archiver watch pause https://example.org/rss.xml   (leaves its articles alone, too)
    """
    from archiver.watches import remove

    _edit(archive, urls, remove, as_json=as_json)


@watch_command.command("pause", short_help="Leave addresses alone for a time.")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@archive_option
@json_option
def pause_command(urls: tuple[str, ...], archive: str | None, as_json: bool) -> None:
    """Leave addresses alone for a time, and the articles that were found there.

    \b
    Examples:
      archiver watch pause https://example.org/rss.xml
      archiver watch resume https://example.org/rss.xml
    """
    from archiver.watches import pause

    _edit(archive, urls, lambda text, names: pause(text, names, paused=True), as_json=as_json)


@watch_command.command("resume")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@archive_option
@json_option
def resume_command(urls: tuple[str, ...], archive: str | None, as_json: bool) -> None:
    """Watch addresses again that were paused.

    \b
    Examples:
      archiver watch resume https://example.org/rss.xml
      archiver watch ls
    """
    from archiver.watches import pause

    _edit(archive, urls, lambda text, names: pause(text, names, paused=False), as_json=as_json)


def _lines(lines: Iterable[str]) -> Iterator[str]:
    """One address per line; what follows a # at the beginning or after a space is a comment."""
    for line in lines:
        words = f" {line}".split(" #", 1)[0].strip()
        if words:
            yield words


def _surveys(archive: Archive, urls: tuple[str, ...], allow_hosts: tuple[str, ...]) -> Iterator[Survey]:
    from archiver.discover.survey import survey
    from archiver.fetch.client import Fetcher

    config = archive.config()
    with Fetcher(fetch_settings(config, allow_hosts), now=now) as fetcher:
        for url in urls:
            yield survey(url, fetcher, recipes=config.recipe)


def _edit(
    archive: str | None, urls: tuple[str, ...], change: Callable[[str, list[str]], str], *, as_json: bool
) -> None:
    from archiver.urls import normalise_url

    names = [normalise_url(url) for url in urls]
    with open_archive(archive) as opened:
        _rewrite(opened, lambda text: change(text, names))
        if as_json:
            print_json({"watches": opened.config().watch})


def _rewrite(archive: Archive, change: Callable[[str], str], *, dry_run: bool = False) -> None:
    """Change archiver.toml, unless the outcome would not be valid; the next run commits it."""
    from archiver.config import FILE_NAME, load

    path = archive.store.path / FILE_NAME
    text = path.read_text(encoding="utf-8")
    load(text, str(path))
    changed = change(text)
    load(changed, str(path))
    if changed == text or dry_run:
        return
    draft = path.with_name(f"{FILE_NAME}.part")
    try:
        draft.write_text(changed, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise ArchiverError(f"{path}: cannot be written: {error.strerror}") from error


def _show(watches: list[Watch], surveys: list[Survey], known: set[str], *, dry_run: bool) -> None:
    by_url = {one.url: one for survey in surveys for one in (survey.own, *survey.others) if one}
    for watch in watches:
        what = "watched already" if watch.url in known else "would be added" if dry_run else "added"
        click.echo(f"{what}: {watch.kind:<8} {safe(watch.url)}{_details(by_url.get(watch.url, watch))}")
    chosen = {watch.url for watch in watches}
    for survey in surveys:
        for other in survey.others:
            if other.url not in chosen:
                click.echo(f"also there: {other.kind:<8} {safe(other.url)}{_details(other)}")
        if survey.problem:
            click.echo(f"error: {safe(survey.url)}: {safe(survey.problem)}", err=True)
            if survey.hint:
                click.echo(f"hint: {safe(survey.hint)}", err=True)
    if watches and not dry_run:
        click.echo("'archiver snapshot' looks there", err=True)


def _details(one: Watch | Source) -> str:
    """What else there is to say, in brackets."""
    from archiver.config import Watch

    if isinstance(one, Watch):
        said = [f"include {' '.join(one.include)}" if one.include else ""]
        said += [f"exclude {' '.join(one.exclude)}" if one.exclude else ""]
        said += [f"max age {one.max_age}" if one.max_age else "", "paused" if one.paused else ""]
        said += [" ".join(f"#{tag}" for tag in one.tags)]
    else:
        said = [f"“{one.title}”" if one.title else "", f"{one.count} listed" if one.count else ""]
        said += [f"newest {one.newest:%Y-%m-%d %H:%M} UTC" if one.newest else "", "news" if one.is_news else ""]
        said += [one.origin if one.origin != "as given" else ""]
    return f"  ({safe(', '.join(filter(None, said)))})" if any(said) else ""
