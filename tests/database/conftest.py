"""A real Postgres for the tests in this folder: one server a worker, one fresh database a test.

One server per xdist worker, not one shared: it starts in under a second, and nobody must know who is the last to leave.
The schema is migrated once into a template; a test's own database is a copy of it (about 0.1 s) and dropped afterwards.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine
from sqlmodel import Session

from registry.cluster import Cluster
from registry.database import migrate, open_engine

TEMPLATE = "template_discoveries"


class TestServer:
    """The server of this worker: makes and drops databases by name."""

    __test__ = False

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, database: str) -> str:
        return self._url.replace("@/discoveries?", f"@/{database}?", 1)

    def execute(self, statement: str, *names: str) -> None:
        """Run one statement outside a transaction, with ``{}`` standing for quoted names."""
        address = self.url("postgres").replace("postgresql+psycopg://", "postgresql://", 1)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """The worker's own server. A crash of the machine may cost its data; a crash of the server may not."""
    with Cluster(Path(tmp_path_factory.mktemp("postgres")), command="pytest") as cluster:
        started = TestServer(cluster.url)
        for setting in ("fsync = off", "autovacuum = off"):
            started.execute(f"ALTER SYSTEM SET {setting}")
        started.execute("SELECT pg_reload_conf()")
        yield started


@pytest.fixture(scope="session")
def template(server: TestServer) -> str:
    """The name of a database with the newest schema and nothing in it."""
    server.execute("CREATE DATABASE {}", TEMPLATE)
    migrate(server.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def empty_database_url(server: TestServer) -> Iterator[str]:
    """A database without any schema, for tests of the migrations themselves."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    server.execute("CREATE DATABASE {}", name)
    yield server.url(name)
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def database_url(server: TestServer, template: str) -> Iterator[str]:
    """A migrated, empty database that belongs to this test alone."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    server.execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    yield server.url(name)
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on this test's database, as the application opens it."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on this test's database; what the test does not commit is rolled back."""
    with Session(engine) as opened:
        yield opened
