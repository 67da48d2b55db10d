"""``/api/v1/status``: what the registry holds and does; ``/healthz``: whether it can answer at all."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import text

from registry.fulltext import count_attempts
from registry.import_log import read_progress
from registry.job_log import JobState, list_jobs, live_processes, queue_depths
from registry.packages import count_packages
from registry.schedule_runs import read_scheduled_work
from registry.search.outbox import read_state
from web.api.packages import refuse_any_parameter
from web.api.responses import problems
from web.api.status_models import Job, Queue, RegistryStatus, ScheduleItem, SearchStatus, count_role
from web.api_models import Health, ImportStatus
from web.dependencies import SessionDependency
from web.searching import EnginesDependency

DEAD_LETTERS_SHOWN = 20
router = APIRouter(tags=["status"])


@router.get(
    "/api/v1/status",
    response_model=RegistryStatus,
    summary="What the registry holds and is doing",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 503),
)
def status(request: Request, session: SessionDependency, engines: EnginesDependency) -> Response:
    """Packages, the newest import in counts and one sentence, the schedule, the queue, and who works on it."""
    alive = live_processes(session)
    answer = RegistryStatus(
        packages=count_packages(session),
        importing=ImportStatus.of(read_progress(session)),
        automatic=request.app.state.settings.auto_import,
        schedule=[ScheduleItem.of(work) for work in read_scheduled_work(session, datetime.now(UTC))],
        queue=[Queue.of(depth) for depth in queue_depths(session)],
        dead_letters=[Job.of(job) for job in list_jobs(session, [JobState.FAILED], limit=DEAD_LETTERS_SHOWN)],
        fulltext={state.value: count for state, count in count_attempts(session).items()},
        search=SearchStatus.of(engines.configured, engines.trouble(session), read_state(session)),
        workers=count_role(alive, "worker"),
        schedulers=count_role(alive, "scheduler"),
    )
    return JSONResponse(answer.model_dump(mode="json"), headers={"Cache-Control": "no-store"})


@router.get(
    "/healthz", response_model=Health, summary="Whether the server and its database answer", responses=problems(503)
)
def health(session: SessionDependency) -> Response:
    """200 if a statement reaches the database, else 503."""
    session.execute(text("SELECT 1"))
    return JSONResponse(Health(status="ok").model_dump(), headers={"Cache-Control": "no-store"})
