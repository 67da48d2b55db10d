"""Checks 41 and 42: whether what is referred to across layers exists."""

from __future__ import annotations

from registry.ara.bindings import Binding, BindingGraph, BindingKind
from registry.ara.reading.model import ResearchArtifact
from registry.ara.seal.findings import SealFindings

_FIRM = {
    BindingKind.CLAIM_PROOF: "claim {0} is proved by experiment {1}, which does not exist",
    BindingKind.EXPERIMENT_VERIFIES: "experiment {0} verifies claim {1}, which does not exist",
    BindingKind.CLAIM_DEPENDS: "claim {0} depends on claim {1}, which does not exist",
    BindingKind.TREE_CLAIM: "node {0} rests on claim {1}, which does not exist",
}
_UNSAID = "not specified"


def check_references(artifact: ResearchArtifact, graph: BindingGraph, findings: SealFindings) -> None:
    """Apply checks 41 and 42."""
    for binding in graph.dangling:
        if binding.kind in _FIRM:
            message = _FIRM[binding.kind].format(binding.source, binding.target)
            findings.fail(41, message, binding.place, f"add {binding.target}, or correct the id")
    for duplicate in graph.duplicates:
        if duplicate.kind in ("claim", "experiment", "heuristic", "related"):
            message = f"{duplicate.kind} id {duplicate.id} is given {len(duplicate.places)} times"
            findings.fail(41, message, duplicate.places[1], "give each an id of its own")
    places = {one.id: one.place for one in artifact.claims}
    for kind, circle in graph.cycles:
        if kind is BindingKind.CLAIM_DEPENDS:
            place = places[circle[0]]
            findings.fail(
                41, f"claims depend on each other in a circle: {' → '.join(circle[:8])}", place, "drop one edge"
            )
    _check_paths(artifact, graph, findings)
    _check_runs(artifact, graph, findings)


def _check_paths(artifact: ResearchArtifact, graph: BindingGraph, findings: SealFindings) -> None:
    """Bindings 4 and 6. An error where the other side exists at all, else a warning."""
    has_evidence = bool(artifact.evidence.exhibits)
    has_code = any(path.startswith("src/execution/") for path in artifact.files)
    for binding in graph.dangling:
        if binding.kind is BindingKind.EXPERIMENT_EVIDENCE:
            message = f"experiment {binding.source} names {binding.target}, which is not filed"
            _report(has_evidence, message, binding, "file it, correct the path, or write pending", findings)
        elif binding.kind is BindingKind.HEURISTIC_CODE:
            message = f"heuristic {binding.source} refers to {binding.target}, which is not there"
            _report(has_code, message, binding, "correct the path, or drop the reference", findings)
    for one in artifact.experiments:
        field = one.fields.get("evidence")
        if field and not one.evidence and not one.evidence_pending and _UNSAID not in field.whole.casefold():
            message = f"experiment {one.id} names no evidence file and does not say pending"
            findings.warn(42, message, one.place, "name a file under evidence/, or write pending")


def _report(firm: bool, message: str, binding: Binding, mend: str, findings: SealFindings) -> None:
    (findings.fail if firm else findings.warn)(42, message, binding.place, mend)


def _check_runs(artifact: ResearchArtifact, graph: BindingGraph, findings: SealFindings) -> None:
    """Binding 5. A path into src/ must exist; a run named in words that match no entry can only be warned about."""
    runs = graph.of(BindingKind.EXPERIMENT_RUN)
    for binding in runs:
        if not binding.resolved:
            message = f"the run of experiment {binding.source} names {binding.target}, which is not there"
            findings.fail(42, message, binding.place, "correct the path, or file the code")
    led = {one.source for one in runs}
    for one in artifact.experiments:
        if one.run and one.id not in led and "://" not in one.run:
            message = f"the run of experiment {one.id} leads to no entry of artifacts.md and no file in src/execution"
            findings.warn(42, message, one.place, "name the entry or the file that produced it")
