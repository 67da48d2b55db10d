"""`discoveries rank explain`, `verify` and `recompute` against a real database."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from ranking.run import rescore
from registry.bundles import BundleStore
from registry.database import transaction
from registry.errors import PackageNotFound
from registry.event_log import append, read_events
from registry.events import Audience, ClaimTest, Outcome, Reported, Use, Used, VersionPublished
from tests.factories import paper
from web.cli import app
from web.pipeline import Pipeline

ID = "arxiv:2301.00001"


@pytest.fixture
def environment(engine: Engine, database_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a registry with two papers, one of them reproduced, refuted and read."""
    Pipeline(engine, BundleStore(tmp_path / "bundles")).take_in([paper(), paper("2301.00002")])
    with transaction(engine) as session:
        version = next(one.body for one in read_events(session, [ID])[ID] if isinstance(one.body, VersionPublished))
        for who, outcome in (("eve", Outcome.REPRODUCED), ("bob", Outcome.FAILED)):
            tests = tuple(ClaimTest(one.id, one.key, one.tokens, outcome) for one in version.claims)
            append(session, [(ID, Reported(f"r-{who}", who, who, "verified", "d", tests))], actor=who)
        append(session, [(ID, Used(Audience.PEOPLE, Use.PAGE, 5))])
        rescore(session, [ID])
    return {
        "DISCOVERIES_DATABASE_URL": database_url,
        "DISCOVERIES_DATA_DIR": str(tmp_path),
        "DISCOVERIES_CONFIG": "",
        "HOME": str(tmp_path),
    }


def run(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, ["rank", *arguments], env=environment)


def test_explain_lists_what_the_score_is_made_of(environment: dict[str, str]) -> None:
    answer = run(environment, "explain", ID)
    assert answer.exit_code == 0, answer.output
    lines = answer.output.splitlines()
    assert lines[0].startswith(f"{ID} on ")
    total = float(lines[0].rsplit(" ", 1)[1])
    points = {line.split()[0]: float(line.split()[1]) for line in lines[1:7]}
    assert round(sum(points.values()), 3) == total
    assert points["refutations"] < 0 < points["use_by_people"]
    assert any("1,000 for and 1,000 against" in line for line in lines)
    assert any("A reproduction of all its claims" in line for line in lines)
    assert isinstance(run(environment, "explain", "arxiv:2301.99999").exception, PackageNotFound)


def test_verify_names_a_difference_and_recompute_mends_it(environment: dict[str, str], engine: Engine) -> None:
    good = run(environment, "verify", "--days", "3")
    assert (good.exit_code, good.output) == (0, "every score is what its events give\n")
    with transaction(engine) as session:
        session.execute(text("UPDATE package SET attention_milli = 9999 WHERE id = :id"), {"id": ID})
        session.execute(text("UPDATE attention_component SET readers = 7 WHERE package_id = :id"), {"id": ID})
    bad = run(environment, "verify")
    assert bad.exit_code == 1
    assert f"{ID}, score: stored 9.999, from events" in bad.output
    assert f"{ID}, components" in bad.output
    assert "1 score changed" in run(environment, "recompute").output
    assert run(environment, "verify").exit_code == 0
