"""The feed: packages by attention under a filter, a page at a time, with facet counts.

One query object in, one page out; web pages and the API show the same page object. No HTTP here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, exists, func, literal, not_, select, union_all
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.types import Text
from sqlmodel import Session

from registry.arrays import text_array
from registry.categories import UNCATEGORISED
from registry.errors import InvalidQuery
from registry.facet_cache import kept
from registry.feed_layout import NO_CHANCE, Chance, LaidOut, lay_out
from registry.feed_orders import FeedOrder, Place, Window, read_place, write_place
from registry.feed_rows import Row, RowsWanted, read_rows
from registry.identifiers import ARXIV_NAMESPACE, ArxivId
from registry.tables import EventRow, PackageRow

DEFAULT_LIMIT = 25
MAX_LIMIT = 100
_LARGEST = (1 << 63) - 1
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_EVENT: Table = EventRow.__table__  # type: ignore[attr-defined]
ITEM_COLUMNS = (
    _PACKAGE.c.id,
    _PACKAGE.c.namespace,
    _PACKAGE.c.name,
    _PACKAGE.c.title,
    _PACKAGE.c.abstract,
    _PACKAGE.c.authors,
    _PACKAGE.c.primary_category,
    _PACKAGE.c.categories,
    _PACKAGE.c.tags,
    _PACKAGE.c.claims,
    _PACKAGE.c.attention_milli,
    _PACKAGE.c.version,
    _PACKAGE.c.updated_at,
    _PACKAGE.c.sorted_at,
)


@dataclass(frozen=True, slots=True)
class FeedQuery:
    """A filter and a place in the feed.

    A package matches if it is listed in all ``categories`` (as primary or cross-list), has all ``tags``, and none of
    what is excluded. `UNCATEGORISED` stands for "listed nowhere". ``q`` and ``years`` to ``reproduced`` are for
    `registry.search`, ``as_of`` for `web.past_feed`; the feed itself looks at none of them, save that a package of
    later than ``as_of`` does not match.
    """

    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    without_categories: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    q: str = ""
    sort: FeedOrder | None = None
    window: Window = Window.ALL
    as_of: date | None = None
    years: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    reproduced: tuple[str, ...] = ()

    @property
    def searches(self) -> bool:
        """Whether a search is asked for, not the feed."""
        return bool(self.q or self.years or self.licences or self.namespaces or self.reproduced)

    @property
    def order(self) -> FeedOrder:
        """The order in force: without ``sort`` by attention."""
        return self.sort or FeedOrder.ATTENTION

    @property
    def order_name(self) -> str:
        """The order with all that decides what a place in it means."""
        return "/".join(map(str, filter(None, (self.sort or "default", self.window, self.as_of))))

    @property
    def is_default(self) -> bool:
        """Whether this is the feed as it opens, some places of which are given by chance."""
        return self == FeedQuery(limit=self.limit, cursor=self.cursor)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One package as the feed lists it. ``title`` and ``abstract`` keep their TeX; ``tags`` carry no #.

    ``updated`` is the moment of the paper's newest version, None where no date is known. ``gained`` is the attention of
    the window asked for, None where none was; ``by_chance`` that the place was not earned but drawn.
    """

    id: str
    namespace: str
    name: str
    title: str
    abstract: str | None
    authors: tuple[str, ...]
    primary_category: str | None
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    claims: int
    attention: Decimal
    version: int
    updated: datetime | None
    gained: Decimal | None = None
    by_chance: bool = False

    @property
    def dated(self) -> str | None:
        """The day beside the version number, ISO 8601; where none is known the month that an arXiv identifier names."""
        if self.updated is not None:
            return self.updated.astimezone(UTC).date().isoformat()
        if self.namespace == ARXIV_NAMESPACE:
            named = ArxivId(self.name)
            return f"{named.year}-{named.month:02d}"
        return None


