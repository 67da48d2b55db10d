"""`discoveries check` as a command: exit status, human lines, JSON, on directories and archives."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from registry.ara.archives import Limits, read_directory, write_tar_gz, write_zip
from registry.errors import InvalidArtifact
from tests.contract.ara_linter import FIXTURES
from web.commands.check import check


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURES / "complete", tmp_path / "an artifact"))


def run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(check)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_clean_artifact_passes_every_way(artifact: Path, tmp_path: Path) -> None:
    for flags in ((), ("--strict",), ("--seal",), ("--strict", "--seal", "--json")):
        assert run(artifact, *flags).exit_code == 0
    read = read_directory(artifact)
    for name, packed in (("a.tar.gz", write_tar_gz(read)), ("a.zip", write_zip(read))):
        (tmp_path / name).write_bytes(packed)
        assert run(tmp_path / name, "--strict", "--seal").exit_code == 0


def test_warnings_fail_only_when_strict(artifact: Path) -> None:
    (artifact / "evidence/tables/extra.md").write_text("# Extra\n")
    assert run(artifact).exit_code == 0
    result = run(artifact, "--strict")
    assert result.exit_code == 1
    assert "evidence/tables/extra.md:1" in result.output


def test_seal_errors_fail_only_when_asked(artifact: Path) -> None:
    (artifact / "src/environment.md").unlink()
    result = run(artifact)
    assert result.exit_code == 0
    assert "check 2 (E) failed" in result.output
    assert "mend: add src/environment.md" in result.output
    assert run(artifact, "--seal").exit_code == 1


def test_format_lints_fail(artifact: Path) -> None:
    claims = artifact / "logic/claims.md"
    claims.write_text(claims.read_text().replace("## C02:", "## C02 —").replace("[C01]\n", "none\n"))
    tree = artifact / "trace/exploration_tree.yaml"
    tree.write_text(tree.read_text().replace("evidence: C02", "evidence: a note"))
    result = run(artifact)
    assert result.exit_code == 1
    assert "ARA004 [fixable]: logic/claims.md:15" in result.output


@pytest.mark.parametrize("what", ["missing", "no tree", "not UTF-8", "not an archive"])
def test_a_bad_target_exits_with_two_and_says_why(what: str, artifact: Path, tmp_path: Path) -> None:
    target = artifact
    if what == "missing":
        target = tmp_path / "nowhere"
    elif what == "no tree":
        (artifact / "trace/exploration_tree.yaml").unlink()
    elif what == "not UTF-8":
        (artifact / "trace/exploration_tree.yaml").write_bytes(b"tree: \xff")
    else:
        target = tmp_path / "a.tar.gz"
        target.write_bytes(b"hello")
    result = run(target, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")


def test_json_has_the_linters_shape_and_our_additions() -> None:
    result = run(FIXTURES / "old", "--json", "--strict")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert list(report)[:4] == ["dir", "validate", "lint", "summary"]
    assert report["dir"] == str(FIXTURES / "old")
    assert report["summary"] == {
        "errors": 1, "warnings": 12, "fixable": 8, "strict": True, "write_errors": False, "passed": False,
    }  # fmt: skip
    (error,) = report["validate"]["errors"]
    assert error == {
        "severity": "error",
        "path": "claims[C02].dependencies[0]",
        "message": "dependency references unknown claim `C01`",
        "file": "logic/claims.md",
        "line": 27,
        "mend": error["mend"],
    }
    first = report["lint"][0]
    assert (first["rule"], first["file"], first["path"], first["line"], first["fixable"]) == (
        "ARA001", "tree", "trace/exploration_tree.yaml", 1, True,
    )  # fmt: skip
    assert report["schema"] == "old"
    assert not report["seal"]["passed"]
    assert len(report["seal"]["checks"]) == 47
    assert set(report["seal"]["checks_failed"]) - set(report["seal"]["checks_failed_without_pictures"]) == {24}
    assert {"check", "level", "message", "file", "line", "mend"} == set(report["seal"]["findings"][0])
    assert {one["to"] for one in report["dangling"]} == {"E01", "figures/night.md"}


def test_nothing_of_an_artifact_can_steer_the_terminal(artifact: Path) -> None:
    tree = artifact / "trace/exploration_tree.yaml"
    tree.write_text(tree.read_text() + '  - id: "a\\e[2Jb"\n    type: "\\e]0;x\\a"\n    result: r\n')
    result = run(artifact)
    assert "\x1b" not in result.output
    assert "\\x1b[2J" in result.output


def test_a_directory_with_links_pipes_or_sockets_is_refused(artifact: Path) -> None:
    (artifact / "logic/link.md").symlink_to("/etc/passwd")
    with pytest.raises(InvalidArtifact, match="symbolic link"):
        read_directory(artifact)
    (artifact / "logic/link.md").unlink()
    os.mkfifo(artifact / "logic/pipe.md")
    with pytest.raises(InvalidArtifact, match="named pipe"):
        read_directory(artifact)
    (artifact / "logic/pipe.md").unlink()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(artifact / "s"))
        with pytest.raises(InvalidArtifact, match="a socket"):
            read_directory(artifact)


def test_a_directory_link_is_refused_and_version_control_passed_over(artifact: Path) -> None:
    (artifact / ".git").mkdir()
    (artifact / ".git/config").write_text("[core]\n")
    (artifact / ".ara_env").write_text("ARA_TOKEN=secret\n")
    assert read_directory(artifact).digest == read_directory(FIXTURES / "complete").digest
    (artifact / "more").symlink_to(artifact, target_is_directory=True)
    with pytest.raises(InvalidArtifact, match="symbolic link"):
        read_directory(artifact)


def test_a_directory_beyond_the_limits_is_refused(artifact: Path) -> None:
    with pytest.raises(InvalidArtifact, match="members"):
        read_directory(artifact, Limits(members=5))
    with pytest.raises(InvalidArtifact, match="larger than"):
        read_directory(artifact, Limits(file_bytes=100))
    with pytest.raises(InvalidArtifact, match="folders deep"):
        read_directory(artifact, Limits(depth=2))
    (artifact / "a\nb.md").write_text("x")
    with pytest.raises(InvalidArtifact, match="control character"):
        read_directory(artifact)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said_so(artifact: Path) -> None:
    (artifact / "logic/claims.md").chmod(0)
    with pytest.raises(InvalidArtifact, match="cannot read"):
        read_directory(artifact)
