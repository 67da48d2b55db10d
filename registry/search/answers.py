"""What is asked of a search engine and what it answers, as plain values. Both engines speak these."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from registry.feed import Facets, FeedItem, FeedPage, FeedQuery
from registry.identifiers import PackageId
from registry.package_views import ClaimSummary
from registry.search.query import SearchQuery


class Order(StrEnum):
    """What stands first: the best match (attention decides between equals), else as in the feed's orders."""

    RELEVANCE = "relevance"
    ATTENTION = "attention"
    NEWEST = "newest"
    TRENDING = "trending"
    REPRODUCED = "reproduced"
    CONTESTED = "contested"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A query, the filters beside it (``filters`` as the feed has them; its limit and cursor count), and the order."""

    query: SearchQuery
    filters: FeedQuery = field(default_factory=FeedQuery)
    order: Order = Order.RELEVANCE

    @property
    def limit(self) -> int:
        return self.filters.limit


@dataclass(frozen=True, slots=True)
class Snippet:
    """Part of a text in which query words stand. ``html`` is escaped; `<mark>` around the words is its only markup."""

    field: str
    html: str


@dataclass(frozen=True, slots=True)
class SearchHit:
    item: FeedItem
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of an answer.

    ``total`` is exact. ``facets`` count the first ``faceted`` matches: all of them, save for very broad queries.
    ``exact`` is the package that the query names, if it stands. ``read_as`` maps words to what was searched in their
    place; ``relaxed`` says that nothing had all words, so that what has most of them is shown.
    ``engine`` is who answered, ``fallback`` why it was not Meilisearch where that is configured.
    """

    hits: tuple[SearchHit, ...]
    facets: Facets
    faceted: int
    total: int
    next_cursor: str | None
    exact: PackageId | None = None
    read_as: tuple[tuple[str, str], ...] = ()
    relaxed: bool = False
    engine: str = "postgres"
    fallback: str | None = None

    def as_feed(self) -> FeedPage:
        """The same page in the feed's form, for what shows either."""
        return FeedPage(tuple(hit.item for hit in self.hits), self.facets, self.total, self.next_cursor)


@dataclass(frozen=True, slots=True)
class ClaimHit:
    """A claim that matches, the package that makes it, and the claim with its words marked."""

    package: FeedItem
    claim: ClaimSummary
    html: str


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """One page of claims that match."""

    hits: tuple[ClaimHit, ...]
    next_cursor: str | None
