"""``/sandbox`` and ``/fields``: the feed under weights of the reader's own, and what each field gets of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ranking.score import COMPONENTS
from registry.categories import category_name
from registry.feed import FeedItem, FeedQuery
from registry.feed_orders import FeedOrder
from registry.weighed import read_weighed
from web.dependencies import RendererDependency, SessionDependency
from web.exposure import EXPOSED_PLACES, FieldExposure, read_exposure
from web.feed_filters import FILTER_FIELDS, ActiveFilter, active_filters, feed_href, read_filters
from web.headers import conditional
from web.package_paths import package_path
from web.pages.attention import COMPONENT_NAMES
from web.sandbox import LARGEST, read_weights, sandbox_href, written

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class WeightField:
    """One input of the form."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class WeighedEntry:
    """One package of an order: where it leads, its number there, and its place in the registry's own."""

    item: FeedItem
    href: str
    points: Decimal
    our_place: int | None


@dataclass(frozen=True, slots=True)
class SandboxContext:
    """Everything ``sandbox.html`` shows."""

    weights: tuple[WeightField, ...]
    largest: int
    kept: tuple[tuple[str, str], ...]
    filters: tuple[ActiveFilter, ...]
    ours: tuple[WeighedEntry, ...]
    yours: tuple[WeighedEntry, ...]
    shared_href: str
    json_href: str
    feed_href: str


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field with its shares in percent."""

    name: str
    label: str
    href: str
    packages: int
    share: str
    by_attention: str
    by_field: str


@dataclass(frozen=True, slots=True)
class FieldsContext:
    """Everything ``fields.html`` shows."""

    fields: tuple[FieldLine, ...]
    places: int
    json_href: str


@router.get("/sandbox")
def sandbox(request: Request, session: SessionDependency, renderer: RendererDependency) -> Response:
    """Our order beside the one that the weights of the address give."""
    pairs = request.query_params.multi_items()
    query, weights = read_filters(pairs, cursor=None), read_weights(pairs)
    even = dict.fromkeys(COMPONENTS, 1000)
    context = SandboxContext(
        weights=tuple(WeightField(name, COMPONENT_NAMES[name], written(weights[name])) for name in COMPONENTS),
        largest=LARGEST,
        kept=tuple((name, value) for name, field in FILTER_FIELDS.items() for value in getattr(query, field)),
        filters=active_filters(query),
        ours=tuple(_entry(*one) for one in _weighed(session, query, even)),
        yours=tuple(_entry(*one) for one in _weighed(session, query, weights)),
        shared_href=sandbox_href(query, weights),
        json_href=sandbox_href(query, weights, path="/api/v1/sandbox"),
        feed_href=feed_href(query),
    )
    return conditional(request, renderer.page("sandbox.html", context))


def _weighed(
    session: SessionDependency, query: FeedQuery, weights: dict[str, int]
) -> list[tuple[FeedItem, int, int | None]]:
    return [(one.item, one.micro, one.our_place) for one in read_weighed(session, query, weights)]


def _entry(item: FeedItem, micro: int, our_place: int | None) -> WeighedEntry:
    return WeighedEntry(item, package_path(item.namespace, item.name), exact_points(micro), our_place)


def exact_points(micro: int) -> Decimal:
    """Millionths as points, with as many decimals as it takes and at least one."""
    exact = Decimal(micro).scaleb(-6).normalize()
    return exact if exact.as_tuple().exponent <= -1 else exact.quantize(Decimal("0.1"))  # type: ignore[operator]


@router.get("/fields")
def fields(request: Request, session: SessionDependency, renderer: RendererDependency) -> Response:
    """The exposure that each field gets in the order by attention and in that by field."""
    lines = tuple(map(_field_line, read_exposure(session)))
    return conditional(request, renderer.page("fields.html", FieldsContext(lines, EXPOSED_PLACES, "/api/v1/fields")))


def _field_line(one: FieldExposure) -> FieldLine:
    href = feed_href(FeedQuery(categories=(one.name,), sort=FeedOrder.FIELD))
    parts = (one.share, one.by_attention, one.by_field)
    share, by_attention, by_field = (f"{100 * part:.1f} %" for part in parts)
    return FieldLine(one.name, category_name(one.name) or "", href, one.packages, share, by_attention, by_field)
