"""The command that shows why an article came out as it did: explain."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archiver.cli.options import allow_host_option, archive_option, hooks_option, json_option, print_json
from archiver.errors import ArchiverError, UsageError
from archiver.render.safe import safe

if TYPE_CHECKING:
    from archiver.config import Config
    from archiver.extract.overrides import Hook
    from archiver.hooks import Hooks
    from archiver.model import Capture
    from archiver.recipes import Recipe

_SHOWN = 100
"""Characters of a block that are printed."""


@click.command("explain")
@click.argument("page", metavar="URL|FILE")
@click.option("--url", default="", help="Address of the page, where it is a FILE; recipes are chosen by it.")
@hooks_option
@archive_option
@allow_host_option
@json_option
def explain_command(
    page: str, url: str, hooks: Hooks | None, archive: str | None, allow_hosts: tuple[str, ...], as_json: bool
) -> None:
    """Show why an article came out as it did.

    Every headline and date that was found with its origin, whether the "Last update" line outside the article is only
    the site's clock (the table [clock] of archiver.toml has the last word), the parts of the page that weighed most,
    and each block with the reason why it is part of the article or not (+ and -). Recipes of the archive around you
    apply.

    \b
    Examples:
      archiver explain https://example.org/2026/bridge-reopens
      archiver explain page.html --url https://example.org/ --json
    """
    from archiver.extract import explain
    from archiver.hooks import Hooks
    from archiver.recipes import choose

    place = _place(archive)
    config, at = _config(place), None
    if "://" in page:
        capture = _fetched(page, config, allow_hosts)
        html, url, kind, at = capture.content, capture.url, capture.header("content-type"), capture.captured_at
    else:
        try:
            html, kind = Path(page).read_bytes(), ""
        except OSError as error:
            raise UsageError(f"{page}: {error.strerror}", hint="name a file, or an address with https://") from error
    recipe = choose(config.recipe, url, datetime.now(UTC).date())
    hooks = hooks or Hooks()
    hook = hooks.choose(url)
    found = explain(html, url=url, content_type=kind, recipe=recipe, hook=hook)
    found["hook"] = hooks.name_of(url)
    found["clock"] = _clock(place, html, url, kind, recipe, hook, at) if place and url else ""
    if as_json:
        print_json(found)
    else:
        _print(found)


def _place(archive: str | None) -> Path | None:
    """The archive that is named, or around us."""
    from archiver.config import FILE_NAME, find_archive

    place = Path(archive) if archive else find_archive(Path.cwd())
    return place if place and (place / FILE_NAME).is_file() else None


def _config(place: Path | None) -> Config:
    """The settings of an archive, or the usual ones where there is none."""
    from archiver.config import FILE_NAME, Config, load

    return load((place / FILE_NAME).read_text(encoding="utf-8"), str(place / FILE_NAME)) if place else Config(schema=1)


def _clock(
    place: Path, html: bytes, url: str, kind: str, recipe: Recipe | None, hook: Hook | None, at: datetime | None
) -> str:
    """What shows that the page's site stamp is the site's clock, by the settings and articles of the archive; or ""."""
    from archiver.examine import Examiner
    from archiver.extract import extract
    from archiver.query import Archive
    from archiver.reading import Reader
    from archiver.store.layout import article_key
    from archiver.urls import normalise_url

    address = normalise_url(url)
    stamp = extract(html, url=url, content_type=kind, recipe=recipe, hook=hook).article.site_stamp
    with Archive.open(place) as opened:
        key = opened.index.key_of(address) or article_key(address)
        latest = entry.latest if (entry := opened.index.entry(key)) else None
        before = opened.article(latest) if latest else None
        examiner = Examiner(opened, "", reader=Reader(), keep_all=False)
        return examiner.sign_of_clock(key, stamp, at, latest, before)


def _fetched(url: str, config: Config, allow_hosts: tuple[str, ...]) -> Capture:
    """The page at an address, fetched as politely as any."""
    from archiver.cli.collect import fetch_settings
    from archiver.fetch.client import Fetcher
    from archiver.model import Capture, Request
    from archiver.urls import normalise_url

    with Fetcher(fetch_settings(config, allow_hosts)) as fetcher:
        (result,) = fetcher.fetch([Request(url=normalise_url(url))])
    if not isinstance(result, Capture):
        raise ArchiverError(f"{url}: {result.reason}", hint=result.hint)
    if result.status != 200:
        raise ArchiverError(f"{url}: HTTP {result.status} {result.reason}".strip(), hint="check the address")
    return result


def _print(found: dict[str, Any]) -> None:
    if recipe := found["recipe"]:
        until = f", valid until {recipe['valid_until']}" if recipe["valid_until"] else ""
        click.echo(f"recipe      {recipe['host']}{until}")
    if found["hook"]:
        click.echo(f"hook        {safe(found['hook'])}")
    click.echo(f"article     {'no: ' + safe(found['problem']) if found['problem'] else 'yes'}")
    for warning in found["warnings"]:
        click.echo(f"warning     {safe(warning)}")
    for headline in found["headlines"]:
        click.echo(f"headline {'+' if headline['chosen'] else '-'}  {headline['origin']:<7} {safe(headline['text'])}")
    for date in found["dates"]:
        click.echo(f"date        {date['field']:<19} {date['value']:<22} {date['origin']:<7} {safe(date['text'])}")
    if found["clock"]:
        click.echo(f"clock       the site stamp is the site's clock: {found['clock']}")
    for container in found["containers"]:
        mark = "+" if container["chosen"] else "-"
        click.echo(f"container {mark} {container['score']:>7}  {safe(container['path'])}")
    click.echo()
    for block in found["blocks"]:
        text = block["text"] if len(block["text"]) <= _SHOWN else block["text"][:_SHOWN] + "…"
        click.echo(f"{'+' if block['kept'] else '-'} {safe(text)}")
        click.echo(f"    {safe(block['path'])}, {block['words']} words, {block['linked']} linked: {block['reason']}")
