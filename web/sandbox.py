"""Weights as they stand in an address of the sandbox: one parameter for each component of the score."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlencode

from ranking.score import COMPONENTS
from registry.errors import InvalidQuery
from registry.feed import FeedQuery
from web.feed_filters import feed_href

LARGEST = 10
_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})?")
_MILLI = 1_000


def read_weights(pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The weight of each component in thousandths, 1 where none is given. Raises InvalidQuery for what is no weight."""
    weights = dict.fromkeys(COMPONENTS, _MILLI)
    for name, value in pairs:
        if name in weights and value.strip():
            weights[name] = _weight(name, value.strip())
    return weights


def _weight(name: str, value: str) -> int:
    if not _NUMBER.fullmatch(value) or Decimal(value) > LARGEST:
        raise InvalidQuery(f"{name}={value[:20]!r} is no weight; give 0 to {LARGEST} with at most three decimals")
    return int(Decimal(value) * _MILLI)


def written(weight_milli: int) -> str:
    """A weight as it is written in an address: 1.5."""
    return f"{Decimal(weight_milli).scaleb(-3).normalize():f}"


def sandbox_href(query: FeedQuery, weights: Mapping[str, int], *, path: str = "/sandbox") -> str:
    """The address of the sandbox under a filter with these weights."""
    changed = [(name, written(weight)) for name, weight in weights.items() if weight != _MILLI]
    href = feed_href(query, path=path)
    return f"{href}{'&' if '?' in href else '?'}{urlencode(changed)}" if changed else href
