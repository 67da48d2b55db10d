"""Withdrawn and deleted papers: the package follows arXiv, in any order of records, and a person's word stands."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.bundles import BundleStore
from registry.database import transaction
from registry.errors import Withdrawn
from registry.feed import FeedQuery, read_feed
from registry.identifiers import PackageId
from registry.import_log import Tally
from registry.packages import read_package
from registry.papers import ArxivPaper, ArxivVersion, Deletion, Source
from registry.settings import Settings
from registry.withdrawal import withdraw_package
from tests.factories import paper
from web.app import create_app
from web.pipeline import Pipeline

ID = PackageId("arxiv", "2301.00001")
DAYS = [datetime(2023, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)]


@pytest.fixture
def pipeline(engine: Engine, tmp_path: Path) -> Pipeline:
    return Pipeline(engine, BundleStore(tmp_path / "bundles"))


def version(number: int, *types: str | None, **fields: Any) -> ArxivPaper:
    """An OAI record of v``number``, whose versions have these source types."""
    listed = tuple(ArxivVersion(at, DAYS[at], 0 if kind == "I" else 9, kind) for at, kind in enumerate(types, 1))
    given = {"source": Source.OAI, "version": number, "versions": listed, "updated_at": DAYS[number],
             "metadata_date": DAYS[number].date(), **fields}  # fmt: skip
    return paper(title=f"Part {number}", **given)


FIRST = version(1, "D")
GONE = version(2, "D", "I", comment="An error in Lemma 2; the authors will not repair it")
BACK = version(3, "D", "I", "D")


def shown(session: Session) -> int | None:
    """The version of the package as a reader meets it, None where it is withdrawn."""
    session.rollback()
    try:
        return read_package(session, ID).item.version
    except Withdrawn:
        return None


def test_a_withdrawal_withdraws_the_package_with_its_reason_and_leaves_earlier_versions(
    pipeline: Pipeline, session: Session
) -> None:
    pipeline.take_in([FIRST])
    assert pipeline.take_in([GONE]) == Tally(updated=1)
    with pytest.raises(
        Withdrawn, match="2023-01-03: it was withdrawn from arXiv with the comment: An error in Lemma 2"
    ):
        read_package(session, ID)
    with pytest.raises(Withdrawn):
        read_package(session, ID, 2)
    earlier = read_package(session, ID, 1)
    assert earlier.item.title == "Part 2"
    assert earlier.withdrawn_reason is not None
    assert "An error in Lemma 2" in earlier.withdrawn_reason
    assert read_feed(session, FeedQuery()).total == 0
    assert pipeline.take_in([GONE]) == Tally(unchanged=1)


def test_an_earlier_version_says_that_the_paper_was_withdrawn(
    pipeline: Pipeline, engine: Engine, tmp_path: Path
) -> None:
    for record in (FIRST, GONE):
        pipeline.take_in([record])
    with TestClient(create_app(Settings(data_dir=tmp_path), engine=engine)) as client:
        assert client.get("/packages/arxiv/2301.00001").status_code == 410
        page = client.get("/packages/arxiv/2301.00001/v1")
        told = client.get("/api/v1/packages/arxiv/2301.00001/versions/1").json()["withdrawn_on_arxiv"]
    assert page.status_code == 200
    assert "withdrawn on arXiv later: it was withdrawn from arXiv with the comment: An error in Lemma 2" in page.text
    assert "current one is" not in page.text, "the current one answers 410"
    assert "An error in Lemma 2" in told


def test_a_later_version_with_source_brings_it_back(pipeline: Pipeline, session: Session) -> None:
    for record in (FIRST, GONE, BACK):
        pipeline.take_in([record])
    assert shown(session) == 3
    assert read_feed(session, FeedQuery()).total == 1


STATE = text("SELECT withdrawn_at, withdrawn_reason, withdrawn_source_version FROM package")


@pytest.mark.parametrize("records", [(FIRST, GONE), (FIRST, GONE, BACK), (GONE, Deletion(ID.name, date(2023, 1, 9)))])
def test_the_order_of_records_decides_nothing(
    pipeline: Pipeline, session: Session, records: tuple[ArxivPaper | Deletion, ...]
) -> None:
    states = set()
    for order in itertools.permutations(records):
        session.execute(text("TRUNCATE package_version, package, paper, deleted_record CASCADE"))
        session.commit()
        for record in order:
            if isinstance(record, Deletion):
                pipeline.take_in([], [record])
            else:
                pipeline.take_in([record])
        states.add(tuple(session.execute(STATE).one()))
        session.rollback()
    assert len(states) == 1


def test_a_deleted_record_withdraws_and_a_later_record_undoes_it(pipeline: Pipeline, session: Session) -> None:
    pipeline.take_in([FIRST])
    deletion = Deletion(ID.name, date(2023, 1, 9))
    assert pipeline.take_in([], [deletion]) == Tally(updated=1)
    assert pipeline.take_in([], [deletion]) == Tally(unchanged=1)
    with pytest.raises(Withdrawn, match="arXiv deleted its record"):
        read_package(session, ID, 1)
    pipeline.take_in([replace(FIRST, metadata_date=date(2023, 1, 10))])
    assert shown(session) == 1


def test_an_unknown_deleted_record_is_kept_for_when_the_paper_comes(pipeline: Pipeline, session: Session) -> None:
    assert pipeline.take_in([], [Deletion(ID.name, date(2023, 1, 9))]) == Tally(unchanged=1)
    pipeline.take_in([FIRST])
    assert shown(session) is None


def test_what_a_person_here_withdrew_does_not_come_back(pipeline: Pipeline, session: Session, engine: Engine) -> None:
    pipeline.take_in([FIRST])
    with transaction(engine) as writing:
        withdraw_package(writing, ID, "The rights holder asked for it")
    for record in (GONE, BACK):
        pipeline.take_in([record])
        with pytest.raises(Withdrawn, match="The rights holder asked for it"):
            read_package(session, ID, 1)
        session.rollback()


def test_licences_of_versions_stay_apart(pipeline: Pipeline, session: Session) -> None:
    pipeline.take_in([replace(FIRST, license="http://creativecommons.org/licenses/by/4.0/")])
    pipeline.take_in([replace(BACK, license="http://arxiv.org/licenses/nonexclusive-distrib/1.0/")])
    versions = session.execute(text("SELECT versions FROM paper")).scalar_one()
    assert [one.get("license", "unknown").split("/")[2:5:2] for one in versions if "license" in one] == [
        ["creativecommons.org", "by"], ["arxiv.org", "nonexclusive-distrib"]
    ]  # fmt: skip


def test_a_change_of_comment_reference_or_licence_makes_no_version(pipeline: Pipeline, session: Session) -> None:
    pipeline.take_in([FIRST])
    changed = replace(FIRST, comment="To appear", journal_ref="J. 1", doi="10.1/1", metadata_date=date(2024, 1, 1),
                      license="http://creativecommons.org/licenses/by/4.0/")  # fmt: skip
    assert pipeline.take_in([changed]) == Tally(updated=1)
    assert shown(session) == 1


def test_comparing_writes_nothing(pipeline: Pipeline, session: Session) -> None:
    assert pipeline.compare([FIRST], [Deletion("2301.00002", date(2023, 1, 9))]) == Tally(created=1, unchanged=1)
    assert session.execute(text("SELECT count(*) FROM paper")).scalar_one() == 0
    assert session.execute(text("SELECT count(*) FROM deleted_record")).scalar_one() == 0
    pipeline.take_in([FIRST])
    assert pipeline.compare([GONE], []) == Tally(updated=1)
    assert pipeline.compare([FIRST], [Deletion(ID.name, date(2023, 1, 9))]) == Tally(updated=1, unchanged=1)
    assert shown(session) == 1
