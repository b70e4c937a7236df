"""Give every piece of article text one canonical form. Takes and gives strings; pure.

The rule, in this order:
1. Line breaks, tabs and every other white space become a space; runs of it become one, none at the ends.
2. Dropped: control characters (ESC, NUL, …), lone surrogates, and what a reader cannot see: soft hyphens,
   zero-width spaces, word joiners, byte order marks, bidirectional controls and all other format characters.
3. Kept of these: the joiners U+200C and U+200D after a letter or mark of a script beyond Greek and Cyrillic, or after
   a symbol, where they change what is read (Persian, Indic scripts, emoji); and the signs of Arabic, Syriac and
   Kaithi that Unicode files under format but that are visible.
4. NFC. Letters, digits, punctuation and quotation marks are never altered otherwise.

A change that this rule removes was never visible, so it can never be an edit.
"""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"
_VISIBLE_FORMAT = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_SUSPECT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)
_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0963\u0971-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f71-\u0f84\u102b-\u103e\u17b4-\u17d3"
)
"""Parts of words that are no letters to `re`: vowel signs of Indic scripts, Thai tones, Arabic and Hebrew points."""
_NOT_WORD = re.compile(rf"[^\w{_MARKS}]+")
_ASCII_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()}
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003134f]"
)


def clean(text: str) -> str:
    """The canonical single line of a text. Idempotent."""
    line = " ".join(text.split())
    is_printable = line.isprintable()  # then it has none of those that are dropped
    if is_printable and line.isascii():
        return line
    if not is_printable and _SUSPECT.search(line):
        line = " ".join(_visible(line).split())
    return unicodedata.normalize("NFC", line)


def fold(text: str) -> str:
    """What two texts must share to read the same aloud: lower-case words, one space between, no punctuation."""
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_WORDS).split())
    words = unicodedata.normalize("NFKC", text).casefold()
    return _NOT_WORD.sub(" ", words.replace("_", " ")).strip()


def word_count(text: str) -> int:
    """How many words a text has; in scripts that set no spaces, two characters count as one word."""
    if text.isascii() or not _UNSPACED.search(text):
        return len(text.split())
    return len(_UNSPACED.sub("", text).split()) + (len(_UNSPACED.findall(text)) + 1) // 2


def _visible(line: str) -> str:
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", line):
        if char in _JOINERS:
            if kept and _needs_joiner(kept[-1]):
                kept.append(char)
        elif char in _VISIBLE_FORMAT or not _SUSPECT.match(char):
            kept.append(char)
    while kept and kept[-1] in _JOINERS:
        kept.pop()
    return "".join(kept)


def _needs_joiner(before: str) -> bool:
    category = unicodedata.category(before)
    return before > "\u0590" and (category[0] in "LM" or category in ("So", "Sk"))
