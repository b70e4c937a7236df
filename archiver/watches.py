"""Edits the `[[watch]]` tables of archiver.toml and leaves all else in it, comments too, as it stands.

Takes the text of the file, gives it changed. The only user of tomlkit. What comes out is checked by `archiver.config`
before anybody writes it.
"""

from __future__ import annotations

from collections.abc import Iterable

import tomlkit
from tomlkit.items import AoT, Table

from archiver.config import Watch
from archiver.errors import UsageError
from archiver.urls import normalise_url


def add(text: str, watches: Iterable[Watch]) -> str:
    """With these watches at the end; what is watched already is left as it is."""
    document = tomlkit.parse(text)
    tables = _tables(document)
    known = {normalise_url(str(table["url"])) for table in tables}
    for watch in watches:
        if watch.url not in known:
            known.add(watch.url)
            if tables and not tables[-1].as_string().endswith("\n\n"):
                tables[-1].add(tomlkit.nl())
            tables.append(_table(watch))
    if tables:
        document["watch"] = tables
    return tomlkit.dumps(document)


def remove(text: str, urls: Iterable[str]) -> str:
    """Without the watches of these addresses.

    Raises:
        UsageError: one of them is not watched.
    """
    document = tomlkit.parse(text)
    tables = _tables(document)
    for url in urls:
        del tables[_position(tables, url)]
    if not tables:
        document.pop("watch", None)
    return tomlkit.dumps(document)


def pause(text: str, urls: Iterable[str], *, paused: bool) -> str:
    """With the watches of these addresses paused or going on.

    Raises:
        UsageError: one of them is not watched.
    """
    document = tomlkit.parse(text)
    tables = _tables(document)
    for url in urls:
        table = tables[_position(tables, url)]
        if paused:
            table["paused"] = True
        else:
            table.pop("paused", None)
    return tomlkit.dumps(document)


def _tables(document: tomlkit.TOMLDocument) -> AoT:
    tables = document.get("watch")
    return tables if isinstance(tables, AoT) else tomlkit.aot()


def _position(tables: AoT, url: str) -> int:
    for position, table in enumerate(tables):
        if normalise_url(str(table["url"])) == url:
            return position
    raise UsageError(f"{url}: not watched", hint="'archiver watch ls' lists what is")


def _table(watch: Watch) -> Table:
    """What differs from the defaults, in the order in which the settings are documented."""
    table = tomlkit.table()
    for name in watch.__struct_fields__:
        value = getattr(watch, name)
        if name == "url" or value:
            table.add(name, list(value) if isinstance(value, tuple) else value)
    return table
