"""Everything at once: every way in, workers, schedulers and imports by hand, from an arXiv full of faults, killed at
random with the database under them. What they leave must be what one undisturbed import leaves.

Run by `make soak`; the sample that runs with the suite is in tests/database/test_arxiv_storm.py.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from registry.cluster import Cluster
from registry.database import libpq_address, migrate, open_engine, transaction
from registry.schedule import ScheduleEntry, add_entry
from tests.oai_server import HarvestedPaper
from tests.whole_arxiv import WholeArxiv, recent_papers

ROOT = Path(__file__).resolve().parents[2]
PAUSE = 0.15
TODAY = datetime.now(UTC).date()
LAST = TODAY - timedelta(days=1)
# Everything that a reader can see, and what decides the next import; not when a process happened to run.
STATE = """
    SELECT p.*, v.number, v.digest, v.input_digest, v.source_version, v.level, v.compiler, v.cause, v.source_date,
           v.claims, b.file_count, to_jsonb(a)
    FROM package p JOIN package_version v ON v.package_id = p.id JOIN bundle b USING (digest)
    JOIN paper a ON a.arxiv_id = p.name
    ORDER BY p.id, v.number
"""
DELETED = "SELECT * FROM deleted_record ORDER BY arxiv_id"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Postgres that outlives whoever is killed, and some of whose backends are."""
    with Cluster(Path(tmp_path_factory.mktemp("cluster")) / "data", command="test") as started:
        yield started


