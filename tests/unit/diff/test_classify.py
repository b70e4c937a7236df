import pytest

from archiver.diff import classify, diff_articles, summarise
from archiver.model import (
    Article,
    Block,
    BlockKind,
    ChangeKind,
    Figure,
    HeadlineVariant,
    Notice,
    NoticeKind,
    PageDate,
    Quantity,
)

_AGES = ("zweiundzwanzig Jahre", "dreiundzwanzig Jahre")
_ADDRESSES = ("https://a.example/x", "https://a.example/y")


def article(*texts, **fields):
    return Article(body=tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts), **fields)


def read(old, new, language="en"):
    changes = classify(diff_articles(article(old, language=language), article(new, language=language)))
    return [(change.kind.value, change.before, change.after) for change in changes]


@pytest.mark.parametrize(
    ("language", "old", "new", "expected"),
    [
        (
            "en",
            "The storm killed 12 people here.",
            "The storm killed 15 people here.",
            ("number", "12 people", "15 people"),
        ),
        (
            "en",
            "It cost $3.2 million to build.",
            "It cost $3.4 million to build.",
            ("number", "$3.2 million", "$3.4 million"),
        ),
        ("en", "They met on Tuesday in Skarn.", "They met on Monday in Skarn.", ("date-time", "Tuesday", "Monday")),
        ("en", "It opens at 20:30 in Skarn.", "It opens at 21:30 in Skarn.", ("date-time", "20:30", "21:30")),
        (
            "en",
            "The chair, Maren Oldby, left.",
            "The chair, Maren Oldbie, left.",
            ("name", "Maren Oldby", "Maren Oldbie"),
        ),
        ("en", "The council did approve it.", "The council did not approve it.", ("negation", "did", "did not")),
        ("en", "The pier will close in May.", "The pier may close in May.", ("modality", "will", "may")),
        ("en", "The roof fell in, police said.", "The roof fell in.", ("attribution", ", police said", "")),
        ("en", "The man shot at the police.", "The man allegedly shot at the police.", ("hedging", "", "allegedly")),
        ("en", "The goverment paid for it.", "The government paid for it.", ("spelling", "goverment", "government")),
        ("en", "The big house fell down.", "The large house fell down.", ("wording", "big", "large")),
        ("en", "The “old” pier – a ruin.", 'The "old" pier - a ruin.', ("typography", "“", '"')),
        ("en", "The president spoke first.", "The President spoke first.", ("typography", "president", "President")),
        ("en", "She said “it is safe” twice.", "She said “it is sound” twice.", ("quotation", "safe", "sound")),
        ("en", "Nearly 1,000 came to it.", "Nearly 1.000 came to it.", ("typography", "1,000", "1.000")),
        (
            "de",
            "Der Rat hat zugestimmt, hieß es.",
            "Der Rat hat nicht zugestimmt, hieß es.",
            ("negation", "hat", "hat nicht"),
        ),
        (
            "de",
            "Es gab 12 Verletzte in Skarn.",
            "Es gab 15 Verletzte in Skarn.",
            ("number", "12 Verletzte", "15 Verletzte"),
        ),
        ("de", "Die Brücke wird bald gesperrt.", "Die Brücke soll bald gesperrt werden.", ("modality", "wird", "soll")),
        (
            "de",
            "Das sagte Maren Oldby am Abend.",
            "Das sagte Maren Oldham am Abend.",
            ("name", "Maren Oldby", "Maren Oldham"),
        ),
        ("de", "Der alte Turm fiel um.", "Das alte Haus fiel um.", ("wording", "Turm", "Haus")),
        ("ja", "死者は12人だった。", "死者は15人だった。", ("number", "12", "15")),
    ],
)
def test_what_a_change_of_words_means(language, old, new, expected):
    assert expected in read(old, new, language)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "It cost $3.2 million.",
            "It cost $3.4 million.",
            Quantity(before=3.2e6, after=3.4e6, unit="$", relative=0.0625),
        ),
        ("Only 12% left early.", "Only 9% left early.", Quantity(before=12, after=9, unit="%", relative=-0.25)),
        ("He ran 5 km there.", "He ran 5 miles there.", Quantity(before=5, after=5)),
        ("It was -5 °C there.", "It was 5 °C there.", Quantity(before=-5, after=5, unit="°c", relative=2)),
        ("There were 0 dogs.", "There were 4 dogs.", Quantity(before=0, after=4, unit="dogs")),
        ("There were 40 of the dogs.", "There were of the dogs.", Quantity(before=40, after=None)),
    ],
)
def test_a_number_has_values_a_unit_and_a_relative_size(old, new, expected):
    (change,) = classify(diff_articles(article(old), article(new)))
    assert change.kind == "number"
    assert change.quantity == expected


