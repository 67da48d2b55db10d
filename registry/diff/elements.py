"""The elements of an artifact in one shape, so that claims, nodes and evidence are compared by one rule."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from registry.ara.reading.model import Exhibit, Fields, MarkdownTable, ResearchArtifact, TreeNode

EVIDENCE = "evidence/"
INDEX = "evidence/README.md"


@dataclass(frozen=True, slots=True)
class Element:
    """One element: ``body`` tells it from others whatever its id; ``fields`` are compared one by one."""

    id: str
    title: str
    file: str
    body: str
    fields: Mapping[str, str]


def claims(read: ResearchArtifact) -> list[Element]:
    """Claims by id."""
    return [
        Element(one.id, one.title, one.place.file, one.statement or one.title, _fields(one.title, one.fields))
        for one in read.claims
    ]


def experiments(read: ResearchArtifact) -> list[Element]:
    """Experiments by id."""
    return [
        Element(one.id, one.title, one.place.file, f"{one.title}\n{one.setup}", _fields(one.title, one.fields))
        for one in read.experiments
    ]


def concepts(read: ResearchArtifact) -> list[Element]:
    """Defined terms by name."""
    return [
        Element(one.term, one.term, one.place.file, one.definition, _fields(one.term, one.fields))
        for one in read.concepts
    ]


def heuristics(read: ResearchArtifact) -> list[Element]:
    """Heuristics by id."""
    return [
        Element(one.id, one.title, one.place.file, f"{one.title}\n{one.rationale}", _fields(one.title, one.fields))
        for one in read.heuristics
    ]


def related_work(read: ResearchArtifact) -> list[Element]:
    """Related works by id."""
    return [
        Element(one.id, one.cite, one.place.file, one.doi or one.cite, _fields(one.cite, one.fields))
        for one in read.related_work
    ]


def tree(read: ResearchArtifact) -> list[Element]:
    """Nodes of the exploration tree by id, each with the node it hangs under."""
    if read.tree is None:
        return []
    above = {child.id: node.id for node in read.tree.walk() for child in node.children}
    return [_node(node, above.get(node.id, "")) for node in read.tree.walk()]


def evidence(read: ResearchArtifact) -> list[Element]:
    """Files of the evidence layer by path: those that are read by their fields and tables, others by their bytes."""
    exhibits = {one.path: one for one in read.evidence.exhibits}
    return [
        _exhibit(exhibits[path], content) if path in exhibits else _opaque(path, content)
        for path, content in read.files.items()
        if path.startswith(EVIDENCE) and path != INDEX
    ]


def front_matter(read: ResearchArtifact) -> Mapping[str, str]:
    """The head of PAPER.md, key by key."""
    if read.paper is None:
        return {}
    head = read.paper.front_matter
    known = {
        "title": head.title, "authors": ", ".join(head.authors), "year": head.year, "venue": head.venue,
        "doi": head.doi, "ara_version": head.ara_version, "domain": head.domain, "keywords": ", ".join(head.keywords),
        "claims_summary": "\n".join(head.claims_summary), "abstract": head.abstract,
    }  # fmt: skip
    return known | {key: str(value) for key, value in head.extra.items()}


def _fields(title: str, fields: Fields) -> dict[str, str]:
    found = {"Title": title}
    for one in fields.all:
        found[one.key] = f"{found[one.key]}\n{one.whole}" if one.key in found else one.whole
    return found


def _node(node: TreeNode, above: str) -> Element:
    fields = {
        "type": node.type,
        "title": node.title,
        "under": above,
        "support_level": node.support_level,
        "source_refs": ", ".join(node.source_refs),
        "evidence": ", ".join(one.text for one in node.evidence),
        "also_depends_on": ", ".join(one.text for one in node.also_depends_on),
        **{key: value if isinstance(value, str) else str(value) for key, value in node.fields.items()},
    }
    body = "\n".join([node.type, node.title, *sorted(str(value) for value in node.fields.values())])
    return Element(node.id, node.title, node.place.file, body, fields)


def _exhibit(one: Exhibit, content: bytes) -> Element:
    fields = _fields(one.title, one.fields)
    for number, table in enumerate(one.tables, start=1):
        fields[f"Table {number}" if len(one.tables) > 1 else "Table"] = _table(table)
    return Element(one.path, one.title or one.caption, one.path, _digest(content), fields)


def _table(table: MarkdownTable) -> str:
    return "\n".join(" | ".join(row) for row in (table.header, *table.rows))


def _opaque(path: str, content: bytes) -> Element:
    title = path.rpartition("/")[2]
    return Element(path, title, path, _digest(content), {"bytes": f"{len(content)}, sha256 {_digest(content)[:16]}"})


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def paired(old: list[Element], new: list[Element]) -> Iterator[tuple[Element | None, Element | None]]:
    """Old and new elements that are the same thing, new ones in their order, then the old ones that are gone.

    The same id with the same body first; then a body that both have exactly once, under whatever id (so that a new
    first claim does not change all that were renumbered behind it); then the same id.
    """
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for key_of in (_id_and_body, _body, _id):
        waiting = _places(old, key_of, taken)
        left = _places(new, key_of, set(partner))
        for key, places in left.items():
            others = waiting.get(key, [])
            if key_of is _body and (len(places) > 1 or len(others) > 1 or not key):
                continue
            for at, other in zip(places, others, strict=False):
                partner[at] = other
                taken.add(other)
    yield from ((old[partner[at]] if at in partner else None, one) for at, one in enumerate(new))
    yield from ((one, None) for at, one in enumerate(old) if at not in taken)


def _places(elements: list[Element], key_of: Callable[[Element], str], without: set[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, element in enumerate(elements):
        if at not in without:
            found.setdefault(key_of(element), []).append(at)
    return found


def _id_and_body(element: Element) -> str:
    return f"{element.id}\n{_body(element)}"


def _body(element: Element) -> str:
    return " ".join(element.body.split())


def _id(element: Element) -> str:
    return element.id
