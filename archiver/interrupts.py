"""Lets Ctrl-C, TERM and a closed terminal in only where nothing can be left half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self, TypeVar

from archiver.errors import HUNG_UP, INTERRUPTED, TERMINATED

T = TypeVar("T")

_CODES = {signal.SIGHUP: HUNG_UP, signal.SIGINT: INTERRUPTED, signal.SIGTERM: TERMINATED}


class Interrupted(KeyboardInterrupt):
    """The user or the system asked to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = _CODES[signal.Signals(number)]


class Interrupts:
    """Within this context SIGINT, SIGTERM and SIGHUP are held back, and raised as `Interrupted` by the next `wait`.

    A SIGHUP that is ignored, as by `nohup`, stays so. Only the main thread of a process receives signals;
    elsewhere this does nothing.
    """

    def __init__(self) -> None:
        self._pending = 0
        self._waiting = False
        self._before: dict[int, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        """Take over the signals."""
        if threading.current_thread() is threading.main_thread():
            for number in _CODES:
                if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._caught)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the signals back; one that came while nobody waited is raised now, unless an error is under way."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._pending and kind is None:
            raise Interrupted(self._pending)

    def wait(self, call: Callable[[], T]) -> T:
        """Call something that may take long and that an interrupt may cut short."""
        self._waiting = True
        try:
            if self._pending:
                raise Interrupted(self._pending)
            return call()
        finally:
            self._waiting = False

    def _caught(self, number: int, frame: FrameType | None) -> None:
        self._pending = number
        if self._waiting:
            raise Interrupted(number)
