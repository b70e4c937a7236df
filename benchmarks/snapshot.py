"""Snapshots of a large loopback newsroom: at first sight, all answered 304, with other furniture around each text.

`ARTICLES` and `KILOBYTES` in the environment set the size, `PAGES` may name a folder of real pages to serve. With
`PEER_PYTHON`, an interpreter that has httpx, trafilatura and GitPython, a straightforward loop of these does the same
work on `PEER_ARTICLES` of the articles.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from benchmarks.child import Use, archiver, measured

HOSTS = 50
ARTICLES = int(os.environ.get("ARTICLES", "10000"))
KILOBYTES = int(os.environ.get("KILOBYTES", "200"))
PEER_ARTICLES = int(os.environ.get("PEER_ARTICLES", "1000"))


def main() -> None:
    """The table."""
    with TemporaryDirectory() as place:
        _ours(Path(place) / "news", ARTICLES)
        if peer := os.environ.get("PEER_PYTHON"):
            if PEER_ARTICLES < ARTICLES:
                _ours(Path(place) / "fewer", PEER_ARTICLES)
            _theirs(Path(place) / "peer", PEER_ARTICLES, peer)


def _ours(archive: Path, articles: int) -> None:
    with newsroom(articles) as (hosts, change):
        archiver("init", str(archive))
        config = archive / "archiver.toml"
        text = config.read_text(encoding="utf-8").replace("delay_s = 2.0", "delay_s = 0.0")
        allowed = ", ".join(f'"{host}"' for host in hosts)
        config.write_text(text.replace("allow_hosts = []", f"allow_hosts = [{allowed}]"), encoding="utf-8")
        sitemaps = (f"http://{host}/sitemap.xml" for host in hosts)
        archiver("--archive", str(archive), "watch", "add", "--kind", "sitemap", *sitemaps)
        run = ("--archive", str(archive), "snapshot", "--quiet")
        _print("archiver, first sight", articles, archiver(*run))
        _print("archiver, all 304", articles, archiver(*run, "--all"))
        change()
        _print("archiver, other furniture", articles, archiver(*run, "--all"))


def _theirs(folder: Path, articles: int, python: str) -> None:
    with newsroom(articles) as (hosts, change):
        per_host = articles // HOSTS
        urls = "\n".join(f"http://{host}/news/story-of-the-harbour-{n}/" for n in range(per_host) for host in hosts)
        command = (python, str(Path(__file__).with_name("peer_loop.py")), str(folder))
        _print("plain loop, first sight", articles, measured(command, said=urls))
        _print("plain loop, all 304", articles, measured(command, said=urls))
        change()
        _print("plain loop, other furniture", articles, measured(command, said=urls))


@contextmanager
def newsroom(articles: int) -> Iterator[tuple[list[str], Callable[[], None]]]:
    """The hosts of a newsroom that runs, and how to change its furniture."""
    command = [sys.executable, "-m", "benchmarks.newsroom", str(HOSTS), str(articles), str(KILOBYTES)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin
    assert child.stdout
    told: IO[str] = child.stdin

    def change() -> None:
        told.write("\n")
        told.flush()

    try:
        yield child.stdout.readline().split(), change
    finally:
        child.stdin.close()
        child.wait()
        child.stdout.close()


def _print(what: str, articles: int, use: Use) -> None:
    print(f"{what:28} {articles:>6,} articles  {articles / use.wall_s:7.0f}/s  {use}", flush=True)


if __name__ == "__main__":
    main()
