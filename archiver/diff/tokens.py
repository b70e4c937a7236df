"""Cuts a text into the units that an edit replaces whole, and into sentences.

A number keeps its sign, separators, currency and unit ("$3.2 million", "16-year-old", "1 500 km"); a date, a time,
an abbreviation and an address (of the web, of mail, "@name") are one token each; so is a quotation mark. Chinese,
Japanese, Thai, Lao, Khmer and Burmese, which write no spaces between words, are cut into characters with their marks.

Every token has a key: what it is compared by, without case, quotation style, kinds of dash and of space.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

from archiver.diff.lexicon import lexicon

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_FOLDS = {
    **dict.fromkeys("“”„‟«»″＂「」『』〝〞", '"'),
    **dict.fromkeys("‘’‚‛′‹›`´＇", "'"),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
    "…": "...",
}
_FOLDED = re.compile(f"[{''.join(_FOLDS)}]")
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""The scripts that write no spaces between words."""


class Token(NamedTuple):
    """A unit of text with its place.

    Its kind is a group of the pattern below, or "name" for a word with a capital, which may be a name.
    """

    key: str
    start: int
    end: int
    kind: str


def fold(text: str) -> str:
    """The text without case, quotation style, kinds of dash and of space: what typography leaves alone."""
    if text.isascii():
        return text.lower()
    return normalize("NFC", _FOLDED.sub(lambda letter: _FOLDS[letter[0]], text)).casefold()


def is_unspaced(text: str) -> bool:
    """Whether the text holds a script that writes no spaces between words."""
    return not text.isascii() and re.search(f"[{_UNSPACED}]", text) is not None


