"""Pauses, waits and second tries: alone with numbers, then over real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_server import HANG_UP, PAGE, RESET, Desk, Seen, Server, answer, in_turn

from archiver.fetch.pace import Pace, backoff, retry_after
from archiver.model import Capture, FetchFailure, Request

pytest_plugins = ("wire_fixtures",)

NOW = datetime(2031, 3, 4, 9, 30, tzinfo=UTC)


def test_the_pause_begins_when_the_answer_ends() -> None:
    pace = Pace(2.0, 60.0)
    assert pace.pause(100.0) == 0
    pace.answered(100.0, 0.1)
    assert pace.pause(100.5) == 1.5
    assert pace.pause(103.0) == 0


def test_a_slow_server_is_asked_less_often_within_bounds() -> None:
    pace = Pace(2.0, 60.0)
    pace.answered(100.0, 5.0)
    assert pace.pause(100.0) == 10
    pace.answered(200.0, 500.0)
    assert pace.pause(200.0) == 60
    pace.slow_down()
    pace.slow_down()
    pace.answered(300.0, 0.1)
    assert pace.pause(300.0) == 8


def test_without_a_pause_of_our_own_only_the_sites_wish_counts() -> None:
    pace = Pace(0.0, 60.0)
    pace.answered(100.0, 5.0)
    pace.slow_down()
    assert pace.pause(100.0) == 0
    pace.at_least(100_000)
    pace.answered(100.0, 5.0)
    assert pace.pause(100.0) == 60


def test_backing_off_doubles_up_to_a_bound() -> None:
    assert [backoff(tries, lambda most: most, 10.0) for tries in (0, 1, 2, 3, 4, 5000)] == [1, 2, 4, 8, 10, 10]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Tue, 04 Mar 2031 09:31:00 GMT", 60.0),
        ("Tue, 04 Mar 2031 09:31:00 -0000", 60.0),
        ("Tue, 04 Mar 2031 09:00:00 GMT", 0.0),
        ("9" * 400, float("9" * 18)),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Tue, 99 Mar 99999999999 09:31:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(
    st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,5} [A-Z][a-z]{2} \d{1,12} \d\d:\d\d:\d\d [+A-Z0-9]{1,9}")
)
def test_retry_after_is_total(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 522, 524])
def test_a_passing_trouble_is_tried_again_and_a_lasting_one_is_a_capture(
    desk: Desk, server: Server, status: int
) -> None:
    trouble = answer(b"later", f"{status} Trouble")
    server.pages |= {"/once": in_turn(trouble, PAGE), "/always": trouble}
    outcomes = desk.all([server.url("/once"), server.url("/always")])
    assert {outcome.status for outcome in outcomes.values() if isinstance(outcome, Capture)} == {200, status}
    assert server.targets() == ["/once"] * 2 + ["/always"] * 3
    assert desk.waits == [1.0, 1.0, 2.0]


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "501 Not Implemented"])
def test_other_troubles_are_not_tried_again(desk: Desk, server: Server, status: str) -> None:
    server.pages["/a"] = answer(b"no", status)
    assert desk.capture(server.url("/a")).status == int(status[:3])
    assert len(server.targets()) == 1


def test_the_retries_of_a_host_are_counted(desk: Desk, server: Server) -> None:
    server.pages["*"] = answer(b"later", "502 Trouble")
    server.pages["/robots.txt"] = answer(b"")
    desk.all((server.url(f"/{n}") for n in range(10)), host_retries=5)
    assert len(server.targets()) == 15


def test_retry_after_is_waited_for(desk: Desk, server: Server) -> None:
    server.pages["/a"] = in_turn(answer(b"later", "503 Busy", "Retry-After: 1"), PAGE)
    assert desk.capture(server.url("/a")).status == 200
    first, second = server.seen[-2:]
    assert second.at - first.ended > 0.95


@pytest.mark.parametrize("wish", ["86400", "Tue, 04 Mar 2231 09:30:00 GMT"])
def test_a_wait_of_a_day_ends_the_hosts_run(desk: Desk, server: Server, wish: str) -> None:
    server.pages |= {"/a": answer(b"later", "429 Too Many", f"Retry-After: {wish}"), "/b": PAGE}
    outcomes = desk.all([server.url("/a"), server.url("/b")])
    first, second = outcomes[server.url("/a")], outcomes[server.url("/b")]
    assert isinstance(first, Capture)
    assert first.status == 429
    assert isinstance(second, FetchFailure)
    assert "asks to be left alone" in second.reason
    assert server.targets() == ["/a"]


def test_a_host_that_wants_to_be_left_alone_is_so_on_robots_txt_too(desk: Desk, server: Server) -> None:
    server.pages["/robots.txt"] = answer(b"", "503 Busy", "Retry-After: 86400")
    secure = server.url("/b").replace("http:", "https:")
    outcomes = desk.all([server.url("/a"), secure])
    assert all(isinstance(outcome, FetchFailure) for outcome in outcomes.values())
    assert "asks to be left alone" in outcomes[secure].reason
    assert server.targets(robots=True) == ["/robots.txt"]
    assert server.connections == 1


@pytest.mark.parametrize("wish", ["soon", "-1", "", "9" * 5])
def test_a_crawl_delay_and_junk_in_retry_after_end_within_bounds(desk: Desk, server: Server, wish: str) -> None:
    server.pages["/robots.txt"] = answer(b"User-agent: *\nCrawl-delay: 100000")
    server.pages["/a"] = in_turn(answer(b"later", "503 Busy", f"Retry-After: {wish}"), PAGE)
    started = time.monotonic()
    desk.all([server.url("/a")], max_delay_s=0.1)
    assert time.monotonic() - started < 2


def test_a_host_that_never_answers_is_given_up_for_the_run(desk: Desk, server: Server) -> None:
    server.pages["*"] = lambda seen: [60.0]
    server.pages["/robots.txt"] = answer(b"")
    started = time.monotonic()
    outcomes = desk.all((server.url(f"/{n}") for n in range(50)), deadline_s=0.15)
    assert time.monotonic() - started < 2
    assert {outcome.kind for outcome in outcomes.values() if isinstance(outcome, FetchFailure)} == {"timeout"}
    assert len(server.targets()) == 3


def test_a_host_that_answers_now_and_then_is_given_up_too(desk: Desk, server: Server) -> None:
    server.pages["*"] = lambda seen: [PAGE] if len(server.seen) % 2 else [60.0]
    server.pages["/robots.txt"] = answer(b"")
    outcomes = desk.all((server.url(f"/{n}") for n in range(50)), deadline_s=0.06)
    assert sum(isinstance(outcome, Capture) for outcome in outcomes.values()) in (9, 10)
    assert any("given up" in outcome.reason for outcome in outcomes.values())


def test_a_page_that_breaks_the_connection_does_not_cost_the_host(desk: Desk, server: Server) -> None:
    server.pages |= {"/a": lambda seen: [answer(b"x", length=9), 0.05, RESET], "/b": PAGE}
    outcomes = desk.all([server.url("/a"), server.url("/a?2"), server.url("/b")])
    assert all(isinstance(outcomes[server.url(path)], FetchFailure) for path in ("/a", "/a?2"))
    assert isinstance(outcomes[server.url("/b")], Capture)


def test_a_host_is_asked_one_thing_at_a_time_with_a_pause_after_each_answer(desk: Desk, server: Server) -> None:
    server.pages["*"] = lambda seen: [0.02, PAGE]
    desk.all((server.url(f"/{n}") for n in range(5)), delay_s=0.1)
    assert server.connections == 1
    for before, after in zip(server.seen, server.seen[1:], strict=False):
        assert after.at - before.ended > 0.095


def test_a_site_that_asks_for_a_pause_gets_it(desk: Desk, server: Server) -> None:
    server.pages |= {"/robots.txt": answer(b"User-agent: *\nCrawl-delay: 0.2"), "*": PAGE}
    desk.all(server.url(f"/{n}") for n in range(2))
    assert server.seen[-1].at - server.seen[-2].ended > 0.19


def test_a_site_that_is_too_busy_is_asked_less_often_from_then_on(desk: Desk, server: Server) -> None:
    server.pages |= {"/a": in_turn(answer(b"later", "503 Busy"), PAGE), "/b": PAGE}
    desk.all([server.url("/a"), server.url("/b")], delay_s=0.1)
    assert server.seen[-1].at - server.seen[-2].ended > 0.19


@pytest.fixture
def at_once(server: Server) -> list[int]:
    """How many requests are being answered, each time that one begins."""
    now, seen_at_once = [0], []

    def slowly(seen: Seen):
        now[0] += 1
        seen_at_once.append(now[0])
        yield 0.05
        now[0] -= 1
        yield PAGE

    server.pages["*"] = slowly
    return seen_at_once


def test_only_so_many_hosts_are_asked_at_once(desk: Desk, server: Server, at_once: list[int]) -> None:
    desk.names |= {f"paper{n}.example": ["127.0.0.1"] for n in range(6)}
    desk.all((server.url("/a", host) for host in desk.names), hosts_at_once=3)
    assert max(at_once) == 3


def test_also_two_calls_ask_a_host_one_thing_at_a_time(desk: Desk, server: Server, at_once: list[int]) -> None:
    with desk.fetcher() as fetcher:

        def more() -> Iterator[Request]:
            yield from (Request(url=server.url(f"/{n}")) for n in range(40))
            assert len(list(fetcher.fetch([Request(url=server.url("/inner"))]))) == 1

        outcomes = fetcher.fetch(more())
        next(outcomes)
        outcomes.close()
    assert "/inner" in server.targets()
    assert max(at_once) == 1


def test_robots_txt_of_another_host_does_not_lead_to_one_that_wants_to_be_left_alone(
    desk: Desk, server: Server
) -> None:
    desk.names["other.example"] = ["127.0.0.1"]
    server.pages |= {"/a": answer(b"", "429 Too Many", "Retry-After: 86400")}
    with desk.fetcher() as fetcher:
        list(fetcher.fetch([Request(url=server.url("/a"))]))
        server.pages["/robots.txt"] = answer(b"", "302 Found", f"Location: {server.url('/elsewhere')}")
        (outcome,) = fetcher.fetch([Request(url=server.url("/b", "other.example"))])
    assert isinstance(outcome, FetchFailure)
    assert outcome.kind == "robots"
    assert "/elsewhere" not in server.targets()


def test_no_host_waits_for_another(desk: Desk, server: Server) -> None:
    with Server(address="127.0.0.2") as slow:
        slow.pages["*"] = lambda seen: [0.3, PAGE]
        server.pages["*"] = PAGE
        urls = [slow.url(f"/{n}") for n in range(100)] + [server.url(f"/{n}") for n in range(20)]
        with desk.fetcher(allow_hosts=frozenset({server.netloc, slow.netloc}), hosts_at_once=2) as fetcher:
            started = time.monotonic()
            outcomes = fetcher.fetch(Request(url=url) for url in urls)
            fast = [outcome for outcome, _ in zip(outcomes, range(20), strict=False)]
            outcomes.close()
        assert time.monotonic() - started < 2
        assert sum(server.netloc in outcome.requested_url for outcome in fast) >= 18  # type: ignore[union-attr]


def test_a_redirect_to_a_slow_host_does_not_hold_up_the_others(desk: Desk, server: Server) -> None:
    with Server(address="127.0.0.2", pages={"*": lambda seen: [0.4, PAGE]}) as slow:
        server.pages |= {"*": PAGE, "/away": answer(b"", "302 Found", f"Location: {slow.url('/x')}")}
        hosts = frozenset({server.netloc, slow.netloc})
        outcomes = desk.all([server.url("/away"), server.url("/b")], allow_hosts=hosts)
        assert list(outcomes) == [server.url("/b"), server.url("/away")]


def test_a_dead_connection_counts_as_a_retry(desk: Desk, server: Server) -> None:
    scripts = iter([[HANG_UP], [PAGE]])
    server.pages["/a"] = lambda seen: next(scripts)
    assert desk.capture(server.url("/a")).status == 200
