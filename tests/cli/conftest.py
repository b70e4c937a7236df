"""The command line as people call it, and an archive to call it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from archiver.cli import run
from archiver.demo.newsroom import Newsroom


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def archiver(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def call(*words: str) -> Said:
        code = run(list(words))
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return call


@pytest.fixture
def news(tmp_path: Path, archiver: Callable[..., Said], newsroom: Newsroom) -> Path:
    """An archive that has seen the first moment of the fictional newspaper."""
    path = tmp_path / "news"
    assert archiver("init", str(path)).code == 0
    config = path / "archiver.toml"
    config.write_text(config.read_text().replace("delay_s = 2", "delay_s = 0"))
    look(archiver, path, newsroom, *newsroom.urls)
    return path


def look(archiver: Callable[..., Said], path: Path, newsroom: Newsroom, *words: str) -> Said:
    """A snapshot of the articles named, or of all."""
    everything = () if any(word.startswith("http") for word in words) else ("--all",)
    return archiver("snapshot", "--archive", str(path), "--allow-host", newsroom.host, *everything, *words)
