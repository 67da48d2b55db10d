"""The day's draw for places by chance, kept once it is made, and the packages that may be drawn.

Who may be drawn and in which order is `ranking.chance`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.tables import AttentionComponentRow, AttentionDayRow, ChancePlaceRow, IdentityRow, PackageRow

_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_COMPONENT: Table = AttentionComponentRow.__table__  # type: ignore[attr-defined]
_DAY: Table = AttentionDayRow.__table__  # type: ignore[attr-defined]
_IDENTITY: Table = IdentityRow.__table__  # type: ignore[attr-defined]
_PLACE: Table = ChancePlaceRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class RecentPackage:
    """A package that came lately: since when, whose, its clients so far, its score, whether anything was refuted."""

    id: str
    owner: str | None
    tier: str | None
    since: date
    clients: int
    milli: int
    refuted: bool


def read_drawn(session: Session, day: date) -> tuple[str, ...]:
    """The ids drawn for a day in the order of their turns; empty before the draw."""
    statement = select(_PLACE.c.package_id).where(_PLACE.c.day == day).order_by(_PLACE.c.place)
    return tuple(session.execute(statement).scalars())


def keep_drawn(session: Session, day: date, drawn: Sequence[str]) -> tuple[str, ...]:
    """Keep what was drawn for a day, unless another process did before; what counts is returned."""
    rows = [{"day": day, "place": place, "package_id": id_} for place, id_ in enumerate(drawn)]
    if rows:
        session.execute(insert(_PLACE).on_conflict_do_nothing(), rows)
    return read_drawn(session, day)


def any_seen_by(session: Session, clients: int) -> bool:
    """Whether some package was used by more clients than that."""
    seen = select(_COMPONENT.c.package_id).where(_COMPONENT.c.readers > clients).limit(1)
    return session.execute(seen).first() is not None


def recent_packages(session: Session, day: date, days: int) -> list[RecentPackage]:
    """The packages that stand and came within so many days before and at ``day``, in no order."""
    changed = select(_DAY.c.package_id).where(_DAY.c.day > day - timedelta(days=days))
    first = (
        select(_DAY.c.package_id, func.min(_DAY.c.day).label("since"))
        .where(_DAY.c.package_id.in_(changed))
        .group_by(_DAY.c.package_id)
        .subquery("first")
    )
    statement = (
        select(
            _PACKAGE.c.id,
            _PACKAGE.c.owner_id,
            _IDENTITY.c.tier,
            first.c.since,
            func.coalesce(_COMPONENT.c.readers, 0),
            _PACKAGE.c.attention_milli,
            func.coalesce(_COMPONENT.c.refutation, 0) > 0,
        )
        .join(first, first.c.package_id == _PACKAGE.c.id)
        .outerjoin(_IDENTITY, _IDENTITY.c.id == _PACKAGE.c.owner_id)
        .outerjoin(_COMPONENT, _COMPONENT.c.package_id == _PACKAGE.c.id)
        .where(_PACKAGE.c.withdrawn_at.is_(None), first.c.since > day - timedelta(days=days))
    )
    return [RecentPackage(*row) for row in session.execute(statement)]
