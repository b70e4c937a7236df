"""Turns a capture into WARC records, each a gzip member of its own, and back.

A `response`, or a `revisit` where the payload is kept already, its `request`, and a `metadata` record when redirects
led to it. Pure but for the ids that it makes.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import NamedTuple
from urllib.parse import urlsplit

from warcio.recordloader import ArcWarcRecord  # type: ignore[import-untyped]  # it has no annotations
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]  # likewise
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]  # likewise

from archiver.model import Capture, Hop
from archiver.store.layout import Place

_LEVEL = 6
"""Of gzip. warcio's fixed 9 takes half as much CPU again to save half a per cent of real pages."""
_REDIRECTS = "urn:archiver:redirects:"
_SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_MOST_CONTENT = 256 << 20
"""Bytes that a payload may come to when it is decoded: an archive may come from somebody else."""
_BUILDER = WARCWriter(BytesIO(), warc_version="1.1")


class Kept(NamedTuple):
    """A response that is kept, for another with the same payload to refer to."""

    record_id: str
    url: str
    date: str
    place: Place


def encode(capture: Capture, record_id: str, original: Kept | None, *, part_of: str = "") -> bytes:
    """The records of a capture; without its payload when that is kept in the `original`.

    `part_of` is the record id of the article's first page, when this is a further one.
    """
    return b"".join(map(_member, _records(capture, record_id, original, part_of)))


def encode_about(name: str, software: str) -> bytes:
    """The record that a file begins with."""
    about = {"software": software, "format": "WARC File Format 1.1"}
    return _member(_BUILDER.create_warcinfo_record(name, about))


