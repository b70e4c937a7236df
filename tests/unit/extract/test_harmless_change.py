"""What leaves an article untouched leaves its extraction untouched, byte for byte; what touches it comes through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.extract import as_record, extract_article
from archiver.model import Article

GOLDEN = Path(__file__).parents[2] / "golden" / "extract"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*.html"))}
URL = "https://paper.example/news/story"

FOREIGN = [
    '<div class="q1"><div><p>Sign up for our newsletter and read five stories over breakfast.</p></div></div>',
    '<section class="k3"><p>Abonnieren Sie unseren Newsletter und lesen Sie mehr.</p></section>',
    '<div class="m"><p>Inscrivez-vous à notre lettre d’information du matin.</p></div>',
    "<p><b>More:</b> <a href='/other'>Council votes on the tram to Fennick</a></p>",
    "<p><a href='/other'>Council votes on the tram to Fennick after nine years of planning</a></p>",
    "<div class='u8'><p>See</p><div><a href='/1'>Ferries run</a></div><div><a href='/2'>School opens</a></div></div>",
    "<ul class='w'><li><a href='/1'>Ferries run again</a></li><li><a href='/2'>School opens in May</a></li></ul>",
    "<div class='v5'><span>312 comments</span></div>",
    "<div class='ad-slot'><span>Advertisement</span></div>",
    "<div class='g7'><span>Anzeige</span></div>",
    "<aside><h3>In brief</h3><p>Some other story is told here in a sentence or two.</p></aside>",
]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("block", FOREIGN, ids=lambda block: re.sub(r"\W+", " ", block)[:30])
def test_a_foreign_block_among_the_paragraphs_is_left_out(name: str, block: str):
    pieces = re.split(r"(?<=</p>)(?=\s*<p>)", PAGES[name])
    if len(pieces) < 3:
        return  # a page laid out by tables has no paragraphs
    middle = len(pieces) - 1
    changed = "".join([*pieces[:middle], block, *pieces[middle:]])
    assert extract_article(changed, url=URL) == extract_article(PAGES[name], url=URL)


@given(st.sampled_from(sorted(PAGES)), st.integers(0, 2**32 - 1))
def test_white_space_comments_and_attributes_do_not_matter(name: str, seed: int):
    html = PAGES[name]
    spaces = ["", " ", "\n", "\n    \t"]
    changed = re.sub(
        r"(</(?:p|div|li|h1|h2|ul|figure|article)>)\s*(?=<)", lambda m: m[1] + spaces[(seed + m.start()) % 4], html
    )
    changed = re.sub(r"<p>", lambda m: f"<!-- slot {seed} --><p data-n='{(seed >> 3) + m.start()}'>", changed)
    assert extract_article(changed, url=URL) == extract_article(html, url=URL)


@pytest.mark.parametrize("name", PAGES)
def test_words_broken_over_lines_and_wrapped_bodies_do_not_matter(name: str):
    html = PAGES[name]
    wrapped = re.sub(r"(<body>)", r"\1<div class='css-1a'>", html).replace("</body>", "</div></body>")
    broken = re.sub(r"(?<=\w), (?=\w)", ",\n      ", html)
    assert extract_article(wrapped, url=URL) == extract_article(html, url=URL)
    assert extract_article(broken, url=URL).body == extract_article(html, url=URL).body


def sentences(article: Article) -> list[str]:
    return [block.text for block in article.body if block.kind.value == "paragraph" and len(block.text) > 30]


@pytest.mark.parametrize("name", PAGES)
def test_every_edit_of_a_word_or_a_number_comes_through(name: str):
    html = PAGES[name]
    before = extract_article(html, url=URL)
    for sentence in sentences(before):
        if sentence not in html:
            continue
        changed = html.replace(sentence, sentence[:10] + "7" + sentence[11:])
        assert extract_article(changed, url=URL).text != before.text


@pytest.mark.parametrize("name", PAGES)
def test_a_paragraph_taken_out_is_gone_with_and_without_the_last_revision(name: str):
    html = PAGES[name]
    before = extract_article(html, url=URL)
    last = next(reversed(sentences(before)), "")
    changed = html.replace(f"<p>{last}</p>", "")
    if changed == html:
        return  # its last paragraph holds markup, or it has only captions
    for previous in (None, before):
        after = extract_article(changed, url=URL, previous=previous)
        assert after.text == before.text.replace(f"\n{last}", "")


@pytest.mark.parametrize("name", PAGES)
def test_the_last_revision_changes_nothing_on_an_unchanged_page(name: str):
    before = extract_article(PAGES[name], url=URL)
    assert extract_article(PAGES[name], url=URL, previous=before) == before


@pytest.mark.parametrize("name", PAGES)
def test_a_changed_h1_is_seen(name: str):
    before = extract_article(PAGES[name], url=URL)
    changed = re.sub(r"(<h1>(?:<span.*?</span>)?\s*)[^\s<]+", r"\1Xylophon", PAGES[name])
    after = extract_article(changed, url=URL)
    assert after.variants != before.variants
    assert after.body == before.body
    if before.variants[0].text.endswith(before.headline):  # else the h1 only ends a trail of links
        assert after.headline != before.headline


def test_order_is_that_of_the_page():
    for name, html in PAGES.items():
        plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))
        lines = [block.text.split(" / ")[0] for block in extract_article(html, url=URL).body]
        places = [plain.find(line) for line in lines if len(line) > 30]
        found = [place for place in places if place >= 0]
        assert len(found) > 1, name
        assert found == sorted(found), name


def test_the_record_holds_plain_values_only():
    for html in PAGES.values():
        record = as_record(extract_article(html, url=URL))
        assert all(value is None or isinstance(value, (str, bool, list)) for value in record.values())
