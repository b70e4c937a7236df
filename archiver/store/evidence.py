"""Keeps captures as WARC files, one per run, and reads them back: the only user of warcio.

Takes captures, gives record ids; `read_capture` takes a revision and gives the capture that led to it, byte for byte.
WARC/1.1 (ISO 28500:2017), each record a gzip member of its own. Outside git: evidence is large, and can be withdrawn
without rewriting history. Never changes a record that was written.
"""

from __future__ import annotations

import hashlib
import os
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO, FileIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]  # it has no annotations
from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]  # likewise
from warcio.recordloader import ArcWarcRecord  # type: ignore[import-untyped]  # likewise
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]  # likewise
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]  # likewise

from archiver.errors import StoreError
from archiver.model import Capture, Hop, Revision
from archiver.store import disk
from archiver.store.layout import evidence_path

_LEVEL = 6
"""Of gzip. warcio's fixed 9 takes half as much CPU again to save half a per cent of real pages."""
_REDIRECTS = "urn:archiver:redirects:"
_TORN = ".torn"
_WHAT = "the evidence"
_MOST_CONTENT = 256 << 20
"""Bytes that a payload may come to when it is decoded: an archive may come from somebody else."""
_BUILDER = WARCWriter(BytesIO(), warc_version="1.1")


class EvidenceWriter:
    """The evidence file of one run. It is made with the first capture; a context manager."""

    def __init__(self, root: Path, run: str, *, software: str) -> None:
        """Take the archive's folder, the run's id and the program's name and version."""
        self._root = root
        self._path = root / evidence_path(run)
        self._software = software
        self._file: FileIO | None = None

    def __enter__(self) -> EvidenceWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def write(self, capture: Capture) -> str:
        """Add a capture; the id of its response record. On disk for certain only after `sync`.

        Raises StoreError; the file then ends with the capture before.
        """
        record_id = _new_id()
        with disk.reported(_WHAT, self._path):
            file = self._file or self._create()
            disk.append(file, b"".join(map(_member, _records(capture, record_id))))
        return record_id

    def sync(self) -> None:
        """Make all that was written durable. Raises StoreError when that cannot be had."""
        if self._file is not None:
            with disk.reported(_WHAT, self._path):
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Sync and close."""
        if self._file is not None:
            try:
                self.sync()
            finally:
                self._file.close()
                self._file = None

    def _create(self) -> FileIO:
        disk.make_folders(self._path.parent, self._root)
        self._file = FileIO(self._path, "xb")
        about = {"software": self._software, "format": "WARC File Format 1.1"}
        disk.append(self._file, _member(_BUILDER.create_warcinfo_record(self._path.name, about)))
        disk.sync_folder(self._path.parent)
        return self._file


def read_capture(root: Path, revision: Revision) -> Capture:
    """The capture that a revision points to, by its run and record id, its content decoded again.

    Raises StoreError when the evidence is missing, damaged, or not what the revision recorded.
    """
    path = root / evidence_path(revision.run)
    capture = _find(path, revision.record_id)
    if revision.capture_sha256 and capture.payload_sha256 != revision.capture_sha256:
        raise StoreError(f"{path} does not hold what was captured for {revision.key}", hint="run `archiver check`")
    return capture


def payload_hashes(root: Path, run: str) -> Iterator[tuple[str, str]]:
    """Record id and SHA-256 of the payload, hex, of every capture of a run, in one pass over its file.

    Raises StoreError when the evidence is missing, or damaged from here on.
    """
    with _opened(root / evidence_path(run)) as file:
        for record in ArchiveIterator(file, no_record_parse=True):
            if record.rec_type == "response":
                *_, payload = _read_http(record.raw_stream.read())
                yield record.rec_headers.get_header("WARC-Record-ID"), hashlib.sha256(payload).hexdigest()


def set_aside_torn(root: Path, run: str) -> str:
    """Cut off what a crash left unfinished at the end of a run's evidence file; "" or what was done, in words.

    The bytes are kept beside it, in a file whose name ends in ".torn". No commit points to them. Raises StoreError.
    """
    path = root / evidence_path(run)
    if not path.exists():
        return ""
    with disk.reported(_WHAT, path):
        end, size = _whole_length(path), path.stat().st_size
        if end == size:
            return ""
        with path.open("r+b") as file:
            file.seek(end)
            path.with_name(path.name + _TORN).write_bytes(file.read())
            file.truncate(end)
            os.fsync(file.fileno())
    return f"set aside {size - end} bytes of an unfinished record at the end of {path.relative_to(root)}"


class _RawHeaders(StatusAndHeaders):  # type: ignore[misc]  # likewise
    """HTTP headers that are written as they were received; warcio would percent-encode what is not ASCII."""

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self.to_bytes(encoding="latin-1")


def _records(capture: Capture, record_id: str) -> Iterator[ArcWarcRecord]:
    """Request and response, and the redirects on the way there where there were any."""
    date = ("WARC-Date", _date(capture.captured_at))
    status = f"{capture.status} {capture.reason}".strip()
    about = [("WARC-IP-Address", capture.ip), ("WARC-Certificate-SHA256", capture.certificate_sha256)]
    yield _record(
        "response",
        capture.url,
        [("WARC-Record-ID", record_id), date, *((name, value) for name, value in about if value)],
        _RawHeaders(status, list(capture.headers), protocol=capture.http_version),
        capture.payload,
    )
    parts = urlsplit(capture.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    yield _record(
        "request",
        capture.url,
        [("WARC-Record-ID", _new_id()), date, ("WARC-Concurrent-To", record_id)],
        _RawHeaders(f"{target} {capture.http_version}", list(capture.request_headers), protocol="GET"),
    )
    if capture.hops or capture.requested_url != capture.url:
        # An address of its own: under the article's, replay tools take the record for a capture of the page.
        yield _record(
            "metadata",
            _REDIRECTS + record_id.strip("<>").rpartition(":")[2],
            [("WARC-Record-ID", _new_id()), date, ("WARC-Refers-To", record_id)],
            payload=_redirects(capture),
        )


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


def _find(path: Path, record_id: str) -> Capture:
    """The capture whose response has this id."""
    with _opened(path) as file:
        records = ArchiveIterator(file, no_record_parse=True)
        for record in records:
            if record.rec_headers.get_header("WARC-Record-ID") == record_id and record.rec_type == "response":
                response = record.rec_headers, record.raw_stream.read()
                return _read(*response, _companions(records, record_id))
    raise StoreError(f"{path} has no record {record_id}", hint="run `archiver check`")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The open file; what goes wrong with it becomes a StoreError that names it."""
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise StoreError(f"the evidence is missing: {path}", hint="restore captures/ from a backup") from error
    except (OSError, EOFError, ValueError, zlib.error, ArchiveLoadFailed) as error:
        raise StoreError(f"the evidence cannot be read: {path}: {error}", hint="run `archiver check`") from error


