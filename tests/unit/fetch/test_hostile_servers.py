"""Servers that waste time or memory, or hand out parts: bounded, told clearly, and never a capture of a part."""

from __future__ import annotations

import gzip
import random
import time
import zlib

import pytest
from wire_server import HANG_UP, PAGE, Desk, Script, Server, answer, in_turn, redirect, zipped

from archiver.model import Capture, FetchFailure

pytest_plugins = ("wire_fixtures",)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS_S = 60


def endless(first: bytes, more: bytes, pause: float = 0.0) -> Script:
    def steps(_seen: object):
        yield first
        ends = time.monotonic() + ENDLESS_S
        while time.monotonic() < ends:
            yield more
            if pause:
                yield pause

    return steps


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(lambda seen: [float(ENDLESS_S)], id="says nothing"),
        pytest.param(lambda seen: [answer(b"<h1>Orsk", length=5000), float(ENDLESS_S)], id="stalls in the body"),
        pytest.param(endless(answer(b"", length=5000), b"x", 0.05), id="drips the body"),
        pytest.param(endless(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", 0.05), id="drips the head"),
        pytest.param(endless(CHUNKED, b"1\r\nx\r\n", 0.05), id="drips chunks"),
        pytest.param(endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.05), id="drips interim answers"),
    ],
)
def test_nobody_stretches_the_deadline(desk: Desk, server: Server, page: Script) -> None:
    server.pages |= {"/slow": page, "/next": PAGE}
    started = time.monotonic()
    outcomes = desk.all([server.url("/slow"), server.url("/next")], deadline_s=0.4)
    assert time.monotonic() - started < 2
    slow, following = outcomes[server.url("/slow")], outcomes[server.url("/next")]
    assert isinstance(slow, FetchFailure)
    assert slow.kind == "timeout"
    assert "0.4 s" in slow.reason
    assert isinstance(following, Capture)
    assert following.status == 200


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(answer(b"x" * 300_000), id="declared"),
        pytest.param(endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536), id="endless"),
        pytest.param(endless(CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n"), id="endless chunks"),
        pytest.param(zipped(b"\0" * 50_000_000), id="bomb"),
        pytest.param(zipped(gzip.compress(b"\0" * 50_000_000) * 20), id="bomb within a bomb, first layer"),
        pytest.param(answer(b"", "200 OK", "X-Big: " + "x" * 2_000_000), id="one huge header"),
        pytest.param(answer(b"", "200 OK", *(f"X-{n}: {n}" for n in range(20_000))), id="many headers"),
        pytest.param(
            lambda seen: [b"HTTP/1.1 200 OK\r\nX-Big: " + b"x" * 60_000, 0.1, b"x" * 10_000 + b"\r\n\r\n"],
            id="a header a little too long",
        ),
        pytest.param(endless(b"HTTP/1.1 200 OK\r\nX-Big: ", b"x" * 65536), id="endless header"),
        pytest.param(endless(b"HTTP/1.1 200 OK\r\n", b"X-More: more\r\n" * 1000), id="endless headers"),
        pytest.param(endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100), id="endless interim answers"),
    ],
)
def test_nobody_fills_the_memory(desk: Desk, server: Server, page: Script) -> None:
    server.pages |= {"/big": page, "/next": PAGE}
    outcomes = desk.all([server.url("/big"), server.url("/next")], max_wire_bytes=200_000, max_decoded_bytes=500_000)
    big, following = outcomes[server.url("/big")], outcomes[server.url("/next")]
    assert isinstance(big, FetchFailure)
    assert big.kind == "too-large"
    assert isinstance(following, Capture)


def test_a_page_within_the_bounds_is_taken(desk: Desk, server: Server) -> None:
    server.pages |= {"/plain": answer(b"x" * 200_000), "/zipped": zipped(b"x" * 500_000)}
    for path in server.pages:
        capture = desk.capture(server.url(path), max_wire_bytes=200_000, max_decoded_bytes=500_000)
        assert set(capture.content) == {ord("x")}


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(answer(b"x", "200 OK", "Content-Encoding: br"), id="br"),
        pytest.param(answer(zlib.compress(b"x"), "200 OK", "Content-Encoding: deflate"), id="deflate"),
        pytest.param(answer(b"x", "200 OK", "Content-Encoding: zstd"), id="zstd"),
        pytest.param(zipped(gzip.compress(b"x"), "Content-Encoding: gzip"), id="gzip twice in two headers"),
        pytest.param(answer(gzip.compress(gzip.compress(b"x")), "200 OK", "Content-Encoding: gzip, gzip"), id="twice"),
    ],
)
def test_a_coding_that_was_not_offered_is_refused(desk: Desk, server: Server, page: bytes) -> None:
    server.pages["/a"] = page
    failure = desk.failure(server.url("/a"))
    assert failure.kind == "protocol"
    assert "not offered" in failure.reason
    assert len(server.targets()) == 1


