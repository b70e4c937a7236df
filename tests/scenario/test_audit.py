"""One story for each rule of the audit, and the stories in which it must keep silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from archiver import review
from archiver.audit import RULES, apply_rules, read_history
from archiver.audit.census import Figures
from archiver.model import Event, Finding, Severity
from archiver.query import Archive

from .conftest import PARAGRAPHS, START, Desk, Served, page

BRIDGE = "/town/old-quay-bridge/"
PARADE = "/town/lantern-parade/"
LATER = "March 2, 2026 11:15"
"""A stamp that is newer than the page's first one."""
NUMBER = (*PARAGRAPHS[:2], PARAGRAPHS[2].replace("1,400", "1,900"), *PARAGRAPHS[3:])
CORRECTION = "Correction: About 1,900 people cross the bridge each day. An earlier version gave an older count."


def tell(desk: Desk, *pages: bytes | Served, path: str = BRIDGE) -> None:
    """Let the newsroom show these pages one after the other, and look at each at two-hour intervals."""
    for at, shown in enumerate(pages):
        desk.site.pages[path] = shown if isinstance(shown, Served) else Served(shown)
        desk.look(2 * at, path)


def found(desk: Desk, *rules: str) -> list[Finding]:
    with Archive.open(desk.path) as archive:
        return list(review.audit(archive, rules=rules or RULES))


def rules_found(desk: Desk) -> set[str]:
    return {finding.rule for finding in found(desk)}


# The text changes and nobody says so


def test_a_text_that_changes_without_a_word_is_a_stealth_edit(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    desk.look(3)
    desk.site.pages[BRIDGE] = Served(page(*NUMBER))
    desk.look(4)
    (finding,) = found(desk, "stealth-edit")
    assert finding.severity is Severity.HIGH
    assert [(change.before, change.after) for change in finding.evidence] == [("1,400 people", "1,900 people")]
    since = finding.revision.unchanged_since
    assert since is not None
    assert (since - START, finding.revision.captured_at - START) == (timedelta(hours=3), timedelta(hours=4))
    assert "1,400 → 1,900" in finding.explanation
    assert "motive" in finding.limits


@pytest.mark.parametrize(
    "after",
    [
        page(*NUMBER, stamp=LATER),
        page(*NUMBER, CORRECTION),
        page(*PARAGRAPHS),
        page(*NUMBER, head='<meta property="article:modified_time" content="2026-03-02T10:40:00Z">'),
    ],
    ids=["stamp", "notice", "no change", "declared"],
)
def test_an_edit_that_is_told_is_no_stealth_edit(desk: Desk, after: bytes) -> None:
    tell(desk, page(), after)
    assert found(desk, "stealth-edit") == []


def test_a_wording_or_a_comma_weighs_less_than_a_fact(desk: Desk) -> None:
    comma = [text.replace("free for", "free, for") for text in PARAGRAPHS]
    tell(desk, page(), page(*comma))
    (finding,) = found(desk)
    assert (finding.rule, finding.severity) == ("stealth-edit", Severity.LOW)


def test_a_notice_that_comes_later_is_named(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER), page(*NUMBER, CORRECTION, stamp=LATER))
    (finding,) = found(desk, "stealth-edit")
    assert finding.severity is Severity.MEDIUM
    assert "r3" in finding.explanation
    assert [revision.number for revision in finding.others] == [1, 3]


def test_a_stamp_that_names_only_the_day_cannot_show_a_second_edit_on_it(desk: Desk) -> None:
    tell(desk, page(stamp="March 2, 2026"), page(*NUMBER, stamp="March 2, 2026"))
    assert found(desk, "stealth-edit") == []
    assert rules_found(desk) == {"fact-without-notice"}


def test_days_later_it_could_have(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page(stamp="March 2, 2026"))
    desk.look(0, BRIDGE)
    desk.look(72)
    desk.site.pages[BRIDGE] = Served(page(*NUMBER, stamp="March 2, 2026"))
    desk.look(73)
    assert len(found(desk, "stealth-edit")) == 1


