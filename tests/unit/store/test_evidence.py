from __future__ import annotations

import gzip
import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archiver.errors import StoreError
from archiver.model import Capture, Event, Hop, Revision
from archiver.store.evidence import (
    EvidenceWriter,
    Kept,
    find_kept,
    payload_hashes,
    places,
    read_capture,
    set_aside_torn,
)
from archiver.store.layout import article_key, evidence_path

NOW = datetime(2024, 4, 26, 20, 38, 12, tzinfo=UTC)
RUN = "20240426T203800Z"
URL = "https://brookmere.example/news/bridge?page=1"
CONTENT = b"<h1>The bridge</h1>" * 100
PAYLOAD = gzip.compress(CONTENT, mtime=0)
CAPTURE = Capture(
    requested_url="https://brookmere.example/b",
    url=URL,
    captured_at=NOW,
    status=200,
    reason="OK",
    headers=(("Content-Type", "text/html"), ("content-encoding", "gzip"), ("X-Town", "Caf\xe9"), ("X-Empty", "")),
    payload=PAYLOAD,
    content=CONTENT,
    request_headers=(("Host", "brookmere.example"), ("User-Agent", "archiver")),
    hops=(Hop(url="https://brookmere.example/b", status=301, location="/news/bridge?page=1"),),
    ip="192.0.2.7",
    certificate_sha256="ab" * 32,
)
OTHER = replace(CAPTURE, payload=gzip.compress(CONTENT[1:], mtime=0), content=CONTENT[1:])


def pointing_to(record_id: str, capture: Capture) -> Revision:
    return Revision(
        key=article_key(URL),
        event=Event.FIRST,
        captured_at=NOW,
        source=URL,
        run=RUN,
        record_id=record_id,
        capture_sha256=capture.payload_sha256,
    )


def write(root, *captures: Capture) -> list[Revision]:
    with EvidenceWriter(root, RUN, software="archiver/0.1.0") as evidence:
        return [pointing_to(evidence.write(capture), capture) for capture in captures]


def test_a_capture_comes_back_as_it_was(tmp_path):
    plain = replace(CAPTURE, headers=(), payload=CONTENT, hops=(), requested_url=URL, ip="", certificate_sha256="")
    empty = replace(plain, status=410, reason="", payload=b"", content=b"")
    first, second, third = write(tmp_path, CAPTURE, plain, empty)
    assert read_capture(tmp_path, first) == CAPTURE
    assert read_capture(tmp_path, second) == plain
    assert read_capture(tmp_path, third) == empty


field_names = st.text("abcXYZ-019", min_size=1)
field_values = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_categories=("Cc",)))


@given(
    payload=st.binary(max_size=200),
    headers=st.lists(st.tuples(field_names, field_values)).map(tuple),
    request_headers=st.lists(st.tuples(field_names, field_values)).map(tuple),
    status=st.integers(100, 599),
    reason=field_values,
)
def test_any_exchange_comes_back_as_it_was(tmp_path_factory, payload, headers, request_headers, status, reason):
    root = tmp_path_factory.mktemp("archive")
    headers = tuple((name, value) for name, value in headers if name.lower() != "content-encoding")
    capture = replace(CAPTURE, payload=payload, content=payload, headers=headers, request_headers=request_headers)
    capture = replace(capture, status=status, reason=reason)
    assert read_capture(root, write(root, capture)[0]) == capture


@pytest.mark.parametrize(
    ("payload", "content"),
    [
        (gzip.compress(b"one ", mtime=0) + gzip.compress(b"two", mtime=0), b"one two"),
        (gzip.compress(b"one", mtime=0) + b"\0\0", b"one"),
        (b"", b""),
    ],
)
def test_unusual_gzip_is_decoded(tmp_path, payload, content):
    (revision,) = write(tmp_path, replace(CAPTURE, payload=payload))
    assert read_capture(tmp_path, revision).content == content


