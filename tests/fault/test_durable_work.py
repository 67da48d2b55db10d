"""Work through losses: schedulers and workers killed, the database stopped under all of them. Real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from registry.cluster import Cluster
from registry.database import libpq_address, migrate, open_engine, transaction
from registry.schedule import ScheduleEntry, add_entry, set_enabled
from tests.arxiv_server import ArxivServer, ListedPaper, listed_papers
from tests.end_to_end.running import free_port
from tests.oai_server import OaiServer, harvested_papers

ROOT = Path(__file__).resolve().parents[2]


class Role:
    """One `discoveries web|worker|scheduler` on a named database, without a supervisor: if it ends, it stays ended.

    ``command`` is another command than the role's name.
    """

    def __init__(self, name: str, url: str, folder: Path, *command: str, **environment: str) -> None:
        self.name = name
        self.log = folder / f"{name}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "web.cli", *(command or (name,))],
                cwd=ROOT,
                env={
                    **os.environ,
                    "DISCOVERIES_DATABASE_URL": libpq_address(url),
                    "DISCOVERIES_DATA_DIR": str(folder / "data"),
                    **environment,
                },
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    @property
    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A server that the test stops and starts; the roles know it by its address only."""
    server = Cluster(tmp_path / "cluster", command="pytest")
    server.start()
    migrate(server.url)
    yield server
    server.stop(hurry=True)


@pytest.fixture
def start(cluster: Cluster, tmp_path: Path) -> Iterator[Callable[..., Role]]:
    """Starts a role on the cluster; what is left of the roles is killed with the test."""
    roles: list[Role] = []
    url = cluster.url

    def begin(name: str, *command: str, **environment: str) -> Role:
        role = Role(name, url, tmp_path, *command, **environment)
        roles.append(role)
        return role

    yield begin
    for role in roles:
        if role.process.poll() is None:
            role.kill()