def test_the_clock_of_a_site_excuses_nothing_and_touches_nothing(desk: Desk) -> None:
    tell(desk, page(stamp="March 2, 2026 08:59"), page(*NUMBER, stamp="March 2, 2026 10:59"))
    assert rules_found(desk) == {"stealth-edit", "fact-without-notice"}
    (finding,) = found(desk, "stealth-edit")
    assert "no stamp that could have moved" in finding.explanation


def test_a_stamp_that_may_be_honest_is_given_the_benefit_of_the_doubt(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER, stamp="March 2, 2026 10:59"))
    assert found(desk, "stealth-edit") == []


def test_a_new_number_under_a_new_stamp_has_no_notice(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER, stamp=LATER))
    (finding,) = found(desk)
    assert (finding.rule, finding.severity) == ("fact-without-notice", Severity.MEDIUM)
    assert "develops" in finding.limits


def test_new_paragraphs_are_no_facts_that_changed(desk: Desk) -> None:
    tell(desk, page(), page(*PARAGRAPHS, "The council will meet again on 14 March, with 31 speakers.", stamp=LATER))
    assert found(desk) == []


# The stamp moves and nothing else


def test_a_stamp_alone_is_touched_not_changed(desk: Desk) -> None:
    tell(desk, page(), page(stamp=LATER))
    (finding,) = found(desk)
    assert finding.rule == "touched-not-changed"
    assert "March 1, 2026 20:38" in finding.explanation
    assert LATER in finding.explanation


def test_a_stamp_that_goes_back(desk: Desk) -> None:
    tell(desk, page(), page(stamp="February 27, 2026 10:05"))
    assert rules_found(desk) == {"stamp-backwards", "touched-not-changed"}


def test_a_stamp_in_another_zone_is_called_that(desk: Desk) -> None:
    tell(desk, page(), page(stamp="March 1, 2026 16:38"))
    (finding,) = found(desk, "stamp-backwards")
    assert finding.severity is Severity.LOW
    assert "zone" in finding.explanation


@pytest.mark.parametrize(
    ("was", "now"),
    [("2026-03-01T20:38:00+00:00", "2026-03-01T21:38:00+01:00"), ("2026-03-01T20:38", "2026-03-01T20:38:00+00:00")],
    ids=["zone", "exactness"],
)
def test_the_same_moment_written_otherwise_is_no_move(desk: Desk, was: str, now: str) -> None:
    heads = [f'<meta property="article:modified_time" content="{at}">' for at in (was, now)]
    tell(desk, page(head=heads[0]), page(*NUMBER, head=heads[1]))
    assert rules_found(desk) == {"stealth-edit", "fact-without-notice"}
    desk.site.pages[BRIDGE] = Served(page(*NUMBER, head=heads[0]))
    desk.look(9)
    assert found(desk, "touched-not-changed") == []


def test_an_edit_that_is_taken_back_says_which_revision_reads_the_same(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER), page())
    *_, last = found(desk, "stealth-edit")
    assert last.revision.number == 3
    assert "reads again as in r1" in last.explanation


def test_a_translation_names_the_languages(desk: Desk) -> None:
    german = page(
        "Der Hafenrat von Tarnhaven stimmte dafür, die alte Kaibrücke elf Monate lang zu sperren.", *PARAGRAPHS[1:]
    )
    tell(desk, page(), german.replace(b'lang="en"', b'lang="de"'))
    (finding,) = found(desk, "stealth-edit")
    assert "en → de" in finding.explanation