def database(cluster: Cluster, name: str) -> str:
    with psycopg.connect(libpq_address(cluster.url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    url = cluster.url.replace("@/discoveries?", f"@/{name}?", 1)
    migrate(url)
    return url


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(libpq_address(url)) as connection:
        return connection.execute(query.encode()).fetchall()


def state(url: str) -> list[tuple[Any, ...]]:
    return ask(url, STATE) + ask(url, DELETED)


@dataclass
class Crowd:
    """Processes of one registry by name; whoever is killed is started again."""

    url: str
    folder: Path
    arxiv: WholeArxiv
    running: dict[str, tuple[subprocess.Popen[bytes], tuple[str, ...]]] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "web.cli", *command, "--data-dir", str(self.folder / "data")],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={
                    **os.environ,
                    **self.arxiv.settings,
                    "DISCOVERIES_DATABASE_URL": libpq_address(self.url),
                    "DISCOVERIES_ARXIV_DELAY_SECONDS": str(PAUSE),
                    "DISCOVERIES_ARXIV_CATEGORIES": "cs.LG",
                    "DISCOVERIES_ARXIV_FIRST_DAYS": "60",
                    "DISCOVERIES_ARXIV_FIRST_MAX": "10000",
                },
            )
        self.running[name] = process, command

    def kill(self, name: str) -> None:
        process, command = self.running[name]
        process.kill()
        process.wait()
        self.start(name, *command)

    def heal(self) -> None:
        """As an operator would: what ended badly is begun again. Roles never end by themselves."""
        for name, (process, command) in list(self.running.items()):
            if process.poll() is not None and process.returncode != 0:
                assert command[0] == "import", f"{name} ended:\n{self.printed(name)[-4000:]}"
                self.start(name, *command)

    def imports_done(self) -> bool:
        self.heal()
        imports = [process for process, command in self.running.values() if command[0] == "import"]
        return all(process.poll() == 0 for process in imports)

    def jobs_done(self) -> bool:
        """Whether no job is left; the pauses before another try are over sooner than they would be."""
        with psycopg.connect(libpq_address(self.url), options="-c search_path=jobs,public") as connection:
            connection.execute("UPDATE jobs.procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
            row = connection.execute(
                "SELECT count(*) FROM jobs.procrastinate_jobs WHERE status IN ('todo', 'doing')"
            ).fetchone()
        return row == (0,)

    def printed(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        for process, _ in self.running.values():
            process.send_signal(signal.SIGTERM)
        for process, _ in self.running.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def kill_a_backend(cluster: Cluster, chosen: random.Random) -> None:
    """As the kernel does when memory runs out: Postgres ends all its backends, recovers and goes on."""
    assert cluster.pid is not None
    backends = []
    for child in psutil.Process(cluster.pid).children():
        with suppress(psutil.NoSuchProcess):
            if any(word in " ".join(child.cmdline()) for word in ("idle", "SELECT", "INSERT", "UPDATE", "COMMIT")):
                backends.append(child)
    if backends:
        with suppress(psutil.NoSuchProcess):
            chosen.choice(backends).kill()


def wait_for(holds: Any, what: str, crowd: Crowd, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        with suppress(psycopg.OperationalError):
            if holds():
                return
        told = "\n".join(f"--- {name}\n{crowd.printed(name)[-1500:]}" for name in crowd.running)
        assert time.monotonic() < deadline, f"not in {seconds:.0f} s: {what}\n{told}"
        time.sleep(0.2)


WAYS: dict[str, tuple[str, ...]] = {
    "by-oai": ("import", "oai", "--set", "cs.LG"),
    "by-listing": ("import", "arxiv", "--category", "cs.LG", "--since", f"{LAST - timedelta(days=50)}"),
    "by-feed": ("import", "rss", "--category", "cs.LG"),
    "by-id": ("import", "ids"),
}


def ways(papers: list[HarvestedPaper]) -> dict[str, tuple[str, ...]]:
    named = [one.arxiv_id for one in papers[::9] if not one.deleted]
    return {**WAYS, "by-id": ("import", "ids", "--refresh", *named)}


def undisturbed(cluster: Cluster, name: str, folder: Path, papers: list[HarvestedPaper]) -> list[tuple[Any, ...]]:
    """What one process after another leaves, from a service without faults."""
    url = database(cluster, name)
    with WholeArxiv(papers) as arxiv:
        crowd = Crowd(url, folder, arxiv)
        for way, command in ways(papers).items():
            crowd.start(way, *command)
            assert crowd.running[way][0].wait(120) == 0, crowd.printed(way)
    return state(url)


def campaign(cluster: Cluster, seed: int, folder: Path, papers: list[HarvestedPaper], *, kills: int) -> WholeArxiv:
    """Everything at once, killed so often; ends when all is in and nothing is left to do."""
    url, chosen = database(cluster, f"stormy_{seed}"), random.Random(seed)
    engine = open_engine(url)
    with transaction(engine) as session:
        add_entry(
            session, ScheduleEntry("often-oai", "every 7 seconds", way="oai", categories=("cs.LG",), first_days=60)
        )
        add_entry(session, ScheduleEntry("often-rss", "every 5 seconds", way="rss", categories=("cs.LG",)))
    engine.dispose()
    with WholeArxiv(papers, fault_rate=0.3, seed=seed, old_layout=seed % 2 == 0) as arxiv:
        crowd = Crowd(url, folder, arxiv)
        try:
            for number in (1, 2, 3):
                crowd.start(f"worker-{number}", "worker")
            crowd.start("scheduler-1", "scheduler")
            crowd.start("scheduler-2", "scheduler")
            for way, command in ways(papers).items():
                crowd.start(way, *command)
            for _ in range(kills):
                time.sleep(chosen.uniform(0.3, 2.5))
                crowd.heal()
                if chosen.random() < 0.15:
                    kill_a_backend(cluster, chosen)
                else:
                    crowd.kill(chosen.choice(sorted(crowd.running)))
            arxiv.fault_rate = 0.05
            wait_for(crowd.imports_done, "the imports by hand come to their end", crowd, seconds=500)
            disable = "UPDATE schedule SET enabled = false"
            with psycopg.connect(libpq_address(url)) as connection:
                connection.execute(disable)
            arxiv.fault_rate = 0.0
            wait_for(crowd.jobs_done, "the jobs come to their end", crowd, seconds=500)
        finally:
            crowd.stop()
        for name in crowd.running:
            assert "Traceback" not in crowd.printed(name), crowd.printed(name)[-6000:]
    return arxiv


def check(cluster: Cluster, seed: int, folder: Path, *, count: int, kills: int) -> None:
    papers = recent_papers(count, last=LAST)
    (folder / "calm").mkdir()
    calm = undisturbed(cluster, f"calm_{seed}", folder / "calm", papers)
    assert len({row[0] for row in calm}) > count * 0.9
    arxiv = campaign(cluster, seed, folder, papers, kills=kills)
    url = cluster.url.replace("@/discoveries?", f"@/stormy_{seed}?", 1)
    assert state(url) == calm
    assert arxiv.least_gap_seconds() >= PAUSE
    assert arxiv.most_at_once() == 1
    ((created, versions),) = ask(url, "SELECT sum(created), (SELECT count(*) FROM package) FROM import_run")
    assert created <= versions, "nothing was taken for new twice"


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(1, 9))
def test_a_long_storm_changes_nothing(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    check(cluster, seed, tmp_path, count=240, kills=15)
