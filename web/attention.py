"""A package's attention with its reasons, read from the database for pages, the API and the command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from ranking.explain import Explanation, explain
from ranking.run import NO_INFLUENCE
from registry.attention import read_influence
from registry.errors import PackageNotFound
from registry.event_log import read_events, read_tiers, utc_today
from registry.events import Audience, Event, Use, Used
from registry.identifiers import PackageId


@dataclass(frozen=True, slots=True)
class UseCount:
    """How many clients, each day's anew, one audience's use of one kind came to."""

    audience: Audience
    use: Use
    clients: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A score with its reasons, the events it was made of, and its use by audience and kind."""

    explanation: Explanation
    events: tuple[Event, ...]
    use: tuple[UseCount, ...]


def read_explanation(session: Session, package_id: PackageId) -> Explanation:
    """The current score of a package and how it came about. Raises PackageNotFound if nothing is known of it."""
    return read_explained(session, package_id).explanation


def read_explained(session: Session, package_id: PackageId) -> Explained:
    """The same with the events behind it. Raises PackageNotFound."""
    id_ = str(package_id)
    events = read_events(session, [id_])
    if id_ not in events:
        raise PackageNotFound(f"There is no package {package_id} in this registry. It may not have been imported yet.")
    influence = read_influence(session, [id_]).get(id_, NO_INFLUENCE)
    found = explain(events[id_], utc_today(), read_tiers(session), influence=influence)
    return Explained(found, tuple(events[id_]), tuple(_use(events[id_])))


def _use(events: Iterable[Event]) -> Iterable[UseCount]:
    counts: dict[tuple[Audience, Use], int] = {}
    for body in (event.body for event in events):
        if isinstance(body, Used):
            counts[body.audience, body.use] = counts.get((body.audience, body.use), 0) + body.clients
    for audience in Audience:
        for use in Use:
            if counts.get((audience, use)):
                yield UseCount(audience, use, counts[audience, use])
