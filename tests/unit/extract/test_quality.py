from __future__ import annotations

import pytest

from archiver.extract import extract, extract_article

STORY = (
    "<p>The mill in Low Valley turned its wheel again on Saturday, eleven months after the flood tore it away.</p>"
    "<p>Volunteers gave more than three thousand hours to the repair, said the miller, Ned Garrow.</p>"
)
LONG = STORY + "".join(
    f"<p>Sentence number {n} of the long report says what the council did in week {n}.</p>" for n in range(20)
)


def page(title: str, inner: str) -> str:
    return f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1>{inner}</main></body></html>"


WALLS = [
    page("Just a moment...", "<p>Checking your browser before accessing the site. This takes a few seconds.</p>"),
    page("Are you a robot?", "<p>Please confirm that you are not a robot by pressing the box below.</p>"),
    page("Seite nicht gefunden", "<p>Die gesuchte Seite gibt es hier leider nicht mehr, oder sie gab es nie.</p>"),
    page("404", "<p>Whatever you were looking for has left the building without telling anyone.</p>"),
    page("Página no encontrada", "<p>La dirección puede estar mal escrita, o la noticia ya no está disponible.</p>"),
    page("Wartungsarbeiten", "<p>Wir sind in wenigen Minuten wieder für Sie da. Danke für Ihre Geduld.</p>"),
    page("The Courier", "<p>Please log in to continue reading. It takes only a minute, and it is free.</p>"),
    page("Votre choix", "<p>Nous et nos partenaires stockons des informations. Tout accepter ou refuser ?</p>"),
    page(
        "Before you go on",
        "<p>We and our partners store data. You may accept all cookies or manage preferences.</p>",
    ),
    "<html><body><div id='root'></div><script>boot()</script></body></html>",
    f"<html><body><h1>Where did it go?</h1><div></div><footer><h3>About us</h3>{STORY}</footer></body></html>",
    "",
]
ARTICLES = [
    page("Bridge closed", "<p>The bridge in Brisk was closed on Friday after a lorry hit a pillar.</p>"),
    page("Why captchas ask whether you are a robot", LONG),
    page("Das Ende der Cookies", LONG.replace("week", "Woche")),
    page(
        "Bridge story withdrawn",
        "<p>Retraction: This article has been withdrawn, its source was invented.</p>",
    ),
    page("Error 404: the exhibition", LONG),
]


WALLS += [
    page("404 – Page introuvable | Le Courrier", "<p>La page a été déplacée ou supprimée.</p>"),
    page("Pagina non trovata", "<p>Quello che cerchi non è qui, e forse non lo è mai stato.</p>"),
    page("Página não encontrada | Correio", "<p>O endereço pode ter mudado, ou o texto saiu do ar.</p>"),
    page("Pagina niet gevonden", "<p>Misschien is het bericht verplaatst of verwijderd.</p>"),
    page("Nie znaleziono strony", "<p>Adres mógł się zmienić albo tekst został usunięty.</p>"),
    page("Страница не найдена", "<p>Возможно, она была удалена или перенесена в другой раздел.</p>"),
    page("Sayfa bulunamadı", "<p>Aradığınız haber kaldırılmış ya da taşınmış olabilir.</p>"),
    page("ページが見つかりません", "<p>記事は移動または削除された可能性があります。</p>"),
    page("页面不存在", "<p>您要找的文章可能已被删除或移动到别的地址。</p>"),
    page("الصفحة غير موجودة", "<p>ربما نقل الخبر الذي تبحث عنه أو حذف من الموقع.</p>"),
    page("Accès refusé", "<p>Vérifiez que vous êtes humain en cochant la case ci-dessous.</p>"),
    page("Em manutenção", "<p>Voltamos dentro de alguns minutos. Obrigado pela paciência.</p>"),
    page(
        "Courier", "<form><input name='user'><input type='password'></form><p>Welcome back to the Courier of Brisk.</p>"
    ),
]
BRIEF = "<p class='byline'>By Ada Quill</p><p><time datetime='2031-05-06'>6 May 2031</time></p>"
ARTICLES += [
    page("Girl still not found after a week", BRIEF + STORY),
    page("Vermisster Wanderer weiterhin nicht gefunden", STORY * 2),
    page("Lange Schlangen am Security Check in Brisk", STORY * 2),
    page("Onderhoud aan de brug van Brisk duurt langer", BRIEF + STORY),
    page("Observers say access denied to the count", BRIEF + "<p>Observers were not let into the hall in Brisk.</p>"),
    page("Le maire reste introuvable", STORY * 2),
    page("Breaking: quake in Brisk", BRIEF + "<p>A quake shook Brisk at noon. More to follow.</p>"),
    page("Why every paywall leaks", LONG),
]


@pytest.mark.parametrize("html", WALLS)
def test_a_wall_is_no_article(html: str):
    assert extract(html, url="https://paper.example/news/mill").problem
    assert extract(html, url="https://paper.example/2031/05/06/mill").problem


@pytest.mark.parametrize("html", ARTICLES)
def test_an_article_is_one(html: str):
    assert extract(html, url="https://paper.example/news/mill").problem == ""


def test_a_collapse_is_seen_beside_the_last_revision():
    previous = extract_article(page("Mill reopens", LONG))
    stub = page("Mill reopens", "<p>The mill in Low Valley turned its wheel again on Saturday.</p>")
    assert "shrank" in extract(stub, previous=previous).problem
    assert extract(stub).problem == ""


def test_a_halved_article_and_a_retraction_are_edits_and_no_collapse():
    previous = extract_article(page("Mill reopens", LONG))
    assert extract(page("Mill reopens", LONG[: len(LONG) // 2]), previous=previous).problem == ""
    notice = "<p>Retraction: The article that stood here has been withdrawn after a complaint.</p>"
    assert extract(page("Mill reopens", notice), previous=previous).problem == ""


def test_a_list_of_links_is_told_from_an_article():
    links = "".join(
        f'<li><a href="/n/{n}">The {n}th story of the day from the valley and the coast</a></li>' for n in range(60)
    )
    assert "list" in extract(f"<html><body><ul>{links}</ul></body></html>", url="https://paper.example/town").problem
