"""robots.txt over real sockets: what a site forbids is never requested."""

from __future__ import annotations

import pytest
from wire_server import HANG_UP, PAGE, Desk, Script, Server, answer, in_turn, redirect, zipped

from archiver.fetch.robots import READ_BYTES, rules_from
from archiver.model import Capture, FetchFailure

pytest_plugins = ("wire_fixtures",)

CLOSED = b"User-agent: *\nDisallow: /closed\n"


@pytest.mark.parametrize(
    "robots",
    [
        pytest.param(answer(CLOSED), id="plain"),
        pytest.param(answer(b"\xef\xbb\xbf" + CLOSED), id="byte order mark"),
        pytest.param(answer(CLOSED.replace(b"\n", b"\r")), id="carriage returns"),
        pytest.param(answer(CLOSED.replace(b"\n", b"\r\n")), id="both"),
        pytest.param(zipped(CLOSED), id="gzip"),
        pytest.param(
            answer(b"User-agent: other\nDisallow: /\n\nUser-agent: Archiver\nDisallow: /clo*d$"), id="wildcard"
        ),
        pytest.param(answer(b"User-agent: *\nAllow: /\nDisallow: /closed"), id="longest match"),
        pytest.param(answer(CLOSED + b"\0\xff# junk " * 100), id="junk"),
        pytest.param(answer(CLOSED + b"# padding\n" * 300_000), id="3 MB"),
        pytest.param(zipped(CLOSED + b"# padding\n" * 3_000_000), id="bomb"),
        pytest.param(redirect("/r1"), id="redirected"),
        pytest.param(in_turn(answer(b"", "503 Busy"), answer(CLOSED)), id="second try"),
        pytest.param(in_turn(answer(b"", "503 Busy", "Retry-After: 0"), answer(CLOSED)), id="second try when told"),
    ],
)
def test_what_is_disallowed_is_never_requested(desk: Desk, server: Server, robots: Script) -> None:
    server.pages |= {"/robots.txt": robots, "/closed": PAGE, "/open": PAGE, "/go": redirect("/closed")}
    server.pages |= {f"/r{n}": redirect(f"/r{n + 1}") for n in range(1, 5)} | {"/r5": answer(CLOSED)}
    outcomes = desk.all(server.url(path) for path in ("/closed", "/open", "/go"))
    for path in ("/closed", "/go"):
        failure = outcomes[server.url(path)]
        assert isinstance(failure, FetchFailure)
        assert failure.kind == "robots"
        assert "/closed" in failure.reason
    assert isinstance(outcomes[server.url("/open")], Capture)
    assert "/closed" not in server.targets()
    assert "redirected to" in outcomes[server.url("/go")].reason  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("robots", "words"),
    [
        pytest.param(answer(b"", "503 Service Unavailable"), "robots.txt answered 503", id="503"),
        pytest.param(answer(b"", "500 Oops"), "robots.txt answered 500", id="500"),
        pytest.param(lambda seen: [60.0], "did not answer", id="stall"),
        pytest.param(lambda seen: [HANG_UP], "robots.txt cannot be read", id="hangs up"),
        pytest.param(lambda seen: [answer(b"User-agent", length=99), HANG_UP], "broke off", id="cut"),
        pytest.param(answer(b"x", "200 OK", "Content-Encoding: br"), "not offered", id="br"),
        pytest.param(redirect("file:///etc/passwd"), "redirects to no address", id="redirect to a file"),
        pytest.param(answer(b"User-agent: *\nDisallow: /"), "disallows", id="all"),
    ],
)
def test_silence_and_server_errors_close_the_site(desk: Desk, server: Server, robots: Script, words: str) -> None:
    server.pages |= {"/robots.txt": robots, "*": PAGE}
    outcomes = desk.all((server.url("/a"), server.url("/b")), deadline_s=0.4)
    for outcome in outcomes.values():
        assert isinstance(outcome, FetchFailure)
        assert outcome.kind == "robots"
        assert words in outcome.reason
        assert ("next run asks" in outcome.hint) is (words != "disallows")
    assert server.targets() == []


@pytest.mark.parametrize(
    "robots",
    [
        answer(b"", "404 Not Found"),
        answer(b"", "403 Forbidden"),
        answer(b"", "410 Gone"),
        answer(b"", "204 No Content"),
        answer(b"<html><body>Disallowed? Not here.</body></html>"),
        lambda seen: redirect(f"/robots.txt?{len(seen.target)}"),
        answer(b"User-agent: *\nDisallow:\n"),
        answer(b"User-agent: otherbot\nDisallow: /\n"),
    ],
)
def test_no_rules_means_open(desk: Desk, server: Server, robots: Script) -> None:
    server.pages |= {"/robots.txt": robots, "/a": PAGE}
    assert desk.capture(server.url("/a")).status == 200


def test_an_endless_file_is_read_in_part(desk: Desk, server: Server) -> None:
    def steps(_seen: object):
        yield b"HTTP/1.1 200 OK\r\n\r\n" + CLOSED
        for _ in range(10_000):
            yield b"# padding\n" * 6_000

    server.pages |= {"/robots.txt": steps, "/open": PAGE}
    outcomes = desk.all([server.url("/open"), server.url("/closed")])
    assert isinstance(outcomes[server.url("/open")], Capture)
    assert isinstance(outcomes[server.url("/closed")], FetchFailure)


def test_a_rule_cut_in_the_middle_is_no_rule() -> None:
    start = b"User-agent: *\nDisallow: /closed\n"
    long = start + b"#" * (READ_BYTES - len(start) - 12) + b"\nDisallow: /" + b"desk\n"
    assert len(long) > READ_BYTES
    rules = rules_from(200, long)
    assert rules.refusal("https://courier.example/a") == ""
    assert rules.refusal("https://courier.example/closed") != ""


def test_it_is_read_once_for_each_origin_and_each_has_its_own(desk: Desk, server: Server) -> None:
    with Server(pages={"/robots.txt": answer(b"User-agent: *\nDisallow: /"), "*": PAGE}) as other:
        server.pages["*"] = PAGE
        hosts = frozenset({server.netloc, other.netloc})
        urls = [site.url(f"/{n}") for n in range(5) for site in (server, other)]
        outcomes = desk.all(urls, allow_hosts=hosts)
        assert sum(isinstance(outcome, Capture) for outcome in outcomes.values()) == 5
        assert (server.targets(robots=True).count("/robots.txt"), other.targets(robots=True)) == (1, ["/robots.txt"])


def test_robots_txt_itself_may_be_fetched(desk: Desk, server: Server) -> None:
    server.pages["/robots.txt"] = answer(b"User-agent: *\nDisallow: /\nSitemap: /s.xml")
    assert b"Sitemap" in desk.capture(server.url("/robots.txt")).content


@pytest.mark.parametrize(
    ("robots", "delay"),
    [
        (b"User-agent: *\nCrawl-delay: 7", 7.0),
        (b"User-agent: *\nCrawl-delay: 0.5\nRequest-rate: 1/10", 10.0),
        (b"User-agent: *\nRequest-rate: 30/1m", 2.0),
        (b"User-agent: *\nCrawl-delay: soon", 0.0),
        (b"User-agent: *\nCrawl-delay: -5", 0.0),
        (b"User-agent: *\nCrawl-delay: inf", 0.0),
        (b"User-agent: other\nCrawl-delay: 7", 0.0),
        (b"", 0.0),
    ],
)
def test_the_pause_a_site_asks_for(robots: bytes, delay: float) -> None:
    assert rules_from(200, robots).delay_s == delay
