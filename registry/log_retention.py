"""What is forgotten of the logs, and when: ended import runs, jobs that came to their end, firings of the schedule.

Kept however old: dead letters and whatever is not at its end (a person has to look at them), the newest run of each way
in, and what the last firing of an entry became, which the status page shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session

from registry.job_log import HISTORY, JOBS
from registry.tables import ImportRunRow, JobEventRow, ScheduleFiringRow

_RUN: Table = ImportRunRow.__table__  # type: ignore[attr-defined]
_EVENT: Table = JobEventRow.__table__  # type: ignore[attr-defined]
_FIRING: Table = ScheduleFiringRow.__table__  # type: ignore[attr-defined]
_ENDED = ("succeeded", "cancelled", "aborted")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was forgotten."""

    runs: int
    jobs: int
    firings: int


def forget_before(session: Session, moment: datetime) -> Forgotten:
    """Forget what ended before a moment."""
    newest = select(_FIRING.c.name, _FIRING.c.scheduled_for, _FIRING.c.job_id).ext(distinct_on(_FIRING.c.name))
    last = newest.order_by(_FIRING.c.name, _FIRING.c.scheduled_for.desc()).subquery()
    shown = select(last.c.job_id).where(last.c.job_id.is_not(None))
    firings = session.execute(
        delete(_FIRING).where(
            _FIRING.c.fired_at < moment,
            ~select(last.c.name)
            .where(last.c.name == _FIRING.c.name, last.c.scheduled_for == _FIRING.c.scheduled_for)
            .exists(),
        )
    )
    newest_run = select(func.max(_RUN.c.id)).group_by(_RUN.c.source)
    runs = session.execute(
        delete(_RUN).where(
            _RUN.c.state != "running",
            func.coalesce(_RUN.c.finished_at, _RUN.c.heard_at) < moment,
            _RUN.c.id.not_in(newest_run),
            func.coalesce(_RUN.c.job_id, 0).not_in(shown),
        )
    )
    changed = select(func.max(HISTORY.c.at)).where(HISTORY.c.job_id == JOBS.c.id).scalar_subquery()
    ended = select(JOBS.c.id).where(JOBS.c.status.in_(_ENDED), changed < moment, JOBS.c.id.not_in(shown))
    gone = list(session.scalars(ended))
    session.execute(delete(_EVENT).where(_EVENT.c.job_id.in_(gone)))
    session.execute(delete(JOBS).where(JOBS.c.id.in_(gone)))
    return Forgotten(runs.rowcount, len(gone), firings.rowcount)  # type: ignore[attr-defined]
