"""Between an address and the search engines: one call for pages and API alike. Decides nothing about what matches."""

from __future__ import annotations

from sqlmodel import Session

from registry.feed import FeedQuery
from registry.search.answers import Order, SearchPage, SearchRequest
from registry.search.postgres import PostgresSearch
from registry.search.query import parse_query

_POSTGRES = PostgresSearch()


def read_search(session: Session, query: FeedQuery, order: Order = Order.RELEVANCE) -> SearchPage:
    """One page of what matches ``query.q`` under the other filters of ``query``. Raises InvalidQuery."""
    return _POSTGRES.search(session, SearchRequest(parse_query(query.q), query, order))
