r"""Makes page text safe to print: what could command a terminal or turn its writing direction is shown, not sent.

A page's text comes from strangers. Control characters, escape sequences, bidirectional overrides and lone surrogates
come out as visible escapes (`\x1b`, `\u202e`); everything else, in any script, stays as it is.
"""

from __future__ import annotations

import re
from itertools import chain

_C0 = range(0x20)
"""With ESC, tab and line feed."""
_HOSTILE = (
    range(0x7F, 0xA0),  # DEL and C1, with the one-byte CSI
    range(0x061C, 0x061D),  # bidirectional marks, overrides and isolates
    range(0x200E, 0x2010),
    range(0x2028, 0x202F),  # line and paragraph separator, embeddings, overrides
    range(0x2066, 0x2070),
    range(0xD800, 0xE000),  # surrogates, which no output encoding takes
    range(0xFFF9, 0xFFFC),  # interlinear annotation
    range(0xE0000, 0xE0080),  # invisible tags
)
_ESCAPES = {
    code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    for code in chain(_C0, *_HOSTILE)
}


def safe(text: str) -> str:
    """The text as one harmless line."""
    return text if text.isascii() and text.isprintable() else text.translate(_ESCAPES)


_HOSTILE_IN_JSON = re.compile("[" + "".join(f"{chr(codes[0])}-{chr(codes[-1])}" for codes in _HOSTILE) + "]")
"""C0 stands in no JSON document but as an escape."""


def safe_json(document: str) -> str:
    """The same JSON document with escapes for what could command a terminal; it reads back as before (RFC 8259 §7)."""
    return _HOSTILE_IN_JSON.sub(_escaped, document)


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
