"""Cookies of one host for the length of a run (RFC 6265 without its Domain attribute).

Takes Set-Cookie lines, gives Cookie lines, both as Latin-1 text. Pure and total: `http.cookiejar` is not used,
because it hands cookies to other hosts of a domain and stumbles over lines that real servers send.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from archiver.fetch.pace import http_date

_KEPT: Final = 50
_LONGEST: Final = 4096


class _Cookie(NamedTuple):
    value: str
    is_secure: bool


class Jar:
    """One host's; a server that overfills it loses its oldest."""

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str], _Cookie] = {}
        """By path and name."""

    def keep(self, line: str, url: str, now: datetime) -> None:
        """Take in one Set-Cookie line of an answer from `url`; what is no cookie is passed over."""
        pair, *attributes = line.split(";")
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not name or not equals or len(pair) > _LONGEST:
            return
        given: dict[str, str] = {}
        for attribute in attributes:
            key, _, setting = attribute.partition("=")
            given[key.strip().lower()] = setting.strip()
        path = given.get("path", "")
        if not path.startswith("/"):
            path = urlsplit(url).path.rpartition("/")[0] or "/"
        self._cookies.pop((path, name), None)
        if not _is_over(given, now):
            self._cookies[path, name] = _Cookie(value, "secure" in given)
        if len(self._cookies) > _KEPT:
            del self._cookies[next(iter(self._cookies))]

    def line(self, url: str) -> str:
        """The Cookie line for a request, longer paths first, or ""."""
        scheme, _, path, *_ = urlsplit(url)
        fitting = [
            (len(where), f"{name}={cookie.value}")
            for (where, name), cookie in self._cookies.items()
            if (scheme == "https" or not cookie.is_secure) and _covers(where, path)
        ]
        return "; ".join(text for _, text in sorted(fitting, key=lambda pair: -pair[0]))


def _covers(where: str, path: str) -> bool:
    """RFC 6265 §5.1.4."""
    return path == where or (path.startswith(where) and (where.endswith("/") or path[len(where)] == "/"))


def _is_over(given: dict[str, str], now: datetime) -> bool:
    """Whether the server takes the cookie back; a later end does not matter to a run."""
    if re.fullmatch(r"-?[0-9]+", age := given.get("max-age", "")):
        return age.startswith("-") or not age.strip("0")
    expires = http_date(given.get("expires", ""))
    return expires is not None and expires <= now
