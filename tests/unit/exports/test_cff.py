"""CITATION.cff: what the format asks for (Citation File Format 1.2.0), and the file as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from registry.exports import cff
from registry.exports.cited import CitedPackage, take_apart


def read(cited: CitedPackage) -> dict[str, Any]:
    entry: dict[str, Any] = yaml.safe_load(cff.write(cited))
    assert entry.keys() >= {"cff-version", "message", "title", "authors"}  # what the schema requires
    assert all(author.keys() <= {"family-names", "given-names", "name-suffix", "name"} for author in entry["authors"])
    assert isinstance(entry["version"], str)
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", entry["date-released"])
    return entry


def test_the_file(cited: Callable[..., CitedPackage]) -> None:
    entry = read(cited())
    assert entry["cff-version"] == "1.2.0"
    assert entry["title"] == "FlashAttention: 2.4× Faster & 73% on H₂O_x"
    assert entry["authors"][:2] == [
        {"family-names": "Dao", "given-names": "Tri"},
        {"family-names": "Ré", "given-names": "Christopher"},
    ]
    assert entry["license"] == "CC-BY-4.0"
    assert {one["value"] for one in entry["identifiers"]} == {
        f"sha256:{'ab' * 32}", "arxiv:2205.14135", "10.48550/arXiv.2205.14135",
    }  # fmt: skip
    assert entry["preferred-citation"]["doi"] == "10.1000/182"
    assert entry["preferred-citation"]["type"] == "article"


def test_a_licence_without_an_spdx_name_goes_by_its_address(cited: Callable[..., CitedPackage]) -> None:
    address = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
    entry = read(cited(license=address))
    assert "license" not in entry
    assert entry["license-url"] == address


def test_a_package_of_which_nothing_is_known(bare: CitedPackage) -> None:
    entry = read(bare)
    assert entry["authors"] == [{"name": "Unknown authors"}]
    assert "preferred-citation" not in entry
    assert "keywords" not in entry


def test_a_doi_that_the_format_cannot_hold_is_left_out(cited: Callable[..., CitedPackage]) -> None:
    assert read(cited(doi="10.1000/<odd>"))["preferred-citation"]["doi"] == "10.48550/arXiv.2205.14135"


def test_words_that_yaml_reads_as_something_else_stay_words(cited: Callable[..., CitedPackage]) -> None:
    authors = (take_apart("No"), take_apart("Yes Null"))
    entry = read(cited(plain_title="no: 1.0 # yes", authors=authors, abstract="- a\n- b"))
    assert entry["title"] == "no: 1.0 # yes"
    assert entry["authors"] == [{"name": "No"}, {"family-names": "Null", "given-names": "Yes"}]
    assert entry["abstract"] == "- a\n- b"