def decode(fields: StatusAndHeaders, block: bytes, companions: dict[str, bytes]) -> Capture:
    """The capture of a response, its block with the payload, and the records that belong to it, by type.

    Raises ValueError.
    """
    url = fields.get_header("WARC-Target-URI")
    (version, status, reason), headers, payload = read_http(block)
    _, request_headers, _ = read_http(companions.get("request", b""))
    way = [line.partition(": ") for line in companions.get("metadata", b"").decode().splitlines()]
    hops = [value.split(" ", 2) for name, _, value in way if name == "redirect"]
    captured_at = datetime.strptime(fields.get_header("WARC-Date"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return Capture(
        requested_url=next((value for name, _, value in way if name == "via"), url),
        url=url,
        captured_at=captured_at,
        status=int(status),
        headers=headers,
        payload=payload,
        content=_decode(payload, headers),
        reason=reason,
        http_version=version,
        request_headers=request_headers,
        hops=tuple(Hop(url=hop[1], status=int(hop[0]), location=hop[2]) for hop in hops),
        ip=fields.get_header("WARC-IP-Address", ""),
        certificate_sha256=fields.get_header("WARC-Certificate-SHA256", ""),
    )


def kept(fields: StatusAndHeaders, place: Place) -> Kept:
    """What another record says of this response when it refers to it."""
    record_id, url, at = (fields.get_header(name) for name in ("WARC-Record-ID", "WARC-Target-URI", "WARC-Date"))
    return Kept(record_id, url, at, place)


def referred(fields: StatusAndHeaders) -> tuple[str, Place]:
    """Id and place of the response that a `revisit` record refers to. Raises ValueError."""
    names = ("WARC-Refers-To", "WARC-Refers-To-Filename", "WARC-Refers-To-File-Offset")
    record_id, file, offset = (fields.get_header(name) or "" for name in names)
    return record_id, Place(file, int(offset))


def read_http(block: bytes) -> tuple[tuple[str, str, str], tuple[tuple[str, str], ...], bytes]:
    """The three words of the first line, the header fields and the body of an HTTP message."""
    head, _, body = block.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    one, two, three, *_ = [*first.split(" ", 2), "", "", ""]
    fields = (line.partition(":") for line in lines)
    return (one, two, three), tuple((name, value.removeprefix(" ")) for name, _, value in fields), body


def new_id() -> str:
    """A WARC-Record-ID."""
    return f"<{uuid.uuid4().urn}>"


def date(at: datetime) -> str:
    """An instant as WARC-Date has it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _RawHeaders(StatusAndHeaders):  # type: ignore[misc]  # likewise
    """HTTP headers that are written as they were received; warcio would percent-encode what is not ASCII."""

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self.to_bytes(encoding="latin-1")


def _records(capture: Capture, record_id: str, original: Kept | None, part_of: str) -> Iterator[ArcWarcRecord]:
    """Response and request, and the redirects on the way there where there were any."""
    dated = ("WARC-Date", date(capture.captured_at))
    status = f"{capture.status} {capture.reason}".strip()
    about = [("WARC-IP-Address", capture.ip), ("WARC-Certificate-SHA256", capture.certificate_sha256)]
    about += [("WARC-Concurrent-To", part_of)]
    reference = _reference(capture, original) if original else []
    yield _record(
        "revisit" if original else "response",
        capture.url,
        [("WARC-Record-ID", record_id), dated, *((name, value) for name, value in about if value), *reference],
        _RawHeaders(status, list(capture.headers), protocol=capture.http_version),
        b"" if original else capture.payload,
    )
    parts = urlsplit(capture.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    yield _record(
        "request",
        capture.url,
        [("WARC-Record-ID", new_id()), dated, ("WARC-Concurrent-To", record_id)],
        _RawHeaders(f"{target} {capture.http_version}", list(capture.request_headers), protocol="GET"),
    )
    if capture.hops or capture.requested_url != capture.url:
        # An address of its own: under the article's, replay tools take the record for a capture of the page.
        yield _record(
            "metadata",
            _REDIRECTS + record_id.strip("<>").rpartition(":")[2],
            [("WARC-Record-ID", new_id()), dated, ("WARC-Refers-To", record_id)],
            payload=_redirects(capture),
        )


def _reference(capture: Capture, original: Kept) -> list[tuple[str, str]]:
    """Where the payload is (WARC 1.1 §6.7; the last two are what Heritrix writes, to find it without an index)."""
    digest = base64.b32encode(hashlib.sha1(capture.payload, usedforsecurity=False).digest()).decode()
    return [
        ("WARC-Profile", _SAME_PAYLOAD),
        ("WARC-Payload-Digest", f"sha1:{digest}"),
        ("WARC-Refers-To", original.record_id),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", original.date),
        ("WARC-Refers-To-Filename", original.place.file),
        ("WARC-Refers-To-File-Offset", str(original.place.offset)),
    ]


def _redirects(capture: Capture) -> bytes:
    """The way from the address asked for, as application/warc-fields."""
    hops = (f"redirect: {hop.status} {hop.url} {hop.location}" for hop in capture.hops)
    return "".join(f"{' '.join(line.split())}\r\n" for line in (f"via: {capture.requested_url}", *hops)).encode()


def _record(
    kind: str, url: str, fields: list[tuple[str, str]], http: StatusAndHeaders | None = None, payload: bytes = b""
) -> ArcWarcRecord:
    return _BUILDER.create_warc_record(
        url, kind, BytesIO(payload), len(payload), warc_headers_dict=dict(fields), http_headers=http
    )


def _member(record: ArcWarcRecord) -> bytes:
    """A record as one gzip member."""
    plain = BytesIO()
    WARCWriter(plain, gzip=False).write_record(record)
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return compressor.compress(plain.getbuffer()) + compressor.flush()


def _decode(payload: bytes, headers: tuple[tuple[str, str], ...]) -> bytes:
    """The payload without its content coding. We ask servers for gzip and take nothing else."""
    codings = ",".join(value for name, value in headers if name.lower() == "content-encoding").lower()
    if "gzip" not in codings or not payload:
        return payload
    content, rest = bytearray(), payload
    while rest.startswith(b"\x1f\x8b"):  # a body may be several members (RFC 1952 §2.2); padding after them is harmless
        decoder = zlib.decompressobj(zlib.MAX_WBITS + 16)
        content += decoder.decompress(rest, _MOST_CONTENT + 1 - len(content))
        if len(content) > _MOST_CONTENT or not decoder.eof:
            raise ValueError("a payload is cut short, or too large when decoded")
        rest = decoder.unused_data
    return bytes(content)
