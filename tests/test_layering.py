"""The shape of the code, read from its syntax trees: arrows point down, libraries have owners, pure means pure."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "archiver"

# From the face down to the nouns. A module belongs to the longest name that fits it.
LAYERS = (
    ("archiver", "archiver.__main__", "archiver.cli"),
    (
        "archiver.watch",
        "archiver.held",
        "archiver.status",
        "archiver.pipeline",
        "archiver.examine",
        "archiver.judgement",
        "archiver.query",
        "archiver.review",
        "archiver.reextract",
        "archiver.repair",
        "archiver.stats",
        "archiver.verify",
    ),
    (
        "archiver.ahead",
        "archiver.fetch",
        "archiver.discover",
        "archiver.store",
        "archiver.index",
        "archiver.config",
        "archiver.demo",
        "archiver.hooks",
        "archiver.interrupts",
        "archiver.reading",
        "archiver.watches",
    ),
    (
        "archiver.extract",
        "archiver.recipes",
        "archiver.compare",
        "archiver.diff",
        "archiver.audit",
        "archiver.render",
        "archiver.schedule",
        "archiver.surge",
        "archiver.health",
        "archiver.store.layout",
        "archiver.store.serialize",
    ),
    ("archiver.urls", "archiver.text", "archiver.dates", "archiver.notices"),
    ("archiver.model", "archiver.errors"),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
EDGES = 2
"""The lowest layer that may look at the clock, the environment, the disk or the network."""

# What may import a neighbour of its own layer; within one package it always may.
SIDEWAYS = {
    ("archiver.ahead", "archiver.hooks"),
    ("archiver.ahead", "archiver.reading"),
    ("archiver.__main__", "archiver.cli"),
    ("archiver.reading", "archiver.hooks"),
    ("archiver.pipeline", "archiver.examine"),
    ("archiver.pipeline", "archiver.judgement"),
    ("archiver.examine", "archiver.judgement"),
    ("archiver.watch", "archiver.examine"),
    ("archiver.watch", "archiver.pipeline"),
    ("archiver.watch", "archiver.query"),
    ("archiver.held", "archiver.judgement"),
    ("archiver.held", "archiver.pipeline"),
    ("archiver.held", "archiver.query"),
    ("archiver.status", "archiver.query"),
    ("archiver.status", "archiver.watch"),
    ("archiver.pipeline", "archiver.query"),
    ("archiver.watches", "archiver.config"),
    ("archiver.examine", "archiver.query"),
    ("archiver.review", "archiver.query"),
    ("archiver.reextract", "archiver.examine"),
    ("archiver.reextract", "archiver.pipeline"),
    ("archiver.reextract", "archiver.query"),
    ("archiver.repair", "archiver.pipeline"),
    ("archiver.repair", "archiver.query"),
    ("archiver.stats", "archiver.query"),
    ("archiver.verify", "archiver.query"),
    ("archiver.extract", "archiver.recipes"),
    ("archiver.audit", "archiver.compare"),
    ("archiver.audit", "archiver.diff"),
    ("archiver.audit", "archiver.store.layout"),
    ("archiver.render", "archiver.audit"),
    ("archiver.render", "archiver.diff"),
    ("archiver.store.serialize", "archiver.store.layout"),
    ("archiver.dates", "archiver.text"),
    ("archiver.notices", "archiver.text"),
}

OWNERS = {
    "bs4": ("archiver.extract",),
    "charset_normalizer": ("archiver.extract",),
    "click": ("archiver.cli",),
    "feedparser": ("archiver.discover.feeds",),
    "git": ("archiver.store.git",),
    "gitdb": ("archiver.store.git",),
    "h11": ("archiver.fetch.connection",),
    "httpx": ("archiver.fetch.client",),
    "idna": ("archiver.urls",),
    "lxml": ("archiver.extract",),
    "msgspec": ("archiver.config", "archiver.store", "archiver.index", "archiver.cli", "archiver.render"),
    "protego": ("archiver.fetch.robots",),
    "soupsieve": ("archiver.extract",),
    "sqlite3": ("archiver.index",),
    "tomlkit": ("archiver.watches",),
    "warcio": ("archiver.store.evidence",),
}

DISTRIBUTIONS = {
    "bs4": "beautifulsoup4",
    "charset_normalizer": "charset-normalizer",
    "dateutil": "python-dateutil",
    "git": "gitpython",
    "gitdb": "gitpython",
}
"""Under which name a library is declared, where that is another."""

IMPURE_MODULES = {"asyncio", "http", "multiprocessing", "select", "selectors", "signal", "socket", "ssl", "threading"}
IMPURE_MODULES |= {"getpass", "glob", "locale", "os", "platform", "shutil", "subprocess", "sys", "tempfile", "time"}
IMPURE_MODULES |= {"random", "secrets", "urllib.request", "uuid", "webbrowser"}
PURE_NAMES = {"archiver.__version__", "os.path.commonprefix"}
"""A constant and a function of strings: importing them is no arrow and touches nothing."""
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "breakpoint"}
IMPURE_METHODS = {"now", "utcnow", "today"}
IMPURE_NAMES = {"Path", "PosixPath"}


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


KNOWN = frozenset(RANK)
SOURCES = {module_of(path): path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}


def imports(module: str, tree: ast.AST, known: frozenset[str]) -> Iterator[str]:
    """Every module named by an import statement, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name != "archiver")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import hides where it points"
            names = {f"{node.module}.{alias.name}" for alias in node.names} - PURE_NAMES
            yield from (name if name in known else str(node.module) for name in names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "archiver":
            name = f"archiver.{node.attr}"  # `import archiver` alone says nothing; what is used of it does
            if name not in PURE_NAMES:
                yield name if name in known else "archiver"


def home(module: str) -> str:
    """The entry of `LAYERS` that a module falls under."""
    parts = module.split(".")
    for length in range(len(parts), 1, -1):
        if (name := ".".join(parts[:length])) in RANK:
            return name
    assert module == "archiver", f"{module} has no place in the layers yet"
    return module


def faults(module: str, source: str, known: frozenset[str] = frozenset(SOURCES)) -> list[str]:
    """Everything about one module that breaks the rules."""
    tree = ast.parse(source)
    place = home(module)
    found = []
    for target in imports(module, tree, known):
        top = target.partition(".")[0]
        if top == "archiver":
            if not _may_import(place, home(target)):
                found.append(f"{module} may not import {target}")
        elif top in OWNERS:
            if not any(f"{module}.".startswith(f"{owner}.") for owner in OWNERS[top]):
                found.append(f"{module} does not own {top}")
        elif top not in sys.stdlib_module_names:
            found.append(f"{module} imports {top}, which has no owner yet")
        if RANK[place] > EDGES and (target in IMPURE_MODULES or top in IMPURE_MODULES):
            found.append(f"{module} is pure and imports {target}")
    if RANK[place] > EDGES:
        found += [f"{module} is pure and uses {name}" for name in _impure_uses(tree)]
    return found


def _may_import(place: str, target: str) -> bool:
    own = place.split(".")[:2] == target.split(".")[:2] and RANK[place] <= RANK[target]
    return own or RANK[place] < RANK[target] or (place, target) in SIDEWAYS


def _impure_uses(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
                yield f"{node.func.id}()"
            elif isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_METHODS:
                yield f"{node.func.attr}()"
        elif isinstance(node, ast.ImportFrom) and node.module == "pathlib":
            yield from (alias.name for alias in node.names if alias.name in IMPURE_NAMES)
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in ("pathlib.Path", "pathlib.PosixPath"):
            yield ast.unparse(node)


def test_help_loads_neither_network_nor_git_nor_parsers() -> None:
    code = "import sys; from archiver.cli import run; run(['--help']); sys.exit(' '.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=False
    )
    assert "snapshot" in loaded.stdout
    assert "click" in loaded.stderr.split()
    assert set(loaded.stderr.split()) & {*OWNERS, "asyncio", "tomllib"} == {"click"}


@pytest.mark.parametrize("module", SOURCES)
def test_module_keeps_to_its_layer(module: str) -> None:
    assert faults(module, SOURCES[module]) == []


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^\w-]", requirement)[0].lower() for requirement in project["dependencies"]}
    trees = {module: ast.parse(source) for module, source in SOURCES.items()}
    used = {target.partition(".")[0] for module, tree in trees.items() for target in imports(module, tree, KNOWN)}
    outside = used - {"archiver", *sys.stdlib_module_names}
    assert {DISTRIBUTIONS.get(name, name) for name in outside} <= declared


