"""Keeps the transcripts in README.md true: each `$ archiver …` and `$ git …` in them is run on the demonstration's archive.

`python tests/transcripts.py` writes README.md anew; tests/test_docs.py fails when that would change it.
What differs from run to run (commits, ids, ports, the time of capture) is left as it stands.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
VOLATILE = re.compile(r"\b[0-9a-f]{7,40}\b|\b20(?:2[4-9]|[3-9]\d)-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?Z?|(?<=127\.0\.0\.1)(?::|~p)\d+")
PROGRAMS = {"archiver": (sys.executable, "-m", "archiver"), "git": ("git", "--no-pager")}


def make_demo(folder: Path) -> Path:
    """The archive that `archiver demo` leaves behind."""
    run(f"archiver demo {folder / 'demo'}", folder)
    return folder / "demo"


def refreshed(text: str, archive: Path) -> str:
    """The text with every transcript as it comes out now."""
    return BLOCK.sub(lambda block: _block(block[0], archive), text)


def run(command: str, folder: Path) -> str:
    """What a command prints, on stdout and stderr together. A command that fails must be meant to: it says `; echo $?`."""
    program, *arguments = shlex.split(command.removesuffix("; echo $?"))
    result = subprocess.run(
        [*PROGRAMS[program], *arguments],
        cwd=folder,
        env={name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    if command.endswith("; echo $?"):
        return f"{result.stdout}{result.returncode}\n"
    if result.returncode:
        raise RuntimeError(f"$ {command}\n{result.stdout}exit code {result.returncode}")
    return result.stdout


def _block(block: str, archive: Path) -> str:
    commands = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]
    fresh = "".join(f"$ {command}\n{run(command, archive)}" for command in commands)
    return block if VOLATILE.sub("", block) == VOLATILE.sub("", fresh) else fresh


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        README.write_text(refreshed(README.read_text(encoding="utf-8"), make_demo(Path(place))), encoding="utf-8")