def test_a_number_tells_how_much_it_changed():
    (change,) = classify(diff_articles(article("Some 1,000 people came."), article("Some 1,100 people came.")))
    assert (change.before, change.after) == ("1,000 people", "1,100 people")
    assert change.evidence == "a number changed by +10 %"
    assert change.quantity == Quantity(before=1000, after=1100, unit="people", relative=0.1)
    assert (change.old_block, change.new_block, change.kind.group) == (0, 0, "fact")


def test_sentences_and_paragraphs_are_reported_whole():
    old = article(
        "The pier is closed. Nobody was hurt.", "It will rain.", "The ferry left the island at noon as planned."
    )
    new = article(
        "The pier is closed.", "The ferry left the island at noon as planned.", "Fishing is banned until the spring."
    )
    changes = classify(diff_articles(old, new))
    assert [(change.kind.value, change.action) for change in changes] == [
        ("sentence", "removed"),
        ("paragraph", "removed"),
        ("paragraph", "added"),
    ]


def test_a_notice_is_a_notice_and_no_paragraph():
    text = "Correction: An earlier version gave a wrong number of passengers."
    notice = Notice(kind=NoticeKind.CORRECTION, text=text)
    old, new = article("About 1,000 people came."), article("About 1,100 people came.", text, notices=(notice,))
    assert summarise(classify(diff_articles(old, new))) == "number: 1,000 → 1,100 people; correction added"
    assert summarise(classify(diff_articles(new, old))) == "number: 1,100 → 1,000 people; correction removed"


def test_a_paragraph_that_comes_with_a_notice_is_reported_too():
    text = "Correction: An earlier version gave a wrong number of passengers."
    old = article("About 1,000 people came.")
    new = article(
        "About 1,000 people came.",
        "The pier stays open.",
        text,
        notices=(Notice(kind=NoticeKind.CORRECTION, text=text),),
    )
    assert [change.kind.value for change in classify(diff_articles(old, new))] == ["notice", "paragraph"]


def test_a_sentence_that_moves_is_reported_once_and_hides_nothing():
    first, moving = "The pier closed at noon on Monday.", "Nobody was hurt when it fell."
    other = "Rain is expected in the isles until Sunday evening."
    to_another = classify(diff_articles(article(f"{first} {moving}", other), article(first, f"{other} {moving}")))
    assert [(change.kind.value, change.action) for change in to_another] == [("sentence", "moved")]
    (*_, added) = classify(
        diff_articles(article(f"{first} {moving}", other), article(first, other, f"Later: {other} {moving}"))
    )
    assert (added.kind, added.action) == (ChangeKind.PARAGRAPH, "added")


def test_a_number_that_only_changed_its_place_is_no_change_of_a_number():
    read_kinds = {
        kind
        for kind, _, _ in read("On Monday 40 boats left the old pier.", "The 40 boats left the old pier on Monday.")
    }
    assert read_kinds == {"wording"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("She called it “a disgrace”.", "She called it a disgrace.", {("quotation", "“a disgrace”", "a disgrace")}),
        ("Five people died.", "5 people died.", {("typography", "Five", "5")}),
        ("It cost $1.5 million.", "It cost $1,500,000.", {("typography", "$1.5 million", "$1,500,000")}),
        (
            "It was closed, officials said.",
            "It was closed, the ministry said.",
            {("attribution", "officials", "the ministry")},
        ),
        ("A co-operative runs it.", "A cooperative runs it.", {("typography", "co-operative", "cooperative")}),
    ],
)
def test_exactly_what_a_change_means(old, new, expected):
    assert set(read(old, new)) == expected


def test_may_is_a_month_and_a_modal_verb():
    assert read("It will end in May.", "It will end in June.") == [("date-time", "May", "June")]
    assert read("It may end soon.", "It will end soon.") == [("modality", "may", "will")]


def test_parts_of_the_page_have_their_kind():
    def page(day, caption):
        stamp = PageDate(text=f"Last update: April {day}, 2024", value=f"2024-04-{day}", origin="text")
        return article(
            "The pier is closed.",
            headline="Pier closed",
            stamps=(stamp,),
            figures=(Figure(caption=caption, credit="Ilse Rook"),),
        )

    changes = classify(diff_articles(page(26, "The pier from above"), page(27, "The pier from below")))
    assert [(change.kind, change.field) for change in changes] == [
        (ChangeKind.STAMP, "stamp"),
        (ChangeKind.CAPTION, "caption"),
    ]


