"""Publishing to a running registry: our command, a stranger's sockets, and the official client where it is named."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.running import ROOT, RunningRegistry
from tests.hub_client import FILES, body

CLIENT_VARIABLE = "DISCOVERIES_TEST_HUB_CLIENT"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registry") / "data"


@pytest.fixture(scope="module")
def registry(data_dir: Path) -> Iterator[RunningRegistry]:
    with RunningRegistry(data_dir, options=("--no-import",), DISCOVERIES_DAILY_SUBMISSIONS="1000") as running:
        yield running


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An artifact of ours on disk."""
    for path, content in FILES.items():
        file = tmp_path / "artifact" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return tmp_path / "artifact"


def discoveries(*arguments: str, data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "DISCOVERIES_DATA_DIR": str(data_dir), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# Our command


def test_a_directory_is_published_updated_and_withdrawn(
    registry: RunningRegistry, data_dir: Path, directory: Path
) -> None:
    def publish(*more: str) -> subprocess.CompletedProcess[str]:
        return discoveries("publish", str(directory), "--to", registry.url(""), *more, data_dir=data_dir)

    first = publish("--json")
    assert first.returncode == 0, first.stderr
    made = json.loads(first.stdout)
    assert "Seal Level 1: fails checks" in first.stderr
    assert "Linter: " in first.stderr
    env = directory / ".ara_env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert made["update_token"] in env.read_text()
    assert ".ara_env" in (directory / ".gitignore").read_text()
    again = publish()
    assert "Unchanged: this is the content of version 1" in again.stdout
    assert made["update_token"] not in again.stdout
    (directory / "logic" / "claims.md").write_text("# none\n")
    assert "version 2" in publish().stdout
    assert registry.json(f"/api/ara/{made['slug']}")["revision"] == 2
    gone = discoveries("withdraw", f"hosted:{made['slug']}@2", "--reason", "Wrong cups.", data_dir=data_dir)
    assert gone.returncode == 0, gone.stderr
    assert "v1 is shown now" in gone.stdout
    assert registry.json(f"/api/ara/{made['slug']}")["revision"] == 1
    assert discoveries("withdraw", f"hosted:{made['slug']}", "--reason", "All.", data_dir=data_dir).returncode == 0
    refused = publish()
    assert refused.returncode == 1
    assert "refused (410)" in refused.stderr
    assert "All." in refused.stderr


def test_an_identity_publishes_with_its_token_and_not_after_it_is_revoked(
    registry: RunningRegistry, data_dir: Path, directory: Path
) -> None:
    (directory / "trajectory.html").unlink()
    bare = discoveries("publish", str(directory), DISCOVERIES_URL=registry.url(""), data_dir=data_dir)
    assert bare.returncode == 1
    assert "no trajectory.html" in bare.stderr
    assert discoveries("identity", "add", "ada", "--name", "Ada", data_dir=data_dir).returncode == 0
    made = discoveries("token", "make", "ada", "--label", "test", data_dir=data_dir)
    token = made.stdout.strip()
    environment = {"DISCOVERIES_URL": registry.url(""), "DISCOVERIES_TOKEN": token}
    answer = discoveries("publish", str(directory), data_dir=data_dir, **environment)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.count("/PAPER.md") == 1
    listed = discoveries("token", "list", "ada", data_dir=data_dir).stdout
    assert token.rpartition("_")[2] not in listed
    assert discoveries("token", "revoke", token.split("_")[1], data_dir=data_dir).returncode == 0
    refused = discoveries("publish", str(directory), "--new", data_dir=data_dir, **environment)
    assert "revoked" in refused.stderr
    shown = discoveries("identity", "list", data_dir=data_dir).stdout
    assert "ada" in shown
    assert "anonymous" not in shown


def test_an_update_token_is_not_sent_to_another_registry(
    registry: RunningRegistry, data_dir: Path, directory: Path
) -> None:
    (directory / ".ara_env").write_text(
        "ARA_SLUG=a1b2c3d4\nARA_TOKEN=t\nARA_URL=https://elsewhere.example/ara/hosted/a1b2c3d4\n"
    )
    answer = discoveries("publish", str(directory), "--to", registry.url(""), data_dir=data_dir)
    assert answer.returncode == 1
    assert "elsewhere.example" in answer.stderr
    assert "--new" in answer.stderr


def test_a_registry_that_is_not_there_is_said_in_one_sentence(data_dir: Path, directory: Path) -> None:
    answer = discoveries("publish", str(directory), "--to", "http://127.0.0.1:1", data_dir=data_dir)
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "cannot be reached" in answer.stderr
    assert not (directory / ".ara_env").exists()


# Sockets


def asked(registry: RunningRegistry, body_: Iterator[bytes] | bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", registry.port, timeout=120)
    try:
        connection.request("POST", "/api/ara", body_, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_a_body_over_the_cap_is_refused_so_that_its_sender_can_read_it(registry: RunningRegistry) -> None:
    status, said = asked(registry, (b" " * MIB for _ in range(120)))
    assert status == 413
    assert "96 MiB" in said["error"]


def test_a_body_without_end_is_cut_off(registry: RunningRegistry) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 2000:
            sent += 1
            yield b" " * MIB

    try:
        status, _ = asked(registry, endless())
    except OSError:
        status = 413  # cut off while it was still sending
    assert status == 413
    assert sent < 400


def test_a_refusal_before_the_body_reaches_who_sends_a_large_one(registry: RunningRegistry) -> None:
    status, said = asked(registry, b" " * (60 * MIB), Authorization="Bearer nonsense")
    assert status == 401
    assert "bearer token" in said["error"]


def test_a_sender_that_breaks_off_leaves_the_server_well(registry: RunningRegistry) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", registry.port, timeout=20)
    connection.putrequest("POST", "/api/ara")
    connection.putheader("Content-Length", str(50 * MIB))
    connection.endheaders()
    connection.send(b"{" * MIB)
    connection.close()
    status, said = asked(registry, json.dumps(body()).encode())
    assert (status, said["revision"]) == (201, 1)
    assert "Traceback" not in registry.printed


# The official client


@pytest.fixture
def client() -> str:
    named = os.environ.get(CLIENT_VARIABLE)
    if not named:
        pytest.skip(f"needs {CLIENT_VARIABLE} to name the official client's submit.py")
    return named


def run_client(client: str, registry: RunningRegistry, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, client, *arguments],
        env={**os.environ, "ARA_HUB_API": registry.url("")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_official_client_publishes_updates_and_is_refused_in_words(
    client: str, registry: RunningRegistry, directory: Path, tmp_path: Path
) -> None:
    first = run_client(client, registry, str(directory))
    assert first.returncode == 0, first.stdout + first.stderr
    env = dict(line.split("=", 1) for line in (directory / ".ara_env").read_text().splitlines() if "=" in line)
    slug = env["ARA_SLUG"]
    assert registry.json(f"/api/ara/{slug}")["revision"] == 1
    unchanged = run_client(client, registry, str(directory))
    assert unchanged.returncode == 0, unchanged.stderr
    assert registry.json(f"/api/ara/{slug}")["revision"] == 1
    (directory / "PAPER.md").write_bytes(FILES["PAPER.md"] + b"more\n")
    assert run_client(client, registry, str(directory)).returncode == 0
    assert registry.json(f"/api/ara/{slug}")["revision"] == 2
    as_json = tmp_path / "as json"
    shutil.copytree(directory, as_json, ignore=shutil.ignore_patterns(".ara_env"))
    answer = run_client(client, registry, str(as_json), "--json")
    assert json.loads(answer.stdout)["ok"] is True
    (directory / ".ara_env").write_text(f"ARA_SLUG={slug}\nARA_TOKEN=wrong\nARA_URL=x\n")
    refused = run_client(client, registry, str(directory))
    assert refused.returncode != 0
    assert "each slug has a token of its own" in refused.stdout + refused.stderr


def test_the_official_client_publishes_the_real_artifacts(
    client: str, registry: RunningRegistry, shared_data: Path, tmp_path: Path
) -> None:
    for name in ("nanogpt_ara", "resnet-ara-example"):
        shutil.copytree(shared_data / "aras" / name, tmp_path / name)
        answer = run_client(client, registry, str(tmp_path / name))
        assert answer.returncode == 0, answer.stdout + answer.stderr
    listed = {item["title"]: item for item in registry.json("/api/v1/packages")["items"]}
    resnet = listed["Deep Residual Learning for Image Recognition"]
    assert resnet["claims"] == 8
    assert resnet["abstract"].startswith("Deeper neural networks")
    nanogpt = next(item for title, item in listed.items() if title.startswith("Codex Autonomous Speedrun"))
    assert "ai-generated-research" in nanogpt["tags"]
    assert len(nanogpt["abstract"]) > 100
