"""Read the dates that a page states. Takes a short text and its language, gives `PageDate` values; pure.

Understands ISO 8601, RFC 2822, numeric and written dates with labels ("Last update: April 26, 2024 20:38") in the
commonest languages of news. Never invents: no time zone that is not named, no day or month order that is not certain
(dots and dashes put the day first; of slashes the language decides, and where it does not the date is dropped), no
missing year, and nothing from relative times ("3 hours ago"). A value is as precise as the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Literal

from archiver.model import PageDate
from archiver.text import clean, fold

Origin = Literal["jsonld", "meta", "time", "text", "url"]
Label = Literal["published", "modified", ""]

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "de-at": "jänner feber märz",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "pl-n": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "el": "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου "
    "δεκεμβρίου",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "ar-sham": "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
    "ar-maghreb": "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
    "hi": "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "hi-2": "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितम्बर अक्तूबर नवम्बर दिसम्बर",
    "he": "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    "th": "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
}
_PUBLISHED = """
    published, first published, posted, created, issued, released, publication date, date
    veröffentlicht, erschienen, publiziert, erstellt, datum, vom / publié, publiée, paru, mis en ligne, créé
    publicado, publicada, fecha, data, creado / pubblicato, pubblicata, creato / gepubliceerd, geplaatst
    publicerad, publicerat, publiceret, offentliggjort, udgivet, publisert / julkaistu
    opublikowano, publikacja, data publikacji, dodano, utworzono / publikováno, vydáno, zveřejněno
    közzétéve, megjelent, publikálva / publicat / δημοσιεύθηκε, δημοσιεύτηκε, δημοσίευση
    опубликовано, опубликована, дата публикации, размещено / опубліковано, дата публікації
    yayınlanma, yayınlandı, yayınlanma tarihi, giriş, oluşturulma, eklenme / نشر, نُشر, نشرت, تاريخ النشر
    تاریخ انتشار, منتشر شده, انتشار / प्रकाशित, प्रकाशन / פורסם / diterbitkan, dipublikasikan, terbit, tayang
    đăng, ngày đăng, xuất bản / เผยแพร่ / 公開, 掲載, 投稿, 配信, 発表 / 입력, 등록, 게시, 발행, 승인, 작성
    发布, 发表, 發佈, 發布, 發表, 刊登
"""
_MODIFIED = """
    updated, last updated, update, last update, modified, last modified, edited, revised
    aktualisiert, zuletzt aktualisiert, aktualisierung, letzte aktualisierung, geändert, bearbeitet, stand, akt
    mis à jour, mise à jour, modifié, actualisé, maj
    actualizado, actualizada, actualización, última actualización, modificado, modificada
    atualizado, atualizada, atualização, última atualização
    aggiornato, aggiornata, aggiornamento, ultimo aggiornamento, modificato, ultima modifica
    bijgewerkt, laatst bijgewerkt, laatste update, gewijzigd, aangepast, laatste wijziging
    uppdaterad, uppdaterat, senast uppdaterad, ändrad / opdateret, senest opdateret, ændret / oppdatert, sist oppdatert
    päivitetty, muokattu / aktualizacja, zaktualizowano, ostatnia aktualizacja, modyfikacja
    aktualizováno, aktualizace, upraveno / frissítve, frissítés, frissült, módosítva / actualizat, ultima actualizare
    ενημερώθηκε, ενημέρωση, τελευταία ενημέρωση / обновлено, обновлена, обновление, последнее обновление, изменено
    оновлено, останнє оновлення / güncelleme, güncellendi, güncellenme, son güncelleme, güncelleme tarihi
    تحديث, آخر تحديث, تم التحديث, تم تحديث / به روزرسانی, بروزرسانی, آخرین به روزرسانی / अपडेट, अपडेटेड, अद्यतन, अंतिम अपडेट
    עודכן, עדכון אחרון / diperbarui, terakhir diperbarui, pembaruan, diupdate / cập nhật, cập nhật lần cuối
    อัปเดต, อัพเดท, แก้ไขล่าสุด / 更新, 最終更新, 改訂 / 수정, 업데이트, 최종수정, 최종 업데이트, 갱신
    最后更新, 更新于, 更新時間, 更新时间, 修改
