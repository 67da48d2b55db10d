"""What people want to know of the queue: what waits, what runs, what failed and why, who works.

The library keeps the jobs; why one failed and how often its worker died is kept here, in `job_event`. It changes no
job: that is `registry.jobs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, Table, and_, cast, column, func, insert, or_, select, table
from sqlalchemy.dialects.postgresql import ENUM, JSONB
from sqlalchemy.types import BigInteger, Boolean, DateTime, Integer, Text
from sqlmodel import Session

from registry.errors import NotFound
from registry.tables import JobEventRow

_MOMENT = DateTime(timezone=True)
_STATUS = ENUM(
    "todo", "doing", "succeeded", "failed", "cancelled", "aborting", "aborted",
    name="procrastinate_job_status", schema="jobs", create_type=False,
)  # fmt: skip
# The library's tables, as far as they are read here; their schema is pinned by a migration and a test.
JOBS = table(
    "procrastinate_jobs",
    column("id", BigInteger),
    column("queue_name", Text),
    column("task_name", Text),
    column("priority", Integer),
    column("queueing_lock", Text),
    column("args", JSONB),
    column("status", _STATUS),
    column("scheduled_at", _MOMENT),
    column("abort_requested", Boolean),
    column("worker_id", BigInteger),
    schema="jobs",
)
HISTORY = table(
    "procrastinate_events",
    column("id", BigInteger),
    column("job_id", BigInteger),
    column("type", Text),
    column("at", _MOMENT),
    schema="jobs",
)
_ACTIVITY = table("pg_stat_activity", column("application_name", Text), column("datname", Text))
_EVENT: Table = JobEventRow.__table__  # type: ignore[attr-defined]
UNFINISHED = ("todo", "doing")
DEAD = "failed"
_WORDS = 500
_DETAIL = 8_000


class JobEvent(StrEnum):
    """What we keep of a job beside the library's own record."""

    FAILED = "failed"
    DIED = "died"
    REQUEUED = "requeued"
    CANCELLED = "cancelled"


class JobState(StrEnum):
    """A job's state in words for people."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_STATES = {
    "todo": JobState.WAITING,
    "doing": JobState.RUNNING,
    "succeeded": JobState.DONE,
    "failed": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
    "aborting": JobState.CANCELLED,
    "aborted": JobState.CANCELLED,
}
_STORED = {state: tuple(name for name, one in _STATES.items() if one is state) for state in JobState}


@dataclass(frozen=True, slots=True)
class JobSummary:
    """One job. ``what`` is for people; ``reason`` is why it failed last, None if it never did.

    ``changed_at`` is the moment of its newest change; ``waits_until`` that before which it is not begun.
    """

    id: int
    task: str
    what: str
    state: JobState
    priority: int
    failures: int
    reason: str | None
    changed_at: datetime | None
    waits_until: datetime | None


@dataclass(frozen=True, slots=True)
class JobHappening:
    """One line of a job's history. ``detail`` is a traceback, where nobody foresaw the failure."""

    at: datetime
    what: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many jobs of one kind are in which state."""

    kind: str
    waiting: int
    running: int
    failed: int


@dataclass(frozen=True, slots=True)
class LiveProcess:
    """A process of ours that holds a connection to the database now, by role, process number and host."""

    role: str
    name: str


def note_event(session: Session, job_id: int, kind: JobEvent, reason: str, detail: str | None = None) -> None:
    """Keep what happened to a job, in words."""
    values = {"job_id": job_id, "kind": kind.value, "at": datetime.now(UTC), "reason": _clean(reason)[:_WORDS]}
    session.execute(insert(_EVENT).values(**values, detail=_clean(detail)[-_DETAIL:] if detail else None))


def times_failed(session: Session, job_id: int) -> int:
    """How often a job failed since it was last requeued by a person."""
    return _times(session, job_id, JobEvent.FAILED)


def times_died(session: Session, job_id: int) -> int:
    """How often a job's worker died under it since it was last requeued by a person."""
    return _times(session, job_id, JobEvent.DIED)


def _times(session: Session, job_id: int, kind: JobEvent) -> int:
    forgiven = select(func.max(_EVENT.c.id)).where(_EVENT.c.job_id == job_id, _EVENT.c.kind == JobEvent.REQUEUED.value)
    counted = select(func.count()).where(
        _EVENT.c.job_id == job_id,
        _EVENT.c.kind == kind.value,
        _EVENT.c.id > func.coalesce(forgiven.scalar_subquery(), 0),
    )
    return session.scalar(counted) or 0


def list_jobs(session: Session, states: Sequence[JobState], *, limit: int = 50) -> tuple[JobSummary, ...]:
    """Jobs in any of these states: those that wait in the order in which they are begun, others newest first."""
    stored = [name for state in states for name in _STORED[state]]
    order = (JOBS.c.status == "doing").desc(), (JOBS.c.status == "todo").desc(), JOBS.c.priority.desc(), JOBS.c.id
    if not set(states) <= {JobState.WAITING, JobState.RUNNING}:
        order = (JOBS.c.id.desc(),)  # type: ignore[assignment]
    chosen = _summaries().where(JOBS.c.status.in_(stored)).order_by(*order).limit(limit)
    return tuple(_summary(row) for row in session.execute(chosen).mappings())


