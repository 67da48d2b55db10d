"""The path converter knows both grammars, and every canonical path is read back as the package it names."""

from __future__ import annotations

import pytest
from starlette.routing import compile_path

from registry.errors import InvalidIdentifier
from registry.identifiers import PackageId
from web.package_paths import CONVERTER, package_path, read_package_id, register_converter

register_converter()
PATTERN, _, _ = compile_path(f"/packages/{{namespace}}/{{name:{CONVERTER}}}")
VERSION_PATTERN, _, _ = compile_path(f"/packages/{{namespace}}/{{name:{CONVERTER}}}/v{{number:int}}")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/packages/arxiv/2205.14135", "2205.14135"),
        ("/packages/arxiv/2205.14135v2", "2205.14135v2"),
        ("/packages/arxiv/hep-th/9901001", "hep-th/9901001"),
        ("/packages/arxiv/hep-th/9901001v3", "hep-th/9901001v3"),
        ("/packages/arxiv/math.GT/0309136", "math.GT/0309136"),
        ("/packages/arxiv/arXiv:math/0309136", "arXiv:math/0309136"),
        ("/packages/hosted/a1b2c3d4", "a1b2c3d4"),
    ],
)
def test_a_name_is_one_segment_or_an_old_identifier(path: str, name: str) -> None:
    match = PATTERN.match(path)
    assert match is not None
    assert match["name"] == name
    with_version = VERSION_PATTERN.match(f"{path}/v12")
    assert with_version is not None
    assert (with_version["name"], with_version["number"]) == (name, "12")


@pytest.mark.parametrize(
    "path", ["/packages/arxiv/a/b/c", "/packages/arxiv/", "/packages/arxiv/hep-th/123", "/packages/arxiv"]
)
def test_other_paths_are_not_packages(path: str) -> None:
    assert PATTERN.match(path) is None


@pytest.mark.parametrize(
    "package_id",
    [PackageId("arxiv", "2205.14135"), PackageId("arxiv", "hep-th/9901001"), PackageId("hosted", "a-b_c.d")],
)
def test_a_canonical_path_leads_back_to_its_package(package_id: PackageId) -> None:
    match = PATTERN.match(package_path(package_id.namespace, package_id.name))
    assert match is not None
    assert read_package_id(match["namespace"], match["name"])[0] == package_id


def test_other_spellings_name_the_same_paper() -> None:
    spellings = [("arxiv", "math.GT/0309136v2"), ("arXiv", "math/0309136"), ("arxiv", "arXiv:math/0309136")]
    assert {read_package_id(*spelling)[0] for spelling in spellings} == {PackageId("arxiv", "math/0309136")}


@pytest.mark.parametrize(
    ("namespace", "name"), [("arxiv", "2213.00001"), ("arxiv", "x"), ("a:b", "c"), ("Up", "x"), ("ns", "..")]
)
def test_what_names_no_package_is_refused(namespace: str, name: str) -> None:
    with pytest.raises(InvalidIdentifier):
        read_package_id(namespace, name)
