"""The index between processes: a run that writes, readers beside it, and what a killed one leaves."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.index import Index
from archiver.model import Article, Block, BlockKind, Event, Revision
from archiver.query import Archive
from archiver.store.git import GitStore
from archiver.store.layout import article_key

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROOT = Path(__file__).parents[3]
URL = "https://courier.example/town/bridge"

IN_A_TRANSACTION = """
import sys
from pathlib import Path
from archiver.index import Index
from archiver.model import Article
from tests.unit.index.test_index_processes import draft
with Index(Path(sys.argv[1])) as index, index.writing():
    index.add_revisions([(draft(2)[0], Article())], "2" * 40)
    print("inside", flush=True)
    sys.stdin.readline()
"""

A_RUN = """
import sys
from pathlib import Path
from archiver.query import Archive
from tests.unit.index.test_index_processes import NOW, draft
with Archive.open(Path(sys.argv[1])) as archive, archive.store.lock(NOW), archive.store.writer() as writer:
    print("begun", flush=True)
    for number in range(2, 42):
        drafts = [draft(number)]
        kept = writer.append(drafts)
        archive.index.add_revisions(zip(kept, (article for _, article in drafts)), archive.store.tip())
"""


def draft(number: int) -> tuple[Revision, Article]:
    at = NOW + timedelta(hours=number)
    article = Article(headline="The bridge", body=(Block(kind=BlockKind.PARAGRAPH, text=f"It closes at {number}."),))
    revision = Revision(key=article_key(URL), event=Event.EDIT, captured_at=at, source=URL, commit=f"{number}" * 40)
    return revision, article


@contextmanager
def started(program: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process that has said its first line."""
    words = [sys.executable, "-c", program, *map(str, arguments)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()


def test_a_reader_is_not_kept_waiting_by_a_transaction_that_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with Index(path) as index:
        index.add_revisions([draft(1)], "1" * 40)
    with started(IN_A_TRANSACTION, path) as writer, Index(path) as index:
        assert (index.total(), index.tip) == (1, "1" * 40)
        assert [one.number for one in index.history(article_key(URL))] == [1]
        assert index.search("bridge", removed=False, most=1) == ()
        writer.communicate("go on\n", timeout=60)
        assert (index.total(), index.tip) == (2, "2" * 40)


def test_what_a_killed_writer_was_about_to_say_was_never_said(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with Index(path) as index:
        index.add_revisions([draft(1)], "1" * 40)
    with started(IN_A_TRANSACTION, path) as writer:
        writer.kill()
    with Index(path) as index:
        assert (index.total(), index.tip) == (1, "1" * 40)
        assert [one.number for one in index.add_revisions([draft(2)], "2" * 40)] == [2]


def test_readers_beside_a_run_see_whole_states_that_only_grow(tmp_path: Path) -> None:
    root = tmp_path / "news"
    GitStore.create(root, now=NOW, config_text="schema = 1\n").close()
    with Archive.open(root) as archive, archive.store.lock(NOW), archive.store.writer() as writer:
        writer.append([draft(1)])
    seen = []
    with started(A_RUN, root) as run:
        while run.poll() is None:
            with Archive.open(root) as archive:
                history = archive.history(URL)
                seen.append(len(history))
                assert [one.number for one in history] == list(range(1, len(history) + 1))
                assert [one.captured_at for one in history] == [draft(one.number)[0].captured_at for one in history]
                assert [hit.last for hit in archive.search(str(len(history)))] == [len(history)]
        assert run.returncode == 0
    assert seen == sorted(seen)
    with Archive.open(root) as archive:
        assert archive.index.total() == 41


def test_two_processes_that_find_no_index_build_one(tmp_path: Path) -> None:
    root = tmp_path / "news"
    GitStore.create(root, now=NOW, config_text="schema = 1\n").close()
    with Archive.open(root) as archive, archive.store.lock(NOW), archive.store.writer() as writer:
        kept = [writer.append([draft(number)])[0] for number in range(1, 30)]
    (root / ".archiver" / "index.sqlite").unlink()
    program = "import sys; from archiver.query import Archive; print(Archive.open(sys.argv[1]).index.total())"
    words = [sys.executable, "-c", program, str(root)]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)]
    assert [process.communicate(timeout=60)[0] for process in both] == ["29\n", "29\n"]
    with Archive.open(root) as archive:
        expected = [replace(one, number=number) for number, one in enumerate(kept, start=1)]
        assert list(archive.index.revisions()) == expected


def test_a_full_disk_is_one_line_and_leaves_no_half(tmp_path: Path) -> None:
    with Index(tmp_path / "index.sqlite") as index:
        index._db.execute("pragma max_page_count = 60")
        with pytest.raises(sqlite3.OperationalError, match="disk is full") as full:
            index.add_revisions((draft(number) for number in range(1, 999)), "1" * 40)
        assert "the index cannot be written: " in str(index.trouble(full.value))
        assert (index.total(), index.tip) == (0, "")
