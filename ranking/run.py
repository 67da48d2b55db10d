"""Scoring packages in the database: reads their signals, asks `ranking.score`, writes the current score in place."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from ranking.score import score
from ranking.signals import ClaimSignal, Signals
from registry.events import Grounding
from registry.packages import read_claim_counts, write_attention


def rescore(session: Session, package_ids: Sequence[str]) -> None:
    """Bring the scores of these packages up to date, within the caller's transaction."""
    counts = read_claim_counts(session, package_ids)
    write_attention(session, {id_: score(_quoting(claims)).total_milli for id_, claims in counts.items()})


def _quoting(claims: int) -> Signals:
    """Signals of a package with so many claims of one length that quote their source."""
    return Signals(claims=tuple(ClaimSignal(f"C{number:02d}", Grounding.QUOTED, 1) for number in range(1, claims + 1)))
