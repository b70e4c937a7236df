"""What one fetch brings: the capture as observed, redirects, conditional requests, cookies, TLS, proxies."""

from __future__ import annotations

import hashlib
import itertools
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from wire_server import HANG_UP, PAGE, Desk, Server, answer, redirect, zipped

from archiver.errors import ConfigError
from archiver.fetch import FetchSettings
from archiver.fetch.client import Fetcher
from archiver.model import Capture, FetchFailure, Hop, Request

pytest_plugins = ("wire_fixtures",)

CERTIFICATE = Path(__file__).with_name("courier.pem")


def test_a_capture_is_the_exchange_as_observed(desk: Desk, server: Server) -> None:
    server.pages["/a"] = (
        b"HTTP/1.1 200 All Right\r\nX-Zulu: 1\r\ncontent-TYPE: text/html\r\nX-Caf\xe9: \xe9\r\nSet-Cookie: a=1\r\n"
        b"Set-Cookie: b=2\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nOrsk\r\n5\r\n town\r\n0\r\n\r\n"
    ).replace(b"X-Caf\xe9", b"X-Cafe")
    moscow_noon = datetime(2031, 3, 4, 12, 30, 15, 999, tzinfo=timezone(timedelta(hours=3)))
    with Fetcher(desk.settings(contact="desk@courier.example"), now=lambda: moscow_noon) as fetcher:
        (capture,) = fetcher.fetch([Request(url=server.url("/a"))])
    assert isinstance(capture, Capture)
    assert capture.requested_url == capture.url == server.url("/a")
    assert capture.captured_at == datetime(2031, 3, 4, 9, 30, 15, tzinfo=UTC)
    assert capture.captured_at.tzinfo is UTC
    assert (capture.status, capture.reason, capture.http_version) == (200, "All Right", "HTTP/1.1")
    assert capture.headers == (
        ("X-Zulu", "1"),
        ("content-TYPE", "text/html"),
        ("X-Cafe", "é"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    )
    assert capture.payload == capture.content == b"Orsk town"
    assert capture.ip == "127.0.0.1"
    assert capture.certificate_sha256 == ""
    sent = server.seen[-1].raw.decode().split("\r\n")[1:]
    assert [f"{name}: {value}" for name, value in capture.request_headers] == sent
    assert "User-Agent: archiver/0 (+desk@courier.example)" in sent
    assert "Accept-Encoding: gzip" in sent


def test_gzip_is_kept_in_the_payload_and_removed_in_the_content(desk: Desk, server: Server) -> None:
    server.pages["/a"] = zipped(b"Orsk " * 500)
    capture = desk.capture(server.url("/a"))
    assert capture.content == b"Orsk " * 500
    assert capture.payload.startswith(b"\x1f\x8b")
    assert capture.header("content-encoding") == "gzip"


@pytest.mark.parametrize("status", ["204 No Content", "300 Choices", "404 Not Found", "410 Gone", "451 Law", "999 Odd"])
def test_every_final_status_is_a_capture(desk: Desk, server: Server, status: str) -> None:
    server.pages["/a"] = answer(b"", status)
    assert desk.capture(server.url("/a")).status == int(status[:3])


def test_interim_answers_are_passed_over(desk: Desk, server: Server) -> None:
    server.pages["/a"] = b"HTTP/1.1 103 Early Hints\r\nLink: </x.css>\r\n\r\n" + PAGE
    assert desk.capture(server.url("/a")).status == 200


def test_validators_are_sent_and_304_has_no_body(desk: Desk, server: Server) -> None:
    server.pages["/a"] = b'HTTP/1.1 304 Not Modified\r\nETag: "7"\r\n\r\n'
    request = Request(url=server.url("/a"), etag='"7"', last_modified="Mon, 03 Mar 2031 08:00:00 GMT")
    capture = desk.capture(request)
    assert (capture.status, capture.payload, capture.content) == (304, b"", b"")
    assert server.seen[-1].headers["If-None-Match"] == '"7"'
    assert server.seen[-1].headers["If-Modified-Since"] == "Mon, 03 Mar 2031 08:00:00 GMT"


def test_304_to_an_unconditional_request_is_a_failure(desk: Desk, server: Server) -> None:
    server.pages["/a"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    assert "304" in desk.failure(server.url("/a")).reason


def test_validators_do_not_follow_a_redirect_and_cannot_smuggle_headers(desk: Desk, server: Server) -> None:
    server.pages |= {"/a": redirect("/b"), "/b": PAGE}
    desk.capture(Request(url=server.url("/a"), etag='"7"', last_modified="x\r\nX-Evil: 1"))
    first, second = server.seen[-2:]
    assert first.headers["If-None-Match"] == '"7"'
    assert "If-Modified-Since" not in first.headers
    assert "If-None-Match" not in second.headers


def test_redirects_are_followed_and_recorded(desk: Desk, server: Server) -> None:
    server.pages |= {
        "/a": redirect("/b/../c?utm_source=x#part", "301 Moved"),
        "/c": redirect("d", "303 See Other"),
        "/d": redirect(server.url("/caf\xe9"), "308 Permanent"),
        "/caf%E9": PAGE,
    }
    capture = desk.capture(server.url("/a"))
    assert capture.requested_url == server.url("/a")
    assert capture.url == server.url("/caf%E9")
    assert capture.hops == (
        Hop(url=server.url("/a"), status=301, location="/b/../c?utm_source=x#part"),
        Hop(url=server.url("/c?utm_source=x"), status=303, location="d"),
        Hop(url=server.url("/d"), status=308, location=server.url("/caf\xe9")),
    )


@pytest.mark.parametrize("page", [answer(b"", "302 Found"), answer(b"", "305 Use Proxy", "Location: /b")])
def test_a_redirect_that_leads_nowhere_is_a_capture(desk: Desk, server: Server, page: bytes) -> None:
    server.pages["/a"] = page
    assert desk.capture(server.url("/a")).status in (302, 305)


def test_a_circle_of_redirects_is_named(desk: Desk, server: Server) -> None:
    server.pages |= {"/a": redirect("/b"), "/b": redirect("/c"), "/c": redirect("/b")}
    failure = desk.failure(server.url("/a"))
    assert failure.kind == "redirects"
    assert f"{server.url('/b')} → {server.url('/c')} → {server.url('/b')}" in failure.reason
    assert server.targets() == ["/a", "/b", "/c"]


def test_a_long_chain_and_a_cookie_loop_end_after_ten(desk: Desk, server: Server) -> None:
    server.pages["/far"] = lambda seen: redirect(f"/far?{len(server.seen)}")
    server.pages["/cookie"] = lambda seen: redirect("/cookie", "302 Found", f"Set-Cookie: n={len(server.seen)}")
    outcomes = desk.all([server.url("/far"), server.url("/cookie")])
    for outcome in outcomes.values():
        assert isinstance(outcome, FetchFailure)
        assert outcome.kind == "redirects"
        assert "more than 10" in outcome.reason
    assert len(server.targets()) == 22


def test_a_page_may_set_a_cookie_and_come_back(desk: Desk, server: Server) -> None:
    server.pages["/a"] = lambda seen: (
        PAGE if seen.headers.get("Cookie") == "ok=1" else redirect("/a", "302 Found", "Set-Cookie: ok=1; Path=/")
    )
    assert desk.capture(server.url("/a")).status == 200


def test_cookies_stay_with_their_host(desk: Desk, server: Server) -> None:
    desk.names |= {"a.orsk.example": ["127.0.0.1"], "b.orsk.example": ["127.0.0.1"]}
    server.pages["/set"] = answer(b"", "200 OK", "Set-Cookie: wide=1; Domain=orsk.example", "Set-Cookie: own=2")
    server.pages["/go"] = redirect(server.url("/b", "b.orsk.example"))
    server.pages["/b"] = server.pages["/a"] = PAGE
    with desk.fetcher() as fetcher:
        for path in ("/set", "/go", "/a"):
            list(fetcher.fetch([Request(url=server.url(path, "a.orsk.example"))]))
    cookies = {seen.target: seen.headers.get("Cookie") for seen in server.seen if seen.target != "/robots.txt"}
    assert cookies == {"/set": None, "/go": "wide=1; own=2", "/b": None, "/a": "wide=1; own=2"}
    assert not any("Referer" in seen.headers or "Authorization" in seen.headers for seen in server.seen)


def test_cookies_end_with_the_run(desk: Desk, server: Server) -> None:
    server.pages["/b"] = answer(b"", "200 OK", "Set-Cookie: n=1")
    desk.capture(server.url("/b"))
    desk.capture(server.url("/b"))
    assert not any("Cookie" in seen.headers for seen in server.seen)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://reader:hunter2@courier.example/", "refused"),
        ("courier.example/a", "no http:// or https://"),
        ("file:///etc/passwd", "not file"),
    ],
)
def test_what_is_no_address_fails_alone_and_shows_no_password(desk: Desk, server: Server, url: str, words: str) -> None:
    server.pages["/a"] = PAGE
    outcomes = desk.all([url, server.url("/a")])
    failure = outcomes[url]
    assert isinstance(failure, FetchFailure)
    assert failure.kind == "refused"
    assert words in failure.reason
    assert "hunter2" not in failure.reason + failure.hint
    assert isinstance(outcomes[server.url("/a")], Capture)


