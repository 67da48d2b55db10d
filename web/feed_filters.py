"""The feed's filters as they stand in an address: read from a query string, written back into links.

Says nothing about what matches: that is `registry.feed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from registry.errors import InvalidQuery
from registry.feed import DEFAULT_LIMIT, FeedQuery
from registry.feed_orders import FeedOrder, Window
from registry.search.answers import Order
from registry.search.query import MAX_CHARACTERS, read_years, read_yes_or_no

MAX_FILTERS = 20
MAX_VALUE_CHARACTERS = 100
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

# Parameter in the address to the field of FeedQuery, in the order addresses are written.
FILTER_FIELDS = {
    "category": "categories",
    "tag": "tags",
    "-category": "without_categories",
    "-tag": "without_tags",
    "year": "years",
    "licence": "licences",
    "namespace": "namespaces",
    "reproduced": "reproduced",
}
_ONCE = {
    "year": (read_years, "give a year or years, as 2022, 2020-2023, 2020.. or ..2019"),
    "reproduced": (read_yes_or_no, "give yes or no"),
}

ORDER_PARAMETERS = ("sort", "window", "as_of")
_OTHER_NAMES = {"most-reproduced": "reproduced", "most_reproduced": "reproduced", "field-normalised": "field"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_DAY = date(1991, 8, 14)


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
    if parameter in _ONCE and cleaned:
        understood, usage = _ONCE[parameter]
        if len(cleaned) > 1 or understood(next(iter(cleaned))) is None:
            raise InvalidQuery(f"{parameter}={', '.join(cleaned)[:40]} is not understood; {usage}")
    if parameter in ("licence", "namespace"):
        cleaned = dict.fromkeys(value.lower() for value in cleaned)
    if len(cleaned) > MAX_FILTERS:
        raise InvalidQuery(f"{parameter} is given {len(cleaned)} times; {MAX_FILTERS} is the most")
    return tuple(cleaned)


def read_filters(pairs: Sequence[tuple[str, str]], *, limit: int = DEFAULT_LIMIT, cursor: str | None) -> FeedQuery:
    """The query that the (name, value) pairs of a query string ask for; pairs of other names are passed over."""
    fields: dict[str, Any] = {
        field: read_values(parameter, (value for name, value in pairs if name == parameter))
        for parameter, field in FILTER_FIELDS.items()
    }
    return FeedQuery(limit=limit, cursor=cursor, q=read_words(value for name, value in pairs if name == "q"), **fields)


def with_order(query: FeedQuery, pairs: Sequence[tuple[str, str]]) -> FeedQuery:
    """``query`` in the order that the pairs of a query string ask for: ``sort``, ``window``, ``as_of``.

    Raises InvalidQuery for a value that is none, or two that exclude each other.
    """
    given = {name: value.strip() for name, value in pairs if name in ORDER_PARAMETERS and value.strip()}
    sort = _read_sort(given.get("sort"))
    window = _read_window(given.get("window"))
    as_of = read_day(given["as_of"]) if "as_of" in given else None
    if window is not Window.ALL and sort not in (None, FeedOrder.ATTENTION):
        raise InvalidQuery(f"window={window} goes with sort=attention; leave one of them out")
    if query.searches and (window is not Window.ALL or as_of is not None):
        raise InvalidQuery("what is searched is ordered as it stands today; leave window and as_of out, or the words")
    return replace(query, sort=sort, window=window, as_of=as_of)


def search_order(query: FeedQuery) -> Order:
    """The order in which what matches words is shown."""
    return Order.RELEVANCE if query.sort is None else Order(query.sort)


def _read_sort(value: str | None) -> FeedOrder | None:
    """The order; None for what stands first where none is asked for: with words the best match."""
    if value is None or value == "relevance":
        return None
    try:
        return FeedOrder(_OTHER_NAMES.get(value, value))
    except ValueError as error:
        raise InvalidQuery(f"sort={value[:40]!r} is no order; known are {', '.join(FeedOrder)}") from error


def _read_window(value: str | None) -> Window:
    try:
        return Window(value or Window.ALL)
    except ValueError as error:
        raise InvalidQuery(f"window={str(value)[:40]!r} is none; known are {', '.join(Window)}") from error


def read_day(value: str) -> date:
    """A UTC day, not in the future, as YYYY-MM-DD. Raises InvalidQuery."""
    try:
        day = date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None:
        raise InvalidQuery(f"as_of={value[:40]!r} is no day; write it as 2026-06-11")
    if day < _FIRST_DAY:
        raise InvalidQuery(f"as_of={value} is before arXiv began; the first day is {_FIRST_DAY.isoformat()}")
    if day > datetime.now(UTC).date():
        raise InvalidQuery(f"as_of={value} is in the future; the newest day is today, UTC")
    return day


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
    if query.sort is not None:
        pairs.append(("sort", query.sort))
    if query.window is not Window.ALL:
        pairs.append(("window", query.window))
    if query.as_of is not None:
        pairs.append(("as_of", query.as_of.isoformat()))
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
