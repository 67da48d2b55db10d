"""Runs the history, on the connection `registry.database.migrate` hands over or on one of its own."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from registry.tables import Row

config = context.config


def run(connection) -> None:  # type: ignore[no-untyped-def]
    context.configure(connection=connection, target_metadata=Row.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


shared = config.attributes.get("connection")
if shared is not None:
    run(shared)
else:
    engine = create_engine(config.get_main_option("sqlalchemy.url"))
    with engine.begin() as own:
        run(own)
    engine.dispose()
