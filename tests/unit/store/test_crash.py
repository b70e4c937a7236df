"""Runs that are killed, starved or met by another writer: what was acknowledged stays, what was not leaves no trace."""

from __future__ import annotations

import fcntl
import os
import random
import resource
import select
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

import archiver
from archiver.errors import StoreError
from archiver.model import Article, Block, BlockKind, Capture, Check, Event, Revision
from archiver.store.evidence import EvidenceWriter, places, read_capture, set_aside_torn
from archiver.store.git import GitStore
from archiver.store.layout import article_key
from archiver.store.runs import RunLog, close_interrupted, read_checks, unfinished, verify_chain

NOW = datetime(2024, 4, 26, 20, 0, 0, tzinfo=UTC)


def recover(store: GitStore) -> None:
    """What every run does first, under the lock."""
    store.recover(NOW)
    for run in unfinished(store.path):
        set_aside_torn(store.path, run)
    close_interrupted(store.path, now=NOW, tip=store.tip())


def snapshot(store: GitStore, run_number: int, batches: int, size: int) -> None:
    """A run that keeps evidence, logs, commits, and says on standard output which articles are safe."""
    with store.lock(NOW):
        recover(store)
        log = RunLog.start(store.path, now=NOW + timedelta(hours=run_number), program="archiver", tip=store.tip())
        with log, EvidenceWriter(store.path, log.run, software="archiver") as evidence, store.writer() as writer:
            for batch in range(batches):
                drafts = [draft(f"{run_number}-{batch}-{n}", log.run, evidence) for n in range(size)]
                evidence.sync()
                for revision, _ in drafts:
                    log.add(Check(url=revision.source, at=NOW, event=Event.FIRST, key=revision.key))
                log.flush()
                kept = writer.append(drafts)
                sys.stdout.write(" ".join(revision.key for revision in kept) + "\n")
                sys.stdout.flush()
            log.close(now=NOW, tip=store.tip())


def draft(name: str, run: str, evidence: EvidenceWriter) -> tuple[Revision, Article]:
    url = f"https://brookmere.example/{name}"
    payload = f"<h1>{name}</h1>".encode() * 40
    capture = Capture(
        requested_url=url, url=url, captured_at=NOW, status=200, headers=(), payload=payload, content=payload
    )
    article = Article(headline=name, body=(Block(kind=BlockKind.PARAGRAPH, text=f"{name} words " * 99),))
    revision = Revision(
        key=article_key(url),
        event=Event.FIRST,
        captured_at=NOW,
        source=url,
        headline=name,
        run=run,
        record_id=evidence.write(capture),
        capture_sha256=capture.payload_sha256,
    )
    return revision, article


