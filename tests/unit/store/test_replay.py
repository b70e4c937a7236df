"""Evidence as pywb, an independent replay tool, reads it; skipped where pywb is not installed.

pywb is no dependency of this project: `python3 -m venv /tmp/pywb && /tmp/pywb/bin/pip install pywb`, then
`ARCHIVER_PYWB=/tmp/pywb/bin pytest tests/unit/store/test_replay.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.model import Capture, Hop
from archiver.store.evidence import EvidenceWriter

BIN = Path(os.environ.get("ARCHIVER_PYWB", "/tmp/pywb/bin"))
NOW = datetime(2024, 4, 26, 20, 38, 12, tzinfo=UTC)
URL = "http://brookmere.example/news/bridge"
PAGE = b"<html><head></head><body><h1>The bridge</h1></body></html>"
CAPTURE = Capture(
    requested_url="http://brookmere.example/b",
    url=URL,
    captured_at=NOW,
    status=200,
    reason="OK",
    headers=(("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))),
    payload=PAGE,
    content=PAGE,
    request_headers=(("Host", "brookmere.example"),),
    hops=(Hop(url="http://brookmere.example/b", status=301, location="/news/bridge"),),
)
FETCH = """
import sys
from pywb.apps.frontendapp import FrontEndApp
from webtest import TestApp
app = TestApp(FrontEndApp())
for stamp in sys.argv[1:]:
    answer = app.get(f"/news/{stamp}id_/http://brookmere.example/news/bridge")
    print(answer.status_int, answer.headers["Memento-Datetime"], answer.body == open("page", "rb").read(), sep="|")
"""

pytestmark = pytest.mark.skipif(not (BIN / "cdx-indexer").exists(), reason=f"pywb is not in {BIN}")


def run(*words: str | Path, cwd: Path) -> str:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def collection(tmp_path):
    """A collection of pywb that has the evidence of two runs as it is."""
    later = replace(CAPTURE, captured_at=NOW + timedelta(hours=1), hops=(), requested_url=URL)
    with EvidenceWriter(tmp_path, "20240426T203800Z", software="archiver") as evidence:
        evidence.write(CAPTURE)
        evidence.write(later)
    run(BIN / "wb-manager", "init", "news", cwd=tmp_path)
    run(BIN / "wb-manager", "add", "news", *tmp_path.glob("captures/*/*/*.warc.gz"), cwd=tmp_path)
    (tmp_path / "page").write_bytes(PAGE)
    return tmp_path


def test_pywb_finds_each_capture_once(collection):
    lines = (collection / "collections" / "news" / "indexes" / "index.cdxj").read_text().splitlines()
    found = [(line.split(" ", 2)[1], json.loads(line.split(" ", 2)[2])["mime"]) for line in lines]
    assert found == [("20240426203812", "text/html"), ("20240426213812", "warc/revisit")]


def test_pywb_replays_both_from_the_one_payload(collection):
    try:
        said = run(BIN / "python", "-c", FETCH, "20240426203812", "20240426213812", cwd=collection)
    except AssertionError as error:
        if "webtest" in str(error):
            pytest.skip("pywb is there, WebTest is not")
        raise
    answers = [line.split("|") for line in said.splitlines() if "|" in line]
    assert [(status, same) for status, _, same in answers] == [("200", "True"), ("200", "True")]
    assert [when[-12:-4] for _, when, _ in answers] == ["20:38:12", "21:38:12"]