def _companions(records: Iterator[ArcWarcRecord], record_id: str) -> dict[str, bytes]:
    """The records that belong to a response and follow it, by type."""
    found = {}
    for record in records:
        fields = record.rec_headers
        if record_id not in (fields.get_header("WARC-Concurrent-To"), fields.get_header("WARC-Refers-To")):
            break
        found[record.rec_type] = record.raw_stream.read()
    return found


def _read(fields: StatusAndHeaders, block: bytes, companions: dict[str, bytes]) -> Capture:
    url = fields.get_header("WARC-Target-URI")
    (version, status, reason), headers, payload = _read_http(block)
    _, request_headers, _ = _read_http(companions.get("request", b""))
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


def _read_http(block: bytes) -> tuple[tuple[str, str, str], tuple[tuple[str, str], ...], bytes]:
    """The three words of the first line, the header fields and the body of an HTTP message."""
    head, _, body = block.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    one, two, three, *_ = [*first.split(" ", 2), "", "", ""]
    fields = (line.partition(":") for line in lines)
    return (one, two, three), tuple((name, value.removeprefix(" ")) for name, _, value in fields), body


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


def _whole_length(path: Path) -> int:
    """Where the last whole gzip member ends."""
    end = position = 0
    decoder = zlib.decompressobj(zlib.MAX_WBITS + 16)
    with path.open("rb") as file:
        while data := file.read(1 << 16):
            position += len(data)
            while data:
                try:
                    decoder.decompress(data)
                except zlib.error:
                    return end
                data = decoder.unused_data
                if decoder.eof:
                    end = position - len(data)
                    decoder = zlib.decompressobj(zlib.MAX_WBITS + 16)
    return end


def _new_id() -> str:
    return f"<{uuid.uuid4().urn}>"


def _date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
