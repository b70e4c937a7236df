"""One URL on its way to a capture: robots.txt first, then the page, redirects and second tries.

An article on several pages is one visit, and comes whole or not at all. A `Visit` is advanced one exchange at a time;
`Visits` knows the hosts and gives each its pause. Runs inside the event loop of `Fetcher`. What one exchange is, is an
argument; which visit comes next, `batch.py` decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Protocol

from archiver.errors import BadUrl
from archiver.fetch import Failed, FetchSettings, Follow
from archiver.fetch.body import Headers, decode
from archiver.fetch.pace import Jitter, Pace, backoff, retry_after
from archiver.fetch.robots import MAX_HOPS as ROBOTS_HOPS
from archiver.fetch.robots import READ_BYTES, Rules, rules_from
from archiver.model import Capture, FetchFailure, Hop, Request
from archiver.urls import DEFAULT_PORTS, host_and_port, join_url, origin_of

MAX_HOPS: Final = 10
_HINTS: Final = {
    "dns": "check the address and this machine's network; the next run tries again",
    "connect": "check the address and this machine's network; the next run tries again",
    "robots": "the site does not want programs to fetch this; ask the newsroom",
    "redirects": "check the address",
}
"""What to do next, by kind of failure, where the failure itself does not say."""
_UNREADABLE: Final = "without its rules a site is left alone (RFC 9309); the next run asks for them again"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
_TOO_MUCH: Final = frozenset({429, 503})
_NO_ANSWER: Final = frozenset({"dns", "connect", "timeout", "tls"})
_NOT_FOR_US: Final = frozenset({"robots", "refused"})
_NO_CONTACT: Final = frozenset({"dns", "connect", "tls", "refused"})
_SILENCES_IN_A_ROW: Final = 3
_SILENCES_IN_ALL: Final = 10
"""After so many exchanges without an answer a host counts as down for the rest of the run."""
_LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer as it came over the wire; header names and values as in `Capture`."""

    status: int
    reason: str
    http_version: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    request_headers: tuple[tuple[str, str], ...]
    ip: str
    certificate_sha256: str

    def header(self, name: str) -> str:
        """The first header of that name (lower case), or ""."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def location(self) -> str:
        """Where a redirect leads, or ""."""
        return self.header("location") if self.status in _REDIRECTS else ""


class Exchange(Protocol):
    """One request and its whole answer, from the host `key`; raises `Failed`."""

    async def __call__(self, key: str, url: str, headers: Headers, *, limit: int, partial: bool) -> Reply:
        """With `partial` a body beyond `limit` is cut, else it is a failure."""


@dataclass(slots=True)
class Visit:
    """A request and how far it came."""

    request: Request
    url: str
    """Where it stands: the address to ask next."""
    follow: Follow | None = None
    hops: tuple[Hop, ...] = ()
    tries: int = 0
    """Requests already made to `url`."""
    first: Capture | None = None
    """What came of the address itself, with the parts that came by now, while a further page is asked for."""
    tried: tuple[str, ...] = ()
    """The addresses of further pages that were asked for, the present one last."""

    @property
    def came(self) -> tuple[Capture, ...]:
        """The pages that came by now."""
        return (self.first, *self.first.parts) if self.first else ()


@dataclass(slots=True)
class _Host:
    """What a run knows of one host."""

    pace: Pace
    retries_left: int
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held during an exchange: one at a time, also when several batches are under way."""
    robots_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    robots: dict[str, Rules | Failed] = field(default_factory=dict)
    """By origin."""
    silences: int = 0
    silences_in_a_row: int = 0
    closed: Failed | None = None
    """Why it is asked no more in this run."""


