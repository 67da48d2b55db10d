"""Progress and summary on a terminal, for people watching an import."""

from __future__ import annotations

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from importers.rejected import Rejected
from registry.import_log import Tally


class _Rate(ProgressColumn):
    """Papers a second since the start."""

    def render(self, task: object) -> Text:
        elapsed, papers = getattr(task, "elapsed", None), getattr(task, "fields", {}).get("papers", 0)
        return Text(f"{papers / elapsed:,.0f}/s" if elapsed else "")


class ProgressBar:
    """A bar with count, rate and time left. ``unit`` is what the bar is measured in: "papers", or "bytes" of a file.

    Off a terminal nothing moves; the summary is printed all the same. Keeps the refused records for the summary.
    """

    def __init__(self, unit: str) -> None:
        self.refused: list[Rejected] = []
        self._by_bytes = unit == "bytes"
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[papers]:,} papers"),
            _Rate(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._task = self._bar.add_task("importing", total=None, papers=0)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def rejected(self, rejected: Rejected) -> None:
        """Remember a refused record."""
        self.refused.append(rejected)

    def progress(self, tally: Tally, step: str | None, expected: int | None) -> None:
        """Show the counts after a batch."""
        self._bar.update(self._task, description=step or "importing", papers=tally.seen)
        if not self._by_bytes:
            self._bar.update(self._task, completed=tally.seen, total=expected)

    def waiting(self, seconds: float, why: str) -> None:
        """Say why nothing moves."""
        waiting = f"waiting {seconds:.0f} s"
        if seconds:
            self._bar.update(self._task, description=waiting)
        self._bar.console.print(f"{waiting}: {why}" if seconds else why, markup=False, highlight=False)

    def position(self, done_bytes: int, size_bytes: int) -> None:
        """Show how much of the file has been read."""
        self._bar.update(self._task, completed=done_bytes, total=size_bytes)


def show_summary(tally: Tally, refused: list[Rejected], *, dry_run: bool = False) -> None:
    """Print what became of the records, and each refused one with its line and the reason."""
    console = Console(highlight=False, soft_wrap=True)
    for one in refused:
        place = f"line {one.line_number}" if one.line_number is not None else "record"
        console.print(f"rejected {place}: {one.reason}", markup=False)
    would = "nothing was written; it would be " if dry_run else ""
    console.print(
        f"{would}{tally.created:,} new, {tally.updated:,} updated, {tally.unchanged:,} unchanged, "
        f"{tally.rejected:,} rejected"
    )