"""
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "cet": 60, "mez": 60, "cest": 120, "mesz": 120, "eest": 180, "msk": 180}
_ZONES |= {
    "est": -300,
    "edt": -240,
    "pst": -480,
    "pdt": -420,
    "мск": 180,
    "wib": 420,
    "jst": 540,
    "kst": 540,
    "aest": 600,
}
_EAST_ASIAN_HALVES = {"오전": "a", "오후": "p", "上午": "a", "下午": "p", "午前": "a", "午後": "p"}
_FIRST_DAY_OF_BUDDHIST_ERA = 543

_W = r"[^\W\d_][^\W\d_'’\u0300-\u036f\u064b-\u0652\u093c-\u094d\u0e31-\u0e4e]*[\w\u093c-\u094d\u0e31-\u0e4e]*"
_OF = r"(?:\s+(?:of|de|del|di)\s+|\s*[-/]\s*|\s*)"
_TH = "st|nd|rd|th|er|re"
_HINT = re.compile(r"\d{4}|\d\.\s?\d{1,2}\.\s?\d\d")
"""What every date has."""
_MONTH = rf"{_W}(?:\s(?:الثاني|الأول))?"
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("y m d", re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?=\D|$)")),
    ("y m d", re.compile(r"(?<!\d)(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?")),
    ("y m d", re.compile(r"(?<![\d./])(\d{4})(?:\.\s?|/)(\d{1,2})(?:\.\s?|/)(\d{1,2})(?![\d/])")),
    ("d m y", re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?![\d.]\d|\d)")),
    ("d m y", re.compile(r"(?<![\d-])(\d{1,2})-(\d{1,2})-(\d{4})(?![\d-])")),
    ("? ? y", re.compile(r"(?<![\d/])(\d{1,2})\s?/\s?(\d{1,2})\s?/\s?(\d{4})(?![\d/])")),
    ("d m y", re.compile(r"(\d{1,2})\s+tháng\s+(\d{1,2})(?:,|\s+năm)?\s+(\d{4})", re.I)),
    ("d w y", re.compile(rf"(?<!\d)(\d{{1,2}})(?:{_TH}|[.º°ª])?{_OF}({_MONTH})[.,]?{_OF}(\d{{4}})(?!\d)", re.I)),
    ("w d y", re.compile(rf"({_W})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)", re.I)),
    ("y w d", re.compile(rf"(?<!\d)(\d{{4}})\.?\s+({_W})\s+(\d{{1,2}})\.?(?!\d)", re.I)),
)  # fmt: skip
_CLOCK = (
    r"(?P<h>[01]?\d|2[0-3])(?::(?P<m>[0-5]\d)(?::(?P<s>[0-5]?\d)(?:[.,]\d+)?)?|\s?[hH]\s?(?P<mh>[0-5]\d)|\.(?P<md>[0-5]\d)(?=\s?(?:Uhr|Uhr\b|[ap]\.?m)))"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?|(?P<h12>1[0-2]|0?[1-9])\s?(?P<half12>[ap])\.?m\b\.?"
)
_ZONE = (
    r"(?:\s?(?:Uhr|hs?)\b)?\s?\(?(?P<zone>[A-Za-zМСКмск]{1,4}(?![A-Za-zа-я]))?"
    r"\s?(?P<offset>[+−-]\d{1,2}(?::?\d{2})?(?!\d|:))?"
)
_AFTER = re.compile(rf"[T\s]?(?P<gap>\D{{0,14}}?)(?<!\d)(?:{_CLOCK}){_ZONE}", re.I)
_BEFORE = re.compile(rf"(?<![\d:.])(?:{_CLOCK}){_ZONE}[\s)]*(?P<gap>[^\d]{{0,16}})$", re.I)
_URL_DATE_REVERSED = re.compile(r"(?<!\d)(1[3-9]|2\d|3[01])([/-])(0[1-9]|1[0-2])\2((?:19|20)\d{2})(?!\d)")
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})([/-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True)
class LabelledDate:
    """A date and what the words around it call it."""

    label: Label
    date: PageDate


def parse_page_date(text: str, *, origin: Origin = "text", language: str = "") -> PageDate | None:
    """The first date that a short text or an attribute states, its whole text kept verbatim; None without one.

    `language` is a BCP 47 tag ("en-us"): it settles whether 4/5/2024 is in April or in May.
    """
    found = next(_dates(clean(text), origin, language), None)
    return replace(found[2], text=clean(text)) if found else None


def labelled_dates(text: str, *, origin: Origin = "text", language: str = "") -> tuple[LabelledDate, ...]:
    """Every date of a line such as "Published 3 May 2024, updated 5 May 2024 08:10", each with its own part of it."""
    line = clean(text)
    found = list(_dates(line, origin, language))
    made, begin = [], 0
    for n, (start, end, value) in enumerate(found):
        until = found[n + 1][0] if n + 1 < len(found) else len(line)
        label = label_of(line[begin:start])
        begin = _label_start(line, begin, start, label)
        rest = line[end:]
        if not label and not any(map(str.isdecimal, rest)) and (after := _LABEL_AFTER.match(f"{fold(rest)} ")):
            label, end = _LABEL_KINDS[after["label"]], until
        made.append(LabelledDate(label, replace(value, text=line[begin:end].strip(" |·•,;–—-/()"))))
        begin = end
    return tuple(made)


def label_of(text: str) -> Label:
    """What the last label within a text says of the date beside it."""
    found = [match[0].strip() for match in _LABELS.finditer(f" {fold(text)} ")]
    return _LABEL_KINDS[found[-1]] if found else ""


def _label_start(line: str, begin: int, start: int, label: Label) -> int:
    """Where the part of a line that belongs to its date begins: at the label, or else at the date itself."""
    if not label:
        return start
    known = tuple(f"{words} " for words, kind in _LABEL_KINDS.items() if kind == label)
    starts = (word.start() for word in re.finditer(r"\S+", line[begin:start]))
    at = next((at for at in starts if f"{fold(line[begin + at : start])} ".startswith(known)), 0)
    return begin + at


def date_in_url(url: str) -> PageDate | None:
    """The day that an address names, as in "/2024/04/26/" or "-20240426.html"."""
    for match in _URL_DATE.finditer(url.partition("?")[0]):
        value = _day(int(match[1]), int(match[3]), int(match[4]))
        if value:
            return PageDate(text=match.group(), value=value, origin="url")
    last = _URL_DATE_REVERSED.search(url)
    value = _day(int(last[4]), int(last[3]), int(last[1])) if last else None
    return PageDate(text=last.group(), value=value, origin="url") if last and value else None


def _dates(line: str, origin: Origin, language: str) -> Iterator[tuple[int, int, PageDate]]:
    """Start, end and value of every date, left to right; where two shapes overlap the earlier and longer one counts."""
    line = _ascii_digits(line)
    if not _HINT.search(line):
        return
    hits = sorted((m.start(), -m.end(), n, m) for n, (_, pattern) in enumerate(_SHAPES) for m in pattern.finditer(line))
    done = 0
    for start, negative_end, n, match in hits:
        end = -negative_end
        day = _value(match, _SHAPES[n][0], language) if start >= done else None
        if day is None:
            continue
        after, before = _AFTER.match(line, end), _BEFORE.search(line, done, start)
        clock = (
            after if after and not _is_far(after["gap"]) else before if before and not _is_far(before["gap"]) else None
        )
        value, offset = day, ""
        if clock:
            value, offset = day + _clock(clock), _offset(clock)
            start, end = (start, _clock_end(clock)) if clock is after else (clock.start(), end)
        done = end
        yield start, end, PageDate(text=line[start:end], value=value, offset=offset, origin=origin)


def _value(match: re.Match[str], shape: str, language: str) -> str | None:
    parts = dict(zip(shape.split(), match.groups(), strict=False))
    if shape == "? ? y":
        first, second, year = (int(part) for part in match.groups())
        order = _slash_order(first, second, language)
        return order and _day(year, *order)
    year = int(parts["y"])
    if "w" in parts:
        month = _month(parts["w"], language)
        return _day(year, month, int(parts["d"])) if month else None
    return _day(year + 2000 if len(parts["y"]) == 2 else year, int(parts["m"]), int(parts["d"]))


def _slash_order(first: int, second: int, language: str) -> tuple[int, int] | None:
    """Month and day of "first/second/year"; None where nothing says which is which."""
    if first > 12 or first == second:
        return second, first
    if second > 12 or language in ("en-us", "en_us"):
        return first, second
    if language and language not in ("en", "en-ca"):
        return second, first
    return None


def _day(year: int, month: int, day: int) -> str | None:
    if 2400 < year < 2700:
        year -= _FIRST_DAY_OF_BUDDHIST_ERA
    try:
        return date(year, month, day).isoformat() if 1800 <= year <= 2100 else None
    except ValueError:
        return None


def _clock(match: re.Match[str]) -> str:
    hour = int(match["h"] or match["h12"])
    half = (match["half"] or match["half12"] or "").lower() or _EAST_ASIAN_HALVES.get(match["gap"].strip(" .")[-2:], "")
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    minute = int(match["m"] or match["mh"] or match["md"] or 0)
    second = match["s"]
    return "T" + time(hour, minute, int(second or 0)).isoformat("seconds" if second else "minutes")


def _offset(match: re.Match[str]) -> str:
    zone, offset = (match["zone"] or "").lower(), (match["offset"] or "").replace("−", "-")
    if offset:
        sign, digits = offset[0], offset[1:].replace(":", "")
        hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
        return f"{sign}{hours:02}:{minutes:02}" if sign in "+-" and hours <= 14 and minutes < 60 else ""
    if zone in _ZONES:
        sign, minutes = ("-" if _ZONES[zone] < 0 else "+"), abs(_ZONES[zone])
        return f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return ""


def _clock_end(match: re.Match[str]) -> int:
    """Where a time ends: without the next word, where that only looked like the name of a zone."""
    zone = match["zone"]
    is_zone = not zone or zone.isupper() or zone.lower() in _ZONES or match["offset"]
    return match.end() if is_zone else len(match.string[: match.start("zone")].rstrip(" ("))


def _is_far(gap: str) -> bool:
    """Whether the words between a date and a time show that the time belongs to something else."""
    words = gap.lstrip(" .").removesuffix(".")
    return any(mark in words.removeprefix("kl.") for mark in ".;!?") or bool(label_of(gap))


def _month(word: str, language: str) -> int | None:
    word = _bare(word)
    own = _MONTH_OF.get(language[:2], {}).get(word)
    return own or _MONTH_OF[""].get(word)


def _bare(word: str) -> str:
    """Lower case without accents, as many pages write month names."""
    folded = unicodedata.normalize("NFKD", word.replace("İ", "i").casefold().replace("ı", "i"))
    return "".join(c for c in folded if unicodedata.category(c) != "Mn").strip(".").replace("_", " ").replace("ـ", "")


def _ascii_digits(line: str) -> str:
    if line.isascii():
        return line
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in line)


def _month_table() -> dict[str, dict[str, int]]:
    """Month names and their unambiguous beginnings of three letters or more, per language and over all ("")."""
    table: dict[str, dict[str, int]] = {}
    merged: dict[str, set[int]] = {}
    for tag, names in _MONTHS.items():
        own: dict[str, set[int]] = {}
        for number, name in enumerate(names.split(), 1):
            bare = _bare(name)
            for size in range(min(3, len(bare)), len(bare) + 1):
                own.setdefault(bare[:size], set()).add(number)
        for word, numbers in own.items():
            if len(numbers) == 1:
                merged.setdefault(word, set()).update(numbers)
                table.setdefault(tag[:2], {})[word] = next(iter(numbers))
    table[""] = {word: next(iter(numbers)) for word, numbers in merged.items() if len(numbers) == 1}
    return table


def _label_kinds() -> dict[str, Label]:
    kinds: tuple[tuple[str, Label], ...] = ((_PUBLISHED, "published"), (_MODIFIED, "modified"))
    return {fold(word): kind for words, kind in kinds for word in re.split(r"[,/\n]", words) if word.strip()}


def _label_pattern(labels: Iterable[str]) -> re.Pattern[str]:
    """Any label, the longest first; a whole word where the script sets spaces."""
    longest_first = sorted(labels, key=len, reverse=True)
    spaced = "|".join(label for label in longest_first if label < "\u0e00")
    unspaced = "|".join(label for label in longest_first if label >= "\u0e00")
    return re.compile(f"(?<= )(?:{spaced})(?= )|(?:{unspaced})")


_MONTH_OF = _month_table()
_LABEL_KINDS = _label_kinds()
_LABELS = _label_pattern(_LABEL_KINDS)
_LABEL_AFTER = re.compile(rf"\D{{0,2}}(?P<label>{_LABELS.pattern.replace('(?<= )', '')})")
"""A label that follows on its date, as in Japanese and Korean."""