@pytest.mark.parametrize(
    ("was", "now", "severity"),
    [
        ("2026-03-01T20:38:00Z", "2026-03-09T08:00:00Z", Severity.HIGH),
        ("2026-03-01T20:38:00Z", "2026-02-27T08:00:00Z", Severity.MEDIUM),
        ("2026-03-01T20:38:00Z", "2026-03-01T21:38:00+01:00", None),
    ],
)
def test_a_date_of_publication_that_changes(desk: Desk, was: str, now: str, severity: Severity | None) -> None:
    plain = page().replace(b" March 1, 2026</p>", b"</p>").decode()
    dated = [
        plain.replace("</head>", f'<meta property="article:published_time" content="{at}"></head>').encode()
        for at in (was, now)
    ]
    tell(desk, *dated)
    assert [finding.severity for finding in found(desk, "published-changed")] == ([severity] if severity else [])


def test_an_edit_under_a_new_date_of_publication_is_told(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER).replace(b"March 1, 2026</p>", b"March 2, 2026</p>"))
    assert rules_found(desk) == {"published-changed", "fact-without-notice"}


# Notices


def test_a_correction_is_found_with_the_sentence_that_changed(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER, CORRECTION, stamp=LATER))
    (finding,) = found(desk)
    assert (finding.rule, finding.severity) == ("correction-found", Severity.INFO)
    notice, sentence = finding.evidence
    assert notice.after == CORRECTION
    assert (sentence.before, sentence.after) == (PARAGRAPHS[2], NUMBER[2])


def test_a_correction_at_the_first_look_is_found_without_what_it_changed(desk: Desk) -> None:
    tell(desk, page(*NUMBER, CORRECTION))
    (finding,) = found(desk)
    assert finding.rule == "correction-found"
    assert CORRECTION in finding.explanation
    assert finding.evidence == ()


def test_a_notice_of_a_change_that_nobody_saw(desk: Desk) -> None:
    tell(desk, page(), page(*PARAGRAPHS, CORRECTION, stamp=LATER))
    (finding,) = found(desk, "notice-without-change")
    assert finding.severity is Severity.MEDIUM
    assert "nothing else" in finding.explanation


def test_a_notice_of_an_earlier_change_is_matched_with_it(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER), page(*NUMBER, CORRECTION, stamp=LATER))
    assert found(desk, "notice-without-change") == []


def test_a_notice_with_a_figure_that_no_change_has(desk: Desk) -> None:
    notice = "Correction: An earlier version misstated the age of Doran Pell, who is 67."
    ferry = [text.replace("twenty minutes", "half hour") for text in PARAGRAPHS]
    tell(desk, page(), page(*ferry, notice, stamp=LATER))
    (finding,) = found(desk, "notice-without-change")
    assert finding.severity is Severity.LOW


def test_a_notice_that_goes_away(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER, CORRECTION, stamp=LATER), page(*NUMBER, stamp=LATER))
    (finding,) = found(desk, "notice-removed")
    assert finding.severity is Severity.HIGH
    assert [change.before for change in finding.evidence] == [CORRECTION]
    assert "r2" in finding.explanation
    assert finding.revision.number == 3


def test_a_notice_that_only_moved_says_nothing_new(desk: Desk) -> None:
    tell(desk, page(*NUMBER, CORRECTION), page(CORRECTION, *NUMBER))
    assert [(finding.rule, finding.revision.number) for finding in found(desk)] == [("correction-found", 1)]


MEMBERS = "Correction: The council has nine members, not eight."


def test_two_notices_at_once_are_each_matched_with_the_text_and_not_with_each_other(desk: Desk) -> None:
    before, after = (f"The council has {count} members." for count in ("eight", "nine"))
    tell(desk, page(*PARAGRAPHS, before), page(*NUMBER, after, CORRECTION, MEMBERS, stamp=LATER))
    first, second = found(desk)
    assert [finding.rule for finding in (first, second)] == ["correction-found"] * 2
    assert [change.after for change in first.evidence] == [CORRECTION, NUMBER[2]]
    assert [change.after for change in second.evidence][::2] == [MEMBERS, after]


def test_a_notice_in_place_of_another_is_less_than_one_that_is_gone(desk: Desk) -> None:
    tell(desk, page(*NUMBER, CORRECTION), page(*NUMBER, "Correction: What we said of traders was wrong."))
    (finding,) = found(desk, "notice-removed")
    assert finding.severity is Severity.MEDIUM
    assert "replaced by another" in finding.explanation


