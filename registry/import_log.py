"""The log of imports: one row a run, kept up to date while it runs, and the sentence that says how far it is.

A run that is not heard of for a while was cut off (kill -9, power): it counts as interrupted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlmodel import Session

from registry.package_views import ImportProgress, ImportState
from registry.tables import HarvestCursorRow, ImportRunRow

_RUN: Table = ImportRunRow.__table__  # type: ignore[attr-defined]
_CURSOR: Table = HarvestCursorRow.__table__  # type: ignore[attr-defined]
_SILENCE = timedelta(minutes=3)
_KEPT_REJECTIONS = 100
_KEPT_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records of a run so far."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(a + b for a, b in zip(asdict(self).values(), asdict(other).values(), strict=True)))

    @property
    def seen(self) -> int:
        return self.created + self.updated + self.unchanged + self.rejected

    @property
    def all_rejected(self) -> bool:
        """Whether there were records and none of them could be taken."""
        return 0 < self.rejected == self.seen


def start_run(session: Session, source: str, parameters: Mapping[str, Any], *, job_id: int | None = None) -> int:
    """Open a run and return its number. A run that an earlier try of the same job left open was cut off."""
    now = datetime.now(UTC)
    if job_id is not None:
        left_open = (_RUN.c.job_id == job_id) & (_RUN.c.state == "running")
        session.execute(update(_RUN).where(left_open).values(state="interrupted", finished_at=_RUN.c.heard_at))
    statement = insert(_RUN).values(
        source=source,
        parameters=dict(parameters),
        job_id=job_id,
        state="running",
        started_at=now,
        heard_at=now,
        created=0,
        updated=0,
        unchanged=0,
        rejected=0,
        rejections=[],
        requests=0,
        faults=[],
    )
    return int(session.execute(statement.returning(_RUN.c.id)).scalar_one())


def note_progress(
    session: Session,
    run: int,
    tally: Tally,
    *,
    step: str | None = None,
    expected: int | None = None,
    requests: int = 0,
) -> None:
    """Say how far a run is: its counts, what it is at (a category, a file), how many papers are expected in all.

    ``requests`` is the number of requests made so far. A run that goes on is not waiting any more.
    """
    told = {"step": step, "expected": expected, "requests": requests, "waiting": None, "heard_at": datetime.now(UTC)}
    values = {**asdict(tally), **told}
    session.execute(update(_RUN).where(_RUN.c.id == run).values(values))


def note_wait(session: Session, run: int, seconds: float, why: str) -> None:
    """Say why a run pauses, or what was wrong where it does not; the first twenty reasons are kept with it.

    It counts as heard of until the pause ends.
    """
    now = datetime.now(UTC)
    until = f"{now + timedelta(seconds=seconds):%H:%M:%S} UTC"
    waiting = f"waiting {seconds:.0f} s until {until}: {why}" if seconds else None
    values: dict[str, Any] = {"waiting": waiting, "heard_at": now + timedelta(seconds=seconds)}
    session.execute(update(_RUN).where(_RUN.c.id == run).values(values))
    kept = func.jsonb_array_length(_RUN.c.faults) < _KEPT_FAULTS
    grown = _RUN.c.faults.concat([f"{now:%Y-%m-%d %H:%M:%S} {why}"])
    session.execute(update(_RUN).where(_RUN.c.id == run, kept).values(faults=grown))


def note_rejection(session: Session, run: int, rejection: Mapping[str, Any]) -> None:
    """Keep a rejected record with the run; the first hundred are kept, all are counted."""
    kept = func.jsonb_array_length(_RUN.c.rejections) < _KEPT_REJECTIONS
    grown = _RUN.c.rejections.concat([dict(rejection)])
    session.execute(update(_RUN).where(_RUN.c.id == run, kept).values(rejections=grown))


def finish_run(
    session: Session, run: int, tally: Tally, *, state: str = "done", error: str | None = None, requests: int = 0
) -> None:
    """Close a run as done, failed or interrupted, with the reason in words."""
    now = datetime.now(UTC)
    told = {"state": state, "error": error, "requests": requests, "waiting": None, "heard_at": now, "finished_at": now}
    values = {**asdict(tally), **told}
    session.execute(update(_RUN).where(_RUN.c.id == run).values(values))


def any_run_done(session: Session, source: str) -> bool:
    """Whether a run of this source ever came to its end."""
    return session.scalar(select(_RUN.c.id).where(_RUN.c.source == source, _RUN.c.state == "done").limit(1)) is not None


def read_progress(session: Session) -> ImportProgress:
    """How far the newest import is, in counts and one sentence; finished ones are told for a day."""
    row = session.execute(select(_RUN).order_by(_RUN.c.started_at.desc(), _RUN.c.id.desc()).limit(1)).mappings().first()
    now = datetime.now(UTC)
    if row is None or (row["finished_at"] and row["state"] == "done" and row["finished_at"] < now - timedelta(hours=1)):
        return ImportProgress()
    state, sentence = _tell(row, now)
    return ImportProgress(
        state=state, category=row["step"], done=_done(row), expected=row["expected"], sentence=sentence
    )


def _done(row: Mapping[Any, Any]) -> int:
    return int(row["created"] + row["updated"] + row["unchanged"] + row["rejected"])


_ORIGINS = {
    "arxiv": "arXiv",
    "oai": "arXiv's OAI-PMH",
    "rss": "arXiv's announcements",
    "ids": "arXiv by id",
    "missing": "arXiv of what was missing",
}


def _tell(row: Mapping[Any, Any], now: datetime) -> tuple[ImportState, str]:
    origin = _ORIGINS.get(row["source"], f"a {row['source']}")
    if row["state"] == "running" and row["heard_at"] > now - _SILENCE:
        of = f" of {row['expected']:,}" if row["expected"] else ""
        at = f", now {row['step']}" if row["step"] else ""
        at += f", {row['waiting']}" if row["waiting"] else ""
        return ImportState.RUNNING, f"Importing from {origin}: {_done(row):,}{of} papers so far{at}."
    if row["state"] in ("running", "interrupted"):
        return (
            ImportState.FAILED,
            f"The import from {origin} was interrupted after {_done(row):,} papers; run it again.",
        )
    if row["state"] == "failed":
        return ImportState.FAILED, row["error"] or f"The import from {origin} failed."
    counts = f"{row['created']:,} new, {row['updated']:,} updated, {row['unchanged']:,} unchanged"
    rejected = f", {row['rejected']:,} rejected" if row["rejected"] else ""
    return ImportState.DONE, f"The import from {origin} is done: {counts}{rejected}."


def read_harvested(session: Session, source: str, category: str) -> date | None:
    """The last day (UTC) that was harvested whole for a category or set, None before the first harvest.

    A day of submission for the query API, of a record's last change for OAI-PMH.
    """
    return session.scalar(select(_CURSOR.c.day).where(_CURSOR.c.source == source, _CURSOR.c.category == category))


def write_harvested(session: Session, source: str, category: str, day: date) -> None:
    """Remember that a category is harvested up to and including ``day``; an earlier day than known changes nothing."""
    statement = postgresql.insert(_CURSOR).values(source=source, category=category, day=day)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[_CURSOR.c.source, _CURSOR.c.category],
            set_={"day": func.greatest(_CURSOR.c.day, statement.excluded.day)},
        )
    )


def forget_harvested(session: Session, source: str, category: str) -> None:
    """Remove a cursor: what it stood for is done."""
    session.execute(delete(_CURSOR).where(_CURSOR.c.source == source, _CURSOR.c.category == category))
