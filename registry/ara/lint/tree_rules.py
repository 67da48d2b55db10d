"""The validate layer over tree and claims: identity, references, cycles, and fields on the wrong kind of node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from registry.ara.lint.claim_rules import SeenClaims
from registry.ara.lint.findings import CLAIMS_FILE, TREE_FILE, Findings
from registry.ara.lint.text import trim
from registry.ara.lint.tree_schema import RawNode, RawTree
from registry.ara.reading.markdown import is_id

KEPT_FIELDS: dict[str, frozenset[str]] = {
    "question": frozenset(),
    "experiment": frozenset({"result", "exploration", "outcome", "status"}),
    "decision": frozenset({"choice", "alternatives", "rationale"}),
    "dead_end": frozenset({"hypothesis", "failure_mode", "lesson", "why_failed"}),
    "insight": frozenset(),
    "pivot": frozenset({"prior_direction", "new_direction", "reason", "lesson"}),
}


@dataclass(slots=True)
class _Graph:
    """Nodes in narrative order; edges from parent to child and from a node to what it also depends on."""

    nodes: dict[str, RawNode] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    edges: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


def check_tree(tree: RawTree, claims: SeenClaims | None, findings: Findings) -> None:
    """Apply the validate layer. ``claims`` is None where there is no readable claims.md."""
    for name in tree.unknown:
        findings.warn(
            "document", f"unknown field `{name}`", file=TREE_FILE, line=tree.key_lines.get(name, 1),
            mend="drop the key, or move its content under a node",
        )  # fmt: skip
    roots = _roots(tree, findings)
    if roots is None:
        return
    for id_, line in claims.duplicates if claims else ():
        findings.error(
            f"claims[{id_}]", "duplicate claim id", file=CLAIMS_FILE, line=line,
            mend=f"give the second {id_} an id of its own",
        )  # fmt: skip
    graph = _Graph()
    known = None if claims is None else {claim.id for claim in claims.claims}
    for root in roots:
        _visit(root, None, graph, known, findings)
    _check_also(graph, findings)
    _check_cycles(graph, findings)
    _check_claims(claims, findings)


def _roots(tree: RawTree, findings: Findings) -> tuple[RawNode, ...] | None:
    line = tree.key_lines.get("root", 1)
    if tree.tree is not None and tree.root is not None:
        message = "both `tree:` and `root:` are present; exactly one is allowed"
        findings.error("document", message, file=TREE_FILE, line=line, mend="keep `tree:` and move the root node in it")
        return None
    if tree.tree is None and tree.root is None:
        message = "neither `tree:` nor `root:` is present"
        findings.error("document", message, file=TREE_FILE, line=1, mend="put the nodes in a list under `tree:`")
        return None
    if tree.tree is not None:
        if not tree.tree:
            at = tree.key_lines.get("tree", 1)
            mend = "add the root question of the work"
            findings.warn("document", "empty manifest (`tree: []`)", file=TREE_FILE, line=at, mend=mend)
        return tree.tree
    assert tree.root is not None
    return (tree.root,)


def _visit(node: RawNode, parent: str | None, graph: _Graph, known: set[str] | None, findings: Findings) -> None:
    id_ = trim(node.texts.get("id") or "")
    if not id_:
        label = node.texts.get("title")
        findings.error(
            f"nodes[{'<no id>' if label is None else label}]", "node is missing an `id`", file=TREE_FILE,
            line=node.line, mend="give the node an `id:`; without one it and all below it are dropped",
        )  # fmt: skip
        return
    if id_ in graph.nodes:
        findings.error(
            f"nodes[{id_}]", "duplicate node id", file=TREE_FILE, line=node.line,
            mend=f"give the second {id_} an id of its own; now it and all below it are dropped",
        )  # fmt: skip
        return
    graph.nodes[id_] = node
    if parent is not None:
        graph.parents[id_] = parent
        graph.edges.setdefault(parent, []).append((id_, node.line))
    _check_fields(node, id_, findings)
    _check_evidence(node, id_, known, findings)
    _check_unknown(node, id_, findings)
    for child in node.children:
        _visit(child, id_, graph, known, findings)


def _check_fields(node: RawNode, id_: str, findings: Findings) -> None:
    type_ = trim(node.texts.get("type") or "")
    kept = KEPT_FIELDS.get(type_)
    what = f"type `{type_}`" if kept is not None else f"unknown type `{type_}`" if type_ else "missing type"
    if not type_:
        findings.warn(
            f"nodes[{id_}]", "node is missing a `type`", file=TREE_FILE, line=node.line,
            mend="add `type:` question, experiment, decision, dead_end or pivot",
        )  # fmt: skip
    for name in node.body:
        if kept is None or name not in kept:
            findings.warn(
                f"nodes[{id_}]", f"field `{name}` dropped for {what}", file=TREE_FILE, line=node.key_lines[name],
                mend="move the text to a field of this type, or correct the type",
            )  # fmt: skip


def _check_evidence(node: RawNode, id_: str, known: set[str] | None, findings: Findings) -> None:
    for number, (entry, line) in enumerate(node.evidence):
        claim = trim(entry)
        if not is_id(claim, "C") or (known is not None and claim in known):
            continue
        path = f"nodes[{id_}].evidence[{number}]"
        if known is None:
            message = f"claim reference `{claim}` unresolved (no claims.md provided)"
            findings.warn(path, message, file=TREE_FILE, line=line, mend="add logic/claims.md with this claim")
        else:
            findings.error(
                path, f"evidence references unknown claim `{claim}`", file=TREE_FILE, line=line,
                mend=f"add `## {claim}: title` to logic/claims.md (with a colon), or correct the id",
            )  # fmt: skip


def _check_unknown(node: RawNode, id_: str, findings: Findings) -> None:
    for name in node.unknown:
        findings.warn(
            f"nodes[{id_}]", f"unknown field `{name}`", file=TREE_FILE, line=node.key_lines.get(name, node.line),
            mend="rename the key to one the format knows, or move its text to `description:`",
        )  # fmt: skip


def _check_also(graph: _Graph, findings: Findings) -> None:
    """Resolve also_depends_on; edges that only repeat the nesting are dropped, so they close no cycle."""
    extra: list[tuple[str, str, int]] = []
    for id_, node in graph.nodes.items():
        ancestors: set[str] | None = None
        for number, (entry, line) in enumerate(node.lists.get("also_depends_on", ())):
            target, path = trim(entry), f"nodes[{id_}].also_depends_on[{number}]"
            if target not in graph.nodes:
                message = f"`also_depends_on` references unknown node `{target}`"
                findings.error(path, message, file=TREE_FILE, line=line, mend="name an existing node id")
                continue
            ancestors = set(_ancestors(id_, graph)) if ancestors is None else ancestors
            if target in ancestors:
                message = f"redundant `also_depends_on` on ancestor `{target}` (already nested under it)"
                findings.warn(path, message, file=TREE_FILE, line=line, mend="drop this entry")
            else:
                extra.append((id_, target, line))
    _add_extra(extra, graph, findings)


def _add_extra(extra: list[tuple[str, str, int]], graph: _Graph, findings: Findings) -> None:
    seen: set[tuple[str, str]] = set()
    for id_, target, line in extra:
        if (id_, target) in seen:
            message = f"duplicate DependsOn link to `{target}`"
            findings.warn(f"nodes[{id_}]", message, file=TREE_FILE, line=line, mend="name each node once")
            continue
        seen.add((id_, target))
        graph.edges.setdefault(id_, []).append((target, line))


def _ancestors(id_: str, graph: _Graph) -> Iterator[str]:
    while (parent := graph.parents.get(id_)) is not None:
        yield parent
        id_ = parent


def _check_cycles(graph: _Graph, findings: Findings) -> None:
    """Depth-first over nesting and extra edges; an edge back to a node still open closes a cycle."""
    done: set[str] = set()
    for start in graph.nodes:
        if start in done:
            continue
        path = [(start, iter(graph.edges.get(start, ())))]
        open_ = {start}
        while path:
            id_, edges = path[-1]
            for target, line in edges:
                if target in open_:
                    message = f"cycle detected: edge to `{target}` closes a cycle"
                    mend = f"drop {target} from the also_depends_on of a node in the circle"
                    findings.error(f"nodes[{id_}]", message, file=TREE_FILE, line=line, mend=mend)
                elif target not in done:
                    open_.add(target)
                    path.append((target, iter(graph.edges.get(target, ()))))
                    break
            else:
                path.pop()
                open_.discard(id_)
                done.add(id_)


def _check_claims(claims: SeenClaims | None, findings: Findings) -> None:
    known = {claim.id for claim in claims.claims} if claims else set()
    for claim in claims.claims if claims else ():
        for number, dependency in enumerate(claim.dependencies):
            if dependency not in known:
                findings.error(
                    f"claims[{claim.id}].dependencies[{number}]",
                    f"dependency references unknown claim `{dependency}`",
                    file=CLAIMS_FILE, line=claim.dependencies_line,
                    mend=f"add `## {dependency}: title`, or correct the id",
                )  # fmt: skip
