"""Our findings against those of the official linter: on the shared artifacts, on our own, and on seeded damage.

`DISCOVERIES_SOAK=1` runs the long campaign.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.contract.ara_linter import FIXTURES, members, ours, theirs
from tests.contract.ara_linter import linter as installed_linter
from tests.contract.ara_mutations import mutated
from tests.contract.ara_spellings import FRONT_MATTER, NODE_FIELDS, TREES

pytestmark = pytest.mark.ara_linter

SEEDS = 30_000 if os.environ.get("DISCOVERIES_SOAK") else 400
BATCH = 100
TREE = "trace/exploration_tree.yaml"

# Where the two may part: (reason, pattern that the tree's text must match). All are spellings on which libyaml, which
# reads YAML 1.1, stops with a syntax error and the linter's YAML 1.2 parser goes on; both then name the document, ours
# as an error, so nothing broken passes. None occurs in a real artifact we have seen.
JUSTIFIED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a tab where libyaml wants blanks", re.compile(r"^[ -]*\t", re.MULTILINE)),
    (
        "an anchor or alias whose name is not alphanumeric",
        re.compile(r"(?:^|[\s\[{,])[&*][^\s\w]|[&*][\w-]*[^\s\w,\]}-]"),
    ),
    ("a plain text that begins with ? or : in a flow list", re.compile(r"[\[{,]\s*[?:][^\s,\]}]")),
    ("a key without a name", re.compile(r"^[ -]*(?::|\?)(?:\s|$)", re.MULTILINE)),
    ("a block indicator inside a plain key", re.compile(r"^\s*\w+[|>]", re.MULTILINE)),
    ("a comment glued to a comma in a flow list", re.compile(r",#")),
    ("an unfinished text after a document end marker", re.compile(r"^\.\.\.\s*\n[\[{\"'@]", re.MULTILINE)),
)


@pytest.fixture(scope="module")
def command() -> str:
    return installed_linter()


def disagreement(files: Mapping[str, bytes], command: str) -> str | None:
    """What only one of the two finds, as text; None if they agree or the difference is justified."""
    their_findings, _, their_exit = theirs(files, command=command)
    our_findings, our_exit = ours(files)
    if (their_findings, their_exit) == (our_findings, our_exit) or justified(files, our_findings):
        return None
    only_theirs, only_ours = their_findings - our_findings, our_findings - their_findings
    return f"exit {their_exit} / {our_exit}; only theirs {list(only_theirs)[:4]}; only ours {list(only_ours)[:4]}"


def justified(files: Mapping[str, bytes], our_findings: Mapping[tuple[str, ...], int]) -> bool:
    tree = files.get(TREE, b"").decode("utf-8", errors="replace")
    refused = any(found[:2] == ("error", "document") for found in our_findings)
    return refused and any(pattern.search(tree) for _, pattern in JUSTIFIED)


def bases() -> list[dict[str, bytes]]:
    """Our own artifacts; and the old one with its broken dependency mended, so that the other layers are reached."""
    complete, old = members(FIXTURES / "complete"), members(FIXTURES / "old")
    claims = old["logic/claims.md"].replace(b"- **Dependencies**: C01", b"- **Dependencies**: C02")
    return [complete, old, {**old, "logic/claims.md": claims}]


@pytest.mark.parametrize("name", ["nanogpt_ara", "resnet-ara-example", "minimal-artifact"])
def test_the_shared_artifacts(name: str, shared_data: Path, command: str) -> None:
    assert disagreement(members(shared_data / "aras" / name), command) is None


@pytest.mark.parametrize("number", range(3))
def test_our_own_artifacts(number: int, command: str) -> None:
    assert disagreement(bases()[number], command) is None


@pytest.mark.parametrize("start", range(0, SEEDS, BATCH))
def test_seeded_damage_to_our_own_artifacts(start: int, command: str) -> None:
    artifacts = bases()
    found = {
        seed: difference
        for seed in range(start, start + BATCH)
        if (difference := disagreement(mutated(artifacts[seed % len(artifacts)], seed), command))
    }
    assert found == {}


@pytest.mark.parametrize("start", range(0, SEEDS // 4, BATCH))
def test_seeded_damage_to_the_shared_artifacts(start: int, shared_data: Path, command: str) -> None:
    artifacts = [members(shared_data / "aras" / name) for name in ("resnet-ara-example", "minimal-artifact")]
    found = {
        seed: difference
        for seed in range(start, start + BATCH)
        if (difference := disagreement(mutated(artifacts[seed % len(artifacts)], seed), command))
    }
    assert found == {}


def test_spellings_of_whole_trees(command: str) -> None:
    check_each(({TREE: tree if isinstance(tree, bytes) else tree.encode()} for tree in TREES), command)


def test_spellings_of_node_fields(command: str) -> None:
    def tree(field: str) -> str:
        return "tree:\n  - id: N01\n    type: question\n" + "".join(f"    {line}\n" for line in field.split("\n"))

    check_each(({TREE: tree(field).encode()} for field in NODE_FIELDS), command)


def test_spellings_of_front_matter(command: str) -> None:
    sound = b"tree:\n  - id: N1\n    type: question\n"
    check_each(({TREE: sound, "PAPER.md": f"---\ntitle: T\n{text}\n---\n".encode()} for text in FRONT_MATTER), command)


def check_each(artifacts: Iterable[dict[str, bytes]], command: str) -> None:
    found = [(files, difference) for files in artifacts if (difference := disagreement(files, command))]
    assert found == []


def test_the_summary_has_the_same_keys_and_counts(command: str) -> None:
    from registry.ara.artifact import Artifact
    from registry.ara.examination import examine

    files = bases()[1]
    _, report, _ = theirs(files, command=command)
    assert report is not None
    mine = examine(Artifact(files)).as_json("x")
    assert mine["summary"] == report["summary"]
    assert set(report) <= set(mine)
    for layer in ("errors", "warnings"):
        their_keys = {key for one in report["validate"][layer] for key in one}  # type: ignore[index]
        our_keys = {key for one in mine["validate"][layer] for key in one}  # type: ignore[index]
        assert their_keys <= our_keys
    assert {key for one in report["lint"] for key in one} <= {key for one in mine["lint"] for key in one}  # type: ignore[attr-defined]


def test_the_comparison_can_fail(command: str) -> None:
    """A rule taken away from ours must show: otherwise the tests above would prove nothing."""
    files = bases()[1]
    their_findings, _, _ = theirs(files, command=command)
    our_findings, _ = ours({**files, "logic/claims.md": files["logic/claims.md"].replace("—".encode(), b":")})
    assert their_findings - our_findings
