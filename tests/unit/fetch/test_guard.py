"""Private addresses are refused before anything is sent, however they are written or reached."""

from __future__ import annotations

import socket
import time

import pytest
from wire_server import HANG_UP, PAGE, Desk, Server, redirect

from archiver.fetch.addresses import refusal
from archiver.model import FetchFailure

pytest_plugins = ("wire_fixtures",)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("10.1.2.3", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("100.64.0.1", "CGNAT"),
        ("100.127.255.255", "CGNAT"),
        ("169.254.169.254", "link-local"),
        ("168.63.129.16", "cloud"),
        ("192.0.0.192", "reserved"),
        ("198.19.0.1", "benchmarking"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.255", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::1", "loopback"),
        ("::", "unspecified"),
        ("::7f00:1", "reserved"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:10.0.0.1", "private"),
        ("64:ff9b::7f00:1", "loopback"),
        ("64:ff9b::a9fe:a9fe", "link-local"),
        ("64:ff9b:1::1", "reserved"),
        ("2002:7f00:1::", "6to4"),
        ("2002:808:808::1", "6to4"),
        ("2001:0:808:808::1", "Teredo"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fd00:ec2::254", "private"),
        ("fec0::1", "private"),
        ("ff02::1", "multicast"),
        ("2001:db8::1", "documentation"),
        ("5f00::1", "reserved"),
        ("8.8.8.8", ""),
        ("100.63.255.255", ""),
        ("172.32.0.1", ""),
        ("2606:4700::1", ""),
        ("::ffff:8.8.8.8", ""),
        ("64:ff9b::808:808", ""),
    ],
)
def test_the_kind_of_an_address(address: str, words: str) -> None:
    assert words in refusal(address)
    assert bool(refusal(address)) is bool(words)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "0",
        "１２７.0.0.1",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[::]",
        "inner.example",
        "mixed.example",
        "mapped.example",
        "reader@127.0.0.1",
        "news.example\\@127.0.0.1",
    ],
)
@pytest.mark.parametrize("way", ["direct", "redirect"])
def test_private_hosts_are_refused_before_contact(
    desk: Desk, server: Server, canary: Server, host: str, way: str
) -> None:
    inside = {
        "localhost": ["127.0.0.1"],
        "inner.example": ["127.0.0.1"],
        "mixed.example": ["127.0.0.1", "93.184.216.34"],
        "mapped.example": ["::ffff:127.0.0.1"],
        "news.example": ["127.0.0.1"],
    }
    target = f"http://{host}:{canary.port}/"
    server.pages["/a"] = redirect(target.encode("utf-8").decode("latin-1"))
    allowed = frozenset({server.netloc})
    desk.names |= inside
    failure = desk.failure(target if way == "direct" else server.url("/a"), allow_hosts=allowed)
    assert failure.kind == "refused"
    if "@" not in host:
        assert f":{canary.port} permits it" in failure.hint
        assert "--allow-host" in failure.hint


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "javascript:alert(1)", "gopher://x/", "http://a:hunter2@news.example/", "http://["],
)
def test_a_redirect_to_anything_but_http_is_refused(desk: Desk, server: Server, location: str) -> None:
    server.pages["/a"] = redirect(location)
    failure = desk.failure(server.url("/a"))
    assert failure.kind == "refused"
    assert "hunter2" not in failure.reason + failure.hint


def test_robots_txt_cannot_lead_inside(desk: Desk, server: Server, canary: Server) -> None:
    server.pages |= {"/robots.txt": redirect(canary.url("/robots.txt")), "/a": PAGE}
    failure = desk.failure(server.url("/a"))
    assert failure.kind == "robots"
    assert "loopback" in failure.reason
    assert server.targets() == []


def test_permission_is_for_one_host_and_one_port(desk: Desk, server: Server, canary: Server) -> None:
    desk.names["courier.example"] = ["127.0.0.1"]
    server.pages["*"] = PAGE
    outcomes = desk.all(
        [server.url("/a"), server.url("/a", "courier.example"), canary.url("/a")],
        allow_hosts=frozenset({server.netloc}),
    )
    kinds = {url: outcome.kind for url, outcome in outcomes.items() if isinstance(outcome, FetchFailure)}
    assert kinds == {server.url("/a", "courier.example"): "refused", canary.url("/a"): "refused"}


def test_a_name_that_changes_its_answer_gains_nothing(server: Server) -> None:
    with Server(address="127.0.0.2", port=server.port, pages={"*": PAGE}) as trap:
        answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])
        desk = Desk(server, {"flip.example": []})
        desk.resolve = lambda host: next(answers)  # type: ignore[method-assign]
        server.pages["*"] = lambda seen: [PAGE, HANG_UP]
        outcomes = desk.all(server.url(f"/{n}", "flip.example") for n in range(3))
        assert [type(outcome).__name__ for outcome in outcomes.values()] == ["Capture"] * 3
        assert server.connections > 1
        assert trap.connections == 0


def test_the_next_address_is_tried_when_one_is_dead(desk: Desk, server: Server) -> None:
    desk.names["courier.example"] = ["127.0.0.9", "127.0.0.1"]
    server.pages["*"] = PAGE
    assert desk.capture(server.url("/a", "courier.example")).ip == "127.0.0.1"


def test_a_name_that_does_not_exist(desk: Desk, server: Server) -> None:
    failure = desk.failure("http://nowhere.example/a")
    assert failure.kind == "dns"
    assert "nowhere.example" in failure.reason
    assert "not known" in failure.reason


def test_a_resolver_that_hangs_or_breaks_costs_one_deadline(desk: Desk, server: Server) -> None:
    def slow(host: str) -> list[str]:
        if host == "stuck.example":
            time.sleep(0.8)
        raise RuntimeError("resolver broken") if host == "broken.example" else socket.gaierror(host)

    desk.resolve = slow  # type: ignore[method-assign]
    server.pages["*"] = PAGE
    started = time.monotonic()
    outcomes = desk.all(["http://stuck.example/", "http://broken.example/", server.url("/a")], connect_s=0.3)
    assert time.monotonic() - started < 0.75
    kinds = {url: outcome.kind for url, outcome in outcomes.items() if isinstance(outcome, FetchFailure)}
    assert kinds == {"http://stuck.example/": "dns", "http://broken.example/": "dns"}


def test_a_closed_port(desk: Desk, server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"127.0.0.1:{listener.getsockname()[1]}"
    failure = desk.failure(f"http://{closed}/", allow_hosts=frozenset({closed}))
    assert failure.kind == "connect"
    assert "127.0.0.1" in failure.reason
    assert "refused" in failure.reason
