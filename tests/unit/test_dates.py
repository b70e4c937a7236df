from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.dates import date_in_url, label_of, labelled_dates, parse_page_date

LINES = [
    ("Last update: April 26, 2031 20:38", "en", "modified", "2031-04-26T20:38", ""),
    ("Published 3 May 2031", "en", "published", "2031-05-03", ""),
    ("December 3, 2031, 8:38 PM", "en-us", "", "2031-12-03T20:38", ""),
    ("10:00 AM EDT on May 6, 2031", "en-us", "", "2031-05-06T10:00", "-04:00"),
    ("May 3, 2031 | 3:04 p.m. ET", "en-us", "", "2031-05-03T15:04", ""),
    ("Veröffentlicht am 3. Mai 2031 um 20.38 Uhr", "de", "published", "2031-05-03T20:38", ""),
    ("Aktualisiert: 04.05.31, 08:10 Uhr", "de", "modified", "2031-05-04T08:10", ""),
    ("Am 14. Dezember 2031", "de", "", "2031-12-14", ""),
    ("Mis à jour le 1er mai 2031 à 20h38", "fr", "modified", "2031-05-01T20:38", ""),
    ("Actualizado 26 de abril de 2031", "es", "modified", "2031-04-26", ""),
    ("Publicado em 12 de outubro de 2031", "pt", "published", "2031-10-12", ""),
    ("Aggiornato il 3 giugno 2031 alle 09:15", "it", "modified", "2031-06-03T09:15", ""),
    ("Bijgewerkt op 7 maart 2031 om 11:02", "nl", "modified", "2031-03-07T11:02", ""),
    ("Uppdaterad 5 augusti 2031 kl 07:30", "sv", "modified", "2031-08-05T07:30", ""),
    ("Aktualizacja: 9 września 2031", "pl", "modified", "2031-09-09", ""),
    ("Обновлено 26 апреля 2031, 20:38 МСК", "ru", "modified", "2031-04-26T20:38", "+03:00"),
    ("Оновлено 2 січня 2031", "uk", "modified", "2031-01-02", ""),
    ("Son güncelleme: 26 Nisan 2031 - 20:38", "tr", "modified", "2031-04-26T20:38", ""),
    ("آخر تحديث: ٢٦ أبريل ٢٠٣١", "ar", "modified", "2031-04-26", ""),
    ("अपडेट 26 जनवरी 2031", "hi", "modified", "2031-01-26", ""),
    ("Diperbarui 3 Agustus 2031", "id", "modified", "2031-08-03", ""),
    ("Cập nhật ngày 26 tháng 4 năm 2031", "vi", "modified", "2031-04-26", ""),
    ("2031年4月26日 20:38 更新", "ja", "modified", "2031-04-26T20:38", ""),
    ("입력 2031.04.26. 오후 8:38", "ko", "published", "2031-04-26T20:38", ""),
    ("最后更新 2031-04-26 08:05", "zh", "modified", "2031-04-26T08:05", ""),
    ("2031. április 26. 20:38", "hu", "", "2031-04-26T20:38", ""),
    ("26 มกราคม 2574", "th", "", "2031-01-26", ""),
]


@pytest.mark.parametrize(("line", "language", "label", "value", "offset"), LINES)
def test_labels_and_dates_in_the_languages_of_news(line: str, language: str, label: str, value: str, offset: str):
    (found,) = labelled_dates(line, language=language)
    assert (found.label, found.date.value, found.date.offset) == (label, value, offset)


@pytest.mark.parametrize(
    ("text", "iso", "precision"),
    [
        ("2031-04-26", "2031-04-26", "day"),
        ("2031-04-26T20:38Z", "2031-04-26T20:38+00:00", "minute"),
        ("2031-04-26T20:38:07.123+0400", "2031-04-26T20:38:07+04:00", "second"),
        ("Sat, 26 Apr 2031 20:38:00 GMT", "2031-04-26T20:38:00+00:00", "second"),
    ],
)
def test_attributes_keep_their_precision_and_offset(text: str, iso: str, precision: str):
    found = parse_page_date(text, origin="meta")
    assert found is not None
    assert (found.iso, found.precision, found.text, found.origin) == (iso, precision, text, "meta")


@pytest.mark.parametrize(
    "text",
    [
        "3 hours ago",
        "vor 5 Minuten",
        "yesterday",
        "May 2031",
        "2031-13-45",
        "30.02.2031",
        "chapter 12.11",
        "12345678",
        "",
    ],
)
def test_what_is_no_date_stays_none(text: str):
    assert parse_page_date(text, language="en") is None


def test_an_ambiguous_order_is_settled_by_the_language_or_dropped():
    assert parse_page_date("4/5/2031") is None
    assert parse_page_date("4/5/2031", language="en") is None
    for language, value in (("en-us", "2031-04-05"), ("fr", "2031-05-04"), ("en-gb", "2031-05-04")):
        found = parse_page_date("4/5/2031", language=language)
        assert found is not None
        assert found.value == value
    certain = parse_page_date("25/4/2031", language="en")
    assert certain is not None
    assert certain.value == "2031-04-25"


def test_two_dates_of_a_line_are_told_apart():
    first, second = labelled_dates("Published 3 May 2031, updated 5 May 2031 08:10", language="en")
    assert (first.label, first.date.text) == ("published", "Published 3 May 2031")
    assert (second.label, second.date.text, second.date.value) == (
        "modified",
        "updated 5 May 2031 08:10",
        "2031-05-05T08:10",
    )


def test_a_later_time_belongs_to_no_earlier_date():
    (found,) = labelled_dates("Thursday 26 April 2031 (Updated: 9:15 pm)", language="en")
    assert found.date.value == "2031-04-26"


@pytest.mark.parametrize(
    ("url", "value"),
    [
        ("https://paper.example/2031/04/26/bridge", "2031-04-26"),
        ("https://paper.example/bridge-20310426.html", "2031-04-26"),
        ("https://paper.example/meldung/29-10-2031", "2031-10-29"),
        ("https://paper.example/meldung/09-10-2031", None),
        ("https://paper.example/a?d=2031-04-26", None),
        ("https://paper.example/id/203104269", None),
    ],
)
def test_an_address_may_name_a_day(url: str, value: str | None):
    found = date_in_url(url)
    assert (found.value if found else None) == value


def test_the_nearest_label_counts():
    assert label_of("Published by Ada, last updated") == "modified"
    assert label_of("nothing of the kind") == ""


@given(st.text(max_size=200), st.sampled_from(["", "en", "en-us", "de", "ja", "xx"]))
def test_no_text_makes_it_raise(text: str, language: str):
    for found in labelled_dates(text, language=language):
        assert found.date.precision in ("day", "minute", "second")


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2090, 1, 1)))
def test_every_day_survives_being_written_out(day: date):
    written = parse_page_date(f"{day:%B} {day.day}, {day.year}", language="en")
    assert written is not None
    assert written.value == day.isoformat()
