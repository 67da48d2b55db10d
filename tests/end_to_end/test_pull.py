"""Publish, pull, compare and check, by commands against a running registry, as its users do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.ara.archives import read_directory
from registry.bundles.folder import FolderPacks
from tests.end_to_end.running import ROOT, RunningRegistry

COMPLETE = ROOT / "tests" / "fixtures" / "aras" / "complete"


class Commands:
    """`discoveries` on one registry."""

    def __init__(self, registry: RunningRegistry, data_dir: Path, folder: Path) -> None:
        self.registry = registry
        self.data_dir = data_dir
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DISCOVERIES_URL": registry.url(""),
            "DISCOVERIES_DATA_DIR": str(data_dir),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        self._folder = folder

    def run(self, *arguments: str, status: int = 0) -> str:
        """What a command prints (of a failing one, errors too); it must end with ``status``."""
        done = subprocess.run(
            [sys.executable, "-m", "web.cli", *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 else done.stdout + done.stderr


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """A running registry with nothing in it."""
    folder = tmp_path_factory.mktemp("pull here")
    with RunningRegistry(folder / "data", options=("--no-import",)) as registry:
        yield Commands(registry, folder / "data", folder)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A directory to publish, with a name that no address takes as it is."""
    folder = tmp_path / "mine"
    shutil.copytree(COMPLETE, folder)
    (folder / "trajectory.html").write_text("<!doctype html><title>Steps</title>")
    (folder / "data").mkdir()
    (folder / "data" / "100% \u00fcber #1?.txt").write_text("odd")
    return folder


def test_what_is_pulled_and_published_again_has_the_same_digest(
    commands: Commands, source: Path, tmp_path: Path
) -> None:
    digest = read_directory(source).digest
    published = json.loads(commands.run("publish", str(source), "--json"))
    assert published["digest"] == digest
    copy = tmp_path / "copy"
    assert f"sha256:{digest}" in commands.run("pull", f"hosted:{published['slug']}", "-o", str(copy))
    shutil.rmtree(source)
    assert read_directory(copy).digest == digest
    again = json.loads(commands.run("publish", str(copy), "--new", "--json"))
    assert again["digest"] == digest
    assert again["slug"] != published["slug"]
    assert "odd" in {path.read_text() for path in (copy / "data").iterdir()}
    name = "100%25%20%C3%BCber%20%231%3F.txt"
    address = f"/api/v1/packages/hosted/{published['slug']}/versions/1/files/data/{name}"
    assert commands.registry.text(address) == "odd"


def test_two_versions_are_pulled_and_compared(commands: Commands, source: Path, tmp_path: Path) -> None:
    first = json.loads(commands.run("publish", str(source), "--json"))
    claims = source / "logic" / "claims.md"
    claims.write_text(claims.read_text() + "\n## C09: A late claim\n- **Statement**: it is late\n")
    second = json.loads(commands.run("publish", str(source), "--json"))
    assert (second["slug"], second["revision"]) == (first["slug"], 2)
    package = f"hosted:{first['slug']}"
    told = commands.run("diff", package, "v1", "2")
    assert "claims: 1 added" in told
    assert "+ C09 A late claim" in told
    assert json.loads(commands.run("diff", package, "1", "2", "--json"))["to"]["digest"] == second["digest"]
    commands.run("pull", f"{package}@1", "-o", str(tmp_path / "one"))
    commands.run("pull", package, "-o", str(tmp_path / "two"))
    assert read_directory(tmp_path / "one").digest == first["digest"]
    assert read_directory(tmp_path / "two").digest == second["digest"]
    assert "holds something else" in commands.run("pull", package, "-o", str(tmp_path / "one"), status=1)
    assert "already in" in commands.run("pull", package, "-o", str(tmp_path / "two"))
    commands.run("pull", package, "-o", str(tmp_path / "paper"), "--paper-only")
    assert [path.name for path in (tmp_path / "paper").iterdir()] == ["PAPER.md"]


def test_what_is_not_there_is_told_in_one_sentence(commands: Commands) -> None:
    assert "There is no package arxiv:2301.00001" in commands.run("pull", "2301.00001", status=1)
    assert "cannot be reached" in commands.run("pull", "2301.00001", "--from", "http://127.0.0.1:1", status=1)


def test_the_store_is_checked_and_rid_of_orphans_beside_a_running_registry(commands: Commands, source: Path) -> None:
    (source / "data" / "more.txt").write_text("to be spoilt")
    published = json.loads(commands.run("publish", str(source), "--json"))
    assert ": 0 damaged" in commands.run("store", "check", "--unpack")
    packs = FolderPacks(commands.data_dir / "bundles")
    packs.write("ab" * 32, [b"an orphan"])
    old = packs.path("ab" * 32)
    os.utime(old, (0, 0))
    assert "1 orphans removed" in commands.run("store", "gc")
    assert not old.exists()
    assert ": 0 damaged" in commands.run("store", "check")
    sizes = {path: path.stat() for path in (commands.data_dir / "bundles").glob("??/*")}
    newest = max(sizes, key=lambda path: sizes[path].st_mtime)
    newest.write_bytes(bytes(sizes[newest].st_size))
    told = commands.run("store", "check", status=1)
    assert ": 1 damaged" in told
    assert published["digest"] in told
