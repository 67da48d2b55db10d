"""Scores recomputed from exported events by a program written from docs/attention.md alone are the registry's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from ranking.run import recompute
from registry.database import transaction
from registry.event_log import utc_today
from registry.settings import Settings
from tests.contract.attention_scorer import logarithm, total
from tests.database.test_score_sets import fill, packages
from web.app import create_app


def exported(client: TestClient) -> list[dict[str, Any]]:
    address, lines = "/api/v1/attention/events?limit=10000", []
    while address:
        answer = client.get(address)
        lines += [json.loads(line) for line in answer.text.splitlines()]
        address = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    return lines


@pytest.mark.parametrize("seed", [11, 12])
def test_a_program_written_from_the_page_gives_the_same_scores(engine: Engine, tmp_path: Path, seed: int) -> None:
    today = utc_today()
    packages(engine)
    fill(engine, seed, today=today)
    with transaction(engine) as session:
        recompute(session, day=today)
    client = TestClient(create_app(Settings(data_dir=tmp_path), engine=engine))
    log = exported(client)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, attention_milli FROM package")).all()
    stored = {row.id: row.attention_milli for row in rows}
    ours = {id_: total(log, id_, today) for id_ in stored}
    assert ours == stored
    assert len(set(ours.values())) > 10


def test_the_second_logarithm_is_exact() -> None:
    assert [logarithm(n) for n in (1, 2, 3, 1024)] == [0, 1000, 1584, 10000]
    assert logarithm(2**20 - 1) == 19999