def test_a_correction_that_is_called_an_update_now(desk: Desk) -> None:
    tell(desk, page(*NUMBER, CORRECTION), page(*NUMBER, CORRECTION.replace("Correction", "Update")))
    (finding,) = found(desk, "notice-removed")
    assert finding.severity is Severity.MEDIUM
    assert "now labelled update" in finding.explanation


def test_a_notice_that_is_reworded_is_altered_and_not_removed(desk: Desk) -> None:
    tell(desk, page(*NUMBER, CORRECTION), page(*NUMBER, CORRECTION.replace("an older count", "the count of 2024")))
    assert [(finding.rule, finding.revision.number) for finding in found(desk)] == [
        ("correction-found", 1),
        ("correction-found", 2),
    ]


def test_a_notice_in_front_of_the_headline_tells_readers(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER, headline="CORRECTED: Old quay bridge to close for eleven months"))
    assert rules_found(desk) == set()


# Headlines and bylines


def test_a_headline_that_goes_and_comes_is_one_oscillation(desk: Desk) -> None:
    first, second = "Bridge to close for eleven months", "Eleven months without a bridge"
    tell(desk, *(page(headline=headline) for headline in (first, second, first, second)))
    (finding,) = found(desk, "headline-swapped")
    assert "3 times between 2 variants" in finding.explanation
    assert f"“{first}” in r1, r3" in finding.explanation
    assert f"“{second}” in r2, r4" in finding.explanation
    assert finding.revision.number == 4


def test_a_headline_that_comes_back_after_two_others(desk: Desk) -> None:
    names = ("Bridge to close", "Quay bridge shut for a year", "Ferry instead of bridge", "Bridge to close")
    tell(desk, *(page(headline=headline) for headline in names))
    (finding,) = found(desk, "headline-swapped")
    assert "3 times between 3 variants" in finding.explanation
    assert "“Bridge to close” in r1, r4" in finding.explanation


def test_a_headline_in_capitals_and_back_is_none(desk: Desk) -> None:
    tell(desk, *(page(headline=headline) for headline in ("Bridge to close", "BRIDGE TO CLOSE", "Bridge to close")))
    assert found(desk, "headline-swapped") == []


def test_a_headline_that_only_goes_on_is_none(desk: Desk) -> None:
    headlines = ("Bridge to close", "Bridge to close for a year", "Bridge to close for eleven months")
    tell(desk, *(page(headline=headline) for headline in headlines))
    assert found(desk, "headline-swapped") == []


def test_a_name_that_leaves_the_byline(desk: Desk) -> None:
    tell(desk, page(), page(stamp=LATER).replace(b"By Ada Quill March 1, 2026", b"March 1, 2026"))
    (finding,) = found(desk, "byline-removed")
    assert "Ada Quill" in finding.explanation


def test_a_name_in_place_of_another_is_not_removed(desk: Desk) -> None:
    tell(desk, page(), page(stamp=LATER).replace(b"Ada Quill", b"Bram Oster"))
    assert found(desk, "byline-removed") == []


# Gone


def test_a_deletion(desk: Desk) -> None:
    tell(desk, page(), Served(status=410))
    (finding,) = found(desk)
    assert (finding.rule, finding.severity) == ("deleted", Severity.HIGH)
    assert "410" in finding.explanation


def test_a_404_that_was_believed_at_the_second_look(desk: Desk) -> None:
    tell(desk, page(), page(), Served(status=404), Served(status=404))
    (finding,) = found(desk)
    assert "First missed at 2026-03-02 13:00 UTC, last seen at 2026-03-02 11:00 UTC" in finding.explanation
    assert finding.revision.captured_at == START + timedelta(hours=6)


