"""What the registry verifies of a claim by itself: quotations and evidence that are there, packages that are named."""

from __future__ import annotations

import pytest

from registry.ara.artifact import Artifact
from registry.ara.bindings import bind
from registry.ara.reading import read_artifact
from registry.events import Dependency, DependencyKind, Grounding, claim_records, party, words_of
from registry.grounding import cited_dependencies, dependencies_of, ground, stands_in

CLAIMS = """# Claims

## C01: Caching is faster
- **Statement**: Caching makes decoding 2.4 times faster
- **Sources**:
  - 2.4 ← Table 1 «decoding ran 2.4 times faster with the cache» [result]
- **Status**: supported
- **Proof**: [{proof}]
- **Evidence basis**: evidence/tables/table1.md
"""
EXPERIMENTS = "# Experiments\n\n## E01: Timing\n- **Verifies**: C01\n- **Evidence**: evidence/tables/table1.md\n"
TABLE = "# Table 1\n\nWe saw that decoding ran  2.4 times\nfaster with the cache.\n"


def grounding(proof: str = "E01", table: str | None = TABLE) -> Grounding:
    files = {"logic/claims.md": CLAIMS.format(proof=proof), "logic/experiments.md": EXPERIMENTS, "PAPER.md": "# P\n"}
    if table is not None:
        files["evidence/tables/table1.md"] = table
    artifact = Artifact({path: text.encode() for path, text in files.items()})
    read = read_artifact(artifact)
    return ground(artifact, read, bind(read))["C01"]


def test_a_claim_whose_proof_evidence_and_numbers_are_there_is_resolved() -> None:
    assert grounding() is Grounding.RESOLVED


def test_without_its_experiment_it_is_only_quoted() -> None:
    assert grounding(proof="E09") is Grounding.QUOTED


def test_a_number_that_the_evidence_does_not_hold_resolves_nothing() -> None:
    assert grounding(table="# Table 1\n\nDecoding ran 3.1 times faster.\n") is Grounding.ASSERTED


def test_without_its_evidence_it_is_asserted() -> None:
    assert grounding(table=None) is Grounding.ASSERTED


def test_a_quotation_stands_verbatim_white_space_aside_and_is_no_mere_word() -> None:
    assert stands_in(["we show that  it is fast"], "Here we show\nthat it is fast, and more.")
    assert not stands_in(["we show it is fast"], "Here we show that it is fast.")
    assert not stands_in(["it is fast"], "Here we show that it is fast."), "ten characters are too few"


def test_dependencies_are_read_from_typed_related_work() -> None:
    text = (
        "# Related work\n\n## RW01: Dao, 2022\n- **DOI**: 10.48550/arXiv.2205.14135\n- **Type**: extends\n\n"
        "## RW02: Own, hosted:abcd1234\n- **Type**: baseline\n\n## RW03: Other, arXiv:2301.00001\n- **Type**: bounds\n"
    )
    read = read_artifact(Artifact({"logic/related_work.md": text.encode(), "PAPER.md": b"# P\n"}))
    assert set(dependencies_of(read)) == {
        Dependency(DependencyKind.EXTENDS, "arxiv:2205.14135"),
        Dependency(DependencyKind.BASELINE, "hosted:abcd1234"),
    }


def test_cited_links_that_name_no_paper_or_no_such_kind_are_left_out() -> None:
    links = [
        {"arxiv_id": "2205.14135", "kind": "imports"},
        {"arxiv_id": None, "kind": "extends"},
        {"arxiv_id": "2205.14136", "kind": "bounds"},
    ]
    assert cited_dependencies(links) == (Dependency(DependencyKind.IMPORTS, "arxiv:2205.14135"),)


@pytest.mark.parametrize(
    ("second", "repeats"),
    [
        ("Caching makes decoding 2.4 times faster", "C01"),
        ("caching makes the decoding 2.4 times faster!", "C01"),
        ("Decoding is faster", None),
        ("Nothing of the sort was ever seen", None),
    ],
)
def test_a_near_duplicate_is_known(second: str, repeats: str | None) -> None:
    given = (("C01", "Caching makes decoding 2.4 times faster", Grounding.QUOTED), ("C02", second, Grounding.QUOTED))
    assert claim_records(given)[1].repeats == repeats


def test_words_and_parties() -> None:
    assert words_of("Ｃaching: 3.5 times, 1,000 runs") == ("caching", "3.5", "times", "1,000", "runs")
    assert party("Lovelace, Ada") == party("ADA  lovelace") == "ada lovelace"
    assert party("—") == ""
