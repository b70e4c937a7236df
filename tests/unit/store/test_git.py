from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from archiver.errors import ArchiveLocked, ForeignArchive, NoArchive, StoreError, UsageError
from archiver.model import Article, Block, BlockKind, Event, Revision
from archiver.store.git import GitStore, Writer, fastimport
from archiver.store.git.fastimport import FastImport
from archiver.store.git.heads import INCOMING
from archiver.store.layout import article_key, article_path, metadata_path

NOW = datetime(2024, 4, 26, 20, 0, 0, tzinfo=UTC)
CONFIG = "version = 1\n"


def draft(name: str, number: int = 1, **facts: object) -> tuple[Revision, Article]:
    """A revision of the article `name` that says the number."""
    url = f"https://brookmere.example/news/{name}"
    article = Article(
        headline=f"The {name} of Brookmere",
        body=(Block(kind=BlockKind.PARAGRAPH, text=f"It cost {number} crowns."),),
    )
    revision = Revision(
        key=article_key(url),
        event=Event.FIRST if number == 1 else Event.EDIT,
        captured_at=NOW + timedelta(minutes=number),
        source=url,
        headline=article.headline,
        summary=f"number {number}",
    )
    return replace(revision, **facts), article


def user(path: Path, *arguments: str) -> str:
    """What somebody does with plain git in the archive."""
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@brookmere.example"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=path, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


def append(store: GitStore, *drafts: tuple[Revision, Article]) -> tuple[Revision, ...]:
    with store.lock(NOW):
        store.recover(NOW)
        with store.writer() as writer:
            return writer.append(drafts)


def unpack(git_dir: Path) -> None:
    """Make loose objects of all that is in packs."""
    for pack in sorted((git_dir / "objects" / "pack").glob("*.pack")):
        aside = pack.rename(git_dir / pack.name)
        pack.with_suffix(".idx").unlink()
        with aside.open("rb") as content:
            subprocess.run(["git", "unpack-objects", "-q"], cwd=git_dir, stdin=content, check=True, timeout=60)


def summaries(store: GitStore) -> list[str]:
    return [f"{revision.headline.split()[1]} {revision.summary}" for revision in store.revisions()]


@pytest.fixture
def store(tmp_path):
    with GitStore.create(tmp_path / "archive", now=NOW, config_text=CONFIG) as store:
        yield store


