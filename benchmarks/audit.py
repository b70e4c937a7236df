"""What the audit costs: CPU seconds and peak memory over archives of growing size.

Articles of 800 words with ten revisions each; in a revision one to four sentences change, numbers among them, and the
stamp moves or does not. The audit is run in a process of its own, whose memory is its own.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

from archiver import review
from archiver.model import Article, Block, BlockKind, Byline, Event, PageDate, Revision
from archiver.query import Archive
from archiver.store.git import GitStore
from archiver.store.layout import article_key
from benchmarks.store import NOW, WORDS

SIZES = (1_000, 10_000)
REVISIONS = 10
BATCH = 500


def drafts(count: int, seed: int = 7) -> Iterator[tuple[Revision, Article]]:
    """So many revisions, article by article."""
    dice = random.Random(seed)
    for number in range(count // REVISIONS):
        url = f"https://paper{number % 20}.example/news/{'-'.join(dice.choices(WORDS, k=4))}-{number}"
        paragraphs = [[_sentence(dice) for _ in range(4)] for _ in range(14)]
        stamp = at = NOW + timedelta(minutes=number)
        for revision in range(REVISIONS):
            for _ in range(dice.randint(1, 4) if revision else 0):
                _edit(paragraphs[dice.randrange(14)], dice)
            stamp = at if dice.random() < 0.5 else stamp
            article = Article(
                headline=" ".join(dice.choices(WORDS, k=8)) if dice.random() < 0.2 else "Council votes on the weir",
                byline=Byline(text="By Ilse Varga", names=("Ilse Varga",)),
                stamps=(
                    PageDate(text=f"Updated {stamp:%Y-%m-%d %H:%M}", value=f"{stamp:%Y-%m-%dT%H:%M}", origin="text"),
                ),
                language="en",
                body=tuple(Block(kind=BlockKind.PARAGRAPH, text=" ".join(sentences)) for sentences in paragraphs),
            )
            kept = Revision(
                key=article_key(url),
                event=Event.EDIT if revision else Event.FIRST,
                captured_at=at,
                source=url,
                headline=article.headline,
                run="20240426T200000Z",
                extractor="0.1.0+0123456789ab",
            )
            yield replace(kept, unchanged_since=at - timedelta(hours=1)) if revision else kept, article
            at += timedelta(hours=dice.randint(2, 40))


def _sentence(dice: random.Random) -> str:
    words = dice.choices(WORDS, k=14)
    words[5] = f"{dice.randrange(2, 9_000):,}"
    return " ".join(words).capitalize() + "."


def _edit(sentences: list[str], dice: random.Random) -> None:
    """Put a word, a number or a sentence in the place of another."""
    at = dice.randrange(len(sentences))
    words = sentences[at].split()
    match dice.randrange(3):
        case 0:
            words[5] = f"{dice.randrange(2, 9_000):,}"
        case 1:
            words[dice.randrange(6, 12)] = dice.choice(WORDS)
        case _:
            words = _sentence(dice).split()
    sentences[at] = " ".join(words)


def main() -> None:
    """Print a line for each size."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "archive"
            with GitStore.create(path, now=NOW, config_text="schema = 1\n") as store, store.lock(NOW):
                made = drafts(size)
                with store.writer() as writer:
                    while batch := list(islice(made, BATCH)):
                        writer.append(batch)
            with Archive.open(path):
                pass  # the index is not what is measured
            subprocess.run([sys.executable, "-m", "benchmarks.audit", str(path), str(size)], check=True)


def measure(path: str, size: int) -> None:
    """Audit an archive and say what it took."""
    start = _cpu()
    with Archive.open(path) as archive:
        findings = sum(1 for _ in review.audit(archive))
        taken = _cpu() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{size} revisions: {taken:.1f} s CPU, {1000 * taken / size:.2f} ms each, {memory} MB; {findings} findings")


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    measure(sys.argv[1], int(sys.argv[2]))
