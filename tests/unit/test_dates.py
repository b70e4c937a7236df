from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.dates import calendars, date_in_url, label_of, labelled_dates, parse_page_date
from archiver.text import clean

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


UPDATES = """
en|Last updated on Saturday, April 26, 2031 at 8:38 pm
en-us|Updated 8:38 PM EDT, Sat April 26, 2031
de|Zuletzt aktualisiert am 26. April 2031 um 20:38 Uhr
de|Stand: 26.04.2031, 20:38 Uhr
de|Letzte Aktualisierung: Samstag, 26.4.2031 20.38 Uhr
fr|Mis à jour le 26/04/2031 à 20h38
fr|Dernière mise à jour le samedi 26 avril 2031 à 20 h 38
es|Última actualización: 26 de abril de 2031 a las 20:38 h
es|Actualizado a 26/04/2031 20:38
es|Actualizado el sábado, 26 abril 2031 - 08:38 p. m.
pt|Atualizado em 26/04/2031 às 20h38
pt|Última atualização: 26 de abril de 2031, 20:38
it|Ultimo aggiornamento: 26 aprile 2031 ore 20:38
it|Aggiornato alle 20:38 del 26 aprile 2031
nl|Laatst bijgewerkt op 26 april 2031 om 20:38 uur
nl|Laatste update: zaterdag 26 april 2031, 20.38 uur
pl|Ostatnia aktualizacja: 26 kwietnia 2031, godz. 20:38
pl|Aktualizacja: 26.04.2031 20:38
ru|Обновлено: 26 апреля 2031 г. в 20:38
ru|Последнее обновление 26.04.2031, 20:38
uk|Оновлено 26 квітня 2031, 20:38
uk|Останнє оновлення: 26.04.2031 20:38
tr|Son Güncelleme: 26 Nisan 2031 Cumartesi 20:38
tr|Güncelleme Tarihi: 26.04.2031 - 20:38
ar|آخر تحديث: السبت 26 أبريل/نيسان 2031 الساعة 20:38
ar|آخر تحديث: 26/4/2031 - 08:38 مساءً
ar|تم التحديث في ٢٦ نيسان ٢٠٣١ ٠٨:٣٨ م
fa|آخرین به‌روزرسانی: ۶ اردیبهشت ۱۴۱۰ - ۲۰:۳۸
fa|آخرین بروزرسانی: ۱۴۱۰/۰۲/۰۶ ساعت ۲۰:۳۸
fa|به روز شده در ۲۶ آوریل ۲۰۳۱ ساعت ۰۸:۳۸ ب.ظ
he|עדכון אחרון: 26 באפריל 2031, 20:38
he|עודכן לאחרונה: 26.04.2031, 20:38
he|עודכן ב 26/04/2031 בשעה 20:38
hi|अपडेटेड 26 अप्रैल 2031, 8:38 PM
hi|अंतिम अपडेट: शनिवार, 26 अप्रैल 2031 20:38
id|Terakhir diperbarui: Sabtu, 26 April 2031 20:38 WIB
id|Diperbarui 26/04/2031, 20.38 WIB
ja|最終更新：2031年4月26日（土） 20時38分
ja|更新日: 2031/04/26 20:38
ja|令和13年4月26日 20:38更新
zh|最后更新：2031年4月26日 20:38
zh-tw|最後更新: 2031-04-26 20:38
zh|更新时间：2031年04月26日 晚上8:38
ko|최종수정 2031.04.26 20:38
ko|수정: 2031년 4월 26일 오후 8시 38분
ko|업데이트 2031-04-26 20:38
sv|Senast uppdaterad 26 april 2031 kl. 20.38
sv|Uppdaterad: lördag 26 april 2031 20:38
el|Τελευταία ενημέρωση: 26 Απριλίου 2031, 20:38
el|Ενημερώθηκε: 26/04/2031, 08:38 μ.μ.
cs|Aktualizováno 26. dubna 2031 20:38
cs|Poslední aktualizace: 26. 4. 2031 v 20:38
ro|Ultima actualizare: 26 aprilie 2031, 20:38
ro|Actualizat: 26.04.2031 20:38
hu|Frissítve: 2031. április 26. 20:38
hu|Utolsó frissítés: 2031.04.26. 20:38
da|Senest opdateret 26. april 2031 kl. 20.38
da|Opdateret: 26. apr. 2031, 20:38
nb|Sist oppdatert 26. april 2031 kl. 20.38
nb|Oppdatert: lørdag 26. apr 2031, 20:38
fi|Päivitetty 26.4.2031 klo 20.38
fi|Viimeksi päivitetty: 26. huhtikuuta 2031 20:38
vi|Cập nhật lần cuối: Thứ Bảy, 26/4/2031, 20:38 (GMT+7)
vi|Cập nhật lúc 20:38 ngày 26 tháng 4 năm 2031
vi|Cập nhật 26/04/2031 20:38
th|อัปเดตล่าสุด 26 เม.ย. 2574 20:38 น.
th|แก้ไขล่าสุด 26 เมษายน 2574 เวลา 20:38
bn|সর্বশেষ আপডেট: ২৬ এপ্রিল ২০৩১, ২০:৩৮
bn|আপডেট: ২৬ এপ্রিল ২০৩১ ০৮:৩৮ পিএম
bg|Последна промяна: 26 април 2031, 20:38
ur|آخری اپ ڈیٹ: 26 اپریل 2031 20:38
"""
"""What pages say in the languages of news, all of the same minute."""


