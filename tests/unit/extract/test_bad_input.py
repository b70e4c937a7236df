"""No page makes the extractor raise, lose text or take more than linear time."""

from __future__ import annotations

import json
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.extract import as_record, explain, extract
from archiver.model import Extraction

STORY = (
    "<h1>Harbour bridge closes for repairs</h1>"
    "<p>The harbour bridge in Brisk will be closed for three weeks from Monday, the council said.</p>"
    "<p>Engineers found cracks in two of the eleven cables during an inspection in März.</p>"
)
TEXT = "\n".join(
    (
        "The harbour bridge in Brisk will be closed for three weeks from Monday, the council said.",
        "Engineers found cracks in two of the eleven cables during an inspection in März.",
    )
)


def read(html: bytes | str, content_type: str = "") -> Extraction:
    found = extract(html, url="https://paper.example/bridge", content_type=content_type)
    json.dumps(as_record(found.article)).encode()
    return found


@pytest.mark.parametrize("levels", [300, 2050, 5000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_text_below_many_levels_and_all_that_follows_survive(levels: int):
    after = "<p>All that follows the deepest part of the page is there as well, said Ada Quill.</p>"
    found = read(f"<html><body>{'<div>' * levels}{STORY}{'</div>' * levels}{after}</body></html>")
    assert found.article.headline == "Harbour bridge closes for repairs"
    assert found.article.text == f"{TEXT}\n{after[3:-4]}"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (STORY.encode(), "text/html; charset=iso-8859-1"),
        (STORY.encode("cp1252"), "text/html; charset=utf-8"),
        (STORY.encode("cp1252"), "text/html; charset=windows-1252"),
        (STORY.encode("latin-1"), "text/html; charset=no-such-thing"),
        (b"\xef\xbb\xbf" + STORY.encode(), ""),
        (STORY.encode("utf-16"), ""),
        (STORY.encode("utf-16-le"), "text/html"),
        (STORY.encode("utf-16-be"), "text/html; charset=utf-16be"),
        (b'<meta charset="utf-16">' + STORY.encode(), ""),
        (STORY.replace("cracks", "cra\0cks").encode(), ""),
        (STORY.encode() + b"\0" * 5000, ""),
        (STORY.encode() + b"<p>M\xfcller</p>", "text/html; charset=utf-8"),
    ],
)
def test_wrong_missing_and_lying_encodings(data: bytes, content_type: str):
    assert read(data, content_type).article.text.startswith(TEXT)


@pytest.mark.parametrize(
    "data",
    [
        "[" * 100_000,
        '{"@type": "NewsArticle", "wordCount": ' + "9" * 100_000 + "}",
        '{"@type": ["NewsArticle", 3], "headline": {"a": 1}, "author": [[["x"]], 5, null, {"name": {"q": 1}}]}',
        '{"@type": "NewsArticle", "datePublished": "9999-99-99T99:99:99+99:99", "author": {"@id": "#me"}}',
        '{"@type": "NewsArticle", "isAccessibleForFree": [], "articleBody": {"x": 2}, "publisher": 7}',
        '{"@type": "NewsArticle", "headline": "a\nb",}',
        "\ud800{",
        "<!-- nothing -->",
        '{"@graph": [' + ",".join(['{"@type": "Thing"}'] * 20_000) + "]}",
    ],
    ids=lambda data: data[:30],
)
def test_structured_data_that_cannot_be_read_costs_metadata_only(data: str):
    found = read(f'<script type="application/ld+json">{data}</script>{STORY}')
    assert found.article.text == TEXT
    assert found.article.published is None


def test_attributes_without_end_cost_nothing():
    attributes = " ".join(f'a{n}="{n}"' for n in range(100_000))
    began = time.process_time()
    found = read(f"<html><body><div {attributes}>{STORY}</div></body></html>")
    assert found.article.text == TEXT
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "html",
    [
        "",
        "x",
        "<!-- -->",
        "<p>",
        "\0" * 1000,
        "<" * 1000,
        "<div>" * 3000 + "<p><b><i><a href=x>" * 300,
        "<p>" + "12/" * 50_000,
        "<p class=byline>" + "By By and " * 10_000,
        "<p>" + "x<br>" * 50_000,
        "<h1>" + "x<br>" * 20_000 + "</h1>",
        "<title>" + "Bridge - closed: " * 5_000 + "</title>",
        "<title>" + "Bridge - closed: " * 5_000,
        "<table>" + "<tr><td>" * 5_000,
        '<meta property="article:published_time" content="' + "1" * 100_000 + '">',
    ],
    ids=lambda html: html[:20],
)
def test_markup_of_any_kind_is_read_in_time(html: str):
    began = time.process_time()
    read(html)
    read(html + STORY)
    assert time.process_time() - began < 10


