"""``/api/v1/status``: what the registry holds and how far an import is; ``/healthz``: whether it can answer at all."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from sqlalchemy import text

from registry.import_log import read_progress
from registry.packages import count_packages
from web.api.packages import refuse_any_parameter
from web.api.responses import problems
from web.api_models import Health, ImportStatus, Status
from web.dependencies import SessionDependency

router = APIRouter(tags=["status"])


@router.get(
    "/api/v1/status",
    response_model=Status,
    summary="What the registry holds and is doing",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 503),
)
def status(session: SessionDependency) -> Response:
    """Number of packages, and the progress of the newest import in counts and one sentence."""
    answer = Status(packages=count_packages(session), importing=ImportStatus.of(read_progress(session)))
    return JSONResponse(answer.model_dump(mode="json"), headers={"Cache-Control": "no-store"})


@router.get(
    "/healthz", response_model=Health, summary="Whether the server and its database answer", responses=problems(503)
)
def health(session: SessionDependency) -> Response:
    """200 if a statement reaches the database, else 503."""
    session.execute(text("SELECT 1"))
    return JSONResponse(Health(status="ok").model_dump(), headers={"Cache-Control": "no-store"})
