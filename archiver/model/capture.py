"""From an address to its answer: where articles are looked for, what is asked, and what we observed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Where articles are looked for: one `[[watch]]` of the archive's settings."""

    url: str
    kind: Literal["article", "feed", "sitemap", "section", ""] = ""
    """What is found there; "" when the page itself is to be asked each time."""
    include: tuple[str, ...] = ()
    """Globs on path and query, of which an article must fit one where there are any."""
    exclude: tuple[str, ...] = ()
    """Globs of which an article must fit none."""
    tags: tuple[str, ...] = ()
    max_age: timedelta | None = None
    """Articles older than this are neither taken up nor checked again."""
    is_paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a seed says may be an article. Its instants are the site's claims, in UTC, None where it makes none."""

    url: str
    """Normalised."""
    seed: str
    """Address of the seed that named it."""
    title_hint: str = ""
    date_hint: datetime | None = None
    """When it was published."""
    lastmod: datetime | None = None
    """When it was last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A page to fetch, with the validators of the last capture (RFC 9110 §13.1)."""

    url: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect on the way to a capture."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One complete HTTP exchange, as observed; never edited."""

    requested_url: str
    url: str
    """The address that answered, after redirects."""
    captured_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    """Response headers in wire order and case (Latin-1), transfer coding removed."""
    payload: bytes
    """The body as received, content coding kept: what WARC stores and `payload_sha256` hashes."""
    content: bytes
    """The body with its content coding removed."""
    reason: str = ""
    http_version: str = "HTTP/1.1"
    request_headers: tuple[tuple[str, str], ...] = ()
    hops: tuple[Hop, ...] = ()
    ip: str = ""
    """Address of the server that answered."""
    certificate_sha256: str = ""
    """SHA-256 of the server's DER certificate, hex; "" without TLS."""
    parts: tuple[Capture, ...] = ()
    """The further pages of an article that stands on several, in the order in which they were asked for."""

    def header(self, name: str) -> str:
        """The first response header of that name, or ""."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def payload_sha256(self) -> str:
        """SHA-256 of the payload, hex."""
        return hashlib.sha256(self.payload).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailure:
    """Why a page could not be captured. Expected, so a value and no exception."""

    url: str
    kind: Literal["dns", "connect", "timeout", "tls", "protocol", "robots", "refused", "too-large", "redirects"]
    """`refused` is our own guard: an address or scheme that we do not contact; the rest is the network or the site."""
    reason: str
    hint: str = ""
    failed_at: datetime
