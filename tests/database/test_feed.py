"""The feed over a real Postgres: filters, exact facets, stable pages."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.bundles import BundleStore
from registry.errors import InvalidQuery
from registry.feed import FeedItem, FeedQuery, points, read_feed
from registry.feed_orders import read_place
from tests.factories import paper
from web.pipeline import Pipeline

CLAIMS = ("We show one thing.", "We show one thing. We prove another.", "We show A. We prove B. We find C.")
CATEGORIES = (("cs.LG",), ("cs.LG", "cs.DC"), ("cs.CL", "cs.LG"), ())


@pytest.fixture
def listed(engine: Engine, tmp_path: Path) -> list[str]:
    """Sixty packages of all claim counts and category sets; their ids."""
    papers = [
        paper(
            f"2301.{number:05d}",
            title="Quantization of the KV cache" if number % 2 else "Graph neural networks",
            abstract=CLAIMS[number % 3],
            categories=CATEGORIES[number % 4],
            primary_category=None if number % 4 == 3 else CATEGORIES[number % 4][0],
        )
        for number in range(1, 61)
    ]
    Pipeline(engine, BundleStore(tmp_path)).take_in(papers)
    return [f"arxiv:{one.arxiv_id}" for one in papers]


def whole(session: Session, limit: int, **filters: tuple[str, ...]) -> list[FeedItem]:
    items: list[FeedItem] = []
    cursor = None
    while True:
        page = read_feed(session, FeedQuery(limit=limit, cursor=cursor, **filters))
        items += page.items
        cursor = page.next_cursor
        if cursor is None:
            return items


@pytest.mark.parametrize("limit", [1, 7, 25, 60, 100])
def test_paging_shows_every_package_once_by_attention(session: Session, listed: list[str], limit: int) -> None:
    items = whole(session, limit)
    assert sorted(item.id for item in items) == sorted(listed)
    assert [item.attention for item in items] == sorted((item.attention for item in items), reverse=True)


def test_the_order_does_not_depend_on_the_page_size(session: Session, listed: list[str]) -> None:
    assert [item.id for item in whole(session, 3)] == [item.id for item in whole(session, 100)]


def test_filters_combine_and_facets_count_exactly_what_is_shown(session: Session, listed: list[str]) -> None:
    for filters in (
        {},
        {"categories": ("cs.LG",)},
        {"categories": ("cs.LG", "cs.DC")},
        {"tags": ("kv-cache",)},
        {"tags": ("kv-cache", "quantization"), "categories": ("cs.LG",)},
        {"without_tags": ("kv-cache",)},
        {"without_categories": ("cs.DC",), "tags": ("kv-cache",)},
        {"categories": ("uncategorised",)},
        {"without_categories": ("uncategorised",)},
        {"tags": ("no-such-tag",)},
    ):
        items = whole(session, 50, **filters)
        page = read_feed(session, FeedQuery(**filters))
        assert page.total == len(items), filters
        categories = Counter(name for item in items for name in item.categories or ("uncategorised",))
        assert {facet.name: facet.count for facet in page.facets.categories} == dict(categories), filters
        tags = Counter(name for item in items for name in item.tags)
        assert {facet.name: facet.count for facet in page.facets.tags} == dict(tags), filters
        for name in filters.get("tags", ()):
            assert all(name in item.tags for item in items)


def test_facets_are_largest_first_then_by_name(session: Session, listed: list[str]) -> None:
    facets = read_feed(session, FeedQuery()).facets
    for counts in (facets.categories, facets.tags):
        keys = [(-facet.count, facet.name) for facet in counts]
        assert keys == sorted(keys)


def test_an_empty_registry_is_an_empty_page(session: Session) -> None:
    page = read_feed(session, FeedQuery())
    assert (page.items, page.total, page.next_cursor, page.facets.tags) == ((), 0, None, ())


def test_a_withdrawn_package_is_neither_shown_nor_counted(session: Session, listed: list[str]) -> None:
    session.execute(text("UPDATE package SET withdrawn_at = now() WHERE id = :id"), {"id": listed[0]})
    page = read_feed(session, FeedQuery(limit=100))
    assert page.total == 59
    assert listed[0] not in {item.id for item in page.items}


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_a_limit_out_of_range_is_refused(session: Session, limit: int) -> None:
    with pytest.raises(InvalidQuery, match="1 to 100"):
        read_feed(session, FeedQuery(limit=limit))


@given(st.text(max_size=60))
def test_a_cursor_is_one_we_gave_or_refused(token: str) -> None:
    try:
        place = read_place(token, "default/all")
    except InvalidQuery:
        return
    assert place.attention_milli >= 0
    assert place.id


@pytest.mark.parametrize(
    ("milli", "shown"), [(0, "0.0"), (4000, "4.0"), (6340, "6.34"), (11229, "11.229"), (10, "0.01"), (120000, "120.0")]
)
def test_points_have_at_least_one_decimal(milli: int, shown: str) -> None:
    assert str(points(milli)) == shown


def test_the_first_page_walks_the_feed_index(session: Session, listed: list[str]) -> None:
    """Of twenty thousand rows a page must read a page: the plan may neither sort nor scan them all."""
    session.execute(
        text(
            "INSERT INTO package (id, namespace, name, title, authors, categories, tags, tag_reasons, claims,"
            " attention_milli, version, sorted_at) SELECT 'arxiv:x' || n, 'arxiv', 'x' || n, 't', '[]', '{}', '{}',"
            " '[]', 1, n % 9000, 1, now() FROM generate_series(1, 20000) n"
        )
    )
    session.execute(text("ANALYZE package"))
    plan = "\n".join(
        session.execute(
            text(
                "EXPLAIN SELECT id FROM package WHERE withdrawn_at IS NULL"
                " AND (attention_milli, sorted_at, id) < (5000, now(), 'arxiv:x')"
                " ORDER BY attention_milli DESC, sorted_at DESC, id DESC LIMIT 26"
            )
        ).scalars()
    )
    assert "ix_package_feed" in plan
    assert "Sort" not in plan


def test_where_no_day_is_known_the_month_of_the_identifier_stands(
    session: Session, engine: Engine, tmp_path: Path
) -> None:
    dated, undated = paper("2301.00001"), paper("math/9211203", updated_at=None)
    Pipeline(engine, BundleStore(tmp_path)).take_in([dated, undated])
    shown = {item.id: (item.dated, item.updated is None) for item in read_feed(session, FeedQuery()).items}
    assert shown == {"arxiv:2301.00001": ("2023-01-02", False), "arxiv:math/9211203": ("1992-11", True)}


def test_facets_that_are_kept_are_those_of_the_moment_that_is_read(engine: Engine, listed: list[str]) -> None:
    """Also beside a writer that has not committed, for the writer itself, and after it gave up."""
    changed = text("UPDATE package SET tags = array['new'] WHERE id = :id")
    with Session(engine) as reader, Session(engine) as writer:
        before = read_feed(reader, FeedQuery()).facets
        writer.execute(changed, {"id": listed[0]})
        reader.rollback()
        assert read_feed(reader, FeedQuery()).facets == before
        assert "new" in {one.name for one in read_feed(writer, FeedQuery()).facets.tags}
        writer.rollback()
        reader.rollback()
        assert read_feed(reader, FeedQuery()).facets == before
        writer.execute(changed, {"id": listed[0]})
        writer.execute(text("UPDATE package SET withdrawn_at = now() WHERE id = :id"), {"id": listed[1]})
        writer.commit()
        reader.rollback()
        page = read_feed(reader, FeedQuery())
        assert ("new", 1) in {(one.name, one.count) for one in page.facets.tags}
        assert page.total == len(listed) - 1
        for _ in range(450):  # old notes go, and what is kept still tells two states apart
            writer.execute(changed, {"id": listed[2]})
        writer.commit()
        reader.rollback()
        assert ("new", 2) in {(one.name, one.count) for one in read_feed(reader, FeedQuery()).facets.tags}
        assert reader.execute(text("SELECT count(*) FROM facet_change")).scalar_one() <= 401
