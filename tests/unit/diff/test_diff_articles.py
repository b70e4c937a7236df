import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.diff import classify, diff_articles, summarise
from archiver.diff.tokens import sentences, tokenise
from archiver.model import (
    Article,
    Block,
    BlockKind,
    Byline,
    Figure,
    HeadlineVariant,
    Link,
    Notice,
    NoticeKind,
    PageDate,
    Span,
)

PARAGRAPHS = (
    "The harbour council of Port Ellery voted on Monday to close the old ferry pier after 40 years of service.",
    "“We had no choice,” said the council's chair, Maren Oldby. “It is not safe.” Repairs would cost $3.2 million.",
    "Opponents say the figures are wrong. They want a second survey before the winter storms arrive in October.",
    "The ferry carries about 1,200 passengers a day between the town and the island of Little Skarn.",
    "A replacement service by bus and causeway will start on April 26, 2024, the operator Nordline announced.",
    "Fishing crews, who use the pier at night, were told to move their boats to the northern basin by Friday.",
)


def article(*texts, kind=BlockKind.PARAGRAPH, **fields):
    return Article(body=tuple(Block(kind=kind, text=text) for text in texts), **fields)


def words_marked(diff):
    spans = [span for block in diff.blocks for span in block.spans if not span.is_kept]
    return [(span.old.strip(), span.new.strip()) for span in spans]


def kinds(diff):
    return [block.kind for block in diff.blocks]


def assert_exact(diff, old, new):
    """Every span's text stands where its offsets say, the spans cover both texts, every block is there once."""
    for side, blocks in (("old", old.body), ("new", new.body)):
        texts = [block.text for block in blocks if block.kind is not BlockKind.CAPTION]
        seen = []
        for change in diff.blocks:
            positions = getattr(change, side)
            seen += positions
            text = "\n".join(texts[at] for at in positions)
            end = 0
            for span in change.spans:
                start = getattr(span, f"{side}_start")
                assert start == end
                end = start + len(getattr(span, side))
                assert text[start:end] == getattr(span, side)
            assert end == len(text)
        assert sorted(seen) == list(range(len(texts)))
    assert [at for change in diff.blocks for at in change.new] == sorted(
        at for change in diff.blocks for at in change.new
    )


def flipped(diff):
    return {
        (
            block.new,
            block.old,
            block.is_moved,
            tuple(Span(old=s.new, new=s.old, old_start=s.new_start, new_start=s.old_start) for s in block.spans),
        )
        for block in diff.blocks
    }


def as_set(diff):
    return {(block.old, block.new, block.is_moved, block.spans) for block in diff.blocks}


words = st.sampled_from(
    ["the", "a", "pier", "40", "1,200", "“", "”", ".", "Maren", "Oldby", "April 26, 2024", "–", "-"]
) | (st.sampled_from(["Über", "港", "闭", "ไทย's", "’", "\u202e", "not"]))
texts = st.lists(words, max_size=14).map(" ".join) | st.text(st.characters(exclude_characters="\n"), max_size=30)
blocks = st.builds(Block, kind=st.sampled_from(BlockKind), text=texts)
dates = st.builds(PageDate, text=texts, value=st.just("2024-04-26"), origin=st.just("text"))
articles = st.builds(
    Article,
    headline=texts,
    standfirst=texts,
    byline=st.none() | st.builds(Byline, text=words),
    stamps=st.lists(dates, max_size=2).map(tuple),
    body=st.lists(
        blocks | st.sampled_from([Block(kind=BlockKind.PARAGRAPH, text=text) for text in PARAGRAPHS]), max_size=8
    ).map(tuple),
    figures=st.lists(
        st.builds(Figure, src=st.sampled_from(["", "https://a.test/1.jpg", "https://a.test/2.jpg"]), caption=texts),
        max_size=3,
    ).map(tuple),
    links=st.lists(
        st.builds(Link, text=words, target=st.sampled_from(["https://a.test/", "https://b.test/"])), max_size=4
    ).map(tuple),
    notices=st.lists(st.builds(Notice, kind=st.sampled_from(NoticeKind), text=texts), max_size=2).map(tuple),
)


