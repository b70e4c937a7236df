"""Recipes and hooks, through the public functions."""

from __future__ import annotations

import pytest

from archiver.errors import HookFailed
from archiver.extract import explain, extract
from archiver.recipes import Recipe, Rule

PAGE = """<html lang="en"><head><title>Tram line opens</title></head><body>
<div class="stamp">Edited on 6 May 2031 at 20:38</div>
<div class="page"><h1 class="teaser-h">Tram line opens</h1><h2 class="real">Tram to Fennick opens after nine years</h2>
<p class="who">Words Ada Quill // 4 May 2031</p>
<div class="left"><p>The first tram left Brisk at six in the morning with two hundred people on board.</p>
<p class="count">17 people are reading this page right now, and three of them are from Fennick.</p>
<p>The line has eleven stops and was planned for the first time nine years ago.</p></div>
<div class="right"><p>A much longer text about the garden show stands here, but it is no part of the article at all,
and it goes on and on with many words about roses, tulips and the weather in the valley, which was fine.</p>
<p>Visitors came from everywhere, the organisers said, and they will come again if the weather is as fine.</p></div>
</div></body></html>"""
RECIPE = Recipe(
    host="paper.example",
    headline=Rule(css="h2.real"),
    byline=Rule(css="p.who", pattern="Words {author} // {published}"),
    modified=Rule(pattern="Edited on {modified}", zone="Asia/Baku"),
    body="div.left",
    volatile=("p.count",),
)


def test_a_recipe_says_where_things_stand():
    found = extract(PAGE, url="https://paper.example/tram", recipe=RECIPE)
    article = found.article
    assert article.headline == "Tram to Fennick opens after nine years"
    assert article.byline is not None
    assert (article.byline.text, article.byline.names) == ("Words Ada Quill //", ("Ada Quill",))
    assert article.published is not None
    assert article.published.iso == "2031-05-04"
    assert article.modified is not None
    assert article.modified.iso == "2031-05-06T20:38+04:00"
    assert [block.text.split()[1] for block in article.body] == ["first", "line"]
    assert found.warnings == ()


def test_what_a_recipe_cannot_find_is_a_warning():
    recipe = Recipe(
        host="paper.example", headline=Rule(css="h6"), drop=("p[",), published=Rule(pattern="On {published}")
    )
    warnings = " / ".join(extract(PAGE, recipe=recipe).warnings)
    assert "rule for headline found nothing" in warnings
    assert "selector 'p['" in warnings
    assert "rule for published found nothing" in warnings


def test_a_paywall_that_the_recipe_names_is_a_problem():
    assert "paywall" in extract(PAGE, recipe=Recipe(host="x.example", paywall="p.count")).problem


def test_a_hook_may_change_the_page_and_where_it_fails_nothing_is_read():
    def drop_right(soup):
        soup.select_one("div.right").decompose()

    def fail(soup):
        raise RuntimeError("no such thing")

    assert "roses" not in extract(PAGE, hook=drop_right).article.text
    with pytest.raises(HookFailed, match=r"RuntimeError: no such thing \(.*test_overrides.py, line \d+\)"):
        extract(PAGE, hook=fail)


def test_explain_names_the_recipe_the_dates_and_the_reason_of_every_block():
    told = explain(PAGE, url="https://paper.example/tram", recipe=RECIPE)
    assert told["recipe"] == {"host": "paper.example", "valid_until": ""}
    blocks = told["blocks"]
    assert isinstance(blocks, list)
    kept = [block["text"].split()[1] for block in blocks if block["kept"]]
    assert kept == ["first", "line"]
    assert all(block["reason"] for block in blocks)
    dates = told["dates"]
    assert isinstance(dates, list)
    assert {
        "field": "modified",
        "origin": "text",
        "text": "6 May 2031 at 20:38",
        "value": "2031-05-06T20:38+04:00",
    } in dates
