"""Turn the bytes of a page into one element tree. Takes bytes or text and a Content-Type, gives lxml's root; total.

Encodings: a byte order mark wins, then UTF-8 where the bytes are valid UTF-8 (chance does not produce that), then what
the server and the page declare, then detection. Never raises; what it had to do to get there is told as warnings.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
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
_LONG_TAG = re.compile(rb"<([A-Za-z][\w-]{0,40})\s[^<>]{20000,}>")
_MOST_ATTRIBUTES = 4000
_HEAD_BYTES = 4096
_MOST_REPAIRS = 1000
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
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    reduced = _LONG_TAG.sub(_reduced, data) if data.count(b"=") > 4 * _MOST_ATTRIBUTES else data
    if len(reduced) < len(data):
        warnings.append("an element has more attributes than can be read; they were left out")
    return reduced, tuple(warnings)


def parse(data: bytes) -> Page:
    """Parse a page in UTF-8, of any size and depth. Comments and processing instructions are left out."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.LxmlError:
        return Page(None)
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        deep = "the page nests its elements deeper than usual; the deepest levels were flattened"
        return Page(_parse_deep(data.decode("utf-8", "replace")), (deep,))
    return Page(root)


def _reduced(tag: re.Match[bytes]) -> bytes:
    """An element without its attributes where these are so many that parsing, in their square, would never end."""
    return tag[0] if tag[0].count(b"=") <= _MOST_ATTRIBUTES else b"<" + tag[1] + b">"


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
    repaired: list[int] = []
    text = "".join(_repaired(html, repaired))
    beyond_ascii = sum(byte > 127 for byte in html[: 1 << 20])
    most = beyond_ascii / 2 if any("utf-8" in label for label in _declared(html, content_type)) else beyond_ascii / 5
    if len(repaired) > most:
        warnings.append("the page declares no encoding that fits its bytes; it was guessed")
        return _detected(html).encode("utf-8", "replace")
    warnings.append(f"the page is not valid UTF-8 at {len(repaired)} places, the first at byte {valid_until}")
    return text.encode("utf-8", "replace")


def _repaired(html: bytes, places: list[int]) -> Iterator[str]:
    """UTF-8 with single bytes of Windows-1252 among it, as pages put together from several sources have it."""
    begin = 0
    while begin < len(html):
        try:
            yield html[begin:].decode("utf-8")
            return
        except UnicodeDecodeError as error:
            yield html[begin : begin + error.start].decode("utf-8")
            yield html[begin + error.start : begin + error.end].decode("cp1252", "replace")
            begin += error.end
            places.append(begin)
        if len(places) > _MOST_REPAIRS:
            yield html[begin:].decode("utf-8", "replace")
            return


def _declared(html: bytes, content_type: str) -> list[str]:
    labels = [m.group(1).decode("ascii") for m in _CHARSET.finditer(content_type.encode("ascii", "ignore"))][:1]
    labels += [m.group(1).decode("ascii", "ignore") for m in _CHARSET.finditer(html[:_HEAD_BYTES])][:2]
    return [_BROWSER_MEANING.get(label.lower(), label.lower()) for label in labels]


def _from_utf16(html: bytes) -> bytes:
    """UTF-16 without a byte order mark shows as NULs beside the ASCII of the markup."""
    head = html[:_HEAD_BYTES]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 3 < len(head) // 2:
        return html
    return html.decode("utf-16-le" if odd > even else "utf-16-be", "replace").encode("utf-8", "replace")


def _detected(html: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(html[: 1 << 16]).best()
    return html.decode(best.encoding if best else "cp1252", "replace")


def _parse_deep(text: str) -> etree._Element:
    """Parse with BeautifulSoup, which sets no limit to depth, and build the same tree with its depth bounded."""
    from bs4 import BeautifulSoup
    from bs4.element import NavigableString, PreformattedString, Tag

    root = etree.Element("html")
    homes: dict[int, tuple[etree._Element, etree._Element, int]] = {}  # own element, home of its children, level
    soup = BeautifulSoup(text, "html.parser")
    homes[id(soup)] = (root, root, 0)
    for node in soup.descendants:
        own, home, level = homes[id(node.parent)]
        if isinstance(node, Tag):
            child = root if node.name == "html" else _subelement(home, node.name, node.attrs)
            homes[id(node)] = (child, child, level + 1) if level < _DEEPEST else (child, home, level)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            _append(own if own is home or home[-1] is own else home, _xml_text(str(node)))
    return root


def _subelement(home: etree._Element, name: str, attributes: Mapping[str, object]) -> etree._Element:
    child = etree.SubElement(home, name if re.fullmatch("[a-z][a-z0-9-]*", name) else "div")
    for key, value in attributes.items():
        if re.fullmatch("[A-Za-z_][\\w.-]*", key, re.A):
            child.set(key, _xml_text(" ".join(map(str, value)) if isinstance(value, list) else str(value)))
    return child


def _append(home: etree._Element, text: str) -> None:
    if len(home):
        home[-1].tail = (home[-1].tail or "") + text
    else:
        home.text = (home.text or "") + text


def _xml_text(text: str) -> str:
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