@given(articles, articles)
def test_a_diff_is_exact_and_reverses(old, new):
    diff = diff_articles(old, new)
    assert_exact(diff, old, new)
    back = diff_articles(new, old)
    assert as_set(back) == flipped(diff)
    assert diff == diff_articles(old, new)
    assert {(field.field, field.new, field.old) for field in back.fields} == {
        (f.field, f.old, f.new) for f in diff.fields
    }


def texts_of(article):
    return [block.text for block in article.body if block.kind is not BlockKind.CAPTION]


@given(articles, articles)
def test_applied_to_the_old_text_it_gives_the_new_one(old, new):
    """Kept words are taken from the old text at their offsets, all others from the diff."""
    built = []
    for block in diff_articles(old, new).blocks:
        source = "\n".join(texts_of(old)[at] for at in block.old)
        if block.new:
            built += "".join(
                source[span.old_start : span.old_start + len(span.old)] if span.is_kept else span.new
                for span in block.spans
            ).split("\n")
    assert built == texts_of(new)


@given(articles, articles)
def test_no_word_number_date_or_name_is_cut(old, new):
    for block in diff_articles(old, new).blocks:
        for side, text in (("old", block.old_text), ("new", block.new_text)):
            inside = {at for token in tokenise(text) for at in range(token.start + 1, token.end)}
            assert not inside & {getattr(span, f"{side}_start") for span in block.spans}


@given(articles, articles)
def test_sentences_that_are_in_no_change_are_the_same_on_both_sides(old, new):
    diff = diff_articles(old, new)
    rest = []
    for side, article in (("old", old), ("new", new)):
        told = Counter(sentence for change in diff.sentences for sentence in getattr(change, side))
        there = Counter(text[slice(*bounds)] for text in texts_of(article) for bounds in sentences(text))
        assert told <= there
        rest.append(there - told)
    assert rest[0] == rest[1]


@given(articles)
def test_the_diff_with_itself_is_empty(same):
    diff = diff_articles(same, same)
    assert diff.is_empty
    assert diff.sentences == ()


@given(articles, articles)
def test_an_empty_diff_means_the_same_text(old, new):
    if diff_articles(old, new).is_empty:
        assert old.text == new.text
        assert (old.headline, old.standfirst, old.byline) == (new.headline, new.standfirst, new.byline)


@given(articles, articles)
def test_every_difference_yields_a_change(old, new):
    diff = diff_articles(old, new)
    changes = classify(diff)
    assert {change.field for change in changes} >= {field.field for field in diff.fields} - {
        "headline",
        "standfirst",
        "caption",
    }
    notices = {text for field in diff.fields if field.field == "notice" for text in (field.old, field.new) if text}
    for block in diff.blocks:
        if block.kind != "same" and not notices & {block.old_text, block.new_text}:
            assert any(
                change.field == "body" and (change.old_block in block.old or change.new_block in block.new)
                for change in changes
            )
    assert bool(changes) != diff.is_empty
    assert classify(diff) == changes
    assert "\n" not in summarise(changes)


@given(st.permutations(PARAGRAPHS))
def test_moved_paragraphs_mark_no_words(order):
    diff = diff_articles(article(*PARAGRAPHS), article(*order))
    assert words_marked(diff) == []
    assert set(kinds(diff)) <= {"same", "moved"}


def test_the_shorter_run_is_the_one_that_moved():
    order = [PARAGRAPHS[5], *PARAGRAPHS[:5]]
    diff = diff_articles(article(*PARAGRAPHS), article(*order))
    assert [(block.old, block.new) for block in diff.blocks if block.kind == "moved"] == [((5,), (0,))]


def test_one_long_paragraph_moved_sooner_than_two_short_ones():
    long = " ".join(PARAGRAPHS)
    diff = diff_articles(
        article("It rained.", "It snowed.", long, "It froze."), article(long, "It rained.", "It snowed.", "It froze.")
    )
    assert [block.old_text for block in diff.blocks if block.kind == "moved"] == [long]


def test_a_split_and_a_merge_mark_no_words():
    first, _, rest = PARAGRAPHS[1].partition(" Repairs")
    split = article(PARAGRAPHS[0], first, "Repairs" + rest, PARAGRAPHS[2])
    whole = article(*PARAGRAPHS[:3])
    assert kinds(diff_articles(whole, split)) == ["same", "split", "same"]
    assert kinds(diff_articles(split, whole)) == ["same", "merged", "same"]
    assert words_marked(diff_articles(whole, split)) == [("", "")]


