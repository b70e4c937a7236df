from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from archiver.model import Article, Event, NoticeKind
from archiver.store import serialize
from archiver.store.git import GitStore

FORMAT = (files("archiver.store") / "FORMAT.md").read_text()


def test_the_format_at_the_top_of_the_source_is_the_packaged_one():
    assert (Path(__file__).parents[3] / "archive" / "README.md").read_text() == FORMAT


def test_a_new_archive_carries_the_format(tmp_path):
    with GitStore.create(tmp_path, now=datetime(2024, 4, 26, tzinfo=UTC), config_text="") as store:
        assert (tmp_path / "README.md").read_text() == FORMAT
        assert store.read(store.tip(), "README.md").decode() == FORMAT


def test_the_format_names_every_field_event_and_notice():
    assert f"**version {serialize.FORMAT}**" in FORMAT
    for name in [field.name for field in fields(Article) if field.name != "body"]:
        assert f"`{name}`" in FORMAT
    for word in [*Event, *NoticeKind]:
        assert f"`{word}`" in FORMAT


def test_the_format_names_every_trailer():
    source = (files("archiver.store") / "serialize.py").read_text()
    for name in re.findall(r'^ +\("([A-Z][A-Za-z0-9-]+)", ', source, re.MULTILINE):
        assert f"`{name}`" in FORMAT
