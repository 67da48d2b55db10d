"""Reading one page of packages in any order of the feed. What a row is shown as, and which match, is `registry.feed`'s.

Orders that an index has are read from it. The others compare by a number that most packages have not, or have as zero:
those that have it come from a small table; the page goes on with the rest only where they end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Subquery, Table, exists, func, literal, not_, select, tuple_
from sqlalchemy.types import BigInteger
from sqlmodel import Session

from registry.arrays import text_array
from registry.feed_orders import TRENDING_DAYS, WINDOW_DAYS, FeedOrder, Place, Window
from registry.tables import AttentionComponentRow, AttentionDayRow, PackageRow

_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_DAY: Table = AttentionDayRow.__table__  # type: ignore[attr-defined]
_COMPONENT: Table = AttentionComponentRow.__table__  # type: ignore[attr-defined]
_BY_ATTENTION = (_PACKAGE.c.attention_milli, _PACKAGE.c.sorted_at, _PACKAGE.c.id)
_BY_AGE = (_PACKAGE.c.sorted_at, _PACKAGE.c.id)
_NOTHING: ColumnElement[int] = literal(0, BigInteger)
Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class RowsWanted:
    """Which columns of which packages, in which order, after which place, and at most how many."""

    columns: Sequence[ColumnElement[Any]]
    matching: ColumnElement[bool]
    order: FeedOrder
    window: Window
    today: date
    place: Place | None
    limit: int


def read_rows(session: Session, wanted: RowsWanted) -> list[Row]:
    """The rows in order, each with the ``key`` that its order compares by."""
    if wanted.order is FeedOrder.FIELD:
        ranked = _field_places(wanted.matching)
        return _compared(session, wanted, ranked, ranked.c.key, wanted.limit)
    compared = _compared_by(wanted.order, wanted.window, wanted.today)
    if compared is None:
        columns = _BY_AGE if wanted.order is FeedOrder.NEWEST else _BY_ATTENTION
        after = _after(columns, wanted.place)
        return _read(session, wanted, _PACKAGE, _NOTHING, columns, after, wanted.limit)
    rows: list[Row] = []
    if wanted.place is None or wanted.place.key > 0:
        key = _key_of(compared)
        rows = _compared(session, wanted, compared, key, wanted.limit, key > 0)
    if len(rows) < wanted.limit:
        rows += _others(session, wanted, compared, wanted.limit - len(rows))
    return rows


def _others(session: Session, wanted: RowsWanted, compared: Subquery, limit: int) -> list[Row]:
    """The packages whose number is zero, or less."""
    place = wanted.place if wanted.place is not None and wanted.place.key <= 0 else None
    if wanted.order in (FeedOrder.REPRODUCED, FeedOrder.CONTESTED):
        absent = not_(exists().where(compared.c.id == _PACKAGE.c.id))
        return _read(session, wanted, _PACKAGE, _NOTHING, _BY_ATTENTION, [absent, *_after(_BY_ATTENTION, place)], limit)
    key = func.coalesce(_key_of(compared), _NOTHING)
    columns = (key, *_BY_ATTENTION)
    source = _PACKAGE.outerjoin(compared, compared.c.id == _PACKAGE.c.id)
    return _read(session, wanted, source, key, columns, [key <= 0, *_after(columns, place)], limit)


def _compared(
    session: Session,
    wanted: RowsWanted,
    compared: Subquery,
    key: ColumnElement[int],
    limit: int,
    *conditions: ColumnElement[bool],
) -> list[Row]:
    columns = (key, *_BY_ATTENTION)
    source = _PACKAGE.join(compared, compared.c.id == _PACKAGE.c.id)
    return _read(session, wanted, source, key, columns, [*conditions, *_after(columns, wanted.place)], limit)


def _after(columns: Sequence[ColumnElement[Any]], place: Place | None) -> list[ColumnElement[bool]]:
    """The condition that a row comes after a place; ``columns`` are some of key, attention, date and id, in order."""
    if place is None:
        return []
    values = (place.key, place.attention_milli, place.sorted_at, place.id)[-len(columns) :]
    return [tuple_(*columns) < tuple_(*map(literal, values))]


def _read(
    session: Session,
    wanted: RowsWanted,
    source: FromClause,
    key: ColumnElement[int],
    columns: Sequence[ColumnElement[Any]],
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[Row]:
    """The first rows in an order. What no index orders is sorted by what it is compared by alone, and read after."""
    by_index = source is _PACKAGE
    statement = (
        select(*(wanted.columns if by_index else (_PACKAGE.c.id,)), key.label("key"))
        .select_from(source)
        .where(wanted.matching, *conditions)
        .order_by(*(column.desc() for column in columns))
        .limit(limit)
    )
    found: list[Row] = [dict(row) for row in session.execute(statement).mappings()]
    if by_index or not found:
        return found
    ids = text_array([row["id"] for row in found])
    shown = session.execute(select(*wanted.columns).where(_PACKAGE.c.id == func.any(ids))).mappings()
    by_id = {row["id"]: row for row in shown}
    return [{**by_id[row["id"]], "key": row["key"]} for row in found]


def _compared_by(order: FeedOrder, window: Window, today: date) -> Subquery | None:
    """The packages whose number can be other than zero in an order, as (id, key); None where an index has the order."""
    if order is FeedOrder.TRENDING:
        return _gains(today - timedelta(days=TRENDING_DAYS))
    if order is FeedOrder.ATTENTION and window is not Window.ALL:
        return _gains(today - timedelta(days=WINDOW_DAYS[window]))
    if order in (FeedOrder.REPRODUCED, FeedOrder.CONTESTED):
        column = _COMPONENT.c.support if order is FeedOrder.REPRODUCED else _COMPONENT.c.contested
        return select(_COMPONENT.c.package_id.label("id"), column.label("key")).where(column > 0).subquery("compared")
    return None


def _gains(since: date) -> Subquery:
    """The packages whose score changed since the end of a day, with what it was then: (id, before)."""
    earlier = _DAY.alias("earlier")
    changed = select(_DAY.c.package_id.label("id")).where(_DAY.c.day > since).distinct().subquery("changed")
    stood = (
        select(earlier.c.milli)
        .where(earlier.c.package_id == changed.c.id, earlier.c.day <= since)
        .order_by(earlier.c.day.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(changed.c.id, func.coalesce(stood, _NOTHING).label("before")).subquery("compared")


def _key_of(compared: Subquery) -> ColumnElement[int]:
    """The number by which a package is compared: its own, or what its score is above what it was."""
    return _PACKAGE.c.attention_milli - compared.c.before if "before" in compared.c else compared.c.key


def _field_places(matching: ColumnElement[bool]) -> Subquery:
    """Where each matching package stands among those of its primary category: (id, key), the first having -1.

    Packages without a category are a field of their own. The order is `ranking.fields`'.
    """
    field = func.coalesce(_PACKAGE.c.primary_category, "")
    rank = func.row_number().over(partition_by=field, order_by=tuple(column.desc() for column in _BY_ATTENTION))
    return select(_PACKAGE.c.id, (-rank).label("key")).where(matching).subquery("compared")
