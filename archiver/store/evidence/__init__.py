"""Keeps captures as WARC files, one or more per run, and reads them back: the only package that uses warcio.

files     EvidenceWriter and what reads: where records lie, captures, payload hashes; what a crash left
records   a Capture ↔ the WARC records that stand for it

WARC/1.1 (ISO 28500:2017), each record a gzip member of its own. Outside git: evidence is large, and can be withdrawn
without rewriting history. Never changes a record that was written.
"""

from archiver.store.evidence.files import (
    EvidenceWriter,
    damage,
    evidence_files,
    find_kept,
    payload_hashes,
    places,
    read_capture,
    set_aside_torn,
)
from archiver.store.evidence.records import Kept

__all__ = [
    "EvidenceWriter",
    "Kept",
    "damage",
    "evidence_files",
    "find_kept",
    "payload_hashes",
    "places",
    "read_capture",
    "set_aside_torn",
]
