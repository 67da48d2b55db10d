"""The place after a hit, as an opaque URL-safe token that belongs to one order. No query, no database."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from registry.errors import InvalidQuery


@dataclass(frozen=True, slots=True)
class Place:
    """What the orders compare, of the last hit shown."""

    score: int
    attention_milli: int
    sorted_at: datetime
    id: str


def write_place(order: str, place: Place) -> str:
    """The token for a place in this order."""
    parts = [order, place.score, place.attention_milli, place.sorted_at.isoformat(), place.id]
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).rstrip(b"=").decode()


def read_place(order: str, token: str) -> Place:
    """The place a token stands for. Raises InvalidQuery for anything `write_place` did not write for this order."""
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
