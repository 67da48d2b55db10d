"""Everything at once: every way in, workers, schedulers and imports by hand, from an arXiv full of faults, killed at
random with the database under them. What they leave must be what one undisturbed import leaves.

Run by `make soak`; the sample that runs with the suite is in tests/database/test_arxiv_storm.py.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from registry.bundles import BundleStore
from registry.bundles.upkeep import check_store
from registry.cluster import Cluster
from registry.database import libpq_address, migrate, open_engine, transaction
from registry.schedule import ScheduleEntry, add_entry
from registry.settings import Settings
from tests.end_to_end.running import free_port
from tests.oai_server import HarvestedPaper
from tests.whole_arxiv import WholeArxiv, recent_papers
from web.fulltext import enqueue_by_policy
from web.opening import OpenRegistry

ROOT = Path(__file__).resolve().parents[2]
PAUSE = 0.15
TODAY = datetime.now(UTC).date()
LAST = TODAY - timedelta(days=1)
# Everything that a reader can see, and what decides the next import; not when a process happened to run, nor how often
# it tried, nor in which pack a bundle lies.
STATE = (
    "SELECT to_jsonb(p) FROM package p ORDER BY p.id",
    "SELECT to_jsonb(v) - 'published_at' FROM package_version v ORDER BY package_id, number",
    "SELECT to_jsonb(a) FROM paper a ORDER BY arxiv_id",
    "SELECT digest, size_bytes, file_count FROM bundle ORDER BY digest",
    "SELECT to_jsonb(d) FROM deleted_record d ORDER BY arxiv_id",
    "SELECT to_jsonb(t) FROM package_text t ORDER BY package_id",
    "SELECT to_jsonb(c) FROM attention_component c ORDER BY package_id",
    "SELECT package_id, milli FROM attention_day ORDER BY package_id, day",
    "SELECT package_id, kind, body FROM event ORDER BY package_id, id",
    "SELECT to_jsonb(t) FROM tag_source t ORDER BY package_id",
    # A paper that came first by a way in that tells no licence is refused where another is not even tried.
    "SELECT arxiv_id, version, state, reason, level FROM fulltext_attempt WHERE state <> 'refused' ORDER BY 1, 2",
)


FULLTEXT = {"DISCOVERIES_FULLTEXT_CATEGORIES": "cs.DC", "DISCOVERIES_FULLTEXT_DAYS": "400"}


def with_sources(papers: list[HarvestedPaper]) -> tuple[list[HarvestedPaper], dict[str, bytes]]:
    """Every fifth paper also in cs.DC, whose full texts are wanted; and sources of every kind for most of these."""
    sources: dict[str, bytes] = {}
    given = list(papers)
    for number, one in enumerate(papers):
        if number % 5 == 0:
            given[number] = replace(one, categories=f"{one.categories} cs.DC")
            if number % 3:
                given[number] = replace(given[number], license="http://creativecommons.org/licenses/by/4.0/")
            sources[one.arxiv_id] = SOURCES[number // 5 % len(SOURCES)](one)
    return given, sources


def _tex(paper: HarvestedPaper) -> bytes:
    return (
        f"\\documentclass{{article}}\\title{{{paper.arxiv_id}}}\\begin{{document}}\\section{{Introduction}}"
        f"Caches are slow. We show that cache {paper.arxiv_id[-3:]} is 2x faster than a plain one on every trace.\n\n"
        "\\section{Results}In our experiments the hit rate is 91\\% on ImageNet. It is better than LRU by 4\\%."
        "\\end{document}"
    ).encode()


def _tree(paper: HarvestedPaper) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in (("main.tex", _tex(paper)), ("notes.txt", b"some notes")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


# A tree, a single file, a stub of a withdrawal, no source at all, no PDF, something of no kind.
SOURCES: tuple[Callable[[HarvestedPaper], bytes], ...] = (
    _tree,
    lambda paper: gzip.compress(_tex(paper)),
    lambda paper: gzip.compress(b"%auto-ignore\n"),
    _tree,
    lambda paper: b"",
    lambda paper: b"%PDF-1.4 nothing in it %%EOF",
    lambda paper: bytes(range(256)) * 4,
)


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
    return [row for query in STATE for row in ask(url, query)]


@dataclass
class Crowd:
    """Processes of one registry by name; whoever is killed is started again."""

    url: str
    folder: Path
    arxiv: WholeArxiv
    port: int = field(default_factory=free_port)
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
                    "DISCOVERIES_PORT": str(self.port),
                    **FULLTEXT,
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

    def all_done(self) -> bool:
        """Whether no job is left, nor a full text that the policy wants."""
        return self.jobs_done() and not self._queue_full_texts()

    def _queue_full_texts(self) -> int:
        named = {name.removeprefix("DISCOVERIES_").lower(): value for name, value in FULLTEXT.items()}
        settings = Settings(data_dir=self.folder / "data", database_url=self.url, **named)  # type: ignore[arg-type]
        engine = open_engine(self.url)
        try:
            return enqueue_by_policy(OpenRegistry(settings, self.url, engine, BundleStore(self.folder / "bundles")))
        finally:
            engine.dispose()

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


def kill_postgres(cluster: Cluster, chosen: random.Random) -> None:
    """All of it, as a machine that loses its power does; it comes back after a while."""
    assert cluster.pid is not None
    os.kill(cluster.pid, signal.SIGKILL)
    time.sleep(chosen.uniform(0.2, 3))
    cluster.ensure_running()


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


def undisturbed(
    cluster: Cluster, name: str, folder: Path, papers: list[HarvestedPaper], sources: dict[str, bytes]
) -> list[tuple[Any, ...]]:
    """What one process after another leaves, from a service without faults."""
    url = database(cluster, name)
    with WholeArxiv(papers, sources=sources) as arxiv:
        crowd = Crowd(url, folder, arxiv)
        for way, command in ways(papers).items():
            crowd.start(way, *command)
            assert crowd.running[way][0].wait(120) == 0, crowd.printed(way)
        crowd.start("worker", "worker")
        try:
            wait_for(crowd.all_done, "all full texts are in", crowd, seconds=300)
        finally:
            crowd.stop()
    return state(url)


def campaign(
    cluster: Cluster, seed: int, folder: Path, papers: list[HarvestedPaper], sources: dict[str, bytes], *, kills: int
) -> WholeArxiv:
    """Everything at once, killed so often; ends when all is in and nothing is left to do."""
    url, chosen = database(cluster, f"stormy_{seed}"), random.Random(seed)
    engine = open_engine(url)
    with transaction(engine) as session:
        add_entry(
            session, ScheduleEntry("often-oai", "every 7 seconds", way="oai", categories=("cs.LG",), first_days=60)
        )
        add_entry(session, ScheduleEntry("often-rss", "every 5 seconds", way="rss", categories=("cs.LG",)))
    engine.dispose()
    with WholeArxiv(papers, sources=sources, fault_rate=0.3, seed=seed, old_layout=seed % 2 == 0) as arxiv:
        crowd = Crowd(url, folder, arxiv)
        try:
            for number in (1, 2, 3):
                crowd.start(f"worker-{number}", "worker")
            crowd.start("web-1", "web")
            crowd.start("scheduler-1", "scheduler")
            crowd.start("scheduler-2", "scheduler")
            for way, command in ways(papers).items():
                crowd.start(way, *command)
            for _ in range(kills):
                time.sleep(chosen.uniform(0.3, 2.5))
                crowd.heal()
                if (blow := chosen.random()) < 0.07:
                    kill_postgres(cluster, chosen)
                elif blow < 0.2:
                    kill_a_backend(cluster, chosen)
                else:
                    crowd.kill(chosen.choice(sorted(crowd.running)))
            arxiv.fault_rate = 0.05
            wait_for(crowd.imports_done, "the imports by hand come to their end", crowd, seconds=500)
            disable = "UPDATE schedule SET enabled = false"
            with psycopg.connect(libpq_address(url)) as connection:
                connection.execute(disable)
            arxiv.fault_rate = 0.0
            wait_for(crowd.all_done, "the jobs come to their end", crowd, seconds=500)
        finally:
            crowd.stop()
        for name in crowd.running:
            assert "Traceback" not in crowd.printed(name), crowd.printed(name)[-6000:]
    return arxiv


def check(cluster: Cluster, seed: int, folder: Path, *, count: int, kills: int) -> None:
    papers, sources = with_sources(recent_papers(count, last=LAST))
    (folder / "calm").mkdir()
    calm = undisturbed(cluster, f"calm_{seed}", folder / "calm", papers, sources)
    arxiv = campaign(cluster, seed, folder, papers, sources, kills=kills)
    url = cluster.url.replace("@/discoveries?", f"@/stormy_{seed}?", 1)
    attempts = dict(ask(url, "SELECT state, count(*) FROM fulltext_attempt GROUP BY state"))
    assert {"done", "failed", "refused"} <= attempts.keys(), attempts
    assert attempts["done"] > count // 30, attempts
    assert state(url) == calm
    engine = open_engine(url)
    report = check_store(engine, BundleStore(folder / "data" / "bundles"), unpack=True)
    engine.dispose()
    assert (report.damaged, report.checked > count) == (0, True), report.damages
    assert arxiv.least_gap_seconds() >= PAUSE
    assert arxiv.most_at_once() == 1
    ((created, versions),) = ask(url, "SELECT sum(created), (SELECT count(*) FROM package) FROM import_run")
    assert created <= versions, "nothing was taken for new twice"


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(1, 9))
def test_a_long_storm_changes_nothing(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    check(cluster, seed, tmp_path, count=240, kills=15)
