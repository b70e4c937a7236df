"""What is in the text of an article, what is not, and what is one block."""

from __future__ import annotations

import json

import pytest

from archiver.extract import extract_article
from archiver.model import Article

URL = "https://paper.example/news/story"
H1 = "<h1>Fennick opens its new lock</h1>"
FIRST = [
    "The harbour office of Fennick opened its new lock on Monday after nine years of planning and two of building.",
    "Some forty boats passed through it within the first hour, said Odile Marrow, who keeps the books of the office.",
    "“Nobody had to wait for longer than a song,” she said, and pointed to the ferry that was leaving at that moment.",
    "The old lock will be filled in by spring, and a garden with a view of both basins is to be laid out above it.",
]
SECOND = [
    "The baker of Tarn has won the county's prize for rye bread for the third time in a row, the jury said on Sunday.",
    "Her loaves rest for two days before they see the oven, and she would not say what else she does to them.",
    "More than sixty bakers had sent in bread, of which the jury ate, by its own count, some eleven kilograms.",
    "The prize is worth nothing at all, but the queue before the shop reached the church by noon.",
    "Next year's prize will be for wheat, and the baker of Tarn says that she has never cared for wheat.",
]


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def read(body: str, *, head: str = "", title: str = "Fennick opens its new lock") -> Article:
    return extract_article(f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>", url=URL)


def text_of(article: Article) -> list[str]:
    return article.text.split("\n")


def test_the_text_ends_where_another_article_with_its_own_headline_begins():
    page = f"<article class='lead'>{H1}<div class='t'>{paragraphs(FIRST)}</div></article>"
    page += (
        f"<article class='next'><h1>Bread of Tarn wins again</h1><div class='t'>{paragraphs(SECOND)}</div></article>"
    )
    article = read(f"<main>{page}</main>")
    assert article.headline == "Fennick opens its new lock"
    assert text_of(article) == FIRST


def test_a_headline_element_over_a_section_of_the_same_text_ends_nothing():
    page = f"<article>{H1}{paragraphs(FIRST)}<h1>Bread</h1>{paragraphs(SECOND)}</article>"
    assert text_of(read(page)) == [*FIRST, "Bread", *SECOND]


def test_articles_beside_the_article_are_others():
    posts = "".join(f"<article class='post'><p>{text}</p></article>" for text in SECOND)
    page = f"<div class='page'><article class='post one'>{H1}{paragraphs(FIRST)}</article>"
    article = read(f"{page}<article class='post all'><h3>From our pages</h3>{posts}</article></div>")
    assert text_of(article) == FIRST


def test_a_section_of_the_text_with_another_article_in_it_is_text():
    card = "<article class='card'><h3><a href='/bread'>Rye bread of Tarn wins</a></h3></article>"
    sections = f"<section>{paragraphs(FIRST)}</section><section>{paragraphs(SECOND[:2])}{card}</section>"
    assert text_of(read(f"<article>{H1}<div>{sections}</div></article>")) == FIRST + SECOND[:2]


def test_the_headline_above_the_text_is_not_repeated_in_it_or_as_standfirst():
    again = "<h2 class='sub'><span>Harbours</span> Fennick opens its new lock</h2>"
    page = f"<article><header><h1>New lock for Fennick</h1>{again}</header><div>{paragraphs(FIRST)}</div></article>"
    head = "<meta property='og:title' content='Fennick opens its new lock'>"
    article = read(page, head=head, title="New lock for Fennick")
    assert (article.headline, article.standfirst) == ("New lock for Fennick", "")
    assert text_of(article) == FIRST


def test_what_stands_between_headline_and_text_is_a_standfirst_only_if_it_tells_something():
    by, caption = "<h2>By Odile Marrow and Ann Hollis of Fennick</h2>", "<div class='image-caption'><h2>{}</h2></div>"
    picture = caption.format("The lock of Fennick on Monday at noon")
    promo = "<h2>Sign up for our newsletter and read the news early</h2>"
    told = "<h2 class='summary'>It took nine years, and the boats hardly wait at all.</h2>"
    page = f"<article><header>{H1}{by}{picture}{promo}{told}</header><div>{paragraphs(FIRST)}</div></article>"
    article = read(page)
    assert article.standfirst == "It took nine years, and the boats hardly wait at all."
    assert text_of(article) == FIRST


def test_a_part_of_the_headline_that_the_text_repeats_stays():
    item = "<ul><li>Opens its new lock</li></ul>"
    page = f"<article>{H1}{paragraphs(FIRST[:2])}{item}{paragraphs(FIRST[2:])}</article>"
    assert text_of(read(page)) == [*FIRST[:2], "Opens its new lock", *FIRST[2:]]


def declared(texts: list[str]) -> str:
    data = json.dumps({"@type": "NewsArticle", "articleBody": " ".join(texts)})
    return f"<script type='application/ld+json'>{data}</script>"


@pytest.mark.parametrize("hiding", ["hidden", "style='display: none'"])
def test_a_part_for_subscribers_is_text_where_the_page_declares_it_as_its_body(hiding: str):
    rest = f"<div class='rest' {hiding}>{paragraphs(SECOND)}</div>"
    page = f"<article>{H1}{paragraphs(FIRST)}{rest}</article>"
    assert text_of(read(page, head=declared(FIRST + SECOND))) == FIRST + SECOND
    assert text_of(read(page, head=declared(FIRST))) == FIRST
    assert text_of(read(page)) == FIRST
    within = page.replace("<p>More", "<div hidden><p>Sing with us each Sunday in the hall.</p></div><p>More")
    assert text_of(read(within, head=declared(FIRST + SECOND))) == FIRST + SECOND


def test_a_hidden_copy_of_the_text_adds_nothing():
    page = f"<article>{H1}<div>{paragraphs(FIRST)}</div><div hidden>{paragraphs(FIRST)}</div></article>"
    assert text_of(read(page, head=declared(FIRST))) == FIRST


def between(block: str, *, before: str = "") -> list[str]:
    """The text of an article with a block after its second paragraph."""
    return text_of(read(f"<article>{H1}{before}{paragraphs(FIRST[:2])}{block}{paragraphs(FIRST[2:])}</article>"))


def kept(line: str) -> list[str]:
    return [*FIRST[:2], line, *FIRST[2:]]


QUESTION = (
    "You have kept the books of the harbour office for more than thirty years now, and you have seen four mayors come "
    "and go; what would you tell the fifth of them, should he ever ask?"
)


@pytest.mark.parametrize(
    ("block", "line"),
    [
        (f"<h4>{QUESTION}</h4>", QUESTION),
        ("<div class='subheading'>Who pays for the lock?</div>", "Who pays for the lock?"),
        ("<h2 class='widget-title'>Who pays for it</h2>", "Who pays for it"),
        (
            "<div class='story-widget story-tweet'><blockquote><p>What a morning at the lock!</p></blockquote></div>",
            "What a morning at the lock!",
        ),
        (
            "<p>The plans lay <a href='/plans'>in the library<span class='icon-vh'>(opens elsewhere)</span></a>.</p>",
            "The plans lay in the library.",
        ),
    ],
)
def test_a_block_of_the_story_stays_however_it_is_set(block: str, line: str):
    assert between(block) == kept(line)


@pytest.mark.parametrize(
    "block",
    [
        "<div class='q'><h3>Morning letter</h3><p>Sign up for our newsletter and read it over breakfast.</p></div>",
        "<div><div><h4><a href='/b'>Rye bread of Tarn</a></h4><p>It has won for the third time.</p></div></div>",
        "<p><time datetime='2024-04-26'>April 26, 2024 at noon</time></p>",
        "<p>Story continues below advertisement</p>",
        "<p><a href='/n'>Sign up for our newsletter and read the news of the harbour first.</a></p>",
        "<p>Article continues below this ad</p>",
        "<p>Share 12 comments</p>",
        "<p>コメント 12件</p>",
        "<p>Mit unserem Newsletter wissen Sie schon am Morgen, was in Fennick geschieht.</p>",
        "<p>Reciba las noticias del puerto cada domingo en su correo.</p>",
        "<p>Receba as notícias do porto no seu e-mail.</p>",
        "<p>हमारे न्यूज़लेटर को सब्सक्राइब करें और हर रविवार बंदरगाह की खबरें पाएं।</p>",
        "<p>On the harbour:</p><ul><li><a href='/1'>Ferries run again</a></li></ul>",
        "<p class='share-line'>Pass it on, neighbours!</p>",
        "<p>Der Artikel geht nach der Werbung weiter</p>",
        "<ul><li>Alle 12 Kommentare anzeigen</li></ul>",
        "<p>Haber reklamdan sonra devam ediyor</p>",
        "<p>查看全部12条评论</p>",
        "<p>Video: The lock from the air 1:32</p>",
        "<p>Have a tip? Odile Marrow is at marrow@paper.example. Follow her at @omarrow or on Facebook.</p>",
    ],
)
def test_a_block_that_is_no_story_goes(block: str):
    assert between(block) == FIRST


@pytest.mark.parametrize(
    "line", ["26 April 2024", "26.04.2024 - 15:48", "<i class='a'>26 April 2024</i><i class='b'>4 min read</i>"]
)
def test_a_date_above_the_text_is_none_of_it(line: str):
    assert between("", before=f"<p>{line}</p>") == FIRST


def test_a_dateline_of_its_own_stays():
    assert between("", before="<p>FENNICK, 26 April (Quill)</p>")[0] == "FENNICK, 26 April (Quill)"


def test_lines_of_linked_names_under_labels_of_their_own_are_text():
    towns = {"Upper county": ("Fennick", "Tarn", "Osk"), "Lower county": ("Brall", "Hythe"), "Isles": ("Nome", "Lund")}
    lines = [f"{county}: {', '.join(names)}" for county, names in towns.items()]
    names = {name: f"<a href='/{name}'>{name}</a>" for of_county in towns.values() for name in of_county}
    linked = [f"<p>{county}: {', '.join(map(names.get, of_county))}</p>" for county, of_county in towns.items()]
    assert between("".join(linked)) == [*FIRST[:2], *lines, *FIRST[2:]]
    assert between(linked[0]) == FIRST
    pointers = [f"<p>Read more: <a href='/{n}'>Ferries run</a>, <a href='/{n}'>school opens</a></p>" for n in range(4)]
    assert between("".join(pointers)) == FIRST


def test_a_page_built_of_widgets_is_read_and_a_single_widget_is_not():
    widgets = "".join(f"<div class='pb-widget pb-text'><div class='c'><p>{text}</p></div></div>" for text in FIRST)
    assert text_of(read(f"<div class='entry'>{H1}{widgets}</div>")) == FIRST
    assert (
        between("<div class='weather-widget'><p>It will be warm and dry all week along the coast.</p></div>") == FIRST
    )


def test_the_declared_body_does_not_turn_an_appeal_into_text():
    appeal = "Sign up for our newsletter and read the news of the harbour first."
    page = f"<article>{H1}{paragraphs(FIRST)}<p>{appeal}</p></article>"
    assert text_of(read(page, head=declared([*FIRST, appeal]))) == FIRST


def test_what_the_end_says_about_the_author_is_none_of_the_story():
    by = "<p class='byline'>By Odile Marrow</p>"
    said = "<p>Odile Marrow: And what did the boats do all those years?</p>"
    note = "<p>Odile Marrow is the harbour correspondent of this paper and keeps two goats.</p>"
    page = f"<article>{H1}{by}{paragraphs(FIRST[:3])}{said}{paragraphs(FIRST[3:])}{{}}</article>"
    assert read(page.format(note)).text == read(page.format("")).text
    assert "Odile Marrow: And what did the boats do all those years?" in text_of(read(page.format("")))


@pytest.mark.parametrize(
    "box",
    [
        '<aside class="correction"><p>{}</p></aside>',
        '<footer class="editors-note">{}</footer>',
        '<div class="box"><section class="story__corrections"><small>{}</small></section></div>',
    ],
)
def test_prose_in_a_box_that_calls_itself_a_correction_is_text_in_every_language_and_place(box: str):
    line = "Sululta on yhdeksän metriä pitkä, ei kuusi, kuten aiemmin kirjoitimme."
    inside = read(f"<article>{H1}{paragraphs(FIRST[:2])}{box.format(line)}{paragraphs(FIRST[2:])}</article>")
    below = read(f"<main><article>{H1}{paragraphs(FIRST)}</article>{box.format(line)}</main>")
    assert text_of(inside) == [*FIRST[:2], line, *FIRST[2:]]
    assert text_of(below) == [*FIRST, line]


def test_a_line_that_is_a_link_to_a_document_is_text_and_one_to_another_article_is_not():
    document = '<p><a href="/files/lock-report.pdf?v=2">Report of the county on the lock</a></p>'
    labelled = '<p>Read the ruling: <a href="https://court.example/r/17.PDF">The county against Fennick</a></p>'
    other = '<p><a href="/news/tarn">Bread of Tarn wins again for the third time</a></p>'
    article = read(f"<article>{H1}{paragraphs(FIRST[:2])}{document}{labelled}{other}{paragraphs(FIRST[2:])}</article>")
    lines = ["Report of the county on the lock", "Read the ruling: The county against Fennick"]
    assert text_of(article) == [*FIRST[:2], *lines, *FIRST[2:]]


@pytest.mark.parametrize(
    "figure",
    [
        "<figure><img src='/n.jpg'><figcaption>Sign up for our newsletter over breakfast.</figcaption></figure>",
        "<figure><img src='/c.jpg'><figcaption><a href='#c'>142 comments</a></figcaption></figure>",
        "<figure><p>More</p><ul><li><a href='/1'>Ferries run again after the storm</a></li>"
        "<li><a href='/2'>Bread of Tarn wins once more</a></li></ul></figure>",
        "<div><a href='/v/7'><img src='/v.jpg'><span>See how the lock was built</span> <span>1:32</span></a></div>",
    ],
)
def test_an_image_beside_an_appeal_or_another_headline_is_no_figure(figure: str):
    article = read(f"<article>{H1}{paragraphs(FIRST[:2])}{figure}{paragraphs(FIRST[2:])}</article>")
    assert (article.figures, text_of(article)) == ((), FIRST)
    assert all(block.kind != "caption" for block in article.body)


@pytest.mark.parametrize(
    "caption",
    [
        "Photo: <a href='https://quill.example/x'>Quill Photo</a>",
        "<a href='/big.jpg'>The lock of Fennick on its first morning, seen from the ferry.</a>",
        "Odile Marrow, in 1998.",
    ],
)
def test_a_caption_or_credit_with_a_link_is_one(caption: str):
    figure = f"<figure><img src='/lock.jpg'><figcaption>{caption}</figcaption></figure>"
    article = read(f"<article>{H1}{paragraphs(FIRST[:2])}{figure}{paragraphs(FIRST[2:])}</article>")
    assert len(article.figures) == 1
    assert article.figures[0].line


def test_a_line_of_one_word_that_is_a_sentence_is_no_label():
    assert between("<p>Watch.</p>") == kept("Watch.")


@pytest.mark.parametrize(
    "note", ["Not: Tanığın adı değiştirildi.", "注：文中人物为化名。", "Hinweis: Der Name ist geändert."]
)
def test_a_note_is_text_in_an_odd_box_and_no_notice_of_a_change(note: str):
    article = read(f"<article>{H1}{paragraphs(FIRST)}</article><aside class='b7'><small>{note}</small></aside>")
    assert text_of(article) == [*FIRST, note]
    assert article.notices == ()


def test_two_headings_right_below_each_other_both_stay():
    article = read(f"<article>{H1}{paragraphs(FIRST[:2])}<h3>Slow boats</h3><h2>Who pays</h2>{paragraphs(FIRST[2:])}")
    assert text_of(article) == [*FIRST[:2], "Slow boats", "Who pays", *FIRST[2:]]


@pytest.mark.parametrize("box", ["<aside><p>{}</p></aside>", "<footer><small>{}</small></footer>"])
def test_a_lone_sentence_between_the_paragraphs_is_text_in_an_element_for_remarks(box: str):
    line = "By mistake we gave the length of the lock as nine metres, when it is six."
    assert between(box.format(line)) == kept(line)
    assert between(box.format("<a href='/n'>By mistake we gave the length of the lock as nine metres.</a>")) == FIRST
