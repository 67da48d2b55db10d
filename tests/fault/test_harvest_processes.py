"""Three imports at once, killed at random, from a service full of faults: they end as one undisturbed import does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from registry.cluster import running
from registry.database import libpq_address
from tests.oai_server import OaiFault, OaiServer, harvested_papers

ROOT = Path(__file__).resolve().parents[2]
PAPERS = harvested_papers(400)
PAUSE = 0.1
# Everything that a reader can see, and what decides the next import; not when a process happened to run.
STATE = """
    SELECT p.id, p.title, p.authors, p.categories, p.tags, p.claims, p.attention_milli, p.version, p.updated_at,
           p.withdrawn_at, p.withdrawn_reason, p.withdrawn_source_version, v.number, v.digest, v.source_version,
           v.cause, v.source_date, v.claims, to_jsonb(a)
    FROM package p JOIN package_version v ON v.package_id = p.id JOIN paper a ON a.arxiv_id = p.name
    ORDER BY p.id, v.number
"""


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Postgres that outlives the imports that are killed."""
    with running(Path(tmp_path_factory.mktemp("cluster")) / "data", command="test") as url:
        yield url


def database(server_url: str, name: str) -> str:
    with psycopg.connect(libpq_address(server_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return server_url.replace("@/discoveries?", f"@/{name}?", 1)


def _as_a_script_does() -> None:
    """Shells have an interrupt ignored by what a script starts with `&`; who sends one there means it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def importing(url: str, folder: Path, arxiv: OaiServer, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "web.cli", "import", "oai", "--set", "cs.LG", *options, "--data-dir", str(folder)],
        cwd=ROOT,
        text=True,
        preexec_fn=_as_a_script_does,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "DISCOVERIES_DATABASE_URL": url,
            "DISCOVERIES_ARXIV_OAI_URL": arxiv.url,
            "DISCOVERIES_ARXIV_DELAY_SECONDS": str(PAUSE),
        },
    )


def finished(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    return output.strip()


def state(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(libpq_address(url)) as connection:
        return connection.execute(STATE).fetchall() + connection.execute("SELECT * FROM harvest_cursor").fetchall()


@pytest.fixture(scope="module")
def undisturbed(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    url, folder = database(server_url, "calm"), tmp_path_factory.mktemp("calm")
    with OaiServer(papers=PAPERS) as arxiv:
        summary = finished(importing(url, folder, arxiv))
        assert summary == "400 new, 0 updated, 0 unchanged, 0 rejected"
        assert finished(importing(url, folder, arxiv)).startswith("0 new, 0 updated")
        assert len(arxiv.asked) == 8 + 1, "the second import asks for the days since the first alone"
    return state(url)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak), pytest.param(3, marks=pytest.mark.soak)])
def test_three_imports_killed_at_random_end_as_if_undisturbed(
    server_url: str, undisturbed: list[tuple[object, ...]], tmp_path: Path, seed: int
) -> None:
    url, chosen = database(server_url, f"killed_{seed}"), random.Random(seed)
    with OaiServer(papers=PAPERS, fault_rate=0.2, seed=seed, drip_seconds=0.05) as arxiv:
        arxiv.break_down(OaiFault.OVERLOADED, None, OaiFault.EMPTY_PAGE, None, OaiFault.EXPIRED)
        processes = [importing(url, tmp_path, arxiv) for _ in range(3)]
        for _ in range(6):
            time.sleep(chosen.uniform(0.5, 2.5))
            victim = chosen.randrange(3)
            processes[victim].send_signal(signal.SIGKILL)
            processes[victim].communicate()
            processes[victim] = importing(url, tmp_path, arxiv)
        for process in processes:
            finished(process)
        arxiv.fault_rate = 0
        arxiv.faults.clear()
        assert finished(importing(url, tmp_path, arxiv)).startswith("0 new, 0 updated")
        assert arxiv.least_gap_seconds() >= PAUSE
    assert state(url) == undisturbed


def test_a_dry_run_tells_what_an_import_would_do_and_leaves_no_trace(server_url: str, tmp_path: Path) -> None:
    url = database(server_url, "dry")
    with OaiServer(papers=PAPERS) as arxiv:
        told = finished(importing(url, tmp_path, arxiv, "--dry-run", "--from", "2026-06-02"))
    assert told == "nothing was written; it would be 360 new, 0 updated, 0 unchanged, 0 rejected"
    assert state(url) == []
    with psycopg.connect(libpq_address(url)) as connection:
        assert connection.execute("SELECT count(*) FROM import_run").fetchone() == (0,)


def test_a_pause_is_told_in_the_terminal_and_the_log_and_ctrl_c_cuts_it_short(server_url: str, tmp_path: Path) -> None:
    url = database(server_url, "paused")
    with OaiServer(papers=PAPERS, retry_after_seconds=500) as arxiv:
        arxiv.break_down(None, OaiFault.OVERLOADED)
        process = importing(url, tmp_path, arxiv)
        assert process.stderr is not None
        line = next(line for line in process.stderr if "waiting" in line)
        assert "waiting 500 s: it answers HTTP 503" in line
        with psycopg.connect(libpq_address(url)) as connection:
            row = connection.execute("SELECT state, waiting, requests, faults FROM import_run").fetchone()
        assert row is not None
        assert row[0] == "running"
        assert "HTTP 503" in row[1]
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
        assert "interrupted; run the same command again to go on" in told
        assert time.monotonic() - asked < 20
    assert process.returncode == 130
    with psycopg.connect(libpq_address(url)) as connection:
        row = connection.execute("SELECT state, waiting, requests, faults FROM import_run").fetchone()
    assert row is not None
    assert row[:3] == ("interrupted", None, 2)
    assert len(row[3]) == 1
