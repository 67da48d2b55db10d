"""`discoveries import dump` as a person types it: summary, refusals with line and reason, exit status."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.cluster import running

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"id": "2301.00001", "title": "A title", "abstract": "We show it.", "categories": "cs.LG cs.DC"}
LINES = [
    json.dumps(GOOD),
    json.dumps({"id": "hep-th/9901001", "title": "An old one"}),
    json.dumps({"id": "nonsense", "title": "No identifier"}),
    "{broken",
    json.dumps({"id": "2301.00002"}),
    "",
    json.dumps([1, 2]),
]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder whose server runs for all the commands of this module, as beside `discoveries up`."""
    folder = tmp_path_factory.mktemp("a registry") / "data"
    with running(folder, command="test"):
        yield folder


def discoveries(*arguments: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments, "--data-dir", str(data_dir)],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_what_came_of_each_record_is_told(data_dir: Path, tmp_path: Path) -> None:
    dump = tmp_path / "some records.jsonl"
    dump.write_text("\n".join(LINES), encoding="utf-8")
    first = discoveries("import", "dump", str(dump), data_dir=data_dir)
    assert first.returncode == 0, first.stderr
    told = first.stdout.splitlines()
    assert told[-1] == "2 new, 0 updated, 0 unchanged, 4 rejected"
    assert [line.split(":")[0] for line in told[:-1]] == [f"rejected line {number}" for number in (3, 4, 5, 7)]
    assert "'nonsense' is not an arXiv identifier" in told[0]
    assert "not JSON" in told[1]
    assert "no title" in told[2]
    again = discoveries("import", "dump", str(dump), data_dir=data_dir)
    assert again.stdout.splitlines()[-1] == "0 new, 0 updated, 2 unchanged, 4 rejected"


def test_an_import_that_can_take_nothing_fails(data_dir: Path) -> None:
    failed = discoveries("import", "ids", "nonsense", "2301.123456", data_dir=data_dir)
    assert failed.returncode == 1
    assert failed.stdout.splitlines()[-1] == "0 new, 0 updated, 0 unchanged, 2 rejected"


def test_a_gzip_file_is_read_whatever_its_name(data_dir: Path, tmp_path: Path) -> None:
    dump = tmp_path / "snapshot"
    dump.write_bytes(gzip.compress(json.dumps({**GOOD, "id": "2301.00077"}).encode()))
    assert discoveries("import", "dump", str(dump), data_dir=data_dir).stdout.startswith("1 new")


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "does not exist"), (b"\x00\x01binary", "not text"), (b"PK\x03\x04zip", "zip")],
)
def test_a_file_that_is_no_dump_is_refused_in_a_sentence(
    data_dir: Path, tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    refused = discoveries("import", "dump", str(path), data_dir=data_dir)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_bad_option_is_a_usage_error(data_dir: Path) -> None:
    refused = discoveries("import", "arxiv", "--since", "yesterday", data_dir=data_dir)
    assert refused.returncode == 2
    assert "yesterday" in refused.stderr