@dataclass(frozen=True, slots=True)
class PlacedPackage:
    """What an order compares of a package besides its attention: its date, and its primary category as its field."""

    id: str
    sorted_at: datetime
    field: str | None


@dataclass(frozen=True, slots=True)
class FacetCount:
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts under the current filter, largest first, ties by name. Every value that occurs is listed."""

    categories: tuple[FacetCount, ...]
    tags: tuple[FacetCount, ...]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """``total`` is exact under the filter; ``next_cursor`` is None on the last page."""

    items: tuple[FeedItem, ...]
    facets: Facets
    total: int
    next_cursor: str | None


def read_feed(session: Session, query: FeedQuery, *, chance: Chance = NO_CHANCE, today: date | None = None) -> FeedPage:
    """One page of the feed, of which the default one gives places by ``chance``.

    Raises InvalidQuery for a limit out of range or a cursor this order of the feed did not give.
    """
    check_limit(query)
    place = None if query.cursor is None else read_place(query.cursor, query.order_name)
    drawn = _drawn(session, query, chance.packages) if query.is_default else []
    used = place.drawn if place else 0
    earned = and_(matching(query), *(_PACKAGE.c.id != id_ for id_ in chance.packages[:used] if drawn))
    day, more = today or datetime.now(UTC).date(), query.limit // chance.every + 2 if drawn else 1
    wanted = RowsWanted(ITEM_COLUMNS, earned, query.order, query.window, day, place, query.limit + more)
    laid = lay_out(read_rows(session, wanted), drawn, chance, place, query.limit)
    facets, total = read_facets(session, query)
    return FeedPage(
        items=tuple(
            replace(feed_item(row), by_chance=by_chance, gained=_gained(query, row)) for row, by_chance in laid.shown
        ),
        facets=facets,
        total=total,
        next_cursor=_next_cursor(query, laid, place),
    )


def _next_cursor(query: FeedQuery, laid: LaidOut, place: Place | None) -> str | None:
    """The place after the last row that earned its own."""
    if not laid.more:
        return None
    given = (place.shown if place else 0) + len(laid.shown)
    last = next((row for row, by_chance in reversed(laid.shown) if not by_chance), None)
    if last is None:  # a page of one, given by chance
        start = place or Place(query.order_name, 0, _LARGEST, datetime.max.replace(tzinfo=UTC), "", 0)
        return write_place(replace(start, shown=given, drawn=laid.used))
    return place_after(query, last, given, laid.used)


def check_limit(query: FeedQuery) -> None:
    """Raises InvalidQuery for a limit out of range."""
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidQuery(f"limit={query.limit} is out of range; give 1 to {MAX_LIMIT}")


def place_after(query: FeedQuery, row: Row, shown: int, drawn: int = 0) -> str:
    """The cursor behind a row that `read_rows` gave."""
    key = row.get("key", 0)
    return write_place(Place(query.order_name, key, row["attention_milli"], row["sorted_at"], row["id"], shown, drawn))


def _gained(query: FeedQuery, row: Mapping[Any, Any]) -> Decimal | None:
    counts_gain = query.order is FeedOrder.TRENDING or query.window is not Window.ALL
    return points(row["key"]) if counts_gain else None


def _drawn(session: Session, query: FeedQuery, chance: Sequence[str]) -> list[Row]:
    """Those of the drawn packages that still stand, in no order."""
    if not chance:
        return []
    wanted = _PACKAGE.c.id == func.any(text_array(chance))
    return [dict(row) for row in session.execute(select(*ITEM_COLUMNS).where(matching(query), wanted)).mappings()]


def matching(query: FeedQuery) -> ColumnElement[bool]:
    """The condition that a package row matches the filters of a query."""
    conditions: list[ColumnElement[bool]] = [_PACKAGE.c.withdrawn_at.is_(None)]
    conditions += [_listed_in(category) for category in query.categories]
    conditions += [not_(_listed_in(category)) for category in query.without_categories]
    if query.tags:
        conditions.append(_PACKAGE.c.tags.contains(text_array(query.tags)))
    if query.without_tags:
        conditions.append(not_(_PACKAGE.c.tags.overlap(text_array(query.without_tags))))
    if query.as_of is not None:
        published = (_EVENT.c.package_id == _PACKAGE.c.id) & (_EVENT.c.kind == "version")
        conditions.append(exists().where(published, _EVENT.c.day <= query.as_of))
    return and_(*conditions)


def _listed_in(category: str) -> ColumnElement[bool]:
    if category == UNCATEGORISED:
        return _PACKAGE.c.categories == text_array([])
    return _PACKAGE.c.categories.contains(text_array([category]))


def read_facets(session: Session, query: FeedQuery) -> tuple[Facets, int]:
    """Exact counts of every category and tag under the filter, and of the packages themselves."""
    if query.as_of is not None:
        return _count_facets(session, query)
    filters = (query.categories, query.tags, query.without_categories, query.without_tags)
    return kept(session, filters, lambda: _count_facets(session, query))


def _count_facets(session: Session, query: FeedQuery) -> tuple[Facets, int]:
    listed = case(
        (_PACKAGE.c.categories == text_array([]), array([literal(UNCATEGORISED)], type_=Text)),
        else_=_PACKAGE.c.categories,
    )
    counted = (
        select(listed.label("categories"), _PACKAGE.c.tags)
        .where(matching(query))
        .cte("matching")
        .prefix_with("MATERIALIZED")
    )
    counts = session.execute(
        union_all(
            select(literal("total"), literal(""), func.count()).select_from(counted),
            *(
                select(literal(kind), func.unnest(counted.c[kind], type_=Text).label("name"), func.count()).group_by(
                    "name"
                )
                for kind in ("categories", "tags")
            ),
        )
    ).all()
    by_kind: dict[str, list[FacetCount]] = {"total": [], "categories": [], "tags": []}
    for kind, name, count in counts:
        by_kind[kind].append(FacetCount(name, count))
    for facets in by_kind.values():
        facets.sort(key=lambda facet: (-facet.count, facet.name))
    return Facets(tuple(by_kind["categories"]), tuple(by_kind["tags"])), by_kind["total"][0].count


def read_placed(session: Session, query: FeedQuery) -> list[PlacedPackage]:
    """All packages that match a query, in no order."""
    columns = (_PACKAGE.c.id, _PACKAGE.c.sorted_at, _PACKAGE.c.primary_category)
    return [PlacedPackage(*row) for row in session.execute(select(*columns).where(matching(query)))]


def read_items(session: Session, ids: Sequence[str]) -> tuple[FeedItem, ...]:
    """The packages of these ids that stand, in the order of ``ids``."""
    these = (_PACKAGE.c.id == func.any(text_array(ids)), _PACKAGE.c.withdrawn_at.is_(None))
    rows = session.execute(select(*ITEM_COLUMNS).where(*these)).mappings()
    found = {row["id"]: feed_item(row) for row in rows}
    return tuple(found[id_] for id_ in ids if id_ in found)


def feed_item(row: Mapping[Any, Any]) -> FeedItem:
    """The feed's view of a package row."""
    return FeedItem(
        id=row["id"],
        namespace=row["namespace"],
        name=row["name"],
        title=row["title"],
        abstract=row["abstract"],
        authors=tuple(row["authors"]),
        primary_category=row["primary_category"],
        categories=tuple(row["categories"]),
        tags=tuple(row["tags"]),
        claims=row["claims"],
        attention=points(row["attention_milli"]),
        version=row["version"],
        updated=row["updated_at"],
    )


def points(milli: int) -> Decimal:
    """Thousandths as points, with as many decimals as it takes and at least one: 4000 is 4.0, 6340 is 6.34."""
    exact = Decimal(milli).scaleb(-3).normalize()
    return exact if exact.as_tuple().exponent <= -1 else exact.quantize(Decimal("0.1"))  # type: ignore[operator]