class Visits:
    """Advances visits; keeps what is known of the hosts for the length of a run."""

    def __init__(
        self, settings: FetchSettings, exchange: Exchange, now: Callable[[], datetime], jitter: Jitter
    ) -> None:
        self._settings = settings
        self._exchange = exchange
        self._now = now
        self._jitter = jitter
        self._hosts: dict[str, _Host] = {}
        self._room = asyncio.Semaphore(settings.hosts_at_once)

    async def prepare(self, visit: Visit) -> Capture | FetchFailure | None:
        """All that comes before the page itself: robots.txt and the host's pause. None: `advance` may go on."""
        while True:
            try:
                host = self._open_host(visit.url)
                rules = await self._rules(visit.url)
                if why := rules.refusal(visit.url):
                    raise Failed("robots", why, hint=_UNREADABLE if rules.closed else "")
                break
            except Failed as failed:
                if outcome := self._ended(visit, failed):
                    return outcome
        await asyncio.sleep(host.pace.pause(_clock()))
        return None

    async def advance(self, visit: Visit) -> Capture | FetchFailure | None:
        """One exchange; None when the visit goes on, perhaps elsewhere, perhaps for a second try."""
        try:
            headers = _validators(visit)
            limit = self._settings.max_wire_bytes - sum(len(page.payload) for page in visit.came)
            at, reply = await self._turn(visit.url, headers, limit=max(limit, 0), partial=False)
            if reply.status in _TRY_AGAIN and self._retry_later(visit.url, visit.tries, reply):
                visit.tries += 1
                return None
            if reply.location:
                _redirected(visit, reply)
                return None
            return self._with_part(visit, self._capture(visit, reply, at))
        except Failed as failed:
            if failed.retry and self._retry_later(visit.url, visit.tries):
                visit.tries += 1
                return None
            return self._ended(visit, failed)

    def _with_part(self, visit: Visit, capture: Capture) -> Capture | None:
        """What came by now, when that is all; None when a further page is to be asked for. Raises `Failed`."""
        if visit.first is None:
            return self._whole(visit, capture)
        if capture.status >= 500 or capture.status in _TRY_AGAIN:
            raise Failed("protocol", f"HTTP {capture.status} {capture.reason}".strip())
        return self._whole(visit, replace(visit.first, parts=(*visit.first.parts, capture)))

    def _whole(self, visit: Visit, capture: Capture) -> Capture | None:
        following = visit.follow(capture, visit.tried) if visit.follow else ""
        if not following:
            return capture
        visit.first, visit.tried = capture, (*visit.tried, following)
        visit.url, visit.hops, visit.tries = following, (), 0
        return None

    def _ended(self, visit: Visit, failed: Failed) -> Capture | FetchFailure | None:
        """A failure; but a further page that is not for us is done without."""
        if visit.first and failed.kind in _NOT_FOR_US:
            return self._whole(visit, visit.first)
        return self.failure(visit, failed)

    def failure(self, visit: Visit, failed: Failed) -> FetchFailure:
        """What is told of a visit that came to nothing."""
        reason = f"redirected to {visit.url}: {failed.reason}" if visit.hops else failed.reason
        reason = f"its further page {visit.tried[-1]}: {reason}" if visit.tried else reason
        return FetchFailure(
            url=visit.request.url,
            kind="protocol" if visit.tried else failed.kind,  # its site was reached: no failure of the network's
            reason=reason if len(reason) <= _LONGEST_REASON else reason[: _LONGEST_REASON - 1] + "…",
            hint=failed.hint or _HINTS.get(failed.kind, "the next run tries again"),
            failed_at=self.moment(),
        )

    def moment(self) -> datetime:
        """Now, in UTC and whole seconds."""
        return self._now().astimezone(UTC).replace(microsecond=0)

    def _host(self, url: str) -> _Host:
        key = host_key(url)
        if key not in self._hosts:
            pace = Pace(self._settings.delay_s, self._settings.max_delay_s)
            self._hosts[key] = _Host(pace, self._settings.host_retries)
        return self._hosts[key]

    def _open_host(self, url: str) -> _Host:
        """Raises `Failed` when it is asked no more in this run."""
        host = self._host(url)
        if host.closed is not None:
            raise host.closed.with_traceback(None)
        return host

    async def _turn(self, url: str, headers: Headers, *, limit: int, partial: bool) -> tuple[datetime, Reply]:
        """The next exchange with the host of `url`, when it is free and has had its pause; and when that began."""
        host = self._host(url)
        async with host.lock:
            await asyncio.sleep(host.pace.pause(_clock()))
            self._open_host(url)
            async with self._room:
                at, started = self.moment(), _clock()
                try:
                    reply = await self._exchange(host_key(url), url, headers, limit=limit, partial=partial)
                except Failed as failed:
                    _count_silence(host, failed)
                    raise
                finally:
                    ended = _clock()
                    host.pace.answered(ended, ended - started)
        host.silences_in_a_row = 0
        return at, reply

    def _retry_later(self, url: str, tries: int, reply: Reply | None = None) -> bool:
        """Whether there will be another try; the host has been given its time until then."""
        host, settings, now = self._host(url), self._settings, _clock()
        asked = retry_after(reply.header("retry-after"), self._now()) if reply is not None else None
        if reply is not None and reply.status in _TOO_MUCH:
            host.pace.slow_down()
            if asked is not None and asked > settings.max_wait_s:
                host.closed = Failed(
                    "timeout",
                    f"the host answered {reply.status} and asks to be left alone for {asked:,.0f} s, "
                    f"longer than the {settings.max_wait_s:,.0f} s that a run waits",
                    hint="the next run tries again",
                )
        if host.closed is not None or tries >= settings.retries or host.retries_left <= 0:
            return False
        host.retries_left -= 1
        host.pace.hold(now, min(asked or 0.0, settings.max_wait_s))
        host.pace.hold(now, backoff(tries, self._jitter, settings.max_wait_s))
        return True

    async def _rules(self, url: str) -> Rules:
        """The rules of the origin, read once in a run; raises `Failed` when the host itself cannot be had."""
        host, origin = self._host(url), origin_of(url)
        async with host.robots_lock:
            if origin not in host.robots:
                host.robots[origin] = rules = await self._read_rules(origin)
                if isinstance(rules, Rules):
                    host.pace.at_least(rules.delay_s)
        rules = host.robots[origin]
        if isinstance(rules, Failed):
            raise rules.with_traceback(None)
        return rules

    async def _read_rules(self, origin: str) -> Rules | Failed:
        url, tries, hops = f"{origin}/robots.txt", 0, 0
        while True:
            try:
                _, reply = await self._turn(url, (), limit=READ_BYTES, partial=True)
                if reply.status in _TRY_AGAIN and self._retry_later(url, tries, reply):
                    tries += 1
                    continue
                if not reply.location:
                    return rules_from(
                        reply.status, decode(reply.payload, reply.headers, limit=READ_BYTES, partial=True)
                    )
                url, tries, hops = join_url(url, _as_ascii(reply.location)), 0, hops + 1
                if hops > ROBOTS_HOPS:
                    return Rules()
            except BadUrl as error:
                return Rules(closed=f"robots.txt redirects to no address ({error})")
            except Failed as failed:
                if failed.retry and self._retry_later(url, tries):
                    tries += 1
                elif hops == 0 and failed.kind in _NO_CONTACT:
                    return Failed(failed.kind, failed.reason, hint=failed.hint)
                else:
                    return Rules(closed=f"robots.txt cannot be read: {failed.reason}")

    def _capture(self, visit: Visit, reply: Reply, at: datetime) -> Capture:
        if reply.status == 206 or reply.status < 200:
            raise Failed(
                "protocol", f"answered {reply.status}, which is no whole page and was not asked for", retry=True
            )
        if reply.status == 304 and not _validators(visit):
            raise Failed(
                "protocol", "answered 304 (not modified) although nothing to compare with was sent", retry=True
            )
        limit = self._settings.max_decoded_bytes - sum(len(page.content) for page in visit.came)
        return Capture(
            requested_url=visit.tried[-1] if visit.tried else visit.request.url,
            url=visit.url,
            captured_at=at,
            status=reply.status,
            headers=reply.headers,
            payload=reply.payload,
            content=decode(reply.payload, reply.headers, limit=max(limit, 0)),
            reason=reply.reason,
            http_version=reply.http_version,
            request_headers=reply.request_headers,
            hops=visit.hops,
            ip=reply.ip,
            certificate_sha256=reply.certificate_sha256,
        )


