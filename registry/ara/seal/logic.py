"""Checks 11 to 18: problem, experiments, heuristics, related work, concepts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from registry.ara.reading.model import Experiment, Fields, Place, ResearchArtifact
from registry.ara.seal.findings import SealFindings

_EXPERIMENT_FIELDS = {
    "Verifies": ("verifies",),
    "Evidence": ("evidence",),
    "Run": ("run",),
    "Setup": ("setup",),
    "Procedure": ("procedure",),
    "Expected outcome": ("expected outcome", "expected results", "expected outcomes"),
}
_LEAST_EXPERIMENTS = 3
_LEAST_CONCEPTS = 5
_RESULT = re.compile(r"(?<![\w.-])[-+−≈~]?\d+(?:\.\d+)?\s?%|(?<![\w.§-])\d+\.\d+(?![\w.])")


def check_logic(artifact: ResearchArtifact, findings: SealFindings) -> None:
    """Apply checks 11 to 18."""
    _check_problem(artifact, findings)
    _check_experiments(artifact, findings)
    _check_heuristics(artifact, findings)
    _check_related_work(artifact, findings)
    _check_concepts(artifact, findings)


def _check_problem(artifact: ResearchArtifact, findings: SealFindings) -> None:
    problem, place = artifact.problem, Place("logic/problem.md")
    if problem is None:
        findings.skip(11)
        return
    parts = {
        "observation (O1)": problem.observations,
        "gap (G1)": problem.gaps,
        "key insight": problem.insights,
    }
    for name, found in parts.items():
        if not found:
            findings.fail(
                11, f"problem.md has no {name}", place, "add one, or say `Not specified in paper` under its id"
            )


def _check_experiments(artifact: ResearchArtifact, findings: SealFindings) -> None:
    count = len(artifact.experiments)
    if count < _LEAST_EXPERIMENTS:
        message = f"{count} experiments; {_LEAST_EXPERIMENTS} are expected where the source has them"
        findings.fail(
            12, message, Place("logic/experiments.md"), "add `## E01: title` for each experiment of the source"
        )
    if not count:
        findings.skip(13, 14)
    for one in artifact.experiments:
        _require(13, one.id, one.place, one.fields, _EXPERIMENT_FIELDS, findings)
        _check_numbers(one, findings)


def _require(
    check: int, id_: str, place: Place, fields: Fields, required: Mapping[str, tuple[str, ...]], findings: SealFindings
) -> None:
    for name, keys in required.items():
        field = fields.get(*keys)
        if field is None:
            findings.fail(check, f"{id_} has no {name}", place, f"add `- **{name}**: ...`")
        elif not field.whole.strip():
            at = Place(place.file, field.line)
            findings.fail(check, f"{id_} has an empty {name}", at, "write it, or `Not specified in paper`")


def _check_numbers(experiment: Experiment, findings: SealFindings) -> None:
    """Structure cannot tell a setting from a result; in the expected outcome a number is most likely a result."""
    field = experiment.fields.get("expected outcome", "expected results", "expected outcomes")
    numbers = _RESULT.findall(field.whole) if field else []
    if field and numbers:
        message = f"{experiment.id} expects exact numbers ({', '.join(numbers[:3])})"
        place = Place(experiment.place.file, field.line)
        findings.fail(14, message, place, "say the direction only and leave the numbers to evidence/")


def _check_heuristics(artifact: ResearchArtifact, findings: SealFindings) -> None:
    path = "logic/solution/heuristics.md"
    if path not in artifact.files and not artifact.heuristics:
        findings.skip(15)
        return
    if not artifact.heuristics:
        findings.fail(15, "heuristics.md holds no heuristic", Place(path), "add `## H01: title`, or drop the file")
    required = {"Rationale": ("rationale",), "Sensitivity": ("sensitivity",), "Bounds": ("bounds",)}
    for one in artifact.heuristics:
        _require(15, one.id, one.place, one.fields, required, findings)


def _check_related_work(artifact: ResearchArtifact, findings: SealFindings) -> None:
    path = "logic/related_work.md"
    if path not in artifact.files:
        findings.skip(16)
        return
    if not artifact.related_work:
        findings.fail(
            16, "related_work.md has no typed entry", Place(path), "add `## RW01: authors, year` with its Type"
        )
    for one in artifact.related_work:
        _require(16, one.id, one.place, one.fields, {"Type": ("type",), "Delta": ("delta",)}, findings)
        if one.fields.text("type") and not one.types:
            message = f"{one.id} has an unknown type"
            findings.fail(16, message, one.place, "write imports, bounds, baseline, extends or refutes")


def _check_concepts(artifact: ResearchArtifact, findings: SealFindings) -> None:
    path = "logic/concepts.md"
    if path not in artifact.files:
        findings.skip(18)
        return
    for one in artifact.concepts:
        if not one.definition:
            findings.fail(18, f"concept {one.term!r} has no definition", one.place, "add `- **Definition**: ...`")
    if len(artifact.concepts) < _LEAST_CONCEPTS:
        message = f"{len(artifact.concepts)} concepts; {_LEAST_CONCEPTS} are expected where the source has them"
        findings.warn(18, message, Place(path), "define the terms the claims rest on")
