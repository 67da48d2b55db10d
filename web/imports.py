"""Running an import from its first record to its summary: batches through the pipeline, the run kept in the log.

The same loop serves the command line and the worker; each shows progress in its own way (`Reporter`). A database that
is away for a while is outlasted; a request to stop is heard between batches and in every pause.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from threading import Event
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlmodel import Session

from importers.arxiv_transport import Manners
from importers.rejected import Rejected
from registry.database import transaction
from registry.errors import RegistryError, SourceUnavailable
from registry.import_log import Tally, finish_run, note_progress, note_rejection, note_wait, start_run
from registry.outage import outlast
from registry.papers import ArxivPaper, Deletion
from registry.stopping import Interrupted
from web.asking import asking
from web.collector import fewer_collections
from web.lanes import LANES, Lanes
from web.opening import OpenRegistry
from web.pipeline import BATCH, Pipeline

Record: TypeAlias = ArxivPaper | Deletion | Rejected
Part: TypeAlias = tuple[Iterable[Record], Callable[[], None]]
"""Some records, and what is to be called once they are in."""
_KEPT_REJECTIONS = 100
_CLOSING_PATIENCE_SECONDS = 30.0
_Answer = TypeVar("_Answer")


class Reporter(Protocol):
    """Whoever wants to see a run: told of each refused record, of the counts after each batch, and of each pause."""

    def rejected(self, rejected: Rejected) -> None: ...

    def progress(self, tally: Tally, step: str | None, expected: int | None) -> None: ...

    def waiting(self, seconds: float, why: str) -> None: ...


class Asking(Protocol):
    """A reader that counts the requests it makes."""

    @property
    def requests_made(self) -> int: ...


class ImportRun:
    """One run of one source. Use as a context manager: it is closed as done, failed or interrupted.

    ``step`` (what the run is at, a category say) and ``expected`` (papers in all, if known) are the caller's to set.
    A dry run fetches and compares; it writes neither papers nor log.
    """

    def __init__(
        self,
        registry: OpenRegistry,
        source: str,
        parameters: Mapping[str, Any],
        reporter: Reporter,
        stop: Event,
        *,
        dry_run: bool = False,
    ) -> None:
        self.tally = Tally()
        self.step: str | None = None
        self.expected: int | None = None
        self.dry_run = dry_run
        self.sleep = stop.wait
        self._registry = registry
        self._source = source
        self._parameters = parameters
        self._reporter = reporter
        self._stop = stop
        self._pipeline: Pipeline = registry.pipeline()
        self._asking: list[Asking] = []
        self._compared: set[str] = set()
        self._left = Event()
        self._run = 0
        self._collector = ExitStack()

    def __enter__(self) -> ImportRun:
        job_id = self._registry.job_id
        self._run = self.write(lambda session: start_run(session, self._source, self._parameters, job_id=job_id)) or 0
        self._collector.enter_context(fewer_collections())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        with self._collector:
            self._close(error)

    def _close(self, error: BaseException | None) -> None:
        if error is None:
            # What was announced, if anything, is an estimate (a paper may be listed twice); this is what it was.
            self.expected = self.tally.seen
            self.report()
        if self.dry_run:
            return
        state = "done" if error is None else "failed" if isinstance(error, RegistryError) else "interrupted"
        words = str(error) if isinstance(error, RegistryError) else None

        def finish() -> None:
            with transaction(self._registry.engine) as session:
                finish_run(session, self._run, self.tally, state=state, error=words, requests=self.requests)

        outlast(finish, patience_seconds=_CLOSING_PATIENCE_SECONDS)

    @property
    def requests(self) -> int:
        """Requests made so far, tries that failed among them."""
        return sum(reader.requests_made for reader in self._asking)

    def asks(self, reader: Asking) -> None:
        """Count the requests of this reader as the run's."""
        self._asking.append(reader)

    def manners(self, url: str) -> Manners:
        """How this run asks ``url``: at the registry's shared pace, its pauses told."""
        return asking(self._registry, url, sleep=self.sleep, on_wait=self.waiting)

    def waiting(self, seconds: float, why: str) -> None:
        """Tell the log and the reporter that the run pauses, and why."""
        self.write(lambda session: note_wait(session, self._run, seconds, why))
        self._reporter.waiting(seconds, why)

    def take_in(self, records: Iterable[Record], *, batch_size: int = BATCH) -> None:
        """Take all records in, batch by batch, the next being read while one is taken in.

        Raises Interrupted between batches when asked to stop; what is on its way then is finished first.
        """
        self.take_in_parts([(records, lambda: None)], batch_size=batch_size)

    def take_in_parts(self, parts: Iterable[Part], *, batch_size: int = BATCH) -> None:
        """Take in part after part, the next being fetched while batches of the one before are on their way.

        With each part comes what is to be called once it and all before it are in; it is called also where a later
        part cannot be had. Raises as `take_in`.
        """
        self._left.clear()
        ends: deque[tuple[int, Callable[[], None]]] = deque()
        with Lanes(self._taken_in, lanes=1 if self.dry_run else LANES) as lanes:
            try:
                for records, then in parts:
                    for batch in _batches(self._kept(records), batch_size):
                        self._count(lanes.send(batch))
                        _call_due(ends, lanes.done)
                        self.heed()
                    ends.append((lanes.sent, then))
                self._count(lanes.rest())
                _call_due(ends, lanes.done)
            except BaseException:
                self._left.set()  # a batch that waits for the database is not waited for
                with suppress(Interrupted):
                    self._count(lanes.rest())
                    _call_due(ends, lanes.done)
                raise
        self.report()

    def _count(self, taken_in: Iterable[Tally]) -> None:
        for tally in taken_in:
            self.tally += tally
            self.report()

    def heed(self) -> None:
        """Raises Interrupted when the run was asked to stop."""
        if self._stop.is_set():
            raise Interrupted(self.step or self._source)

    def report(self) -> None:
        """Tell the log and the reporter how far the run is."""
        told = {"step": self.step, "expected": self.expected, "requests": self.requests}
        self.write(lambda session: note_progress(session, self._run, self.tally, **told))  # type: ignore[arg-type]
        self._reporter.progress(self.tally, self.step, self.expected)

    def read(self, query: Callable[[Session], _Answer]) -> _Answer:
        """Ask the database, however often it takes."""

        def once() -> _Answer:
            with transaction(self._registry.engine) as session:
                return query(session)

        return outlast(once, sleep=self._sleep_for_database)

    def write(self, statement: Callable[[Session], _Answer]) -> _Answer | None:
        """Write to the database, however often it takes; a dry run doesn't, and answers None."""
        return None if self.dry_run else self.read(statement)

    def _taken_in(self, batch: Sequence[ArxivPaper | Deletion]) -> Tally:
        """One batch through the line; called from the lanes' threads."""
        papers = [one for one in batch if isinstance(one, ArxivPaper)]
        deletions = [one for one in batch if isinstance(one, Deletion)]
        if not self.dry_run:
            return outlast(lambda: self._pipeline.take_in(papers, deletions), sleep=self._sleep_for_database)
        fresh = [one for one in papers if one.arxiv_id not in self._compared]
        self._compared.update(one.arxiv_id for one in fresh)
        compared = outlast(lambda: self._pipeline.compare(fresh, deletions), sleep=self.sleep)
        return compared + Tally(unchanged=len(papers) - len(fresh))

    def _sleep_for_database(self, seconds: float) -> bool:
        """A pause that ends when the run was asked to stop, or was left."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and not self._left.is_set():
            if self._stop.wait(min(left, 0.5)):
                return True
        return self._left.is_set()

    def _kept(self, records: Iterable[Record]) -> Iterator[ArxivPaper | Deletion]:
        for one in records:
            if not isinstance(one, Rejected):
                yield one
                continue
            if self.tally.rejected < _KEPT_REJECTIONS:
                kept = asdict(one)
                self.write(lambda session, kept=kept: note_rejection(session, self._run, kept))  # type: ignore[misc]
            self.tally += Tally(rejected=1)
            self._reporter.rejected(one)


def _call_due(ends: deque[tuple[int, Callable[[], None]]], done: int) -> None:
    """Call what waits for so many batches, in order."""
    while ends and ends[0][0] <= done:
        ends.popleft()[1]()


def _batches(records: Iterable[ArxivPaper | Deletion], size: int) -> Iterator[list[ArxivPaper | Deletion]]:
    """Batches of so many; where the source fails in the middle of one, what came of it first."""
    batch: list[ArxivPaper | Deletion] = []
    try:
        for record in records:
            batch.append(record)
            if len(batch) == size:
                yield batch
                batch = []
    except (SourceUnavailable, Interrupted):
        if batch:
            yield batch
        raise
    if batch:
        yield batch