def tokenise(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """All tokens of a stretch of text; the spaces between them belong to none."""
    tokens: list[Token] = []
    new = tuple.__new__  # what `Token(…)` does, in half the time
    for match in _pattern().finditer(text, start, len(text) if end is None else end):
        kind, key = match.lastgroup or "mark", match[0]
        if kind != "plain":
            if kind == "word" and key[0].isupper():
                kind = "name"
            key = '"' if kind == "quote" else fold(key)
        tokens.append(new(Token, (key, match.start(), match.end(), kind)))
    return tokens


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of every sentence of a text, in order, without the spaces between; a line feed ends one too."""
    bounds = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match[0].startswith(".") and _ends_no_sentence(text, match.start()):
            continue
        bounds.append((start, match.start() + len(match[0].rstrip())))
        start = match.end()
    if start < len(text):
        bounds.append((start, len(text)))
    return bounds


_SENTENCE_END = re.compile(
    r"[.!?…。！？\n](?:(?<=\n)|(?<=[。！？])[。！？]*[」』”’）]*\s*"
    r"|(?<=[.!?…])(?<![.!?…].)[.!?…]*+[\"'”’“»«)\]]*+\s++(?=[\"'“”‘’„«»(\[¿¡—–-]*[^\W_a-zß-öø-ÿа-я]))"
)
"""A line feed, or a full-width stop, or a stop before anything but a small letter. Begins with a set, which is fast."""


def _ends_no_sentence(text: str, stop: int) -> bool:
    """Whether the full stop belongs to an abbreviation, an initial or a German ordinal ("5. Mai")."""
    word = text[max(0, stop - 12) : stop].replace("\n", " ").rpartition(" ")[2].lstrip("(\"'“„«[")
    if word.isdigit():
        return len(word) < 3 and text[stop + 1 : stop + 15].lstrip().startswith(tuple(lexicon("").months))
    if word in lexicon("").abbreviations:
        following = _FIRST_WORD.match(text, stop + 1)
        return following is None or fold(following[1]) not in lexicon("").stopwords  # "at 2 a.m. They" are two
    return len(word) == 1 and word.isupper()


_FIRST_WORD = re.compile(r"[\"'“”„«(]*\s+[\"'“”„«(]*([^\W\d_]+)")


_TLDS = (
    "com|org|net|info|edu|gov|mil|int|biz|eu|de|at|ch|li|uk|us|ca|au|nz|ie|fr|it|es|pt|nl|be|lu|dk|se|no|fi|is|pl|cz|sk|hu|ro"
    "|gr|tr|ru|ua|jp|cn|kr|in|br|mx|ar|za|il|io|co|tv|fm|me|app|dev|news|online|shop|store|site|blog|xyz|cloud|club|live"
    "|page|social|berlin|bayern|hamburg|koeln|wien|nrw|london|scot|wales|swiss|museum|example|test|invalid"
)
"""How a bare address ends: the common top-level domains, and those kept for examples."""


def _address() -> str:
    """What an address looks like; its parts are bounded, so that no text takes long.

    Bare ones begin with a small letter, for "Tarnmart.com" is a company, and end so, for "ended.The" lacks a space.
    """
    rest = r"[^\s<>\"“”„«»–—]*[\w/]"
    path = rf"(?::\d{{2,5}})?(?:[/?#](?:{rest})?)?"
    label = r"[^\W_][\w-]{0,62}"
    labels = rf"(?:\.{label}){{1,8}}"
    bare = rf"(?<![\w@.-])(?=[\d-]{{0,9}}[a-zß-öø-ÿ]){label}(?:{labels}?)??\."
    return (
        rf"(?:[Hh][Tt]{{2}}[Pp][Ss]?|[Ff][Tt][Pp])://\S+[\w/]|[Ww]{{3}}{labels}{path}"
        rf"|[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.\w+){{1,8}}|(?<![\w@])@\w{{1,64}}(?:[.-]\w+){{0,8}}(?:@{label}{labels})?"
        rf"|{bare}(?:(?:{_TLDS})(?![\w@-]|\.[a-z\d]){path}|[a-z]{{2,20}}/{rest})"
    )


@cache
def _pattern() -> re.Pattern[str]:
    """One alternative per kind of token; before them, for speed, the plainest cases of words and marks."""
    month, unit, clock = (
        "(?:" + "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))) + ")"
        for words in (lexicon("").months, lexicon("").units, lexicon("").clock)
    )
    gap = r"[ \u00a0\u2009\u202f]"
    day = r"\d{1,2}(?:st|nd|rd|th)?"
    year = rf"(?:,?{gap}\d{{4}}(?!\d))"
    of_day = r"\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)?(?:[Zz]|[-−+]\d{2}(?::?\d{2}){0,2})?(?![\d:])"  # ISO 8601
    digits = rf"(?:\d{{1,3}}(?:{gap}\d{{3}})+(?!\d)|\d+(?:[.,'’٬٫]\d+)*)"
    letter = rf"(?:(?![{_UNSPACED}])[^\W\d_])"
    marks = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"  # they are no letters to `re`
    letters = rf"(?:{letter}(?:(?![{_UNSPACED}])[\w{marks}])*)"
    currency = r"(?:(?:[A-Z]{0,3}[$€£¥₹₽₺₴₸₼₩]|(?:USD|EUR|GBP|CHF)(?=[\s\d]))\s?)"
    alternatives = (
        r"(?P<plain>[a-zà-öø-ÿ]+(?=[ ,])|[a-zà-öø-ÿ]{2,}(?=[.;:?!)”\"](?:\s|$)))",
        r"[,.;](?= )",
        rf"(?=[\w.+-]{{0,64}}[@:.][\w/])(?P<address>{_address()})",
        rf"(?P<date>{month}\b\.?{gap}{day}(?:[-–]\d{{1,2}})?(?!\d|[.,:]\d){year}?"
        rf"|{month}\b\.?{gap}\d{{4}}(?!\d)"
        rf"|(?<![\d.,]){day}\.?(?:{gap}of)?{gap}{month}\b\.?{year}?"
        rf"|(?<!\d)\d{{4}}-\d{{2}}-\d{{2}}(?:[Tt]{of_day}|(?!\d))"
        r"|(?<!\d)\d{1,2}(?P<dot>[./])\d{1,2}(?P=dot)\d{2}(?:\d{2})?(?!\d|(?P=dot)\d)"
        r"|\d+年(?:\d+月(?:\d+日)?)?|\d+月(?:\d+日)?)",
        r"(?P<time>(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+(?![\d:]))?(?:\+\d{2}:?\d{2})?(?![\d:]|[.'’]\d)"
        rf"(?:{gap}?{clock}(?!\w))*"
        rf"|(?<!\d)\d{{1,2}}(?:\.\d{{2}})?{gap}?{clock}(?!\w)|\d+[時时點点]\d*分?)",
        rf"(?P<number>(?:(?<!\w)[-−+](?=[\d$€£]))?{currency}?{digits}(?:[-–—/:]{digits})*"
        rf"(?:-?{letter}[\w'’]*(?:-{letters})*)?(?:{gap}?[%‰°€£$¥][CF]?|(?:(?:{gap}|-){unit}(?!\w))*)[万亿億萬兆千百]*)",
        r"(?P<quote>[“”„‟«»″\"「」『』〝〞‹›‚]|(?<!\w)[‘’']|[’'](?!\w))",
        r"(?P<word>[A-Za-zÀ-ɏ]+(?=[ ,])|[@#]\w+"
        rf"|(?:[^\W\d_]\.){{2,}}|{letters}(?:(?:[-‐‑]|['’](?!s\b)){letters}|-\d+|(?<=\d)[.,:]\d+)*"
        rf"|[{_UNSPACED}][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b6-\u17d3]*)",
        r"(?P<mark>(?<=\w)['’]s\b|\.{2,}|-{2,}|[^\s])",
    )
    return re.compile(rf"(?=\S)(?:{'|'.join(alternatives)})")