def test_an_edited_paragraph_that_moves_is_both():
    edited = PARAGRAPHS[4].replace("April 26", "April 27")
    diff = diff_articles(article(*PARAGRAPHS), article(edited, *PARAGRAPHS[:4], PARAGRAPHS[5]))
    assert diff.blocks[0].kind == "moved"
    assert words_marked(diff) == [("April 26, 2024", "April 27, 2024")]


def test_an_unrelated_paragraph_in_the_same_place_is_removed_and_added():
    other = "Rain is expected across the northern isles until Sunday evening, forecasters warned."
    diff = diff_articles(article(*PARAGRAPHS[:3]), article(PARAGRAPHS[0], other, PARAGRAPHS[2]))
    assert sorted(kinds(diff)) == ["added", "removed", "same", "same"]


def test_a_changed_kind_of_block_is_an_edit():
    diff = diff_articles(article("Background"), article("Background", kind=BlockKind.SUBHEAD))
    assert kinds(diff) == ["edited"]
    assert not diff.is_empty


def test_sentences_are_kept_track_of():
    old = article("It rained all day in Skarn. The pier closed at noon. Nobody was hurt in the fall.", PARAGRAPHS[0])
    new = article(
        "The pier closed at two. A crane was sent from Port Ellery.", PARAGRAPHS[0] + " It rained all day in Skarn."
    )
    assert [(change.kind, change.old_block, change.new_block) for change in diff_articles(old, new).sentences] == [
        ("edited", 0, 0),
        ("removed", 0, None),
        ("added", None, 0),
        ("moved", 0, 1),
    ]


def test_a_sentence_split_in_two():
    old = article("The pier closed at noon, and the ferry stayed in port until Friday.")
    new = article("The pier closed at noon. The ferry stayed in port until Friday.")
    (change,) = diff_articles(old, new).sentences
    assert (change.kind, len(change.old), len(change.new)) == ("split", 1, 2)


def test_two_unrelated_long_texts_take_bounded_work(monkeypatch):
    """No clock: what is counted is the work handed to the quadratic matcher."""
    from archiver.diff import words

    pairs = []

    class Counting(words.SequenceMatcher):
        def __init__(self, junk, a, b, *, autojunk):
            pairs.append(sum(b.count(key) for key in a) if len(a) < 3000 else len(a) ** 2)
            super().__init__(junk, a, b, autojunk=autojunk)

    monkeypatch.setattr(words, "SequenceMatcher", Counting)
    rng = random.Random(7)
    vocabulary = [f"w{n}" for n in range(3000)]
    weights = [1 / (n + 1) for n in range(3000)]
    old, new = (article(" ".join(rng.choices(vocabulary, weights, k=20_000))) for _ in range(2))
    diff_articles(old, new)
    assert all(work <= 60_000 for work in pairs)


@pytest.mark.parametrize(
    "hostile", ["x ", "1 ", "1,", "a-", "a+", "a.", ".", '"', "“", "A! ", "5 May ", "港", "\u0e31", "'s "]
)
def test_no_repetition_makes_it_slow(hostile):
    """Quadratic work on these would take minutes; the sizes are those of a large page."""
    old, new = article(hostile * 30_000), article(hostile * 29_999 + "b")
    diff = diff_articles(old, new)
    assert_exact(diff, old, new)
    assert classify(diff)


def test_many_blocks_are_no_problem():
    old, new = (
        article(*(f"word{n % 7} {n}" for n in range(9_000))),
        article(*(f"word{n % 7} {n}" for n in range(9_000, 0, -1))),
    )
    diff = diff_articles(old, new)
    assert_exact(diff, old, new)
    assert len(classify(diff)) > 8_000


