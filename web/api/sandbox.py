"""``/api/v1/sandbox`` and ``/api/v1/fields``: an order under other weights, and the exposure of each field."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from ranking.score import COMPONENTS
from registry.feed import FeedQuery
from registry.weighed import WeighedItem, read_weighed
from web.api.packages import FEED_PARAMETERS, feed_query, refuse_any_parameter, refuse_unknown
from web.api.responses import problems
from web.api_models import PackageSummary
from web.dependencies import SessionDependency
from web.exposure import EXPOSED_PLACES, FieldExposure, read_exposure
from web.headers import conditional
from web.rendering import points
from web.sandbox import read_weights, written

router = APIRouter(prefix="/api/v1", tags=["attention"])
_PARAMETERS = tuple(name for name in FEED_PARAMETERS if name not in ("q", "cursor"))
Weight = Annotated[
    str,
    Query(
        description="Weight of this component, from 0 to 10 with at most three decimals.",
        max_length=10,
        json_schema_extra={"pattern": r"^(\d(\.\d{1,3})?|10(\.0{1,3})?)$"},
    ),
]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class WeighedPackage(PackageSummary):
    """A package in the order that the weights give."""

    weighed: str = Field(description="Its components times the weights, in points, exactly.")
    our_place: int | None = Field(description="Its place by attention under the same filters; null beyond 1,000.")

    @classmethod
    def weighing(cls, one: WeighedItem) -> WeighedPackage:
        summary = PackageSummary.of(one.item).model_dump()
        return cls(**summary, weighed=f"{Decimal(one.micro).scaleb(-6):f}", our_place=one.our_place)


class Sandbox(_Answer):
    """Our order beside another."""

    weights: dict[str, str] = Field(description="The weight of each component.")
    ours: list[PackageSummary] = Field(description="By attention, which is every weight 1.")
    yours: list[WeighedPackage]


class ExposedField(_Answer):
    """A primary category and what it gets of the first places; parts of one."""

    name: str = Field(description="Category code, or `uncategorised`.")
    packages: int
    share: str = Field(description="Its share of all packages.")
    by_attention: str = Field(description="Its exposure in the order by attention.")
    by_field: str = Field(description="Its exposure in the order by field.")

    @classmethod
    def of(cls, one: FieldExposure) -> ExposedField:
        return cls(
            name=one.name,
            packages=one.packages,
            share=points(one.share),
            by_attention=points(one.by_attention),
            by_field=points(one.by_field),
        )


class Fields(_Answer):
    """Every field that has packages, the largest first."""

    places: int = Field(description="So many first places count, a look at place p weighing 1 / log2(p + 1).")
    fields: list[ExposedField]


def _sandbox_parameters(request: Request) -> None:
    refuse_unknown(request, (*_PARAMETERS, *COMPONENTS))


@router.get(
    "/sandbox",
    response_model=Sandbox,
    summary="The feed under other weights",
    dependencies=[Depends(_sandbox_parameters)],
    responses=problems(400, 503),
)
def sandbox(
    request: Request,
    session: SessionDependency,
    query: Annotated[FeedQuery, Depends(feed_query)],
    claims: Weight = "1",
    reproductions: Weight = "1",
    use_by_people: Weight = "1",
    use_by_agents: Weight = "1",
    influence: Weight = "1",
    refutations: Weight = "1",
) -> Response:
    """The first packages by their components times these weights, beside the first by attention."""
    weights = read_weights(request.query_params.multi_items())
    even = dict.fromkeys(COMPONENTS, 1000)
    answer = Sandbox(
        weights={name: written(weight) for name, weight in weights.items()},
        ours=[PackageSummary.of(one.item) for one in read_weighed(session, query, even)],
        yours=[WeighedPackage.weighing(one) for one in read_weighed(session, query, weights)],
    )
    return conditional(request, JSONResponse(answer.model_dump(mode="json")))


@router.get(
    "/fields",
    response_model=Fields,
    summary="What each field gets",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 503),
)
def fields(request: Request, session: SessionDependency) -> Response:
    """What exposure each primary category gets of the first places, by attention and by field."""
    found = [ExposedField.of(one) for one in read_exposure(session)]
    return conditional(request, JSONResponse(Fields(places=EXPOSED_PLACES, fields=found).model_dump(mode="json")))
