"""Checks 34 to 40 and 47: the exploration tree."""

from __future__ import annotations

import re

from registry.ara.bindings import BindingGraph, BindingKind
from registry.ara.reading.model import ExplorationTree, Place, ResearchArtifact, TreeNode
from registry.ara.reading.tree import TREE_FILE
from registry.ara.seal.findings import SealFindings

NODE_TYPES = frozenset({"question", "experiment", "decision", "dead_end", "pivot"})
_LINTER_TYPES = frozenset({"insight"})  # published in an official example, not one of the five official types
SUPPORT_LEVELS = frozenset({"explicit", "inferred"})
_REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "question": (("description",),),
    "experiment": (("result",),),
    "decision": (("choice",), ("alternatives",)),
    "dead_end": (("hypothesis",), ("failure_mode",), ("lesson",)),
    "pivot": (("prior_direction", "from"), ("new_direction", "to"), ("reason", "trigger")),
}
_OTHER_ID = re.compile(r"(?:O|G|E|A|H|RW|N)\d+")


def check_tree(artifact: ResearchArtifact, graph: BindingGraph, findings: SealFindings) -> None:
    """Apply checks 34 to 40 and 47."""
    tree = artifact.tree
    if tree is None:
        findings.skip(34, 35, 36, 37, 38, 39, 40, 47)
        return
    _check_document(tree, findings)
    for node in tree.walk():
        _check_identity(node, findings)
        _check_support(node, findings)
        _check_fields(node, findings)
        _check_evidence(node, findings)
        if node.type == "dead_end" and node.children:
            findings.fail(40, f"dead end {_name(node)} has children", node.place, "move them beside it")
    _check_edges(tree, graph, findings)


def _name(node: TreeNode) -> str:
    return node.id or node.title[:40] or "without id"


def _check_document(tree: ExplorationTree, findings: SealFindings) -> None:
    if tree.problem:
        place = Place(TREE_FILE, tree.problem_line)
        findings.fail(34, f"the tree cannot be read: {tree.problem}", place, "correct the YAML; nodes go under `tree:`")
    elif tree.dialect != "tree":
        mend = "write `tree:` with a list of nodes"
        findings.fail(34, f"the nodes stand under `{tree.dialect}:`", tree.place, mend)
    elif not tree.nodes:
        findings.fail(34, "the tree is empty", tree.place, "add the root question of the work")


def _check_identity(node: TreeNode, findings: SealFindings) -> None:
    if not node.id:
        findings.fail(35, f"a node ({_name(node)}) has no id", node.place, "add `id:`")
    if not node.type:
        findings.fail(35, f"node {_name(node)} has no type", node.place, "add `type:`")
    elif node.type in _LINTER_TYPES:
        mend = "use question, experiment, decision, dead_end or pivot"
        findings.warn(35, f"node {_name(node)} has the unofficial type {node.type}", node.place, mend)
    elif node.type not in NODE_TYPES:
        message = f"node {_name(node)} has the unknown type {node.type[:40]!r}"
        findings.fail(35, message, node.place, "use question, experiment, decision, dead_end or pivot")


def _check_support(node: TreeNode, findings: SealFindings) -> None:
    place = Place(node.place.file, node.lines.get("support_level", node.place.line))
    if node.support_level not in SUPPORT_LEVELS:
        what = f"the support level {node.support_level[:40]!r}" if node.support_level else "no support level"
        findings.fail(36, f"node {_name(node)} has {what}", place, "write `support_level: explicit` or `inferred`")
    if node.support_level == "explicit" and not node.source_refs:
        mend = 'add `source_refs: ["Table 1"]`, or mark it inferred'
        findings.fail(39, f"node {_name(node)} is explicit but names no source", place, mend)


def _check_fields(node: TreeNode, findings: SealFindings) -> None:
    for names in _REQUIRED.get(node.type, ()):
        if not node.text(*names):
            message = f"{node.type} {_name(node)} has no {names[0]}"
            findings.fail(37, message, node.place, f"add `{names[0]}:`, or `Not specified in paper`")


def _check_evidence(node: TreeNode, findings: SealFindings) -> None:
    for reference in node.evidence:
        if _OTHER_ID.fullmatch(reference.text):
            place = Place(node.place.file, reference.line)
            message = f"evidence of node {_name(node)} names {reference.text}, which is no claim"
            findings.fail(47, message, place, "name claims (C01), or write the evidence out in words")


def _check_edges(tree: ExplorationTree, graph: BindingGraph, findings: SealFindings) -> None:
    for edge in graph.of(BindingKind.TREE_DEPENDS):
        if not edge.resolved:
            message = f"node {edge.source} also depends on {edge.target[:60]!r}, which is no node"
            findings.fail(38, message, edge.place, "name an existing node id")
    places = {node.id: node.place for node in tree.walk()}
    for kind, circle in graph.cycles:
        if kind is BindingKind.TREE_DEPENDS:
            around = " → ".join((*circle[:8], "…") if len(circle) > 8 else (*circle, circle[0]))
            findings.fail(
                38, f"nodes depend on each other in a circle: {around}", places[circle[0]], "drop one of the edges"
            )
    for duplicate in graph.duplicates:
        if duplicate.kind == "node":
            message = f"node id {duplicate.id} is given {len(duplicate.places)} times"
            findings.fail(35, message, duplicate.places[1], "give each node an id of its own")