def test_a_deletion_and_a_return_with_another_text(desk: Desk) -> None:
    tell(desk, page(), Served(status=410), page(*NUMBER))
    (finding,) = found(desk, "deleted")
    assert finding.severity is Severity.MEDIUM
    assert "r3" in finding.explanation
    assert [(change.before, change.after) for change in finding.evidence] == [("1,400 people", "1,900 people")]


def test_every_deletion_has_its_own_return(desk: Desk) -> None:
    tell(desk, page(), Served(status=410), page(), Served(status=410), page(*NUMBER))
    first, second = found(desk, "deleted")
    assert "r3" in first.explanation
    assert "its text as it was" in first.explanation
    assert "r5" in second.explanation
    assert "its text changed" in second.explanation


def test_every_finding_can_be_traced_to_its_captures(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER), page(*NUMBER, CORRECTION, stamp=LATER), Served(status=410), page())
    findings = found(desk)
    assert len({finding.rule for finding in findings}) >= 4
    for finding in findings:
        for revision in (finding.revision, *finding.others):
            assert revision.commit
            assert revision.record_id
            assert revision.run
        assert finding.revision.unchanged_since
        assert finding.explanation
        assert finding.limits


# What is no evidence


def test_what_only_another_extractor_reads_gives_no_finding(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER, stamp=LATER))
    with Archive.open(desk.path) as archive:
        history = archive.history(desk.site.url(BRIDGE))
        states = [(revision, archive.article(revision)) for revision in history]
    again = replace(history[-1], event=Event.REEXTRACT, extractor="9+0123456789ab", number=3)
    states.append((again, replace(states[0][1], headline="Read otherwise", byline=None)))
    assert [it.rule for it in apply_rules(read_history(states))] == [it.rule for it in found(desk)]


# Over many articles


def test_figures_are_counted_with_the_looks_that_they_rest_on(desk: Desk) -> None:
    desk.site.pages |= {BRIDGE: Served(page()), PARADE: Served(page(headline="Lantern parade returns"))}
    desk.look(0, BRIDGE, PARADE)
    desk.look(1)
    desk.site.pages[BRIDGE] = Served(page(*NUMBER))
    desk.look(3)
    desk.site.pages[BRIDGE] = Served(page(*NUMBER, CORRECTION, stamp=LATER))
    desk.look(4)
    desk.site.pages[BRIDGE] = Served(page(*NUMBER, CORRECTION, stamp="March 2, 2026 12:20"))
    desk.look(30)
    (figures,) = figures_of(desk)
    assert (figures.articles, figures.edited, figures.corrected) == (2, 1, 1)
    assert (figures.moved_changed, figures.moved_same, figures.stayed_changed) == (0, 2, 1)
    assert figures.stayed_same == 2 + 1 + 1 + 1
    assert figures.looks == 10
    assert (figures.median_gap_minutes, figures.longest_gap_minutes) == (60, 26 * 60)
    late, early = figures.first_edit.late["1 h"], figures.first_edit.early["1 h"]
    assert late is not None
    assert early is not None
    assert (late.value, early.value) == (0, 0.5)  # the edit lies one to three hours after the first look
    assert figures.first_notice.events == 1


def figures_of(desk: Desk) -> tuple[Figures, ...]:
    with Archive.open(desk.path) as archive:
        return review.figures(archive, "newsroom")


def test_the_heaviest_edit_comes_first_and_says_why(desk: Desk) -> None:
    desk.site.pages |= {BRIDGE: Served(page()), PARADE: Served(page(headline="Lantern parade returns"))}
    desk.look(0, BRIDGE, PARADE)
    desk.site.pages |= {
        BRIDGE: Served(page(*(text.replace("a lower rent", "a smaller rent") for text in PARAGRAPHS), stamp=LATER)),
        PARADE: Served(page(*NUMBER, headline="Lantern parade returns")),
    }
    desk.look(2)
    with Archive.open(desk.path) as archive:
        first, second = review.ranking(archive)
        assert review.ranking(archive, since=START + timedelta(hours=3)) == ()
    assert first.step.after.headline == "Lantern parade returns"
    assert first.score == sum(reason.points for reason in first.reasons) > second.score
    assert [reason.words for reason in first.reasons][1:] == ["no stamp moved and no notice was added"]


