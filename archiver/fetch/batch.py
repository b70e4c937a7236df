"""Many URLs side by side: each host has a queue of its own, so that none waits for another.

A visit that is redirected moves to the queue of the host it is sent to; one that needs a second try goes back to
the head of its own. Runs inside the event loop of `Fetcher`; `results` is how outcomes leave it.
"""

from __future__ import annotations

import asyncio
import queue
from collections import deque
from collections.abc import Callable, Coroutine, Iterable

from archiver.errors import BadUrl
from archiver.fetch import Failed, Follow
from archiver.fetch.visits import Visit, Visits, host_key
from archiver.model import Capture, FetchFailure, Request
from archiver.urls import normalise_url


class Batch:
    """The visits of one call of `Fetcher.fetch`: a queue and a worker for each host, one queue of results.

    At most `results_kept` captures wait to be taken; then the workers wait, so that memory stays bounded. `waits` is
    told of each that is not the first of them.
    """

    def __init__(
        self,
        visits: Visits,
        results_kept: int,
        waits: Callable[[Capture], None] | None = None,
        follow: Follow | None = None,
    ) -> None:
        self.results: queue.SimpleQueue[Capture | FetchFailure | BaseException] = queue.SimpleQueue()
        self._visits = visits
        self._waits, self._follow = waits, follow
        self._slots = asyncio.Semaphore(results_kept)
        self._queues: dict[str, deque[Visit]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    def add(self, requests: Iterable[Request]) -> None:
        """Begin a visit for each."""
        for request in requests:
            try:
                self._enqueue(Visit(request, normalise_url(request.url), self._follow))
            except BadUrl as error:
                failed = Failed("refused", str(error), hint=error.hint)
                self._start(self._tell(self._visits.failure(Visit(request, request.url), failed)))

    def taken(self) -> None:
        """One result left the queue."""
        self._slots.release()

    def cancel(self) -> None:
        """Stop what is under way; nothing more comes out."""
        for worker in self._workers:
            worker.cancel()

    def _enqueue(self, visit: Visit, *, first: bool = False) -> None:
        key = host_key(visit.url)
        if key not in self._queues:
            self._queues[key] = deque()
            self._start(self._work(key))
        if first:
            self._queues[key].appendleft(visit)
        else:
            self._queues[key].append(visit)

    async def _work(self, key: str) -> None:
        visits = self._queues[key]
        while visits:
            visit = visits.popleft()
            outcome = await self._advance(visit)
            if outcome is None:
                if visit.first is None:
                    self._slots.release()
                self._enqueue(visit, first=host_key(visit.url) == key)
            else:
                self._put(outcome)
        del self._queues[key]

    def _put(self, outcome: Capture | FetchFailure) -> None:
        if self._waits and isinstance(outcome, Capture) and not self.results.empty():
            self._waits(outcome)
        self.results.put(outcome)

    async def _advance(self, visit: Visit) -> Capture | FetchFailure | None:
        """A step of the visit, and with it a place for its result; one that brought pages already has its place."""
        has_place = visit.first is not None
        try:
            outcome = await self._visits.prepare(visit)
        except Exception as error:
            outcome = self._stumbled(visit, error)
        if not has_place:
            await self._slots.acquire()
        try:
            return outcome or await self._visits.advance(visit)
        except Exception as error:
            return self._stumbled(visit, error)

    def _stumbled(self, visit: Visit, error: Exception) -> FetchFailure:
        """What a server sent was too much for a library, or for us: that costs one page and not the run."""
        words = f"{type(error).__name__}: {error}".splitlines()[0]
        return self._visits.failure(visit, Failed("protocol", f"unexpected {words}", hint="please report this"))

    async def _tell(self, failure: FetchFailure) -> None:
        await self._slots.acquire()
        self.results.put(failure)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        worker = asyncio.get_running_loop().create_task(work)
        self._workers.add(worker)
        worker.add_done_callback(self._finished)

    def _finished(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        if not worker.cancelled() and (error := worker.exception()) is not None:
            self.results.put(error)
