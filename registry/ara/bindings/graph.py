"""The graph of cross-layer bindings: typed edges, resolved or dangling, with cycles and duplicate ids.

Reads the typed model only. Linear in the artifact: each edge comes from one mention, and beyond `MAX_BINDINGS` the
graph says that it is cut. The kinds and their numbers are section 5 of the protocol's binding rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from registry.ara.bindings.cycles import cycles
from registry.ara.bindings.mentions import mentions
from registry.ara.reading.model import Place, ResearchArtifact

MAX_BINDINGS = 100_000
MAX_CYCLES = 100  # each is named with all its members, so their number must not grow with the artifact


class BindingKind(StrEnum):
    """What an edge means; the value is its name in JSON."""

    CLAIM_PROOF = "claim-experiment"
    EXPERIMENT_VERIFIES = "experiment-claim"
    CLAIM_DEPENDS = "claim-claim"
    CLAIM_EVIDENCE = "claim-evidence"
    EXPERIMENT_EVIDENCE = "experiment-evidence"
    EXPERIMENT_RUN = "experiment-code"
    EXPERIMENT_DEPENDS = "experiment-experiment"
    HEURISTIC_CODE = "heuristic-code"
    TREE_CLAIM = "tree-claim"
    TREE_CHILD = "tree-child"
    TREE_DEPENDS = "tree-tree"
    RELATED_CLAIM = "related-claim"
    EVIDENCE_CLAIM = "evidence-claim"
    EVIDENCE_FILE = "evidence-file"
    CODE_CLAIM = "code-claim"
    INDEX_FILE = "index-file"


@dataclass(frozen=True, slots=True)
class Thing:
    """A node of the graph. ``kind`` is claim, experiment, heuristic, node, related, exhibit, code or file."""

    kind: str
    id: str
    title: str
    place: Place


@dataclass(frozen=True, slots=True)
class Binding:
    """An edge from one thing to another, by kind and id; ``resolved`` if the target exists."""

    kind: BindingKind
    source: str
    target: str
    place: Place
    resolved: bool


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An id given to more than one thing of a kind."""

    kind: str
    id: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class BindingGraph:
    """Everything that is bound in an artifact. Dangling edges are kept, not dropped."""

    things: tuple[Thing, ...]
    bindings: tuple[Binding, ...]
    cycles: tuple[tuple[BindingKind, tuple[str, ...]], ...]
    duplicates: tuple[Duplicate, ...]
    cut: bool

    @property
    def dangling(self) -> tuple[Binding, ...]:
        """Edges whose target does not exist."""
        return tuple(binding for binding in self.bindings if not binding.resolved)

    def of(self, *kinds: BindingKind) -> tuple[Binding, ...]:
        """Edges of some kinds."""
        return tuple(binding for binding in self.bindings if binding.kind in kinds)

    def evidence_of(self, claim: str) -> tuple[str, ...]:
        """Evidence files of a claim: named by it, by its experiments, or by the evidence index. Each once, in order."""
        direct = (BindingKind.CLAIM_EVIDENCE,)
        proofs = {one.target for one in self.of(BindingKind.CLAIM_PROOF) if one.source == claim}
        found = [one.target for one in self.of(*direct) if one.source == claim]
        found += [one.target for one in self.of(BindingKind.EXPERIMENT_EVIDENCE) if one.source in proofs]
        found += [one.source for one in self.of(BindingKind.EVIDENCE_CLAIM) if one.target == claim]
        return tuple(dict.fromkeys(found))

    def as_json(self) -> dict[str, object]:
        """Plain values for a manifest."""
        return {
            "things": [
                {"kind": one.kind, "id": one.id, "title": one.title, "file": one.place.file, "line": one.place.line}
                for one in self.things
            ],
            "bindings": [
                {
                    "kind": str(one.kind), "from": one.source, "to": one.target, "file": one.place.file,
                    "line": one.place.line, "resolved": one.resolved,
                }
                for one in self.bindings
            ],
            "cycles": [{"kind": str(kind), "ids": list(ids)} for kind, ids in self.cycles],
            "duplicates": [
                {"kind": one.kind, "id": one.id, "places": [str(at) for at in one.places]} for one in self.duplicates
            ],
            "cut": self.cut,
        }  # fmt: skip


