"""What matches a search in an order of the feed: trending, reproduced, contested, by field. Both engines end here.

Which packages match is the engines' to say; how the feed compares them is `registry.feed_rows`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Table, and_, func
from sqlmodel import Session

from registry.arrays import text_array
from registry.feed import ITEM_COLUMNS, FeedItem, feed_item, points
from registry.feed_orders import FeedOrder, Place, Window, read_place, write_place
from registry.feed_rows import Row, RowsWanted, read_rows
from registry.search.answers import Order, SearchRequest
from registry.search.cursors import marked, unmarked
from registry.tables import PackageRow

_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
# The other orders of a search have statements of their own, with what they compare in the engines' reach.
FEED_ORDERS = {
    Order.TRENDING: FeedOrder.TRENDING,
    Order.REPRODUCED: FeedOrder.REPRODUCED,
    Order.CONTESTED: FeedOrder.CONTESTED,
    Order.FIELD: FeedOrder.FIELD,
}


def in_feed_order(
    session: Session, request: SearchRequest, ids: Sequence[str], *, mirror: bool = False
) -> tuple[tuple[FeedItem, ...], str | None]:
    """One page of these packages in the request's order, which is one of `FEED_ORDERS`, and the cursor for the next.

    ``mirror`` marks the cursor as one of Meilisearch's. Raises InvalidQuery for a cursor not given for this order.
    """
    order, cursor = FEED_ORDERS[request.order], request.filters.cursor
    place = None if cursor is None else read_place(unmarked(cursor), _name(order))
    these = and_(_PACKAGE.c.id == func.any(text_array(ids)), _PACKAGE.c.withdrawn_at.is_(None))
    today = datetime.now(UTC).date()
    rows = read_rows(session, RowsWanted(ITEM_COLUMNS, these, order, Window.ALL, today, place, request.limit + 1))
    shown = rows[: request.limit]
    following = marked(_place_after(order, shown[-1]), mirror=mirror) if len(rows) > len(shown) else None
    return tuple(_item(order, row) for row in shown), following


def _name(order: FeedOrder) -> str:
    return f"search/{order}"


def _place_after(order: FeedOrder, row: Row) -> str:
    return write_place(Place(_name(order), row["key"], row["attention_milli"], row["sorted_at"], row["id"], 0))


def _item(order: FeedOrder, row: Row) -> FeedItem:
    item = feed_item(row)
    return replace(item, gained=points(row["key"])) if order is FeedOrder.TRENDING else item
