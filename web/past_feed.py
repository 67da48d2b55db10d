"""The feed as it stood at the end of a day: scores recomputed from events, in any order that the feed has today."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from ranking.past import PastScores, scores_on
from registry.event_log import last_event_id, utc_today
from registry.feed import (
    FeedPage,
    FeedQuery,
    PlacedPackage,
    check_limit,
    place_after,
    points,
    read_facets,
    read_items,
    read_placed,
)
from registry.feed_orders import TRENDING_DAYS, WINDOW_DAYS, FeedOrder, Window, read_place

_KEPT = 4


class PastFeed:
    """Reads past feeds; keeps the scores of the days last asked for. Threads may share it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[date, int], PastScores] = OrderedDict()
        self._computing = threading.Lock()  # one day at a time: each may take all there is of a core

    def read(self, session: Session, query: FeedQuery, day: date) -> FeedPage:
        """One page as of ``day``. Raises InvalidQuery as `registry.feed.read_feed`."""
        check_limit(query)
        place = read_place(query.cursor, query.order_name) if query.cursor else None
        now = self._scores(session, day)
        rows = [self._row(one, now) for one in read_placed(session, query)]
        key = self._key(session, query, day, rows, now)
        for row in rows:
            row["key"] = key(row)
        compared = sorted(rows, key=_place_of(query), reverse=True)
        if place is not None:
            after = (place.key, place.attention_milli, place.sorted_at, place.id)
            after = (place.sorted_at, place.id) if query.order is FeedOrder.NEWEST else after  # type: ignore[assignment]
            compared = [row for row in compared if _place_of(query)(row) < after]
        shown = compared[: query.limit]
        facets, total = read_facets(session, query)
        given = place.shown if place else 0
        return FeedPage(
            items=tuple(_items(session, query, shown)),
            facets=facets,
            total=total,
            next_cursor=place_after(query, shown[-1], given + len(shown)) if len(compared) > len(shown) else None,
        )

    def _scores(self, session: Session, day: date) -> PastScores:
        """The scores of a day. Events of days gone by do not become more, so these are computed once."""
        with self._computing:
            named = (day, last_event_id(session) if day >= utc_today() else 0)
            if named not in self._kept:
                self._kept[named] = scores_on(session, day)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(named)
            return self._kept[named]

    def _row(self, one: PlacedPackage, now: PastScores) -> dict[str, Any]:
        milli = now.totals.get(one.id, 0)
        return {"id": one.id, "sorted_at": one.sorted_at, "field": one.field, "attention_milli": milli}

    def _key(
        self, session: Session, query: FeedQuery, day: date, rows: Iterable[Mapping[str, Any]], now: PastScores
    ) -> Callable[[Mapping[str, Any]], int]:
        """What packages are compared by in the query's order."""
        if query.order is FeedOrder.FIELD:
            places = _field_places(rows)
            return lambda row: places[row["id"]]
        if query.order is FeedOrder.REPRODUCED:
            return lambda row: now.support.get(row["id"], 0)
        if query.order is FeedOrder.CONTESTED:
            return lambda row: now.contested.get(row["id"], 0)
        days = TRENDING_DAYS if query.order is FeedOrder.TRENDING else WINDOW_DAYS.get(query.window)
        if days is None:
            return lambda _: 0
        before = self._scores(session, day - timedelta(days=days)).totals
        return lambda row: row["attention_milli"] - before.get(row["id"], 0)


def _place_of(query: FeedQuery) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if query.order is FeedOrder.NEWEST:
        return lambda row: (row["sorted_at"], row["id"])
    return lambda row: (row["key"], row["attention_milli"], row["sorted_at"], row["id"])


def _field_places(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """As `registry.feed_rows` has them, the best of a field having the largest number."""
    fields: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        fields.setdefault(row["field"] or "", []).append(row)
    places: dict[str, int] = {}
    for of_field in fields.values():
        of_field.sort(key=lambda row: (row["attention_milli"], row["sorted_at"], row["id"]), reverse=True)
        for number, row in enumerate(of_field, 1):
            places[row["id"]] = -number
    return places


def _items(session: Session, query: FeedQuery, shown: list[dict[str, Any]]) -> Iterable[Any]:
    counts_gain = query.order is FeedOrder.TRENDING or query.window is not Window.ALL
    by_id = {row["id"]: row for row in shown}
    for item in read_items(session, list(by_id)):
        row = by_id[item.id]
        gained = points(row["key"]) if counts_gain else None
        yield replace(item, attention=points(row["attention_milli"]), gained=gained)