def bind(artifact: ResearchArtifact) -> BindingGraph:
    """Resolve every binding of an artifact. Never fails."""
    things = tuple(_things(artifact))
    known: dict[str, set[str]] = {"file": set(artifact.files)}
    for thing in things:
        known.setdefault(thing.kind, set()).add(thing.id)
    duplicates = tuple(_duplicates(things))
    found: list[Binding] = []
    cut = False
    for kind, source, target, target_kind, place in mentions(artifact):
        if len(found) >= MAX_BINDINGS:
            cut = True
            break
        found.append(Binding(BindingKind(kind), source, target, place, target in known.get(target_kind, ())))
    return BindingGraph(things, tuple(found), tuple(_cycles(found, duplicates)), duplicates, cut)


def _things(artifact: ResearchArtifact) -> Iterable[Thing]:
    yield from (Thing("claim", one.id, one.title, one.place) for one in artifact.claims)
    yield from (Thing("experiment", one.id, one.title, one.place) for one in artifact.experiments)
    yield from (Thing("heuristic", one.id, one.title, one.place) for one in artifact.heuristics)
    yield from (Thing("related", one.id, one.cite, one.place) for one in artifact.related_work)
    yield from (Thing("code", one.name, one.nature, one.place) for one in artifact.code_artifacts)
    yield from (
        Thing("exhibit", one.path, one.title or one.caption, Place(one.path)) for one in artifact.evidence.exhibits
    )
    if artifact.tree:
        yield from (Thing("node", one.id, one.title, one.place) for one in artifact.tree.walk() if one.id)


def _duplicates(things: Iterable[Thing]) -> Iterable[Duplicate]:
    places: dict[tuple[str, str], list[Place]] = {}
    for thing in things:
        places.setdefault((thing.kind, thing.id), []).append(thing.place)
    return (Duplicate(kind, id_, tuple(at)) for (kind, id_), at in places.items() if len(at) > 1)


def _cycles(
    bindings: Iterable[Binding], duplicates: Iterable[Duplicate]
) -> Iterable[tuple[BindingKind, tuple[str, ...]]]:
    """Circles among claims, among experiments, and in the tree (nesting and extra edges together).

    A circle through an id that two things share may be none: those are reported as duplicates only.
    """
    shared = {one.id for one in duplicates}
    edges: dict[BindingKind, dict[str, list[str]]] = {}
    for one in bindings:
        kind: BindingKind = BindingKind.TREE_DEPENDS if one.kind is BindingKind.TREE_CHILD else one.kind
        if kind in (BindingKind.CLAIM_DEPENDS, BindingKind.EXPERIMENT_DEPENDS, BindingKind.TREE_DEPENDS):
            edges.setdefault(kind, {}).setdefault(one.source, []).append(one.target)
    for kind, graph in edges.items():
        found = cycles(_without_restatements(kind, graph, bindings))
        yield from ((kind, circle) for circle in islice(found, MAX_CYCLES) if shared.isdisjoint(circle))


def _without_restatements(
    kind: BindingKind, graph: Mapping[str, list[str]], bindings: Iterable[Binding]
) -> Mapping[str, list[str]]:
    """A tree node that also depends on its own ancestor only restates the nesting; that closes no circle."""
    if kind is not BindingKind.TREE_DEPENDS:
        return graph
    parents: dict[str, str] = {}
    for one in bindings:
        if one.kind is BindingKind.TREE_CHILD:
            parents.setdefault(one.target, one.source)
    ancestors = {id_: set(_line(id_, parents)) for id_ in graph}
    return {id_: [target for target in targets if target not in ancestors[id_]] for id_, targets in graph.items()}


def _line(id_: str, parents: Mapping[str, str]) -> Iterable[str]:
    seen = {id_}
    while (parent := parents.get(id_)) is not None and parent not in seen:
        seen.add(parent)
        yield parent
        id_ = parent
