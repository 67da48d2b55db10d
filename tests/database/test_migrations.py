"""One Alembic history that goes up and down, and ends where the tables say."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from registry.database import alembic_config, migrate
from registry.errors import DatabaseUnavailable
from registry.tables import Row

ROOT = Path(__file__).resolve().parents[2]


def differences(url: str) -> list[object]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Row.metadata)
    engine.dispose()
    return list(found)


def test_from_empty_to_head_is_what_the_tables_say(empty_database_url: str) -> None:
    migrate(empty_database_url)
    assert differences(empty_database_url) == []


def test_every_revision_goes_down_and_up_again(empty_database_url: str) -> None:
    migrate(empty_database_url)
    config = alembic_config(empty_database_url)
    for _ in ScriptDirectory.from_config(config).walk_revisions():
        command.downgrade(config, "-1")
    engine = create_engine(empty_database_url)
    with engine.connect() as connection:
        left = connection.execute(
            text(
                "SELECT table_schema || '.' || table_name FROM information_schema.tables"
                " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
            )
        ).scalars()
        assert list(left) == ["public.alembic_version"]
    engine.dispose()
    migrate(empty_database_url)
    assert differences(empty_database_url) == []


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    assert differences(database_url) == []


def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable, match=r"revision 9999.*newer"):
        migrate(database_url)
    engine.dispose()


def test_a_server_that_is_not_there_is_said_in_words() -> None:
    with pytest.raises(DatabaseUnavailable, match="cannot be reached"):
        migrate("postgresql+psycopg://nobody@127.0.0.1:1/nothing")


def test_the_alembic_folder_does_not_hide_the_library() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_the_queue_schema_is_the_one_the_pinned_library_was_tried_with() -> None:
    """A new minor version of procrastinate may change its schema: then a revision is due, and this line after it."""
    assert version("procrastinate").startswith("3.10.")
