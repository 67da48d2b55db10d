"""A package's attention with its reasons, read from the database for pages, the API and the command."""

from __future__ import annotations

from sqlmodel import Session

from ranking.explain import Explanation, explain
from ranking.run import NO_INFLUENCE
from registry.attention import read_influence
from registry.errors import PackageNotFound
from registry.event_log import read_events, read_tiers, utc_today
from registry.identifiers import PackageId


def read_explanation(session: Session, package_id: PackageId) -> Explanation:
    """The current score of a package and how it came about. Raises PackageNotFound if nothing is known of it."""
    id_ = str(package_id)
    events = read_events(session, [id_])
    if id_ not in events:
        raise PackageNotFound(f"There is no package {package_id} in this registry. It may not have been imported yet.")
    influence = read_influence(session, [id_]).get(id_, NO_INFLUENCE)
    return explain(events[id_], utc_today(), read_tiers(session), influence=influence)