def test_a_fact_in_the_headline_is_reported_with_the_headline():
    changes = classify(diff_articles(article(headline="12 hurt in Skarn"), article(headline="15 hurt in Skarn")))
    assert [(change.kind, change.field) for change in changes] == [
        (ChangeKind.HEADLINE, "headline"),
        (ChangeKind.NUMBER, "headline"),
    ]


def test_nothing_that_differs_goes_without_a_change():
    old = article("One two three four five.", headline="A", section="News", language="en")
    for new in (
        article("One two three four five!", headline="A", section="News", language="en"),
        article("One two three four five.", headline="A", section="Sport", language="en"),
        article("One two three four  five.", headline="A", section="News", language="en"),
        article("One two three. four five.", headline="A", section="News", language="en"),
    ):
        assert classify(diff_articles(old, new))


def test_no_change_is_said_so():
    assert summarise(()) == "no change"


@pytest.mark.parametrize(
    ("language", "old", "new", "expected"),
    [
        ("en", "The water is safe to drink.", "The water is unsafe to drink.", ("negation", "safe", "unsafe")),
        ("en", "She was eighty-four in May.", "She was eighty-five in May.", ("number", "eighty-four", "eighty-five")),
        ("de", "Sie ist zweiundzwanzig Jahre alt.", "Sie ist dreiundzwanzig Jahre alt.", ("number", *_AGES)),
        ("en", "It is two miles long.", "It is two kilometres long.", ("number", "two miles", "two kilometres")),
        ("en", "A 15th century inn burned.", "A 16th century inn burned.", ("date-time", "15th", "16th")),
        (
            "en",
            "It shut shortly before noon.",
            "It shut shortly after noon.",
            ("date-time", "before noon", "after noon"),
        ),
        ("en", "The old old pier fell.", "The old pier fell.", ("spelling", "old", "")),
        ("en", "See https://a.example/x for it.", "See https://a.example/y for it.", ("link", *_ADDRESSES)),
        ("en", "It fell, according to a memo.", "It fell, according to a witness.", ("attribution", "memo", "witness")),
        ("en", "It is rumoured to be sold.", "It is sold.", ("hedging", "rumoured to be", "")),
    ],
)
def test_what_a_change_of_words_means_by_what_stands_around_them(language, old, new, expected):
    assert read(old, new, language) == [expected]


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "This story has been corrected. The pier is 40 metres long.", "correction"),
        ("en", "We originally reported that the pier was open.", "correction"),
        ("en", "Updated on 3 May to add a comment by the mayor.", "update"),
        ("en", "Disclosure: The author once owned the pier.", "editors-note"),
        ("de", "Hinweis: In einer früheren Fassung war die Länge falsch angegeben.", "correction"),
        ("de", "Dieser Artikel wurde am 3. Mai aktualisiert.", "update"),
        ("en", "Correction fluid is made here again.", ""),
        ("en", "The first version of the pier was made of wood.", ""),
        ("en", "The report has been withdrawn by the ministry.", ""),
        ("de", "Der Bericht des Ministeriums wurde zurückgezogen.", ""),
    ],
)
def test_a_notice_is_known_by_how_it_is_worded(language, text, kind):
    (change,) = classify(diff_articles(article(language=language), article(text, language=language)))
    assert (change.kind.value, change.label) == (("notice", kind) if kind else ("paragraph", ""))


def test_a_sentence_that_moves_within_its_paragraph_is_a_move():
    first, other, last = "It shut in 1998.", "The pier was built by a banker from Skarn.", "Nobody has missed it since."
    (change,) = classify(diff_articles(article(f"{first} {other} {last}"), article(f"{other} {last} {first}")))
    assert (change.kind, change.action, change.before) == (ChangeKind.SENTENCE, "moved", first)


def test_a_sentence_put_for_another_is_reworded():
    old = article("The pier is closed. Experts see dark clouds ahead. It was built in 1904.", language="en")
    new = article("The pier is closed. Many expect trouble next month. It was built in 1904.", language="en")
    kinds = {change.kind for change in classify(diff_articles(old, new))}
    assert ChangeKind.WORDING in kinds
    assert ChangeKind.SENTENCE not in kinds


def test_a_sentence_that_comes_inside_a_quotation_alters_it():
    old, new = (
        article("“It was shut,” he said. “I left.”"),
        article("“It was shut,” he said. “I left. I did not look.”"),
    )
    (change,) = classify(diff_articles(old, new))
    assert (change.kind, change.after) == (ChangeKind.QUOTATION, "I did not look.”")


