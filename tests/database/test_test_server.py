"""The test server itself: each test gets the whole schema, and nothing of another test."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text
from sqlmodel import Session


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_has_a_database_of_its_own(session: Session, run: int) -> None:
    session.execute(text("CREATE TABLE left_behind (id integer)"))
    session.commit()


def test_schema_is_there_and_empty(engine: Engine) -> None:
    tables = inspect(engine).get_table_names()
    assert "alembic_version" in tables
    assert "left_behind" not in tables
