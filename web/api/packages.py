"""``/api/v1/packages``: the feed and one package. Unknown parameters are refused, so that no typo widens a filter."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator, Field

from registry.errors import InvalidQuery
from registry.feed import DEFAULT_LIMIT, MAX_LIMIT, FeedPage, FeedQuery
from registry.feed_orders import FeedOrder, Window
from registry.packages import read_package
from registry.search.query import MAX_CHARACTERS
from web.api.responses import problems
from web.api_models import Feed, Package
from web.dependencies import SessionDependency
from web.feed_filters import (
    MAX_FILTERS,
    MAX_VALUE_CHARACTERS,
    ORDER_PARAMETERS,
    read_filters,
    search_order,
    with_order,
)
from web.feed_reading import FeedReaderDependency
from web.headers import conditional
from web.package_forms import OTHER_FORMS, FormsDependency
from web.package_paths import CONVERTER, read_package_id, register_converter
from web.searching import EnginesDependency, read_search, say_engine

FEED_PARAMETERS = ("q", "category", "tag", "-category", "-tag", "limit", "cursor")
Sort = Annotated[
    str | None,
    Query(
        description="`attention`, `trending` (gain over seven days), `newest`, `reproduced`, `contested`, or `field` "
        "(attention within the primary category). Without it by attention, some places being given by chance; "
        "with `q` by `relevance`.",
        json_schema_extra={"anyOf": [{"type": "string", "enum": ["", *FeedOrder, "relevance"]}, {"type": "null"}]},
    ),
]
WindowParameter = Annotated[
    Window,
    Query(alias="window", description="With `sort=attention`: attention gained in the time, `all` for all of it."),
]
AsOf = Annotated[
    date | None, Query(description="The feed as it stood at the end of that UTC day, recomputed from the events.")
]
register_converter()
router = APIRouter(prefix="/api/v1", tags=["packages"])


def refuse_unknown(request: Request, known: tuple[str, ...]) -> None:
    """Raises InvalidQuery naming the parameters that are known, if the query string has others."""
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        named = ", ".join(repr(name[:40]) for name in unknown[:5])
        takes = f"known are {', '.join(known)}" if known else "none are taken here"
        raise InvalidQuery(f"unknown query parameter {named}; {takes}")


def refuse_unknown_feed_parameters(request: Request) -> None:
    refuse_unknown(request, (*FEED_PARAMETERS, *ORDER_PARAMETERS))


def refuse_any_parameter(request: Request) -> None:
    refuse_unknown(request, ())


def _whole_number(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= 6):
        raise ValueError(f"must be a whole number from 1 to {MAX_LIMIT}")
    return value


def filters(alias: str, meaning: str, example: str) -> Any:
    """A filter that may be given several times."""
    return Query(
        alias=alias,
        description=meaning,
        max_length=MAX_FILTERS,
        json_schema_extra={
            "items": {"type": "string", "maxLength": MAX_VALUE_CHARACTERS, "pattern": r"^[^\x00-\x1f\x7f]*$"}
        },
        openapi_examples={"one": {"value": [example]}},
    )


Categories = Annotated[
    list[str], filters("category", "Listed in this category, `uncategorised` for none; repeat for several.", "cs.LG")
]
Tags = Annotated[list[str], filters("tag", "Has this tag; repeat for several, all must be there.", "attention")]
NotCategories = Annotated[list[str], filters("-category", "Not listed in this category; repeatable.", "cs.AI")]
NotTags = Annotated[list[str], filters("-tag", "Does not have this tag; repeatable.", "survey")]
Words = Annotated[
    str,
    Query(
        alias="q",
        description='Words to search for, as typed into the search box: words, "phrases", -word, author:, tag:, '
        "category:, year:, an arXiv identifier or DOI.",
        max_length=MAX_CHARACTERS,
        openapi_examples={"one": {"value": "author:dao flashattention"}},
    ),
]
Limit = Annotated[
    int,
    Field(ge=1, le=MAX_LIMIT),
    BeforeValidator(_whole_number),
    Query(description="Packages a page.", openapi_examples={"ten": {"value": 10}}),
]
Cursor = Annotated[
    str | None, Query(max_length=1000, description="`next_cursor` of the page before; leave it out for the first page.")
]


def feed_query(
    request: Request,
    category: Categories = [],  # noqa: B006  (FastAPI copies it)
    tag: Tags = [],  # noqa: B006
    not_category: NotCategories = [],  # noqa: B006
    not_tag: NotTags = [],  # noqa: B006
    q: Words = "",
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> FeedQuery:
    """The feed query of a request; values are read from the query string as the pages read them."""
    return read_filters(request.query_params.multi_items(), limit=limit, cursor=cursor)


def ordered_query(
    request: Request,
    query: Annotated[FeedQuery, Depends(feed_query)],
    sort: Sort = None,
    window: WindowParameter = Window.ALL,
    as_of: AsOf = None,
) -> FeedQuery:
    """The feed query of a request with its order; values are read as the pages read them."""
    return with_order(query, request.query_params.multi_items())


@router.get(
    "/packages",
    response_model=Feed,
    summary="The feed",
    dependencies=[Depends(refuse_unknown_feed_parameters)],
    responses=problems(400, 503),
)
def feed(
    request: Request,
    session: SessionDependency,
    engines: EnginesDependency,
    reader: FeedReaderDependency,
    query: Annotated[FeedQuery, Depends(ordered_query)],
) -> Response:
    """Packages by attention under a filter, a page at a time, with facet counts and the exact total.

    Every twentieth place of the feed without filter and order may be given by chance, marked `by_chance`. With `q` the
    packages that match it, the best match first (see `/api/v1/search`). Filters combine with AND. Follow
    `next_cursor` to the end for every match; packages added meanwhile do not disturb the order of those already seen.
    """
    if query.q:
        found = read_search(session, engines, query, search_order(query))
        return conditional(request, say_engine(_feed_answer(found.as_feed()), found))
    return conditional(request, _feed_answer(reader.read(session, query)))


def _feed_answer(page: FeedPage) -> JSONResponse:
    return JSONResponse(Feed.of(page).model_dump(mode="json", exclude_defaults=True))


@router.get(
    f"/packages/{{namespace}}/{{name:{CONVERTER}}}",
    response_model=Package,
    summary="One package",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 404, 410, 503) | OTHER_FORMS,
)
def package(
    request: Request,
    session: SessionDependency,
    forms: FormsDependency,
    namespace: Annotated[
        str,
        Path(
            description="`arxiv` or another namespace.",
            examples=["arxiv"],
            json_schema_extra={"pattern": "^[a-z][a-z0-9-]{0,62}$"},
        ),
    ],
    name: Annotated[
        str,
        Path(
            description="Name in the namespace; an old arXiv identifier keeps its slash, bare or as %2F.",
            examples=["2205.14135", "hep-th/9901001"],
            json_schema_extra={"pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}(/[0-9]{7})?$"},
        ),
    ],
) -> Response:
    """One package at its current version: its claims with their quotes, its versions, and what arXiv says of it.

    `Accept: text/markdown` gives PAPER.md instead, with links to the layers to read next; citations and linked data go
    by their media types.
    """
    package_id, _ = read_package_id(namespace, name)
    detail = read_package(session, package_id)
    if form := forms.other(detail, usual="application/json"):
        return form
    return conditional(request, JSONResponse(Package.of_detail(detail).model_dump(mode="json")))
