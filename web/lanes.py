"""Two batches on their way at once: one is computed while the database writes the other.

Measured: a batch costs this process about as much processor time as it costs Postgres, so that one after the other
leaves a core idle. Batches that name the same paper never run together: their order is the order of their records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Generic, Self, TypeVar

from registry.papers import ArxivPaper, Deletion

LANES = 2
_Answer = TypeVar("_Answer")


class Lanes(Generic[_Answer]):
    """Runs ``work`` on batches, `LANES` at a time. Use as a context manager: leaving it waits for what is on its way.

    ``work`` is called from other threads. An error of a batch is raised where its answer would have come. ``sent``
    counts the batches that were started so far.
    """

    def __init__(self, work: Callable[[Sequence[ArxivPaper | Deletion]], _Answer], *, lanes: int = LANES) -> None:
        self._work = work
        self._lanes = lanes
        self._threads = ThreadPoolExecutor(lanes, thread_name_prefix="batch")
        self._running: dict[Future[_Answer], frozenset[str]] = {}
        self._numbers: dict[Future[_Answer], int] = {}  # of those that run or failed, from 0
        self.sent = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown()

    def send(self, batch: Sequence[ArxivPaper | Deletion]) -> Iterator[_Answer]:
        """Start a batch as soon as there is a lane and no batch with the same papers runs; what was done meanwhile."""
        named = frozenset(one.arxiv_id for one in batch)
        while len(self._running) >= self._lanes or any(not named.isdisjoint(ids) for ids in self._running.values()):
            yield from self._finished()
        future = self._threads.submit(self._work, batch)
        self._running[future], self._numbers[future] = named, self.sent
        self.sent += 1

    def rest(self) -> Iterator[_Answer]:
        """Wait for the batches that are on their way."""
        while self._running:
            yield from self._finished()

    @property
    def done(self) -> int:
        """How many batches, from the first one on without a gap, are done and their answers given."""
        return min(self._numbers.values(), default=self.sent)

    def _finished(self) -> Iterator[_Answer]:
        """The answers there are, in order. One that fails leaves those after it to the next asking."""
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=self._numbers.__getitem__):
            del self._running[future]
            answer = future.result()
            del self._numbers[future]
            yield answer
