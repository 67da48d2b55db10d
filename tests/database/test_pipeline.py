"""The straight line over a real Postgres: records in, packages out."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.ara.archives import read_archive
from registry.bundles import BundleStore, StoredBundle
from registry.errors import PackageNotFound
from registry.feed import FeedQuery, read_feed
from registry.identifiers import PackageId
from registry.import_log import Tally
from registry.packages import read_package
from registry.papers import ArxivPaper, Source
from tests.factories import paper
from web.pipeline import Pipeline

STATE = """
    SELECT p.id, p.title, p.abstract, p.authors, p.primary_category, p.categories, p.tags, p.tag_reasons, p.claims,
           p.attention_milli, p.version, p.updated_at, p.sorted_at, v.digest, v.source_version, v.cause, v.claims,
           a.precedence, a.versions, a.source
    FROM package p JOIN package_version v ON v.package_id = p.id JOIN paper a ON a.arxiv_id = p.name
    ORDER BY p.id, v.number
"""


@pytest.fixture
def store(tmp_path: Path) -> BundleStore:
    return BundleStore(tmp_path / "bundles")


@pytest.fixture
def pipeline(engine: Engine, store: BundleStore) -> Pipeline:
    return Pipeline(engine, store)


def state(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(STATE))]


def current(session: Session, name: str = "2301.00001") -> object:
    return read_package(session, PackageId("arxiv", name))


def test_a_record_becomes_a_package_with_a_version_and_a_readable_bundle(
    pipeline: Pipeline, session: Session, store: BundleStore
) -> None:
    assert pipeline.take_in([paper()]) == Tally(created=1)
    detail = read_package(session, PackageId("arxiv", "2301.00001"))
    assert detail.item.claims == 1
    assert str(detail.item.attention) == "4.0"
    assert detail.item.version == 1
    assert [version.cause for version in detail.versions] == ["arxiv-version"]
    assert detail.claims[0].quotes[0].text == "We show that caching attention is 2x faster."
    row = session.execute(text("SELECT * FROM bundle")).mappings().one()
    artifact = read_archive(store.read(StoredBundle(**row)))
    assert artifact.digest == detail.versions[0].digest == row["digest"]


def test_the_same_records_again_change_nothing(pipeline: Pipeline, engine: Engine) -> None:
    batch = [paper(f"2301.{number:05d}") for number in range(1, 30)]
    pipeline.take_in(batch)
    before = state(engine)
    assert pipeline.take_in(batch) == Tally(unchanged=29)
    assert state(engine) == before


def test_a_new_arxiv_version_makes_a_new_package_version(pipeline: Pipeline, session: Session) -> None:
    pipeline.take_in([paper()])
    later = paper(version=2, updated_at=datetime(2023, 5, 1, tzinfo=UTC))
    assert pipeline.take_in([later]) == Tally(updated=1)
    detail = read_package(session, PackageId("arxiv", "2301.00001"))
    assert [(v.number, v.source_version, v.cause) for v in detail.versions] == [
        (2, 2, "arxiv-version"),
        (1, 1, "arxiv-version"),
    ]
    assert read_package(session, PackageId("arxiv", "2301.00001"), 1).shown == 1


def test_an_older_version_after_a_newer_one_changes_nothing_that_shows(pipeline: Pipeline, session: Session) -> None:
    pipeline.take_in([paper(version=2, title="New", updated_at=datetime(2023, 5, 1, tzinfo=UTC))])
    pipeline.take_in([paper(version=1, title="Old")])
    detail = read_package(session, PackageId("arxiv", "2301.00001"))
    assert (detail.item.title, detail.item.version) == ("New", 1)


def test_a_change_of_the_abstract_alone_makes_a_version_with_cause_metadata(
    pipeline: Pipeline, session: Session
) -> None:
    pipeline.take_in([paper()])
    pipeline.take_in([paper(abstract="We prove it twice.", updated_at=datetime(2023, 1, 3, tzinfo=UTC))])
    detail = read_package(session, PackageId("arxiv", "2301.00001"))
    assert [version.cause for version in detail.versions] == ["metadata", "arxiv-version"]


@pytest.mark.parametrize(
    "change",
    [{"comment": "12 pages"}, {"journal_ref": "Nature 1"}, {"license": "http://x/"}, {"doi": "10.1/x"}],
)
def test_what_stands_outside_the_bundle_makes_no_version(
    pipeline: Pipeline, session: Session, change: dict[str, str]
) -> None:
    pipeline.take_in([paper()])
    assert pipeline.take_in([paper(**change)]) == Tally(updated=1)
    detail = read_package(session, PackageId("arxiv", "2301.00001"))
    assert len(detail.versions) == 1
    [(name, value)] = change.items()
    assert getattr(detail, name) == value


def test_a_new_cross_listing_shows_in_the_feed_without_a_version(pipeline: Pipeline, session: Session) -> None:
    pipeline.take_in([paper()])
    pipeline.take_in([paper(categories=("cs.LG", "cs.DC"), updated_at=datetime(2023, 1, 3, tzinfo=UTC))])
    [item] = read_feed(session, FeedQuery(categories=("cs.DC",))).items
    assert (item.version, item.claims, str(item.attention)) == (1, 1, "4.0")


def test_a_record_with_id_and_title_alone_is_a_package_of_unknowns(pipeline: Pipeline, session: Session) -> None:
    bare = ArxivPaper("hep-th/9901001", "A bare title", Source.DUMP)
    pipeline.take_in([bare])
    page = read_feed(session, FeedQuery(categories=("uncategorised",)))
    [item] = page.items
    assert (item.abstract, item.authors, item.updated, item.claims) == (None, (), None, 0)
    assert [(facet.name, facet.count) for facet in page.facets.categories] == [("uncategorised", 1)]


def test_a_paper_named_twice_in_one_batch_is_one_package(pipeline: Pipeline, session: Session) -> None:
    tally = pipeline.take_in([paper(), paper(version=2, title="Second")])
    assert tally == Tally(created=1, unchanged=1)
    assert read_feed(session, FeedQuery()).items[0].title == "Second"


def test_records_in_any_order_end_in_the_same_current_state(
    engine: Engine, store: BundleStore, pipeline: Pipeline
) -> None:
    records = [
        paper(),
        paper(version=2, updated_at=datetime(2023, 4, 1, tzinfo=UTC), source=Source.ATOM),
        paper(title="Bare", abstract=None, version=None, updated_at=None, source=Source.DUMP),
        paper(comment="5 pages", source=Source.OAI),
    ]
    ends = set()
    for seed in range(1, 9):
        name = f"2302.{seed:05d}"
        shuffled = [replace(record, arxiv_id=name) for record in records]
        random.Random(seed).shuffle(shuffled)
        for record in shuffled:
            pipeline.take_in([record])
        with Session(engine) as session:
            detail = read_package(session, PackageId("arxiv", name))
        ends.add((detail.item.title, detail.item.abstract, detail.item.updated, detail.comment))
    assert len(ends) == 1


def test_a_batch_that_fails_leaves_nothing_behind(
    pipeline: Pipeline, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("web.pipeline.rescore", broken)
    with pytest.raises(OSError, match="no space"):
        pipeline.take_in([paper()])
    assert state(engine) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM paper")).scalar_one() == 0


def test_an_unknown_package_and_an_unknown_version_are_told_apart(pipeline: Pipeline, session: Session) -> None:
    with pytest.raises(PackageNotFound, match="no package arxiv:2301"):
        current(session)
    pipeline.take_in([paper()])
    with pytest.raises(PackageNotFound, match="no version 7; its newest is v1"):
        read_package(session, PackageId("arxiv", "2301.00001"), 7)
