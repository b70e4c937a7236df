import json
import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.diff import classify, diff_articles
from archiver.model import Article, Block, BlockKind, HeadlineVariant, PageDate
from archiver.render.page import Page, Piece, columns
from archiver.render.safe import safe, safe_json
from archiver.render.text import render_diff

TEXTS = (
    "The harbour council of Port Ellery voted on Monday to close the old ferry pier after 40 years.",
    "Repairs would cost $3.2 million, said the chair, Maren Oldby.",
    "Opponents say the figures are wrong and want a second survey before October.",
)


def page(*texts, day=26):
    stamp = PageDate(text=f"Last update: April {day}, 2024 20:38", value=f"2024-04-{day}T20:38", origin="text")
    return Article(stamps=(stamp,), body=tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts))


def render(old, new, **options):
    diff = diff_articles(old, new)
    return render_diff(diff, classify(diff), old_label="r1", new_label="r2", **options)


OLD, NEW = page(*TEXTS), page(TEXTS[0], TEXTS[1].replace("$3.2", "$3.4"), TEXTS[2], day=27)


def test_a_pipe_gets_brackets_and_folded_paragraphs():
    assert render(OLD, NEW) == (
        "--- r1\n+++ r2\n"
        "Last update: April 26, 2024 20:38 → April 27, 2024 20:38\n"
        "… 1 paragraph unchanged\n"
        "¶2  number +6.2 %\n"
        "    Repairs would cost [-$3.2 million-]{+$3.4 million+}, said the chair, Maren Oldby.\n"
        "… 1 paragraph unchanged\n"
    )


def test_a_terminal_gets_colour_with_shape():
    text = render(OLD, NEW, color=True)
    assert "\x1b[31;9m$3.2 million\x1b[0m \x1b[32;1;4m$3.4 million\x1b[0m" in text
    assert "[-" not in text


def test_brackets_may_be_had_with_colour():
    assert "\x1b[31;9m[-$3.2 million-]\x1b[0m" in render(OLD, NEW, color=True, word_diff="plain")


def test_porcelain_is_a_line_per_stretch():
    assert render(OLD, NEW, word_diff="porcelain").splitlines()[-6:] == [
        "@@ ¶2 @@",
        " Repairs would cost ",
        "-$3.2 million",
        "+$3.4 million",
        " , said the chair, Maren Oldby.",
        "~",
    ]


def test_stat_counts_words():
    assert render(OLD, NEW, stat=True).splitlines()[-1] == " 1 of 3 paragraphs changed; words: 2 removed, 2 added"


@pytest.mark.parametrize("color", [False, True])
@given(width=st.integers(24, 100))
def test_no_line_is_wider_than_the_page(color, width):
    text = render(OLD, page(*reversed(TEXTS)), color=color, width=width)
    assert all(len(re.sub(r"\x1b\[[\d;]*m", "", line)) <= width for line in text.splitlines())


def test_wide_characters_take_two_columns_and_may_be_broken():
    lines = render(page("港" * 30), page("港" * 30 + "12人"), width=24).splitlines()
    assert max(len(line) for line in lines if "港" in line) == 4 + 10


def test_moves_show_both_places():
    assert "¶3 → ¶1 moved" in render(OLD, page(TEXTS[2], *TEXTS[:2]))


def test_a_split_shows_the_new_break():
    old, new = page(TEXTS[0] + " " + TEXTS[1]), page(*TEXTS[:2])
    assert "¶1 → ¶1, ¶2 split" in render(old, new)
    assert "{+¶+}" in render(old, new)


HOSTILE = "\x1b[2J\x1b]0;x\x07\x9b31m\u202egnp\u2066\r\x00\u2028\ud800"


def test_hostile_text_is_shown_not_sent():
    text = render(page("A pier"), page(f"A pier {HOSTILE}"))
    assert not any(
        letter in text.replace("\n", "") for letter in HOSTILE if not letter.isprintable() and letter != "\n"
    )
    assert r"\x1b[2J" in text
    assert r"\u202egnp" in text
    text.encode()


@given(st.text(st.characters(categories=("Cc", "Cf", "Cs", "L", "Z", "P"))))
def test_safe_text_is_one_line_without_controls(text):
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in safe(text))
    assert not any(
        unicodedata.bidirectional(letter) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        for letter in safe(text)
    )
    assert len(safe(text).splitlines()) <= 1


