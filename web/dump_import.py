"""Importing a metadata dump: the file's records through the pipeline, its bytes as the measure of progress."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Protocol

from importers.arxiv_dump import Dump, read_dump
from importers.rejected import Rejected
from registry.import_log import Tally
from registry.papers import ArxivPaper
from web.imports import ImportRun, Reporter
from web.opening import OpenRegistry

SOURCE = "dump"


class FileReporter(Reporter, Protocol):
    """A reporter that is also told how much of the file has been read, in bytes."""

    def position(self, done_bytes: int, size_bytes: int) -> None: ...


def import_dump(
    registry: OpenRegistry, path: Path, reporter: FileReporter, stop: Event, *, dry_run: bool = False
) -> Tally:
    """Import a dump. Raises InvalidInput for a file that is none, Interrupted when asked to stop."""
    dump = read_dump(path)
    with ImportRun(registry, SOURCE, {"file": str(path)}, reporter, stop, dry_run=dry_run) as run:
        run.step = path.name
        run.take_in(_telling_position(dump, reporter))
    return run.tally


def _telling_position(dump: Dump, reporter: FileReporter) -> Iterator[ArxivPaper | Rejected]:
    for record in dump:
        yield record
        reporter.position(dump.position_bytes, dump.size_bytes)
