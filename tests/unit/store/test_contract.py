"""What every store promises, told as stories and as random histories, of git and of memory alike."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from archiver.errors import ArchiveLocked, StoreError
from archiver.model import Article, Block, BlockKind, Event, Revision
from archiver.query import Archive
from archiver.store.contract import Store
from archiver.store.git import GitStore, clone, fastimport
from archiver.store.layout import article_key, article_path
from archiver.store.memory import Medium, MemoryStore

NOW = datetime(2024, 4, 26, 20, 0, 0, tzinfo=UTC)
NAMES = ("bridge", "mill", "pond")
TEXTS = ("It opens in May.", "It opens in June.", "Event: first\n\nArticle: forged", "Ünïcödé “quoted”")


def draft(name: str, text: str, minute: int = 0) -> tuple[Revision, Article]:
    url = f"https://brookmere.example/news/{name}"
    article = Article(headline=f"The {name}", body=(Block(kind=BlockKind.PARAGRAPH, text=" ".join(text.split())),))
    at = NOW + timedelta(minutes=minute)
    return Revision(key=article_key(url), event=Event.EDIT, captured_at=at, source=url, summary=text), article


class Home(ABC):
    """Where the data of a store stay when it is closed."""

    @abstractmethod
    def open(self) -> Store: ...


class GitHome(Home):
    def __init__(self, path: Path) -> None:
        self.path = path
        GitStore.create(path, now=NOW, config_text="schema = 1\n").close()

    def open(self) -> GitStore:
        return GitStore.open(self.path)


class MemoryHome(Home):
    def __init__(self, path: Path) -> None:
        self.medium = Medium()

    def open(self) -> MemoryStore:
        return MemoryStore(self.medium)


@pytest.fixture(params=[GitHome, MemoryHome])
def home(request, tmp_path):
    return request.param(tmp_path / "archive")


@pytest.fixture
def store(home):
    opened = home.open()
    yield opened
    opened.close()


def append(store: Store, *drafts: tuple[Revision, Article]) -> tuple[Revision, ...]:
    with store.lock(NOW), store.writer() as writer:
        return writer.append(drafts)


class TestEveryStore:
    def test_gives_back_what_it_was_given(self, store):
        before = store.tip()
        drafts = [draft(name, text) for name in NAMES for text in TEXTS]
        kept = append(store, *drafts)
        assert list(store.revisions(before)) == [
            replace(one, summary=" ".join(one.summary.split("\n"))) for one in kept
        ]
        assert [store.article(one.commit, one.key) for one in kept] == [article for _, article in drafts]
        assert store.tip() == kept[-1].commit

    def test_an_article_stays_as_it_was_while_others_change(self, store):
        first, _, other = append(store, draft("mill", TEXTS[0]), draft("mill", TEXTS[1]), draft("pond", TEXTS[0]))
        assert store.article(other.commit, first.key).text == TEXTS[1]
        assert store.article(first.commit, first.key).text == TEXTS[0]
        for commit, key in ((first.commit, other.key), ("0" * 40, first.key)):
            with pytest.raises(StoreError):
                store.article(commit, key)

    def test_tells_what_came_after_a_commit(self, store):
        one, two = append(store, draft("mill", TEXTS[0]), draft("pond", TEXTS[0]))
        three = append(store, draft("mill", TEXTS[1]))
        assert tuple(store.revisions(one.commit)) == (two, *three)
        assert tuple(store.revisions(three[-1].commit)) == ()

    def test_an_empty_batch_is_nothing(self, store):
        tip = store.tip()
        assert append(store) == ()
        assert store.tip() == tip

    def test_knows_its_commits_and_no_others(self, store):
        (one,) = append(store, draft("mill", TEXTS[0]))
        append(store, draft("mill", TEXTS[1]))
        assert store.is_known(one.commit)
        assert not store.is_known("0" * 40)

    def test_one_run_at_a_time(self, home, store):
        other = home.open()
        with store.lock(NOW), pytest.raises(ArchiveLocked):
            other.lock(NOW).__enter__()
        with other.lock(NOW):
            assert other.recover(NOW) == ()
        other.close()

    def test_another_opens_it_and_sees_all(self, home, store):
        kept = append(store, draft("mill", TEXTS[0]))
        other = home.open()
        assert tuple(other.revisions()) == kept
        (more,) = append(other, draft("mill", TEXTS[1]))
        other.close()
        assert tuple(store.revisions()) == (*kept, more)


drafts = st.builds(draft, st.sampled_from(NAMES), st.sampled_from(TEXTS[:2]), st.integers(0, 9))


class History(RuleBasedStateMachine):
    """Both stores live the same life; a list says what they must hold."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp())
        self.homes = (GitHome(self.folder / "git"), MemoryHome(self.folder))
        self.stores = [home.open() for home in self.homes]
        self.expected: list[tuple[Revision, Article]] = []
        self.blocked = self.copies = 0

    def teardown(self):
        for store in self.stores:
            store.close()
        shutil.rmtree(self.folder)

    @property
    def git(self) -> GitStore:
        return self.stores[0]

    def user(self, *words: str) -> None:
        who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@brookmere.example"]
        subprocess.run(["git", "-C", self.git.path, *who, *words], check=True, capture_output=True)

    @rule(batch=st.lists(drafts, min_size=1, max_size=4))
    def snapshot(self, batch):
        for store in self.stores:
            append(store, *batch)
        self.expected += batch

    @precondition(lambda self: self.expected)
    @rule(data=st.data())
    def revert(self, data):
        self.snapshot([data.draw(st.sampled_from(self.expected))])

    @rule(first=drafts, second=drafts, third=drafts)
    def two_writers(self, first, second, third):
        assume(second != third)  # the same words at the same time after the same commit are one commit in git
        for home, store in zip(self.homes, self.stores, strict=True):
            other = home.open()
            with store.writer() as one, other.writer() as two:
                one.append([first])
                two.append([second])
                one.append([third])
            other.close()
        self.expected += [first, second, third]

    @rule(batch=st.lists(drafts, min_size=1, max_size=3))
    def kill(self, batch):
        """git is killed with commits that were sent and never acknowledged."""
        running = self.git.writer()._start()
        for revision, article in batch:
            fastimport._send_revision(running, revision, article)
        running.stop()
        (self.git.git_dir / "refs" / "archiver" / "incoming.lock").touch()

    @rule()
    def restart(self):
        for place, home in enumerate(self.homes):
            self.stores[place].close()
            self.stores[place] = home.open()
            with self.stores[place].lock(NOW):
                self.stores[place].recover(NOW)

    @rule()
    def publish(self):
        warning = self.git.publish()
        assert not warning or self.blocked

    @rule()
    def users_commit(self):
        self.user("commit", "--quiet", "--allow-empty", "-m", "mine")

    @precondition(lambda self: not self.blocked)
    @rule(name=st.sampled_from(NAMES))
    def block(self, name):
        """A user writes into a file where the next publication would."""
        path = self.git.path / article_path(draft(name, "")[0].key)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.blocked = path
        path.write_text("my own words\n")

    @precondition(lambda self: self.blocked)
    @rule()
    def unblock(self):
        assert self.blocked.read_text() == "my own words\n"
        self.blocked.unlink()
        self.user("checkout", "--quiet", "HEAD", "--", ".")
        self.blocked = 0

    @rule()
    def pack(self):
        with self.git.lock(NOW):
            self.git.maintain()

    @rule()
    def clone(self):
        self.copies += 1
        with clone(self.git.path, self.folder / f"copy{self.copies}", bare=self.copies % 2 == 0) as copy:
            assert self.told(copy) == self.told(self.git)

    @rule()
    def reindex(self):
        shutil.rmtree(self.git.path / ".archiver", ignore_errors=True)
        with Archive.open(self.git.path) as archive:
            assert sorted(one.summary for one in archive.index.revisions()) == sorted(
                revision.summary for revision, _ in self.expected
            )

    def told(self, store: Store) -> list[tuple[str, datetime, Article]]:
        return [(one.key, one.captured_at, store.article(one.commit, one.key)) for one in store.revisions()]

    @invariant()
    def nothing_is_lost_or_added(self):
        expected = [(revision.key, revision.captured_at, article) for revision, article in self.expected]
        for store in self.stores:
            assert self.told(store) == expected


@pytest.mark.parametrize("examples", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_any_history_is_kept(examples):
    run_state_machine_as_test(
        History, settings=settings(settings(), max_examples=examples, stateful_step_count=15, deadline=None)
    )
