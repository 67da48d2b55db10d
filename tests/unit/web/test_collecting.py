"""What leaves a directory when it is published, and what never does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from registry.errors import InvalidArtifact, TooLarge
from web.collecting import collect

KEPT = (
    "PAPER.md", ".gitignore", "trajectory.html", "logic/claims.md", "src/environment.md", "evidence/figures/f1.png",
    "src/execution/train.py", "evidence/keys.md", "logic/secretary_problem.md",
)  # fmt: skip
LEFT = (
    ".ara_env", "sub/.ara_env", ".env", "prod.env", ".git/config", ".hidden", "node_modules/a.js", "dist/a.js",
    "build/a", "target/a", "venv/a", "env/a", "wandb/run", "src/__pycache__/a.pyc", "a.pyc", "a.o", "a.so",
    "poetry.lock",
    "id_rsa", "server.pem", "server.key", "my_secret.txt", "secrets.yaml", "credentials.json", "aws-credentials",
    "api_key.txt",
    "notes.md~", "a.swp", "Thumbs.db",
)  # fmt: skip


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for path in (*KEPT, *LEFT):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(path.encode())
    return tmp_path


def test_the_research_goes_and_the_rest_stays(directory: Path) -> None:
    collection = collect(directory)
    assert set(collection.artifact.files) == set(KEPT)
    told = {one.path for one in collection.left_out}
    for path in LEFT:
        assert path in told or any(path.startswith(folder) for folder in told if folder.endswith("/")), path


def test_a_path_can_be_taken_all_the_same_but_never_the_token(directory: Path) -> None:
    chosen = frozenset({"my_secret.txt", ".ara_env"})
    files = collect(directory, include=chosen).artifact.files
    assert "my_secret.txt" in files
    assert ".ara_env" not in files


def test_links_are_left_out_wherever_they_lead(directory: Path) -> None:
    (directory / "passwd").symlink_to("/etc/passwd")
    (directory / "logic" / "all").symlink_to("/etc")
    os.mkfifo(directory / "pipe")
    collection = collect(directory)
    assert set(collection.artifact.files) == set(KEPT)
    assert {(one.path, one.why) for one in collection.left_out} >= {
        ("passwd", "a link"),
        ("logic/all", "a link"),
        ("pipe", "no regular file"),
    }


def test_the_caps_are_the_registrys(tmp_path: Path) -> None:
    mib = 1024 * 1024
    (tmp_path / "a.md").write_bytes(b"a" * (6 * mib + 1))
    with pytest.raises(TooLarge, match="6 MiB"):
        collect(tmp_path)
    (tmp_path / "a.md").write_bytes(bytes(12 * mib + 1))
    with pytest.raises(TooLarge, match="12 MiB"):
        collect(tmp_path)
    for number in range(4):
        (tmp_path / "a.md").write_bytes(b"")
        (tmp_path / f"{number}.bin").write_bytes(bytes(11 * mib))
    with pytest.raises(TooLarge, match="40 MiB"):
        collect(tmp_path)


def test_too_many_files_are_noticed(tmp_path: Path) -> None:
    for number in range(801):
        (tmp_path / f"{number}.md").touch()
    with pytest.raises(TooLarge, match="800"):
        collect(tmp_path)


def test_a_directory_must_hold_something(tmp_path: Path) -> None:
    with pytest.raises(InvalidArtifact, match="nothing"):
        collect(tmp_path)
    with pytest.raises(InvalidArtifact, match="not a directory"):
        collect(tmp_path / "nowhere")