def test_the_certificate_is_checked_against_the_name_and_recorded() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    trust = ssl.create_default_context(cafile=str(CERTIFICATE))
    with Server(tls=context, pages={"*": PAGE}) as server:
        desk = Desk(server, {"courier.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]})
        outcomes = desk.all(
            [server.url(path, "courier.example") for path in ("/a", "/b")] + [server.url("/c", "other.example")],
            trust=trust,
        )
        *captures, failure = (outcomes[url] for url in sorted(outcomes))
        der = ssl.PEM_cert_to_DER_cert(CERTIFICATE.read_text().partition("\n")[2].partition("-----BEGIN PRIV")[0])
        for capture in captures:
            assert isinstance(capture, Capture)
            assert capture.certificate_sha256 == hashlib.sha256(der).hexdigest()
        assert isinstance(failure, FetchFailure)
        assert failure.kind == "tls"
        assert "other.example" in failure.reason
        assert desk.failure(server.url("/a", "courier.example")).kind == "tls"
        assert {seen.headers["Host"] for seen in server.seen} == {f"courier.example:{server.port}"}
        assert server.connections == 3


def test_plain_http_behind_an_https_address_is_a_tls_failure(desk: Desk, server: Server) -> None:
    server.greeting = PAGE
    assert desk.failure(server.url("/a").replace("http:", "https:")).kind == "tls"


def test_a_server_that_does_not_agree_on_tls_in_time_is_a_tls_failure(desk: Desk, server: Server) -> None:
    assert desk.failure(server.url("/a").replace("http:", "https:"), connect_s=0.2).kind == "tls"


def test_a_proxy_is_used_only_when_named_and_gets_the_names(
    desk: Desk, server: Server, canary: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.pages["*"] = PAGE
    monkeypatch.setenv("HTTP_PROXY", canary.url())
    monkeypatch.setenv("ALL_PROXY", canary.url())
    assert desk.capture(server.url("/a")).ip == "127.0.0.1"
    server.seen.clear()
    capture = desk.capture("http://courier.example/story", proxy=server.url())
    assert (capture.status, capture.ip) == (200, "")
    assert server.targets(robots=True) == ["http://courier.example/robots.txt", "http://courier.example/story"]
    assert desk.lookups == []
    failure = desk.failure(canary.url("/a"), proxy=server.url())
    assert (failure.kind, len(server.seen)) == ("refused", 2)


def test_https_goes_through_a_proxy_in_a_tunnel_and_is_still_checked(desk: Desk, server: Server) -> None:
    server.tunnel = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tunnel.load_cert_chain(CERTIFICATE)
    server.pages["*"] = PAGE
    trust = ssl.create_default_context(cafile=str(CERTIFICATE))
    capture = desk.capture("https://courier.example/story", proxy=server.url(), trust=trust)
    assert capture.certificate_sha256 != ""
    assert server.targets(robots=True) == ["/robots.txt", "/story"]
    assert desk.failure("https://other.example/story", proxy=server.url(), trust=trust).kind == "tls"
    assert desk.failure("https://10.0.0.1/story", proxy=server.url(), trust=trust).kind == "refused"


@pytest.mark.parametrize(
    "settings",
    [
        FetchSettings(version="0", proxy="socks5://127.0.0.1:1080"),
        FetchSettings(version="0", allow_hosts=frozenset({"localhost"})),
        FetchSettings(version="0", allow_hosts=frozenset({"a:b@localhost:80"})),
        FetchSettings(version="0", contact="desk\r\nX-Evil: 1"),
    ],
)
def test_settings_that_cannot_work_are_told_at_once(settings: FetchSettings) -> None:
    with pytest.raises(ConfigError):
        Fetcher(settings)


def test_connections_are_reused_and_names_resolved_once(desk: Desk, server: Server) -> None:
    desk.names["courier.example"] = ["127.0.0.1"]
    server.pages["*"] = PAGE
    outcomes = desk.all(server.url(f"/{n}", "courier.example") for n in range(20))
    assert all(isinstance(outcome, Capture) for outcome in outcomes.values())
    assert server.connections == 1
    assert desk.lookups == ["courier.example"]


def test_a_connection_that_the_server_closed_is_opened_again(desk: Desk, server: Server) -> None:
    server.pages["/a"] = lambda seen: [answer(b"a", "200 OK", "Connection: close"), HANG_UP]
    server.pages["/b"] = lambda seen: [PAGE, HANG_UP]
    outcomes = desk.all([server.url("/a"), server.url("/b"), server.url("/a?2")])
    assert all(isinstance(outcome, Capture) for outcome in outcomes.values())


def test_bytes_after_an_answer_are_never_the_next_answer(desk: Desk, server: Server) -> None:
    forged = answer(b"forged")
    server.pages["/a"] = lambda seen: [b"HTTP/1.1 204 No Content\r\n\r\n" + forged]
    server.pages["/b"] = PAGE
    outcomes = desk.all([server.url("/a"), server.url("/b")])
    page = outcomes[server.url("/b")]
    assert isinstance(page, Capture)
    assert page.content != b"forged"


def test_requests_are_taken_lazily_and_closing_leaves_nothing_behind(desk: Desk, server: Server) -> None:
    server.pages |= {"/0": PAGE, "/1": PAGE, "/robots.txt": answer(b""), "*": lambda seen: [30.0]}
    with desk.fetcher() as fetcher:
        outcomes = fetcher.fetch(Request(url=server.url(f"/{n}")) for n in itertools.count())
        assert [next(outcomes).requested_url for _ in range(2)] == [server.url("/0"), server.url("/1")]  # type: ignore[union-attr]
        started = time.monotonic()
        outcomes.close()
    assert time.monotonic() - started < 2
    assert "archiver-fetch" not in {thread.name for thread in threading.enumerate()}


def test_an_interrupt_in_the_callers_loop_ends_within_seconds(desk: Desk, server: Server) -> None:
    server.pages |= {"/a": PAGE, "/b": lambda seen: [30.0]}
    started = time.monotonic()

    def run() -> None:
        with desk.fetcher() as fetcher:
            for _ in fetcher.fetch(Request(url=server.url(path)) for path in ("/a", "/b")):
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert time.monotonic() - started < 2
    assert "archiver-fetch" not in {thread.name for thread in threading.enumerate()}


def test_an_error_of_the_requests_reaches_the_caller(desk: Desk, server: Server) -> None:
    server.pages["*"] = PAGE

    def broken() -> Iterator[Request]:
        yield Request(url=server.url("/a"))
        raise LookupError("no more")

    with desk.fetcher() as fetcher, pytest.raises(LookupError):
        list(fetcher.fetch(broken()))


def test_a_fault_costs_one_page_and_not_the_run(desk: Desk, server: Server) -> None:
    def broken(_seconds: float) -> float:
        raise ZeroDivisionError

    desk.jitter = broken  # type: ignore[method-assign]
    server.pages |= {"/a": answer(b"", "503 Busy"), "/b": PAGE}
    outcomes = desk.all([server.url("/a"), server.url("/b")])
    failure = outcomes[server.url("/a")]
    assert isinstance(failure, FetchFailure)
    assert "ZeroDivisionError" in failure.reason
    assert isinstance(outcomes[server.url("/b")], Capture)


@pytest.mark.parametrize(
    "cookie", ["\x80=\xff", "a=1; Max-Age=" + "9" * 400, "=", "a=" + "x" * 30_000, '"a="b; Domain="']
)
def test_odd_cookies_do_no_harm(desk: Desk, server: Server, cookie: str) -> None:
    server.pages["*"] = answer(b"", "200 OK", f"Set-Cookie: {cookie}")
    outcomes = desk.all(server.url(f"/{n}") for n in range(3))
    assert all(isinstance(outcome, Capture) for outcome in outcomes.values())


def test_results_that_nobody_takes_stop_the_fetching(desk: Desk, server: Server) -> None:
    server.pages["*"] = PAGE
    with desk.fetcher(hosts_at_once=2) as fetcher:
        outcomes = fetcher.fetch(Request(url=server.url(f"/{n}")) for n in range(100))
        next(outcomes)
        time.sleep(0.2)
        assert len(server.targets()) <= 6
        assert len(list(outcomes)) == 99


def test_results_that_nobody_takes_stop_the_fetching_also_among_bad_addresses(desk: Desk, server: Server) -> None:
    server.pages["*"] = PAGE
    with desk.fetcher(hosts_at_once=1) as fetcher:
        urls = [*(f"nonsense-{n}" for n in range(30)), *(server.url(f"/{n}") for n in range(30))]
        outcomes = fetcher.fetch(Request(url=url) for url in urls)
        assert all(isinstance(next(outcomes), FetchFailure) for _ in range(28))
        time.sleep(0.2)
        assert len(server.targets()) <= 3


def test_calls_may_be_nested_and_share_what_is_known(desk: Desk, server: Server) -> None:
    server.pages["*"] = PAGE
    with desk.fetcher(hosts_at_once=1) as fetcher:

        def from_feed() -> Iterator[Request]:
            for n in range(10):
                (feed,) = fetcher.fetch([Request(url=server.url(f"/feed{n}"))])
                assert isinstance(feed, Capture)
                yield Request(url=server.url(f"/{n}"))

        assert len(list(fetcher.fetch(from_feed()))) == 10
    assert server.targets(robots=True).count("/robots.txt") == 1
