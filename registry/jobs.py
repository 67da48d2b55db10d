"""The seam to the job queue: procrastinate, in the registry's own Postgres, in the schema ``jobs``.

Work is kept there from the moment it is asked for until it is done, whatever process dies. What a job does is not
known here: `web.worker` names the tasks.
"""

from __future__ import annotations

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued

from registry.database import libpq_address

# A worker that has not been heard of for this long is dead, and its jobs are taken up again.
STALLED_SECONDS = 30.0


def job_app(database_url: str) -> App:
    """The queue on this database, not yet open."""
    return App(
        connector=PsycopgConnector(
            conninfo=libpq_address(database_url),
            min_size=1,
            max_size=4,
            kwargs={"options": "-c search_path=jobs,public -c timezone=UTC"},
        )
    )


async def defer_once(app: App, task: str, *, lock: str, **arguments: object) -> bool:
    """Ask for a job unless one with the same lock is waiting already; says whether it was added."""
    try:
        await app.configure_task(task, queueing_lock=lock, lock=lock).defer_async(**arguments)  # type: ignore[arg-type]
    except AlreadyEnqueued:
        return False
    return True


async def rescue_stalled(app: App) -> int:
    """Put the jobs of dead workers back into the queue; returns how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS))
    for job in stalled:
        await app.job_manager.retry_job(job)
    await app.job_manager.prune_stalled_workers(STALLED_SECONDS)
    return len(stalled)


async def unfinished(app: App, task: str) -> int:
    """How many jobs of this kind are waiting or running."""
    waiting = [await app.job_manager.list_jobs_async(task=task, status=status) for status in ("todo", "doing")]
    return sum(len(list(jobs)) for jobs in waiting)
