from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import BadUrl
from archiver.urls import host_and_port, join_url, normalise_url, origin_of, without_tracking


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("HTTP://News.Example", "http://news.example/"),
        ("https://news.example:443/a", "https://news.example/a"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        ("https://news.example:/a", "https://news.example/a"),
        ("https://news.example./a", "https://news.example/a"),
        ("https://news.example/a#top", "https://news.example/a"),
        ("https://news.example/a?#top", "https://news.example/a"),
        ("https://news.example/a/./b/../c/..", "https://news.example/a/"),
        ("https://news.example/../../a", "https://news.example/a"),
        ("https://news.example/a/%2e%2E/b", "https://news.example/b"),
        ("https://news.example/%7Ereed/%c3%a9", "https://news.example/~reed/%C3%A9"),
        ("https://news.example/é ü", "https://news.example/%C3%A9%20%C3%BC"),
        ("https://news.example/50%", "https://news.example/50%25"),
        ("https://news.example/a%2Fb", "https://news.example/a%2Fb"),
        ("https://news.example/a//b/", "https://news.example/a//b/"),
        ("https://news.example/a?b=c d&e={f}", "https://news.example/a?b=c%20d&e=%7Bf%7D"),
        ("https://news.example/a?q=x+y&p=\\", "https://news.example/a?q=x+y&p=%5C"),
        ("https://news.example?id=7", "https://news.example/?id=7"),
        ("  https://news.example/a\n", "https://news.example/a"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://XN--fa-HIA.example/", "https://xn--fa-hia.example/"),
        ("https://n%65ws.example/", "https://news.example/"),
        ("https://n_ws.example/", "https://n_ws.example/"),
        ("https:\\\\news.example\\a", "https://news.example/a"),
        ("http://news.example\\@inner.example/", "http://news.example/@inner.example/"),
        ("http://[2001:DB8:0::1]:80/", "http://[2001:db8::1]/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f000001/", "http://127.0.0.1/"),
        ("http://0177.0.0.1/", "http://127.0.0.1/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://0/", "http://0.0.0.0/"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
    ],
)
def test_one_spelling(given_url: str, expected: str) -> None:
    assert normalise_url(given_url) == expected
    assert normalise_url(expected) == expected


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("utm_source=mail&id=7&utm_medium=x", "?id=7"),
        ("UTM_Source=mail", ""),
        ("fbclid=1", ""),
        ("b=2&a=1&gclid=z", "?b=2&a=1"),
        ("%75tm_source=hidden", ""),
        ("ref=front&source=wire&share=1&page=2&cmp=1", "?ref=front&source=wire&share=1&page=2&cmp=1"),
        ("utm=1&xutm_source=2", "?utm=1&xutm_source=2"),
        ("flag&empty=&xtor=RSS-1", "?flag&empty="),
        ("q=utm_source=5", "?q=utm_source=5"),
    ],
)
def test_tracking_parameters_are_dropped_and_the_others_keep_their_order(query: str, kept: str) -> None:
    assert normalise_url(f"https://news.example/a?{query}") == f"https://news.example/a{kept}"
    assert without_tracking(f"https://news.example/a?{query}#end") == f"https://news.example/a{kept}#end"


@pytest.mark.parametrize(
    ("url", "words", "hint"),
    [
        ("news.example/a", "no http:// or https://", "https://news.example/a"),
        ("news.example:8080/a", "no http:// or https://", "https://news.example:8080/a"),
        ("localhost:8080", "no http:// or https://", "https://localhost:8080/"),
        ("//news.example/a", "no http:// or https://", "https://news.example/a"),
        ("", "empty", "https://"),
        (" \n", "empty", "https://"),
        ("a story", "no http:// or https://", "https://news.example"),
        ("mailto:desk@news.example", "not mailto", ""),
        ("file:///etc/passwd", "not file", ""),
        ("javascript:alert(1)", "not javascript", ""),
        ("https:news.example", "no host", ""),
        ("https:///a", "no host", ""),
        ("https://:80/", "no host", ""),
        ("https://news.example:99999/", "no port", ""),
        ("https://news.example:-1/", "no port", ""),
        ("https://news.example:٣/", "no port", ""),
        ("https://news exa.example/", "no host name", ""),
        ("https://news..example/", "no host name", ""),
        ("https://" + "a" * 64 + ".example/", "no host name", ""),
        ("https://" + "a." * 130 + "example/", "no host name", ""),
        ("https://news.example/a\tb", "control character", ""),
        ("https://news.example/\x00b", "control character", ""),
        ("https://news.example/a\nb", "control character", ""),
        ("https://news.example/\ud800", "surrogate", ""),
        ("https://news\ud800.example/", "", ""),
        ("https://%ff.example/", "no host name", ""),
        ("https://xn--.example/", "no host name", ""),
        ("https://xn--99999999999.example/", "no host name", ""),
        ("https://1.2.3.4.5/", "no IPv4", ""),
        ("https://256.1.1.1/", "no IPv4", ""),
        ("https://09.1.1.1/", "no IPv4", ""),
        ("https://4294967296/", "no IPv4", ""),
        ("https://news.example/" + "é" * 2000, "longer than", ""),
        ("https://[::1/", "", ""),
        ("https://[fe80::1%25eth0]/", "no IPv6", ""),
        ("https://[news]/", "no IPv6", ""),
    ],
)
def test_what_is_no_address_is_refused_in_one_line(url: str, words: str, hint: str) -> None:
    with pytest.raises(BadUrl) as caught:
        normalise_url(url)
    assert words in str(caught.value)
    assert hint in caught.value.hint
    assert len((str(caught.value) + caught.value.hint).splitlines()) <= 1


