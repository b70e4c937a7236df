from itertools import combinations, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from archiver.diff.tokens import sentences, tokenise
from archiver.diff.words import compare_words, rising

_ACCURACIES = ("minutes", "seconds", "milliseconds")


def marked(old, new):
    return "".join(
        span.old if span.is_kept else f"[-{span.old}-]" * bool(span.old) + f"{{+{span.new}+}}" * bool(span.new)
        for span in compare_words(old, new)
    )


@pytest.mark.parametrize(
    "unit",
    [
        "1,500,000",
        "1.500.000",
        "1 500 km",
        "$3.2 million",
        "3,5 Mio. Euro",
        "-5 °C",
        "16-year-old",
        "1980s",
        "3-1",
        "12%",
        "April 26, 2024",
        "26. April 2024",
        "26 April",
        "January 8-9",
        "26.04.2024",
        "2024-04-26",
        "2024年4月26日",
        "2024-04-26T07:00+01:00",
        "2024-04-26T07:00:15.250Z",
        "10.20.30.40",
        "USD1,000.50",
        "Rs1,000",
        "v1.2.3",
        "20:38",
        "1:23.45",
        "07:00:00+01:00",
        "8 p.m.",
        "20.38 Uhr",
        "U.S.",
        "Al-Serraj",
        "O’Brien",
        "COVID-19",
        "don't",
        "https://a.test/b?c=1",
    ],
)
def test_a_unit_is_one_token(unit):
    text = f"about {unit}, they"
    assert unit in [text[token.start : token.end] for token in tokenise(text)]


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()), st.sampled_from(_ACCURACIES))
def test_a_date_with_its_time_is_replaced_whole(was, now, accuracy):
    old, new = was.isoformat(timespec=accuracy), now.isoformat(timespec=accuracy)
    assume(old != new)
    text = "Yesterday evening the harbour master of Oldby set the opening of the bridge to {}, the council said."
    assert marked(text.format(old), text.format(new)) == text.format(f"[-{old}-]{{+{new}+}}")


def test_a_possessive_is_apart_from_its_name():
    assert [token.key for token in tokenise("Oldby’s plan")] == ["oldby", "'s", "plan"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("that 800,000 came", "that 1,500,000 came", "that [-800,000-]{+1,500,000+} came"),
        ("on April 26, 2024 at", "on April 27, 2024 at", "on [-April 26, 2024-]{+April 27, 2024+} at"),
        ("spoke to Maren Oldby today", "spoke to Maren Oldham today", "spoke to [-Maren Oldby-]{+Maren Oldham+} today"),
        ("he did it.", "he did not do it.", "he did {+not do +}it."),
        ("One here. Two there.", "One here. New one. Two there.", "One here. {+New one. +}Two there."),
        ("One here. Two. Three.", "One here. Three.", "One here. [-Two. -]Three."),
        ("He left", "he left", "[-He-]{+he+} left"),
        ("the “plan” – no", 'the "plan" - no', 'the [-“-]{+"+}plan[-”-]{+"+} [-–-]{+-+} no'),
        ("今天有12万人", "今天有13万人", "今天有[-12万-]{+13万+}人"),
        ("ประเทศไทย", "ประเทศลาว", "ประเทศ[-ไทย-]{+ลาว+}"),
        ("a b", "a", "a[- b-]"),
        ("", "a", "{+a+}"),
    ],
)
def test_what_is_marked(old, new, expected):
    assert marked(old, new) == expected


def test_two_facts_are_not_joined_by_the_word_between_them():
    old, new = "said Tuesday afternoon 5 pm that 800,000 more came", "said Friday at 7 am that 1,500,000 others came"
    assert " that " in marked(old, new)


def test_a_rewritten_sentence_is_replaced_whole():
    old = "The council voted to close the library on Mill Street after a long debate in the town hall."
    new = "Residents were angry about the decision, which the mayor defended as the only way to save money."
    assert marked(old, new) == f"[-{old}-]{{+{new}+}}"


def test_words_kept_by_chance_between_rewritten_stretches_are_given_up():
    old = "Crews worked through stormy weather to rescue three stranded sailors from the boat they had lost."
    new = "Crews rowed against heavy currents to the reefs where survivors waited beside the boat they had lost."
    assert "[-worked through stormy weather to rescue three stranded sailors from-]" in marked(old, new)


def test_sentences_end_at_full_stops_that_end_sentences():
    text = "Mr. Oldby left at 5 p.m. on May 5. “Why?” he asked. Am 5. Mai war es vorbei. Dr. J. R. Rook came."
    assert [text[start:end] for start, end in sentences(text)] == [
        "Mr. Oldby left at 5 p.m. on May 5.",
        "“Why?” he asked.",
        "Am 5. Mai war es vorbei.",
        "Dr. J. R. Rook came.",
    ]


def test_an_abbreviation_ends_a_sentence_before_a_word_that_only_begins_one():
    text = "It was seen at 2 a.m. They left with Mr. Oldby of Rook Ltd. The door fell at 3 a.m. on May 5."
    assert [text[start:end] for start, end in sentences(text)] == [
        "It was seen at 2 a.m.",
        "They left with Mr. Oldby of Rook Ltd.",
        "The door fell at 3 a.m. on May 5.",
    ]


@given(st.permutations(range(6)), st.lists(st.integers(0, 9), min_size=6, max_size=6))
def test_rising_is_as_heavy_as_any_run(seconds, weights):
    pairs = list(enumerate(seconds))
    runs = [run for size in range(7) for run in combinations(pairs, size) if all(a[1] < b[1] for a, b in pairwise(run))]
    found = rising(pairs, weights)
    assert tuple(found) in runs
    assert sum(weights[at] for at, _ in found) == max(sum(weights[at] for at, _ in run) for run in runs)
    assert len(rising(pairs)) == max(map(len, runs))


def test_rising_takes_the_heaviest_run():
    pairs = [(0, 3), (1, 0), (2, 1), (3, 2)]
    assert rising(pairs) == [(1, 0), (2, 1), (3, 2)]
    assert rising(pairs, [10, 1, 1, 1]) == [(0, 3)]
    assert rising([]) == []
