"""Turn the bytes of a page into one element tree. Takes bytes or text and a Content-Type, gives lxml's root; total.

Encodings: a byte order mark wins, then UTF-8 where the bytes are valid UTF-8 (chance does not produce that), then what
the server and the page declare, then detection. Never raises; what it had to do to get there is told as warnings.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
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
_MOST_ATTRIBUTES = 500
_MANY_ATTRIBUTES = re.compile(
    # name, then names with or without values; possessive, so that it never goes back
    rb"""<[A-Za-z][^\s>]*+(?:\s*+[^\s>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']*+))?+){%d}"""
    % (_MOST_ATTRIBUTES + 1)
)
_TELLING = frozenset(
    ("class", "content", "datetime", "href", "id", "itemprop", "name", "property", "rel", "src", "type")
)
"""Attributes that are kept of an element that has too many."""
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.A)
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STRAY = re.compile("[\udc80-\udcff]")
_ASCII = bytes(range(128))
_HEAD_BYTES = 4096
_DEEPEST = 400
"""Levels kept of a page that nests deeper than lxml parses; what lies below is flattened, in order."""


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page. `root` is the html element, or None of an empty page."""

    root: etree._Element | None
    warnings: tuple[str, ...] = ()


def decode(html: bytes | str, content_type: str = "") -> tuple[bytes, tuple[str, ...]]:
    """The page in UTF-8 without NULs, and what had to be guessed on the way."""
    warnings: list[str] = []
    data = html.encode("utf-8", "ignore") if isinstance(html, str) else _as_utf8(html, content_type, warnings)
    return data.replace(b"\0", b"") if b"\0" in data else data, tuple(warnings)


def parse(data: bytes) -> Page:
    """Parse a page in UTF-8, of any size and depth. Comments and processing instructions are left out."""
    if _MANY_ATTRIBUTES.search(data):  # lxml's tree takes time in their square
        return _parse_bounded(data)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.LxmlError:
        return Page(None)
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        return _parse_bounded(data)
    return Page(root)


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


def _parse_bounded(data: bytes) -> Page:
    """Parse with the same parser, but build the tree here, which sets no limit to the depth of the page."""
    builder = _Builder()
    parser = etree.HTMLParser(target=builder, encoding="utf-8", huge_tree=True)  # type: ignore[arg-type]  # always text
    etree.fromstring(data, parser)
    return Page(builder.root, tuple(builder.warnings))


class _Builder:
    """A tree of bounded depth and breadth of attributes, from what the parser tells in order."""

    def __init__(self) -> None:
        self.root = etree.Element("html")
        self.warnings: dict[str, None] = {}
        self._homes = [self.root]
        """The open elements, of those that are kept as they are nested."""
        self._deeper = 0
        """Open elements below the deepest of these, whose content is flattened."""
        self._flat: etree._Element | None = None
        """The one of them that was opened last, while nothing was opened or closed since: it takes the text."""
        self._texts: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Open an element."""
        self._write()
        if len(attributes) > _MOST_ATTRIBUTES:
            self.warnings["an element has more attributes than can be read; they were left out"] = None
            attributes = {name: attributes[name] for name in _TELLING & attributes.keys()}
        if tag == "html" and len(self._homes) == 1:
            own = self.root
        else:
            own = etree.SubElement(self._homes[-1], tag if _NAME.fullmatch(tag) else "div")
        for name, value in attributes.items():
            if _NAME.fullmatch(name):
                own.set(name, _xml_text(value))
        if len(self._homes) < _DEEPEST:
            self._homes.append(own)
        else:
            self._deeper, self._flat = self._deeper + 1, own
            self.warnings["the page nests its elements deeper than usual; the deepest levels were flattened"] = None

    def end(self, tag: str) -> None:
        """Close the element that was opened last."""
        self._write()
        self._flat = None
        if self._deeper:
            self._deeper -= 1
        elif len(self._homes) > 1:
            self._homes.pop()

    def data(self, text: str) -> None:
        """Take a piece of text."""
        self._texts.append(text)

    def close(self) -> None:
        """Take what is left."""
        self._write()

    def _write(self) -> None:
        text = _xml_text("".join(self._texts))
        self._texts.clear()
        home = self._homes[-1] if self._flat is None else self._flat
        if text and len(home):
            home[-1].tail = (home[-1].tail or "") + text
        elif text:
            home.text = (home.text or "") + text


def _xml_text(text: str) -> str:
    return _NO_XML.sub("", text)
