"""Turn the bytes of a page into its elements and texts, in order. Takes bytes or text and a Content-Type; total.

There is no tree: whoever reads a page goes through it once, from top to bottom, and a tree costs as much as the parser
itself, time in the square of an element's attributes, and an end at 2,048 levels.

Encodings: a byte order mark wins, then UTF-8 where the bytes are valid UTF-8 (chance does not produce that), then what
the server and the page declare, then detection. Never raises; what it had to do to get there is told as warnings.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

LIBXML2_VERSION = ".".join(map(str, etree.LIBXML_VERSION))
"""Of the parser below lxml: what is read from a page depends on it."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What browsers take these labels to mean: https://encoding.spec.whatwg.org/#names-and-labels
_BROWSER_MEANING = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "windows-874": "cp874", "tis-620": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "big5": "big5hkscs", "utf-16": "utf-8", "utf-16le": "utf-8",
    "utf-16be": "utf-8", "utf-7": "utf-8",
}  # fmt: skip
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_STRAY = re.compile("[\udc80-\udcff]")
_ASCII = bytes(range(128))
_HEAD_BYTES = 4096
_DEEPEST = 400
"""Levels kept of a page; what lies below is flattened, in order."""
_TOO_DEEP = "the page nests its elements deeper than usual; the deepest levels were flattened"

TAG = ""
"""Where an element has its tag: no attribute is named so."""
Element = dict[str, str]
"""Its attributes and its tag. A dictionary of strings alone costs the garbage collector nothing."""
Event = Element | str | None
"""An element opens, a text stands, the element that was opened last closes."""


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page, in order; empty where there is nothing. Two texts never follow on each other."""

    events: Sequence[Event] = ()
    warnings: tuple[str, ...] = ()


def decode(html: bytes | str, content_type: str = "") -> tuple[bytes, tuple[str, ...]]:
    """The page in UTF-8 without NULs, and what had to be guessed on the way."""
    warnings: list[str] = []
    data = html.encode("utf-8", "ignore") if isinstance(html, str) else _as_utf8(html, content_type, warnings)
    return data.replace(b"\0", b"") if b"\0" in data else data, tuple(warnings)


def parse(data: bytes) -> Page:
    """Parse a page in UTF-8, of any size and depth. Comments and processing instructions are left out."""
    recorder = _Recorder()
    parser = etree.HTMLParser(target=recorder, encoding="utf-8", huge_tree=True)  # type: ignore[arg-type]  # always text
    try:
        etree.fromstring(data, parser)
    except etree.LxmlError:  # there is not even one element
        return Page()
    return Page(recorder.events, (_TOO_DEEP,) if recorder.deepest > _DEEPEST else ())


def end_of(events: Sequence[Event], start: int) -> int:
    """The index after the end of the element whose content begins at `start`."""
    deeper = 1
    while deeper:
        event = events[start]
        start += 1
        if event is None:
            deeper -= 1
        elif isinstance(event, dict):
            deeper += 1
    return start


def _as_utf8(html: bytes, content_type: str, warnings: list[str]) -> bytes:
    for mark, name in _BOMS:
        if html.startswith(mark):
            return html[len(mark) :] if name == "utf-8" else html.decode(name, "replace").encode("utf-8", "replace")
    try:
        html.decode("utf-8")
    except UnicodeDecodeError as error:
        valid_until = error.start
    else:
        return html if b"\0" not in html[:_HEAD_BYTES] else _from_utf16(html)
    for label in _declared(html, content_type):
        try:
            if codecs.lookup(label).name == "utf-8":
                continue
            return html.decode(label).encode("utf-8", "replace")
        except (LookupError, UnicodeDecodeError):
            continue
    if b"\0" in html[:_HEAD_BYTES]:
        return _from_utf16(html)
    text, repaired = _STRAY.subn(_from_windows, html.decode("utf-8", "surrogateescape"))
    beyond_ascii = len(html.translate(None, _ASCII))
    most = beyond_ascii / 2 if any("utf-8" in label for label in _declared(html, content_type)) else beyond_ascii / 5
    if repaired > most:
        warnings.append("the page declares no encoding that fits its bytes; it was guessed")
        return _detected(html).encode("utf-8", "replace")
    warnings.append(f"the page is not valid UTF-8 at {repaired} places, the first at byte {valid_until}")
    return text.encode("utf-8", "replace")


def _from_windows(stray: re.Match[str]) -> str:
    """A byte of Windows-1252 among UTF-8, as pages put together from several sources have it."""
    return bytes([ord(stray[0]) - 0xDC00]).decode("cp1252", "replace")


def _declared(html: bytes, content_type: str) -> list[str]:
    labels = [m.group(1).decode("ascii") for m in _CHARSET.finditer(content_type.encode("ascii", "ignore"))][:1]
    labels += [m.group(1).decode("ascii", "ignore") for m in _CHARSET.finditer(html[:_HEAD_BYTES])][:2]
    return [_BROWSER_MEANING.get(label.lower(), label.lower()) for label in labels]


def _from_utf16(html: bytes) -> bytes:
    """UTF-16 without a byte order mark shows as NULs beside the ASCII of the markup, all on one side of it."""
    head = html[:_HEAD_BYTES]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 3 < len(head) // 2 or min(even, odd) * 2 > max(even, odd):
        return html
    return html.decode("utf-16-le" if odd > even else "utf-16-be", "replace").encode("utf-8", "replace")


def _detected(html: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(html[: 1 << 16]).best()
    return html.decode(best.encoding if best else "cp1252", "replace")


class _Recorder:
    """Takes what the parser tells, and writes it down with a bounded depth."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.deepest = 0
        self._bare: dict[str, Element] = {}
        """One for all elements without attributes that have the same tag."""
        self._texts: list[str] = []
        self.data = self._texts.append
        """Take a piece of text."""
        self._depth = 0
        self._is_flat_open = False
        """Whether an element below the deepest level was opened, and nothing opened or closed since."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        if self._texts:
            self._write()
        self._depth += 1
        if self._depth > _DEEPEST:
            self.deepest = self._depth
            if self._is_flat_open:
                self.events.append(None)
            self._is_flat_open = True
        if attributes:
            attributes[TAG] = tag
            self.events.append(attributes)
        else:
            self.events.append(self._bare.setdefault(tag, {TAG: tag}))

    def end(self, tag: str) -> None:
        """Close the element that was opened last."""
        if self._depth <= _DEEPEST or self._is_flat_open:
            if self._texts:
                self._write()
            self.events.append(None)
            self._is_flat_open = False
        self._depth -= 1

    def close(self) -> None:
        """Close what is open."""
        while self._depth:
            self.end("")

    def _write(self) -> None:
        self.events.append("".join(self._texts))
        self._texts.clear()
