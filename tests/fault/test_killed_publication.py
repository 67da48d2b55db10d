"""A publisher killed between the bytes and the row, or in the middle of the rows, leaves nothing half-published."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.bundles import BundleStore
from registry.bundles.upkeep import collect_orphans
from registry.feed import FeedQuery, read_feed
from tests.database.conftest import database_url, engine, server, template
from web.publishing import Credentials, Publisher

__all__ = ["database_url", "engine", "server", "template"]  # the same Postgres fixtures, for this module

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("package", "package_version", "bundle", "hosted_package", "hosted_revision", "identity", "submission_tally")
# Publishes once as new, or as the next revision of the slug that is named, and kills itself in the named function.
PUBLISHER = """
import os, signal, sys
from pathlib import Path
import web.publishing
from registry.bundles import BundleStore
from registry.database import open_engine
from tests.hub_client import FILES, body
from web.publishing import Credentials, Publisher
from web.submission_reading import read_submission
import json

url, folder, where, slug, token = sys.argv[1:]
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
class Store(BundleStore):
    def store(self, artifacts):
        stored = super().store(artifacts)
        die() if where == "store" else None
        return stored
if where == "rescore":
    web.publishing.rescore = die
publisher = Publisher(open_engine(url), Store(Path(folder) / "bundles"), data_dir=Path(folder), daily_submissions=50)
files = {**FILES, "more.md": b"more"} if slug else FILES
submission = read_submission(json.dumps(body(files)).encode())
admission = publisher.admit(Credentials("203.0.113.7", update_token=token or None), slug or None)
made = publisher.replace(slug, submission, admission) if slug else publisher.create(submission, admission)
print(made.revision.slug, made.update_token)
"""


def run(url: str, folder: Path, where: str, slug: str = "", token: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PUBLISHER, url, str(folder), where, slug, token],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            table: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {table}"))), key=str) for table in TABLES
        }


@pytest.mark.parametrize("where", ["store", "rescore"])
def test_killed_while_publishing_it_left_no_row_and_the_next_try_succeeds(
    engine: Engine, database_url: str, tmp_path: Path, where: str
) -> None:
    killed = run(database_url, tmp_path, where)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert all(found == [] for found in rows(engine).values())
    store = BundleStore(tmp_path / "bundles")
    assert len(list(store.packs())) == 1, "the bytes were there first"
    assert run(database_url, tmp_path, "nowhere").returncode == 0
    with Session(engine) as session:
        assert read_feed(session, FeedQuery()).total == 1
    assert collect_orphans(engine, store, older_than_seconds=-60) == 0, "the same bytes are in use now"


@pytest.mark.parametrize("where", ["store", "rescore"])
def test_killed_while_replacing_the_earlier_revision_stands(
    engine: Engine, database_url: str, tmp_path: Path, where: str
) -> None:
    slug, token = run(database_url, tmp_path, "nowhere").stdout.split()
    before = rows(engine)
    assert run(database_url, tmp_path, where, slug, token).returncode == -signal.SIGKILL
    assert rows(engine) == before
    store = BundleStore(tmp_path / "bundles")
    assert len(list(store.packs())) == 2
    assert collect_orphans(engine, store, older_than_seconds=-60) == 1
    publisher = Publisher(engine, store, data_dir=tmp_path, daily_submissions=50)
    publisher.admit(Credentials("", update_token=token), slug)