def kill_a_run(path: Path, number: int, dice: random.Random) -> list[str]:
    """Start a run in a process of its own and kill or interrupt it at some moment; the keys it said are safe."""
    program = f"import test_crash as t; t.snapshot(t.GitStore.open(t.Path({str(path)!r})), {number}, 40, 3)"
    env = os.environ | {"PYTHONPATH": str(Path(archiver.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as run:
        lines = [run.stdout.readline() for _ in range(dice.randrange(4))]
        select.select([run.stdout], [], [], dice.random() * (0.5 if not lines else 0.01))
        run.send_signal(dice.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM)))
        safe = " ".join([*lines, *run.stdout.readlines()]).split()
    with (path / ".git" / "archiver.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # waits for a git that is still at work
    return safe


def assert_nothing_is_lost(store: GitStore, safe: list[str], seen: set[str]) -> None:
    """`seen` are the commits that were read before, which neither git nor the evidence writes again."""
    revisions = list(store.revisions())
    keys = [revision.key for revision in revisions]
    assert len(keys) == len(set(keys))
    assert set(safe) <= set(keys)
    assert len(keys) % 3 == 0  # batches are whole or absent
    new = [revision for revision in revisions if revision.commit not in seen]
    seen |= {revision.commit for revision in new}
    where = {record: place for run in {revision.run for revision in new} for record, place in places(store.path, run)}
    for revision in new:
        capture = read_capture(store.path, revision, where[revision.record_id])
        assert capture.payload_sha256 == revision.capture_sha256
        assert store.article(revision.commit, revision.key).headline == revision.headline
    assert set(keys) <= {check.key for _, check in read_checks(store.path)}
    assert store.fsck() == ()
    assert verify_chain(store.path) == ()
    packs = store.path / ".git" / "objects" / "pack"
    assert {path.name: path.read_bytes()[:20] for path in [*packs.glob("*.keep"), *packs.glob("tmp_*")]} == {}


@pytest.mark.parametrize("kills", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_killed_at_any_moment_nothing_that_was_safe_is_lost(tmp_path, kills):
    dice = random.Random(kills)
    with GitStore.create(tmp_path / "archive", now=NOW, config_text="") as store:
        safe: list[str] = []
        seen: set[str] = set()
        for number in range(kills):
            safe += kill_a_run(store.path, number, dice)
            if number % 8 == 7:
                with store.lock(NOW):
                    recover(store)
                assert_nothing_is_lost(store, safe, seen)
                assert store.publish() == ""
        assert safe
        snapshot(store, kills, 1, 3)
        assert store.publish() == ""


def test_two_writers_that_do_not_know_of_each_other_lose_nothing(tmp_path):
    with GitStore.create(tmp_path / "archive", now=NOW, config_text="") as store, GitStore.open(store.path) as other:
        with EvidenceWriter(store.path, "20240426T200000Z", software="archiver") as evidence:
            drafts = [draft(f"item-{n}", "20240426T200000Z", evidence) for n in range(4)]
        with store.writer() as one, other.writer() as two:
            one.append(drafts[:1])
            two.append(drafts[1:2])
            one.append(drafts[2:3])
            two.append(drafts[3:])
        assert [revision.headline for revision in store.revisions()] == ["item-0", "item-1", "item-2", "item-3"]
        assert store.fsck() == ()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of six megabytes."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "none", tmp_path], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk: {mounted.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def append_for_ever(store: GitStore, safe: list[Revision]) -> None:
    dice = random.Random(7)
    with store.writer() as writer:
        for number in count():
            url = f"https://brookmere.example/{number}"
            revision = Revision(key=article_key(url), event=Event.FIRST, captured_at=NOW, source=url)
            text = dice.randbytes(200_000).hex()
            safe += writer.append([(revision, Article(body=(Block(kind=BlockKind.PARAGRAPH, text=text),)))])


def test_a_full_disk_is_an_error_and_what_was_safe_stays(small_disk):
    safe: list[Revision] = []
    with GitStore.create(small_disk / "archive", now=NOW, config_text="") as store:
        with pytest.raises(StoreError, match="git fast-import failed"):
            append_for_ever(store, safe)
        assert safe
        store.recover(NOW)
        assert list(store.revisions()) == safe
        assert store.fsck() == ()


def capture_for_ever(evidence: EvidenceWriter, safe: dict[str, Capture]) -> None:
    dice = random.Random(7)
    url = "https://brookmere.example/"
    while True:
        page = dice.randbytes(100_000)
        capture = Capture(
            requested_url=url, url=url, captured_at=NOW, status=200, headers=(), payload=page, content=page
        )
        safe[evidence.write(capture)] = capture


def test_a_full_disk_leaves_the_evidence_whole(small_disk):
    run = "20240426T200000Z"
    safe: dict[str, Capture] = {}
    failing = pytest.raises(StoreError, match="the evidence cannot be written")
    with EvidenceWriter(small_disk, run, software="archiver") as evidence, failing:
        capture_for_ever(evidence, safe)
    assert set_aside_torn(small_disk, run) == ""
    assert safe
    first = Revision(key=article_key("x"), event=Event.FIRST, captured_at=NOW, source="", run=run)
    for record_id, capture in safe.items():
        assert read_capture(small_disk, replace(first, record_id=record_id)) == capture


def test_a_limit_on_file_size_is_an_error_and_what_was_safe_stays(tmp_path):
    with GitStore.create(tmp_path / "archive", now=NOW, config_text="") as store:
        with EvidenceWriter(store.path, "20240426T200000Z", software="archiver") as evidence:
            drafts = [draft(f"item-{n}", "20240426T200000Z", evidence) for n in range(2)]
        large = replace(drafts[1][1], standfirst=random.Random(7).randbytes(500_000).hex())
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        with store.writer() as writer:
            safe = writer.append(drafts[:1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        try:
            with store.writer() as writer, pytest.raises(StoreError, match="git fast-import failed"):
                writer.append([(drafts[1][0], large)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert tuple(store.revisions()) == safe
        store.recover(NOW)
        assert store.fsck() == ()


def test_a_lock_that_cannot_be_written_is_one_line(tmp_path):
    with GitStore.create(tmp_path / "archive", now=NOW, config_text="") as store:
        (store.path / ".git" / "archiver.lock").mkdir()
        with pytest.raises(StoreError, match="the archive cannot be written"), store.lock(NOW):
            pass


def test_objects_that_cannot_be_written_are_one_line(tmp_path):
    with GitStore.create(tmp_path / "archive", now=NOW, config_text="") as store:
        for folder in (store.path / ".git" / "objects").iterdir():
            folder.rename(folder.with_name(f"{folder.name}-moved"))
            folder.write_text("")
        (store.path / "archiver.toml").write_text("# edited\n")
        with pytest.raises(StoreError, match="git"):
            store.commit_config(NOW)
