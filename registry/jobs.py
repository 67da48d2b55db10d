"""The job queue: procrastinate, in the registry's own Postgres, in the schema ``jobs``.

Work is kept there from the moment it is asked for until it is done, whatever process dies. What a job does is not
known here (`web.worker` names the tasks), nor why one failed (`registry.job_log`).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from sqlalchemy import func, select, update
from sqlmodel import Session

from registry.database import libpq_address
from registry.errors import InvalidInput, NotFound
from registry.job_log import JOBS, UNFINISHED, JobEvent, note_event, times_died

# A worker that has not been heard of for this long is dead, and its jobs are taken up again.
STALLED_SECONDS = 30.0
# A job whose worker died so often under it is most likely why.
MOST_DEATHS = 5
# What a person waits for comes before what the clock asks for, and full texts come last.
PERSON, SCHEDULED, FULL_TEXT = 20, 10, 0


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of a worker. Of one ``key`` one is queued or running at a time, of one ``lock`` one running."""

    task: str
    queue: str
    key: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    lock: str | None = None
    priority: int = SCHEDULED


class FencedJobs(JobManager):
    """The library's job manager, which settles a job only for the worker that has it.

    A worker that was cut off for a while may find that its job was given to another; the end it reports is not that
    job's end any more.
    """

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        if await self._is_held(job):
            await super().finish_job(job, status, delete_job)

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        if await self._is_held(job):
            await super().retry_job(job, retry_at, priority, queue, lock)

    async def _is_held(self, job: Job) -> bool:
        return bool(list(await self.list_jobs_async(id=job.id, status="doing", worker_id=job.worker_id)))


def job_app(database_url: str, *, role: str = "client") -> App:
    """The queue on this database, not yet open. ``role`` names this process to whoever looks at the connections."""
    app = App(
        connector=PsycopgConnector(
            conninfo=libpq_address(database_url),
            min_size=1,
            max_size=6,
            timeout=30.0,
            reconnect_timeout=20.0,
            kwargs={
                "options": "-c search_path=jobs,public -c timezone=UTC",
                "application_name": process_name(role),
                "connect_timeout": 10,
            },
        )
    )
    app.job_manager = FencedJobs(app.connector)
    return app


def process_name(role: str) -> str:
    """How a process of ours is called in the database: ``discoveries worker 4711@host``."""
    return f"discoveries {role} {os.getpid()}@{socket.gethostname()}"[:63]


def enqueue(session: Session, app: App, work: Work) -> tuple[int, bool]:
    """Ask for work in the caller's transaction; the job's number, and whether it is new.

    Work that is queued or running already is not queued again; if it waits, it waits no longer than asked now.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(work.key, 0))))
    known = session.scalar(
        select(JOBS.c.id).where(JOBS.c.queueing_lock == work.key, JOBS.c.status.in_(UNFINISHED)).limit(1)
    )
    if known is not None:
        waiting = (JOBS.c.id == known) & (JOBS.c.status == "todo")
        session.execute(update(JOBS).where(waiting).values(priority=func.greatest(JOBS.c.priority, work.priority)))
        return int(known), False
    asked = app.configure_task(
        work.task,
        queue=work.queue,
        lock=work.lock,
        queueing_lock=work.key,
        priority=work.priority,
        connection=session.connection().connection.driver_connection,
    )
    return asked.defer(**work.arguments), True


def requeue(session: Session, job_id: int) -> None:
    """Put a job that failed, was cancelled or was aborted back into the queue, its failures forgiven.

    Raises NotFound, or InvalidInput for one that is not at its end or whose work is queued anew already.
    """
    job = _job(session, job_id)
    if job["status"] not in ("failed", "cancelled", "aborted"):
        raise InvalidInput(
            f"job {job_id} is {_STATES[job['status']]}; only one that failed or was cancelled is requeued"
        )
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(job["queueing_lock"] or str(job_id), 0))))
    same = select(JOBS.c.id).where(JOBS.c.queueing_lock == job["queueing_lock"], JOBS.c.status.in_(UNFINISHED))
    if (other := session.scalar(same.limit(1))) is not None:
        raise InvalidInput(f"the work of job {job_id} is in the queue already, as job {other}")
    values = {"status": "todo", "scheduled_at": func.now(), "priority": PERSON, "abort_requested": False}
    session.execute(update(JOBS).where(JOBS.c.id == job_id).values(values))
    note_event(session, job_id, JobEvent.REQUEUED, "a person asked for it again")


def cancel(session: Session, app: App, job_id: int) -> bool:
    """Take a job out of the queue, or ask its worker to leave it; true if it never began.

    Raises NotFound, or InvalidInput for one that is at its end.
    """
    job = _job(session, job_id)
    connection = session.connection().connection.driver_connection
    if not app.job_manager.cancel_job_by_id(job_id, abort=True, connection=connection):
        raise InvalidInput(f"job {job_id} is {_STATES[job['status']]}; there is nothing to cancel")
    note_event(session, job_id, JobEvent.CANCELLED, "a person cancelled it")
    return bool(job["status"] == "todo")


_STATES = {
    "todo": "waiting",
    "doing": "running",
    "succeeded": "done",
    "failed": "failed",
    "cancelled": "cancelled",
    "aborting": "being cancelled",
    "aborted": "cancelled",
}


def _job(session: Session, job_id: int) -> Any:
    row = session.execute(select(JOBS).where(JOBS.c.id == job_id)).mappings().first()
    if row is None:
        raise NotFound(f"there is no job {job_id}")
    return row


async def rescue_stalled(app: App, session: Session) -> int:
    """Put the jobs of dead workers back into the queue; returns how many. One that kills its workers is given up."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS))
    for job in stalled:
        assert job.id is not None
        died = times_died(session, job.id) + 1
        note_event(session, job.id, JobEvent.DIED, "its worker was killed, or lost the database, in the middle of it")
        if died < MOST_DEATHS:
            await app.job_manager.retry_job(job)
        else:
            note_event(session, job.id, JobEvent.FAILED, f"its worker died {died} times in a row under it; given up")
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
    await app.job_manager.prune_stalled_workers(STALLED_SECONDS)
    return len(stalled)
