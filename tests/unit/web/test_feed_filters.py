"""Filters in addresses: what is read is what is written, and each link changes one thing."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidQuery
from registry.feed import FeedQuery
from web.feed_filters import MAX_FILTERS, active_filters, adding, feed_href, read_filters, removing

_VALUES = st.lists(
    st.text(
        st.characters(min_codepoint=32, exclude_characters="#\x7f", exclude_categories=("Cs",)), min_size=1, max_size=20
    )
    .map(str.strip)
    .filter(bool),
    max_size=4,
    unique=True,
).map(tuple)


def read(address: str) -> FeedQuery:
    return read_filters(parse_qsl(urlsplit(address).query), cursor=None)


@given(categories=_VALUES, tags=_VALUES, without_categories=_VALUES, without_tags=_VALUES)
def test_an_address_holds_the_whole_filter(**filters: tuple[str, ...]) -> None:
    query = FeedQuery(**filters)
    assert read(feed_href(query)) == query


def test_values_are_trimmed_and_tags_lose_their_hash() -> None:
    query = read("/?tag=%23attention&tag=attention&tag=&category=+cs.LG+&-tag=%23llm")
    assert query == FeedQuery(categories=("cs.LG",), tags=("attention",), without_tags=("llm",))


def test_other_parameters_are_passed_over() -> None:
    assert read("/?utm_source=x&tags=y") == FeedQuery()


@pytest.mark.parametrize("address", ["/?tag=a%00b", "/?category=" + "x" * 200, "/?tag=a%0Ab"])
def test_unusable_values_are_refused(address: str) -> None:
    with pytest.raises(InvalidQuery):
        read(address)


def test_too_many_filters_are_refused() -> None:
    with pytest.raises(InvalidQuery, match=str(MAX_FILTERS)):
        read("/?" + "&".join(f"tag=t{number}" for number in range(MAX_FILTERS + 1)))


def test_adding_starts_from_the_first_page_and_replaces_the_opposite() -> None:
    query = FeedQuery(tags=("a",), without_tags=("b",), cursor="c")
    assert adding(query, "tag", "b") == FeedQuery(tags=("a", "b"))
    assert adding(query, "tag", "a") == FeedQuery(tags=("a",), without_tags=("b",))


def test_adding_and_removing_is_nothing() -> None:
    query = FeedQuery(categories=("cs.LG",), tags=("a",))
    assert removing(adding(query, "-tag", "z"), "-tag", "z") == query


def test_each_active_filter_has_the_address_without_it() -> None:
    query = FeedQuery(categories=("cs.LG",), tags=("a", "b"), without_tags=("c",))
    assert {(one.parameter, one.value): read(one.href) for one in active_filters(query)} == {
        ("category", "cs.LG"): FeedQuery(tags=("a", "b"), without_tags=("c",)),
        ("tag", "a"): FeedQuery(categories=("cs.LG",), tags=("b",), without_tags=("c",)),
        ("tag", "b"): FeedQuery(categories=("cs.LG",), tags=("a",), without_tags=("c",)),
        ("-tag", "c"): FeedQuery(categories=("cs.LG",), tags=("a", "b")),
    }
