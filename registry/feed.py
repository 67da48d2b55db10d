"""The feed: packages by attention under a filter, a page at a time, with facet counts.

One query object in, one page out; web pages and the API show the same page object. No HTTP here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

UNCATEGORISED = "uncategorised"
DEFAULT_LIMIT = 25
MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class FeedQuery:
    """A filter and a place in the feed. Tags combine with AND; categories match any category a package is listed in."""

    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    without_categories: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One package as the feed lists it. ``title`` and ``abstract`` keep their TeX; ``tags`` carry no #.

    ``updated`` is the moment of the paper's newest version if known; ``listed_on`` the day shown beside the
    version number (from ``updated``, or None where no date is known).
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
    def listed_on(self) -> date | None:
        return self.updated.date() if self.updated else None


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
