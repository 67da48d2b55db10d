"""Scores as they stood at the end of a day, from the events up to that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from ranking.sets import influence_after, score_all
from registry.score_sets import read_scored


@dataclass(frozen=True, slots=True)
class PastScores:
    """All packages on one day: total in thousandths by id, and units of support and of contest where there are any."""

    totals: dict[str, int]
    support: dict[str, int]
    contested: dict[str, int]


def scores_on(session: Session, day: date) -> PastScores:
    """Every package's score at the end of a day (of today: now).

    In a transaction of its own, since a full recompute makes temporary tables, which a reader's session may not.
    """
    with Session(session.get_bind().engine) as own:
        score_all(own, day, influence_after(own, day - timedelta(days=1)))
        return PastScores(*read_scored(own))
