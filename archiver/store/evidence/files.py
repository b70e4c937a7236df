"""The evidence files of a run: writes captures, finds and reads them, sets aside what a crash left unfinished.

Takes captures, gives record ids; `read_capture` takes a revision and gives the capture that led to it, byte for byte.
A payload that is kept already is not written again: a `revisit` record names the one that is.
"""

from __future__ import annotations

import hashlib
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]  # it has no annotations
from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]  # likewise
from warcio.recordloader import ArcWarcRecord  # type: ignore[import-untyped]  # likewise

from archiver.errors import StoreError
from archiver.model import Capture, Revision
from archiver.store import disk
from archiver.store.evidence import records
from archiver.store.evidence.records import Kept
from archiver.store.layout import Place, evidence_name, evidence_path, is_evidence_name

MOST_BYTES = 1 << 30
"""Of one file; a run that has more begins another. What the WARC standard's annex recommends."""
_TORN = ".torn"
_WHAT = "the evidence"
_CHECK = "run 'archiver check'"


class EvidenceWriter:
    """The evidence of one run. Its file is made with the first capture; a context manager."""

    def __init__(self, root: Path, run: str, *, software: str) -> None:
        """Take the archive's folder, the run's id and the program's name and version."""
        self._root, self._run, self._software = root, run, software
        self._part = 0
        self._path = root
        self._file: FileIO | None = None
        self._size = 0
        self._kept: dict[str, Kept] = {}

    def __enter__(self) -> EvidenceWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def write(self, capture: Capture, kept: Kept | None = None) -> str:
        """Add a capture with its parts; the id of its first record. On disk for certain only after `sync`.

        `kept` is an earlier response with the same payload, which is then not written again; those of this run are
        known. Raises StoreError; the file then ends with the capture before, or the part.
        """
        with disk.reported(_WHAT, self._path):
            file = self._file if self._file and self._size < MOST_BYTES else self._create()
        record_id = self._append(file, capture, kept)
        for part in capture.parts:
            self._append(file, part, part_of=record_id)
        return record_id

    def _append(self, file: FileIO, capture: Capture, kept: Kept | None = None, *, part_of: str = "") -> str:
        record_id, digest = records.new_id(), capture.payload_sha256
        kept = (self._kept.get(digest) or kept) if capture.payload else None
        with disk.reported(_WHAT, self._path):
            data = records.encode(capture, record_id, kept, part_of=part_of)
            disk.append(file, data)
        if not kept:
            place = Place(self._path.name, self._size)
            self._kept[digest] = Kept(record_id, capture.url, records.date(capture.captured_at), place)
        self._size += len(data)
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
        """Begin the first file, or the next."""
        self.close()
        self._part += 1
        self._path = self._root / evidence_path(evidence_name(self._run, self._part))
        disk.make_folders(self._path.parent, self._root)
        self._file = FileIO(self._path, "xb")
        about = records.encode_about(self._path.name, self._software)
        disk.append(self._file, about)
        self._size = len(about)
        disk.sync_folder(self._path.parent)
        return self._file


def read_capture(root: Path, revision: Revision, place: Place | None = None) -> Capture:
    """The capture that a revision points to, its content decoded again; with a `place` without a search for it.

    Raises StoreError when the evidence is missing, damaged, or not what the revision recorded.
    """
    if place is None:
        place = dict(places(root, revision.run)).get(revision.record_id)
    if place is None:
        raise StoreError(f"the evidence of run {revision.run} has no record {revision.record_id}", hint=_CHECK)
    with _record_at(root, place, revision.record_id) as (record, following):
        capture = _with_parts(root, record, following)
    parts = tuple(part.payload_sha256 for part in capture.parts)
    is_other = capture.payload_sha256 != revision.capture_sha256 or parts != (revision.part_sha256 or parts)
    if revision.capture_sha256 and is_other:
        path = evidence_path(place.file)
        raise StoreError(f"{path} does not hold what was captured for {revision.key}", hint=_CHECK)
    return capture


def find_kept(root: Path, record_id: str, place: Place) -> Kept | None:
    """The response record of this id, for another capture to refer to; None when it is not there."""
    try:
        with _record_at(root, place, record_id) as (record, _):
            return records.kept(record.rec_headers, place) if record.rec_type == "response" else None
    except StoreError:
        return None


def places(root: Path, run: str) -> Iterator[tuple[str, Place]]:
    """Id and place of every capture of a run, in one pass over its files.

    Raises StoreError when the evidence is missing, or damaged from here on.
    """
    for path in _parts(root, run):
        with _opened(path) as file:
            found = ArchiveIterator(file, no_record_parse=True)
            for record in found:
                offset = found.get_record_offset()
                if record.rec_type in ("response", "revisit"):
                    yield record.rec_headers.get_header("WARC-Record-ID"), Place(path.name, offset)


def payload_hashes(root: Path, run: str) -> Iterator[tuple[str, str]]:
    """Record id and SHA-256 of the payload, hex, of every capture of a run, in one pass over its files.

    Raises StoreError when the evidence is missing, or damaged from here on.
    """
    for path in _parts(root, run):
        with _opened(path) as file:
            for record in ArchiveIterator(file, no_record_parse=True):
                if record.rec_type in ("response", "revisit"):
                    *_, payload = records.read_http(_block_of(root, record))
                    yield record.rec_headers.get_header("WARC-Record-ID"), hashlib.sha256(payload).hexdigest()


