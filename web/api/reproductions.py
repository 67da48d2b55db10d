"""``/api/v1/packages/…/reproductions``: reports of reproductions, made, revised, withdrawn and listed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Request, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from ranking.run import rescore
from registry.clients import Client, client_key, identify, note_identity
from registry.database import transaction
from registry.errors import InvalidInput, Unauthenticated
from registry.events import Outcome
from registry.identifiers import PackageId
from registry.packages import read_package
from registry.reproductions import Reproduction, list_reports, report, withdraw_report
from registry.standing import Scope
from registry.tokens import Caller, authenticate
from web.api.bundles import Name, Namespace
from web.api.packages import refuse_any_parameter
from web.api.responses import problems
from web.api_reproduction_models import ReportedReproduction, ReproductionList, ReproductionStatement
from web.dependencies import SessionDependency
from web.hosting import CredentialsDependency
from web.package_paths import CONVERTER, package_api_path, read_package_id, register_converter

register_converter()
router = APIRouter(prefix="/api/v1", tags=["attention"], dependencies=[Depends(refuse_any_parameter)])
_PATH = f"/packages/{{namespace}}/{{name:{CONVERTER}}}/reproductions"
ReportId = Annotated[str, Path(description="Id of the report.", examples=["0123456789abcdef"], max_length=40)]
Statement = Annotated[ReproductionStatement, Body()]


@router.get(_PATH, response_model=ReproductionList, summary="Reports", responses=problems(400, 404, 410, 503))
def listed(session: SessionDependency, namespace: Namespace, name: Name) -> Response:
    """The reports of reproductions that stand, oldest first: who, what and when."""
    package_id, _ = read_package_id(namespace, name)
    read_package(session, package_id)
    answer = ReproductionList(reports=[ReportedReproduction.of(one) for one in list_reports(session, package_id)])
    return JSONResponse(answer.model_dump(mode="json"))


@router.post(
    _PATH,
    status_code=201,
    response_model=ReportedReproduction,
    summary="Report a reproduction",
    responses=problems(400, 401, 403, 404, 410, 503),
)
def reported(
    request: Request, who: CredentialsDependency, namespace: Namespace, name: Name, statement: Statement
) -> Response:
    """Report what came of testing claims of a version, with a bearer token that may `report`.

    The score follows at once. A report of the package's own owner or author is listed and counts nothing.
    """
    return _record(request, who.bearer, read_package_id(namespace, name)[0], statement, None)


@router.put(
    _PATH + "/{report_id}",
    response_model=ReportedReproduction,
    summary="Revise a report",
    responses=problems(400, 401, 403, 404, 410, 503),
)
def revised(
    request: Request,
    who: CredentialsDependency,
    namespace: Namespace,
    name: Name,
    report_id: ReportId,
    statement: Statement,
) -> Response:
    """Put another statement in the place of one's own; what was said before stays in the events."""
    return _record(request, who.bearer, read_package_id(namespace, name)[0], statement, report_id)


@router.delete(
    _PATH + "/{report_id}", status_code=204, summary="Withdraw a report", responses=problems(400, 401, 403, 404, 503)
)
def withdrawn(
    request: Request, who: CredentialsDependency, namespace: Namespace, name: Name, report_id: ReportId
) -> Response:
    """Take one's own report back."""
    package_id, _ = read_package_id(namespace, name)
    with transaction(request.app.state.engine) as session:
        withdraw_report(session, package_id, report_id, _caller(session, who.bearer))
        rescore(session, [str(package_id)])
    return Response(status_code=204)


def _record(
    request: Request, bearer: str | None, package_id: PackageId, statement: ReproductionStatement, revises: str | None
) -> Response:
    outcomes = _outcomes(statement)
    said = statement.model_dump(mode="json", exclude_unset=True)
    with transaction(request.app.state.engine) as session:
        _caller(session, bearer)  # who may not report leaves no trace
        client = _client(request, session)
    with transaction(request.app.state.engine) as session:
        caller = _caller(session, bearer)
        found: Reproduction = report(session, package_id, caller, outcomes, said, revises=revises)
        note_identity(session, client, caller.identity)
        rescore(session, [str(package_id)])
    place = f"{package_api_path(package_id.namespace, package_id.name)}/reproductions/{found.id}"
    answer = ReportedReproduction.of(found).model_dump(mode="json")
    return JSONResponse(answer, status_code=200 if revises else 201, headers={"Location": place})


def _client(request: Request, session: Session) -> Client:
    """Who reports, as use is counted: what they read of their own is no use for the rest of the day."""
    address = request.client.host if request.client else ""
    return identify(session, client_key(request.app.state.settings.data_dir), address)


def _outcomes(statement: ReproductionStatement) -> dict[str, Outcome]:
    outcomes = {one.claim: one.outcome for one in statement.results}
    if len(outcomes) < len(statement.results):
        raise InvalidInput("a claim is named twice in `results`; give each once")
    return outcomes


def _caller(session: Session, bearer: str | None) -> Caller:
    if bearer is None:
        raise Unauthenticated("Reporting takes a bearer token with the scope report; ask the operator for one.")
    return authenticate(session, bearer, Scope.REPORT)
