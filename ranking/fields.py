"""The field-normalised order, and the exposure that each field gets of an order. Pure.

A field is a primary category. First come the firsts of all fields, then their seconds, and so on; among equals of
place the order by attention stands. So no field is drowned by a larger one, and nobody gains a place by adding poor
packages to a field, as one would where scores were divided by a field's mean or places by its size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ranking.fixed_point import MICRO, MILLI, log2_milli

EXPOSED_PLACES = 100


def places_in_field(fields: Iterable[str]) -> list[int]:
    """The place of each package within its field, from 1, given the fields of all packages in order of attention."""
    reached: dict[str, int] = {}
    places = []
    for field in fields:
        reached[field] = reached.get(field, 0) + 1
        places.append(reached[field])
    return places


def field_normalised(fields: Sequence[str]) -> list[int]:
    """The field-normalised order as indexes into ``fields``, which are in order of attention."""
    places = places_in_field(fields)
    return sorted(range(len(fields)), key=lambda index: (places[index], index))


def exposure(fields: Iterable[str]) -> dict[str, int]:
    """What share of a reader's looks each field gets in an order's first hundred places, in millionths.

    A look falls on place p with weight 1 / log2(p + 1), the discount of NDCG. Rounded down, so that the shares add up
    to at most the whole.
    """
    looks: dict[str, int] = {}
    for place, field in zip(range(1, EXPOSED_PLACES + 1), fields, strict=False):
        looks[field] = looks.get(field, 0) + MICRO * MILLI // log2_milli(place + 1)
    whole = sum(looks.values())
    return {field: MICRO * look // whole for field, look in looks.items()}