def evidence_files(root: Path) -> Iterator[Path]:
    """Every file with captures, in the order of their names."""
    found = root.glob("captures/[0-9]*/[0-9]*/*.warc.gz")
    yield from sorted((path for path in found if is_evidence_name(path.name)), key=lambda path: path.name)


def damage(path: Path) -> str:
    """What is wrong with the bytes of an evidence file, whatever they say; "" when every record is whole."""
    try:
        end, size = _whole_length(path), path.stat().st_size
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "" if end == size > 0 else f"is damaged, or cut short, from byte {end} on"


def set_aside_torn(root: Path, run: str) -> str:
    """Cut off what a crash left unfinished at the end of a run's evidence; "" or what was done, in words.

    The bytes are kept beside it, in a file whose name ends in ".torn". No commit points to them. A file without any
    is removed. Raises StoreError.
    """
    path = _parts(root, run)[-1]
    if not disk.is_plain(path):
        return ""
    with disk.reported(_WHAT, path):
        end, size = _whole_length(path), path.stat().st_size
        if size == 0:
            path.unlink()
        if end == size:
            return ""
        with path.open("r+b") as file:
            file.seek(end)
            torn = path.with_name(path.name + _TORN)
            torn.unlink(missing_ok=True)
            with torn.open("xb") as aside:
                aside.write(file.read())
                aside.flush()
                os.fsync(aside.fileno())
            file.truncate(end)
            os.fsync(file.fileno())
    return f"set aside {size - end} bytes of an unfinished record at the end of {path.relative_to(root)}"


def _parts(root: Path, run: str) -> tuple[Path, ...]:
    """The files of a run in order; the first, whether it is there or not, when there is none.

    Raises:
        StoreError: that is no run, as in a commit that people made.
    """
    if not is_evidence_name(evidence_name(run, 1)):
        raise StoreError(f"no capture can be found for a commit whose run is {run!r}", hint=_CHECK)
    first = root / evidence_path(evidence_name(run, 1))
    found = {
        int(number[1]): path
        for path in first.parent.glob(f"{run}-*.warc.gz")
        if (number := re.fullmatch(r"-(\d+)\.warc\.gz", path.name.removeprefix(run)))
    }
    return (*((first,) if first.exists() or not found else ()), *(found[number] for number in sorted(found)))


def _block_of(root: Path, record: ArcWarcRecord) -> bytes:
    """The block of a record: head and payload; a `revisit` record has the payload elsewhere."""
    block: bytes = record.raw_stream.read()
    if record.rec_type != "revisit":
        return block
    record_id, place = records.referred(record.rec_headers)
    with _record_at(root, place, record_id) as (original, _):
        if original.rec_type != "response":
            raise ValueError(f"{record_id} is no response")
        payload: bytes = original.raw_stream.read().partition(b"\r\n\r\n")[2]
        return block + payload


@contextmanager
def _record_at(root: Path, place: Place, record_id: str) -> Iterator[tuple[ArcWarcRecord, Iterator[ArcWarcRecord]]]:
    """The record of this id at its place, and those that follow it."""
    path = root / evidence_path(place.file)
    with _opened(path) as file:
        file.seek(place.offset)
        following = ArchiveIterator(file, no_record_parse=True)
        record = next(following, None)
        if record is None or record.rec_headers.get_header("WARC-Record-ID") != record_id:
            raise ValueError(f"there is no record {record_id} at byte {place.offset}")
        yield record, following


def _with_parts(root: Path, record: ArcWarcRecord, following: Iterator[ArcWarcRecord]) -> Capture:
    """The capture that begins with a record, from what follows it: its companions, then its parts with theirs."""
    first = record.rec_headers.get_header("WARC-Record-ID")
    responses = [(record.rec_headers, _block_of(root, record))]
    companions: list[dict[str, bytes]] = [{}]
    own = first
    for one in following:
        fields = one.rec_headers
        near = (fields.get_header("WARC-Concurrent-To"), fields.get_header("WARC-Refers-To"))
        if one.rec_type in ("request", "metadata") and own in near:
            companions[-1][one.rec_type] = one.raw_stream.read()
        elif one.rec_type in ("response", "revisit") and near[0] == first:
            own = fields.get_header("WARC-Record-ID")
            responses.append((fields, _block_of(root, one)))
            companions.append({})
        else:
            break
    capture, *parts = (records.decode(*response, known) for response, known in zip(responses, companions, strict=True))
    return replace(capture, parts=tuple(parts))


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The open file; what goes wrong with it becomes a StoreError that names it."""
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise StoreError(f"the evidence is missing: {path}", hint="restore captures/ from a backup") from error
    except (OSError, EOFError, ValueError, zlib.error, ArchiveLoadFailed) as error:
        raise StoreError(f"the evidence cannot be read: {path}: {error}", hint=_CHECK) from error


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