def host_key(url: str) -> str:
    """What has one queue and one pace: a host, whatever the scheme; a service on a port of its own stands alone."""
    host, port = host_and_port(url)
    return host if port in DEFAULT_PORTS.values() else f"{host}:{port}"


def leads_elsewhere(status: int, headers: Headers) -> bool:
    """Whether an answer is a redirect that says where to."""
    return status in _REDIRECTS and any(name.lower() == "location" and value for name, value in headers)


def _validators(visit: Visit) -> Headers:
    """Conditional headers, for the address that they were given for and not for where it redirects to."""
    if visit.hops or visit.tried:
        return ()
    headers = (("If-None-Match", visit.request.etag), ("If-Modified-Since", visit.request.last_modified))
    return tuple((name, value) for name, value in headers if value and value.isprintable() and _is_latin1(value))


def _count_silence(host: _Host, failed: Failed) -> None:
    """Give a host up that does not answer: each of its URLs would cost a deadline."""
    if failed.retry:  # a connection that broke says something about one page rather than about the host
        return
    if failed.kind not in _NO_ANSWER:
        host.silences_in_a_row = 0
        return
    host.silences += 1
    host.silences_in_a_row += 1
    if host.silences_in_a_row >= _SILENCES_IN_A_ROW or host.silences >= _SILENCES_IN_ALL:
        reason = f"given up for this run after {host.silences} times without an answer: {failed.reason}"
        host.closed = Failed(failed.kind, reason)


def _redirected(visit: Visit, reply: Reply) -> None:
    """Move to where a redirect leads; raises `Failed`."""
    try:
        target = join_url(visit.url, _as_ascii(reply.location))
    except BadUrl as error:
        raise Failed("refused", f"redirects to no address we follow: {error}") from None
    if visit.tried and host_key(target) != host_key(visit.url):
        raise Failed("refused", f"a further page that redirects to another host: {target}")
    visit.hops = (*visit.hops, Hop(url=visit.url, status=reply.status, location=reply.location))
    seen = [hop.url for hop in visit.hops]
    # A page may set a cookie and lead back to itself, which only the number of hops bounds.
    if target in seen and not reply.header("set-cookie"):
        circle = [*seen[seen.index(target) :], target]
        raise Failed("redirects", f"redirects in a circle: {' → '.join(circle)}")
    if len(visit.hops) > MAX_HOPS:
        raise Failed("redirects", f"more than {MAX_HOPS} redirects, the last one to {target}")
    visit.url = target
    visit.tries = 0


def _as_ascii(location: str) -> str:
    """Bytes beyond ASCII in a Location are sent back as they are, escaped, as browsers do."""
    return "".join(char if char.isascii() else f"%{ord(char):02X}" for char in location)


def _is_latin1(value: str) -> bool:
    return all(ord(char) < 256 for char in value)


def _clock() -> float:
    return asyncio.get_running_loop().time()
