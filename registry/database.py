"""The one Postgres: engine, sessions, migrations. No queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from registry.errors import DatabaseUnavailable

# One number for every advisory lock this project takes, so that they never meet another program's.
MIGRATION_LOCK = 0x0D15C0
SCHEDULER_LOCK = 0x0D15C1
PACE_LOCK = 0x0D15C2
POOL_SIZE = 12


def open_engine(url: str, *, statement_timeout_seconds: float = 0, pool_size: int = POOL_SIZE) -> Engine:
    """Connect lazily to ``url`` (postgresql+psycopg://…). A statement over the timeout is cancelled; 0 means never.

    Plans are made anew for each execution: one statement serves head and tail tags, whose good plans differ.
    """
    options = [
        "-c plan_cache_mode=force_custom_plan",
        "-c timezone=UTC",
        "-c search_path=public,jobs",
        f"-c statement_timeout={round(statement_timeout_seconds * 1000)}",
    ]
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"options": " ".join(options), "connect_timeout": 10},
    )


def libpq_address(url: str) -> str:
    """The same address as libpq reads it. Not rendered anew: SQLAlchemy would write a space in it as ``+``."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session whose work is committed whole, or rolled back whole when the block raises."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def planned_once(session: Session) -> Iterator[None]:
    """Plan the statements of the block without their parameters, and what they make Postgres ask by itself only once.

    For writing many rows by keys: each is held against its foreign keys by a query, whose plan made anew for each row
    cost more than the query. Such a plan lasts as long as the connection, so it must use the keys' indexes also where
    the tables are small as yet.
    """
    settings = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}
    connection = session.connection()
    for name, value in settings.items():
        connection.exec_driver_sql(f"SET LOCAL {name} = {value}")
    yield
    for name in settings:
        connection.exec_driver_sql(f"SET LOCAL {name} TO DEFAULT")


def migrations_folder() -> Path:
    """Where the Alembic history is: in a checkout beside the rooms, in an installed wheel inside the registry."""
    shipped = Path(__file__).parent / "_migrations"
    return shipped if shipped.is_dir() else Path(__file__).parent.parent / "alembic"


def alembic_config(url: str) -> Config:
    """The configuration Alembic needs, with no file of its own."""
    config = Config()
    config.set_main_option("script_location", _escaped(str(migrations_folder())))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", _escaped(url))
    return config


def migrate(url: str) -> None:
    """Bring the database to the newest revision; several processes may ask at once, one does it.

    Raises DatabaseUnavailable if the server cannot be reached, or holds a newer schema than this program knows.
    """
    config = alembic_config(url)
    engine = create_engine(url, pool_size=1, connect_args={"connect_timeout": 10})
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            _refuse_newer(config, MigrationContext.configure(connection).get_current_revision())
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        raise DatabaseUnavailable(f"The database cannot be reached: {_first_line(error)}") from error
    finally:
        engine.dispose()


def _refuse_newer(config: Config, current: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseUnavailable(
            f"The database is at revision {current}, which this version of discoveries does not know; "
            "it was written by a newer one. Upgrade discoveries, or use another data directory."
        )


def _escaped(value: str) -> str:
    return value.replace("%", "%%")


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0]
