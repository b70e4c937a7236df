"""What is kept of each capture, run after run."""

from __future__ import annotations

import shutil
from dataclasses import replace

from warcio.archiveiterator import ArchiveIterator

from archiver.query import Archive
from archiver.verify import verify

from .conftest import Desk, Served, page

BRIDGE = "/town/old-quay-bridge/"


def kinds(desk: Desk) -> list[list[str]]:
    """The types of the records of each run, without those about files and requests."""
    found = []
    for path in sorted((desk.path / "captures").rglob("*.warc.gz")):
        with path.open("rb") as file:
            found.append([r.rec_type for r in ArchiveIterator(file) if r.rec_type not in ("warcinfo", "request")])
    return found


def runs(desk: Desk) -> list[str]:
    return sorted(path.name.partition(".")[0] for path in (desk.path / "captures").rglob("*.warc.gz"))


def test_every_capture_is_kept_when_asked_for_and_no_payload_twice(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    desk.look(1, keep_all=True)
    shutil.rmtree(desk.path / ".archiver")  # What was kept is known from the check logs and the evidence alone.
    checked = desk.look(2, keep_all=True)[BRIDGE].check
    desk.site.pages[BRIDGE] = Served(page(stamp="March 2, 2026 08:00"))
    desk.look(3, keep_all=True)
    assert kinds(desk) == [["response"], ["revisit"], ["revisit"], ["response"]]
    with Archive.open(desk.path) as archive:
        assert list(verify(archive)) == []
        first = archive.history(desk.site.url(BRIDGE))[0]
        seen_again = replace(first, record_id=checked.record_id, run=runs(desk)[2])
        assert archive.capture(seen_again).payload == archive.capture(first).payload == page()