def read_jobs(session: Session, numbers: Sequence[int]) -> tuple[JobSummary, ...]:
    """The jobs with these numbers, as far as they are still kept."""
    return tuple(_summary(row) for row in session.execute(_summaries().where(JOBS.c.id.in_(numbers))).mappings())


def read_job(session: Session, job_id: int) -> tuple[JobSummary, tuple[JobHappening, ...]]:
    """One job and its history, oldest first. Raises NotFound."""
    row = session.execute(_summaries().where(JOBS.c.id == job_id)).mappings().first()
    if row is None:
        raise NotFound(f"there is no job {job_id}")
    history = select(HISTORY.c.at, cast(HISTORY.c.type, Text).label("type")).where(HISTORY.c.job_id == job_id)
    ours = select(_EVENT.c.at, _EVENT.c.kind, _EVENT.c.reason, _EVENT.c.detail).where(_EVENT.c.job_id == job_id)
    happened = [
        JobHappening(at, _HAPPENINGS.get(kind, kind)) for at, kind in session.execute(history) if kind in _HAPPENINGS
    ]
    happened += [JobHappening(at, f"{kind}: {reason}", detail) for at, kind, reason, detail in session.execute(ours)]
    return _summary(row), tuple(sorted(happened, key=lambda one: one.at))


_HAPPENINGS = {
    "deferred": "queued",
    "started": "begun by a worker",
    "deferred_for_retry": "put back, to be tried again",
    "succeeded": "done",
    "failed": "given up",
    "abort_requested": "its worker was asked to leave it",
    "aborted": "left by its worker",
}


def queue_depths(session: Session) -> tuple[QueueDepth, ...]:
    """How many jobs wait, run and are dead, by kind of work."""
    status = JOBS.c.status
    rows = session.execute(
        select(
            JOBS.c.task_name,
            *(func.count().filter(status == name) for name in ("todo", "doing", "failed")),
        )
        .where(status.in_(("todo", "doing", "failed")))
        .group_by(JOBS.c.task_name)
        .order_by(JOBS.c.task_name)
    )
    return tuple(QueueDepth(*row) for row in rows)


def live_processes(session: Session) -> tuple[LiveProcess, ...]:
    """Our workers and schedulers that are connected now, on whatever machine they run."""
    named = select(_ACTIVITY.c.application_name).where(
        _ACTIVITY.c.datname == func.current_database(),
        or_(*(_ACTIVITY.c.application_name.like(f"discoveries {role} %") for role in ("worker", "scheduler"))),
    )
    names = sorted(set(session.scalars(named)))
    return tuple(LiveProcess(*name.removeprefix("discoveries ").split(" ", 1)) for name in names)


def _summaries() -> Select[Any]:
    mine = _EVENT.c.job_id == JOBS.c.id
    failed = and_(mine, _EVENT.c.kind.in_((JobEvent.FAILED.value, JobEvent.DIED.value)))
    reason = select(_EVENT.c.reason).where(failed).order_by(_EVENT.c.id.desc()).limit(1).scalar_subquery()
    failures = select(func.count()).select_from(_EVENT).where(failed).scalar_subquery()
    changed = select(func.max(HISTORY.c.at)).where(HISTORY.c.job_id == JOBS.c.id).scalar_subquery()
    return select(
        JOBS, cast(JOBS.c.status, Text).label("state"), reason.label("reason"), failures.label("failures"),
        changed.label("changed_at"),
    )  # fmt: skip


def _summary(row: Mapping[Any, Any]) -> JobSummary:
    return JobSummary(
        id=row["id"],
        task=row["task_name"],
        what=describe(row["task_name"], row["args"]),
        state=_STATES[row["state"]],
        priority=row["priority"],
        failures=row["failures"],
        reason=row["reason"],
        changed_at=row["changed_at"],
        waits_until=row["scheduled_at"],
    )


def describe(task: str, arguments: Mapping[str, Any]) -> str:
    """A job in words: "import-arxiv of cs.LG, cs.DC since 2026-06-01"."""
    if identifier := arguments.get("arxiv_id"):
        version = arguments.get("version")
        return f"{task} of arxiv:{identifier}{f'v{version}' if version else ''}"
    categories = arguments.get("categories") or ()
    days = [f"{word} {arguments[word]}" for word in ("since", "until") if arguments.get(word)]
    return " ".join([task, *(["of", ", ".join(categories)] if categories else []), *days])


def _clean(text: str) -> str:
    """Postgres keeps no NUL; what an error says may come from a hostile file."""
    return text.replace("\x00", "")