PARTS: dict[str, Script] = {
    "short by its length": lambda seen: [answer(b"Half a page", length=500), HANG_UP],
    "long by its length": lambda seen: [answer(b"Half a page and the rest", length=11), HANG_UP],
    "cut between chunks": lambda seen: [CHUNKED + b"4\r\nHalf\r\n", HANG_UP],
    "cut in a chunk": lambda seen: [CHUNKED + b"40\r\nHalf", HANG_UP],
    "cut gzip": zipped(b"A page of the Orsk Courier. " * 50, cut=12),
    "cut gzip trailer": zipped(b"A page of the Orsk Courier. " * 50, cut=1),
    "damaged gzip": answer(b"\x1f\x8b\x08 no gzip at all", "200 OK", "Content-Encoding: gzip"),
    "206": answer(b"Half a page", "206 Partial Content", "Content-Range: bytes 0-10/500"),
    "cut head": lambda seen: [b"HTTP/1.1 200 OK\r\nContent-", HANG_UP],
    "no answer": lambda seen: [HANG_UP],
    "no HTTP": lambda seen: [b"220 mail.orsk.example ESMTP\r\n\r\n", HANG_UP],
    "two lengths": lambda seen: [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 11\r\n\r\nHalf a page",
        HANG_UP,
    ],
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_never_a_capture(desk: Desk, server: Server, part: str) -> None:
    server.pages["/a"] = PARTS[part]
    failure = desk.failure(server.url("/a"))
    assert failure.kind in ("protocol", "connect")
    assert len(server.targets()) == 3
    assert desk.waits == [1.0, 2.0]


@pytest.mark.parametrize("part", PARTS)
def test_a_second_try_may_bring_the_whole(desk: Desk, server: Server, part: str) -> None:
    scripts = iter([PARTS[part], PAGE])

    def once_broken(seen):
        script = next(scripts)
        return script if isinstance(script, bytes) else script(seen)

    server.pages["/a"] = once_broken
    assert desk.capture(server.url("/a")).payload == PAGE.partition(b"\r\n\r\n")[2]
    assert len(server.targets()) == 2


def test_chunks_count_more_than_a_length_beside_them(desk: Desk, server: Server) -> None:
    head = CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n")
    server.pages["/a"] = head + b"4\r\nOrsk\r\n0\r\n\r\n"
    assert desk.capture(server.url("/a")).content == b"Orsk"


def test_a_stray_line_end_after_the_page_is_forgiven(desk: Desk, server: Server) -> None:
    server.pages["/a"] = PAGE + b"\r\n"
    assert len(desk.all(server.url(f"/a?{n}") for n in range(3))) == 3
    assert len(server.targets()) == 3


def test_gzip_in_several_parts_is_one_page_but_not_in_thousands(desk: Desk, server: Server) -> None:
    parts = gzip.compress(b"Orsk ") + gzip.compress(b"Courier") + b"\0" * 8
    server.pages["/a"] = answer(parts, "200 OK", "Content-Encoding: x-gzip")
    server.pages["/b"] = answer(gzip.compress(b"") * 5000, "200 OK", "Content-Encoding: gzip")
    assert desk.capture(server.url("/a")).content == b"Orsk Courier"
    assert desk.failure(server.url("/b")).kind == "protocol"


def test_a_redirect_with_a_huge_body_is_followed_all_the_same(desk: Desk, server: Server) -> None:
    server.pages["/b"] = PAGE
    head = b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n"
    server.pages["/a"] = endless(head, b"x" * 65536)
    assert desk.capture(server.url("/a")).url == server.url("/b")


def test_a_reset_connection_is_tried_again(desk: Desk, server: Server) -> None:
    server.pages["/a"] = in_turn(answer(b"busy", "502 Bad Gateway"), redirect("/b"))
    server.pages["/b"] = PAGE
    assert desk.capture(server.url("/a")).status == 200


ODD_LOCATIONS = [
    "//",
    "http://",
    "https:/x",
    "#",
    "\\\\x",
    "http://[::1",
    "http://a b/",
    "http://%",
    "http://\xff/",
    "/\x7f",
]
ODD_LOCATIONS += ["http://x:99999/", "http://xn--/", "http://" + "a" * 300, "http://.."]
ODD_LOCATIONS += ["/?" + "%" * 50, "x" * 50_000]
ODD_BYTES = [b"\r\n", b"\n", b"\0", b": ", b"\xff" * 5, b"9" * 30, b"Content-Length: 5\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]
ODD_BYTES += [b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n", b"\r\n4\r\n"]


def mutated(page: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.randrange(4)):
        at = dice.randrange(len(page) + 1)
        page = page[:at] + dice.choice([*ODD_BYTES, b""]) + page[at + dice.choice([0, 0, 1, 8, 1000]) :]
    return page


@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_server_sends_each_request_comes_to_one_plain_end(desk: Desk, server: Server, seed: int) -> None:
    dice = random.Random(seed)
    pages = [
        PAGE,
        zipped(b"Orsk " * 50),
        CHUNKED + b"4\r\nOrsk\r\n0\r\n\r\n",
        answer(b"", "503 Busy", "Retry-After: 0"),
    ]
    pages += [b"HTTP/1.1 304 Not Modified\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\nOrsk", b"HTTP/1.1 101 Switch\r\n\r\n"]
    pages += [redirect(location) for location in ODD_LOCATIONS]
    server.pages |= {"/robots.txt": answer(b""), "*": lambda seen: [mutated(dice.choice(pages), dice), HANG_UP]}
    outcomes = desk.all((server.url(f"/{n}") for n in range(150)), deadline_s=0.2, host_retries=1000)
    faults = [o.reason for o in outcomes.values() if isinstance(o, FetchFailure) and "report this" in o.hint]
    assert faults == []
