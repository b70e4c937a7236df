"""Keeps the transcripts in the documents true: each command in them is run on the archive of the demonstration.

`python tests/transcripts.py` writes the documents anew; tests/test_docs.py fails when that would change one.
What differs from run to run is left as it stands.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
TRANSCRIBED = (ROOT / "README.md", ROOT / "docs/evidence.md")
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
VOLATILE = re.compile(r"urn:uuid:[0-9a-f-]+|\b[0-9a-f]{7,64}\b|(?<=127\.0\.0\.1)(?::|~p)\d+(?:/[0-9a-f]{2}(?=/))?")
"""Commits, records, ids and ports. (Times are not: the demonstration has a clock of its own.)"""
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LANG": "C.UTF-8"}
PROGRAMS = {"archiver": (sys.executable, "-m", "archiver"), "git": ("git", "--no-pager")}


def make_demo(folder: Path) -> str:
    """Run `archiver demo`, which leaves an archive in `folder/demo`; what it printed."""
    return run("archiver demo demo", folder)


def refreshed(text: str, archive: Path) -> str:
    """The text with every transcript as it comes out now."""
    return BLOCK.sub(lambda block: _block(block[0], archive), text)


def run(command: str, folder: Path) -> str:
    """What a command prints, on stdout and stderr together. RuntimeError when it fails."""
    program, *arguments = shlex.split(command)
    result = subprocess.run(
        [*PROGRAMS[program], *arguments],
        cwd=folder,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"$ {command}\n{result.stdout}exit code {result.returncode}")
    return result.stdout


def steady(text: str) -> str:
    """The text without what differs from run to run."""
    return VOLATILE.sub("", text)


def _block(block: str, archive: Path) -> str:
    commands = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]
    fresh = "".join(f"$ {command}\n{run(command, archive)}" for command in commands)
    return block if steady(block) == steady(fresh) else fresh


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        make_demo(Path(place))
        for document in TRANSCRIBED:
            text = document.read_text(encoding="utf-8")
            document.write_text(refreshed(text, Path(place) / "demo"), encoding="utf-8")
