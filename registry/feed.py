"""The feed: packages by attention under a filter, a page at a time, with facet counts.

One query object in, one page out; web pages and the API show the same page object. No HTTP here.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, func, literal, not_, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.types import Text
from sqlmodel import Session

from registry.arrays import text_array
from registry.categories import UNCATEGORISED
from registry.errors import InvalidQuery
from registry.identifiers import ARXIV_NAMESPACE, ArxivId
from registry.tables import PackageRow

DEFAULT_LIMIT = 25
MAX_LIMIT = 100
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_ITEM_COLUMNS = (
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
    what is excluded. `UNCATEGORISED` stands for "listed nowhere". ``q`` is for `registry.search`; the feed itself does
    not look at it.
    """

    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    without_categories: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One package as the feed lists it. ``title`` and ``abstract`` keep their TeX; ``tags`` carry no #.

    ``updated`` is the moment of the paper's newest version, None where no date is known.
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


def read_feed(session: Session, query: FeedQuery) -> FeedPage:
    """One page of the feed. Raises InvalidQuery for a limit out of range or a cursor this feed did not give."""
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidQuery(f"limit={query.limit} is out of range; give 1 to {MAX_LIMIT}")
    matching = _matching(query)
    position = [] if query.cursor is None else [tuple_(*_ORDER) < tuple_(*map(literal, read_cursor(query.cursor)))]
    rows = (
        session.execute(
            select(*_ITEM_COLUMNS)
            .where(matching, *position)
            .order_by(*(column.desc() for column in _ORDER))
            .limit(query.limit + 1)
        )
        .mappings()
        .all()
    )
    shown = rows[: query.limit]
    facets, total = read_facets(session, query)
    return FeedPage(
        items=tuple(map(feed_item, shown)),
        facets=facets,
        total=total,
        next_cursor=write_cursor(shown[-1]) if len(rows) > query.limit else None,
    )


_ORDER = (_PACKAGE.c.attention_milli, _PACKAGE.c.sorted_at, _PACKAGE.c.id)


def _matching(query: FeedQuery) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [_PACKAGE.c.withdrawn_at.is_(None)]
    conditions += [_listed_in(category) for category in query.categories]
    conditions += [not_(_listed_in(category)) for category in query.without_categories]
    if query.tags:
        conditions.append(_PACKAGE.c.tags.contains(text_array(query.tags)))
    if query.without_tags:
        conditions.append(not_(_PACKAGE.c.tags.overlap(text_array(query.without_tags))))
    return and_(*conditions)


def _listed_in(category: str) -> ColumnElement[bool]:
    if category == UNCATEGORISED:
        return _PACKAGE.c.categories == text_array([])
    return _PACKAGE.c.categories.contains(text_array([category]))


def read_facets(session: Session, query: FeedQuery) -> tuple[Facets, int]:
    """Exact counts of every category and tag under the filter, and of the packages themselves."""
    listed = case(
        (_PACKAGE.c.categories == text_array([]), array([literal(UNCATEGORISED)], type_=Text)),
        else_=_PACKAGE.c.categories,
    )
    matching = (
        select(listed.label("categories"), _PACKAGE.c.tags)
        .where(_matching(query))
        .cte("matching")
        .prefix_with("MATERIALIZED")
    )
    counts = session.execute(
        union_all(
            select(literal("total"), literal(""), func.count()).select_from(matching),
            *(
                select(literal(kind), func.unnest(matching.c[kind], type_=Text).label("name"), func.count()).group_by(
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


def read_items(session: Session, ids: Sequence[str]) -> tuple[FeedItem, ...]:
    """The packages of these ids that stand, in the order of ``ids``."""
    these = (_PACKAGE.c.id == func.any(text_array(ids)), _PACKAGE.c.withdrawn_at.is_(None))
    rows = session.execute(select(*_ITEM_COLUMNS).where(*these)).mappings()
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


def write_cursor(row: Mapping[Any, Any]) -> str:
    """The place after a package row, as an opaque URL-safe token."""
    place = [row["attention_milli"], row["sorted_at"].isoformat(), row["id"]]
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).rstrip(b"=").decode()


def read_cursor(token: str) -> tuple[int, datetime, str]:
    """The place a token stands for. Raises InvalidQuery for anything `write_cursor` did not write."""
    try:
        milli, moment, id_ = json.loads(
            base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        )
        if type(milli) is not int or type(id_) is not str or not 0 <= milli < 1 << 63 or "\0" in id_:
            raise ValueError("not a place")
        place = (milli, datetime.fromisoformat(moment), id_)
        if place[1].tzinfo is None:
            raise ValueError("no time zone")
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidQuery("cursor is not one this feed gave; leave it out to start from the first page") from error
    return place
