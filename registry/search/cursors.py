"""The place after a hit, as an opaque URL-safe token that belongs to one order. No query, no database."""

from __future__ import annotations

import base64
import binascii
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from registry.errors import InvalidQuery

_MIRROR_PREFIX = "m."


@dataclass(frozen=True, slots=True)
class Place:
    """What the orders compare, of the last hit shown."""

    score: int
    attention_milli: int
    sorted_at: datetime
    id: str


def marked(token: str, *, mirror: bool) -> str:
    """The token as one that the mirror's engine gave, or as it is."""
    return _MIRROR_PREFIX * mirror + token


def unmarked(token: str) -> str:
    """The token whichever engine gave it."""
    return token.removeprefix(_MIRROR_PREFIX)


def write_place(order: str, place: Place, *, mirror: bool = False) -> str:
    """The token for a place in this order, among what Postgres found or, with ``mirror``, what the mirror did."""
    parts: list[object] = [order, place.score, place.attention_milli, place.sorted_at.isoformat(), place.id]
    return marked(_encoded(parts), mirror=mirror)


def read_place(order: str, token: str) -> Place:
    """The place a token stands for. Raises InvalidQuery for anything `write_place` did not write for this order."""
    token = unmarked(token)
    try:
        parts = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
        given, score, attention, moment, id_ = parts
        if given != order or type(score) is not int or type(attention) is not int or type(id_) is not str:
            raise ValueError("not a place in this order")
        if max(abs(score), abs(attention)) >= 1 << 62 or "\0" in id_:
            raise ValueError("out of range")
        place = Place(score, attention, datetime.fromisoformat(moment), id_)
        if place.sorted_at.tzinfo is None:
            raise ValueError("no time zone")
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidQuery("cursor is not one this search gave; leave it out to start from the first page") from error
    return place


@dataclass(frozen=True, slots=True)
class Shown:
    """How many hits were shown, and the id of the last: the place in an order that only its engine knows."""

    count: int
    last: str


def of_mirror(token: str) -> bool:
    """Whether a token is one that the mirror's engine gave, in whose order it is a place."""
    return token.startswith(_MIRROR_PREFIX)


def write_shown(shown: Shown) -> str:
    """The token for a place by count."""
    parts: list[object] = ["shown", shown.count, shown.last]
    return _MIRROR_PREFIX + _encoded(parts)


def read_shown(token: str) -> Shown:
    """The place by count that a token stands for. Raises InvalidQuery for anything `write_shown` did not write."""
    try:
        bare = unmarked(token)
        kind, count, last = json.loads(base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True))
        if kind != "shown" or type(count) is not int or type(last) is not str or not 0 < count <= 100_000:
            raise ValueError("not a place by count")
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidQuery("cursor is not one this search gave; leave it out to start from the first page") from error
    return Shown(count, last)


def read_after(order: str, token: str | None) -> Place | Shown | None:
    """The place of either kind that a token stands for in this order; None without one. Raises InvalidQuery."""
    if token is None:
        return None
    if of_mirror(token):
        with suppress(InvalidQuery):
            return read_shown(token)
    return read_place(order, token)


def _encoded(parts: list[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).rstrip(b"=").decode()