@pytest.mark.parametrize("said", UPDATES.split("\n")[1:-1])
def test_update_lines_in_the_languages_of_news(said: str):
    language, line = said.split("|", 1)
    (found,) = labelled_dates(line, language=language)
    assert (found.label, found.date.value) == ("modified", "2031-04-26T20:38")
    assert found.date.text in clean(line)
    assert labelled_dates(found.date.text, language=language) == (found,)


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


def test_a_label_after_a_date_counts_only_right_upon_it():
    (found,) = labelled_dates("On 9 October 2031 the council heard of an update", language="en")
    assert found.label == ""


@pytest.mark.parametrize(
    ("line", "language", "value"),
    [
        ("۱۴۱۰/۰۲/۰۶", "fa", "2031-04-26"),
        ("۶ اردیبهشت ماه ۱۴۱۰", "fa", "2031-04-26"),
        ("30 اسفند 1399", "fa", "2021-03-20"),
        ("30 اسفند 1400", "fa", None),
        ("1410/02/06", "ar", None),
        ("1410/02/06", "", None),
        ("15 رمضان 1452", "ar", None),
        ("26 أبريل 2031 الموافق 4 محرم 1453", "ar", "2031-04-26"),
        ("26 เมษายน 2574", "th", "2031-04-26"),
        ("26.04.74", "th", None),
        ("令和13年4月26日", "ja", "2031-04-26"),
        ("令和元年5月1日", "ja", "2019-05-01"),
        ("民國120年4月26日", "zh-tw", "2031-04-26"),
        ("२०८८-०१-१३", "ne", None),
        ("26.04.31", "de", "2031-04-26"),
        ("26.04.98", "de", "1998-04-26"),
    ],
)
def test_other_calendars_are_known_or_left_alone(line: str, language: str, value: str | None):
    found = parse_page_date(line, language=language)
    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("persian", "ours"),
    [
        ((1375, 12, 30), date(1997, 3, 20)),
        ((1399, 4, 2), date(2020, 6, 22)),
        ((1400, 1, 1), date(2021, 3, 21)),
        ((1403, 1, 1), date(2024, 3, 20)),
        ((1403, 12, 30), date(2025, 3, 20)),
        ((1404, 12, 30), None),
        ((1404, 7, 31), None),
        ((1404, 13, 1), None),
    ],
)
def test_persian_days(persian: tuple[int, int, int], ours: date | None):
    assert calendars.from_persian(*persian) == ours


def test_the_persian_calendar_has_every_day_once():
    days = [
        found
        for year in range(1301, 1500)
        for month in range(1, 13)
        for day in range(1, 32)
        if (found := calendars.from_persian(year, month, day))
    ]
    assert days == [date.fromordinal(days[0].toordinal() + n) for n in range(len(days))]


