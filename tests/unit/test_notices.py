from __future__ import annotations

import pytest

from archiver.diff.lexicon import lexicon
from archiver.diff.notices import notice_kind
from archiver.notices import kind_of

NOTICES = [
    ("Correction: The ferry left Brisk at nine, not at eight.", "en", "correction"),
    ("CORRECTION (May 4): The ferry left Brisk at nine.", "en", "correction"),
    ("Correction", "en", "correction"),
    ("Rectificatif – Le bac de Brisk part à neuf heures.", "fr", "correction"),
    ("Une version précédente de cet article situait Ostrel au nord de Brisk.", "fr", "correction"),
    ("Fe de errores: el transbordador salió a las nueve.", "es", "correction"),
    ("Errata corrige: il traghetto parte alle nove.", "it", "correction"),
    ("Oikaisu 4.5. klo 9: lautta lähti yhdeksältä.", "fi", "correction"),
    ("訂正：フェリーは九時に出た。", "ja", "correction"),
    ("تصحيح: غادرت العبارة في التاسعة.", "ar", "correction"),
    ("Уточнение: паром вышел в девять.", "ru", "clarification"),
    ("Noot van de redactie: de veerpont is van de gemeente.", "nl", "editors-note"),
    ("An earlier version of the article gave the wrong length.", "en", "correction"),
    ("In einer früheren Version hieß es, der Steg sei 50 Meter lang.", "de", "correction"),
    ("In einer früheren Fassung dieses Textes stand eine falsche Länge.", "de", "correction"),
    ("Esta noticia ha sido actualizada con la respuesta del puerto.", "es", "update"),
    ("Questo articolo è stato ritirato.", "it", "retraction"),
    ("This story was amended on 4 May: the ferry left at nine.", "en", "correction"),
    ("Dieser Text wurde nachträglich berichtigt.", "de", "correction"),
    ("Dit bericht is gecorrigeerd: de veerpont vertrok om negen uur.", "nl", "correction"),
    ("Tekst poprawiono 4 maja: prom odpływa o dziewiątej.", "pl", "correction"),
    ("本文于5月4日更正：渡轮九点离港。", "zh", "correction"),
    ("صُحح هذا الخبر في 4 مايو.", "ar", "correction"),
    ("शुद्धिपत्र: नौका नौ बजे चली थी।", "hi", "correction"),
    ("Transparenzhinweis: Die Autorin stammt aus Brisk.", "de", "correction"),
    ("Editör notu: Vapurun adı değiştirildi.", "tr", "editors-note"),
    ("編集部より：船の名前は仮名です。", "ja", "editors-note"),
]
NONE = [
    "The correction of the river bed at Brisk took nine years.",
    "Corrections officers at Ostrel went on strike on Monday.",
    "Update your timetable, the ferry company says.",
    "An earlier version of the bill had set a higher fine.",
    "In einer früheren Fassung des Gesetzes fehlte der Satz.",
    "“An earlier version of this story made me cry,” said the novelist.",
    "„In einer früheren Version dieses Textes war ich netter“, sagte er.",
    "This article of the treaty is the one that the ferry company fears.",
    "Der Text des Vertrags wurde korrigiert.",
    "Red buses run to Brisk: one an hour.",
    "Une version précédente du bac reliait Brisk à Ostrel.",
    "",
]


@pytest.mark.parametrize(("text", "language", "kind"), NOTICES)
def test_notices_are_known_by_how_they_open_on_pages_and_in_diffs(text: str, language: str, kind: str):
    assert kind_of(text) == kind
    assert notice_kind(text, lexicon(language)) == kind


@pytest.mark.parametrize("text", NONE)
def test_a_text_that_only_begins_like_one_is_none(text: str):
    assert kind_of(text) is None