def test_long_values_that_begin_alike_are_shown_from_where_they_differ():
    start = "The council of Skarn meets to speak about the old pier"
    old, new = article(headline=f"{start} and the ferry"), article(headline=f"{start} and the bridge")
    assert summarise(classify(diff_articles(old, new))) == "headline: …ferry → …bridge"


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("Ferry did not sink off Skarn", "Two held over mill fire", "headline: {was} → {now}"),
        ("Storm: 300 at the pier", "The pier will not reopen", "headline: {was} → {now}"),
        ("Ferry waits after 3 fell", "Ferry sails after 4 fell", "headline: {was} → {now}"),
        ("Skarn will shut the pier", "Skarn will not shut the pier", "negation in headline: will → will not"),
        ("Skarn shuts 1,000 piers", "Skarn shuts 1,100 piers", "number in headline: 1,000 → 1,100 piers"),
    ],
)
def test_the_summary_tells_a_headline_once_as_a_whole_or_by_the_facts_in_it(was, now, expected):
    old, new = (
        article("The pier is old.", headline=it, variants=(HeadlineVariant(origin="og", text=it),)) for it in (was, now)
    )
    assert summarise(classify(diff_articles(old, new))) == expected.format(was=was, now=now)


def test_the_number_of_a_road_is_shown_with_its_name():
    assert read("It fell on Route 9 today.", "It fell on Route 19 today.") == [("name", "Route 9", "Route 19")]


def test_a_notice_that_stands_elsewhere_has_moved():
    text = "Correction: The pier is 40 metres long."
    notices = (Notice(kind=NoticeKind.CORRECTION, text=text),)
    body = ("The pier was closed on Monday after the storm.", "Nobody was hurt when the roof of the hall fell in.")
    old, new = article(*body, text, notices=notices), article(text, *body, notices=notices)
    assert [(change.kind, change.action) for change in classify(diff_articles(old, new))] == [
        (ChangeKind.NOTICE, "moved")
    ]


def test_more_words_than_anybody_reads_are_wording_with_the_reason_said():
    old, new = ("Here is " + " ".join(f"{letter}{number:05}" for number in range(5_500)) for letter in "ab")
    changes = classify(diff_articles(article(old, "It is so."), article(new, "It is so.")))
    assert all(change.kind in (ChangeKind.WORDING, ChangeKind.PARAGRAPH) for change in changes)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "The pier closed at noon. Nobody was hurt there on Monday.",
            "Nobody was hurt there on Friday. The pier closed at noon.",
            {("sentence", "moved"), ("date-time", "altered")},
        ),
        (
            "The pier closed at noon. They had sat out the storm in a barn.",
            "The pier closed at noon. A barn had given shelter from the storm.",
            {("wording", "altered")},
        ),
    ],
)
def test_a_sentence_put_otherwise_or_edited_on_its_way_is_neither_added_nor_removed(old, new, expected):
    found = classify(diff_articles(article(old), article(new)))
    assert {(change.kind.value, change.action) for change in found} == expected


@pytest.mark.parametrize(
    ("language", "old", "new", "expected"),
    [
        ("en", "They met at Libary Hall.", "They met at Library Hall.", "name"),
        (
            "en",
            "They met at Libary Hall. The library is old.",
            "They met at Library Hall. The library is old.",
            "spelling",
        ),
        ("en", "Hexhem was first. Snow fell on Hexham.", "Hexham was first. Snow fell on Hexham.", "spelling"),
        ("en", "Hexhem was first. Snow fell.", "Hexham was first. Snow fell.", "name"),
        ("de", "Das Baden im Kallsee ist verboten.", "Das Baden im Kahlsee ist verboten.", "name"),
        ("de", "Sie nahm das Kranknhaus in Schutz.", "Sie nahm das Krankenhaus in Schutz.", "spelling"),
        ("de", "Er sah keine Fähren.", "Er sah kleine Fähren.", "negation"),
    ],
)
def test_a_slip_of_the_pen_is_told_from_a_name_and_a_denial(language, old, new, expected):
    assert [kind for kind, _, _ in read(old, new, language)] == [expected]


def test_a_slip_in_a_headline_alone_leaves_the_body_be():
    old, new = (article(headline=f"{name} wins the cup") for name in ("Hexhem", "Hexham"))
    assert {change.kind.value for change in classify(diff_articles(old, new))} >= {"headline"}


def test_a_comma_or_first_capital_beside_another_change_is_none_of_its_own():
    assert read("The pier closed in May and 12 people left.", "The pier closed in May, and 15 people left.") == [
        ("number", "12 people", "15 people")
    ]
    assert read("The pier closed in May and it fell.", "The pier closed in May, and it fell.") == [
        ("typography", "", ",")
    ]
