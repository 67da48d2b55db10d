"""Packages ordered by the components of their scores times weights that somebody else chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, case, literal, select
from sqlalchemy.types import BigInteger
from sqlmodel import Session

from registry.feed import ITEM_COLUMNS, FeedItem, FeedQuery, feed_item, matching
from registry.tables import AttentionComponentRow, PackageRow

PLACES = 1_000
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_COMPONENT: Table = AttentionComponentRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class WeighedItem:
    """A package, its weighed sum in millionths of a point, and its place in our own order (None beyond 1,000)."""

    item: FeedItem
    micro: int
    our_place: int | None


def read_weighed(session: Session, query: FeedQuery, weights_milli: Mapping[str, int]) -> list[WeighedItem]:
    """The first ``query.limit`` packages under its filters by weighed sum, the largest first; equals as in our order.

    ``weights_milli`` has every component by name, in thousandths. The sum is exact.
    """
    micro = _micro(weights_milli).label("micro")
    ours = (_PACKAGE.c.attention_milli, _PACKAGE.c.sorted_at, _PACKAGE.c.id)
    weighed = (
        select(*ITEM_COLUMNS, micro)
        .select_from(_PACKAGE.outerjoin(_COMPONENT, _COMPONENT.c.package_id == _PACKAGE.c.id))
        .where(matching(query))
        .order_by(micro.desc(), *(column.desc() for column in ours))
        .limit(query.limit)
    )
    rows = session.execute(weighed).mappings().all()
    places = _our_places(session, query)
    return [WeighedItem(feed_item(row), row["micro"], places.get(row["id"])) for row in rows]


def _micro(weights_milli: Mapping[str, int]) -> ColumnElement[int]:
    """A package without components has claims alone, whose contribution is its score."""
    summed: ColumnElement[int] = literal(0, BigInteger)
    for name, weight in weights_milli.items():
        summed = summed + _COMPONENT.c[name] * literal(weight, BigInteger)
    alone = _PACKAGE.c.attention_milli * literal(weights_milli["claims"], BigInteger)
    return case((_COMPONENT.c.package_id.is_(None), alone), else_=summed)


def _our_places(session: Session, query: FeedQuery) -> dict[str, int]:
    """The first thousand places of the order by attention under the same filters."""
    ours = (_PACKAGE.c.attention_milli, _PACKAGE.c.sorted_at, _PACKAGE.c.id)
    statement = select(_PACKAGE.c.id).where(matching(query)).order_by(*(column.desc() for column in ours)).limit(PLACES)
    return {id_: place for place, id_ in enumerate(session.execute(statement).scalars(), 1)}
