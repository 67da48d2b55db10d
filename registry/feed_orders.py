"""The orders of the feed: by what packages are compared, and the places in them that cursors name.

Each order compares by one number (the largest first); equals by attention, then by date, then by id, so that every
order is total. Which packages are in the feed is not known here.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import astuple, dataclass
from datetime import datetime
from enum import StrEnum

from registry.errors import InvalidQuery

_LARGEST = 1 << 63


class FeedOrder(StrEnum):
    """By what the feed is ordered."""

    ATTENTION = "attention"
    TRENDING = "trending"
    NEWEST = "newest"
    REPRODUCED = "reproduced"
    CONTESTED = "contested"
    FIELD = "field"


class Window(StrEnum):
    """The time in which attention was gained."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"


WINDOW_DAYS = {Window.DAY: 1, Window.WEEK: 7, Window.MONTH: 30}
TRENDING_DAYS = WINDOW_DAYS[Window.WEEK]


@dataclass(frozen=True, slots=True)
class Place:
    """The place after a package. ``order`` says in which order, ``shown`` how many packages came before and at it, and
    ``drawn`` how far the draw for places by chance was used up."""

    order: str
    key: int
    attention_milli: int
    sorted_at: datetime
    id: str
    shown: int
    drawn: int = 0


def write_place(place: Place) -> str:
    """A place as an opaque URL-safe token."""
    values = [*astuple(place)[:3], place.sorted_at.isoformat(), place.id, place.shown, place.drawn]
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).rstrip(b"=").decode()


def read_place(token: str, order: str) -> Place:
    """The place a token stands for. Raises InvalidQuery for anything `write_place` did not write for this order."""
    try:
        given = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
        named, key, milli, moment, id_, shown, drawn = given
        if [type(one) for one in (named, key, milli, id_, shown, drawn)] != [str, int, int, str, int, int]:
            raise ValueError("not a place")
        if abs(key) >= _LARGEST or not all(0 <= one < _LARGEST for one in (milli, shown, drawn)) or "\0" in id_:
            raise ValueError("out of range")
        id_.encode()
        place = Place(named, key, milli, datetime.fromisoformat(moment), id_, shown, drawn)
        if place.sorted_at.tzinfo is None:
            raise ValueError("no time zone")
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidQuery("cursor is not one this feed gave; leave it out to start from the first page") from error
    if place.order != order:
        raise InvalidQuery("cursor belongs to another order of the feed; leave it out to start from the first page")
    return place
