"""``/api/v1/schedule``: what is imported by itself, with last and next run. Edited by `discoveries schedule`."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from registry.schedule_runs import read_scheduled_work
from web.api.packages import refuse_any_parameter
from web.api.responses import problems
from web.api.status_models import Schedule, ScheduleItem
from web.dependencies import SessionDependency

router = APIRouter(tags=["status"])


@router.get(
    "/api/v1/schedule",
    response_model=Schedule,
    summary="The schedule",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 503),
)
def schedule(session: SessionDependency) -> Response:
    """Each entry: when, which way in, how deep; its last run, what came of it, and its next."""
    answer = Schedule(items=[ScheduleItem.of(work) for work in read_scheduled_work(session, datetime.now(UTC))])
    return JSONResponse(answer.model_dump(mode="json"), headers={"Cache-Control": "no-store"})