def wait_for(holds: Callable[[], bool], what: str, *roles: Role, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        for role in roles:
            assert role.process.poll() is None, f"{role.name} ended before {what}:\n{role.printed}"
        told = "\n".join(f"--- {role.name}\n{role.printed}" for role in roles)
        assert time.monotonic() < deadline, f"not in {seconds:.0f} s: {what}\n{told}"
        time.sleep(0.1)


def ask(url: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(libpq_address(url)) as connection:
        return connection.execute(query.encode(), values or None).fetchall()


def count(url: str, query: str) -> int:
    return int(ask(url, query)[0][0])


def edit(url: str, change: Callable[[Any], object]) -> None:
    engine = open_engine(url)
    with transaction(engine) as session:
        change(session)
    engine.dispose()


def recent(number: int) -> list[ListedPaper]:
    first = datetime.now(UTC) - timedelta(days=3)
    moments = [first + timedelta(minutes=minute) for minute in range(number)]
    return [
        replace(paper, submitted_at=moment, updated_at=moment)
        for paper, moment in zip(listed_papers(number), moments, strict=True)
    ]


def arxiv_settings(url: str, **more: str) -> dict[str, str]:
    return {
        "DISCOVERIES_ARXIV_API_URL": url,
        "DISCOVERIES_ARXIV_DELAY_SECONDS": "0.2",
        "DISCOVERIES_ARXIV_CATEGORIES": "cs.LG",
        "DISCOVERIES_ARXIV_FIRST_MAX": "2000",
        **more,
    }


FIRINGS = "SELECT count(*) FROM schedule_firing WHERE name = 'often'"


@pytest.mark.timeout(240)
def test_two_schedulers_fire_each_time_once_follow_edits_and_outlive_each_other(
    cluster: Cluster, start: Callable[..., Role]
) -> None:
    url = cluster.url
    # No empty registry: nothing but the schedule asks for anything.
    ask_nothing = {"DISCOVERIES_ARXIV_API_URL": "http://127.0.0.1:1/api/query"}
    first, second = start("scheduler", **ask_nothing), start("scheduler", **ask_nothing)
    alive = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'discoveries scheduler %'"
    wait_for(lambda: count(url, alive) == 2, "both are there", first, second)
    edit(url, lambda session: add_entry(session, ScheduleEntry("often", "every 2 seconds")))
    wait_for(lambda: count(url, FIRINGS) >= 3, "an entry added while they run is fired", first, second)
    active, waiting = (first, second) if "often: due" in first.printed else (second, first)
    assert "often: due" not in waiting.printed
    active.kill()
    wait_for(lambda: "often: due" in waiting.printed, "the other one takes over", waiting)
    edit(url, lambda session: set_enabled(session, "often", False))
    time.sleep(3)
    fired = count(url, FIRINGS)
    time.sleep(4)
    assert count(url, FIRINGS) == fired, "switched off while it runs"
    printed = (active.printed + waiting.printed).count("often: due")
    assert fired - 1 <= printed <= fired, (
        "each due time fired in one place (the killed one may have died before it spoke)"
    )
    jobs = "SELECT count(*) FROM jobs.procrastinate_jobs WHERE queueing_lock = 'import:often'"
    assert count(url, jobs) == 1, "the same import waits once, however often it fell due"


@pytest.mark.timeout(300)
def test_a_worker_killed_in_mid_job_loses_nothing_and_repeats_nothing(
    cluster: Cluster, start: Callable[..., Role]
) -> None:
    url = cluster.url
    with ArxivServer(recent(900)) as arxiv:
        settings = arxiv_settings(arxiv.url)
        scheduler, doomed = start("scheduler", **settings), start("worker", **settings)
        packages = "SELECT count(*) FROM package"
        wait_for(lambda: count(url, packages) > 0, "the first papers are in", scheduler, doomed)
        doomed.kill()
        assert count(url, packages) < 900, "the kill must hit the middle"
        successors = [start("worker", **settings) for _ in range(2)]
        done = "SELECT count(*) FROM jobs.procrastinate_jobs WHERE status = 'succeeded'"
        wait_for(lambda: count(url, done) == 1, "another worker ends the job", scheduler, *successors, seconds=150)
    assert count(url, packages) == 900
    assert count(url, "SELECT count(*) FROM package_version") == 900, "nothing twice"
    states = [row[0] for row in ask(url, "SELECT state FROM import_run ORDER BY id")]
    assert states == ["interrupted", "done"]
    died = ask(url, "SELECT kind, reason FROM job_event")
    assert [kind for kind, _ in died] == ["died"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("away_seconds", [15, pytest.param(75, marks=pytest.mark.soak)])
def test_a_database_that_is_away_is_outlasted_by_all(
    cluster: Cluster, start: Callable[..., Role], away_seconds: float
) -> None:
    url, port = cluster.url, free_port()

    def web_answers(status: int) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
                return int(answer.status) == status
        except urllib.error.HTTPError as error:
            return error.code == status
        except OSError:
            return False

    with ArxivServer(recent(1500)) as arxiv, OaiServer(papers=harvested_papers(120), page_size=20) as oai:
        settings = arxiv_settings(arxiv.url, DISCOVERIES_ARXIV_DELAY_SECONDS="1", DISCOVERIES_PORT=str(port))
        settings["DISCOVERIES_ARXIV_OAI_URL"] = oai.url
        roles = [start(name, **settings) for name in ("web", "scheduler", "worker")]
        wait_for(lambda: web_answers(200), "the web server answers", *roles)
        wait_for(lambda: count(url, "SELECT count(*) FROM package") > 0, "papers come in", *roles)
        by_hand = start("by-hand", "import", "oai", "--set", "cs.LG", **settings)
        wait_for(lambda: len(oai.asked) > 1, "an import by hand runs, too", *roles, by_hand)
        cluster.stop()
        late = start("worker", **settings)
        wait_for(lambda: web_answers(503), "the web server says so", *roles, late)
        time.sleep(away_seconds)
        assert all(role.process.poll() is None for role in (*roles, late, by_hand)), "nobody gave up"
        cluster.start()
        assert cluster.url == url
        wait_for(lambda: web_answers(200), "the web server answers again", *roles, late)
        done = "SELECT count(*) FROM jobs.procrastinate_jobs WHERE status = 'succeeded'"
        wait_for(lambda: count(url, done) == 1, "the import comes to its end", *roles, late, seconds=200)
        wait_for(lambda: by_hand.process.poll() == 0, "the import by hand comes to its end", *roles, late, seconds=200)
    assert " 0 updated, " in by_hand.printed
    assert " 0 rejected" in by_hand.printed
    assert count(url, "SELECT count(*) FROM package") == 1500 + 120
    assert count(url, "SELECT count(*) FROM package_version") == 1500 + 120
    for role in (*roles, late, by_hand):
        assert "Traceback" not in role.printed, role.printed
        assert len(role.printed.splitlines()) < 200, "a readable log"
    assert "waiting for it" in roles[1].printed
    assert "waiting for it" in late.printed
