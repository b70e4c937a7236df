"""A better extractor never looks like an edit: each story is told with an altered copy of the program itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import archiver
from archiver.model import Event, Revision
from archiver.query import Archive
from archiver.store.runs import read_checks
from archiver.verify import verify

from .conftest import PARAGRAPHS, Desk, Served, page

BRIDGE = "/town/old-quay-bridge/"
NO_RULE = "\n# A remark, and no rule.\n"
NEW_RULE = '''

def extract(html, _before=extract, **about):
    """Read headlines in another way."""
    from dataclasses import replace

    found = _before(html, **about)
    return replace(found, article=replace(found.article, headline=found.article.headline.upper()))
'''

Look = Callable[..., None]


@pytest.fixture
def look(desk: Desk, tmp_path: Path) -> Look:
    """Check the bridge story with a copy of the program whose extractor has something added."""
    config = desk.path / "archiver.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("delay_s = 2.0", "delay_s = 0.0"), encoding="utf-8")
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)

    def run(added: str, *command: str, module: str = "extract/__init__.py") -> None:
        copy = tmp_path / "altered"
        shutil.rmtree(copy, ignore_errors=True)
        source = Path(archiver.__file__).parent
        shutil.copytree(source, copy / "archiver", ignore=shutil.ignore_patterns("__pycache__"))
        with (copy / "archiver" / module).open("a", encoding="utf-8") as source_file:
            source_file.write(added)
        words = command or ("snapshot", "--allow-host", desk.site.host, desk.site.url(BRIDGE))
        done = subprocess.run(
            [sys.executable, "-m", "archiver", "--archive", str(desk.path), *words],
            env={**os.environ, "PYTHONPATH": str(copy)},
            cwd=copy,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == (3 if "error: " in done.stderr else 0), done.stderr

    return run


OTHER_LIBRARY = """

import importlib.metadata

def version(name, _before=importlib.metadata.version):
    return _before(name) + ".post1" * (name == "lxml")

importlib.metadata.version = version
"""


def history(desk: Desk) -> tuple[Revision, ...]:
    with Archive.open(desk.path) as opened:
        assert list(verify(opened)) == []
    return desk.history(BRIDGE)


def test_another_extractor_that_reads_the_same_is_noted_and_makes_nothing(desk: Desk, look: Look) -> None:
    look(NO_RULE)
    (first,) = history(desk)
    noted = [check for _, check in read_checks(desk.path)][-1]
    assert noted.event is Event.SAME
    assert noted.equal_under
    assert first.extractor not in noted.equal_under


def test_a_new_rule_is_a_reextraction_and_no_edit(desk: Desk, look: Look) -> None:
    look(NEW_RULE)
    first, again = history(desk)
    assert again.event is Event.REEXTRACT
    assert again.headline == first.headline.upper()
    assert (again.captured_at, again.record_id) == (first.captured_at, first.record_id)
    assert again.extractor != first.extractor
    look(NEW_RULE)
    assert len(history(desk)) == 2


def test_an_edit_under_a_new_rule_is_told_apart_from_the_rule(desk: Desk, look: Look) -> None:
    desk.site.pages[BRIDGE] = Served(page(*PARAGRAPHS[:2], PARAGRAPHS[2].replace("1,400", "1,900"), *PARAGRAPHS[3:]))
    look(NEW_RULE)
    first, again, edit = history(desk)
    assert [again.event, edit.event] == [Event.REEXTRACT, Event.EDIT]
    assert edit.changes == ("number",)
    assert edit.headline == first.headline.upper()


def test_without_the_old_capture_a_difference_is_not_called_an_edit(desk: Desk, look: Look) -> None:
    (evidence,) = (desk.path / "captures").rglob("*.warc.gz")
    evidence.unlink()
    look(NEW_RULE)
    first, again = desk.history(BRIDGE)
    assert again.event is Event.REEXTRACT
    assert "gone" in again.summary
    assert again.record_id != first.record_id


def test_all_is_read_again_when_asked_and_no_newsroom_is(desk: Desk, look: Look) -> None:
    asked = len(desk.site.asked)
    look(NEW_RULE, "reextract", "--all")
    first, again = history(desk)
    assert (again.event, again.headline) == (Event.REEXTRACT, first.headline.upper())
    look(NEW_RULE, "reextract", BRIDGE.split("/")[2])
    assert len(history(desk)) == 2
    look(NO_RULE, "reextract", "--all")
    first, _, back = history(desk)
    assert (back.event, back.headline) == (Event.REEXTRACT, first.headline)
    assert len(desk.site.asked) == asked


def test_what_reads_the_same_is_noted_and_the_last_look_stays_the_last(desk: Desk, look: Look) -> None:
    look(NO_RULE, "reextract", "--all")
    noted = [check for _, check in read_checks(desk.path)][-1]
    assert (noted.event, bool(noted.equal_under)) == (Event.REEXTRACT, True)
    with Archive.open(desk.path) as archive:
        (entry,) = archive.entries()
        assert entry.equal_under == noted.equal_under
        assert entry.seen_at == entry.first_at
        last = archive.index.last_check(desk.site.url(BRIDGE))
        assert last is not None
        assert last.event is Event.FIRST
    assert len(history(desk)) == 1


def test_what_lost_its_capture_is_told_and_stays(desk: Desk, look: Look) -> None:
    (evidence,) = (desk.path / "captures").rglob("*.warc.gz")
    evidence.unlink()
    look(NEW_RULE, "reextract", "--all")
    assert len(desk.history(BRIDGE)) == 1


def test_another_version_of_a_library_is_another_extractor(desk: Desk, look: Look) -> None:
    look(OTHER_LIBRARY, module="reading.py")
    (first,) = history(desk)
    noted = [check for _, check in read_checks(desk.path)][-1]
    assert noted.equal_under
    assert first.extractor not in noted.equal_under
