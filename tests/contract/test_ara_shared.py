"""The real artifacts beside the project: read whole, bound, sealed, archived, with the numbers a reader would count."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.ara.archives import read_archive, read_directory, write_tar_gz, write_zip
from registry.ara.examination import Examination, examine
from registry.ara.reading import Schema

COUNTS = {
    # schema, claims, experiments, concepts, heuristics, related work, nodes, exhibits
    "nanogpt_ara": (Schema.NEW, 12, 16, 31, 0, 15, 51, 13),
    "resnet-ara-example": (Schema.OLD, 8, 6, 8, 6, 12, 15, 13),
    "minimal-artifact": (Schema.UNKNOWN, 2, 0, 0, 0, 0, 3, 0),
}


@pytest.fixture(params=COUNTS)
def real(request: pytest.FixtureRequest, shared_data: Path) -> tuple[str, Examination]:
    return request.param, examine(read_directory(shared_data / "aras" / request.param))


def test_everything_in_it_is_counted(real: tuple[str, Examination]) -> None:
    name, found = real
    read = found.reading
    assert read.tree is not None
    assert (
        read.schema, len(read.claims), len(read.experiments), len(read.concepts), len(read.heuristics),
        len(read.related_work), len(read.tree.walk()), len(read.evidence.exhibits),
    ) == COUNTS[name]  # fmt: skip


def test_every_claim_and_node_is_understood(real: tuple[str, Examination]) -> None:
    _, found = real
    read = found.reading
    assert all(claim.statement and claim.status and claim.falsification and claim.proof for claim in read.claims)
    assert read.tree is not None
    assert all(node.id and node.title for node in read.tree.walk())
    assert not [one for one in read.unrecognised if one.what == "file"]
    assert found.graph.duplicates == ()
    assert found.graph.cycles == ()


def test_it_survives_both_archives(real: tuple[str, Examination]) -> None:
    _, found = real
    for write in (write_tar_gz, write_zip):
        assert read_archive(write(found.artifact)).digest == found.artifact.digest


def test_published_examples_lint_clean_and_the_drifted_one_does_not(shared_data: Path) -> None:
    def passes(name: str) -> bool:
        return examine(read_directory(shared_data / "aras" / name)).passed(strict=True)

    assert passes("resnet-ara-example")
    assert passes("minimal-artifact")
    assert not passes("nanogpt_ara")
