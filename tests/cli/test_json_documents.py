"""docs/json.md names the fields that the commands print, all of them and no others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archiver.cli import run

DOCUMENT = (Path(__file__).parents[2] / "docs/json.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", DOCUMENT, re.MULTILINE))
OBJECTS = dict(re.findall(r"^## (\w+)\n(.*?)\n\n", DOCUMENT, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("json") / "demo"
    assert run(["demo", str(path)]) == 0
    return path


@pytest.fixture
def asked(demo: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str], dict[str, Any]]:
    def ask(command: str) -> dict[str, Any]:
        capsys.readouterr()
        run(["--archive", str(demo), *command.replace("ARTICLE", "old-quay").split(), "--json"])
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        return document

    return ask


def names(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


@pytest.mark.parametrize("command", ROWS)
def test_a_command_prints_the_fields_that_are_told(asked: Callable[[str], dict[str, Any]], command: str) -> None:
    document = asked(command)
    assert document.pop("schema_version") == 1
    told = names(ROWS[command])
    assert document.keys() <= told
    inner = [value[0] if isinstance(value, list) and value else value for value in document.values()]
    known = set().union(*map(names, OBJECTS.values()))
    assert told - document.keys() <= {key for value in inner if isinstance(value, dict) for key in value} | known


def test_the_objects_have_the_fields_that_are_told(asked: Callable[[str], dict[str, Any]]) -> None:
    diff = asked("diff ARTICLE r2..r3")
    quantities = [change["quantity"] for change in diff["changes"] if change["quantity"]]
    found = {
        "revision": diff["before"],
        "change": diff["changes"][0],
        "quantity": quantities[0],
        "diff": diff["diff"],
        "finding": asked("audit")["findings"][0],
    }
    assert found.keys() == OBJECTS.keys()
    for name, value in found.items():
        assert value.keys() == names(OBJECTS[name]), name


def test_every_look_is_told_of() -> None:
    from archiver.cli import _COMMANDS

    told = {command.split()[0] for command in ROWS}
    assert told >= _COMMANDS["Look"].keys() | {"status", "held", "check", "stats", "watch"}
