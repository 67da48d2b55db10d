"""The feed's filters as they stand in an address: read from a query string, written back into links.

Says nothing about what matches: that is `registry.feed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from registry.errors import InvalidQuery
from registry.feed import DEFAULT_LIMIT, FeedQuery
from registry.search.query import MAX_CHARACTERS

MAX_FILTERS = 20
MAX_VALUE_CHARACTERS = 100
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

# Parameter in the address to the field of FeedQuery, in the order addresses are written.
FILTER_FIELDS = {
    "category": "categories",
    "tag": "tags",
    "-category": "without_categories",
    "-tag": "without_tags",
}


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """One filter in force: what it is, and the address of the feed without it."""

    parameter: str
    value: str
    href: str

    @property
    def excludes(self) -> bool:
        return self.parameter.startswith("-")

    @property
    def is_tag(self) -> bool:
        return self.parameter.endswith("tag")


def read_values(parameter: str, values: Iterable[str]) -> tuple[str, ...]:
    """The values of one filter parameter, trimmed, tags without #, each once. Raises InvalidQuery for unusable ones."""
    cleaned: dict[str, None] = {}
    for value in values:
        value = value.strip()
        if parameter.endswith("tag"):
            value = value.removeprefix("#")
        if len(value) > MAX_VALUE_CHARACTERS or _UNPRINTABLE.search(value):
            raise InvalidQuery(f"{parameter}={value[:40]!r}… is no {parameter.lstrip('-')}")
        if value:
            cleaned[value] = None
    if len(cleaned) > MAX_FILTERS:
        raise InvalidQuery(f"{parameter} is given {len(cleaned)} times; {MAX_FILTERS} is the most")
    return tuple(cleaned)


def read_filters(pairs: Sequence[tuple[str, str]], *, limit: int = DEFAULT_LIMIT, cursor: str | None) -> FeedQuery:
    """The query that the (name, value) pairs of a query string ask for; pairs of other names are passed over."""
    fields = {
        field: read_values(parameter, (value for name, value in pairs if name == parameter))
        for parameter, field in FILTER_FIELDS.items()
    }
    return FeedQuery(limit=limit, cursor=cursor, q=read_words(value for name, value in pairs if name == "q"), **fields)


def read_words(values: Iterable[str]) -> str:
    """What was typed into the search box, trimmed. Raises InvalidQuery if it is overlong."""
    typed = _UNPRINTABLE.sub(" ", " ".join(values)).strip()
    if len(typed) > MAX_CHARACTERS:
        raise InvalidQuery(f"q has {len(typed)} characters; {MAX_CHARACTERS} is the most")
    return typed


def feed_href(query: FeedQuery, *, path: str = "/") -> str:
    """The address of the feed under ``query``."""
    pairs = [("q", query.q)] if query.q else []
    pairs += [(name, value) for name, field in FILTER_FIELDS.items() for value in getattr(query, field)]
    if query.limit != DEFAULT_LIMIT:
        pairs.append(("limit", str(query.limit)))
    if query.cursor is not None:
        pairs.append(("cursor", query.cursor))
    return f"{path}?{urlencode(pairs)}" if pairs else path


def adding(query: FeedQuery, parameter: str, value: str) -> FeedQuery:
    """``query`` from its first page with one more filter; the opposite filter on the same value goes."""
    opposite = parameter.removeprefix("-") if parameter.startswith("-") else f"-{parameter}"
    query = removing(query, opposite, value)
    values = getattr(query, FILTER_FIELDS[parameter])
    if value in values:
        return query
    return _with_values(query, parameter, (*values, value))


def removing(query: FeedQuery, parameter: str, value: str) -> FeedQuery:
    """``query`` from its first page without one filter."""
    kept = tuple(one for one in getattr(query, FILTER_FIELDS[parameter]) if one != value)
    return replace(_with_values(query, parameter, kept), cursor=None)


def _with_values(query: FeedQuery, parameter: str, values: tuple[str, ...]) -> FeedQuery:
    changes: dict[str, Any] = {FILTER_FIELDS[parameter]: values}
    return replace(query, **changes)


def active_filters(query: FeedQuery) -> tuple[ActiveFilter, ...]:
    """Every filter in force with the address that takes it away."""
    return tuple(
        ActiveFilter(parameter, value, feed_href(removing(query, parameter, value)))
        for parameter, field in FILTER_FIELDS.items()
        for value in getattr(query, field)
    )
