"""``/api/v1/packages/…/attention``: a score with its components, and the events from which anyone can recompute it."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from ranking.run import NO_INFLUENCE
from registry.attention import read_history, read_influence
from registry.event_log import read_events, read_tiers
from registry.events import Event, encode
from registry.packages import read_package
from web.api.bundles import Name, Namespace
from web.api.packages import refuse_any_parameter
from web.api.responses import problems
from web.api_reproduction_models import Attention, EventList, EventRecord
from web.attention import read_explanation
from web.dependencies import SessionDependency
from web.package_paths import CONVERTER, read_package_id, register_converter

register_converter()
router = APIRouter(prefix="/api/v1", tags=["attention"], dependencies=[Depends(refuse_any_parameter)])
_PATH = f"/packages/{{namespace}}/{{name:{CONVERTER}}}/attention"


@router.get(_PATH, response_model=Attention, summary="Attention explained", responses=problems(400, 404, 410, 503))
def attention(session: SessionDependency, namespace: Namespace, name: Name) -> Response:
    """The current score: each component with its inputs and contribution, adding up exactly to the total."""
    package_id, _ = read_package_id(namespace, name)
    read_package(session, package_id)
    id_ = str(package_id)
    answer = Attention.of(id_, read_explanation(session, package_id), read_history(session, id_))
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


def _body(event: Event) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(encode(event.body))
    return body
