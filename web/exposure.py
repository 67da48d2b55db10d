"""What share of readers' looks each field gets, by attention and by field: read once for page and API."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from ranking.fields import exposure
from registry.categories import UNCATEGORISED
from registry.feed_orders import FeedOrder
from registry.fields import count_fields, read_fields

EXPOSED_PLACES = 100


@dataclass(frozen=True, slots=True)
class FieldExposure:
    """A primary category: its packages, their share of all, and its exposure in both orders, as parts of one."""

    name: str
    packages: int
    share: Decimal
    by_attention: Decimal
    by_field: Decimal


def read_exposure(session: Session) -> list[FieldExposure]:
    """Every field with packages, the largest first, ties by name."""
    counts = {category or UNCATEGORISED: count for category, count in count_fields(session).items()}
    whole = max(sum(counts.values()), 1)
    by_order = {order: _exposure(session, order) for order in (FeedOrder.ATTENTION, FeedOrder.FIELD)}
    return [
        FieldExposure(
            name=name,
            packages=count,
            share=_part(1_000_000 * count // whole),
            by_attention=_part(by_order[FeedOrder.ATTENTION].get(name, 0)),
            by_field=_part(by_order[FeedOrder.FIELD].get(name, 0)),
        )
        for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def _exposure(session: Session, order: FeedOrder) -> dict[str, int]:
    return exposure(category or UNCATEGORISED for category in read_fields(session, order, EXPOSED_PLACES))


def _part(millionths: int) -> Decimal:
    return Decimal(millionths).scaleb(-6)
