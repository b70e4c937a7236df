"""Packing: when it happens, what it leaves, and that it may be ended at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.errors import StoreError
from archiver.model import Article, Block, BlockKind, Event, Revision
from archiver.store.git import GitStore, maintenance
from archiver.store.git.maintenance import MOST_PACKS
from archiver.store.git.process import Repository
from archiver.store.layout import article_key

NOW = datetime(2024, 4, 26, 20, 0, 0, tzinfo=UTC)
PARAGRAPHS = tuple(f"Paragraph {n} on the weir of Brookmere, which was built in {1700 + n}." for n in range(60))


def draft(number: int) -> tuple[Revision, Article]:
    """A revision of one of five articles, with one paragraph changed."""
    url = f"https://brookmere.example/news/{number % 5}"
    texts = (*PARAGRAPHS[: number % 60], f"It cost {number} crowns.", *PARAGRAPHS[number % 60 :])
    article = Article(headline="The weir", body=tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts))
    at = NOW + timedelta(minutes=number)
    event = Event.FIRST if number < 5 else Event.EDIT
    return Revision(key=article_key(url), event=event, captured_at=at, source=url), article


@pytest.fixture
def store(tmp_path):
    with GitStore.create(tmp_path / "archive", now=NOW, config_text="") as created:
        yield created


def packs(store: GitStore) -> list[Path]:
    return list((store.path / ".git" / "objects" / "pack").glob("*.pack"))


def loose(store: GitStore) -> list[Path]:
    return [path for path in (store.path / ".git" / "objects").glob("[0-9a-f][0-9a-f]/*") if path.is_file()]


def runs(store: GitStore, start: int, count: int) -> list[bool]:
    """Some runs of one revision each; whether each of them packed."""
    packed = []
    for number in range(start, start + count):
        with store.lock(NOW):
            with store.writer() as writer:
                writer.append([draft(number)])
            packed.append(store.maintain())
    return packed


def test_packs_stay_few_and_everything_is_there(store):
    packed = runs(store, 0, 100)
    assert 4 < sum(packed) < 20
    assert len(packs(store)) <= MOST_PACKS
    assert loose(store) == []
    assert store.fsck() == ()
    revisions = list(store.revisions())
    assert len(revisions) == 100
    assert store.article(revisions[50].commit, revisions[50].key) == draft(50)[1]
    assert (store.path / ".git" / "objects" / "info" / "commit-graphs").is_dir()


def test_likeness_is_found_again_when_the_whole_has_doubled(store):
    runs(store, 0, MOST_PACKS + 1)
    small = sum(path.stat().st_size for path in packs(store))
    with store.writer() as writer:
        for start in range(100, 400, 20):
            writer.append([draft(number) for number in range(start, start + 20)])
    large = sum(path.stat().st_size for path in packs(store))
    runs(store, 400, MOST_PACKS)
    after = sum(path.stat().st_size for path in packs(store))
    assert large > 2 * small
    assert after < 0.8 * large


def test_each_revision_is_stored_as_a_difference_from_another_of_its_article(store):
    """Texts of one length that have no word in common, so that no other object serves as the base."""
    dice = random.Random(1)
    texts = {number: dice.randbytes(1500).hex() for number in range(60)}
    drafts = []
    for turn in range(3):
        for number, text in texts.items():
            (revision, _), body = draft(0), (Block(kind=BlockKind.PARAGRAPH, text=f"{text}{turn}"),)
            key = article_key(f"https://brookmere.example/news/{number}")
            event = Event.EDIT if turn else Event.FIRST
            drafts.append((replace(revision, key=key, event=event), Article(headline="The weir", body=body)))
    with store.writer() as writer:
        for one in drafts:
            writer.append([one])
    runs(store, 0, MOST_PACKS + 1)
    git_dir = store.path / ".git"
    asked = ["git", "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize) %(objectsize:disk)"]
    sizes = [line.split() for line in subprocess.check_output(asked, cwd=git_dir, text=True).splitlines()]
    whole = [disk for kind, size, disk in sizes if kind == "blob" and int(size) > 3000 and int(disk) > 1000]
    assert len(whole) <= len(texts) + 5


def test_what_has_grown_large_is_not_packed_again(store, monkeypatch):
    monkeypatch.setattr(maintenance, "_LARGE", 1 << 12)
    runs(store, 0, MOST_PACKS + 1)
    (large,) = [path.with_suffix(".pack") for path in large_marks(store)]
    written = large.stat().st_mtime_ns
    runs(store, 100, 3 * MOST_PACKS)
    assert large.stat().st_mtime_ns == written
    assert len(packs(store)) <= MOST_PACKS + len(large_marks(store))
    with store.lock(NOW):
        assert store.recover(NOW) == ()
    assert large in [path.with_suffix(".pack") for path in large_marks(store)]
    assert store.fsck() == ()
    assert len(list(store.revisions())) == 4 * MOST_PACKS + 1


def large_marks(store: GitStore) -> list[Path]:
    return list((store.path / ".git" / "objects" / "pack").glob("*.keep"))


def test_a_reader_that_stays_open_reads_on(store):
    runs(store, 0, 3)
    with GitStore.open(store.path) as reader:
        first, *_ = kept = list(reader.revisions())
        reader.article(first.commit, first.key)
        runs(store, 3, 40)
        assert [reader.article(one.commit, one.key) for one in kept] == [draft(number)[1] for number in range(3)]


def test_an_interrupt_ends_git_and_leaves_the_archive_whole(store):
    runs(store, 0, 5)
    repository = Repository(store.path)
    main = threading.get_ident()
    timer = threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        repository.work("-c", "alias.wait=!sleep 60", "wait")
    timer.join()
    assert store.fsck() == ()


def test_a_failure_is_told(store):
    with pytest.raises(StoreError, match="git repack failed"):
        Repository(store.path).work("repack", "--no-such-option")


def test_plain_git_reads_a_packed_archive(store):
    runs(store, 0, 40)
    store.publish()
    listed = subprocess.run(
        ["git", "-C", store.path, "log", "--oneline", "--", f"articles/{draft(0)[0].key}/article.md"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert len(listed.stdout.splitlines()) == 8
