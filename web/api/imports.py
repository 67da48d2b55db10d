"""``/api/v1/imports``: the log of imports, a page at a time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from registry.schedule_runs import read_runs
from web.api.packages import refuse_unknown
from web.api.responses import problems
from web.api.status_models import ImportRun, ImportRuns
from web.dependencies import SessionDependency

MAX_RUNS = 100
_LARGEST_NUMBER = 2**63 - 1
router = APIRouter(tags=["status"])


def _known_parameters(request: Request) -> None:
    refuse_unknown(request, ("limit", "before"))


@router.get(
    "/api/v1/imports",
    response_model=ImportRuns,
    summary="The log of imports",
    dependencies=[Depends(_known_parameters)],
    responses=problems(400, 503),
)
def imports(
    session: SessionDependency,
    limit: Annotated[int, Query(ge=1, le=MAX_RUNS, description="Runs a page.")] = 25,
    before: Annotated[
        int | None, Query(ge=1, le=_LARGEST_NUMBER, description="Only runs with a smaller number than this.")
    ] = None,
) -> Response:
    """Every run of an import, newest first: parameters, counts, duration, requests made, first errors."""
    runs = read_runs(session, limit=limit + 1, before=before)
    shown = runs[:limit]
    answer = ImportRuns(
        items=[ImportRun.of(run) for run in shown], next_before=shown[-1].id if len(runs) > limit else None
    )
    return JSONResponse(answer.model_dump(mode="json"), headers={"Cache-Control": "no-store"})