@pytest.mark.parametrize(
    "url",
    [
        "https://reader:hunter2@news.example/a",
        "https://hunter2@news.example/a",
        "https://a:b@c:hunter2@news.example/a",
        "reader:hunter2@news.example/a",
        "https://reader:hunter2@news.example:bad/a",
    ],
)
def test_a_password_is_refused_and_never_shown(url: str) -> None:
    with pytest.raises(BadUrl) as caught:
        normalise_url(url)
    assert "hunter2" not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize(
    ("base", "reference", "expected"),
    [
        ("https://news.example/a/b", "c?utm_source=x", "https://news.example/a/c?utm_source=x"),
        ("https://news.example/a/b", "/c", "https://news.example/c"),
        ("https://news.example/a/b", "//other.example/c", "https://other.example/c"),
        ("https://news.example/a/b", "\\\\other.example\\c", "https://other.example/c"),
        ("https://news.example/a/b", "/\\other.example", "https://other.example/"),
        ("https://news.example/a/b?x=1", "?y=2", "https://news.example/a/b?y=2"),
        ("https://news.example/a/b", " HTTP://Other.Example ", "http://other.example/"),
        ("https://news.example/a/b", "", "https://news.example/a/b"),
    ],
)
def test_a_reference_means_what_a_browser_takes_it_for(base: str, reference: str, expected: str) -> None:
    assert join_url(base, reference) == expected


@pytest.mark.parametrize(
    "reference", ["mailto:a@news.example", "javascript:void(0)", "data:,x", "http://[", "http://a:b@c/"]
)
def test_a_reference_to_something_else_is_refused(reference: str) -> None:
    with pytest.raises(BadUrl):
        join_url("https://news.example/", reference)


def test_host_port_and_origin() -> None:
    assert host_and_port("https://news.example/a") == ("news.example", 443)
    assert host_and_port("http://[::1]:8000/") == ("::1", 8000)
    assert origin_of("http://[::1]:8000/a?b") == "http://[::1]:8000"
    assert origin_of("https://news.example/a") == "https://news.example"


_PIECES = st.sampled_from(
    [
        *(
            "http://",
            "https://",
            "HTTPS://",
            "news.example",
            "bücher.example",
            "127.1",
            "0x7f.1",
            "[::1]",
            ":80",
            ":443",
        ),
        *("/", "//", "\\", "..", ".", "%2e", "%2E%2e", "%", "%4", "%41", "%%34", "%c3%A9", "?", "&", "=", "#", "@"),
        *(
            "utm_source",
            "fbclid=1",
            "id=7",
            "é",
            " ",
            "+",
            "a",
            "Z",
            "[",
            "]",
            "{",
            "\t",
            "\ud800",
            "。",
            "１",
            "ß",
            "xn--",
            "xn--fa-hia.",
        ),
    ]
)
_SOUP = st.lists(_PIECES, max_size=12).map("".join)
_ADDRESS = st.tuples(
    st.sampled_from(["http://news.example", "https://xn--fa-hia.example:8443"]), _SOUP | st.text()
).map("/".join)


@given(_ADDRESS | _SOUP | st.text())
def test_normalising_twice_changes_nothing_and_nothing_else_escapes(url: str) -> None:
    try:
        once = normalise_url(url)
    except BadUrl:
        return
    assert normalise_url(once) == once
    assert once.isascii()
    assert once.isprintable()
    assert " " not in once
    assert "#" not in once
    assert "@" not in once.split("/")[2]
    assert without_tracking(once) == once


@given(_ADDRESS | _SOUP | st.text())
def test_without_tracking_is_total_and_agrees_with_normalising(url: str) -> None:
    shorter = without_tracking(url)
    assert without_tracking(shorter) == shorter
    try:
        once = normalise_url(url)
    except BadUrl:
        return
    assert normalise_url(shorter) == once


@given(_ADDRESS, _SOUP | st.text())
def test_joining_gives_a_normal_form_or_a_bad_url(base: str, reference: str) -> None:
    try:
        joined = join_url(normalise_url(base), reference)
    except BadUrl:
        return
    assert join_url(joined, "") == joined
