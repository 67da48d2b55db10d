"""``/packages/…/events``: the events that a package's attention is made of, each in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from ranking.score import COMPONENTS
from registry.errors import InvalidIdentifier, InvalidQuery, PackageNotFound
from registry.events import Body, Event, Owned, Reported, ReportWithdrawn, Used, VersionPublished, VersionWithdrawn
from registry.packages import read_package
from web.attention import read_explained
from web.dependencies import RendererDependency, SessionDependency
from web.headers import conditional
from web.package_paths import CONVERTER, package_api_path, package_path, read_package_id, register_converter
from web.pages.attention import COMPONENT_NAMES, USE_NAMES

MOST_SHOWN = 500
register_converter()
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event: its place in the log, its day, and what happened. ``href`` leads to who or what it was."""

    id: int
    day: date
    said: str
    href: str | None


@dataclass(frozen=True, slots=True)
class EventsContext:
    """Everything ``events.html`` shows: the newest events first, and how many there are of what was asked for."""

    package: str
    title: str
    href: str
    json_href: str
    component: str | None
    every_href: str
    lines: tuple[EventLine, ...]
    total: int


@router.get(f"/packages/{{namespace}}/{{name:{CONVERTER}}}/events")
def events(
    request: Request, session: SessionDependency, renderer: RendererDependency, namespace: str, name: str
) -> Response:
    """The events behind a package's attention, or behind one component of it."""
    component = request.query_params.get("component") or None
    if component is not None and component not in COMPONENTS:
        raise InvalidQuery(f"component={component[:40]!r} is none; known are {', '.join(COMPONENTS)}")
    try:
        package_id, _ = read_package_id(namespace, name)
    except InvalidIdentifier as error:
        raise PackageNotFound(str(error)) from error
    path = package_path(package_id.namespace, package_id.name)
    if (namespace, name) != (package_id.namespace, package_id.name):
        return RedirectResponse(f"{path}/events", 301)
    detail, explained = read_package(session, package_id), read_explained(session, package_id)
    wanted = None if component is None else set(explained.explanation.events.get(component, ()))
    found = [one for one in explained.events if wanted is None or one.id in wanted]
    context = EventsContext(
        package=str(package_id),
        title=detail.item.title,
        href=path,
        json_href=f"{package_api_path(package_id.namespace, package_id.name)}/attention/events",
        component=None if component is None else COMPONENT_NAMES[component],
        every_href=f"{path}/events",
        lines=tuple(_line(one, path) for one in found[: -MOST_SHOWN - 1 : -1]),
        total=len(found),
    )
    return conditional(request, renderer.page("events.html", context))


def _line(event: Event, path: str) -> EventLine:
    return EventLine(event.id, event.day, _said(event.body), _href(event.body, path))


def _said(body: Body) -> str:
    if isinstance(body, VersionPublished):
        distinct = sum(claim.repeats is None for claim in body.claims)
        return f"Version {body.number} with {distinct} distinct of {len(body.claims)} claims"
    if isinstance(body, VersionWithdrawn):
        return f"Version {body.number} withdrawn"
    if isinstance(body, Owned):
        return f"Owned by {body.owner} ({body.tier})"
    if isinstance(body, Reported):
        outcomes = ", ".join(f"{test.claim} {test.outcome}" for test in body.tests)
        return f"Report {body.report} by {body.reporter} ({body.tier}): {outcomes}"
    if isinstance(body, ReportWithdrawn):
        return f"Report {body.report} withdrawn"
    if isinstance(body, Used):
        clients = "1 client" if body.clients == 1 else f"{body.clients:,} clients"
        return f"{clients} more, {body.audience}: {USE_NAMES[body.use]}"
    return f"{body.identity} is {body.tier}"


def _href(body: Body, path: str) -> str | None:
    if isinstance(body, Reported):
        return f"/reporters/{quote(body.reporter)}"
    return f"{path}/v{body.number}" if isinstance(body, VersionPublished) else None