class TestMakingAndOpening:
    def test_a_new_archive_explains_itself_and_is_clean(self, store):
        assert sorted(os.listdir(store.path)) == [".git", ".gitattributes", ".gitignore", "README.md", "archiver.toml"]
        assert (store.path / "archiver.toml").read_text() == CONFIG
        assert user(store.path, "status", "--short") == ""
        assert user(store.path, "log", "--format=%an %cn %at") == f"archiver archiver {int(NOW.timestamp())}"
        assert store.fsck() == ()
        assert list(store.revisions()) == []

    def test_making_it_again_changes_nothing(self, store):
        tip = store.tip()
        (store.path / "archiver.toml").write_text("mine")
        with GitStore.create(store.path, now=NOW, config_text="other") as again:
            assert again.tip() == tip
        assert (store.path / "archiver.toml").read_text() == "mine"

    @pytest.mark.parametrize("step", ["init", "first commit"])
    def test_making_it_can_be_finished_after_a_crash(self, store, step):
        for name in (
            "README.md",
            "archiver.toml",
            ".gitignore",
            ".gitattributes",
            ".git/index",
            ".git/refs/heads/main",
        ):
            (store.path / name).unlink()
        if step == "init":
            (store.path / ".git" / INCOMING).unlink()
        with GitStore.create(store.path, now=NOW, config_text=CONFIG) as again:
            assert user(again.path, "status", "--short") == ""
            assert (again.path / "archiver.toml").read_text() == CONFIG

    def test_a_folder_with_other_things_is_refused(self, tmp_path):
        (tmp_path / "notes.txt").write_text("mine")
        with pytest.raises(UsageError, match=r"not empty: it holds notes\.txt"):
            GitStore.create(tmp_path, now=NOW, config_text=CONFIG)
        assert os.listdir(tmp_path) == ["notes.txt"]

    def test_somebody_elses_repository_is_refused(self, tmp_path):
        user(tmp_path, "init", "--quiet", "--template=")
        (tmp_path / "notes.txt").write_text("mine")
        with pytest.raises(UsageError, match="something else"):
            GitStore.create(tmp_path, now=NOW, config_text=CONFIG)
        with pytest.raises(NoArchive, match="no archive"):
            GitStore.open(tmp_path)

    def test_a_repository_without_commits_becomes_an_archive_whatever_its_branch(self, tmp_path):
        user(tmp_path, "init", "--quiet", "--initial-branch=trunk")
        with GitStore.create(tmp_path, now=NOW, config_text=CONFIG) as store:
            assert (store.path / "archiver.toml").read_text() == CONFIG
            assert user(store.path, "status", "--short", "--branch") == "## main"

    def test_an_empty_repository_with_commits_is_refused(self, tmp_path):
        user(tmp_path, "init", "--quiet", "--initial-branch=trunk")
        user(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "x", "--allow-empty")
        with pytest.raises(UsageError, match="something else"):
            GitStore.create(tmp_path, now=NOW, config_text=CONFIG)

    def test_a_folder_inside_an_archive_is_no_archive(self, store):
        inside = store.path / "articles"
        inside.mkdir()
        with pytest.raises(NoArchive, match="there is no archive in"):
            GitStore.open(inside)

    def test_a_file_in_the_way_is_one_line(self, tmp_path):
        (tmp_path / "archive").write_text("")
        with pytest.raises(StoreError, match="the archive cannot be written"):
            GitStore.create(tmp_path / "archive", now=NOW, config_text=CONFIG)

    def test_the_environment_of_a_hook_leads_nowhere(self, store, tmp_path, monkeypatch):
        other = tmp_path / "other"
        other.mkdir()
        user(other, "init", "--quiet")
        for name, place in {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index", "GIT_WORK_TREE": "."}.items():
            monkeypatch.setenv(name, str(other / place))
        monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git" / "objects"))
        append(store, draft("bridge"))
        assert store.publish() == ""
        assert os.environ["GIT_DIR"] == str(other / ".git")
        monkeypatch.undo()
        assert user(other, "count-objects") == "0 objects, 0 kilobytes"
        assert user(store.path, "status", "--short") == ""

    def test_the_users_configuration_is_not_read(self, store, tmp_path, monkeypatch):
        marker = tmp_path / "ran"
        hooks = tmp_path / "hooks"
        hooks.mkdir()
        (hooks / "reference-transaction").write_text(f"#!/bin/sh\ntouch {marker}\n")
        (hooks / "reference-transaction").chmod(0o755)
        (tmp_path / ".gitconfig").write_text(f"[core]\n\thooksPath = {hooks}\n[commit]\n\tgpgSign = true\n")
        monkeypatch.setenv("HOME", str(tmp_path))
        append(store, draft("bridge"))
        assert store.publish() == ""
        assert not marker.exists()

    def test_without_git_it_says_so(self, tmp_path):
        program = "from archiver.store.git import GitStore"
        result = subprocess.run(
            [sys.executable, "-c", program], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
        )
        assert "StoreError: git was not found" in result.stderr


class TestForeignArchives:
    @pytest.mark.parametrize(
        "line",
        [
            "[core]\n\tfsmonitor = touch /tmp/owned",
            "[core]\n\thooksPath = .git/hooks",
            "[core]\n\tworktree = /tmp",
            "[core] sshCommand = touch",
            '[filter "x"]\n\tsmudge = touch /tmp/owned',
            '[diff "x"]\n\ttextconv = touch /tmp/owned',
            "[include]\n\tpath = /tmp/other",
            '[remote "origin"]\n\tpromisor = true',
            "[extensions]\n\tworktreeConfig = true",
            "[user]\n\tname = a\\\n[core]\n\tfsmonitor = touch",
            '[remote "a\\\\"]\n\turl = x\\',
            "[core]\n\tbare",
            "\ufeff[core]",
        ],
    )
    def test_configuration_that_we_never_write_is_refused_with_its_line(self, store, line):
        config = store.path / ".git" / "config"
        before = config.read_text()
        config.write_text(before + line + "\n")
        if line.endswith("logallrefupdates"):
            assert GitStore.open(store.path).tip() == store.tip()
            return
        with pytest.raises(
            ForeignArchive, match=rf"config:(?:{before.count(chr(10)) + 1}|{before.count(chr(10)) + 2}): "
        ):
            GitStore.open(store.path)

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("info/attributes", "*.md filter=x\n"),
            ("objects/info/alternates", "/tmp/objects\n"),
            ("commondir", "/tmp\n"),
            ("info/grafts", ""),
        ],
    )
    def test_files_that_lead_git_elsewhere_are_refused(self, store, name, content):
        path = store.path / ".git" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        with pytest.raises(ForeignArchive, match=name):
            GitStore.open(store.path)

    def test_links_out_of_the_archive_are_refused(self, store, tmp_path):
        os.rename(store.path / ".git" / "config", tmp_path / "config")
        os.symlink(tmp_path / "config", store.path / ".git" / "config")
        with pytest.raises(ForeignArchive, match="symbolic link"):
            GitStore.open(store.path)

    def test_a_hook_in_the_archive_does_not_run(self, store, tmp_path):
        hooks = store.path / ".git" / "hooks"
        hooks.mkdir()
        for name in ("reference-transaction", "post-merge", "post-checkout", "post-index-change"):
            (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
            (hooks / name).chmod(0o755)
        append(store, draft("bridge"))
        assert store.publish() == ""
        assert not (tmp_path / "ran").exists()

    def test_a_clone_is_an_archive(self, store, tmp_path):
        kept = append(store, draft("bridge"))
        store.publish()
        user(tmp_path, "clone", "--quiet", str(store.path), "clone")
        with GitStore.open(tmp_path / "clone") as clone:
            assert tuple(clone.revisions()) == kept
            append(clone, draft("bridge", 2))
            assert clone.publish() == ""
            assert user(clone.path, "fsck", "--strict", "--no-progress") == ""

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give an archive to somebody else")
    def test_an_archive_of_another_user_opens(self, store):
        os.chown(store.path, 12345, 12345)
        os.chown(store.path / ".git", 12345, 12345)
        with GitStore.open(store.path) as opened:
            assert opened.tip() == store.tip()


class TestRevisions:
    def test_what_is_appended_is_read_back(self, store):
        drafts = [draft("bridge"), draft("mill"), draft("bridge", 2)]
        kept = append(store, *drafts)
        assert [replace(one, commit="", text_sha256="") for one in kept] == [revision for revision, _ in drafts]
        assert tuple(store.revisions()) == kept
        assert [store.article(one.commit, one.key) for one in kept] == [article for _, article in drafts]
        assert tuple(store.revisions(since=kept[0].commit)) == kept[1:]
        assert store.tip() == kept[-1].commit

    def test_plain_git_shows_the_edit_and_the_hash(self, store):
        append(store, draft("bridge", 1000))
        last = append(store, draft("bridge", 1100))[0]
        assert store.publish() == ""
        diff = user(store.path, "diff", "HEAD~1", "--", "*.md")
        assert "-It cost 1000 crowns.\n+It cost 1100 crowns." in diff
        shown = subprocess.run(
            ["git", "show", f"HEAD:{article_path(last.key)}"], cwd=store.path, capture_output=True, check=True
        ).stdout
        assert hashlib.sha256(shown).hexdigest() == last.text_sha256
        assert (store.path / article_path(last.key)).read_bytes() == shown
        assert user(store.path, "status", "--short") == ""
        assert store.fsck() == ()

    def test_the_commands_of_the_readme_work(self, store):
        kept = append(store, draft("bridge"), draft("mill"), draft("bridge", 2), draft("bridge", 3, event=Event.TOUCH))
        store.publish()
        one = ["log", "--format=%H", f"--grep=^Article: .*~{kept[0].id}$"]
        assert user(store.path, *one).split() == [kept[3].commit, kept[2].commit, kept[0].commit]
        no_touch = ["log", "--format=%H", "--invert-grep", "--grep=^Event: touch"]
        assert user(store.path, *no_touch).split()[0] == kept[2].commit
        commit = kept[2].commit
        assert "It cost 2 crowns." in user(store.path, "diff", f"{commit}~1", commit, "--", "*.md")
        assert "It cost 2 crowns." in user(store.path, "log", "-p", "--", "*.md")

    def test_a_long_batch_and_a_long_article(self, store):
        revision, article = draft("budget")
        long = replace(article, body=(Block(kind=BlockKind.PARAGRAPH, text="crown " * 300_000),))
        kept = append(store, (revision, long), *(draft(f"item-{n}") for n in range(2000)))
        assert len({one.commit for one in kept}) == 2001
        assert store.article(kept[0].commit, revision.key) == long

    def test_batches_of_one_run_follow_each_other(self, store):
        with store.lock(NOW), store.writer() as writer:
            assert writer.append([]) == ()
            first = writer.append([draft("bridge")])
            second = writer.append([draft("bridge", 2)])
            assert store.tip() == second[0].commit
        assert tuple(store.revisions()) == first + second

    @pytest.mark.parametrize(
        "headline",
        [
            "x\ndata 5\nhello\nM 100644 inline evil\ndata 1\nx\n",
            "x\n\nArticle: a/00/b~000000000000\nEvent: gone",
            "\x00\x1b[31m\r\ndone\n",
            "commit refs/heads/main\nfrom refs/heads/main^0\n",
            "\ud800 \u2028 \U0001f600",
        ],
    )
    def test_a_hostile_headline_is_only_text(self, store, headline):
        revision, article = draft("bridge")
        kept = append(
            store, (replace(revision, headline=headline, summary=headline), replace(article, headline=headline))
        )
        assert [one.key for one in store.revisions()] == [revision.key]
        assert store.read(kept[0].commit, article_path(revision.key)).count(b"\n") == 3
        files = user(store.path, "ls-tree", "-r", "--name-only", kept[0].commit).split()
        assert [name for name in files if not name.startswith("articles/")] == [
            ".gitattributes",
            ".gitignore",
            "README.md",
            "archiver.toml",
        ]
        assert store.fsck() == ()
        assert store.publish() == ""

    @pytest.mark.parametrize("key", ["../../etc", "a\nb", ".git/ab/x", "", "brookmere.example/ab/é~0123456789ab"])
    def test_a_path_that_is_no_article_never_reaches_git(self, store, key):
        with pytest.raises(ValueError, match="not a path"):
            append(store, draft("bridge", key=key))
        assert list(store.revisions()) == []

    def test_half_a_batch_does_not_ride_along(self, store):
        with store.lock(NOW), store.writer() as writer:
            with pytest.raises(ValueError, match="not a path"):
                writer.append([draft("bridge"), draft("mill", key="../x")])
            writer.append([draft("pond")])
        assert summaries(store) == ["pond number 1"]

    @pytest.mark.parametrize("year", [1924, 1966, 2226])
    def test_a_clock_that_is_wrong_keeps_order_and_time(self, store, year):
        captured_at = datetime(year, 1, 2, 3, 4, 5, tzinfo=UTC)
        append(store, draft("bridge"), draft("bridge", 2, captured_at=captured_at))
        assert [one.captured_at for one in store.revisions()] == [NOW + timedelta(minutes=1), captured_at]
        assert store.fsck() == ()

    def test_what_is_not_there_is_one_line(self, store):
        with pytest.raises(StoreError, match="git cannot read"):
            store.read(store.tip(), "articles/none")
        with pytest.raises(StoreError, match="git cannot read"):
            store.read("0" * 40, "README.md")
        assert store.read(store.tip(), "archiver.toml") == CONFIG.encode()

    def test_many_are_read_at_once_in_their_order(self, store):
        kept = append(store, *(draft(f"bridge-{number}", number) for number in range(300)))
        wanted = [(one.commit, one.key) for one in reversed(kept)]
        hashes = [hashlib.sha256(text.encode()).hexdigest() for text in store.texts(wanted)]
        assert hashes == [one.text_sha256 for one in reversed(kept)]
        published = [store.article(one.commit, one.key).published for one in reversed(kept)]
        assert [dates.published for dates in store.dates(wanted)] == published
        assert list(store.texts(())) == []

    @pytest.mark.parametrize("content", [None, b"", b"not an object"])
    def test_of_many_one_that_cannot_be_read_does_not_keep_the_others_from_it(self, store, content):
        kept = append(store, draft("bridge"), draft("mill"), draft("pond"))
        unpack(store.path / ".git")
        for path in (article_path(kept[1].key), metadata_path(kept[1].key)):
            blob = user(store.path, "rev-parse", f"{kept[1].commit}:{path}")
            loose = store.path / ".git" / "objects" / blob[:2] / blob[2:]
            loose.unlink()
            if content is not None:
                loose.write_bytes(content)
        store.close()
        wanted = [(one.commit, one.key) for one in kept] * 20
        assert [text[:12] for text in store.texts(wanted)] == ["# The bridge", "", "# The pond o"] * 20
        assert len(list(store.dates(wanted))) == 60

    def test_reading_many_can_be_left_off(self, store):
        (kept,) = append(store, draft("bridge"))
        threads = threading.active_count()
        texts = store.texts([(kept.commit, kept.key)] * 50_000)
        assert next(texts) == next(texts)
        assert threading.active_count() > threads
        texts.close()
        assert threading.active_count() == threads

    def test_users_commits_are_passed_over(self, store):
        append(store, draft("bridge"))
        store.publish()
        (store.path / "notes.md").write_text("mine")
        user(store.path, "add", "notes.md")
        user(store.path, "commit", "--quiet", "-m", "My notes\n\nEvent: first")
        append(store, draft("mill"))
        assert summaries(store) == ["bridge number 1", "mill number 1"]


class TestTheWorkingTree:
    def test_an_uncommitted_edit_blocks_the_files_but_loses_nothing(self, store):
        revision, _ = append(store, draft("bridge"), draft("mill"))
        store.publish()
        path = store.path / article_path(revision.key)
        path.write_text("my own words\n")
        append(store, draft("bridge", 2), draft("pond"))
        warning = store.publish()
        assert article_path(revision.key) in warning
        assert "\n" not in warning
        assert path.read_text() == "my own words\n"
        append(store, draft("pond", 2))
        assert summaries(store)[2:] == ["bridge number 2", "pond number 1", "pond number 2"]
        user(store.path, "checkout", "--", ".")
        assert store.publish() == ""
        assert "2 crowns" in path.read_text()
        assert user(store.path, "status", "--short") == ""

    def test_files_of_a_user_stay_as_they_are(self, store):
        (revision,) = append(store, draft("bridge"))
        store.publish()
        (store.path / "staged.txt").write_text("staged")
        (store.path / "new.txt").write_text("new")
        user(store.path, "add", "staged.txt")
        append(store, draft("bridge", 2))
        assert store.publish() == ""
        assert user(store.path, "status", "--short").splitlines() == ["A  staged.txt", "?? new.txt"]
        assert "2 crowns" in (store.path / article_path(revision.key)).read_text()

    def test_another_branch_is_left_alone(self, store):
        append(store, draft("bridge"))
        store.publish()
        user(store.path, "checkout", "--quiet", "-b", "study")
        before = user(store.path, "rev-parse", "HEAD")
        append(store, draft("bridge", 2))
        assert "'study' is checked out, not 'main'" in store.publish()
        assert user(store.path, "rev-parse", "HEAD") == before
        append(store, draft("bridge", 3))
        user(store.path, "checkout", "--quiet", "main")
        assert store.publish() == ""
        assert summaries(store)[-1] == "bridge number 3"
        assert user(store.path, "rev-parse", "main") == store.tip()

    def test_no_branch_is_left_alone(self, store):
        append(store, draft("bridge"))
        store.publish()
        user(store.path, "checkout", "--quiet", "--detach")
        append(store, draft("bridge", 2))
        assert "no branch is checked out" in store.publish()

    def test_a_commit_on_main_is_followed(self, store):
        append(store, draft("bridge"))
        store.publish()
        user(store.path, "commit", "--quiet", "--allow-empty", "-m", "mine")
        mine = user(store.path, "rev-parse", "main")
        assert store.tip() == mine
        append(store, draft("bridge", 2))
        assert store.publish() == ""
        assert user(store.path, "rev-parse", "main~1") == mine

    @pytest.mark.parametrize("moment", ["before the next run", "during the run", "before publication"])
    def test_unpublished_revisions_are_put_on_top_of_a_users_commit(self, store, moment):
        append(store, draft("bridge"))
        store.publish()

        def commit():
            user(store.path, "commit", "--quiet", "--allow-empty", "-m", "mine")

        if moment == "during the run":
            with store.lock(NOW), store.writer() as writer:
                writer.append([draft("bridge", 2)])
                commit()
                writer.append([draft("mill")])
        else:
            append(store, draft("bridge", 2), draft("mill"))
            commit()
            if moment == "before the next run":
                with store.lock(NOW):
                    assert store.recover(NOW) == ("put 2 unpublished revisions on top of main, which had moved",)
                    assert store.recover(NOW) == ()
        dates = {one.summary: one.captured_at for one in store.revisions()}
        assert store.publish() == ""
        assert summaries(store) == ["bridge number 1", "bridge number 2", "mill number 1"]
        assert {one.summary: one.captured_at for one in store.revisions()}.items() >= dates.items()
        times = [int(line) for line in user(store.path, "log", "--format=%ct", "--author=archiver").split()]
        assert times[:2] == [int((NOW + timedelta(minutes=n)).timestamp()) for n in (1, 2)]
        assert user(store.path, "log", "--format=%s").splitlines()[2] == "mine"
        assert user(store.path, "for-each-ref", "refs/archiver/rebuilt") == ""
        assert store.fsck() == ()

    def test_what_was_acknowledged_stays_in_sight_while_main_has_moved(self, store):
        append(store, draft("bridge"))
        store.publish()
        with store.lock(NOW), store.writer() as writer:
            (early,) = writer.append([draft("bridge", 2)])
            user(store.path, "commit", "--quiet", "--allow-empty", "-m", "mine")
            (late,) = writer.append([draft("mill")])
            assert summaries(store) == ["bridge number 1", "bridge number 2", "mill number 1"]
            assert store.tip() == late.commit
            assert store.is_known(early.commit)
            assert store.publish() == ""
            assert not store.is_known(late.commit)

    def test_a_user_may_rebase_from_the_first_commit(self, store):
        append(store, draft("bridge"))
        store.publish()
        user(store.path, "rebase", "--quiet", "--root", "--force-rebase")
        assert store.fsck() == ()
        assert store.fsck(full=False) == ()

    def test_a_user_who_rebases_does_not_double_revisions(self, store):
        append(store, draft("bridge"), draft("mill"))
        store.publish()
        append(store, draft("pond"))
        user(store.path, "commit", "--quiet", "--amend", "--no-edit", "--reset-author")
        append(store, draft("bridge", 2))
        assert store.publish() == ""
        assert summaries(store) == ["bridge number 1", "mill number 1", "pond number 1", "bridge number 2"]

    def test_a_user_who_resets_main_loses_nothing(self, store):
        kept = append(store, draft("bridge"), draft("mill"))
        store.publish()
        user(store.path, "reset", "--quiet", "--hard", "HEAD~1")
        assert tuple(store.revisions()) == kept
        assert store.publish() == ""
        assert user(store.path, "rev-parse", "main") == kept[-1].commit

    def test_what_was_derived_knows_when_history_moved(self, store):
        append(store, draft("bridge"))
        store.publish()
        (old,) = append(store, draft("mill"))
        assert store.is_known(old.commit)
        user(store.path, "commit", "--quiet", "--allow-empty", "-m", "mine")
        store.publish()
        assert not store.is_known(old.commit)
        assert not store.is_known("0" * 40)
        assert store.is_known(store.tip())


class TestTheConfiguration:
    def test_an_edit_is_committed_and_published_once(self, store):
        (store.path / "archiver.toml").write_text("version = 1\nname = 'x'\n")
        with store.lock(NOW):
            assert store.commit_config(NOW)
            assert not store.commit_config(NOW)
            assert store.publish() == ""
        assert store.read(store.tip(), "archiver.toml") == b"version = 1\nname = 'x'\n"
        assert user(store.path, "status", "--short") == ""
        assert list(store.revisions()) == []

    def test_an_edit_during_publication_stays_the_users(self, store):
        (store.path / "archiver.toml").write_text("version = 1\nname = 'x'\n")
        store.commit_config(NOW)
        (store.path / "archiver.toml").write_text("version = 1\nname = 'y'\n")
        assert "archiver.toml" in store.publish()
        assert (store.path / "archiver.toml").read_text() == "version = 1\nname = 'y'\n"
        assert store.commit_config(NOW)
        assert store.publish() == ""

    def test_without_the_file_there_is_nothing_to_commit(self, store):
        (store.path / "archiver.toml").unlink()
        assert not store.commit_config(NOW)


class TestTheLock:
    def test_a_second_run_hears_who_holds_it(self, store):
        with store.lock(NOW), GitStore.open(store.path) as other:
            with pytest.raises(
                ArchiveLocked, match=rf"process {os.getpid()} on .* since 2024-04-26T20:00:00"
            ) as caught:
                other.lock(NOW).__enter__()
            assert caught.value.exit_code == 11
        with store.lock(NOW):
            pass

    def test_a_killed_holder_holds_nothing(self, store):
        program = (
            "import sys, os; from pathlib import Path; from datetime import datetime, UTC\n"
            "from archiver.store.git import GitStore\n"
            "with GitStore.open(Path(sys.argv[1])).lock(datetime.now(UTC)):\n"
            "    print('held', flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", program, str(store.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as holder:
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(ArchiveLocked, match=f"process {holder.pid} "), store.lock(NOW):
                pass
            holder.kill()
        with store.lock(NOW):
            pass


class TestAfterACrash:
    def test_leftovers_are_removed_and_a_users_files_kept(self, store):
        append(store, draft("bridge"))
        git_dir = store.path / ".git"
        packs = git_dir / "objects" / "pack"
        for name in ("objects/pack/tmp_pack_x", "fast_import_crash_7", "refs/archiver/incoming.lock"):
            (git_dir / name).write_text("")
        (packs / "pack-1.keep").write_text("fast-import\n")
        (packs / "pack-2.keep").write_text("mine\n")
        (packs / "pack-3.keep").write_text("")  # killed before it wrote its word
        (packs / "pack-4.keep").write_text("")  # a user's, on a whole pack
        (packs / "pack-4.idx").write_text("")
        with store.lock(NOW):
            assert store.recover(NOW) == ("removed what an interrupted run left: fast_import_crash_7 and 4 more",)
            assert store.recover(NOW) == ()
        assert (packs / "pack-2.keep").exists()
        assert not (packs / "pack-3.keep").exists()
        assert (packs / "pack-4.keep").exists()
        append(store, draft("mill"))
        assert store.fsck() == ()

    @pytest.mark.parametrize("name", ["refs/heads/main.lock", "HEAD.lock"])
    def test_old_ref_locks_are_removed_and_fresh_ones_respected(self, store, name):
        lock = store.path / ".git" / name
        lock.write_text("")
        written = datetime.fromtimestamp(lock.stat().st_mtime, UTC)
        append(store, draft("bridge"))
        assert lock.name.removesuffix(".lock") in store.publish()
        store.recover(written + timedelta(minutes=9))
        assert lock.exists()
        store.recover(written + timedelta(minutes=11))
        assert store.publish() == ""

    def test_a_lock_that_appears_during_the_run_is_overcome(self, store):
        with store.lock(NOW), store.writer() as writer:
            writer.append([draft("bridge")])
            (store.path / ".git" / f"{INCOMING}.lock").write_text("")
            writer.append([draft("mill")])
        assert summaries(store) == ["bridge number 1", "mill number 1"]

    def test_a_git_that_ends_before_it_can_answer_doubles_nothing(self, store):
        program = (
            "import subprocess, sys; git = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)\n"
            "for _ in range(3): sys.stdout.buffer.write(git.stdout.readline())\n"
            "git.stdout.readline(); git.kill(); git.wait()"
        )
        command = [sys.executable, "-c", program, "git", "-c", "fastimport.unpackLimit=1", "fast-import"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen([*command, *fastimport.OPTIONS], cwd=store.path, **pipes) as process:
            launched = SimpleNamespace(proc=process)
            torn = FastImport(launched, git_dir=store.path / ".git", ref=INCOMING, parent=store.tip())
            starts = iter([lambda: torn, store.writer()._start])
            with Writer(lambda: next(starts)()) as writer:
                first = writer.append([draft("bridge"), draft("mill"), draft("pond")])
                second = writer.append([draft("ford")])
        assert tuple(store.revisions()) == first + second
        assert summaries(store) == ["bridge number 1", "mill number 1", "pond number 1", "ford number 1"]

    def test_a_ref_that_cannot_move_is_an_error_and_loses_nothing(self, store):
        with store.lock(NOW), store.writer() as writer:
            writer.append([draft("bridge")])
            ref = store.path / ".git" / INCOMING
            (ref.parent / f"{ref.name}.lock").mkdir()
            with pytest.raises(StoreError):
                writer.append([draft("mill")])
            (ref.parent / f"{ref.name}.lock").rmdir()
        assert summaries(store) == ["bridge number 1"]

    def test_a_publication_cut_short_is_taken_back_and_done_again(self, store):
        names = ("bridge", "mill", "pond", "ford")
        kept = append(store, *(draft(name) for name in names[:3]))
        store.publish()
        append(store, *(draft(name, 2) for name in names))
        bridge, mill, pond = [store.path / article_path(one.key) for one in kept]
        ford = store.path / article_path(draft("ford")[0].key)
        content = {name: store.read(store.tip(), article_path(draft(name)[0].key)) for name in names}
        bridge.write_bytes(content["bridge"])
        mill.write_bytes(content["mill"][:7])
        pond.write_text("my own words\n")
        ford.parent.mkdir(parents=True)
        ford.write_bytes(content["ford"])
        (store.path / ".git" / "index.lock").write_text("")
        (store.path / ".git" / "archiver.publishing").write_text(store.tip())
        assert store.recover(NOW) == ("took back 3 files of an update that was cut short",)
        assert store.recover(NOW) == ()
        assert article_path(kept[2].key) in store.publish()
        assert pond.read_text() == "my own words\n"
        user(store.path, "checkout", "--", article_path(kept[2].key))
        assert store.publish() == ""
        assert user(store.path, "status", "--short") == ""
        assert [path.read_bytes() for path in (bridge, mill, pond, ford)] == list(content.values())

    def test_the_lock_of_a_users_git_is_respected(self, store):
        append(store, draft("bridge"))
        lock = store.path / ".git" / "index.lock"
        lock.write_text("")
        assert store.recover(NOW + timedelta(days=9)) == ()
        assert "index.lock" in store.publish()
        assert lock.exists()
        lock.unlink()
        assert store.publish() == ""

    def test_a_rebuild_cut_short_starts_again(self, store):
        append(store, draft("bridge"))
        store.publish()
        (old,) = append(store, draft("mill"))
        user(store.path, "commit", "--quiet", "--allow-empty", "-m", "mine")
        user(store.path, "update-ref", "refs/archiver/rebuilt", old.commit)
        append(store, draft("pond"))
        assert summaries(store) == ["bridge number 1", "mill number 1", "pond number 1"]
