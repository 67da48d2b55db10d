"""Running an import from its first record to its summary: batches through the pipeline, the run kept in the log.

The same loop serves the command line and the worker; each shows progress in its own way (`Reporter`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from threading import Event
from typing import Any, Protocol

from importers.rejected import Rejected
from registry.database import transaction
from registry.errors import RegistryError
from registry.import_log import Tally, finish_run, note_progress, note_rejection, start_run
from registry.papers import ArxivPaper
from web.opening import OpenRegistry
from web.pipeline import BATCH, Pipeline


class Reporter(Protocol):
    """Whoever wants to see a run: told of each refused record, and of the counts after each batch."""

    def rejected(self, rejected: Rejected) -> None: ...

    def progress(self, tally: Tally, step: str | None, expected: int | None) -> None: ...


class Interrupted(Exception):
    """The run was asked to stop; what was committed stays, and the same import run again goes on from there."""


class ImportRun:
    """One run of one source. Use as a context manager: it is closed as done, failed or interrupted.

    ``step`` (what the run is at, a category say) and ``expected`` (papers in all, if known) are the caller's to set.
    """

    def __init__(
        self, registry: OpenRegistry, source: str, parameters: Mapping[str, Any], reporter: Reporter, stop: Event
    ) -> None:
        self.tally = Tally()
        self.step: str | None = None
        self.expected: int | None = None
        self._registry = registry
        self._source = source
        self._parameters = parameters
        self._reporter = reporter
        self._stop = stop
        self._pipeline: Pipeline = registry.pipeline()
        self._run = 0

    def __enter__(self) -> ImportRun:
        with transaction(self._registry.engine) as session:
            self._run = start_run(session, self._source, self._parameters)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        state = "done" if error is None else "failed" if isinstance(error, RegistryError) else "interrupted"
        words = str(error) if isinstance(error, RegistryError) else None
        with transaction(self._registry.engine) as session:
            finish_run(session, self._run, self.tally, state=state, error=words)

    def take_in(self, records: Iterable[ArxivPaper | Rejected], *, batch_size: int = BATCH) -> None:
        """Take all records in, a batch at a time. Raises Interrupted between batches when asked to stop."""
        for batch in _batches(self._kept(records), batch_size):
            self.tally += self._pipeline.take_in(batch)
            self.report()
            if self._stop.is_set():
                raise Interrupted(self.step or self._source)
        self.report()

    def report(self) -> None:
        """Tell the log and the reporter how far the run is."""
        with transaction(self._registry.engine) as session:
            note_progress(session, self._run, self.tally, step=self.step, expected=self.expected)
        self._reporter.progress(self.tally, self.step, self.expected)

    def _kept(self, records: Iterable[ArxivPaper | Rejected]) -> Iterator[ArxivPaper]:
        for one in records:
            if isinstance(one, Rejected):
                self.tally += Tally(rejected=1)
                with transaction(self._registry.engine) as session:
                    note_rejection(session, self._run, asdict(one))
                self._reporter.rejected(one)
            else:
                yield one


def _batches(papers: Iterable[ArxivPaper], size: int) -> Iterator[list[ArxivPaper]]:
    batch: list[ArxivPaper] = []
    for paper in papers:
        batch.append(paper)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
