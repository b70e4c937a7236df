"""What a revision costs in git, beside raw `git fast-import` (the floor) and GitPython's own `index.commit`.

CPU is user and system time of this process and its children: on a busy machine wall time says little.
"""

from __future__ import annotations

import io
import random
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice, product
from pathlib import Path
from types import SimpleNamespace

import git

from archiver.model import Article, Block, BlockKind, Byline, Event, PageDate, Revision
from archiver.store.git import GitStore, fastimport
from archiver.store.git.store import INCOMING
from archiver.store.layout import article_key, article_path, metadata_path
from archiver.store.serialize import article_text, commit_message, metadata_text

NOW = datetime(2024, 4, 26, 20, 0, 0, tzinfo=UTC)
SIZES = (1_000, 20_000)
BATCH = 200
_SYLLABLES = ("bri", "mil", "coun", "wa", "har", "for", "sto", "ri", "dge", "ler", "cil", "ter", "vest", "on", "a")
WORDS = ["".join(syllables) for count in (1, 2, 3, 4) for syllables in product(_SYLLABLES, repeat=count)][:40_000]
_WEIGHTS = tuple(accumulate(1 / (rank + 3) for rank in range(len(WORDS))))
"""Common words are common and rare ones rare, as in a language: so sizes of packs and word lists are near the truth."""


class Meter:
    """CPU seconds since it was started."""

    def __init__(self) -> None:
        self._start = _cpu()

    def __call__(self) -> float:
        return _cpu() - self._start


def _cpu() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, who))


def drafts(seed: int) -> Iterator[tuple[Revision, Article]]:
    """Articles of 5 KB on 20 hosts, one to four revisions of each, one paragraph changed each time."""
    dice = random.Random(seed)
    for number in range(10**9):
        url = f"https://paper{number % 20}.example/news/{'-'.join(dice.choices(WORDS, k=4))}-{seed}-{number}"
        headline = " ".join(dice.choices(WORDS, k=8))
        paragraphs = [" ".join(dice.choices(WORDS, cum_weights=_WEIGHTS, k=65)) for _ in range(14)]
        for revision in range(dice.randint(1, 4)):
            paragraphs[dice.randrange(14)] = " ".join(dice.choices(WORDS, cum_weights=_WEIGHTS, k=65))
            at = NOW + timedelta(minutes=number + revision)
            yield (
                Revision(
                    key=article_key(url),
                    event=Event.EDIT if revision else Event.FIRST,
                    captured_at=at,
                    source=url,
                    headline=headline,
                    summary="some words",
                    run="20240426T200000Z",
                    record_id="<urn:uuid:7d8b6fd2-5a50-4a0c-8f5e-0f5c8a2d9b11>",
                    capture_sha256=dice.randbytes(32).hex(),
                    extractor="0.1.0+0123456789ab",
                ),
                Article(
                    headline=headline,
                    byline=Byline(text="By Ilse Varga", names=("Ilse Varga",)),
                    published=PageDate(text=at.isoformat(), value=at.isoformat()[:19], origin="jsonld"),
                    language="en",
                    body=tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in paragraphs),
                ),
            )


@contextmanager
def new_store() -> Iterator[GitStore]:
    with tempfile.TemporaryDirectory() as folder, GitStore.create(Path(folder), now=NOW, config_text="") as store:
        yield store


