"""``/packages/…/claims/C01``: one claim, the words it stands on, what it weighs, and who tested it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from ranking.explain import ClaimStanding
from registry.errors import InvalidIdentifier, PackageNotFound
from registry.identifiers import PackageId
from registry.package_views import ClaimSummary, PackageDetail
from registry.packages import read_package
from registry.reproductions import Reproduction, list_reports
from web.attention import read_explained
from web.dependencies import RendererDependency, SessionDependency
from web.headers import conditional
from web.package_paths import CONVERTER, package_path, read_package_id, register_converter
from web.pages.attention import ReportLine, behind, report_line, weightiest

register_converter()
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """One claim of the shown version: ``standing`` is None where it repeats another or its package has no events."""

    detail: PackageDetail
    claim: ClaimSummary
    standing: ClaimStanding | None
    reports: tuple[Reproduction, ...]


@dataclass(frozen=True, slots=True)
class ClaimContext:
    """Everything ``claim.html`` shows."""

    package: str
    title: str
    href: str
    claim: ClaimSummary
    standing: ClaimStanding | None
    reports: tuple[ReportLine, ...]
    tested: int
    before: str | None
    after: str | None


def claim_path(package_id: PackageId, claim: str) -> str:
    """The address of a claim's page."""
    return f"{package_path(package_id.namespace, package_id.name)}/claims/{quote(claim, safe='')}"


def read_claim(session: Session, package_id: PackageId, id_: str) -> ReadClaim:
    """One claim of the version that is shown. Raises PackageNotFound, Withdrawn."""
    detail = read_package(session, package_id)
    claim = next((one for one in detail.claims if one.id == id_), None)
    if claim is None:
        known = ", ".join(one.id for one in detail.claims[:20]) or "none"
        raise PackageNotFound(f"{package_id} makes no claim {id_[:40]!r}; its claims are: {known}.")
    explained = read_explained(session, package_id)
    named = {id_, f"full:{id_}"} if detail.rendition.level in ("full", "partial", "pdf") else {id_}
    standing = [one for one in explained.explanation.claims if one.id in named]
    reports = [one for one in list_reports(session, package_id) if id_ in one.outcomes]
    return ReadClaim(detail, claim, standing[-1] if standing else None, tuple(reports))


@router.get(f"/packages/{{namespace}}/{{name:{CONVERTER}}}/claims/{{claim}}")
def page(
    request: Request, session: SessionDependency, renderer: RendererDependency, namespace: str, name: str, claim: str
) -> Response:
    """The page of one claim."""
    try:
        package_id, _ = read_package_id(namespace, name)
    except InvalidIdentifier as error:
        raise PackageNotFound(str(error)) from error
    if (namespace, name) != (package_id.namespace, package_id.name):
        return RedirectResponse(claim_path(package_id, claim), 301)
    found = read_claim(session, package_id, claim)
    parties = behind(read_explained(session, package_id))
    ids = [one.id for one in found.detail.claims]
    place = ids.index(found.claim.id)
    context = ClaimContext(
        package=str(package_id),
        title=found.detail.item.title,
        href=package_path(package_id.namespace, package_id.name),
        claim=found.claim,
        standing=found.standing,
        reports=tuple(report_line(one, parties) for one in weightiest(found.reports)),
        tested=len(found.reports),
        before=claim_path(package_id, ids[place - 1]) if place else None,
        after=claim_path(package_id, ids[place + 1]) if place + 1 < len(ids) else None,
    )
    return conditional(request, renderer.page("claim.html", context))
