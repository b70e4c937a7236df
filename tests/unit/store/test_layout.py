from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.store import layout

NOW = datetime(2024, 4, 26, 20, 38, 12, tzinfo=UTC)


def test_a_key_names_host_fan_out_slug_and_id():
    key = layout.article_key("https://brookmere.example/news/2024/town-council-votes-for-bridge.html?page=1")
    assert re.fullmatch(r"brookmere\.example/([0-9a-f]{2})/town-council-votes-for-bridge~\1[0-9a-f]{10}", key)
    assert layout.article_path(key) == f"articles/{key}/article.md"
    assert layout.metadata_path(key) == f"articles/{key}/metadata.json"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://127.0.0.1:8080/a", "127.0.0.1~p8080"),
        ("http://[2001:db8::1]/a", "2001-db8--1"),
        ("https://xn--bcher-kva.example/a", "xn--bcher-kva.example"),
        ("https://aux.example/a", "~aux.example"),
        ("https://nul/a", "~nul"),
        ("https://auxiliary.example/a", "auxiliary.example"),
        ("http://git:1/a", "git~p1"),
    ],
)
def test_hosts_become_portable_names(url, host):
    assert layout.article_key(url).split("/")[0] == host


@pytest.mark.parametrize(
    ("url", "newsroom"),
    [
        ("http://127.0.0.1:8080/a", "127.0.0.1:8080"),
        ("https://brookmere.example/a", "brookmere.example"),
        ("https://prn.example:81/a", "~prn.example:81"),
        ("https://prn/a", "~prn"),
        ("https://p2/a", "p2"),
    ],
)
def test_a_newsroom_is_named_as_addresses_name_it(url, newsroom):
    assert layout.newsroom_of(layout.article_key(url)) == newsroom


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/", "page"),
        ("/2024/04/26/mayor-resigns/amp", "mayor-resigns"),
        ("/mayor-resigns/48213", "mayor-resigns"),
        ("/48213.html", "48213"),
        ("/caf%C3%A9-%C3%BCber-br%C3%BCcke", "cafe-uber-brucke"),
        ("/%D0%BC%D1%8D%D1%80", "page"),
        ("/" + "very-long-headline-" * 9, "very-long-headline-very-long-headline-ve"),
        ("/..%2f..%2f.git/config", "config"),
    ],
)
def test_the_slug_is_the_most_telling_segment(path, slug):
    assert layout.article_key(f"https://brookmere.example{path}").split("/")[2].split("~")[0] == slug


@given(st.one_of(st.text(), st.text().map("https://".__add__), st.text().map("https://brookmere.example/".__add__)))
@example("http://" + "a" * 300 + "/" + "b" * 300)
@example("http://con/con")
@example("http://.git/..")
@example("http://-x-/-")
@example("http://[")
@example("\ud800")
def test_every_key_is_made_of_portable_names(url):
    key = layout.article_key(url)
    assert layout.is_key(key)
    for name in key.split("/"):
        assert re.fullmatch(r"[a-z0-9._~-]{1,120}", name)
        assert name[0] not in ".-"
        assert name[-1] != "."
        assert name.split(".")[0] not in {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10))}


@given(st.text(), st.text())
def test_two_urls_never_share_a_folder(one, other):
    if one.encode("utf-8", "replace") != other.encode("utf-8", "replace"):
        assert layout.article_key(one).casefold() != layout.article_key(other).casefold()


@pytest.mark.parametrize(
    "key",
    ["", "a/b", "../ab/x~0123456789ab", "h/ab/x~0123456789ab/..", "h/ab/x~0123456789ab\n", ".git/ab/x~0123456789ab"],
)
def test_what_no_article_key_returns_is_no_key(key):
    assert not layout.is_key(key)


def test_run_ids_sort_by_time_and_name_their_files():
    run = layout.run_id(NOW.astimezone())
    assert run == "20240426T203812Z"
    assert layout.evidence_path(layout.evidence_name(run, 1)) == "captures/2024/04/20240426T203812Z.warc.gz"
    assert layout.evidence_path(layout.evidence_name(run, 2)) == "captures/2024/04/20240426T203812Z-2.warc.gz"
    assert layout.log_path(run) == "runs/2024/04/20240426T203812Z.jsonl"


@pytest.mark.parametrize("step", [timedelta(0), timedelta(seconds=-1), timedelta(days=-800)])
def test_run_ids_rise_when_the_clock_does_not(step):
    last = "20240426T235959Z" if step else layout.run_id(NOW)
    again = layout.run_id(NOW + step, last)
    assert again > last
    assert layout.is_run_id(again)
