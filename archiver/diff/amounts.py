"""Says what a number in digits is worth, and in what unit: "$3.2 million", "16-year-old". Takes a token; pure."""

from __future__ import annotations

import re

from archiver.diff.tokens import Token

_DIGITS = re.compile(r"\d[\d.,' ]*\d|\d")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,' ]\d{3})+")
_SCALES = {
    "thousand": 1e3,
    "tausend": 1e3,
    "million": 1e6,
    "millionen": 1e6,
    "mio": 1e6,
    "bn": 1e9,
    "milliarde": 1e9,
    "milliarden": 1e9,
    "mrd": 1e9,
}
"""Without "billion", which is a thousand times more in German."""

Amount = tuple[float | None, str]
"""A value and its unit; None for what is not one number, which stands whole in the unit's place."""


def value_of(token: Token) -> Amount:
    """What a number says. Both "1,000" and "1.000" are a thousand, both "1.5" and "1,5" one and a half."""
    match = _DIGITS.search(token.key)
    if match is None or _DIGITS.search(token.key, match.end()):
        return None, token.key
    digits = match[0]
    if not _THOUSANDS.fullmatch(digits):
        whole, point, rest = digits.rpartition("." if digits.rfind(".") > digits.rfind(",") else ",")
        digits = re.sub(r"\D", "", whole) + "." + rest if point else rest
    else:
        digits = re.sub(r"\D", "", digits)
    units = (token.key[: match.start()] + " " + token.key[match.end() :]).replace("-", " ").split()
    factor = max((_SCALES.get(unit.rstrip("."), 1) for unit in units), default=1)
    unit = " ".join(unit for unit in units if unit.rstrip(".") not in _SCALES)
    sign = -1 if token.key.startswith("-") else 1
    try:
        return sign * float(re.sub(r"[^\d.]", "", digits)) * factor, unit
    except ValueError:
        return None, token.key
