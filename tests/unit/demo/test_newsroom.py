"""The fictional newsroom is a well-behaved server, and does at each moment what `STEPS` says."""

from __future__ import annotations

import gzip
import json
import re
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPMessage

import pytest

from archiver.demo import BRIDGE, FERRY, STEPS, WAREHOUSE
from archiver.demo.newsroom import Newsroom
from archiver.model import Event

Answer = tuple[int, HTTPMessage, bytes]


def ask(newsroom: Newsroom, path: str, *, method: str = "GET", **headers: str) -> Answer:
    host, port = newsroom.host.split(":")
    connection = HTTPConnection(host, int(port), timeout=5)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def page(newsroom: Newsroom, path: str) -> str:
    return ask(newsroom, path)[2].decode()


def stamp(html: str) -> str:
    return re.findall(r"Last update: (\w+ \d+, \d{4} \d\d:\d\d)", html)[0]


def copy(html: str) -> list[str]:
    return re.findall(r"<p>(.*?)</p>", html)


def test_says_what_it_sends(newsroom: Newsroom) -> None:
    status, headers, body = ask(newsroom, BRIDGE)
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert int(headers["Content-Length"]) == len(body)
    assert headers["Content-Encoding"] is None
    assert parsedate_to_datetime(headers["Last-Modified"]).year == 2023


def test_head_is_get_without_its_body(newsroom: Newsroom) -> None:
    _, got, body = ask(newsroom, BRIDGE)
    status, headed, nothing = ask(newsroom, BRIDGE, method="HEAD")
    assert (status, nothing) == (200, b"")
    assert [headed[name] for name in ("ETag", "Content-Length")] == [got["ETag"], str(len(body))]


def test_gzip_for_those_who_accept_it(newsroom: Newsroom) -> None:
    _, plain_headers, plain = ask(newsroom, BRIDGE)
    _, headers, body = ask(newsroom, BRIDGE, Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == plain
    assert headers["ETag"] != plain_headers["ETag"]
    assert headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_not_modified_until_it_is(newsroom: Newsroom, coding: str) -> None:
    _, headers, _ = ask(newsroom, BRIDGE, Accept_Encoding=coding)
    etag = headers["ETag"]
    status, again, body = ask(newsroom, BRIDGE, Accept_Encoding=coding, If_None_Match=etag)
    assert (status, again["ETag"], body) == (304, etag, b"")
    newsroom.moment = 2
    assert ask(newsroom, BRIDGE, Accept_Encoding=coding, If_None_Match=etag)[0] == 200


def test_a_page_that_never_changes_keeps_its_validators(newsroom: Newsroom) -> None:
    first = ask(newsroom, FERRY)[1]
    newsroom.moment = 4
    last = ask(newsroom, FERRY)[1]
    assert (first["ETag"], first["Last-Modified"]) == (last["ETag"], last["Last-Modified"])


def test_one_connection_serves_many_requests(newsroom: Newsroom) -> None:
    host, port = newsroom.host.split(":")
    connection = HTTPConnection(host, int(port), timeout=5)
    for path in (BRIDGE, "/nowhere/", "/robots.txt", FERRY):
        connection.request("GET", path)
        connection.getresponse().read()
    connection.close()


def test_robots_txt(newsroom: Newsroom) -> None:
    status, headers, body = ask(newsroom, "/robots.txt")
    assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert b"Disallow: /account/" in body


def test_listings_link_what_is_there(newsroom: Newsroom) -> None:
    front = page(newsroom, "/")
    assert all(newsroom.url(path) in newsroom.urls and path in front for path, _ in STEPS[0].expected)
    assert WAREHOUSE in page(newsroom, "/harbour/")
    assert BRIDGE not in page(newsroom, "/harbour/")
    newsroom.moment = 4
    assert WAREHOUSE not in page(newsroom, "/")
    assert ask(newsroom, "/nowhere/")[0] == 404


def test_no_two_articles_share_a_stamp(newsroom: Newsroom) -> None:
    for step in STEPS:
        newsroom.moment = step.moment
        stamps = [stamp(page(newsroom, path)) for path, event in step.expected if event is not Event.GONE]
        assert len(set(stamps)) == len(stamps)


def test_furniture_moves_on_every_moment(newsroom: Newsroom) -> None:
    seen = set()
    for step in STEPS:
        newsroom.moment = step.moment
        html = page(newsroom, BRIDGE)
        seen.add((html.split(" views")[0][-4:], html.partition("Most read")[2]))
    assert len(seen) == len(STEPS)


def test_structured_data_is_json_and_agrees_with_the_page(newsroom: Newsroom) -> None:
    html = page(newsroom, FERRY)
    stated = json.loads(re.findall(r'application/ld\+json">(.*?)</script>', html, re.DOTALL)[0])
    assert f"<h1>{stated['headline']}</h1>" in html
    assert stated["datePublished"] in html.replace(json.dumps(stated), "")


def test_every_moment_is_what_its_step_says(newsroom: Newsroom) -> None:
    versions: dict[str, tuple[str, list[str]]] = {}
    for step in STEPS:
        newsroom.moment = step.moment
        for path, event in step.expected:
            status, _, body = ask(newsroom, path)
            html = body.decode()
            assert status == (410 if event is Event.GONE else 200)
            if event is Event.GONE:
                continue
            now, before = (stamp(html), copy(html)), versions.get(path)
            versions[path] = now
            if event is Event.FIRST:
                assert before is None
                continue
            assert before is not None
            changed = (now[0] != before[0], now[1] != before[1])
            assert (
                changed
                == {
                    Event.SAME: (False, False),
                    Event.TOUCH: (True, False),
                    Event.EDIT: (step.name == "a correction", True),
                }[event]
            )


def test_the_bridge_story_changes_as_told(newsroom: Newsroom) -> None:
    told = []
    for step in STEPS:
        newsroom.moment = step.moment
        told.append(copy(page(newsroom, BRIDGE)))
    assert [len(paragraphs) for paragraphs in told] == [11, 11, 12, 12]
    assert [index for index in range(11) if told[1][index] != told[2][index]] == [10]
    assert told[1][10].replace("2,400", "3,100") == told[2][10]
    assert told[2][11].startswith("Correction: ")
    assert [index for index in range(12) if told[2][index] != told[3][index]] == [2]
    assert told[2][2].replace("spring", "autumn") == told[3][2]


def test_the_caption_repeats_a_sentence_of_the_text(newsroom: Newsroom) -> None:
    html = page(newsroom, BRIDGE)
    caption, credit = re.findall(r'<div class="legend">(.*) / (.*?)</div>', html)[0]
    assert credit == "Courier photo"
    assert any(paragraph.startswith(caption) for paragraph in copy(html))
