"""The binding graph: edges across layers, dangling ends, circles, duplicate ids."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from registry.ara.artifact import Artifact
from registry.ara.bindings import BindingGraph, BindingKind, bind
from registry.ara.bindings.cycles import cycles
from registry.ara.bindings.graph import MAX_CYCLES
from registry.ara.reading import read_artifact


def graph_of(**files: str) -> BindingGraph:
    names = {"claims": "logic/claims.md", "experiments": "logic/experiments.md", "tree": "trace/exploration_tree.yaml"}
    return bind(read_artifact(Artifact({names[name]: text.encode() for name, text in files.items()})))


def test_every_kind_of_edge_of_the_complete_artifact_resolves(complete: dict[str, bytes]) -> None:
    graph = bind(read_artifact(Artifact(complete)))
    assert graph.dangling == ()
    assert graph.cycles == ()
    assert graph.duplicates == ()
    edges = {(str(one.kind), one.source, one.target) for one in graph.bindings}
    assert {
        ("claim-experiment", "C01", "E02"),
        ("experiment-claim", "E03", "C02"),
        ("claim-claim", "C02", "C01"),
        ("experiment-evidence", "E01", "evidence/tables/table1_cooling.md"),
        ("experiment-code", "E01", "src/execution/cooling.py"),
        ("experiment-code", "E02", "Logger"),
        ("experiment-experiment", "E02", "E01"),
        ("heuristic-code", "H01", "src/execution/cooling.py"),
        ("tree-claim", "N08", "C02"),
        ("tree-tree", "N03", "N02"),
        ("tree-child", "N01", "N07"),
        ("related-claim", "RW02", "C02"),
        ("code-claim", "Logger", "C01"),
        ("evidence-claim", "evidence/figures/figure1_curves.md", "C02"),
        ("evidence-file", "evidence/README.md", "evidence/figures/figure2_setup.md"),
        ("index-file", "PAPER.md", "logic/claims.md"),
    } <= edges
    assert {one.kind for one in graph.bindings} == set(BindingKind) - {BindingKind.CLAIM_EVIDENCE}


def test_the_evidence_of_a_claim_comes_through_its_experiments_and_the_index(complete: dict[str, bytes]) -> None:
    graph = bind(read_artifact(Artifact(complete)))
    assert graph.evidence_of("C02") == ("evidence/figures/figure1_curves.md",)
    assert graph.evidence_of("C01")[:2] == ("evidence/tables/table1_cooling.md", "evidence/figures/figure1_curves.md")


def test_dangling_ends_are_kept_with_their_place() -> None:
    graph = graph_of(claims="## C01: a\n- **Proof**: [E01, E02]\n", experiments="## E01: a\n- **Verifies**: C01, C05\n")
    assert [(str(one.kind), one.target, str(one.place)) for one in graph.dangling] == [
        ("claim-experiment", "E02", "logic/claims.md:2"),
        ("experiment-claim", "C05", "logic/experiments.md:2"),
    ]


def test_circles_among_claims_and_in_the_tree() -> None:
    claims = (
        "## C01: a\n- **Dependencies**: C02\n## C02: b\n- **Dependencies**: C03\n## C03: c\n- **Dependencies**: C01\n"
    )
    assert graph_of(claims=claims).cycles == ((BindingKind.CLAIM_DEPENDS, ("C01", "C02", "C03")),)
    tree = "tree:\n  - {id: A, also_depends_on: [C], children: [{id: B}]}\n  - {id: C, also_depends_on: [B, A]}\n"
    assert graph_of(tree=tree).cycles == ((BindingKind.TREE_DEPENDS, ("A", "C")),)


def test_depending_on_an_ancestor_is_no_circle() -> None:
    tree = "tree:\n  - id: A\n    children:\n      - id: B\n        children: [{id: C, also_depends_on: [A, B]}]\n"
    assert graph_of(tree=tree).cycles == ()


def test_duplicate_ids_name_all_their_places() -> None:
    (duplicate,) = graph_of(claims="## C01: a\n\n## C01: b\n").duplicates
    assert (duplicate.kind, duplicate.id, [str(place) for place in duplicate.places]) == (
        "claim", "C01", ["logic/claims.md:1", "logic/claims.md:3"],
    )  # fmt: skip


def test_the_number_of_circles_is_bounded() -> None:
    claims = "".join(f"## C{n}: a\n- **Dependencies**: C{n + 1}, C0\n" for n in range(500))
    assert len(graph_of(claims=claims).cycles) == MAX_CYCLES


def test_the_graph_is_plain_json(complete: dict[str, bytes]) -> None:
    import json

    plain = bind(read_artifact(Artifact(complete))).as_json()
    assert json.loads(json.dumps(plain)) == plain


@given(st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=4), max_size=9))
def test_a_circle_is_found_exactly_where_there_is_one(edges: dict[int, list[int]]) -> None:
    graph = {str(source): [str(target) for target in targets] for source, targets in edges.items()}
    found = list(cycles(graph))
    for circle in found:
        around = [*circle, circle[0]]
        assert all(after in graph[before] for before, after in pairwise(around))
    remaining = {source: set(targets) for source, targets in graph.items()}
    while leaves := [source for source, targets in remaining.items() if not targets & remaining.keys()]:
        for leaf in leaves:
            del remaining[leaf]
    assert bool(found) is bool(remaining)
