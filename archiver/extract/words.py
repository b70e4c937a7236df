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
    articletools regwall login register registration signin copyright disclaimer skiplink skipto
    rating ratings poll polls survey donate donation donations followus followers feedback appdownload buttons
    ticker authorbox authorbio aboutauthor bio biography authorinfo authorcard crosslink crosslinks linkbox linklist
    contentlist bottomlinks externallinks werbung anzeige verwandt kommentare publicidad publicite relacionadas
    relacionados reklama reklam iklan bacajuga correlati commentaires comentarios reactions emoji jprelatedposts
    addtoany addthis whatsapp printonly noprint screenreader visuallyhidden sronly displaynone
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

APPEALS = {
    "en": (
        "sign up, subscribe, follow, join, download, register, receive, click, tap, listen, watch, share, donate, "
        "support, send, email, e-mail, contact, like us, find us, check out, stay, become, don t miss, "
        "never miss, get the, get our, for more, for the latest, keep up, enter your, have a",
        "newsletter, newsletters, inbox, mailbox, our app, podcast, podcasts, twitter, facebook, instagram, whatsapp, "
        "telegram, youtube, tiktok, linkedin, bluesky, threads, notifications, alerts, subscription, subscriber, "
        "subscribers, subscribe, email alerts, updates, channel, member, membership, forums, free trial, news tip, a tip, digest, "
        "briefing, bulletin, sign up, our journalism, google news, homepage, print edition, digital edition, for more stories",
    ),
    "de": (
        "melden sie sich, melde dich, abonnieren, abonniere, folgen sie, folge, folgt, jetzt, laden sie, lade, lesen sie, "
        "registrieren, hier, bleiben sie, erhalten sie, bestellen sie, klicken sie, teilen sie, unterstützen sie, "
        "hören sie, schreiben sie, verpassen sie, testen sie, holen sie, sie können, sie wollen, mit dem newsletter, jeden",
        "newsletter, newsletters, postfach, app, podcast, twitter, facebook, instagram, whatsapp, telegram, youtube, "
        "abo, abonnement, abonnieren, anmelden, push, kanal, digital, probemonat, e-mail, updates, probeabo, registrieren",
    ),
    "fr": (
        "inscrivez vous, abonnez vous, recevez, suivez, téléchargez, rejoignez, cliquez, écoutez, partagez, soutenez, "
        "retrouvez, découvrez, lisez, écrivez, ne manquez, restez, pour recevoir, pour ne rien, pour lire, inscris toi, abonne toi",
        "newsletter, newsletters, lettre d information, infolettre, boîte mail, boîte de réception, application, appli, "
        "podcast, twitter, facebook, instagram, whatsapp, telegram, youtube, abonnement, abonnés, notifications, alertes, e-mail, "
        "chaîne, compte",
    ),
    "es": (
        "suscríbete, suscríbase, suscribirse, regístrate, regístrese, inscríbete, recibe, reciba, sigue, síguenos, síguelo, "
        "siga, descarga, descarga, descárgate, únete, haz clic, escucha, comparte, apoya, apúntate, no te pierdas, para seguir, "
        "para recibir, entra, lee, ya sabías, quieres, consulta",
        "newsletter, boletín, boletines, correo, bandeja, app, aplicación, podcast, twitter, facebook, instagram, whatsapp, "
        "telegram, youtube, suscripción, suscriptor, suscriptores, notificaciones, alertas, canal",
    ),
    "pt": (
        "assine, subscreva, inscreva se, cadastre se, receba, siga, siga nos, baixe, descarregue, junte se, clique, ouça, "
        "compartilhe, partilhe, apoie, participe, entre, acompanhe, não perca, leia, quer, faça parte",
        "newsletter, newsletters, boletim, e-mail, email, app, aplicativo, aplicação, podcast, twitter, facebook, instagram, "
        "whatsapp, telegram, youtube, assinatura, assinante, assinantes, notificações, alertas, canal, grupo",
    ),
    "it": (
        "iscriviti, iscrivetevi, abbonati, abbonatevi, ricevi, ricevete, segui, seguici, seguite, scarica, unisciti, clicca, "
        "ascolta, condividi, sostieni, registrati, non perdere, leggi, entra, per ricevere, resta",
        "newsletter, email, e-mail, casella, app, podcast, twitter, facebook, instagram, whatsapp, telegram, youtube, "
        "abbonamento, abbonati, notifiche, canale",
    ),
    "nl": (
        "schrijf je, schrijf u, meld je, meld u, abonneer, ontvang, volg, download, klik, luister, deel, steun, word, mis niets, "
        "lees, blijf, wil je",
        "nieuwsbrief, nieuwsbrieven, inbox, mailbox, app, podcast, twitter, facebook, instagram, whatsapp, telegram, youtube, "
        "abonnement, abonnee, lid, meldingen, e-mail, kanaal",
    ),
    "sv": (
        "prenumerera, anmäl dig, registrera dig, få, följ, ladda ner, ladda ned, klicka, lyssna, dela, stöd, bli, missa inte, läs, vill du",
        "nyhetsbrev, nyhetsbrevet, nyhetsbreven, inkorg, inkorgen, appen, app, podden, podcast, twitter, facebook, instagram, whatsapp, telegram, "
        "youtube, prenumeration, prenumerant, medlem, notiser, mejl",
    ),
    "da": (
        "tilmeld dig, abonner, abonnér, få, følg, hent, download, klik, lyt, del, støt, bliv, gå ikke glip, læs, meld deg, last ned, "
        "klikk, lytt, støtt, bli, følg, les, vil du",
        "nyhedsbrev, nyhedsbrevet, nyhedsbreve, nyhetsbrev, nyhetsbrevet, indbakke, innboks, app, appen, podcast, twitter, facebook, "
        "instagram, whatsapp, telegram, youtube, abonnement, abonnent, medlem, varsler",
    ),
    "fi": (
        "tilaa, tilaa, liity, rekisteröidy, seuraa, lataa, klikkaa, kuuntele, jaa, tue, lue, vastaanota, saat",
        "uutiskirje, uutiskirjeen, uutiskirjeemme, uutiskirjeet, sähköposti, sähköpostiisi, sovellus, podcast, twitter, facebook, instagram, whatsapp, "
        "telegram, youtube, tilaus, tilaaja",
    ),
    "pl": (
        "zapisz się, zapisz, subskrybuj, zaprenumeruj, zamów, otrzymuj, obserwuj, śledź, pobierz, dołącz, kliknij, słuchaj, "
        "posłuchaj, udostępnij, wesprzyj, zarejestruj, nie przegap, czytaj, chcesz, bądź",
        "newsletter, newslettera, newsletterem, skrzynkę, skrzynki, aplikację, aplikacji, podcast, podcastu, podcastów, twitterze, twittera, "
        "facebooku, facebooka, instagramie, whatsapp, whatsappie, telegramie, youtube, prenumeratę, prenumeratorów, powiadomienia, kanał, subskrypcję, e-mail",
    ),
    "cs": (
        "přihlaste se, přihlas se, odebírejte, sledujte, stáhněte, připojte se, klikněte, poslouchejte, sdílejte, podpořte, "
        "zaregistrujte, čtěte, předplaťte, dostávejte, chcete",
        "newsletter, newsletteru, newslettery, e-mail, e-mailu, schránky, aplikaci, podcast, podcastu, twitteru, facebooku, instagramu, whatsapp, whatsappu, "
        "telegramu, youtube, předplatné, kanál, odběr",
    ),
    "hu": (
        "iratkozzon, iratkozz, kövesse, kövess, kövessen, töltse, csatlakozzon, csatlakozz, kattintson, hallgassa, ossza, támogassa, "
        "regisztráljon, olvassa, fizessen, szeretne",
        "hírlevél, hírlevelünkre, hírlevélre, postaládájába, alkalmazást, podcast, twitteren, facebookon, instagramon, telegramon, youtube, előfizetés, "
        "elő, értesítések, e-mail",
    ),
    "ro": (
        "abonează te, abonați vă, abonaţi vă, înscrie te, primește, urmărește, urmăriți ne, descarcă, alătură te, click, ascultă, distribuie, susține, citește",
        "newsletter, newsletterul, e-mail, email, aplicația, podcast, twitter, facebook, instagram, whatsapp, telegram, youtube, abonament, notificări, canalul",
    ),
    "ru": (
        "подпишитесь, подписывайтесь, подпишись, следите, читайте, скачайте, скачивайте, присоединяйтесь, вступайте, слушайте, "
        "делитесь, поделитесь, поддержите, зарегистрируйтесь, получайте, оформите, хотите, ставьте",
        "рассылку, рассылка, рассылки, почту, почта, приложение, подкаст, твиттер, твиттере, фейсбук, инстаграм, whatsapp, telegram, телеграм, телеграме, "
        "youtube, ютуб, ютубе, подписку, подписка, канал, каналы, дзен, дзене, вконтакте, уведомления, соцсетях, viber, google news",
    ),
    "uk": (
        "підпишіться, підписуйтесь, підписуйтеся, стежте, читайте, завантажте, приєднуйтесь, приєднуйтеся, слухайте, поділіться, підтримайте, "
        "зареєструйтесь, отримуйте, долучайтесь",
        "розсилку, розсилка, пошту, застосунок, подкаст, твіттер, фейсбук, facebook, instagram, whatsapp, telegram, телеграм, youtube, підписку, канал, "
        "канали, сповіщення, viber, google news",
    ),
    "el": (
        "εγγραφείτε, γραφτείτε, ακολουθήστε, ακολουθήστε μας, κατεβάστε, κάντε, ακούστε, μοιραστείτε, διαβάστε, λάβετε",
        "newsletter, ενημερωτικό, εφαρμογή, podcast, twitter, facebook, instagram, whatsapp, telegram, youtube, συνδρομή, google news, κανάλι, email",
    ),
    "tr": (
        "abone olun, abone ol, kaydolun, kayıt olun, takip edin, bizi takip, indirin, katılın, tıklayın, dinleyin, paylaşın, "
        "destekleyin, üye olun, okuyun, haberdar, günlük, en önemli, gelişmeleri",
        "bülten, bültenimize, bültenine, bültene, e-posta, gelen kutunuza, kutunuza, uygulama, uygulamamızı, uygulamasını, podcast, twitter, twitter'da, facebook, "
        "instagram, whatsapp, telegram, youtube, abone, abonelik, bildirim, kanalımıza, kanalına, kanalımızı, google news",
    ),
    "id": (
        "daftar, berlangganan, langganan, ikuti, unduh, gabung, bergabung, klik, dengarkan, bagikan, dukung, dapatkan, baca, simak, ayo",
        "newsletter, buletin, email, kotak masuk, aplikasi, podcast, twitter, facebook, instagram, whatsapp, telegram, youtube, langganan, notifikasi, "
        "channel, saluran, kanal, google news",
    ),
    "vi": (
        "đăng ký, theo dõi, tải, tham gia, nhấp, nghe, chia sẻ, ủng hộ, nhận, mời, hãy, bấm",
        "bản tin, hộp thư, ứng dụng, podcast, twitter, facebook, instagram, zalo, telegram, youtube, thông báo, kênh, email, google news",
    ),
    "ar": (
        "اشترك, اشتركوا, اشتركي, سجل, سجلوا, تابع, تابعوا, تابعونا, تابعنا, حمل, حملوا, انضم, انضموا, اضغط, استمع, شارك, ادعم, احصل, للاشتراك, لمتابعة",
        "النشرة, نشرتنا, نشرة, البريد, بريدك, التطبيق, تطبيق, بودكاست, تويتر, فيسبوك, انستغرام, إنستغرام, واتساب, تلغرام, تليغرام, يوتيوب, الاشتراك, الإشعارات, "
        "قناة, قناتنا, قناتنا, صفحتنا",
    ),
    "fa": (
        "عضو شوید, مشترک شوید, دنبال کنید, ما را, دانلود, بپیوندید, کلیک کنید, گوش کنید, برای دریافت",
        "خبرنامه, ایمیل, اپلیکیشن, پادکست, توییتر, فیسبوک, اینستاگرام, واتساپ, تلگرام, یوتیوب, اشتراک, کانال",
    ),
    "he": (
        "הירשמו, הרשמו, עקבו, הורידו, הצטרפו, לחצו, האזינו, שתפו, תמכו, קבלו, רוצים, להצטרפות",
        "ניוזלטר, לניוזלטר, דוא ל, מייל, אפליקציה, האפליקציה, פודקאסט, טוויטר, פייסבוק, אינסטגרם, וואטסאפ, ווטסאפ, טלגרם, יוטיוב, מינוי, ערוץ, לערוץ, עדכונים",
    ),
    "hi": (
        "सब्सक्राइब, फॉलो, फ़ॉलो, डाउनलोड, जुड़ें, जुड़िए, क्लिक, सुनें, शेयर, पढ़ें, पाएं, हमारे, हमें, ताजा, ताज़ा, लेटेस्ट, देश",
        "न्यूज़लेटर, न्यूजलेटर, ईमेल, इनबॉक्स, ऐप, एप, पॉडकास्ट, ट्विटर, फेसबुक, फ़ेसबुक, इंस्टाग्राम, व्हाट्सएप, व्हाट्सऐप, टेलीग्राम, यूट्यूब, चैनल, नोटिफिकेशन, गूगल न्यूज",
    ),
}
UNSPACED_APPEALS = {
    "ja": ("登録, 購読, フォロー, ダウンロード, お届け, 配信中, 申し込み", "メルマガ, ニュースレター, メール, アプリ, ポッドキャスト, ツイッター, フェイスブック, ライン, 公式, チャンネル, 通知"),
    "zh": (
        "订阅, 訂閱, 关注, 關注, 下载, 下載, 注册, 註冊, 点击, 點擊, 加入, 追蹤",
        "新闻简报, 電子報, 通讯, 通訊, 邮箱, 郵箱, 應用程式, 应用程序, 客户端, 播客, 微信, 微博, 公众号, 公眾號, 推特, 脸书, 臉書, 频道, 頻道, 电报",
    ),
    "ko": ("구독, 팔로우, 다운로드, 가입, 클릭, 받아보세요, 신청", "뉴스레터, 이메일, 메일함, 앱, 팟캐스트, 트위터, 페이스북, 인스타그램, 카카오톡, 텔레그램, 유튜브, 채널, 알림"),
    "th": ("สมัคร, ติดตาม, ดาวน์โหลด, เข้าร่วม, คลิก, รับข่าว", "จดหมายข่าว, อีเมล, แอป, พอดแคสต์, ทวิตเตอร์, เฟซบุ๊ก, อินสตาแกรม, ไลน์, เทเลแกรม, ยูทูบ, ช่อง"),
}

ROLES = """
    staff reporter reporters editor editors editorial writer writers correspondent correspondents contributor contributors
    desk newsroom team redaktion redaktionsteam redakteur redakteurin redaktør journalist journalista journaliste
    journalistin periodista redacción redazione redaktor redakcja redactie redaksi author autor autorin photographer
    fotograf photos photo columnist producer admin administrator korrespondent korrespondentin corresponsal chef director
    bureau special guest minutes min read updated published twitter facebook instagram linkedin email mail whatsapp
    follow share print comments profile bio website biography contact gastbeitrag gastautor volontär volontärin
    ressortleiter ressortleiterin chefredakteur chefredakteurin stellvertretender leiter leiterin webmaster user unknown
    anonymous none null undefined gast guest news web online digital
"""
