"""The public face: names that notebooks and other programs may rely on."""

from __future__ import annotations

import inspect
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import archiver

ROOT = Path(__file__).parents[1]
HEAVY = ("bs4", "click", "dateparser", "git", "httpx", "lxml", "msgspec", "sqlite3")


def test_all_is_complete_sorted_and_real() -> None:
    assert archiver.__all__ == sorted(archiver.__all__)
    assert set(archiver.__all__) == {"Archive", "__version__", "diff_articles", "extract_article"}
    assert all(hasattr(archiver, name) for name in archiver.__all__)


@pytest.mark.parametrize("name", [name for name in archiver.__all__ if name != "__version__"])
def test_public_names_are_documented_and_annotated(name: str) -> None:
    thing = getattr(archiver, name)
    assert inspect.getdoc(thing)
    call = thing.open if inspect.isclass(thing) else thing
    assert "return" in call.__annotations__


def test_the_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert archiver.__version__ == project["version"]


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="archiver"):
        _ = archiver.snapshoot


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, archiver; print(*[name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert loaded.stdout.split() == []
