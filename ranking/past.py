"""Scores as they stood at the end of a day, from the events up to that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from ranking.run import components_of, read_all
from ranking.score import score
from ranking.signals import signals_of
from registry.event_log import packages_with_reports, read_events, read_tiers


@dataclass(frozen=True, slots=True)
class PastScores:
    """All packages on one day: total in thousandths by id, and units of support and of contest where there are any."""

    totals: dict[str, int]
    support: dict[str, int]
    contested: dict[str, int]


def scores_on(session: Session, day: date) -> PastScores:
    """Every package's score at the end of a day (of today: now)."""
    found = PastScores(read_all(session, day).totals, {}, {})
    tiers = read_tiers(session, until=day)
    for id_, events in read_events(session, packages_with_reports(session), until=day).items():
        kept = components_of(score(signals_of(events, day, tiers)))
        found.support[id_], found.contested[id_] = kept.support, kept.contested
    return found
