"""The command that shows why an article came out as it did: explain."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archiver.cli.options import (
    allow_host_option,
    archive_option,
    hooks_option,
    json_option,
    page_width,
    print_json,
    print_lines,
)
from archiver.errors import ArchiverError, UsageError
from archiver.render.explained import explained_lines

if TYPE_CHECKING:
    from archiver.config import Config
    from archiver.hooks import Hooks
    from archiver.model import Capture, PageDate
    from archiver.reading import Reader


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

    Whether it is one, and by which rules; every headline and date that was found with its origin, taken (+) or not (-);
    whether the "Last update" line outside the article is only the site's clock (the table [clock] of archiver.toml has
    the last word); the parts of the page that weighed most, and each block with the reason why it is part of the
    article or not. Recipes of the archive around you apply. Further pages of the article are fetched and shown below
    the first; of a FILE they are only named. --json has every block, and nothing cut.

    \b
    Examples:
      archiver explain https://example.org/2026/bridge-reopens
      archiver explain page.html --url https://example.org/ --json
    """
    from archiver.hooks import Hooks
    from archiver.reading import Reader

    place, hooks = _place(archive), hooks or Hooks()
    config = _config(place)
    reader = Reader(config.recipe, hooks)
    is_fetched = "://" in page
    capture = _fetched(page, config, reader, allow_hosts) if is_fetched else _from_file(page, url)
    found = _explained(capture, config, hooks)
    whole = reader.read(capture)
    found["warnings"] = list(whole.warnings)
    found["pages"] = [
        {"url": part.url, "joined": n < whole.parts, **_explained(part, config, hooks)}
        for n, part in enumerate(capture.parts)
    ]
    found["next_page"] = "" if is_fetched or not url else reader.next_part(capture, ())
    found["hook"] = hooks.name_of(capture.url)
    found["clock"] = _clock(place, whole.article.site_stamp, capture, is_fetched) if place and capture.url else ""
    if as_json:
        print_json(found)
    else:
        print_lines(explained_lines(found, page_width()))


def _explained(capture: Capture, config: Config, hooks: Hooks) -> dict[str, object]:
    """Why one page came out as it did."""
    from archiver.extract import explain
    from archiver.recipes import choose

    recipe = choose(config.recipe, capture.url, capture.captured_at.date())
    kind = capture.header("content-type")
    return explain(capture.content, url=capture.url, content_type=kind, recipe=recipe, hook=hooks.choose(capture.url))


def _place(archive: str | None) -> Path | None:
    """The archive that is named, or around us."""
    from archiver.config import FILE_NAME, find_archive

    place = Path(archive) if archive else find_archive(Path.cwd())
    return place if place and (place / FILE_NAME).is_file() else None


def _config(place: Path | None) -> Config:
    """The settings of an archive, or the usual ones where there is none."""
    from archiver.config import FILE_NAME, Config, load

    return load((place / FILE_NAME).read_text(encoding="utf-8"), str(place / FILE_NAME)) if place else Config(schema=1)


def _clock(place: Path, stamp: PageDate | None, capture: Capture, is_fetched: bool) -> str:
    """What shows that the page's site stamp is the site's clock, by the settings and articles of the archive; or ""."""
    from archiver.examine import Examiner
    from archiver.query import Archive
    from archiver.reading import Reader
    from archiver.store.layout import article_key
    from archiver.urls import normalise_url

    address = normalise_url(capture.url)
    with Archive.open(place) as opened:
        key = opened.index.key_of(address) or article_key(address)
        latest = entry.latest if (entry := opened.index.entry(key)) else None
        before = opened.article(latest) if latest else None
        examiner = Examiner(opened, "", reader=Reader(), keep_all=False)
        return examiner.sign_of_clock(key, stamp, capture.captured_at if is_fetched else None, latest, before)


def _from_file(path: str, url: str) -> Capture:
    """The page in a file, as if it had been fetched now from the address that is given, or from none."""
    from archiver.model import Capture

    try:
        html = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="name a file, or an address with https://") from error
    now = datetime.now(UTC)
    return Capture(requested_url=url, url=url, captured_at=now, status=200, headers=(), payload=html, content=html)


def _fetched(url: str, config: Config, reader: Reader, allow_hosts: tuple[str, ...]) -> Capture:
    """The page at an address with its further pages, fetched as politely as any."""
    from archiver.cli.collect import fetch_settings
    from archiver.fetch.client import Fetcher
    from archiver.model import Capture, Request
    from archiver.urls import normalise_url

    with Fetcher(fetch_settings(config, allow_hosts)) as fetcher:
        (result,) = fetcher.fetch([Request(url=normalise_url(url))], follow=reader.next_part)
    if not isinstance(result, Capture):
        raise ArchiverError(f"{url}: {result.reason}", hint=result.hint)
    if result.status != 200:
        raise ArchiverError(f"{url}: HTTP {result.status} {result.reason}".strip(), hint="check the address")
    return result
