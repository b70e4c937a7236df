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


AT_THE_END = [
    ("More on this as we get it.", "en", "update"),
    ("(UNA) UPDATE 2: adds reaction from the port", "en", "update"),
    ("The story has been updated to include a statement from the ferry company.", "en", "update"),
    ("Our first report said that the bridge had closed. It had not.", "en", "correction"),
    ("Yesterday we published a photograph of the wrong Mr Quell.", "en", "correction"),
    ("Two readers have told us that the bird in our photograph is a rook.", "en", "correction"),
    ("It has been brought to our attention that the quotation was not his.", "en", "correction"),
    ("The headline was changed after publication.", "en", "correction"),
    ("We misstated the age of the driver. He is 43.", "en", "correction"),
    ("The Post has retracted this article after an internal review.", "en", "retraction"),
    ("We no longer stand by this article and have taken it offline.", "en", "retraction"),
    ("The author owns shares in Calder Rail.", "en", "editors-note"),
    ("The trip was paid for by the tourist board.", "en", "editors-note"),
    ("Comments have been turned off for legal reasons.", "en", "editors-note"),
    ("The names of the patients have been changed.", "en", "editors-note"),
    ("Translated from the Norwegian by Ina Falk.", "en", "editors-note"),
    ("Dieser Artikel wurde nach einem Hinweis aus der Leserschaft geändert.", "de", "update"),
    ("Der Liveblog ist beendet.", "de", "update"),
    ("Durch einen Fehler in der Produktion erschien der Beitrag mit dem falschen Bild.", "de", "correction"),
    ("Im Text war der Fluss falsch benannt. Es ist die Kalde.", "de", "correction"),
    ("Bildunterschrift korrigiert: Das Foto zeigt Ina Falk.", "de", "correction"),
    ("Ein Absatz wurde auf Wunsch der Betroffenen gelöscht.", "de", "retraction"),
    ("Die Kommentarfunktion unter diesem Beitrag ist geschlossen.", "de", "editors-note"),
    ("Der Text wurde zuerst am 4. März veröffentlicht.", "de", "editors-note"),
    ("Nach Kritik haben wir die Formulierung im ersten Satz geändert.", "de", "editors-note"),
]
NEWS = [
    ("The ministry corrected its figure for March on Tuesday.", "en"),
    ("After publication of the figures, shares fell by a tenth.", "en"),
    ("On Monday we said goodbye to the harbour.", "en"),
    ("Readers wrote to the council about the bridge.", "en"),
    ("The statement should have been read out in full, the judge said.", "en"),
    ("Comments on the plan are closed, the council said.", "en"),
    ("The trip was paid for by the party, prosecutors say.", "en"),
    ("A line of the song was cut by the singer.", "en"),
    ("The report was updated to include figures for March.", "en"),
    ("The picture first shown in Brisk in 1911 was sold for nine pounds.", "en"),
    ("She has taken the picture down from the wall.", "en"),
    ("Im Text der Verfassung stand ein falscher Satz.", "de"),
    ("Ein Absatz wurde aus dem Vertrag gestrichen.", "de"),
    ("Wegen eines Fehlers im Stellwerk fielen neun Züge aus.", "de"),
    ("Durch einen Irrtum kam der Text in falsche Hände.", "de"),
    ("Nach Kritik hat die Stadt den Satz geändert.", "de"),
    ("Die Diskussion ist beendet, sagte der Minister.", "de"),
    ("Aus dem Dorf von einst ist nichts geblieben.", "de"),
]


@pytest.mark.parametrize(("text", "language", "kind"), AT_THE_END)
def test_a_last_paragraph_about_the_piece_itself_is_a_notice(text: str, language: str, kind: str):
    assert notice_kind(text, lexicon(language), is_at_edge=True) == kind


@pytest.mark.parametrize(("text", "language"), NEWS)
def test_what_others_corrected_removed_or_paid_for_is_news(text: str, language: str):
    assert notice_kind(text, lexicon(language), is_at_edge=True) == ""
