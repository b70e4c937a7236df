"""Before something counts as kept it was synced: seen from outside, by strace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import archiver
from archiver.store.git import GitStore

PROGRAM = """
import sys, test_crash as t
with t.GitStore.open(t.Path(sys.argv[1])) as store:
    t.snapshot(store, 1, 2, 3)
"""

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace is not installed (apt-get install strace)"
)


def traced(path: Path, tmp_path: Path) -> list[str]:
    """The calls that write, sync, rename, and tell, in their order, of a run and the git below it."""
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(Path(__file__).parent), str(Path(archiver.__file__).parents[1])))
    }
    trace = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,rename,renameat,renameat2,link,linkat,write,pwrite64"
    done = subprocess.run(
        ["strace", "-f", "-y", "-s", "16", "-e", calls, "-o", trace, sys.executable, "-c", PROGRAM, path],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if "PTRACE" in done.stderr or "ptrace" in done.stderr:
        pytest.skip(f"strace may not trace here: {done.stderr.splitlines()[0]}")
    assert done.returncode == 0, done.stderr
    return trace.read_text(errors="replace").splitlines()


def test_each_part_is_on_disk_before_what_points_to_it(tmp_path):
    path = tmp_path / "archive"
    GitStore.create(path, now=datetime(2024, 4, 26, tzinfo=UTC), config_text="").close()
    lines = traced(path, tmp_path)

    def places(pattern: str) -> list[int]:
        return [number for number, line in enumerate(lines) if re.search(pattern, line)]

    told = places(r'write\(1<.*>, "brookmere')
    assert len(told) == 2
    before = 0
    for moment in told:
        synced = {
            what: [at for at in places(rf"f(?:data)?sync\(\d+<[^>]*{what}") if before <= at < moment]
            for what in (
                r"captures/",
                r"runs/",
                r"objects/pack/tmp_pack",
                r"refs/archiver/incoming",
                r"objects/pack>",
                r"refs/archiver>",
            )
        }
        assert all(synced.values()), synced
        evidence, pack = synced[r"captures/"][0], synced[r"objects/pack/tmp_pack"][-1]
        assert evidence < pack < synced[r"refs/archiver/incoming"][-1] < synced[r"refs/archiver>"][-1]
        before = moment
