"""Seal Level 1: for every structural check, one change to a sealed artifact that makes that check fail, no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from registry.ara.artifact import Artifact
from registry.ara.reading import read_artifact
from registry.ara.seal import CHECKS, SealReport, Severity, Status, seal

Files = dict[str, bytes]
TREE = "trace/exploration_tree.yaml"
CLAIMS = "logic/claims.md"
EXPERIMENTS = "logic/experiments.md"
PLOT = "evidence/figures/figure1_curves.md"
DIAGRAM = "evidence/figures/figure2_setup.md"
TABLE = "evidence/tables/table1_cooling.md"
DERIVED = "evidence/tables/derived_table1_open.md"


def sealed(files: Files) -> SealReport:
    return seal(read_artifact(Artifact(files)))


def swap(path: str, before: str, after: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        assert before.encode() in files[path], (path, before)
        files[path] = files[path].replace(before.encode(), after.encode())

    return change


def drop(*prefixes: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        for path in [path for path in files if path.startswith(prefixes)]:
            del files[path]

    return change


def put(path: str, content: bytes) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files[path] = content

    return change


def test_the_complete_artifact_is_sealed(complete: Files) -> None:
    report = sealed(complete)
    assert report.passed()
    assert report.findings == ()
    assert report.failed_checks() == ()
    assert [str(place) for place in report.pending] == ["logic/claims.md:20"]
    statuses = {result.number: result.status for result in report.results}
    assert sorted(statuses) == list(range(1, 48))
    judged = {number for number, status in statuses.items() if status is Status.JUDGEMENT}
    assert judged == {number for number, (severity, _) in CHECKS.items() if severity is Severity.JUDGEMENT}
    assert [number for number, status in statuses.items() if status is Status.NOTHING] == [43]


BROKEN: list[tuple[int, str, Callable[[Files], None], str]] = [
    (2, "no constraints", drop("logic/solution/constraints.md"), "logic/solution/constraints.md:1"),
    (2, "empty environment", put("src/environment.md", b"tiny"), "src/environment.md:1"),
    (3, "no fence", swap("PAPER.md", "---\ntitle", "\ntitle"), "PAPER.md:1"),
    (3, "bad YAML", swap("PAPER.md", "year: 2024", "year: [2024"), "PAPER.md:1"),
    (4, "no year", swap("PAPER.md", "year: 2024\n", ""), "PAPER.md:1"),
    (5, "no index", swap("PAPER.md", "## Layer Index", "## Contents"), "PAPER.md:1"),
    (6, "no claims", put(CLAIMS, b"# Claims\n\nnone yet\n"), "logic/claims.md:1"),
    (7, "no conditions", swap(CLAIMS, "- **Conditions**: Still air", "- Still air"), "logic/claims.md:3"),
    (7, "empty statement", swap(CLAIMS, "Stirring speeds cooling where a free surface can evaporate and does nothing "
                                "measurable under a lid.", ""), "logic/claims.md:16"),
    (8, "no quote", swap(CLAIMS, "«covered 41 min»", ""), "logic/claims.md:7"),
    (8, "no tag", swap(CLAIMS, "«open 23 min» [result]", "«open 23 min»"), "logic/claims.md:8"),
    (10, "numbers in the statement",
     swap(CLAIMS, "slows its cooling", "slows its cooling by 43.9%"), "logic/claims.md:4"),
    (11, "no gaps", swap("logic/problem.md", "### G1: ", "### "), "logic/problem.md:1"),
    (13, "no run", swap(EXPERIMENTS, "- **Run**: kettle-logger", "- kettle-logger"), "logic/experiments.md:21"),
    (13, "empty verifies", swap(EXPERIMENTS, "- **Verifies**: C02", "- **Verifies**:"), "logic/experiments.md:35"),
    (15, "no bounds",
     swap("logic/solution/heuristics.md", "- **Bounds**: For", "- For"), "logic/solution/heuristics.md:3"),
    (15, "no heuristic", put("logic/solution/heuristics.md", b"# Heuristics\n"), "logic/solution/heuristics.md:1"),
    (16, "unknown type",
     swap("logic/related_work.md", "**Type**: imports", "**Type**: likes"), "logic/related_work.md:12"),
    (16, "no delta", swap("logic/related_work.md", "- **Delta**:\n  - What changed: Nothing", "  - Nothing"),
     "logic/related_work.md:12"),
    (18, "no definition", swap("logic/concepts.md", "- **Definition**: A rigid", "- A rigid"), "logic/concepts.md:21"),
    (20, "no grounding",
     swap("src/execution/cooling.py", "# Grounding: transcribed", "# ours"), "src/execution/cooling.py:1"),
    (23, "no source", swap(DIAGRAM, "- **Source**: Figure 2\n", ""), f"{DIAGRAM}:1"),
    (24, "no picture", drop("evidence/figures/figure3_cups.png"), "evidence/figures/figure3_cups.md:5"),
    (24, "not declared", swap(TABLE, "- **Screenshot**: table1_cooling.png\n", ""), f"{TABLE}:1"),
    (24, "no PNG", put("evidence/tables/table1_cooling.png", b"GIF89a"), "evidence/tables/table1_cooling.png:1"),
    (25, "no table", swap(TABLE, "|", "/"), f"{TABLE}:1"),
    (26, "other number", swap(TABLE, "- **Source**: Table 1", "- **Source**: Table 4"), f"{TABLE}:3"),
    (27, "not declared derived", swap(DERIVED, "derived_subset", "raw_table"), f"{DERIVED}:1"),
    (27, "not said from what", swap(DERIVED, "- **Derived from**: table1_cooling.md\n", ""), f"{DERIVED}:1"),
    (28, "unknown method", swap(PLOT, "digitized_estimate", "eyeballed"), f"{PLOT}:7"),
    (28, "no confidence", swap(DIAGRAM, "- **Reading confidence**: high\n", ""), f"{DIAGRAM}:1"),
    (29, "no scale", swap(PLOT, "X = minutes (linear); Y = degrees (linear)", "minutes and degrees"), f"{PLOT}:10"),
    (29, "no data", swap(PLOT, "|", "/"), f"{PLOT}:1"),
    (30, "no description", swap(DIAGRAM, "## Visual description", "## Seen"), f"{DIAGRAM}:1"),
    (30, "numbers in a diagram",
     swap(DIAGRAM, "- **What it conveys**", "| a | b |\n|---|---|\n| 1 | 2 |\n\n- **What it conveys**"),
     f"{DIAGRAM}:14"),
    (32, "no index table", swap("evidence/README.md", "|", "/"), "evidence/README.md:1"),
    (34, "root dialect", swap(TREE, "tree:\n  - id: N01\n    type", "root:\n    id: N01\n    type"), f"{TREE}:3"),
    (35, "unknown node type", swap(TREE, "type: decision", "type: musing"), f"{TREE}:26"),
    (35, "no id", swap(TREE, "- id: N08\n            type", "- type"), f"{TREE}:56"),
    (35, "duplicate id", swap(TREE, "id: N08", "id: N07"), f"{TREE}:56"),
    (36, "unknown support",
     swap(TREE, "support_level: inferred\n            choice", "support_level: guessed\n            choice"),
     f"{TREE}:29"),
    (37, "no lesson", swap(TREE, "            lesson: The wall is not where the heat leaves.\n", ""), f"{TREE}:42"),
    (37, "no alternatives", swap(TREE, '["foil", "cloth"]', "[]"), f"{TREE}:26"),
    (38, "unknown node", swap(TREE, "also_depends_on: [N02]", "also_depends_on: [N99]"), f"{TREE}:24"),
    (38, "circle",
     swap(TREE, "result: Covered cups cool slower.", "result: r\n        also_depends_on: [N03]"), f"{TREE}:10"),
    (40, "dead end with children",
     swap(TREE, "            lesson:", "            children: [{id: N9, type: question, description: d, "
                                        "support_level: inferred}]\n            lesson:"), f"{TREE}:42"),
    (41, "unknown experiment", swap(CLAIMS, "**Proof**: [E03]", "**Proof**: [E09]"), "logic/claims.md:23"),
    (41, "unknown claim in Verifies",
     swap(EXPERIMENTS, "**Verifies**: C02", "**Verifies**: C09"), "logic/experiments.md:35"),
    (41, "unknown dependency",
     swap(CLAIMS, "**Dependencies**: [C01]", "**Dependencies**: [C09]"), "logic/claims.md:25"),
    (41, "unknown claim in the tree", swap(TREE, "evidence: C02", "evidence: C09"), f"{TREE}:62"),
    (41, "duplicate claim", swap(CLAIMS, "## C02: ", "## C01: "), "logic/claims.md:15"),
    (42, "unfiled evidence",
     swap(EXPERIMENTS, "tables/table1_cooling.md", "tables/table9.md"), "logic/experiments.md:5"),
    (42, "no such code", swap("logic/solution/heuristics.md", "src/execution/cooling.py](", "src/execution/gone.py]("),
     "logic/solution/heuristics.md:7"),
    (42, "run without file", swap(EXPERIMENTS, "src/execution/cooling.py on", "src/execution/gone.py on"),
     "logic/experiments.md:6"),
    (47, "an observation as evidence",
     swap(TREE, 'evidence: [C01, "Table 1"]', 'evidence: [O1, "Table 1"]'), f"{TREE}:16"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "name", "change", "place"), BROKEN, ids=[f"{row[0]}-{row[1]}" for row in BROKEN])
def test_one_fault_fails_one_check_at_its_place(
    complete: Files, check: int, name: str, change: Callable[[Files], None], place: str
) -> None:
    files = dict(complete)
    change(files)
    report = sealed(files)
    allowed = {3: {3, 4}, 6: {6, 41}, 34: {34}, 41: {41, 47}}.get(check, {check})
    assert check in report.failed_checks()
    assert set(report.failed_checks()) <= allowed, [str(one) for one in report.findings]
    assert place in {str(one.place) for one in report.errors if one.check == check}
    assert all(one.mend and one.message for one in report.findings)
    assert not report.passed()
    assert report.passed(pictures=False) is (check == 24)


@pytest.mark.parametrize("folder", ["logic/solution/", "src/", "trace/", "evidence/", "logic/"])
def test_a_missing_directory_fails_check_1(complete: Files, folder: str) -> None:
    files = dict(complete)
    drop(folder)(files)
    report = sealed(files)
    assert {1, 2} <= set(report.failed_checks())
    assert folder.rstrip("/") in {one.place.file for one in report.errors if one.check == 1}


WARNED: list[tuple[int, str, Callable[[Files], None]]] = [
    (7, "odd status", swap(CLAIMS, "**Status**: supported", "**Status**: glorious")),
    (9, "quote without its value", swap(CLAIMS, "slower cooling ←", "41.5 min ←")),
    (9, "quote not in the file", swap(CLAIMS, 'Table 1, row "covered"', f"{TABLE}:10")),
    (12, "two experiments", swap(EXPERIMENTS, "## E03: ", "## Third: ")),
    (14, "expected numbers", swap(EXPERIMENTS, "The covered cup is slower.", "The covered cup takes 41.2 minutes.")),
    (18, "four concepts", swap("logic/concepts.md", "## Wall loss", "# Wall loss")),
    (31, "bare estimates", swap(PLOT, "≈", "")),
    (33, "a hole in the numbering", swap(DIAGRAM, "Figure 2", "Figure 20")),
    (35, "an unofficial type",
     swap(TREE, "type: question\n        title: \"Does", "type: insight\n        title: \"Does")),
    (39, "explicit without sources", swap(TREE, '            source_refs: ["§2.1"]\n', "")),
    (42, "a run in words", swap(EXPERIMENTS, "Logger (src/artifacts.md); the covered run failed", "by hand")),
    (45, "a wrong count", swap("PAPER.md", "8-node", "9-node")),
    (45, "a dead link", swap("PAPER.md", "(src/configs/fit.md)", "(src/configs/fits.md)")),
]  # fmt: skip


@pytest.mark.parametrize(("check", "name", "change"), WARNED, ids=[f"{row[0]}-{row[1]}" for row in WARNED])
def test_what_structure_cannot_settle_only_warns(
    complete: Files, check: int, name: str, change: Callable[[Files], None]
) -> None:
    files = dict(complete)
    change(files)
    report = sealed(files)
    assert {one.level for one in report.findings if one.check == check} == {"warning"}, name


def test_architecture_without_an_echo_in_code_warns(complete: Files) -> None:
    files = {**complete, "logic/solution/architecture.md": b"# Architecture\n\n## Quantum spindle\n"}
    assert {one.check for one in sealed(files).findings} == {43}
    files["logic/solution/architecture.md"] = b"# Architecture\n\n## Cooling curve\n"
    assert sealed(files).findings == ()


def test_pivot_synonyms_both_satisfy_the_seal(complete: Files) -> None:
    files = dict(complete)
    for new, drifted in (("prior_direction", "from"), ("new_direction", "to"), ("reason: walls", "trigger: walls")):
        swap(TREE, new, drifted)(files)
    assert sealed(files).passed()


def test_not_specified_in_paper_is_an_answer(complete: Files) -> None:
    files = dict(complete)
    unsaid = "Not specified in paper"
    swap(CLAIMS, "Still air, water below boiling, rigid lid; untested for vessels with narrow necks.", unsaid)(files)
    swap(EXPERIMENTS, "src/execution/cooling.py on the logger's file", unsaid)(files)
    assert sealed(files).passed()


@pytest.mark.parametrize(
    ("statement", "flagged"),
    [
        ("improves accuracy by 2.3 points", True),
        ("is 3x faster", True),
        ("is twice as fast on 8-bit weights", False),
        ("holds for ResNet-152 and CIFAR-10 with 3×3 kernels", False),
        ("reaches 90% of the bound", True),
        ("is significant (p < 0.05)", True),
        ("trains within 400 iterations", True),
        ("needs O(n^2) memory in layer 2 of GPT-4", False),
        ("wins on 10,000 samples", True),
        ("stands beside Claude-Sonnet 3.5 and Claude 3.5 Sonnet", False),
        ("has an Accuracy 95.2 of all", True),
        ("reaches on Cora 81.5 of all", True),
        ("holds. At 0.5 it fails", True),
        ("holds for $\\sum_{n=1}^N x_n$ and all $p > 1$", False),
        ("holds at $p = 0.19$ and p < .05", True),
        ("was seen with n = 42", True),
        ("commutes: $\\xymatrix@C=5pt{a}$", False),
        ("gains 5 pts", True),
    ],
)
def test_run_numbers_are_told_from_names(statement: str, flagged: bool) -> None:
    claims = f"## C01: T\n- **Statement**: The mechanism {statement}.\n"
    report = sealed({"logic/claims.md": claims.encode()})
    assert (10 in report.failed_checks()) is flagged


def test_many_like_findings_are_counted_not_listed() -> None:
    report = sealed({"logic/claims.md": b"## C01: a\n" * 2000})
    sevens = [one for one in report.findings if one.check == 7]
    assert len(sevens) == 501
    assert sevens[-1].message == "and 13500 more findings like these"


def test_an_empty_artifact_fails_without_a_crash() -> None:
    report = sealed({})
    assert {1, 2, 6} <= set(report.failed_checks())
