"""``/reporters/HANDLE``: what an identity reproduced. A documented failure is worth as much here as a success."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.errors import NotFound
from registry.event_log import packages_reported_by
from registry.identifiers import parse_package_id
from registry.identities import read_identity
from registry.reproductions import reports_by
from web.dependencies import RendererDependency, SessionDependency
from web.headers import conditional
from web.package_paths import package_path
from web.pages.attention import ReportLine, report_line

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ReportedPackage:
    """A report and the package it is on."""

    package: str
    href: str
    report: ReportLine


@dataclass(frozen=True, slots=True)
class ReporterContext:
    """Everything ``reporter.html`` shows. ``documented`` counts reports that another could follow, of any outcome."""

    handle: str
    name: str
    tier: str
    reports: tuple[ReportedPackage, ...]

    @property
    def documented(self) -> int:
        return sum(one.report.documented for one in self.reports)


@router.get("/reporters/{handle}")
def reporter(request: Request, session: SessionDependency, renderer: RendererDependency, handle: str) -> Response:
    """The page of one identity."""
    identity = read_identity(session, handle)
    if identity.is_anonymous:
        raise NotFound("Anonymous publishers have no page.")
    found = reports_by(session, handle, packages_reported_by(session, handle))
    lines = tuple(ReportedPackage(one.package, _path(one.package), report_line(one)) for one in found)
    context = ReporterContext(handle, identity.name, str(identity.tier), lines)
    return conditional(request, renderer.page("reporter.html", context))


def _path(package: str) -> str:
    package_id = parse_package_id(package)
    return package_path(package_id.namespace, package_id.name)
