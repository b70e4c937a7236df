"""Reads the pages that wait for their turn, in processes of their own, so that a large run uses all cores.

What is read is the same as without: an extraction depends on its capture, the recipes and the hooks alone. Small runs,
and runs that wait for slow servers, never start a process, nor import what it takes.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from archiver.hooks import Hooks
from archiver.model import Capture, Extraction, FetchFailure
from archiver.reading import Reader
from archiver.recipes import Recipe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future, ProcessPoolExecutor

_ALONE = 30
"""Pages that are read before processes are started, which costs as much as reading these."""
_LARGEST = 1024 * 1024
"""Bytes of a page that is worth the way to another process; a larger one would stand in memory there as well."""
_MOST_PROCESSES = 4
"""What one process can judge and keep of what they read."""


class ReaderAhead(Reader):
    """A reader whose next pages may be under way already; a context manager.

    `begin` may be called by another thread than the rest.
    """

    def __init__(self, recipes: tuple[Recipe, ...] = (), hooks: Hooks | None = None) -> None:
        """As in `Reader`."""
        super().__init__(recipes, hooks)
        self._processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
        """How many are worth while: with one, everything is read here."""
        self._pool: ProcessPoolExecutor | None = None
        self._begun: dict[int, Future[Extraction]] = {}
        """By identity of the capture."""
        self._read = 0
        self._reads = True
        """Whether the last capture that was done with had to be read; where all is as it was, nothing is begun."""

    def __enter__(self) -> Self:
        """Nothing is started yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes; what they had begun is dropped, and nothing is begun any more."""
        self._processes = 1
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def begin(self, capture: Capture) -> None:
        """Begin to read a capture that has to wait, if that is worth while; `read` or `done` must follow."""
        is_worth_it = capture.status == 200 and len(capture.content) <= _LARGEST
        if self._processes > 1 and self._reads and self._read >= _ALONE and is_worth_it:
            self._pool = self._pool or self._start()
            # A process may start here; until it has begun its life, Ctrl-C would end it with words of its own.
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                with _undisturbed():
                    self._begun[id(capture)] = self._pool.submit(_read, replace(capture, payload=b""))
            except RuntimeError:  # it broke, or the run is over
                self._processes = 1
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def read(self, capture: Capture) -> Extraction:
        """As `Reader.read`."""
        self._read += 1
        self._reads = True
        begun = self._begun.pop(id(capture), None)
        if begun is not None:
            from concurrent.futures.process import BrokenProcessPool

            try:
                return begun.result()
            except BrokenProcessPool:
                self._processes = 1
        return super().read(capture)

    def done(self, result: Capture | FetchFailure) -> None:
        """Forget a result that has been examined, whether or not it was read."""
        if (begun := self._begun.pop(id(result), None)) is not None:
            begun.cancel()
            self._reads = False

    def _start(self) -> ProcessPoolExecutor:
        """The pool; it starts its processes with the first page it is given."""
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        with _undisturbed():  # apart from the first page: multiprocessing lets Ctrl-C in again where this ends
            return ProcessPoolExecutor(self._processes, get_context("spawn"), _prepare, (self._recipes, self._hooks))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Within this context processes are born that hear neither of Ctrl-C nor of a closed terminal: the run does."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


_reader = Reader()
"""Of a process that reads."""


def _prepare(recipes: tuple[Recipe, ...], hooks: Hooks | None) -> None:
    """Begin the life of a process that reads; nobody outlives the run."""
    global _reader
    _reader = Reader(recipes, hooks)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    from multiprocessing import parent_process

    if run := parent_process():
        run.join()
        os._exit(1)


def _read(capture: Capture) -> Extraction:
    return _reader.read(capture)
