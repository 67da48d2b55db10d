"""Between an address and the search engines: one call for pages and API alike. Decides nothing about what matches."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session
from starlette.responses import Response

from registry.feed import FeedQuery
from registry.search.answers import Order, SearchPage, SearchRequest
from registry.search.engines import Engines
from registry.search.query import parse_query

ENGINE_HEADER = "X-Search-Engine"
FALLBACK_HEADER = "X-Search-Fallback"


def _engines(request: Request) -> Engines:
    found: Engines = request.app.state.engines
    return found


EnginesDependency = Annotated[Engines, Depends(_engines)]


def read_search(session: Session, engines: Engines, query: FeedQuery, order: Order = Order.RELEVANCE) -> SearchPage:
    """One page of what matches ``query.q`` under the other filters of ``query``. Raises InvalidQuery."""
    return engines.search(session, SearchRequest(parse_query(query.q), query, order))


def say_engine(response: Response, found: SearchPage) -> Response:
    """Name in the headers which engine answered, and why it was not Meilisearch where that is configured."""
    response.headers[ENGINE_HEADER] = found.engine
    if found.fallback is not None:
        response.headers[FALLBACK_HEADER] = "".join(c if " " <= c <= "~" else "?" for c in found.fallback)[:300]
    return response