def test_a_scope_is_a_newsroom_or_an_article(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER))
    tell(desk, page(headline="Lantern parade returns"), page(*NUMBER, headline="Lantern parade returns"), path=PARADE)
    with Archive.open(desk.path) as archive:
        host = archive.find(desk.site.url(BRIDGE)).partition("/")[0]
        counts = [
            len(list(review.audit(archive, scope, rules=["stealth-edit"])))
            for scope in ("", host, desk.site.url(BRIDGE))
        ]
    assert counts == [2, 2, 1]


# Asking one history


def test_blame_names_the_revision_that_brought_each_sentence(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER), page(NUMBER[4], *NUMBER[:4], CORRECTION, stamp=LATER))
    with Archive.open(desk.path) as archive:
        lines = review.origins(archive, desk.site.url(BRIDGE))
        before = review.origins(archive, desk.site.url(BRIDGE) + "@r2")
    brought = {line.sentence: line.revision.number for line in lines}
    assert brought[PARAGRAPHS[0]] == brought[PARAGRAPHS[4]] == 1
    assert brought[NUMBER[2]] == 2
    assert {brought[it] for it in brought if it in CORRECTION} == {3}
    assert max(line.revision.number for line in before) == 2


def test_when_a_phrase_was_to_be_read(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER), page(stamp=LATER))
    with Archive.open(desk.path) as archive:
        spans = review.stretches(archive, desk.site.url(BRIDGE), "About 1,400 PEOPLE")
        nowhere = review.stretches(archive, desk.site.url(BRIDGE), "2,000 people")
    assert [(it.first.number, it.last.number) for it in spans] == [(1, 1), (3, 3)]
    assert spans[0].before is None
    assert spans[0].after is not None
    assert spans[1].after is None
    assert nowhere == ()


def test_a_phrase_is_gone_when_the_page_is(desk: Desk) -> None:
    tell(desk, page(), Served(status=410), page())
    with Archive.open(desk.path) as archive:
        spans = review.stretches(archive, desk.site.url(BRIDGE), "About 1,400 people")
    assert [(it.first.number, it.last.number, it.after and it.after.number) for it in spans] == [
        (1, 1, 2),
        (3, 3, None),
    ]


def test_a_sentence_that_moved_or_was_edited_and_one_that_stands_twice(desk: Desk) -> None:
    """An edit brings a new sentence, a move does not; a second copy is new where the first one stays."""
    twice = "The ferry is free."
    old = [f"{PARAGRAPHS[0]} {twice}", *PARAGRAPHS[1:]]
    moved = [PARAGRAPHS[0], f"{PARAGRAPHS[1]} {twice}", *PARAGRAPHS[2:]]
    doubled = [f"{twice} {PARAGRAPHS[0]}", f"{PARAGRAPHS[1]} {twice}", *NUMBER[2:]]
    tell(desk, page(*old), page(*moved), page(*doubled))
    with Archive.open(desk.path) as archive:
        lines = review.origins(archive, desk.site.url(BRIDGE))
        earlier = review.origins(archive, desk.site.url(BRIDGE) + "@r2")
    assert [it.revision.number for it in earlier if it.sentence == twice] == [1]
    assert sorted(it.revision.number for it in lines if it.sentence == twice) == [1, 3]
    assert [it.revision.number for it in lines if it.sentence == NUMBER[2]] == [3]


def test_as_published_goes_by_the_clock_of_the_page(desk: Desk) -> None:
    tell(desk, page(), page(*NUMBER, stamp="March 3, 2026 07:00"))
    url = desk.site.url(BRIDGE)
    with Archive.open(desk.path) as archive:
        assert review.as_published(archive, url, "2026-03-02").number == 1
        assert review.as_published(archive, url, "2026-03-03").number == 2
        assert review.as_published(archive, url, "2026-03-03T06:59").number == 1
