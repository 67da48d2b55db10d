"""Each rule of the official linter, with its logical path, its place and its mend, on artifacts we wrote."""

from __future__ import annotations

import pytest

from registry.ara.artifact import Artifact
from registry.ara.examination import examine
from registry.ara.lint import LintReport, UnreadableTree, check
from registry.ara.lint.findings import Edit, RootRewrite

TREE = "trace/exploration_tree.yaml"
CLAIMS = "logic/claims.md"
SOUND = "tree:\n  - id: N1\n    type: question\n"


def lint(tree: str, **others: str) -> LintReport:
    names = {"claims": CLAIMS, "paper": "PAPER.md", "concepts": "logic/concepts.md", "related": "logic/related_work.md"}
    files = {names.get(name, name): text.encode() for name, text in others.items()}
    return check(Artifact({TREE: tree.encode(), **files}))


def found(report: LintReport) -> list[tuple[str, str, str, int]]:
    return [(one.severity, one.path, one.file, one.line) for one in (*report.errors, *report.warnings)]


def test_the_complete_artifact_passes_strictly(complete: dict[str, bytes]) -> None:
    assert check(Artifact(complete)).passed(strict=True)


def test_a_missing_or_unreadable_tree_is_said_apart() -> None:
    with pytest.raises(UnreadableTree, match="missing"):
        check(Artifact({}))
    with pytest.raises(UnreadableTree, match="not UTF-8"):
        check(Artifact({TREE: b"\xff"}))


def test_an_upload_without_a_tree_can_still_be_judged(complete: dict[str, bytes]) -> None:
    files = {path: content for path, content in complete.items() if path != TREE}
    found = examine(Artifact(files), needs_tree=False)
    assert [(one.path, one.file) for one in found.lint.errors] == [("document", TREE)]
    assert not found.passed()
    assert found.seal.failed_checks() == (1, 2)
    with pytest.raises(UnreadableTree):
        examine(Artifact(files))


def test_ara001_names_the_block_of_the_root() -> None:
    (drift,) = lint("# c\nroot:\n  id: N1\n\n  type: question\nother: 1\n").drifts
    assert (drift.rule, drift.fix, drift.place) == ("ARA001", RootRewrite(1, 0, 5), (TREE, 2))


@pytest.mark.parametrize(
    ("rule", "type_", "alias", "canonical"),
    [
        ("ARA002", "dead_end", "reason", "why_failed"),
        ("ARA003", "decision", "justification", "rationale"),
        ("ARA005", "pivot", "from", "prior_direction"),
        ("ARA006", "pivot", "to", "new_direction"),
        ("ARA007", "pivot", "trigger", "reason"),
    ],
)
def test_aliases_are_told_by_the_type_of_their_node(rule: str, type_: str, alias: str, canonical: str) -> None:
    tree = f"tree:\n  - id: N1\n    {alias}: x\n    type: {type_}\n    nested:\n      {alias}: y\n"
    (drift,) = lint(tree).drifts
    assert (drift.rule, drift.fix) == (rule, Edit(2, 4, 4 + len(alias), canonical))
    assert drift.place == (TREE, 3)
    assert canonical in drift.mend
    assert lint(tree.replace(type_, "question")).drifts == ()


@pytest.mark.parametrize(
    ("heading", "columns"),
    [("## C01 — T", (6, 11)), ("## C01 - T", (6, 9)), ("  ## C01–T", (8, 11)), ("## C01\u00a0—  T", (6, 13))],
)
def test_ara004_gives_byte_columns(heading: str, columns: tuple[int, int]) -> None:
    (drift,) = lint(SOUND, claims=f"# Claims\n{heading}\n").drifts
    assert (drift.rule, drift.fix) == ("ARA004", Edit(1, *columns, ": "))
    assert drift.place == (CLAIMS, 2)


@pytest.mark.parametrize("heading", ["## C01: T", "## C01 —", "## C01x — T", "### C01 — T", "## Notes — T", "## C01 T"])
def test_ara004_leaves_other_headings_alone(heading: str) -> None:
    assert lint(SOUND, claims=f"{heading}\n").drifts == ()


@pytest.mark.parametrize(
    ("tree", "line"),
    [
        ("tree: [\n", 2),
        ("tree: text\n", 1),
        ("- a\n", 1),
        ("tree: []\n---\ntree: []\n", 2),
        ("tree:\n  - id: N1\n    title: [a]\n", 3),
        ("tree:\n  - id: N1\n    source_refs: a\n", 3),
        ("tree:\n  - id: N1\n    evidence: [C01, 5]\n", 3),
        ("tree:\n  - id: N1\n    isolated: maybe\n", 3),
        ("tree:\n  - id: N1\n    id: N2\n", 3),
        ("tree: []\nroot: {id: N1}\n", 2),
        ("other: 1\n", 1),
        ("", 1),
    ],
)
def test_documents_that_cannot_be_used(tree: str, line: int) -> None:
    errors = lint(tree).errors
    assert [(one.path, one.file, one.line) for one in errors] == [("document", TREE, line)]


