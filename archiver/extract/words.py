"""The words that the extractor knows: of class names and, per language, of what pages say. Data only.

Class words are single lower-case words, or two run together ("mostread" for "most-read", "mostRead", "most_read").
They are evidence among other evidence: a container that holds most of the page's prose is never furniture.
"""

from __future__ import annotations

FURNITURE = frozenset(
    """
    nav navigation navbar menu menubar submenu megamenu footer foot sidebar sidebars sidecol siderail rightrail leftrail
    rail aside related relatedposts relatednews relatedcontent relatedarticles recommended recommendation
    recommendations recommend recirculation recirc promo promos promotion promobox promoted newsletter newsletters
    subscribe subscription subscriptions subscriber signup optin share shares sharing sharebar sharetools sharedaddy
    social socials socialmedia sociallinks comments commentlist commentsection disqus respond replies coral ad ads adv
    advert adverts advertisement advertisements advertising adslot adunit adbox adcontainer gpt dfp sponsor sponsored
    sponsors taboola outbrain cookie cookies cookiebar consent gdpr popup popover modal overlay lightbox tooltip
    breadcrumb breadcrumbs crumbs tags taglist tagcloud posttags topiclist keywords pagination pager paging pagenav
    postnav readmore readnext readalso alsoread seealso moreon morefrom morenews mostread mostpopular mostviewed
    trending popular teaser teasers teaserlist upnext nextup nextarticle prevnext widget widgets toolbar toolbox
    articletools paywall piano regwall login register registration signin copyright disclaimer skiplink skipto
    rating ratings poll polls survey donate donation donations followus followers feedback appdownload buttons
    ticker authorbox authorbio aboutauthor bio biography authorinfo authorcard crosslink crosslinks linkbox linklist
    contentlist bottomlinks externallinks werbung anzeige verwandt kommentare kommentar publicidad publicite relacionadas
    relacionados reklama reklam iklan bacajuga correlati commentaires comentarios reactions emoji jprelatedposts
    addtoany addthis whatsapp printonly noprint screenreader hidden visuallyhidden sronly hide invisible displaynone
    """.split()
)
HIDDEN = frozenset("visuallyhidden sronly screenreader screenreadertext screenreaderonly".split())
BODY = frozenset(
    """
    articlebody articletext articlecontent storybody storytext storycontent entrycontent postcontent postbody posttext
    bodytext maintext maincontent newstext newsbody newscontent bodycopy richtext contentbody textbody artikeltext
    """.split()
)
CAPTION = frozenset("caption captions figcaption wpcaption imagecaption photocaption bildunterschrift legende cutline legend".split())
CREDIT = frozenset(
    "credit credits photocredit imagecredit photographer copyright imagecopyright bildquelle bildnachweis attribution".split()
)
BYLINE = frozenset("byline bylines author authors authorname autor autoren autore auteur writer contributor contributors".split())
STANDFIRST = frozenset(
    """
    standfirst lead lede leadin intro subtitle subheadline subhead subheading dek deck teasertext kicker excerpt abstract
    summary vorspann chapo chapeau sommario ingress articleintro articlelead articlesummary articlesubtitle articledek
    articledescription headlinesub
    """.split()
)
DATE = frozenset("date time timestamp datetime dateline published pubdate publishdate publicationdate updated updatetime lastupdate lastupdated".split())

BY = {
    "en": "by, written by, reported by, words by, story by, text by",
    "de": "von, text, autor, autorin, autoren, ein artikel von, ein bericht von, ein kommentar von, eine analyse von",
    "fr": "par, propos recueillis par, texte, auteur",
    "es": "por, texto, autor, autora",
    "pt": "por, texto, autor, autora, redação",
    "it": "di, a cura di, testo, autore",
    "nl": "door, tekst, auteur",
    "sv": "av, text",
    "da": "af, tekst, skrevet af",
    "fi": "teksti, kirjoittanut",
    "pl": "autor, autorka, tekst, opracował, opracowała",
    "cs": "autor, autorka",
    "hu": "szerző, írta",
    "ro": "de, autor",
    "ru": "автор, авторы, текст",
    "uk": "автор, автори",
    "tr": "yazan, haber, yazar",
    "id": "oleh, penulis, reporter, pewarta",
    "vi": "theo, tác giả",
    "el": "του, της, γράφει, συντάκτης",
    "ar": "بقلم, كتب, كتبت",
    "fa": "نویسنده",
    "hi": "लेखक, द्वारा",
    "he": "מאת",
    "ja": "文, 文・, 執筆, 記者",
    "ko": "기자, 글",
    "zh": "作者, 文, 记者, 記者, 撰文",
}
CORRECTION = {
    "correction": """
        correction, corrections, corrected, korrektur, berichtigung, richtigstellung, correctif, rectificatif,
        rectification, erratum, errata, corrección, correcciones, fe de errores, rectificación, correção, errata
        corrige, rettifica, correzione, correctie, rectificatie, rättelse, rettelse, retting, korjaus, oikaisu,
        sprostowanie, korekta, oprava, helyreigazítás, corectare, erată, исправление, поправка, уточнение и исправление,
        виправлення, düzeltme, koreksi, ralat, đính chính, διόρθωση, تصحيح, تصويب, اصلاحیه, सुधार, भूल सुधार, תיקון, 訂正,
        お詫びと訂正, おわびと訂正, 정정, 바로잡습니다, 更正, แก้ไข, แก้ไขข่าว
        """,
    "clarification": """
        clarification, klarstellung, klärung, précision, précisions, aclaración, esclarecimento, precisazione,
        chiarimento, verduidelijking, förtydligande, præcisering, presisering, tarkennus, wyjaśnienie, upřesnění,
        pontosítás, clarificare, уточнение, уточнення, açıklama, klarifikasi, làm rõ, διευκρίνιση, توضيح, स्पष्टीकरण, הבהרה,
        澄清, 설명
        """,
    "editors-note": """
        editor s note, editors note, editor note, editors' note, note to readers, a note to readers, anmerkung der
        redaktion, hinweis der redaktion, anm d red, in eigener sache, note de la rédaction, ndlr, nota del editor, nota de
        la redacción, nota de redacción, nota da redação, nota do editor, nota della redazione, nota di redazione, ndr,
        noot van de redactie, redaktionens anmärkning, redaktionel note, toimituksen huomautus, od redakcji,
        poznámka redakce, a szerkesztő megjegyzése, nota redacției, от редакции, примечание редакции, від редакції,
        editörün notu, catatan redaksi, catatan editor, lời tòa soạn, σημείωση της σύνταξης, ملاحظة المحرر, संपादक की टिप्पणी,
        編集部注, 편집자 주, 编者按, 編者按
        """,
    "retraction": """
        retraction, retracted, withdrawn, widerruf, zurückgezogen, rétractation, retractación, retratação, ritrattazione,
        intrekking, wycofanie, отзыв публикации, geri çekme, pencabutan, 撤回, 撤稿, 철회
        """,
    "update": """
        update, updated, aktualisierung, mise à jour, actualización, atualização, aggiornamento, uppdatering, opdatering,
        oppdatering, päivitys, aktualizacja, aktualizace, frissítés, обновление, оновлення, güncelleme, pembaruan, ενημέρωση,
        تحديث, अपडेट, עדכון, 追記, 업데이트
        """,
}
