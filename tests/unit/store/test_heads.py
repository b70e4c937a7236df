"""The small files that lead git to the history: damaged, they are named, nothing goes on, and they can be put back."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.errors import ArchiveDamaged, NoArchive
from archiver.model import Article, Block, BlockKind, Event, Revision
from archiver.store.git import GitStore
from archiver.store.layout import article_key

NOW = datetime(2024, 4, 26, 20, 0, 0, tzinfo=UTC)
MAIN, INCOMING = "refs/heads/main", "refs/archiver/incoming"


def append(store: GitStore, *names: str) -> tuple[Revision, ...]:
    drafts = []
    for name in names:
        url = f"https://brookmere.example/{name}"
        article = Article(headline=name, body=(Block(kind=BlockKind.PARAGRAPH, text=f"The {name}."),))
        drafts.append(
            (Revision(key=article_key(url), event=Event.FIRST, captured_at=NOW, source=url, headline=name), article)
        )
    with store.lock(NOW), store.writer() as writer:
        return writer.append(drafts)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive with one revision that is published and two that are not yet."""
    path = tmp_path / "archive"
    with GitStore.create(path, now=NOW, config_text="schema = 1\n") as store:
        append(store, "bridge")
        store.publish()
        append(store, "mill", "pond")
    return path


@pytest.fixture(params=["loose", "packed"])
def git_dir(request, path):
    if request.param == "packed":
        subprocess.run(["git", "-C", path, "pack-refs", "--all"], check=True)
    return path / ".git"


def headlines(path: Path) -> list[str]:
    with GitStore.open(path) as store:
        return [revision.headline for revision in store.revisions()]


def commits(path: Path) -> list[str]:
    told = subprocess.run(["git", "-C", path, "rev-parse", MAIN, INCOMING], capture_output=True, text=True, check=True)
    return told.stdout.split()


def remove(git_dir: Path, *names: str) -> None:
    lines = (git_dir / "packed-refs").read_text().splitlines(True) if (git_dir / "packed-refs").exists() else []
    if lines:
        (git_dir / "packed-refs").write_text("".join(line for line in lines if line[41:].strip() not in names))
    for name in names:
        (git_dir / name).unlink(missing_ok=bool(lines))


def write(git_dir: Path, name: str, text: str) -> None:
    (git_dir / name).parent.mkdir(parents=True, exist_ok=True)
    (git_dir / name).write_text(text)


DAMAGE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "main is lost": (MAIN, lambda git: remove(git, MAIN)),
    "incoming is lost": (INCOMING, lambda git: remove(git, INCOMING)),
    "both are lost": (MAIN, lambda git: remove(git, MAIN, INCOMING)),
    "main is empty": (MAIN, lambda git: write(git, MAIN, "")),
    "incoming is empty": (INCOMING, lambda git: write(git, INCOMING, "")),
    "both are empty": (MAIN, lambda git: [write(git, ref, "") for ref in (MAIN, INCOMING)]),
    "main is no commit": (MAIN, lambda git: write(git, MAIN, "pond\n")),
    "main is a commit that is not there": (MAIN, lambda git: write(git, MAIN, "f" * 40 + "\n")),
    "incoming is a commit that is not there": (INCOMING, lambda git: write(git, INCOMING, "f" * 40 + "\n")),
    "HEAD is empty": ("HEAD", lambda git: write(git, "HEAD", "")),
    "HEAD is lost": ("HEAD", lambda git: (git / "HEAD").unlink()),
    "HEAD is nonsense": ("HEAD", lambda git: write(git, "HEAD", "pond\n")),
    "refs is lost": ("refs", lambda git: shutil.rmtree(git / "refs")),
    "config is lost": ("config", lambda git: (git / "config").unlink()),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_damage_is_named_nothing_goes_on_and_what_the_logs_know_comes_back(path, git_dir, case):
    before = commits(path)
    named, damage = DAMAGE[case]
    damage(git_dir)
    for opening in (GitStore.open, lambda path: GitStore.create(path, now=NOW, config_text="schema = 1\n")):
        with pytest.raises(ArchiveDamaged, match=named) as caught:
            opening(path)
        assert "--repair" in caught.value.hint
    assert GitStore.mend(path, (), NOW) != ()
    assert headlines(path) == ["bridge", "mill", "pond"]
    assert commits(path) == before
    assert GitStore.mend(path, (), NOW) == ()
    with GitStore.open(path) as store:
        assert store.fsck() == ()
        append(store, "ford")
        assert store.publish() == ""


@pytest.mark.parametrize("keep", [0, 30, 70, 110, -1])
def test_packed_references_cut_short_are_named_and_come_back(path, keep):
    before = commits(path)
    subprocess.run(["git", "-C", path, "pack-refs", "--all"], check=True)
    packed = path / ".git" / "packed-refs"
    packed.write_bytes(packed.read_bytes()[:keep])
    with pytest.raises(ArchiveDamaged, match=r"packed-refs|refs/heads/main"):
        GitStore.open(path)
    assert GitStore.mend(path, (), NOW) != ()
    assert commits(path) == before
    assert headlines(path) == ["bridge", "mill", "pond"]


def test_without_logs_the_tip_that_others_noted_serves(path):
    main, incoming = commits(path)
    remove(path / ".git", MAIN, INCOMING)
    shutil.rmtree(path / ".git" / "logs")
    with pytest.raises(ArchiveDamaged, match="no reference leads to the history"):
        GitStore.open(path)
    GitStore.mend(path, ("f" * 40, incoming, main), NOW)
    assert headlines(path) == ["bridge", "mill", "pond"]


def test_a_log_that_ends_too_early_does_not_cost_what_others_noted(path):
    main, incoming = commits(path)
    log = path / ".git" / "logs" / INCOMING
    log.write_text("".join(log.read_text().splitlines(keepends=True)[:-1]))
    write(path / ".git", INCOMING, "")
    GitStore.mend(path, (incoming,), NOW)
    assert commits(path) == [main, incoming]


def test_what_nobody_knows_stays_lost_and_stays_named(path):
    remove(path / ".git", MAIN, INCOMING)
    shutil.rmtree(path / ".git" / "logs")
    GitStore.mend(path, (), NOW)
    with pytest.raises(ArchiveDamaged, match="no reference leads to the history"):
        GitStore.open(path)


def test_a_folder_without_history_or_configuration_was_never_an_archive(tmp_path):
    subprocess.run(["git", "init", "--quiet", "--template=", tmp_path], check=True)
    with pytest.raises(NoArchive):
        GitStore.open(tmp_path)


@pytest.mark.parametrize("damage", ["lost", "empty", "cut", "flipped"])
def test_the_list_of_what_is_in_a_pack_is_made_again(path, damage):
    listed = next((path / ".git" / "objects" / "pack").glob("*.idx"))
    content = listed.read_bytes()
    listed.unlink()
    flipped = bytes([content[-100] ^ 1])
    changed = {"empty": b"", "cut": content[:-30], "flipped": content[:-100] + flipped + content[-99:]}
    if damage in changed:
        listed.write_bytes(changed[damage])
    assert f"listed anew what is in {listed.stem}.pack" in GitStore.mend(path, (), NOW)
    assert listed.read_bytes() == content
    assert headlines(path) == ["bridge", "mill", "pond"]
