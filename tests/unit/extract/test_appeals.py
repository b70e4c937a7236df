"""What asks the reader for something is no part of the story; what opens with the same words, or is quoted, is."""

import pytest

from archiver.extract import extract_article

STORY = (
    "The weir at Ostermoor was opened on Monday, after the river had risen by two metres within a single night.",
    "Nobody was hurt, the fire service said, but four cellars in Mill Lane stood under water until the evening.",
    "The council wants to have the banks raised before the autumn, and has asked the county for the money.",
)

APPEALS = (
    "Like what you are reading? Sign up for our free Sunday email.",
    "The Ostermoor Gazette lives on its readers. Become a supporter of our journalism.",
    "Log in to keep reading.",
    "Should the weir stay open? Have your say in our poll.",
    "Follow our reporters on Facebook and Instagram.",
    "Alle Neuigkeiten direkt in Ihr Postfach: Jetzt Newsletter bestellen",
    "Sie haben schon ein Abo? Hier einloggen",
    "Diesen und andere Texte gibt es in unserer App: hier herunterladen.",
    "Ce reportage vous a plu ? Abonnez-vous à notre infolettre.",
    "Si vous aimez nos enquêtes, faites un don.",
    "Regístrate gratis para seguir leyendo.",
    "Escucha nuestro pódcast sobre el río.",
    "Resta aggiornato: segui il nostro canale WhatsApp.",
    "Accedi o registrati per continuare a leggere.",
    "Quer mais reportagens como esta? Assine a nossa newsletter.",
    "Elke week het beste van de redactie? Meld je aan voor onze nieuwsbrief.",
    "Gillar du vår journalistik? Bli prenumerant.",
    "Podoba Ci się ten reportaż? Zapisz się na nasz newsletter.",
    "Если вы цените нашу работу, поддержите редакцию.",
    "Haberin tamamını okumak için giriş yapın.",
    "سجل الدخول لمتابعة القراءة.",
    "आगे पढ़ने के लिए लॉग इन करें।",
    "続きを読むには会員登録が必要です。",
    "喜欢这篇报道吗？请关注我们的微信公众号。",
)

SENTENCES = (
    "Support for the Channel ferry fell to a third within a week.",
    "Contact with the weather channel was lost at noon.",
    "Share prices of Facebook and Twitter rose by four per cent.",
    "Residents are warned through WhatsApp, email and sirens, join or not.",
    "Sign up for the village run at the town hall by 3 May.",
    "“Follow us,” the pilot radioed to the ferry's app developers.",
    "The sign read: “Sign up for our newsletter”.",
    "Jetzt ermittelt die Polizei gegen den Betreiber der App.",
    "Hier endet der alte Kanal.",
    "Jeden Tag melden sich neue Opfer über WhatsApp.",
    "Suivez la chaîne des collines jusqu'au col.",
    "Lisez le compte rendu avant de voter.",
    "Sigue cerrado el canal de riego.",
    "Entre os detidos está um grupo de sindicalistas.",
    "Resta chiuso il canale navigabile.",
    "Deel van het kanaal blijft dicht.",
    "Få är medlem i föreningen längre.",
    "Chcesz przejść przez kanał, musisz czekać.",
    "Хотите верьте, хотите нет, но канал замёрз.",
    "En önemli kanal kapandı.",
    "تابع سكان قناة الري الحادث بقلق.",
    "देश के सबसे बड़े चैनल पर यह ख़बर चली।",
    "アプリの登録情報が流出した。",
    "该应用程序的注册人数超过一百万。",
)


def body_with(sentence: str) -> list[str]:
    inside = "".join(f"<p>{line}</p>" for line in (*STORY[:2], sentence, STORY[2]))
    page = f"<html><body><article><h1>The weir is open</h1>{inside}</article></body></html>"
    return [block.text for block in extract_article(page).body]


@pytest.mark.parametrize("sentence", APPEALS)
def test_an_appeal_to_the_reader_is_left_out(sentence: str):
    assert body_with(sentence) == list(STORY)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_that_opens_like_an_appeal_or_quotes_one_is_text(sentence: str):
    assert body_with(sentence) == [*STORY[:2], sentence, STORY[2]]
