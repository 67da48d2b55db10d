"""Scoring packages in the database: reads their signals, asks `ranking.score`, writes the current score in place."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from ranking.score import Signals, score
from registry.packages import read_claim_counts, write_attention


def rescore(session: Session, package_ids: Sequence[str]) -> None:
    """Bring the scores of these packages up to date, within the caller's transaction."""
    counts = read_claim_counts(session, package_ids)
    write_attention(session, {id_: score(Signals(claims=claims)).total_milli for id_, claims in counts.items()})