def test_the_file_is_warc_that_others_read(tmp_path):
    write(tmp_path, CAPTURE, replace(CAPTURE, hops=(), requested_url=URL))
    path = tmp_path / evidence_path(f"{RUN}.warc.gz")
    check = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    checked = subprocess.run(check, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "digest pass" in checked.stdout
    with path.open("rb") as file:
        records = [
            (record.rec_type, record.rec_headers, record.content_stream().read()) for record in ArchiveIterator(file)
        ]
    assert [kind for kind, _, _ in records] == ["warcinfo", "response", "request", "metadata", "revisit", "request"]
    _, response, content = records[1]
    assert content == CONTENT
    assert response.protocol == "WARC/1.1"
    assert response.get_header("WARC-Date") == "2024-04-26T20:38:12Z"
    assert response.get_header("WARC-IP-Address") == "192.0.2.7"
    assert records[2][1].get_header("WARC-Concurrent-To") == response.get_header("WARC-Record-ID")
    assert records[3][1].get_header("WARC-Target-URI").startswith("urn:")


def test_the_request_line_is_the_target(tmp_path):
    write(tmp_path, CAPTURE)
    with gzip.open(tmp_path / evidence_path(f"{RUN}.warc.gz")) as file:
        assert b"\r\n\r\nGET /news/bridge?page=1 HTTP/1.1\r\nHost: brookmere.example\r\n" in file.read()


def test_without_a_capture_there_is_no_file(tmp_path):
    with EvidenceWriter(tmp_path, RUN, software="archiver/0.1.0") as evidence:
        evidence.sync()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_what_was_captured_is_an_error(tmp_path):
    (revision,) = write(tmp_path, CAPTURE)
    with pytest.raises(StoreError, match="does not hold what was captured"):
        read_capture(tmp_path, replace(revision, capture_sha256="00" * 32))
    with pytest.raises(StoreError, match="has no record"):
        read_capture(tmp_path, replace(revision, record_id="<urn:uuid:0>"))
    with pytest.raises(StoreError, match="is missing"):
        read_capture(tmp_path, replace(revision, run="20200101T000000Z"))


@pytest.mark.parametrize("place", [20, -200, -5])
def test_damage_is_an_error_and_no_traceback(tmp_path, place):
    (revision,) = write(tmp_path, CAPTURE)
    path = tmp_path / evidence_path(f"{RUN}.warc.gz")
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(data)
    if place != -5:
        with pytest.raises(StoreError):
            read_capture(tmp_path, revision)
    assert set_aside_torn(tmp_path, RUN)


def test_a_payload_that_explodes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("archiver.store.evidence.records._MOST_CONTENT", 1000)
    (revision,) = write(tmp_path, CAPTURE)
    with pytest.raises(StoreError, match="too large"):
        read_capture(tmp_path, revision)


@pytest.mark.parametrize("missing", [1, 10, 300])
def test_a_torn_end_is_set_aside_and_the_rest_stays(tmp_path, missing):
    first, second = write(tmp_path, CAPTURE, OTHER)
    path = tmp_path / evidence_path(f"{RUN}.warc.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[:-missing])
    assert "unfinished record" in set_aside_torn(tmp_path, RUN)
    assert set_aside_torn(tmp_path, RUN) == ""
    assert path.read_bytes() + path.with_name(path.name + ".torn").read_bytes() == whole[:-missing]
    assert read_capture(tmp_path, first) == CAPTURE
    assert missing == 300 or read_capture(tmp_path, second).payload == OTHER.payload


def test_nothing_to_set_aside(tmp_path):
    assert set_aside_torn(tmp_path, RUN) == ""
    write(tmp_path, CAPTURE)
    assert set_aside_torn(tmp_path, RUN) == ""


def test_a_file_that_is_there_is_never_overwritten(tmp_path):
    write(tmp_path, CAPTURE)
    before = (tmp_path / evidence_path(f"{RUN}.warc.gz")).read_bytes()
    with pytest.raises(StoreError, match="cannot be written"):
        write(tmp_path, CAPTURE)
    assert (tmp_path / evidence_path(f"{RUN}.warc.gz")).read_bytes() == before


class TestAPayloadThatIsKeptAlready:
    LATER = replace(CAPTURE, captured_at=NOW + timedelta(hours=1), headers=(*CAPTURE.headers, ("Age", "7")), hops=())
    NEXT_RUN = "20240426T213800Z"

    def later(self, root, kept: Kept | None) -> Revision:
        with EvidenceWriter(root, self.NEXT_RUN, software="archiver/0.1.0") as evidence:
            record_id = evidence.write(self.LATER, kept)
        return replace(pointing_to(record_id, self.LATER), run=self.NEXT_RUN)

    def kept(self, root, revision: Revision) -> Kept | None:
        place = dict(places(root, revision.run))[revision.record_id]
        return find_kept(root, revision.record_id, place)

    def test_it_comes_back_whole_from_one_run_and_from_the_next(self, tmp_path):
        first, second = write(tmp_path, CAPTURE, self.LATER)
        third = self.later(tmp_path, self.kept(tmp_path, first))
        assert read_capture(tmp_path, first) == CAPTURE
        assert read_capture(tmp_path, second) == read_capture(tmp_path, third) == self.LATER
        for run in (RUN, self.NEXT_RUN):
            assert {digest for _, digest in payload_hashes(tmp_path, run)} == {CAPTURE.payload_sha256}

    def test_it_is_written_once(self, tmp_path):
        page = random.Random(7).randbytes(100_000)
        large = replace(CAPTURE, headers=(), payload=page, content=page)
        write(tmp_path, large, large, large)
        assert (tmp_path / evidence_path(f"{RUN}.warc.gz")).stat().st_size < 110_000

    def test_a_reference_is_never_referred_to(self, tmp_path):
        first, second = write(tmp_path, CAPTURE, self.LATER)
        assert self.kept(tmp_path, first) is not None
        assert self.kept(tmp_path, second) is None

    def test_without_the_first_the_second_is_an_error(self, tmp_path):
        (first,) = write(tmp_path, CAPTURE)
        third = self.later(tmp_path, self.kept(tmp_path, first))
        (tmp_path / evidence_path(f"{RUN}.warc.gz")).unlink()
        with pytest.raises(StoreError, match="is missing"):
            read_capture(tmp_path, third)

    @pytest.mark.parametrize("file", ["../../../secret.warc.gz", "/etc/passwd", "", "20240426T203800Z.warc"])
    def test_a_reference_leads_nowhere_but_to_evidence(self, tmp_path, file):
        (first,) = write(tmp_path, CAPTURE)
        kept = self.kept(tmp_path, first)
        assert kept is not None
        third = self.later(tmp_path, kept._replace(place=kept.place._replace(file=file)))
        with pytest.raises(StoreError, match="evidence"):
            read_capture(tmp_path, third)

    def test_an_empty_payload_is_no_reason(self, tmp_path):
        empty = replace(CAPTURE, headers=(), payload=b"", content=b"")
        write(tmp_path, empty, empty)
        with (tmp_path / evidence_path(f"{RUN}.warc.gz")).open("rb") as file:
            assert "revisit" not in [record.rec_type for record in ArchiveIterator(file)]


def test_a_large_run_has_several_files(tmp_path, monkeypatch):
    monkeypatch.setattr("archiver.store.evidence.files.MOST_BYTES", 900)
    captures = [replace(CAPTURE, headers=(), payload=bytes([n]) * 900, content=bytes([n]) * 900) for n in range(12)]
    captures.append(captures[0])
    kept = write(tmp_path, *captures)
    names = sorted(path.name for path in tmp_path.rglob("*.warc.gz"))
    assert f"{RUN}.warc.gz" in names
    assert f"{RUN}-2.warc.gz" in names
    assert f"{RUN}-10.warc.gz" in names
    assert [read_capture(tmp_path, revision).payload for revision in kept] == [one.payload for one in captures]
    assert [record_id for record_id, _ in payload_hashes(tmp_path, RUN)] == [one.record_id for one in kept]
    found = dict(places(tmp_path, RUN))
    assert all(read_capture(tmp_path, one, found[one.record_id]) == captures[n] for n, one in enumerate(kept))
    last = tmp_path / evidence_path(f"{RUN}-{len(names)}.warc.gz")
    last.write_bytes(last.read_bytes()[:-3])
    assert last.name in set_aside_torn(tmp_path, RUN)
