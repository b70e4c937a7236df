"""The headline is what the reader sees; what the page declares stays beside it."""

from __future__ import annotations

import re

import pytest

from archiver.extract import extract_article
from archiver.model import Article

TEXT = (
    "<p>The ferry to Ostrel was taken out of the water on Monday, and nobody at the harbour office could say for how "
    "long it would stay there.</p><p>Its hull had been scraped twice since the spring, the mayor of Brisk told the "
    "council, and the third scrape was one too many for the insurers.</p>"
)
MAIN = "Ferry to Ostrel laid up after third scrape"


def read(shown: str, *, title: str = "", og: str = "", site: str = "The Brisk Courier") -> Article:
    metas = f'<meta property="og:site_name" content="{site}">' if site else ""
    metas += f'<meta property="og:title" content="{og}">' if og else ""
    html = f"<html><head><title>{title}</title>{metas}</head><body>{shown}<div>{TEXT}</div></body></html>"
    return extract_article(html, url="https://courier.example/news/ferry")


def h1_of(article: Article) -> str:
    return next(variant.text for variant in article.variants if variant.origin == "h1")


@pytest.mark.parametrize("declared", ["Ostrel ferry laid up", "Something else entirely, said the mayor", ""])
def test_the_h1_counts_not_what_the_page_declares(declared: str):
    article = read(f"<h1>{MAIN}</h1>", og=declared)
    assert article.headline == h1_of(article) == MAIN


@pytest.mark.parametrize(
    "trail",
    [
        "<nav><ul><li><a href='/'>Home</a></li><li><h1>Ferry laid up: {}</h1></li></ul></nav>",
        "<ol><li><a href='/'>Home</a></li><li>/</li><li><h1>Ferry laid up: {}</h1></li></ol>",
    ],
)
def test_an_h1_that_ends_a_trail_of_links_is_not_what_the_reader_sees(trail: str):
    stale = trail.format("harbour office silent")
    article = read(f"{stale}<h2>{MAIN}</h2>", og=MAIN, title="Ferry laid up: harbour office silent")
    assert article.headline == MAIN
    assert h1_of(article) == "Ferry laid up: harbour office silent"
    assert MAIN not in article.text


def test_an_h1_below_the_links_of_its_section_stays_the_headline():
    article = read(f"<nav><a href='/news'>News</a><h1>{MAIN}</h1></nav><h2>What the insurers say now</h2>", og=MAIN)
    assert article.headline == MAIN


@pytest.mark.parametrize(
    "heading",
    [
        "<h1><span>Harbour</span> {}</h1>",
        "<h1><span class='x'>Harbour</span>{}</h1>",
        "<h1><small>Harbour</small><br>{}</h1>",
        "<h1><div>Harbour</div><div>{}</div></h1>",
        "<h1><b class='k'>Harbour</b> <i class='s'>/</i> <span class='h'>{}</span></h1>",
    ],
)
def test_a_kicker_that_the_heading_sets_apart_goes_by_what_the_page_declares(heading: str):
    assert read(heading.format(MAIN), og=MAIN).headline == MAIN
    whole = read(heading.format(MAIN), og=f"Harbour / {MAIN}").headline
    assert whole.replace(" /", "") == f"Harbour {MAIN}"


def test_words_that_the_heading_does_not_set_apart_stay():
    assert read(f"<h1>The {MAIN}</h1>", og=MAIN).headline == f"The {MAIN}"
    assert read(f"<h1>Harbour: {MAIN}</h1>", og=MAIN).headline == f"Harbour: {MAIN}"


def test_a_kicker_above_the_heading_counts_where_every_declared_title_has_it():
    shown = f"<div>Harbour</div><h1>{MAIN}</h1>"
    assert read(shown, og=f"Harbour: {MAIN}").headline == f"Harbour: {MAIN}"
    assert read(shown, og=MAIN).headline == MAIN
    assert read(shown.replace("third", "fourth"), og=f"Harbour: {MAIN}").headline == f"Harbour: {MAIN}".replace(
        "third", "fourth"
    )


@pytest.mark.parametrize("title", [f"{MAIN} | Notes from the quay", f"{MAIN} - Notes from the quay"])
def test_an_h1_that_names_the_site_is_no_headline(title: str):
    shown = f"<h1><a href='/'>Notes from the quay</a></h1><h2><a href='/news/ferry'>{MAIN}</a></h2>"
    article = read(shown, title=title, site="")
    assert article.headline == MAIN


def test_without_a_heading_the_declared_title_stands_in_without_the_site():
    for name in ("The Brisk Courier", "Courier - News, opinion and weather"):
        assert read("", title=f"{MAIN} - {name}", site=name).headline == MAIN
    assert read("", title="Ferry - a story of three scrapes").headline == "Ferry - a story of three scrapes"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("<div itemprop='headline'>Ostrel ferry will not sail this year</div>", "Ferry: what travellers must know"),
        (f"<h2>{MAIN}</h2>", f"{MAIN} (2031/5) | The Brisk Courier"),
        ("<h2><a href='/news/ferry'>Ferry blues</a></h2>", "Ferry blues : Songs of the quay"),
    ],
    ids=["marked", "declared with more", "of two words"],
)
def test_without_an_h1_the_heading_that_is_shown_counts(heading: str, title: str):
    shown = re.sub("<[^>]+>", "", heading)
    assert read(heading, title=title).headline == shown


def test_headlines_that_lead_to_other_stories_are_none_of_this_page():
    others = "".join(f"<div itemprop='headline'><a href='/{n}'>Ferry story {n} of the week</a></div>" for n in range(3))
    assert read(others, title=f"{MAIN} | The Brisk Courier").headline == MAIN
    linked = f"<h2><a href='/other'>{MAIN} on Monday</a></h2>"
    assert read(linked, title=f"{MAIN} | The Brisk Courier").headline == MAIN