@given(st.text(max_size=200), st.sampled_from(["", "en", "en-us", "de", "ja", "xx"]))
def test_no_text_makes_it_raise(text: str, language: str):
    for found in labelled_dates(text, language=language):
        assert found.date.precision in ("day", "minute", "second")


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2090, 1, 1)))
def test_every_day_survives_being_written_out(day: date):
    written = parse_page_date(f"{day:%B} {day.day}, {day.year}", language="en")
    assert written is not None
    assert written.value == day.isoformat()


MONTHS = ("April", "avril", "abril", "aprile", "kwietnia", "апреля", "nisan", "أبريل", "אפריל", "अप्रैल", "huhtikuuta")
NAMED_ZONE = re.compile(
    r"(?<![A-Za-z])(?:Z|UTC|GMT|CES?T|MES?Z|EES?T|MSK|[EP][SD]T|WIB|JST|KST)(?![A-Za-z])|МСК|[+-]\d"
)
LABELS = ["Updated: ", "Published ", "Stand: ", "Mis à jour le ", "更新", "آخر تحديث: "]
AROUND = [" p.m.", " Z", " GMT", " ET", " est", " +0400", " -5", " MSK", " uhr", " à ", " kl. ", " comments", "7"]
PIECES = st.one_of(
    st.sampled_from(
        ["Updated: ", "Published ", "Stand: ", "Mis à jour le ", "更新", "آخر تحديث: ", " | ", " - ", ", ", " "]
    ),
    st.builds("{}.{}.{}".format, st.integers(1, 31), st.integers(1, 12), st.integers(1990, 2060)),
    st.builds("{}/{}/{}".format, st.integers(1, 31), st.integers(1, 31), st.integers(1990, 2060)),
    st.builds("{}-{:02}-{:02}".format, st.integers(1990, 2060), st.integers(1, 12), st.integers(1, 31)),
    st.builds("{} {} {}".format, st.integers(1, 31), st.sampled_from(MONTHS), st.integers(1990, 2060)),
    st.builds("{}年{}月{}日".format, st.integers(1990, 2060), st.integers(1, 12), st.integers(1, 31)),
    st.builds("{}:{:02}".format, st.integers(0, 23), st.integers(0, 59)),
    st.builds("{}.{:02} Uhr".format, st.integers(0, 23), st.integers(0, 59)),
    st.sampled_from(
        [" p.m.", " Z", " GMT", " ET", " est", " +0400", " -5", " MSK", " uhr", " à ", " kl. ", " comments", "7"]
    ),
)
LINES_OF_PAGES = st.lists(PIECES, max_size=8).map("".join)
LANGUAGES = st.sampled_from(["", "en", "en-us", "en-gb", "de", "fr", "fa", "ar", "th", "ja", "ne"])


@given(LINES_OF_PAGES, LANGUAGES)
def test_no_zone_is_invented(line: str, language: str):
    for found in labelled_dates(line, language=language):
        assert not found.date.offset or NAMED_ZONE.search(found.date.text)


@given(LINES_OF_PAGES, LANGUAGES)
def test_a_date_read_again_from_its_own_words_is_the_same(line: str, language: str):
    for found in labelled_dates(line, language=language):
        assert found.date.text in clean(line)
        again = labelled_dates(found.date.text, language=language)
        assert [(one.date.value, one.date.offset) for one in again] == [(found.date.value, found.date.offset)]


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 1, 1)), st.sampled_from("./-"))
def test_day_and_month_are_never_swapped(day: date, mark: str):
    line = f"{day.day}{mark}{day.month}{mark}{day.year}"
    for language in ("de", "fr", "en-gb", "ru", "ar", "th", "pt-br"):
        assert [one.date.value for one in labelled_dates(line, language=language)] == [day.isoformat()]
    is_certain = mark == "." or day.day > 12 or day.day == day.month
    for language in ("", "en", "en-ph", "ja", "zh-tw"):
        found = [one.date.value for one in labelled_dates(line, language=language)]
        assert found == ([day.isoformat()] if is_certain else [])
    if not is_certain:
        (american,) = labelled_dates(line, language="en-us")
        assert american.date.value == f"{day.year}-{day.day:02}-{day.month:02}"
