"""Fields of research as the feed has them: primary categories, how many packages each has, which come first."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Table, func, select
from sqlmodel import Session

from registry.feed import FeedQuery, matching
from registry.feed_orders import FeedOrder
from registry.feed_rows import RowsWanted, read_rows
from registry.tables import PackageRow

_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]


def read_fields(session: Session, order: FeedOrder, places: int) -> list[str | None]:
    """The primary categories of the first so many packages of an order."""
    query = FeedQuery(sort=order)
    columns = (_PACKAGE.c.id, _PACKAGE.c.primary_category, _PACKAGE.c.attention_milli, _PACKAGE.c.sorted_at)
    today = datetime.now(UTC).date()
    wanted = RowsWanted(columns, matching(query), order, query.window, today, None, places)
    return [row["primary_category"] for row in read_rows(session, wanted)]


def count_fields(session: Session) -> dict[str | None, int]:
    """How many packages stand in each primary category; None for those that have none."""
    statement = (
        select(_PACKAGE.c.primary_category, func.count())
        .where(_PACKAGE.c.withdrawn_at.is_(None))
        .group_by(_PACKAGE.c.primary_category)
    )
    return {row[0]: row[1] for row in session.execute(statement)}