def test_fields_are_compared_by_content():
    old = Article(
        headline="Pier to close",
        variants=(HeadlineVariant(origin="og", text="Pier to close"),),
        stamps=(PageDate(text="Updated: 26 April 2024", value="2024-04-26", origin="text"),),
        figures=(
            Figure(src="https://a.test/1.jpg", caption="The pier at dawn", credit="Ilse Rook"),
            Figure(src="https://a.test/2.jpg"),
        ),
        links=(
            Link(text="the survey", target="https://a.test/survey"),
            Link(text="Nordline", target="https://n.test/"),
        ),
    )
    new = Article(
        headline="Pier will close",
        variants=(HeadlineVariant(origin="og", text="Pier to close"),),
        stamps=(PageDate(text="Updated: 27 April 2024", value="2024-04-27", origin="text"),),
        figures=(
            Figure(src="https://a.test/2.jpg"),
            Figure(src="https://a.test/1.jpg", caption="The pier at dusk", credit="Ilse Rook"),
        ),
        links=(
            Link(text="Nordline", target="https://n.test/"),
            Link(text="the survey", target="https://a.test/survey-2"),
        ),
    )
    assert [(field.field, field.label, field.old, field.new) for field in diff_articles(old, new).fields] == [
        ("headline", "", "Pier to close", "Pier will close"),
        ("stamp", "", "Updated: 26 April 2024", "Updated: 27 April 2024"),
        ("caption", "2", "The pier at dawn", "The pier at dusk"),
        ("link", "the survey", "https://a.test/survey", "https://a.test/survey-2"),
    ]


def test_a_caption_that_moved_in_the_text_is_seen_and_one_beside_new_text_is_not():
    figure = Figure(src="https://a.test/1.jpg", caption="The pier at dawn")
    caption = Block(kind=BlockKind.CAPTION, text="The pier at dawn")
    paragraphs = [Block(kind=BlockKind.PARAGRAPH, text=text) for text in PARAGRAPHS]
    old = Article(figures=(figure,), body=(paragraphs[0], caption, *paragraphs[1:4]))
    moved = Article(figures=(figure,), body=(*paragraphs[:3], caption, paragraphs[3]))
    longer = Article(figures=(figure,), body=(paragraphs[4], paragraphs[0], caption, *paragraphs[1:4]))
    assert [(field.field, field.is_moved) for field in diff_articles(old, moved).fields] == [("caption", True)]
    assert diff_articles(old, longer).fields == ()


def test_a_short_block_that_grew_is_the_same_block():
    grown = "Boats stay in port. " + PARAGRAPHS[0] + " " + PARAGRAPHS[3]
    diff = diff_articles(
        article(PARAGRAPHS[1], "Boats stay in port.", PARAGRAPHS[2]), article(PARAGRAPHS[1], grown, PARAGRAPHS[2])
    )
    assert kinds(diff) == ["same", "edited", "same"]
    assert words_marked(diff) == [("", f"{PARAGRAPHS[0]} {PARAGRAPHS[3]}")]


def test_words_that_stand_in_many_blocks_still_tell_that_a_block_stayed():
    offers = [text for n in range(20) for text in (f"Lantern of type {n * 37} for $40", "See it now: Quayside")]
    edited = [*offers[:7], "See it then: Quayside", *offers[8:]]
    diff = diff_articles(article(*offers), article(*edited))
    assert words_marked(diff) == [("now", "then")]


def test_a_half_of_a_split_paragraph_is_not_taken_for_the_paragraph_before():
    first, rest = PARAGRAPHS[1], PARAGRAPHS[3] + " " + PARAGRAPHS[5]
    before = PARAGRAPHS[0] + " Repairs would cost $3.2 million, the council's chair said."
    diff = diff_articles(
        article(before, f"{first} {rest}", PARAGRAPHS[4]), article(first, rest, PARAGRAPHS[2], PARAGRAPHS[4])
    )
    assert [(block.old, block.new) for block in diff.blocks if block.kind == "split"] == [((1,), (0, 1))]


def test_a_long_text_without_words_of_its_own_keeps_what_stayed():
    """No character stands there once, so that none of them alone ties the texts together."""
    rng = random.Random(5)
    letters = "".join(rng.choices([chr(code) for code in range(0x4E00, 0x4E00 + 300)], k=8000))
    edited = letters[:2000] + "港" * 3 + letters[2003:6000] + letters[6002:]
    diff = diff_articles(article(letters), article(edited))
    assert sum(len(old) + len(new) for old, new in words_marked(diff)) < 20
