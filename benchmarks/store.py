"""What a revision costs: `python -m benchmarks.store [SIZE…]`, measured in one archive as it grows to each size.

git beside raw `git fast-import` (the floor) and GitPython's own `index.commit`; evidence and index beside git. CPU is
user and system time of this process and its children: on a busy machine wall time says little.
"""

from __future__ import annotations

import io
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice, product
from pathlib import Path
from statistics import median
from types import SimpleNamespace

import git

from archiver.model import Article, Block, BlockKind, Byline, Capture, Event, PageDate, Revision
from archiver.query import Archive
from archiver.store.evidence import EvidenceWriter
from archiver.store.git import GitStore, fastimport
from archiver.store.git.heads import INCOMING
from archiver.store.layout import article_key, article_path, metadata_path, run_id
from archiver.store.serialize import article_text, commit_message, metadata_text

NOW = datetime(2024, 4, 26, 20, 0, 0, tzinfo=UTC)
SIZES = (1_000, 20_000)
STEP = 10_000
SAMPLE = 1_000
ROUNDS = 5
_SAMPLES = 10**9
"""Seeds from here on are of what is measured: none of it is in the archive yet."""
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
            at = NOW + timedelta(days=3 * (seed % 1000), minutes=number + revision)
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


def step_drafts(done: int) -> Iterator[tuple[Revision, Article]]:
    """What follows the first `done` revisions. Every step has its own seed, so that none before it is made again."""
    return islice(drafts(1000 + done // STEP), done % STEP, None)


@contextmanager
def new_store(*, bare: bool) -> Iterator[GitStore]:
    with (
        tempfile.TemporaryDirectory() as folder,
        GitStore.create(Path(folder) / "archive", now=NOW, config_text="schema = 1\n", bare=bare) as store,
    ):
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
            SimpleNamespace(proc=process), git_dir=store.git_dir, ref=INCOMING, parent=store.tip()
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
            cwd=store.git_dir,
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


def evidence(store: GitStore, items: list[tuple[Revision, Article]]) -> float:
    """Writing the captures, pages of about 50 KB: CPU seconds."""
    menu = "".join(f"<li class='{word}'><a href='/{word}/'>{word}</a></li>" for word in WORDS[:1000])
    pages = [f"<html>{menu}<main>{article_text(article)}</main></html>".encode() for _, article in items]
    meter = Meter()
    with EvidenceWriter(store.path, run_id(NOW, _last_run(store)), software="archiver") as writer:
        for (revision, _), page in zip(items, pages, strict=True):
            url, at = revision.source, revision.captured_at
            writer.write(
                Capture(requested_url=url, url=url, captured_at=at, status=200, headers=(), payload=page, content=page)
            )
    return meter()


def _last_run(store: GitStore) -> str:
    return max((path.name[:16] for path in store.path.glob("captures/*/*/*")), default="")


def main() -> None:
    """One block of lines for each size of archive."""
    sizes = [int(word) for word in sys.argv[1:] if word.isdecimal()] or SIZES
    with new_store(bare=True) as store:
        done = 0
        for size in sizes:
            fill(store, done, size)
            report(store, size)
            done = size
    with new_store(bare=False) as store:
        fill(store, 0, 2_000)
        samples = list(islice(drafts(3), 4))
        slow = index_commit(store, samples) / len(samples)
        print(f"GitPython index.add and index.commit, at 2000 revisions: {per(slow, 1)}")


def fill(store: GitStore, done: int, size: int) -> None:
    """Let the archive grow to this many revisions; what was measured in it comes on top."""
    while done < size:
        count = min(STEP - done % STEP, size - done)
        append(store, list(islice(step_drafts(done), count)))
        store.maintain()
        done += count


def report(store: GitStore, size: int) -> None:
    """Measure at this size, and print."""
    samples = [list(islice(drafts(_SAMPLES + size + number), SAMPLE)) for number in range(ROUNDS)]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(store.path, Path(folder) / "archive")
        with GitStore.open(Path(folder) / "archive") as floor:  # in turns, because a busy machine has its moods
            rounds = [(fast_import(floor, some), append(store, some), serialise(some)) for some in samples]
    raw, written, bytes_only = map(median, zip(*rounds, strict=True))
    items, more = samples[0], list(islice(drafts(_SAMPLES + size + ROUNDS), 50))
    pages = evidence(store, items)
    print(f"{size} revisions; CPU per revision")
    for what, spent in (
        ("git fast-import, same stream", raw),
        ("archiver, all of append", written),
        ("  without turning values to bytes", written - bytes_only),
        ("evidence: gzip, pages of 50 KB", pages),
        ("index, as a run adds to it", index(store, items)),
    ):
        print(f"  {what:36} {per(spent, SAMPLE)}   {spent / raw:5.2f} × fast-import")
    store.publish()
    print(f"  {'a run of 50, all of git':36} {per(small_run(store, more), 1)}")
    kept = list(islice(store.revisions(), 0, None, 20))[:1000]
    reading = _timed(lambda: [store.article(one.commit, one.key) for one in kept])
    print(f"  {'reading one revision':36} {per(reading, len(kept))}")
    print(f"  {'listing revisions':36} {per(_timed(lambda: sum(1 for _ in store.revisions())), size)}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  most memory so far, {STEP} articles in hand: {memory:.0f} MB", flush=True)


def index(store: GitStore, items: list[tuple[Revision, Article]]) -> float:
    """Adding to an index that is up to date: CPU seconds."""
    again = [
        (replace(revision, commit=f"{number:040x}", key=article_key(f"{revision.source}-again")), article)
        for number, (revision, article) in enumerate(items)
    ]  # as if they had been committed once more, so that the index does not know them
    with Archive.open(store.path) as archive:
        spent = _timed(lambda: archive.index.add_revisions(again, archive.index.tip))
    shutil.rmtree(store.path / ".archiver")
    return spent


def _timed(work: Callable[[], object]) -> float:
    meter = Meter()
    work()
    return meter()


if __name__ == "__main__":
    main()