AFTER = "Buses will run over the old bridge in the meantime, said the engineer Ada Quill on Friday."


def around(trouble: str) -> str:
    return f"<html><body><main>{STORY}{trouble}<p>{AFTER}</p></main></body></html>"


@pytest.mark.parametrize(
    "trouble", ["<div><p><b><i><ul><li><a href=/x>" * 3000, "<table><tr><td>" * 3000], ids=["everything", "tables"]
)
def test_text_below_elements_that_nobody_closed_survives(trouble: str):
    assert read(around(trouble)).article.text == f"{TEXT}\n{AFTER}"


def test_text_around_bytes_that_are_no_text_survives():
    noise = random.Random(7).randbytes(300_000)
    text = read(around("#").encode().replace(b"#", noise)).article.text
    assert all(line in text for line in (*TEXT.splitlines(), AFTER))


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["<div><b>x</b></div>", "x<br>", "<li>x", "<p>Two words. ", "<td>1,204"])
def test_text_among_hundreds_of_thousands_of_tiny_blocks_survives_in_time(piece: str):
    began = time.process_time()
    found = read(around(f"<ul><table>{piece * 400_000}</table></ul>"))
    assert all(line in found.article.text for line in (*TEXT.splitlines(), AFTER))
    assert any("more blocks than can be read" in warning for warning in found.warnings)
    assert time.process_time() - began < 30


@pytest.mark.slow
def test_time_is_linear_in_the_page():
    line = "<p>The council of Brisk met again today and voted for the new budget, which grows by {n} percent.</p>\n"

    def seconds(paragraphs: int) -> float:
        html = "<html><body>" + STORY + "".join(line.format(n=n) for n in range(paragraphs))
        began = time.process_time()
        assert len(read(html).article.body) == paragraphs + 2
        return time.process_time() - began

    seconds(1000)
    assert seconds(80_000) < 8 * 3 * max(seconds(10_000), 0.1)


PIECES = st.sampled_from(
    [
        "<div>",
        "</div>",
        "<p>",
        "</p>",
        "<ul>",
        "<li>",
        "</li>",
        "<b>",
        "</b>",
        "<table>",
        "<tr>",
        "<td>",
        "<h1>",
        "</h1>",
        "<h2>",
        "<a\xa0href=/x>",
        "</a>",
        "<br>",
        "<figure>",
        "<figcaption>",
        "</figure>",
        "<blockquote>",
        "<time\xa0datetime=2031-02-30>",
        "<script>",
        "</script>",
        "<style>",
        "<!--",
        "-->",
        "<![CDATA[",
        "&amp;",
        "&#0;",
        "&#x110000;",
        "<span\xa0class=byline>",
        "By\xa0Ada\xa0Quill",
        "6\xa0May\xa02031",
        "Correction:",
        "<svg>",
        "<iframe>",
        "<template>",
        "<article>",
        "</article>",
        "<nav>",
        "\u202e",
        "�",
        "記事",
        "خبر",
        ".",
        "“",
        "”",
        "<img\xa0src=data:x\xa0alt=y>",
        "<base\xa0href=//x/>",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=60), st.integers(0, 2))
def test_any_soup_of_tags_gives_an_extraction(pieces: list[str], previous: int):
    html = " ".join(pieces).replace("\u00a0", " ")
    found = read(html)
    again = extract(html, url="https://paper.example/bridge", previous=found.article if previous else None)
    assert again.article.headline == found.article.headline
    explain(html)


@pytest.mark.slow
def test_a_thousand_pages_with_random_bytes_in_them():
    chance = random.Random(7)
    page = bytearray(STORY.encode() * 3)
    for _ in range(1000):
        broken = page[:]
        for _ in range(chance.randrange(80)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        read(bytes(broken), chance.choice(["", "text/html; charset=gbk", "charset=utf-16", "charset=bogus"]))
