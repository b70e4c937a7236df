"""Finds the user's own code for the pages of some newsrooms. Takes a file, and what is installed; gives hooks by host.

A hook is a function of a page, as a BeautifulSoup, and its address; it changes the page before it is read, where no
recipe can say what is to be done. Hooks are listed in a dictionary, by host:

    def courier(soup, url):
        for tag in soup.select("p"):
            if tag.get_text().startswith("Reporting by"):
                tag.decompose()

    HOOKS = {"courier.example": courier}        # and its subdomains; the closest host has the word

They come from a file that the user names, or from installed packages whose entry points in the group `archiver.hooks`
are such dictionaries. An archive never names code: whoever opens another's archive runs none of it.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

from archiver.errors import UsageError
from archiver.recipes import host_of

if TYPE_CHECKING:
    from archiver.extract.overrides import Hook

GROUP = "archiver.hooks"
_HINT = 'end it with HOOKS = {"courier.example": function}, where the function takes (soup, url)'


@dataclass(frozen=True, slots=True)
class _Known:
    host: str
    function: FunctionType
    where: str
    digest: str
    """Of the source that it comes from."""


class Hooks:
    """The hooks of one file and of all installed packages; can be sent to another process."""

    def __init__(self, name: str = "", source: bytes = b"") -> None:
        """`source` is Python, of a file of this name. What is installed is looked for when it is first needed."""
        self._name, self._source = name, source
        self._own = tuple(_of_source(name, source)) if source else ()

    def __reduce__(self) -> tuple[type[Hooks], tuple[str, bytes]]:
        """Functions cannot be sent; their source can."""
        return Hooks, (self._name, self._source)

    @classmethod
    def read(cls, path: str) -> Hooks:
        """The hooks of a file.

        Raises:
            UsageError: it cannot be read or run, or lists no hooks.
        """
        try:
            return cls(path, Path(path).read_bytes())
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}", hint="name a Python file") from error

    def choose(self, url: str) -> Hook | None:
        """The hook for a page: of the closest host; the file's before one that is installed."""
        known = self._known(url)
        return partial(known.function, url=url) if known else None

    def id_of(self, url: str) -> str:
        """Twelve digits of SHA-256 over the source of the hook for a page; "" where there is none."""
        known = self._known(url)
        return known.digest if known else ""

    def name_of(self, url: str) -> str:
        """The hook for a page in words; "" where there is none."""
        known = self._known(url)
        return f"{known.function.__name__} for {known.host}, in {known.where}" if known else ""

    def _known(self, url: str) -> _Known | None:
        host = f".{host_of(url)}"
        fitting = (known for known in (*self._own, *self._installed) if host.endswith(f".{known.host}"))
        return max(fitting, key=lambda known: len(known.host), default=None)

    @cached_property
    def _installed(self) -> tuple[_Known, ...]:
        from importlib.metadata import entry_points  # here, because most runs read no page

        found: list[_Known] = []
        for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
            where = f"the entry point {point.name} = {point.value}"
            try:
                listed = point.load()
            except Exception as error:
                raise UsageError(f"{where} cannot be loaded: {type(error).__name__}: {error}") from error
            found += _listed(where, listed)
        return tuple(found)


def _of_source(name: str, source: bytes) -> Iterator[_Known]:
    module = ModuleType("hooks")
    module.__file__ = name
    try:
        exec(compile(source, name, "exec"), module.__dict__)
    except Exception as error:
        raise UsageError(f"{name} cannot be run: {type(error).__name__}: {error}", hint=_HINT) from error
    yield from _listed(name, vars(module).get("HOOKS"), source)


def _listed(where: str, listed: object, source: bytes = b"") -> Iterator[_Known]:
    if not isinstance(listed, dict) or not listed:
        raise UsageError(f"{where} lists no hooks", hint=_HINT)
    for host, function in listed.items():
        if not isinstance(host, str) or not isinstance(function, FunctionType):
            raise UsageError(f"{where}: {host!r} is no host with a function", hint=_HINT)
        written = source or inspect.getsource(inspect.getmodule(function) or function).encode()
        yield _Known(host.lower(), function, where, hashlib.sha256(written).hexdigest()[:12])
