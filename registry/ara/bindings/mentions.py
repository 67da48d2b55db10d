"""Every mention of one thing by another, before it is known whether the target exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from registry.ara.reading.evidence_index import INDEX_FILE
from registry.ara.reading.experiments import evidence_paths
from registry.ara.reading.markdown import is_id
from registry.ara.reading.model import Experiment, Fields, Place, ResearchArtifact, TreeNode
from registry.ara.reading.references import cited_paths

_MOST_INDEXED = 200  # entries of the code index looked for in each Run, so that the search stays linear
Mention = tuple[str, str, str, str, Place]
"""Kind of binding, id of the source, id of the target, kind of the target, and where it is said."""


def mentions(artifact: ResearchArtifact) -> Iterator[Mention]:
    """All mentions, layer by layer."""
    layers: tuple[Callable[[ResearchArtifact], Iterator[Mention]], ...] = (
        _of_claims, _of_experiments, _of_heuristics, _of_related_work, _of_code, _of_tree, _of_evidence, _of_index,
    )  # fmt: skip
    for layer in layers:
        yield from layer(artifact)


def _at(fields: Fields, place: Place, *names: str) -> Place:
    """The line of a field, or of its element."""
    field = fields.get(*names)
    return Place(place.file, field.line) if field else place


def _of_claims(artifact: ResearchArtifact) -> Iterator[Mention]:
    for claim in artifact.claims:
        proof = _at(claim.fields, claim.place, "proof")
        yield from (("claim-experiment", claim.id, id_, "experiment", proof) for id_ in claim.proof)
        depends = _at(claim.fields, claim.place, "dependencies", "depends on")
        yield from (("claim-claim", claim.id, id_, "claim", depends) for id_ in claim.dependencies)
        basis = _at(claim.fields, claim.place, "evidence basis")
        for path in evidence_paths(claim.evidence_basis):
            yield ("claim-evidence", claim.id, path, "file", basis)


def _of_experiments(artifact: ResearchArtifact) -> Iterator[Mention]:
    for one in artifact.experiments:
        verifies = _at(one.fields, one.place, "verifies")
        yield from (("experiment-claim", one.id, id_, "claim", verifies) for id_ in one.verifies)
        evidence = _at(one.fields, one.place, "evidence")
        yield from (("experiment-evidence", one.id, path, "file", evidence) for path in one.evidence)
        depends = _at(one.fields, one.place, "dependencies", "depends on")
        yield from (("experiment-experiment", one.id, id_, "experiment", depends) for id_ in one.dependencies)
        run = _at(one.fields, one.place, "run")
        for target, kind in run_targets(one, artifact):
            yield ("experiment-code", one.id, target, kind, run)


def run_targets(experiment: Experiment, artifact: ResearchArtifact) -> list[tuple[str, str]]:
    """What an experiment's Run names: code files, and entries of the code index by name or by their files."""
    text = experiment.run.casefold()
    if not text:
        return []
    paths = [(path, "file") for path in cited_paths(experiment.run, layers=("src/",))]
    indexed = artifact.code_artifacts[:_MOST_INDEXED]
    named = [(one.name, "code") for one in indexed if one.name.casefold() in text]
    return paths + named


def _of_heuristics(artifact: ResearchArtifact) -> Iterator[Mention]:
    for one in artifact.heuristics:
        place = _at(one.fields, one.place, "code ref", "code refs")
        yield from (("heuristic-code", one.id, path, "file", place) for path in one.code_refs)


def _of_related_work(artifact: ResearchArtifact) -> Iterator[Mention]:
    for one in artifact.related_work:
        place = _at(one.fields, one.place, "claims affected")
        yield from (("related-claim", one.id, id_, "claim", place) for id_ in one.claims_affected)


def _of_code(artifact: ResearchArtifact) -> Iterator[Mention]:
    for one in artifact.code_artifacts:
        place = _at(one.fields, one.place, "claims supported", "claims")
        yield from (("code-claim", one.name, id_, "claim", place) for id_ in one.claims)


def _of_tree(artifact: ResearchArtifact) -> Iterator[Mention]:
    for node in artifact.tree.walk() if artifact.tree else ():
        yield from _of_node(node)


def _of_node(node: TreeNode) -> Iterator[Mention]:
    file = node.place.file
    for reference in node.evidence:
        if is_id(reference.text, "C"):
            yield ("tree-claim", node.id, reference.text, "claim", Place(file, reference.line))
    for reference in node.also_depends_on:
        yield ("tree-tree", node.id, reference.text, "node", Place(file, reference.line))
    for child in node.children:
        if child.id:
            yield ("tree-child", node.id, child.id, "node", child.place)


def _of_evidence(artifact: ResearchArtifact) -> Iterator[Mention]:
    for exhibit in artifact.evidence.exhibits:
        yield from (("evidence-claim", exhibit.path, id_, "claim", Place(exhibit.path)) for id_ in exhibit.claims)
    filed = {exhibit.id: exhibit.path for exhibit in artifact.evidence.exhibits}
    for row in artifact.evidence.index:
        if row.file is not None:
            yield ("evidence-file", INDEX_FILE, filed.get(row.id, row.file), "file", row.place)


def _of_index(artifact: ResearchArtifact) -> Iterator[Mention]:
    for entry in artifact.paper.layer_index if artifact.paper else ():
        yield ("index-file", entry.place.file, entry.path, "file", entry.place)