def in_batches(items: list[tuple[Revision, Article]]) -> Iterator[list[tuple[Revision, Article]]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def append(store: GitStore, items: list[tuple[Revision, Article]]) -> float:
    """Our way, with its durability: CPU seconds."""
    meter = Meter()
    with store.writer() as writer:
        for batch in in_batches(items):
            writer.append(batch)
    return meter()


def serialise(items: list[tuple[Revision, Article]]) -> float:
    """Only turning values into bytes, which every way of writing them must do: CPU seconds."""
    meter = Meter()
    for revision, article in items:
        _ = article_text(article).encode(), metadata_text(revision, article).encode(), commit_message(revision)
    return meter()


def fast_import(store: GitStore, items: list[tuple[Revision, Article]]) -> float:
    """The same stream with the same checkpoints, ready in a file, into git: CPU seconds."""
    with tempfile.TemporaryFile() as stream:
        process = SimpleNamespace(stdin=stream, stdout=io.BytesIO(), stderr=io.BytesIO())
        recorder = fastimport.FastImport(
            SimpleNamespace(proc=process), git_dir=store.path / ".git", ref=INCOMING, parent=store.tip()
        )
        for batch in in_batches(items):
            for revision, article in batch:
                files = (
                    fastimport.file(article_path(revision.key), article_text(article).encode()),
                    fastimport.file(metadata_path(revision.key), metadata_text(revision, article).encode()),
                )
                recorder.commit(commit_message(revision), revision.captured_at, files)
            stream.write(b"checkpoint\n")
        stream.write(b"done\n")
        stream.seek(0)
        meter = Meter()
        settings = ("-c", "fastimport.unpackLimit=1", "-c", "core.fsync=all")
        subprocess.run(
            ["git", *settings, "fast-import", *fastimport.OPTIONS],
            cwd=store.path,
            stdin=stream,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return meter()


def index_commit(store: GitStore, items: list[tuple[Revision, Article]]) -> float:
    """GitPython's documented way, in the working tree: CPU seconds."""
    store.publish()
    with git.Repo(store.path) as repo:
        meter = Meter()
        for revision, article in items:
            paths = (article_path(revision.key), metadata_path(revision.key))
            (store.path / paths[0]).parent.mkdir(parents=True, exist_ok=True)
            (store.path / paths[0]).write_text(article_text(article))
            (store.path / paths[1]).write_text(metadata_text(revision, article))
            repo.index.add(list(paths))
            repo.index.commit(commit_message(revision))
        return meter()


def small_run(store: GitStore, items: list[tuple[Revision, Article]]) -> float:
    """All of git in one run but for the working tree: opening, recovery, the commits: CPU seconds."""
    meter = Meter()
    with GitStore.open(store.path) as opened, opened.lock(NOW):
        opened.recover(NOW)
        opened.commit_config(NOW)
        with opened.writer() as writer:
            writer.append(items)
        opened.tip()
    return meter()


def per(seconds: float, count: int) -> str:
    return f"{1000 * seconds / count:8.3f} ms"


def main() -> None:
    """One block of lines for each size of archive."""
    for size in SIZES:
        with ExitStack() as stack:
            ours, floor = (stack.enter_context(new_store()) for _ in range(2))
            items = list(islice(drafts(1), size))
            raw, written, bytes_only = fast_import(floor, items), append(ours, items), serialise(items)
            report(ours, size, items, raw=raw, written=written, bytes_only=bytes_only)


def report(
    store: GitStore, size: int, items: list[tuple[Revision, Article]], *, raw: float, written: float, bytes_only: float
) -> None:
    """Print what was measured, and measure what needs the archive that is there now."""
    more = list(islice(drafts(2), 200))
    commits = written - bytes_only
    print(f"{size} revisions; CPU per revision")
    print(f"  git fast-import, same stream       {per(raw, size)}")
    print(f"  archiver, all of append            {per(written, size)}   {written / raw:5.2f} × fast-import")
    print(f"    without turning values to bytes  {per(commits, size)}   {commits / raw:5.2f} × fast-import")
    print(f"  a run of 50, nothing published yet {per(small_run(store, more[:50]), 50)}")
    print(f"  publishing all                     {per(_timed(store.publish), size)}")
    print(f"  a run of 50, all published         {per(small_run(store, more[50:100]), 50)}")
    kept = list(store.revisions())
    read = _timed(lambda: [store.article(one.commit, one.key) for one in kept[::20]])
    print(f"  reading one revision               {per(read, len(kept[::20]))}")
    print(f"  listing revisions                  {per(_timed(lambda: list(store.revisions())), len(kept))}")
    samples = more[100:104]
    slow = index_commit(store, samples) / len(samples)
    print(f"  GitPython index.add, index.commit  {per(slow, 1)}   {slow / (written / size):5.0f} × archiver")


def _timed(work: Callable[[], object]) -> float:
    meter = Meter()
    work()
    return meter()


if __name__ == "__main__":
    main()
