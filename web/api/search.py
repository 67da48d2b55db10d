"""``/api/v1/search``, ``/api/v1/claims``, ``/api/v1/suggest``: packages, claims and hints by words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from registry.feed import DEFAULT_LIMIT, FeedQuery
from registry.search.answers import Order
from registry.search.claims import search_claims
from registry.search.suggestions import suggest
from web.api.packages import FEED_PARAMETERS, Limit, Words, feed_query, refuse_unknown
from web.api.responses import problems
from web.api_search_models import ClaimAnswer, SearchAnswer, Suggestions
from web.dependencies import SessionDependency
from web.feed_filters import read_words
from web.headers import conditional
from web.searching import EnginesDependency, read_search, say_engine

router = APIRouter(prefix="/api/v1", tags=["search"])
Sort = Annotated[
    Order, Query(description="`relevance`, `attention` or `updated`; equals by relevance are ordered by attention.")
]


def _search_parameters(request: Request) -> None:
    refuse_unknown(request, (*FEED_PARAMETERS, "sort"))


def _claim_parameters(request: Request) -> None:
    refuse_unknown(request, ("q", "limit"))


def _suggest_parameters(request: Request) -> None:
    refuse_unknown(request, ("q",))


@router.get(
    "/search",
    response_model=SearchAnswer,
    summary="Search packages",
    dependencies=[Depends(_search_parameters)],
    responses=problems(400, 503),
)
def search(
    request: Request,
    session: SessionDependency,
    engines: EnginesDependency,
    query: Annotated[FeedQuery, Depends(feed_query)],
    sort: Sort = Order.RELEVANCE,
) -> Response:
    """Packages whose title, authors, abstract, claims or tags have the words of `q`, the best match first.

    Slips are mended and said so in `read_as`; where nothing has all words, what has most of them is given and `relaxed`
    is true. An identifier or DOI gives its package alone, named in `exact`. Without `q`, everything under the filters.
    """
    page = read_search(session, engines, query, sort)
    answer = JSONResponse(SearchAnswer.of(page).model_dump(mode="json"))
    return conditional(request, say_engine(answer, page))


@router.get(
    "/claims",
    response_model=ClaimAnswer,
    summary="Search claims",
    dependencies=[Depends(_claim_parameters)],
    responses=problems(400, 503),
)
def claims(request: Request, session: SessionDependency, q: Words = "", limit: Limit = DEFAULT_LIMIT) -> Response:
    """Claims that have the words of `q`, each with its quotes and its package, the best match first.

    Claims of the metadata rendition are searched, which may always be served.
    """
    hits = search_claims(session, read_words([q]), limit=limit)
    return conditional(request, JSONResponse(ClaimAnswer.of(hits).model_dump(mode="json")))


@router.get(
    "/suggest",
    response_model=Suggestions,
    summary="Suggestions while typing",
    dependencies=[Depends(_suggest_parameters)],
    responses=problems(400, 503),
)
def suggestions(request: Request, session: SessionDependency, q: Words = "") -> Response:
    """At most eight hints for what was typed so far: packages by title, and the last word gone on with."""
    return conditional(request, JSONResponse(Suggestions.of(suggest(session, read_words([q]))).model_dump(mode="json")))
