"""Attention over a real Postgres: events in, scores out, the same by increments and all at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from ranking.run import close_if_due, recompute, rescore, rescore_reported_by, verify
from registry.attention import read_history
from registry.bundles import BundleStore
from registry.database import transaction
from registry.errors import PackageNotFound
from registry.event_log import append, read_events, read_tiers, utc_today
from registry.events import (
    Audience,
    ClaimTest,
    Dependency,
    DependencyKind,
    Grounding,
    Outcome,
    Owned,
    Reported,
    Use,
    Used,
    VersionPublished,
    VersionWithdrawn,
    claim_records,
)
from registry.identifiers import PackageId
from registry.identities import Tier, add_identity, set_tier
from tests.factories import paper
from web.attention import read_explanation
from web.pipeline import Pipeline

ID = "arxiv:2301.00001"


@pytest.fixture
def pipeline(engine: Engine, tmp_path: Path) -> Pipeline:
    return Pipeline(engine, BundleStore(tmp_path / "bundles"))


def score_of(engine: Engine, id_: str = ID) -> int:
    with engine.connect() as connection:
        statement = text("SELECT attention_milli FROM package WHERE id = :id")
        return int(connection.execute(statement, {"id": id_}).scalar_one())


def version_of(session: Session, id_: str = ID) -> VersionPublished:
    [body] = [one.body for one in read_events(session, [id_])[id_] if isinstance(one.body, VersionPublished)][-1:]
    assert isinstance(body, VersionPublished)
    return body


def report(engine: Engine, reporter: str, outcome: Outcome = Outcome.REPRODUCED, tier: str = "verified") -> None:
    with transaction(engine) as session:
        version = version_of(session)
        tests = tuple(ClaimTest(one.id, one.key, one.tokens, outcome) for one in version.claims)
        body = Reported(f"by-{reporter}", reporter, reporter, tier, version.digest, tests)
        append(session, [(ID, body)], actor=reporter)
        rescore(session, [ID])


def test_an_import_records_its_version_and_scores_four(pipeline: Pipeline, engine: Engine) -> None:
    pipeline.take_in([paper()])
    with Session(engine) as session:
        version = version_of(session)
        assert [claim.grounding for claim in version.claims] == [Grounding.QUOTED]
        assert version.authors == ("ada lovelace",)
        assert version.dated.isoformat() == "2023-01-01"
        assert read_history(session, ID) == [(utc_today(), 4_000)]
    assert score_of(engine) == 4_000


def test_the_same_record_again_is_no_event(pipeline: Pipeline, engine: Engine) -> None:
    pipeline.take_in([paper()])
    pipeline.take_in([paper()])
    with Session(engine) as session:
        assert len(read_events(session, [ID])[ID]) == 1


def test_events_are_only_ever_added(pipeline: Pipeline, engine: Engine) -> None:
    pipeline.take_in([paper()])
    for statement in ("UPDATE event SET day = day - 1", "DELETE FROM event"):
        with pytest.raises(DBAPIError, match="only ever added"), engine.begin() as connection:
            connection.execute(text(statement))


def test_a_report_moves_the_score_at_once_and_an_author_s_does_not(pipeline: Pipeline, engine: Engine) -> None:
    pipeline.take_in([paper()])
    report(engine, "ada lovelace")
    assert score_of(engine) == 4_000
    report(engine, "eve")
    assert score_of(engine) == 6_000
    report(engine, "mallory", Outcome.FAILED)
    assert score_of(engine) < 6_000


def test_a_withdrawn_version_counts_no_longer(pipeline: Pipeline, engine: Engine) -> None:
    pipeline.take_in([paper()])
    pipeline.take_in([paper(abstract=None, version=2, updated_at=datetime(2024, 1, 1, tzinfo=UTC))])
    with transaction(engine) as session:
        number = version_of(session).number
        append(session, [(ID, VersionWithdrawn(number))])
        rescore(session, [ID])
    assert score_of(engine) == 4_000


def test_a_tier_that_the_operator_gives_is_an_event(engine: Engine, pipeline: Pipeline) -> None:
    pipeline.take_in([paper()])
    with transaction(engine) as session:
        add_identity(session, "eve", tier=Tier.REGISTERED)
    report(engine, "eve", tier="registered")
    with transaction(engine) as session:
        set_tier(session, "eve", Tier.VERIFIED)
        assert read_tiers(session) == {"eve": "verified"}
        rescore_reported_by(session, "eve")
    assert score_of(engine) == 6_000


def busy_registry(engine: Engine, pipeline: Pipeline) -> None:
    """Packages with reports, use on earlier days, and one that builds on another since yesterday."""
    pipeline.take_in([paper(f"2301.{number:05d}") for number in range(1, 12)])
    report(engine, "eve")
    report(engine, "sybil", Outcome.FAILED, "unverified")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with transaction(engine) as session:
        day = yesterday.date()
        builds = VersionPublished(
            1, "d" * 64, day, version_of(session).claims, ("bob",), (Dependency(DependencyKind.EXTENDS, ID),)
        )
        append(session, [("arxiv:2301.00002", builds)], at=yesterday)
        first = VersionPublished(1, "e" * 64, day - timedelta(days=9), version_of(session).claims, ("ada lovelace",))
        append(session, [(ID, first)], at=yesterday - timedelta(days=9))
        append(session, [("arxiv:2301.00003", Used(Audience.PEOPLE, Use.PAGE, 7))], at=yesterday)
        append(session, [("arxiv:2301.00003", Owned("bob", "bob", "registered"))], at=yesterday)
        rescore(session, [f"arxiv:2301.{number:05d}" for number in range(1, 12)])


def test_increments_and_the_full_run_agree_to_the_last_digit(pipeline: Pipeline, engine: Engine) -> None:
    busy_registry(engine, pipeline)
    with transaction(engine) as session:
        assert verify(session) == []
        assert recompute(session) == 1, "the close lets influence flow to the one that another builds on"
        assert verify(session) == []
        rescore(session, [f"arxiv:2301.{number:05d}" for number in range(1, 12)])
        assert recompute(session) == 0


def test_verify_names_a_score_that_events_do_not_give(pipeline: Pipeline, engine: Engine) -> None:
    busy_registry(engine, pipeline)
    with transaction(engine) as session:
        session.execute(text("UPDATE package SET attention_milli = 5 WHERE id = :id"), {"id": ID})
        [found] = verify(session)
        assert (found.package, found.stored_milli) == (ID, 5)
        assert recompute(session) == 1
        assert verify(session) == []


def test_influence_comes_from_the_close_of_the_day_before(pipeline: Pipeline, engine: Engine) -> None:
    claims = (("C01", "A claim that stands on evidence", Grounding.RESOLVED),)
    earlier = datetime.now(UTC) - timedelta(days=3)
    pipeline.take_in([paper(f"2301.{number:05d}") for number in (1, 2)])
    with transaction(engine) as session:
        for name, author, depends, days in (
            ("hosted:aaaaaaaa", "carol", (), 0),
            ("hosted:bbbbbbbb", "dave", (Dependency(DependencyKind.EXTENDS, "hosted:aaaaaaaa"),), 1),
        ):
            at = earlier + timedelta(days=days)
            body = VersionPublished(1, "f" * 64, at.date(), claim_records(claims), (author,), depends)
            append(session, [(name, body)], at=at)
        session.execute(
            text(
                "INSERT INTO package SELECT 'hosted:aaaaaaaa', 'hosted', 'aaaaaaaa', title, abstract, authors, "
                "primary_category, categories, tags, tag_reasons, claims, 0, version, updated_at, sorted_at "
                "FROM package WHERE id = :id"
            ),
            {"id": ID},
        )
        rescore(session, ["hosted:aaaaaaaa"])
        before = read_explanation(session, PackageId("hosted", "aaaaaaaa"))
        assert before.score.contribution("influence") == 0
        assert recompute(session) == 1
        after = read_explanation(session, PackageId("hosted", "aaaaaaaa"))
        # 6.0 flows by half, for two days: 3.0 · 60 / 22 = 8.181, and 2 · log2(1 + 8.181 / 3)
        assert after.score.contribution("influence") == 2 * 1_898
        assert after.score.total_milli == 6_000 + 2 * 1_898
        assert verify(session) == []


def test_an_explanation_adds_up_and_names_the_events(pipeline: Pipeline, engine: Engine) -> None:
    busy_registry(engine, pipeline)
    with Session(engine) as session:
        found = read_explanation(session, PackageId("arxiv", "2301.00001"))
        assert sum(one.contribution_milli for one in found.components) == score_of(engine)
        assert len(found.events["reproductions"]) == 2
        assert found.would_raise
        with pytest.raises(PackageNotFound):
            read_explanation(session, PackageId("arxiv", "2301.99999"))


def test_a_day_is_closed_once(pipeline: Pipeline, engine: Engine) -> None:
    busy_registry(engine, pipeline)
    for due in (True, False):
        with transaction(engine) as session:
            assert close_if_due(session) is due
            assert verify(session) == []
