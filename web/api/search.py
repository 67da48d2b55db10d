"""``/api/v1/search``, ``/api/v1/claims``, ``/api/v1/suggest``: packages, claims and hints by words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from registry.feed import DEFAULT_LIMIT, FeedQuery
from registry.search.answers import Order
from registry.search.claims import search_claims
from registry.search.suggestions import suggest
from web.api.packages import FEED_PARAMETERS, Cursor, Limit, Words, feed_query, filters, refuse_unknown
from web.api.responses import problems
from web.api_search_models import ClaimAnswer, SearchAnswer, Suggestions
from web.dependencies import SessionDependency
from web.feed_filters import read_words
from web.headers import conditional
from web.searching import EnginesDependency, read_search, say_engine

router = APIRouter(prefix="/api/v1", tags=["search"])
Sort = Annotated[
    Order,
    Query(
        description="`relevance` (equals by attention), or an order of the feed: `attention`, `newest`, `trending`, "
        "`reproduced`, `contested`, `field`."
    ),
]


_YEARS = r"^([0-9]{4}((-|\.\.)([0-9]{4})?)?|(-|\.\.)[0-9]{4})?$"
Years = Annotated[
    str | None,
    Query(
        description="A year or years: 2022, 2020-2023, 2020.. or ..2019.",
        json_schema_extra={"anyOf": [{"type": "string", "pattern": _YEARS}, {"type": "null"}]},
        openapi_examples={"one": {"value": "2022"}},
    ),
]
Licences = Annotated[
    list[str],
    filters("licence", "Under this licence: cc-by, cc0, arxiv, unknown, …; several mean any of them.", "cc-by"),
]
Namespaces = Annotated[list[str], filters("namespace", "In this namespace: arxiv or hosted; repeatable.", "arxiv")]
YesOrNo = Annotated[
    str | None,
    Query(
        description="Whether somebody else reproduced a claim of it: yes or no.",
        json_schema_extra={"anyOf": [{"type": "string", "enum": ["", "yes", "no", "true", "false"]}, {"type": "null"}]},
        openapi_examples={"one": {"value": "no"}},
    ),
]
NARROWING = ("year", "licence", "namespace", "reproduced")


def _search_parameters(request: Request) -> None:
    refuse_unknown(request, (*FEED_PARAMETERS, *NARROWING, "sort"))


def _claim_parameters(request: Request) -> None:
    refuse_unknown(request, ("q", "limit", "cursor"))


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
    year: Years = None,
    licence: Licences = [],  # noqa: B006  (read with the others by feed_query)
    namespace: Namespaces = [],  # noqa: B006
    reproduced: YesOrNo = None,
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
def claims(
    request: Request, session: SessionDependency, q: Words = "", limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Claims that have the words of `q`, each with its quotes and its package, the best match first.

    Claims of full texts are among them where an open licence lets everybody have them, else those of the abstract.
    """
    page = search_claims(session, read_words([q]), limit=limit, cursor=cursor)
    return conditional(request, JSONResponse(ClaimAnswer.of(page).model_dump(mode="json")))


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
