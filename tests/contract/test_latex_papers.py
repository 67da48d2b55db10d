"""Small papers of our own writing against their golden artifacts."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from importers.compiler.ledger import UNSTATED
from registry.ara.artifact import Artifact
from registry.ara.examination import examine
from tests.papers.renew import GOLDEN, compiled, source_papers

PAPERS = source_papers()


@pytest.mark.parametrize("folder", PAPERS, ids=lambda folder: folder.name)
def test_compiles_to_its_golden_files(folder: Path):
    found = compiled(folder)
    golden = {
        path.relative_to(folder / GOLDEN).as_posix(): path.read_bytes()
        for path in (folder / GOLDEN).rglob("*")
        if path.is_file()
    }
    assert sorted(found) == sorted(golden)
    for path in sorted(golden):
        assert found[path].decode() == golden[path].decode(), path


@pytest.mark.parametrize("folder", PAPERS, ids=lambda folder: folder.name)
def test_passes_the_linters_rules(folder: Path):
    assert examine(Artifact(compiled(folder))).passed(strict=True)


@pytest.mark.ara_linter
@pytest.mark.parametrize("folder", PAPERS, ids=lambda folder: folder.name)
def test_passes_the_official_linter(folder: Path, tmp_path: Path):
    linter = shutil.which("ara")
    if linter is None:
        pytest.skip("needs the official linter `ara` on PATH")
    for path, content in compiled(folder).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    result = subprocess.run([linter, "check", "--strict", str(tmp_path)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_what_real_papers_hold_is_read():
    files = {path: content.decode() for path, content in compiled(PAPERS[1]).items()}
    assert PAPERS[1].name == "cachewise"
    assert "| PageShare | 25.2 | 9.9 | 3.7 |" in files["evidence/tables/table1.md"]
    assert "type: dead_end" in files["trace/exploration_tree.yaml"]
    assert 'alternatives: ["tracing"]' in files["trace/exploration_tree.yaml"]
    assert "arXiv:2101.00001" in files["logic/related_work.md"]
    assert "`missingkey`" in files["logic/related_work.md"]
    assert "99.9" not in "".join(files.values())
    assert UNSTATED in files["logic/experiments.md"]
