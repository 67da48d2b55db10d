"""Reading the schedule and the import log together: each entry with its last run, what came of it, and its next.

For the status page, the API and the command line; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, select
from sqlmodel import Session

from registry.job_log import JobState, JobSummary, read_jobs
from registry.schedule import Firing, ScheduleEntry, last_firings, read_schedule
from registry.tables import ImportRunRow

_RUN: Table = ImportRunRow.__table__  # type: ignore[attr-defined]
_SILENCE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class ImportRunSummary:
    """One run of an import. ``state``: running, done, failed or interrupted (not heard of for minutes counts as that).

    ``faults`` are the first troubles it met and waited out, ``rejections`` the first records it refused, as sentences.
    """

    id: int
    source: str
    parameters: Mapping[str, Any]
    state: str
    started_at: datetime
    seconds: float
    step: str | None
    expected: int | None
    created: int
    updated: int
    unchanged: int
    rejected: int
    requests: int
    error: str | None
    waiting: str | None
    faults: tuple[str, ...]
    rejections: tuple[str, ...]
    job_id: int | None

    @property
    def found(self) -> int:
        """Papers that arXiv gave, refused ones among them."""
        return self.created + self.updated + self.unchanged + self.rejected

    @property
    def of_what(self) -> str:
        """What was asked, in a few words: categories, sets, ids, a file, and days where they were named."""
        parts = [
            ", ".join(map(str, self.parameters[name][:8]))
            for name in ("categories", "sets", "ids")
            if self.parameters.get(name)
        ]
        parts += [str(self.parameters["file"]).rpartition("/")[2]] if self.parameters.get("file") else []
        parts += [f"{word} {self.parameters[word]}" for word in ("since", "until") if self.parameters.get(word)]
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class ScheduledWork:
    """An entry, its newest firing, the job and the import run that became of it, and the next time it is due.

    ``run`` is the last of several (tries, or parts of one import); ``found`` and ``created`` count all that ended well.
    """

    entry: ScheduleEntry
    firing: Firing | None
    job: JobSummary | None
    run: ImportRunSummary | None
    next_run: datetime | None
    found: int = 0
    created: int = 0

    @property
    def outcome(self) -> str:
        """What came of the last firing, in words; empty where it never fired."""
        if self.job is not None and self.job.state in (JobState.FAILED, JobState.CANCELLED):
            return f"{self.job.state}: {self.job.reason}" if self.job.reason else str(self.job.state)
        if self.run is not None and self.run.state == "done":
            return f"{self.found:,} {'paper' if self.found == 1 else 'papers'} found, {self.created:,} new"
        if self.job is not None and self.job.state is JobState.WAITING and self.job.reason:
            return f"tried again soon: {self.job.reason}"
        if self.job is not None:
            return str(self.job.state)
        return "" if self.firing is None else "no longer known"


def read_runs(session: Session, *, limit: int = 20, before: int | None = None) -> tuple[ImportRunSummary, ...]:
    """The newest runs, newest first; with ``before`` those whose number is smaller."""
    chosen = select(_RUN).order_by(_RUN.c.id.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(_RUN.c.id < before)
    now = datetime.now(UTC)
    return tuple(_run(row, now) for row in session.execute(chosen).mappings())


def read_scheduled_work(session: Session, now: datetime) -> tuple[ScheduledWork, ...]:
    """Every entry of the schedule, by name."""
    firings = last_firings(session)
    numbers = [firing.job_id for firing in firings.values() if firing.job_id is not None]
    jobs = {job.id: job for job in read_jobs(session, numbers)}
    rows = session.execute(select(_RUN).where(_RUN.c.job_id.in_(numbers)).order_by(_RUN.c.id)).mappings()
    runs: dict[int, list[ImportRunSummary]] = {}
    for row in rows:
        runs.setdefault(row["job_id"], []).append(_run(row, now))
    return tuple(
        _work(entry, firings.get(entry.name), jobs, runs, entry.next_run(now)) for entry in read_schedule(session)
    )


def _work(
    entry: ScheduleEntry,
    firing: Firing | None,
    jobs: Mapping[int, JobSummary],
    runs: Mapping[int, Sequence[ImportRunSummary]],
    next_run: datetime | None,
) -> ScheduledWork:
    number = firing.job_id or 0 if firing else 0
    became = runs.get(number, ())
    done = [run for run in became if run.state == "done"]
    return ScheduledWork(
        entry=entry,
        firing=firing,
        job=jobs.get(number),
        run=became[-1] if became else None,
        next_run=next_run,
        found=sum(run.found for run in done),
        created=sum(run.created for run in done),
    )


def _run(row: Mapping[Any, Any], now: datetime) -> ImportRunSummary:
    silent = row["state"] == "running" and row["heard_at"] < now - _SILENCE
    ended = row["finished_at"] or (row["heard_at"] if silent else now)
    return ImportRunSummary(
        state="interrupted" if silent else row["state"],
        seconds=max(0.0, (ended - row["started_at"]).total_seconds()),
        faults=tuple(map(str, row["faults"])),
        rejections=tuple(_refusal(one) for one in row["rejections"]),
        **{name: row[name] for name in _PLAIN},
    )


_PLAIN = (
    "id source parameters started_at step expected created updated unchanged rejected requests error waiting job_id"
).split()


def _refusal(kept: Mapping[str, Any]) -> str:
    where = f"line {kept['line_number']}: " if kept.get("line_number") else ""
    return f"{where}{kept.get('reason') or 'no reason kept'}"
