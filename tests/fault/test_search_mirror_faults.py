"""A real Meilisearch stopped, frozen, killed, emptied and rid of its index while papers come in: nothing is lost.

Needs a server binary named by DISCOVERIES_TEST_MEILI_BINARY; the same against a stand-in is in tests/database.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
import requests
from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.bundles import BundleStore
from registry.cluster import Cluster
from registry.database import migrate, open_engine, transaction
from registry.feed import FeedQuery
from registry.identifiers import parse_package_id
from registry.search.answers import SearchRequest
from registry.search.engines import Engines
from registry.search.mirror import make_mirror
from registry.search.query import parse_query
from registry.withdrawal import withdraw_package
from tests.factories import paper
from web.mirroring import keep_in_step
from web.pipeline import Pipeline

BINARY = os.environ.get("DISCOVERIES_TEST_MEILI_BINARY")
pytestmark = [
    pytest.mark.meilisearch,
    pytest.mark.skipif(BINARY is None, reason="DISCOVERIES_TEST_MEILI_BINARY names no server"),
]


class RealServer:
    """A Meilisearch process on a port of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            self.port = bound.getsockname()[1]
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        assert BINARY is not None
        command = [BINARY, "--no-analytics", "--http-addr", f"127.0.0.1:{self.port}", "--db-path", "db"]
        self.folder.mkdir(exist_ok=True)
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                requests.get(f"{self.url}/health", timeout=1)
            except requests.RequestException:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server did not start")

    def end(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(30)
            self.process = None

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    made = RealServer(tmp_path / "meili")
    made.start()
    yield made
    made.end(signal.SIGKILL)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Cluster(tmp_path / "postgres", command="pytest") as cluster:
        migrate(cluster.url)
        opened = open_engine(cluster.url)
        yield opened
        opened.dispose()


def test_nothing_is_lost_whatever_happens_to_the_server(engine: Engine, tmp_path: Path, server: RealServer) -> None:
    stop = Event()
    pipeline = Pipeline(engine, BundleStore(tmp_path / "bundles"))
    mirror = make_mirror(engine, server.url, None, stop)
    thread = Thread(target=keep_in_step, args=(mirror, stop))
    thread.start()
    try:
        slowest = storm(engine, pipeline, server)
        settle(engine)
    finally:
        server.signal(signal.SIGCONT)
        stop.set()
        thread.join()
    found = mirror.examine(repair=False)
    assert (found.packages, found.documents, found.in_step) == (992, 992, True)
    assert slowest < 10  # a loaded machine's second: a frozen server would hold it for ever
    with Session(engine) as session:
        page = Engines(server.url, patience_seconds=30).search(session, SearchRequest(parse_query("zebra")))
    assert (page.engine, page.total) == ("meilisearch", 992)


def storm(engine: Engine, pipeline: Pipeline, server: RealServer) -> float:
    """Papers in, some out, the server harmed in between; the seconds that the slowest search took."""
    engines = Engines(server.url)
    slowest = 0.0
    for round_ in range(40):
        pipeline.take_in(
            [paper(f"23{round_ % 12 + 1:02d}.{n + 100 * round_:05d}", title=f"Zebra {n}") for n in range(25)]
        )
        harm(server, round_)
        with transaction(engine) as session:
            if round_ % 5 == 0:
                withdrawn = f"arxiv:23{round_ % 12 + 1:02d}.{100 * round_ + 1:05d}"
                withdraw_package(session, parse_package_id(withdrawn), "A test of withdrawal.")
            session.execute(text("UPDATE package SET attention_milli = attention_milli + 1 WHERE name LIKE '%02'"))
        slowest = max(slowest, ask(engine, engines, 25 * (round_ + 1) - round_ // 5 - 1))
        time.sleep(0.1)
    return slowest


def harm(server: RealServer, round_: int) -> None:
    if round_ == 5:
        server.end()
    elif round_ == 8:
        server.start()
    elif round_ == 12:
        server.end(signal.SIGKILL)
        server.start()
    elif round_ == 16:
        server.end()
        shutil.rmtree(server.folder)
        server.start()
    elif round_ == 20:
        server.signal(signal.SIGSTOP)
    elif round_ == 24:
        server.signal(signal.SIGCONT)
    elif round_ == 28:
        for index in requests.get(f"{server.url}/indexes", timeout=30).json()["results"]:
            requests.delete(f"{server.url}/indexes/{index['uid']}", timeout=30)
    elif round_ == 32:
        for index in requests.get(f"{server.url}/indexes", timeout=30).json()["results"]:
            requests.delete(f"{server.url}/indexes/{index['uid']}/documents", timeout=30)


def ask(engine: Engine, engines: Engines, standing: int) -> float:
    """Seconds that a search took; whoever answers, what has stood for some time is found."""
    begun = time.monotonic()
    with Session(engine) as session:
        page = engines.search(session, SearchRequest(parse_query("zebra"), FeedQuery(limit=5)))
    assert page.total > 0
    assert page.engine == "meilisearch" or (page.fallback and page.total == standing)
    return time.monotonic() - begun


def settle(engine: Engine) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        with Session(engine) as session:
            row = session.execute(text("SELECT settled, made, trouble FROM search_mirror")).one()
            waiting = session.scalar(text("SELECT count(*) FROM search_outbox"))
        if row.settled and row.made and not row.trouble and not waiting:
            return
        time.sleep(0.2)
    raise AssertionError("the mirror did not catch up")