def test_safe_leaves_every_script_alone():
    assert safe("Größe “港” ไทย עברית 👩‍🚀") == "Größe “港” ไทย עברית 👩‍🚀"


def plain(line):
    return re.sub(r"\x1b\[[\d;]*m", "", line)


@pytest.mark.parametrize("color", [False, True])
@given(width=st.integers(120, 220))
def test_side_by_side_each_state_stands_whole_in_its_column(color, width):
    old = page(*TEXTS, "港" * 90)
    new = page(TEXTS[0], TEXTS[1].replace("$3.2", "$3.4"), TEXTS[2] + " ประเทศ", "港" * 91)
    lines = [plain(line) for line in render(old, new, color=color, width=width, side_by_side=True).splitlines()]
    rows = [line.partition(" │ ") for line in lines if " │ " in line]
    assert len({columns(left) for left, _, _ in rows}) == 1
    assert all(columns(line) <= width for line in lines)
    left, right = ("".join(re.sub(r"[\[\]{}+-]|\s", "", row[side]) for row in rows) for side in (0, 2))
    for text, column in ((TEXTS[1], left), (TEXTS[1].replace("$3.2", "$3.4"), right), ("港" * 90, left)):
        assert re.sub(r"[-\s]", "", text) in column


def test_a_page_that_is_too_narrow_for_two_columns_has_one():
    assert render(OLD, NEW, width=119, side_by_side=True) == render(OLD, NEW, width=119)
    assert "[-$3.2 million-]" in render(OLD, NEW, side_by_side=True)
    assert " │ " in render(OLD, NEW, side_by_side=True)


def headed(headline, **variants):
    declared = tuple(HeadlineVariant(origin=origin, text=text) for origin, text in variants.items())
    return replace(page(*TEXTS), headline=headline, variants=declared)


def test_a_headline_that_stands_in_several_places_is_told_once():
    old = headed("Pier to close", h1="Pier to close", og="Pier to close", title="Pier to close - The Ellery Post")
    new = headed("Pier to stay", h1="Pier to stay", og="Pier will stay", title="Pier to stay - The Ellery Post")
    assert render(old, new).splitlines()[2:5] == [
        "headline: Pier to [-close-]{+stay+}",
        "    likewise h1, title",
        "variant og: Pier [-to close-]{+will stay+}",
    ]
    assert render(old, new, stat=True).splitlines()[2].startswith(" headline, h1, title | ")
    assert "@@ variant h1 @@" in render(old, new, word_diff="porcelain")


def test_side_by_side_a_date_is_never_cut():
    old, new = (replace(page(*TEXTS), modified=PageDate(text=it, value=it, origin="jsonld")) for it in ISO)
    assert f"[-{ISO[0]}-]" in render(old, new, side_by_side=True)
    assert f"{{+{ISO[1]}+}}" in render(old, new, side_by_side=True)


ISO = ("2024-04-26T07:10:00", "2024-04-26T09:32:00")


def test_dates_come_before_the_headline():
    old, new = (replace(page(TEXTS[0], day=day), headline=f"Pier on {day}") for day in (26, 27))
    assert [line.partition(":")[0] for line in render(old, new).splitlines()[2:4]] == ["Last update", "headline"]


@pytest.mark.parametrize(
    ("text", "width"),
    [("plain", 5), ("港口", 4), ("ก็", 1), ("é", 1), ("👩‍🚀", 4), ("각", 2), ("­", 1), ("עברית", 5), ("한글", 4)],
)
def test_columns_are_those_of_a_terminal(text, width):
    assert columns(text) == width


@given(st.text(st.sampled_from("ab 港。ก็é👩")), st.integers(4, 12))
def test_wrapped_lines_hold_the_text_and_fit(text, width):
    lines = list(Page(color=False, brackets=True, width=width).wrap([Piece("", text)]))
    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_full_stop_does_not_begin_a_line():
    assert list(Page(color=False, brackets=True, width=4).wrap([Piece("", "港港。港")])) == ["港", "港。", "港"]


@given(st.text())
def test_json_with_escapes_reads_back_as_before(text):
    document = json.dumps(text, ensure_ascii=False)
    assert json.loads(safe_json(document)) == text
    assert safe(safe_json(document)) == safe_json(document)
