"""Scoring packages in the database: reads their events, asks `ranking.score`, writes the current score in place.

The incremental update and the full run read the same events through the same functions, so they give the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from ranking.influence import flows, node
from ranking.score import Score, score, untested_milli
from ranking.signals import signals_of
from registry.attention import (
    Components,
    last_closed_day,
    packages_with_components,
    read_all_influence,
    read_influence,
    read_scores,
    replace_influence,
    write_components,
    write_scores,
)
from registry.event_log import (
    last_event_id,
    packages_reported_by,
    packages_since,
    read_events,
    read_tiers,
    stream_by_package,
    utc_today,
)
from registry.events import Dependency, Event, Reported, VersionPublished
from registry.packages import read_current

NO_INFLUENCE = (0, 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """A package whose stored score is not what its events give, in thousandths."""

    package: str
    stored_milli: int
    computed_milli: int


def rescore(session: Session, package_ids: Sequence[str]) -> None:
    """Bring the scores of these packages up to date, within the caller's transaction."""
    today = utc_today()
    scores = score_today(session, package_ids, today)
    write_scores(session, {id_: one.total_milli for id_, one in scores.items()}, today)
    write_components(session, {id_: components_of(one) for id_, one in scores.items()})


def components_of(found: Score) -> Components:
    """The components of a score as the registry keeps them for the orders of the feed."""
    inputs = {one.name: one.inputs for one in found.components}
    support, refutation = inputs["reproductions"]["units"], inputs["refutations"]["units"]
    return Components(
        **{one.name: one.contribution_milli for one in found.components},
        support=support,
        refutation=refutation,
        contested=min(support, refutation),
        readers=inputs["use_by_people"]["clients"] + inputs["use_by_agents"]["clients"],
    )


def first_scores(session: Session, published: Mapping[str, VersionPublished]) -> dict[str, int]:
    """The scores, in thousandths, of new packages with the first event of each, which may not be written yet.

    Left out, for `rescore`, is what more is known of: other events, or influence that waited for it.
    """
    ids = sorted(published)
    known = read_events(session, ids).keys() | read_influence(session, ids).keys()
    return {id_: untested_milli(event.claims) for id_, event in published.items() if id_ not in known}


def score_today(session: Session, package_ids: Sequence[str], today: date) -> dict[str, Score]:
    """The scores of packages as of now, with the influence of the last close."""
    events = read_events(session, package_ids)
    reported = any(isinstance(event.body, Reported) for found in events.values() for event in found)
    tiers = read_tiers(session) if reported else {}
    influence = read_influence(session, package_ids)
    return {
        id_: score(signals_of(found, today, tiers, influence=influence.get(id_, NO_INFLUENCE)))
        for id_, found in events.items()
    }


def rescore_reported_by(session: Session, identity: str) -> None:
    """Bring the packages that an identity reported on up to date, after its tier changed."""
    package_ids = packages_reported_by(session, identity)
    read_current(session, package_ids)  # holds the rows, so that no report comes between reading and writing
    rescore(session, package_ids)


def recompute(session: Session, *, day: date | None = None) -> int:
    """Close the day before ``day`` (today), recompute every score from all events and store what differs.

    Returns how many scores changed. What happened meanwhile is scored once more, so that no newer score is lost.
    """
    today = day or utc_today()
    begun = last_event_id(session)
    every = read_all(session, today)
    replace_influence(session, every.influence, today - timedelta(days=1))
    changed = write_scores(session, every.totals, today)
    # Components of packages that have more than claims fade with the day, whether or not anything new happened.
    rescore(session, sorted({*packages_since(session, begun), *packages_with_components(session), *every.influence}))
    return changed


def close_if_due(session: Session) -> bool:
    """Close yesterday and recompute, if that was not done yet; returns whether it was due."""
    due = last_closed_day(session) != utc_today() - timedelta(days=1)
    if due:
        recompute(session)
    return due


def verify(session: Session) -> list[Difference]:
    """Every package whose stored score differs from what all events give; both are left as they are.

    A score is right if it is today's, or that of the day the last close opened: use fades at midnight, and the close
    that follows brings every score up to date. Influence is recomputed too, as package ``influence`` if it differs.
    """
    today = utc_today()
    closed = last_closed_day(session)
    given = read_all_influence(session)
    if closed is not None and read_all(session, closed + timedelta(days=1)).influence != given:
        return [Difference("influence", 0, 0)]
    days = {today} if closed is None else {today, closed + timedelta(days=1)}
    allowed = [read_all(session, day, influence=given).totals for day in sorted(days, reverse=True)]
    return [
        Difference(id_, stored, allowed[0].get(id_, 0))
        for id_, stored in read_scores(session.connection())
        if all(stored != totals.get(id_, 0) for totals in allowed)
    ]


@dataclass(frozen=True, slots=True)
class AllScores:
    """All packages on one day: totals in thousandths, and the influence that entered them."""

    totals: dict[str, int]
    influence: dict[str, tuple[int, int]]


def read_all(session: Session, day: date, *, influence: Mapping[str, tuple[int, int]] | None = None) -> AllScores:
    """All packages on ``day``, from all events, with this influence, or that of the close of the day before."""
    tiers = read_tiers(session, until=day)
    totals: dict[str, int] = {}
    linked: set[str] = set()
    for id_, events in stream_by_package(session.connection()):
        totals[id_] = _total(events, day, tiers)
        depends = {one.package for event in events for one in _depends(event)}
        if depends:
            linked |= {id_, *depends}
    flowing = _influence(session, sorted(linked), day - timedelta(days=1)) if influence is None else dict(influence)
    for id_, events in read_events(session, sorted(flowing), until=day).items():
        totals[id_] = score(signals_of(events, day, tiers, influence=flowing[id_])).total_milli
    return AllScores(totals, flowing)


def _total(events: Sequence[Event], day: date, tiers: Mapping[str, str]) -> int:
    """The total without influence. Most packages have one version and nothing else, which takes the short way."""
    body = events[0].body
    if len(events) == 1 and isinstance(body, VersionPublished):
        return untested_milli(body.claims) if events[0].day <= day else 0
    return score(signals_of(events, day, tiers)).total_milli


def _depends(event: Event) -> tuple[Dependency, ...]:
    return event.body.depends if isinstance(event.body, VersionPublished) else ()


def _influence(session: Session, package_ids: Sequence[str], day: date) -> dict[str, tuple[int, int]]:
    """What flows to each package from the close of ``day``; the ids are all that depend or are depended upon."""
    tiers = read_tiers(session, until=day)
    events = read_events(session, package_ids, until=day)
    nodes = {id_: node(found, day, tiers) for id_, found in events.items()}
    reached = flows(nodes, day)
    return {id_: (flow.known, flow.unverified) for id_, flow in reached.items() if flow.known or flow.unverified}
