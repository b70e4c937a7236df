"""Writes commits through one running `git fast-import`, and believes only what it can read back.

Takes a launched process, gives commit ids. What a page says reaches git only as data with a byte count; paths and
identity are checked here, because fast-import itself accepts almost anything. Knows nothing of branches or
publication, and does not launch git.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, Protocol

from archiver.errors import StoreError
from archiver.model import Article, Revision
from archiver.store.disk import reported, sync_folder
from archiver.store.git.process import IDENTITY
from archiver.store.layout import article_path, metadata_path
from archiver.store.serialize import article_text, commit_message, metadata_text

OPTIONS = ("--quiet", "--done", "--date-format=raw", "--big-file-threshold=256")
"""`--done`: a stream cut short commits nothing. The threshold keeps fast-import from making deltas between unrelated
pages, which every later repack would keep."""

_PATH = re.compile(r"[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*")
_PATIENCE_S = 600.0
"""How long a disk may take to store one batch."""


class NotAcknowledged(StoreError):
    """git did not store a batch, or not where it belongs."""


class Launched(Protocol):
    """A started process that is terminated when this object is dropped."""

    @property
    def proc(self) -> subprocess.Popen[bytes]:
        """The process, with pipes for its three streams."""


def file(path: str, content: bytes) -> bytes:
    """The command that puts a file with this content into a commit."""
    return b"M 100644 inline %b\ndata %d\n%b\n" % (_checked(path), len(content), content)


def known_file(path: str, blob: str) -> bytes:
    """The command that puts a file into a commit whose content git has already."""
    return b"M 100644 %b %b\n" % (blob.encode(), _checked(path))


class FastImport:
    """One `git fast-import` that appends commits to one ref."""

    def __init__(self, launched: Launched, *, git_dir: Path, ref: str, parent: str) -> None:
        """Take a launched `git fast-import`; the first commit will follow `parent` ("" for a root)."""
        self._launched = launched
        self._process = launched.proc
        self._ref = ref
        self._ref_file = git_dir / ref
        self._folders = (git_dir / "objects" / "pack", self._ref_file.parent)
        self._parent = parent
        self._mark = self._acknowledged = 0
        self._lines: Queue[str] = Queue()
        self._errors: list[str] = []
        # Pipes that nobody reads fill up and stop git for ever.
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._readers = (
            Thread(target=_drain, args=(self._process.stdout, self._lines.put), daemon=True),
            Thread(target=_drain, args=(self._process.stderr, self._errors.append), daemon=True),
        )
        for reader in self._readers:
            reader.start()

    def commit(self, message: str, at: datetime, changes: Sequence[bytes]) -> None:
        """Send one commit; it counts only after `acknowledge`."""
        self._mark += 1
        # git cannot tell times before 1970; the message keeps the true one.
        who = f"{IDENTITY[0]} <{IDENTITY[1]}> {max(0, int(at.timestamp()))} +0000"
        text = message.encode("utf-8", "replace")
        head = f"commit {self._ref}\nmark :{self._mark}\nauthor {who}\ncommitter {who}\ndata {len(text)}\n"
        parent = f"from {self._parent}\n" if self._parent else ""
        self._parent = ""
        self._send(head.encode(), text, b"\n", parent.encode(), *changes)

    def acknowledge(self) -> tuple[str, ...]:
        """Make everything sent so far durable; the ids of the commits since the last call.

        What counts is the ref. An acknowledgement alone proves nothing: a ref lock left by a crash, and a ref that
        moved under us, are both acknowledged. And a git that ends before it can say so may have moved the ref.

        Raises NotAcknowledged when the ref is not at the last commit: then none of them is stored.
        """
        count = self._mark - self._acknowledged
        questions = "".join(f"get-mark :{mark}\n" for mark in range(self._acknowledged + 1, self._mark + 1))
        answers: list[str] = []
        failure = None
        try:
            self._send(questions.encode(), b"checkpoint\n", f"progress {self._mark}\n".encode(), flush=True)
            while len(answers) <= count:  # the ids, then the progress
                answers.append(self._answer())
        except NotAcknowledged as error:
            failure = error
            answers += iter(self._lines.get_nowait, "")
        commits = tuple(answers[:count])
        if len(commits) < count or (commits and self._read_ref() != commits[-1]):
            raise failure or self._failure(f"{self._ref} did not move")
        with reported("the archive", self._ref_file):
            for folder in self._folders:
                sync_folder(folder)
        self._acknowledged = self._mark
        return commits

    def finish(self) -> None:
        """Let git end. Everything that counts has been acknowledged before."""
        with suppress(NotAcknowledged):
            self._send(b"done\n")
        self.stop(wait_s=_PATIENCE_S)

    def stop(self, *, wait_s: float = 0.0) -> None:
        """End git: by itself within `wait_s` seconds, otherwise by force, which discards what is not acknowledged."""
        assert self._process.stdin is not None
        if not wait_s:
            self._process.kill()
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(wait_s or None)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for reader in self._readers:
            reader.join()

    def _send(self, *parts: bytes, flush: bool = False) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(b"".join(parts))
            if flush:
                self._process.stdin.flush()
        except (OSError, ValueError) as error:  # the pipe is broken, or closed by `stop`
            raise self._failure(str(error)) from error

    def _answer(self) -> str:
        try:
            line = self._lines.get(timeout=_PATIENCE_S)
        except Empty:
            raise self._failure(f"no answer for {_PATIENCE_S:.0f} seconds") from None
        if not line:
            self._lines.put("")  # still the end for whoever looks next
            raise self._failure("it ended early")
        return line

    def _read_ref(self) -> str:
        try:
            return self._ref_file.read_text("ascii").strip()
        except OSError:
            return ""

    def _failure(self, reason: str) -> NotAcknowledged:
        """Stop git and say why it failed, in its own words where it has some."""
        self.stop()
        words = [line for line in self._errors if line.startswith(("fatal:", "error:", "warning:"))]
        return NotAcknowledged(
            f"git fast-import failed: {words[0] if words else reason}",
            hint="see to the cause, then run again: nothing that was reported is lost",
        )


class Writer:
    """Appends revisions in acknowledged batches. A context manager; git starts with the first batch."""

    def __init__(self, start: Callable[[], FastImport]) -> None:
        """Take the function that starts a fast-import from the tip of record."""
        self._start = start
        self._running: FastImport | None = None

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._running:
            self._running.finish()
            self._running = None

    def append(self, batch: Sequence[tuple[Revision, Article]]) -> tuple[Revision, ...]:
        """Commit the batch in its order; the revisions with `commit` and `text_sha256` filled in.

        When this returns the whole batch is on disk, synced. Raises StoreError when that cannot be had: then nothing
        of the batch was acknowledged, and what went before stands.
        """
        try:
            return self._write(batch)
        except NotAcknowledged:
            return self._write(batch)  # once more, from where the ref stands now

    def _write(self, batch: Sequence[tuple[Revision, Article]]) -> tuple[Revision, ...]:
        if not batch:
            return ()
        running, self._running = self._running or self._start(), None
        try:
            kept = tuple(_send_revision(running, revision, article) for revision, article in batch)
            commits = running.acknowledge()
        except BaseException:
            running.stop()  # half a batch must not ride along with the next one
            raise
        self._running = running
        return tuple(replace(revision, commit=commit) for revision, commit in zip(kept, commits, strict=True))


def _send_revision(running: FastImport, revision: Revision, article: Article) -> Revision:
    text = article_text(article).encode()
    revision = replace(revision, text_sha256=hashlib.sha256(text).hexdigest())
    metadata = metadata_text(revision, article).encode()
    changes = (file(article_path(revision.key), text), file(metadata_path(revision.key), metadata))
    running.commit(commit_message(revision), revision.captured_at, changes)
    return revision


def _checked(path: str) -> bytes:
    if not _PATH.fullmatch(path) or {".", "..", ".git"} & set(path.lower().split("/")):
        raise ValueError(f"not a path of an archive: {path!r}")
    return path.encode()


def _drain(stream: IO[bytes], put: Callable[[str], object]) -> None:
    """Pass on every line, and "" at the end."""
    with stream:
        for line in stream:
            put(line.decode("utf-8", "replace").rstrip("\n"))
    put("")
