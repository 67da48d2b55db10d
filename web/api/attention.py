"""``/api/v1/packages/…/attention``: a score with its components, and the events from which anyone can recompute it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from ranking.run import NO_INFLUENCE
from registry.attention import read_history, read_influence
from registry.event_log import read_events, read_log, read_tiers
from registry.events import Event, encode
from registry.packages import read_package
from web.api.bundles import Name, Namespace
from web.api.packages import refuse_any_parameter, refuse_unknown
from web.api.responses import problems
from web.api_reproduction_models import Attention, EventList, EventRecord
from web.attention import read_explained
from web.dependencies import SessionDependency
from web.package_paths import CONVERTER, read_package_id, register_converter

register_converter()
router = APIRouter(prefix="/api/v1", tags=["attention"], dependencies=[Depends(refuse_any_parameter)])
log_router = APIRouter(prefix="/api/v1", tags=["attention"])
JSON_LINES = "application/x-ndjson"
MOST_EVENTS = 10_000
_LARGEST = (1 << 63) - 1
_PATH = f"/packages/{{namespace}}/{{name:{CONVERTER}}}/attention"


@router.get(_PATH, response_model=Attention, summary="Attention explained", responses=problems(400, 404, 410, 503))
def attention(session: SessionDependency, namespace: Namespace, name: Name) -> Response:
    """The current score: each component with its inputs and contribution, adding up exactly to the total."""
    package_id, _ = read_package_id(namespace, name)
    read_package(session, package_id)
    id_ = str(package_id)
    answer = Attention.of(id_, read_explained(session, package_id), read_history(session, id_))
    return JSONResponse(answer.model_dump(mode="json"))


@router.get(
    _PATH + "/events", response_model=EventList, summary="Events of attention", responses=problems(400, 404, 410, 503)
)
def events(session: SessionDependency, namespace: Namespace, name: Name) -> Response:
    """Every event of a package in order: the only source of its score, by the formula of docs/attention.md."""
    package_id, _ = read_package_id(namespace, name)
    read_package(session, package_id)
    id_ = str(package_id)
    found = read_events(session, [id_]).get(id_, [])
    known, unverified = read_influence(session, [id_]).get(id_, NO_INFLUENCE)
    answer = EventList(
        package=id_,
        events=[EventRecord(id=one.id, day=one.day, kind=one.kind, body=_body(one)) for one in found],
        tiers=read_tiers(session),
        influence={"known": known, "unverified": unverified},
    )
    return JSONResponse(answer.model_dump(mode="json"))


def _refuse_other_than_log_parameters(request: Request) -> None:
    refuse_unknown(request, ("after", "limit"))


@log_router.get(
    "/attention/events",
    summary="All events of attention",
    dependencies=[Depends(_refuse_other_than_log_parameters)],
    response_class=Response,
    responses={
        **problems(400, 503),
        200: {
            "description": "One JSON object a line: `id`, `day`, `package` (null for a tier), `kind`, `body`.",
            "headers": {"Link": {"description": "`rel=next` while there are more.", "schema": {"type": "string"}}},
            "content": {JSON_LINES: {"schema": {"type": "string"}}},
        },
    },
)
def event_log(
    session: SessionDependency,
    after: Annotated[int, Query(ge=0, le=_LARGEST, description="Id of the last event seen; 0 for the first page.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_EVENTS, description="Events a page.")] = 1000,
) -> Response:
    """Every event of every package in order, as JSON lines: all that scores are made of.

    Follow `Link` to the end, keep the last id, and go on from there later: nothing comes in behind what was read.
    """
    found = read_log(session, after, limit + 1)
    shown = found[:limit]
    lines = b"".join(msgspec.json.encode(_line(one)) + b"\n" for one in shown)
    headers = {"Cache-Control": "no-cache"}
    if len(found) > limit:
        headers["Link"] = f'</api/v1/attention/events?after={shown[-1].id}&limit={limit}>; rel="next"'
    return Response(lines, media_type=JSON_LINES, headers=headers)


def _line(event: Event) -> dict[str, Any]:
    return {"id": event.id, "day": event.day, "package": event.package, "kind": event.kind, "body": event.body}


def _body(event: Event) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(encode(event.body))
    return body
