"""Scoring packages in the database: reads their events, asks `ranking.score`, writes the current score in place.

The incremental update and the full run read the same events through the same functions, so they give the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from ranking.score import Score, score, untested_milli
from ranking.sets import NO_INFLUENCE as NO_INFLUENCE
from ranking.sets import components_of as components_of
from ranking.sets import influence_after, score_all
from ranking.signals import signals_of
from ranking.windows import WINDOW_DAYS, begins
from registry.attention import (
    last_closed_day,
    read_all_influence,
    read_influence,
    replace_influence,
    write_components,
    write_history,
    write_scores,
)
from registry.event_log import (
    last_event_id,
    packages_reported_by,
    packages_since,
    read_events,
    read_tiers,
    utc_today,
)
from registry.events import Reported, VersionPublished
from registry.packages import read_current
from registry.score_sets import (
    changing_history,
    differing_components,
    differing_history,
    differing_scores,
    noted_late,
    write_scored,
)

_IN_FLIGHT = 100_000  # events that may have got their number before others were read, and be committed after


@dataclass(frozen=True, slots=True)
class Difference:
    """A package of which something stored is not what its events give, in thousandths; ``what`` if not its score."""

    package: str
    stored_milli: int
    computed_milli: int
    what: str = "score"


def rescore(session: Session, package_ids: Sequence[str]) -> None:
    """Bring the scores of these packages up to date, within the caller's transaction."""
    today = utc_today()
    scores = score_today(session, package_ids, today)
    write_scores(session, {id_: one.total_milli for id_, one in scores.items()}, today)
    write_components(session, {id_: components_of(one) for id_, one in scores.items()})


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
    tiers = read_tiers(session, until=today) if reported else {}
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

    If the history is wrong on a day on which a window begins, that of all days back to the longest window's is put
    right. Returns how many scores changed. What happened meanwhile is scored once more, so that no newer score is lost.
    """
    today = day or utc_today()
    begun = last_event_id(session)
    influence = influence_after(session, today - timedelta(days=1))
    replace_influence(session, influence, today - timedelta(days=1))
    score_all(session, today, influence)
    changed = write_scored(session, today)
    changing = changing_history(session)
    beginnings = _days_of_windows(today)
    if any(_put_history_right(session, then, changing) for then in beginnings):
        for then in _days(beginnings[0], today - timedelta(days=1)):
            _put_history_right(session, then, changing)
    rescore(session, _overtaken(session, begun, changed))
    return len(changed)


def close_if_due(session: Session) -> bool:
    """Close every day that ended since the last close; returns whether there was one.

    Only what may differ from day to day is scored: packages that were used, tested, depend or are depended upon.
    """
    today, closed = utc_today(), last_closed_day(session)
    yesterday = today - timedelta(days=1)
    if closed is None:
        recompute(session, day=today)
        return True
    if closed >= yesterday:
        return False
    begun = last_event_id(session)
    for day in _days(closed + timedelta(days=1), yesterday):
        score_all(session, day, read_all_influence(session), wanted=noted_late(session, day))
        _note_history(session, day)
        replace_influence(session, influence_after(session, day), day)
    influence = read_all_influence(session)
    score_all(session, today, influence, wanted=tuple(influence))
    rescore(session, _overtaken(session, begun, write_scored(session, today)))
    return True


def _overtaken(session: Session, begun: int, changed: Iterable[str]) -> list[str]:
    """Packages with events that came while scores were computed, or may have: they are scored once more."""
    recent = set(packages_since(session, begun - _IN_FLIGHT))
    return sorted({*packages_since(session, begun), *(id_ for id_ in changed if id_ in recent)})


def _days_of_windows(today: date) -> list[date]:
    begin = [begins(window, today) for window in WINDOW_DAYS]
    return sorted(day for day in begin if day is not None)


def _days(first: date, last: date) -> Iterator[date]:
    for after in range((last - first).days + 1):
        yield first + timedelta(days=after)


def _put_history_right(session: Session, day: date, changing: Sequence[str]) -> int:
    """Note what these packages, and all that change by the day, had at the end of ``day``; how many differed."""
    influence = influence_after(session, day - timedelta(days=1))
    score_all(session, day, influence, wanted=(*changing, *influence))
    return _note_history(session, day)


def _note_history(session: Session, day: date) -> int:
    differing = {id_: computed for id_, _, computed in differing_history(session, day)}
    write_history(session, differing, day)
    return len(differing)


def verify(session: Session, *, days: int = 0) -> list[Difference]:
    """What differs from what all events give: influence, scores and history; all are left as they are.

    A score is right if it is today's, or that of the day the last close opened: use fades at midnight, and the close
    that follows brings every score up to date. History is compared at the end of each day on which a window begins, so
    that gains are checked with it, and of each of the last ``days``.
    """
    today, closed = utc_today(), last_closed_day(session)
    given = read_all_influence(session)
    opened = today if closed is None else min(closed + timedelta(days=1), today)
    differences = [] if closed is None else _differing_influence(given, influence_after(session, closed))
    score_all(session, opened, given)
    changing = changing_history(session)
    wrong = _differing_scores(session)
    if wrong and opened != today:
        score_all(session, today, given)
        wrong = {named: one for named, one in _differing_scores(session).items() if named in wrong}
    differences += wrong.values()
    past = set(_days(opened - timedelta(days=days), opened - timedelta(days=1)))
    for day in sorted(past | (set() if closed is None else set(_days_of_windows(opened)))):
        influence = influence_after(session, day - timedelta(days=1))
        score_all(session, day, influence, wanted=(*changing, *influence))
        found = differing_history(session, day)
        differences += [Difference(id_, stored, computed, f"at the end of {day}") for id_, stored, computed in found]
    return differences


def _differing_scores(session: Session) -> dict[tuple[str, str], Difference]:
    found = [Difference(*one) for one in differing_scores(session)]
    found += [Difference(*one, "components") for one in differing_components(session)]
    return {(one.package, one.what): one for one in found}


def _differing_influence(
    given: Mapping[str, tuple[int, int]], found: Mapping[str, tuple[int, int]]
) -> list[Difference]:
    """Packages to which something else flows than the last close noted; the two flows are named together."""
    changed = sorted(id_ for id_ in given.keys() | found.keys() if given.get(id_) != found.get(id_))
    return [
        Difference(id_, sum(given.get(id_, NO_INFLUENCE)), sum(found.get(id_, NO_INFLUENCE)), "influence")
        for id_ in changed
    ]
