"""An import killed in the middle, run again, ends where an undisturbed one ends."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from registry.cluster import running
from registry.database import libpq_address

ROOT = Path(__file__).resolve().parents[2]
RECORDS = 2_800
# Everything that a reader can see, and what decides the next import; not when a process happened to run.
STATE = """
    SELECT p.*, v.number, v.digest, v.input_digest, v.source_version, v.level, v.compiler, v.cause, v.source_date,
           v.claims, b.size_bytes, b.file_count, b.archive_sha256, to_jsonb(a)
    FROM package p
    JOIN package_version v ON v.package_id = p.id JOIN bundle b USING (digest) JOIN paper a ON a.arxiv_id = p.name
    ORDER BY p.id, v.number
"""


def record(number: int) -> dict[str, Any]:
    """A record in the Kaggle form; every seventh comes a second time later in the file, as a newer version."""
    first, again = number % RECORDS, number >= RECORDS
    versions = [{"version": "v1", "created": "Mon, 2 Jan 2023 10:00:00 GMT"}]
    if again:
        versions.append({"version": "v2", "created": "Wed, 1 Mar 2023 10:00:00 GMT"})
    return {
        "id": f"2301.{first + 1:05d}",
        "authors_parsed": [["Lovelace", "Ada", ""], [f"Number {first}", "", ""]],
        "title": f"Paper {first}" + (" revised" if again else ""),
        "categories": "cs.LG cs.DC" if first % 3 else "cs.CL",
        "abstract": f"Caches are slow. We show that cache {first} is {first % 9 + 2}x faster. We prove it.",
        "versions": versions,
        "update_date": "2023-03-01" if again else "2023-01-03",
    }


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dump") / "snapshot.jsonl.gz"
    numbers = [*range(RECORDS), *range(RECORDS, 2 * RECORDS, 7)]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record(number)) + "\n" for number in numbers)
    return path


def importing(dump: Path, data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "web.cli", "import", "dump", str(dump), "--data-dir", str(data_dir)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C"},
    )


def finished(dump: Path, data_dir: Path) -> str:
    process = importing(dump, data_dir)
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    return output.strip()


def state(data_dir: Path) -> list[tuple[Any, ...]]:
    with running(data_dir, command="test") as url, psycopg.connect(libpq_address(url)) as connection:
        return connection.execute(STATE).fetchall()


def packages(url: str) -> int:
    with psycopg.connect(libpq_address(url)) as connection:
        row = connection.execute("SELECT count(*) FROM package").fetchone()
    return row[0] if row else 0


@pytest.mark.timeout(600)
def test_an_import_killed_in_the_middle_and_run_again_ends_as_if_undisturbed(dump: Path, tmp_path: Path) -> None:
    calm, killed = tmp_path / "calm", tmp_path / "killed twice"
    summary = finished(dump, calm)
    assert summary.endswith("0 rejected")
    undisturbed = state(calm)
    assert len(undisturbed) == RECORDS + len(range(RECORDS, 2 * RECORDS, 7))

    with running(killed, command="test") as url:  # the server outlives the importer that is killed
        for some in (400, 1_300):
            process = importing(dump, killed)
            deadline = time.monotonic() + 120
            while _imported(url) < some and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert some <= packages(url) < RECORDS, "the kill must hit the middle"
        finished(dump, killed)
    assert state(killed) == undisturbed
    assert finished(dump, killed).startswith("0 new, 0 updated")


def _imported(url: str) -> int:
    try:
        return packages(url)
    except psycopg.errors.UndefinedTable:
        return 0  # not migrated yet