def test_what_is_wrong_in_the_tree_is_placed_by_path_and_line() -> None:
    tree = """\
tree:
  - id: N1
    type: question
    result: misplaced
    odd: 1
    children:
      - title: no id
      - id: N1
        type: insight
      - id: N2
        type: wish
        lesson: l
        also_depends_on: [N1, N9, N3, N3]
      - id: N3
        evidence:
          - a note
          - C07
        also_depends_on: [N2]
"""
    report = lint(tree, claims="## C01: a\n- **Dependencies**: [C01, C05]\n## C01: b\n")
    assert found(report) == [
        ("error", "claims[C01]", CLAIMS, 3),
        ("error", "nodes[no id]", TREE, 7),
        ("error", "nodes[N1]", TREE, 8),
        ("error", "nodes[N3].evidence[1]", TREE, 17),
        ("error", "nodes[N2].also_depends_on[1]", TREE, 13),
        ("error", "nodes[N3]", TREE, 18),
        ("error", "claims[C01].dependencies[1]", CLAIMS, 2),
        ("warning", "nodes[N1]", TREE, 4),
        ("warning", "nodes[N1]", TREE, 5),
        ("warning", "nodes[N2]", TREE, 12),
        ("warning", "nodes[N3]", TREE, 14),
        ("warning", "nodes[N2].also_depends_on[0]", TREE, 13),
        ("warning", "nodes[N2]", TREE, 13),
    ]
    assert all(one.mend for one in (*report.errors, *report.warnings))


def test_claims_without_a_file_only_warn() -> None:
    assert found(lint("tree:\n  - id: N1\n    type: question\n    evidence: C01\n")) == [
        ("warning", "nodes[N1].evidence[0]", TREE, 4)
    ]


def test_the_linter_does_not_see_claims_it_calls_drifted() -> None:
    tree = "tree:\n  - id: N1\n    type: question\n    evidence: [C01, C02]\n"
    report = lint(tree, claims="## C01 — dashed\n## C02: seen\n")
    assert [one.path for one in report.errors] == ["nodes[N1].evidence[0]"]


def test_the_other_layers_warn_only_when_tree_and_claims_are_sound() -> None:
    others = {
        "paper": "---\ntitle: T\nauthors: A\n---\n",
        "concepts": "## Known\n- Definition: d\n## Unknown\n- Notation: n\n",
        "related": "## RW01: A\n- **DOI**: x\n## RW02: B\n## Notes\n",
        "evidence/README.md": "| File |\n|---|\n| tables/a.md |\n| tables/gone.md |\n| a fact |\n",
        "evidence/tables/a.md": "x",
        "evidence/figures/a.md": "x",
        "evidence/results/b.md": "x",
        "evidence/logs/c.md": "x",
    }
    assert found(lint(SOUND, **others)) == [
        ("warning", "PAPER.md", "PAPER.md", 3),
        ("warning", "concepts[Unknown]", "logic/concepts.md", 3),
        ("warning", "related_work[RW02]", "logic/related_work.md", 3),
        ("warning", "evidence/results/b", "evidence/results/b.md", 1),
        ("warning", "evidence/tables/a", "evidence/tables/a.md", 1),
        ("warning", "evidence[gone]", "evidence/README.md", 4),
    ]
    assert found(lint("tree: []\nroot: {id: N1}\n", **others)) == [("error", "document", TREE, 2)]


def test_verdicts() -> None:
    warned = lint("tree: []\n")
    assert warned.passed()
    assert not warned.passed(strict=True)
    assert not lint("root:\n  id: N1\n  type: question\n").passed()
    assert not lint("tree:\n  - type: question\n").passed()


def test_pivots_may_carry_either_triple_but_only_one_lints_clean() -> None:
    clean = "tree:\n  - id: N1\n    type: pivot\n    prior_direction: a\n    new_direction: b\n    reason: c\n"
    assert lint(clean).passed(strict=True)
    drifted = lint("tree:\n  - id: N1\n    type: pivot\n    from: a\n    to: b\n    trigger: c\n")
    assert [drift.rule for drift in drifted.drifts] == ["ARA005", "ARA006", "ARA007"]
    assert [one.message for one in drifted.warnings] == [f"unknown field `{key}`" for key in ("from", "to", "trigger")]
