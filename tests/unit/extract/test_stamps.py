"""Published, modified, the article's stamps and the site's: each apart, in its own words, and nothing invented."""

from __future__ import annotations

import json

import pytest

from archiver.extract import extract_article
from archiver.model import Article, PageDate

TEXT = (
    "<p>The ferry to Ostrel was taken out of the water on Monday, and nobody at the harbour office could say for how "
    "long it would stay there, or who was to pay for it.</p>"
    "<p>On 9 October 2029 the council of Brisk had voted for a third scraping of the hull.</p>"
    "<p>Its engine dates from 4 May 2011, when the mayor of the day signed for it in a tent on the quay.</p>"
)


def read(
    *, above: str = "", below: str = "", outside: str = "", after: str = "", head: str = "", url: str = "", **ld: str
) -> Article:
    """`above` and `below` the text within the article, `outside` above it, `after` below it."""
    script = json.dumps({"@type": "NewsArticle", **ld}) if ld else ""
    html = (
        f'<html lang="en-gb"><head>{head}<script type="application/ld+json">{script}</script></head><body>'
        f"<div>{outside}</div><article><h1>Ferry to Ostrel laid up again</h1>{above}<div>{TEXT}</div>{below}</article>"
        f"<footer>{after}</footer></body></html>"
    )
    return extract_article(html, url=url or "https://courier.example/news/ferry")


def value(date: PageDate | None) -> str:
    return date.iso if date else ""


def test_a_date_that_only_stands_in_the_text_is_not_the_articles():
    article = read()
    assert (article.published, article.modified, article.stamps, article.site_stamp) == (None, None, (), None)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("<div>By Ada Quill · 12 May 2031</div>", "12 May 2031"),
        ("<div>Published on <b>12 May 2031</b></div>", "Published on 12 May 2031"),
        ("<div><span>12.</span> <span>May 2031</span></div>", "12. May 2031"),
        ("<p>Brisk, 12 May 2031 - 08:30 - Photo: Ada Quill/Courier</p>", "12 May 2031 - 08:30"),
    ],
)
def test_a_date_at_the_head_of_the_article_is_its_own(line: str, text: str):
    article = read(above=line)
    assert article.published is not None
    assert (article.published.text, article.published.value[:10], article.published.origin) == (
        text,
        "2031-05-12",
        "text",
    )


def test_of_two_dates_the_one_nearer_to_the_headline_counts():
    assert value(read(outside="<p>14 May 2031</p>", above="<p>12 May 2031</p>").published) == "2031-05-12"


def test_a_date_below_the_text_counts_unless_it_is_one_of_many():
    assert value(read(below="<p class='d'>Filed by Ada Quill, 12 May 2031</p>").published) == "2031-05-12"
    comments = "".join(f"<p class='d'>Bo, 1{n} May 2031</p>" for n in range(4))
    assert read(below=comments).published is None


def test_the_date_that_opens_the_text():
    opened = TEXT.replace("<p>The", "<p>(12.05.2031) The", 1)
    html = f"<html lang='de'><h1>Ferry to Ostrel laid up again</h1><div>{opened}</div></html>"
    assert value(extract_article(html).published) == "2031-05-12"


def test_what_the_reader_sees_wins_over_a_time_element_of_another_week():
    line = '<p><time datetime="2031-05-20T10:18:46Z">Published on 12 May 2031</time></p>'
    assert value(read(above=line).published) == "2031-05-12"


@pytest.mark.parametrize(
    ("shown", "published"),
    [
        ("12 May 2031", "2031-05-12"),
        ('<time datetime="2031-05-12T21:11:03-05:00">yesterday</time>', "2031-05-12T21:11:03-05:00"),
        ("12 May 2031 21:11", "2031-05-12T21:11"),
        ("13 May 2031", "2031-05-13T02:11:03+00:00"),
        ("11 May 2031", "2031-05-13T02:11:03+00:00"),
        ("", "2031-05-13T02:11:03+00:00"),
    ],
)
def test_the_newsrooms_own_day_where_a_server_declares_utc(shown: str, published: str):
    assert value(read(above=f"<div>{shown}</div>", datePublished="2031-05-13T02:11:03Z").published) == published


def test_the_order_of_a_declared_date_is_settled_by_what_the_page_shows():
    head = '<meta name="date" content="11/01/2031 12:43:42">'
    assert value(read(head=head).published) == "2031-01-11T12:43:42"
    assert value(read(head=head, above="<div>1 November 2031</div>").published) == "2031-11-01"


def test_stamps_stay_apart_from_what_is_declared():
    article = read(
        above="<p>Published 12 May 2031, updated 13 May 2031 08:10</p>",
        below="<p>Last updated: 14 May 2031 09:30 BST</p>",
        datePublished="2031-05-12T06:00:00+01:00",
        dateModified="2031-05-14T10:00:00+01:00",
    )
    assert value(article.published) == "2031-05-12T06:00:00+01:00"
    assert value(article.modified) == "2031-05-14T10:00:00+01:00"
    assert [(stamp.text, stamp.iso) for stamp in article.stamps] == [
        ("updated 13 May 2031 08:10", "2031-05-13T08:10"),
        ("Last updated: 14 May 2031 09:30 BST", "2031-05-14T09:30"),
    ]
    assert article.site_stamp is None


def test_an_update_line_outside_the_article_is_the_sites():
    line = "<p>Last update: 14 May 2031 09:30</p>"
    for article in (read(outside=line), read(after=line)):
        assert article.site_stamp is not None
        assert article.site_stamp.text == "Last update: 14 May 2031 09:30"
        assert article.stamps == ()


def test_update_lines_of_other_stories_below_are_nobodys():
    teasers = "".join(f"<div><a href='/{n}'>Ferry {n}</a><p>Updated: 1{n} May 2031</p></div>" for n in range(3))
    assert read(after=teasers).site_stamp is None


def test_microdata_on_any_element():
    line = '<p itemprop="datePublished" content="2031-05-12 10:31:00">May 2031</p>'
    assert value(read(above=line).published) == "2031-05-12T10:31:00"


@pytest.mark.parametrize("url", ["https://courier.example/2031/05/12/ferry", "https://courier.example/ferry-20310512"])
def test_the_address_names_the_day_where_the_page_shows_none(url: str):
    published = read(url=url).published
    assert published is not None
    assert (published.value, published.precision, published.origin) == ("2031-05-12", "day", "url")
