"""Checks 1 to 5 and 45: directories, files, and PAPER.md."""

from __future__ import annotations

from registry.ara.bindings import BindingGraph, BindingKind
from registry.ara.reading.front_matter import PAPER_FILE
from registry.ara.reading.model import Place, ResearchArtifact
from registry.ara.seal.findings import SealFindings

DIRECTORIES = ("logic", "logic/solution", "src", "trace", "evidence")
FILES = (
    "PAPER.md",
    "logic/problem.md",
    "logic/claims.md",
    "logic/concepts.md",
    "logic/experiments.md",
    "logic/related_work.md",
    "logic/solution/constraints.md",
    "src/environment.md",
    "trace/exploration_tree.yaml",
    "evidence/README.md",
)
_LEAST_BYTES = 10


def check_structure(artifact: ResearchArtifact, graph: BindingGraph, findings: SealFindings) -> None:
    """Apply checks 1 to 5 and 45."""
    for folder in DIRECTORIES:
        if not any(path.startswith(f"{folder}/") for path in artifact.files):
            findings.fail(1, f"directory {folder}/ is missing", Place(folder), f"create {folder}/ with its files")
    for path in FILES:
        _check_file(artifact, path, findings)
    _check_paper(artifact, findings)
    _check_counts(artifact, graph, findings)


def _check_file(artifact: ResearchArtifact, path: str, findings: SealFindings) -> None:
    content = artifact.files.get(path)
    if content is None:
        findings.fail(2, f"{path} is missing", Place(path), f"add {path}; it is part of the mandatory core")
    elif len(content) <= _LEAST_BYTES:
        findings.fail(2, f"{path} holds {len(content)} bytes", Place(path), "write its content")


def _check_paper(artifact: ResearchArtifact, findings: SealFindings) -> None:
    paper = artifact.paper
    if paper is None:
        findings.skip(3, 4, 5)
        return
    matter, place = paper.front_matter, Place(PAPER_FILE)
    if not matter.present:
        findings.fail(3, "PAPER.md does not open with front matter", place, "begin the file with --- and a YAML block")
    elif matter.problem:
        findings.fail(3, f"the front matter cannot be read: {matter.problem}", place, "correct the YAML")
    values = {"title": matter.title, "authors": matter.authors, "year": matter.year}
    for key, value in values.items():
        if not value or not matter.present or (key == "title" and "title" not in matter.lines):
            findings.fail(4, f"the front matter has no {key}", place, f"add `{key}:` to the front matter")
    if not paper.has_layer_index:
        findings.fail(5, "PAPER.md has no Layer Index", place, "add a section `## Layer Index` that lists every file")


def _check_counts(artifact: ResearchArtifact, graph: BindingGraph, findings: SealFindings) -> None:
    """Declared counts against what the files hold, and links of the Layer Index against the members."""
    counted = {
        "claims": len(artifact.claims),
        "experiments": len(artifact.experiments),
        "concepts": len(artifact.concepts),
        "heuristics": len(artifact.heuristics),
        "nodes": len(artifact.tree.walk()) if artifact.tree else 0,
    }
    for kind, (declared, place) in artifact.paper.declared_counts.items() if artifact.paper else ():
        if declared != counted[kind]:
            message = f"PAPER.md declares {declared} {kind}, the file holds {counted[kind]}"
            findings.fail(45, message, place, f"write {counted[kind]}, or add what is missing")
    for link in graph.of(BindingKind.INDEX_FILE):
        if not link.resolved:
            findings.fail(
                45, f"the Layer Index links to {link.target}, which is not there", link.place, "mend the link"
            )