def test_no_import_cycles() -> None:
    assert cycle(SOURCES) == []


def cycle(sources: dict[str, str]) -> list[str]:
    """The first circle of imports found, or nothing."""
    known = frozenset(sources)
    arrows = {
        module: {target for target in imports(module, ast.parse(source), known) if target in known and target != module}
        for module, source in sources.items()
    }
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("archiver.model", "import archiver.text", "may not import archiver.text"),
        ("archiver.compare", "def f():\n    from archiver.store import Store", "may not import archiver.store"),
        ("archiver.diff.words", "from archiver import pipeline", "may not import archiver"),
        ("archiver.compare", "import archiver\narchiver.Archive", "may not import archiver"),
        ("archiver.fetch.client", "import archiver.store.git", "may not import archiver.store.git"),
        ("archiver.store.layout", "import archiver.store.git", "may not import archiver.store.git"),
        ("archiver.compare", "import archiver.diff", "may not import archiver.diff"),
        ("archiver.audit", "import httpx", "does not own httpx"),
        ("archiver.fetch.guard", "from httpx import Client", "does not own httpx"),
        ("archiver.query", "def f():\n    import sqlite3", "does not own sqlite3"),
        ("archiver.dates", "import pendulum", "has no owner yet"),
        ("archiver.extract.body", "from time import time", "pure and imports time"),
        ("archiver.text", "import os", "pure and imports os"),
        ("archiver.urls", "from urllib.request import urlopen", "pure and imports urllib.request"),
        ("archiver.dates", "from datetime import datetime\ndatetime.now()", "pure and uses now()"),
        ("archiver.render.text", "print('x')", "pure and uses print()"),
        ("archiver.render.text", "def f(p):\n    return open(p)", "pure and uses open()"),
        ("archiver.recipes", "from pathlib import Path", "pure and uses Path"),
        ("archiver.recipes", "import pathlib\npathlib.Path('x')", "pure and uses pathlib.Path"),
    ],
)
def test_the_rules_bite(module: str, source: str, fault: str) -> None:
    assert [found for found in faults(module, source, KNOWN) if fault in found]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("archiver.cli.show", "import click\nfrom archiver import query"),
        ("archiver.store.git", "import git\nfrom archiver.store.layout import x\nimport os"),
        ("archiver.extract.body", "from lxml import etree\nfrom archiver import __version__"),
        ("archiver.reading", "import archiver\narchiver.__version__"),
        ("archiver.diff.words", "from os.path import commonprefix"),
        ("archiver.store.layout", "from pathlib import PurePosixPath\nfrom archiver.urls import x"),
    ],
)
def test_what_is_allowed_passes(module: str, source: str) -> None:
    assert faults(module, source, KNOWN) == []


def test_a_cycle_is_found() -> None:
    assert cycle({"archiver.urls": "import archiver.text", "archiver.text": "def f():\n    import archiver.urls"})


def test_a_module_without_a_place_is_refused() -> None:
    with pytest.raises(AssertionError, match="no place"):
        home("archiver.utils")
