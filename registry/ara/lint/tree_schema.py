"""The exploration tree as the linter's parser takes it: known keys with their types, the rest as unknown names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.ara.lint.strict_yaml import checked_unknown, items, pairs, text_or_none, text_or_texts, texts, truth
from registry.ara.reading.yaml_nodes import YamlNode, YamlProblem, YamlScalar, is_null

BODY_FIELDS = (
    "result", "status", "exploration", "outcome", "why_failed", "hypothesis", "failure_mode", "lesson",
    "prior_direction", "new_direction", "reason", "choice", "alternatives", "rationale",
)  # fmt: skip
_TEXTS = frozenset(BODY_FIELDS) - {"alternatives"} | {
    "id", "type", "title", "support_level", "description", "provenance", "timestamp",
}  # fmt: skip
_LISTS = frozenset({"source_refs", "alternatives", "also_depends_on"})


@dataclass(frozen=True, slots=True)
class RawNode:
    """A node before any rule: its texts and lists by key, what it does not know, and its lines."""

    line: int
    texts: Mapping[str, str | None]
    lists: Mapping[str, list[tuple[str, int]]]
    evidence: list[tuple[str, int]]
    children: tuple[RawNode, ...]
    unknown: tuple[str, ...]
    key_lines: Mapping[str, int]

    @property
    def body(self) -> tuple[str, ...]:
        """The body fields that hold something, in the linter's order."""
        return tuple(name for name in BODY_FIELDS if self.texts.get(name) is not None or self.lists.get(name))


@dataclass(frozen=True, slots=True)
class RawTree:
    """The document: ``tree`` and ``root`` as given (None if absent or null), and unknown top-level keys."""

    tree: tuple[RawNode, ...] | None
    root: RawNode | None
    unknown: tuple[str, ...]
    key_lines: Mapping[str, int]


def read_tree(node: YamlNode | None) -> RawTree:
    """Read a composed document. Raises YamlProblem where a value has not the type its key asks for."""
    tree: tuple[RawNode, ...] | None = None
    root: RawNode | None = None
    unknown: list[str] = []
    lines: dict[str, int] = {}
    for name, key, value in pairs(node) if node else ():
        lines[name] = key.line
        if name == "tree":
            tree = None if _nothing(value) else tuple(_node(item) for item in items(value))
        elif name == "root":
            root = None if _nothing(value) else _node(value)
        else:
            checked_unknown(value)
            unknown.append(name)
    return RawTree(tree, root, tuple(sorted(unknown)), lines)


def _nothing(node: YamlNode) -> bool:
    return isinstance(node, YamlScalar) and is_null(node)


def _node(node: YamlNode) -> RawNode:
    """One node with its children; the composer's depth limit bounds the recursion."""
    known_texts: dict[str, str | None] = {}
    lists: dict[str, list[tuple[str, int]]] = {}
    evidence: list[tuple[str, int]] = []
    children: tuple[RawNode, ...] = ()
    unknown: list[str] = []
    lines: dict[str, int] = {}
    for name, key, value in pairs(node):
        lines[name] = key.line
        if name in _TEXTS:
            known_texts[name] = text_or_none(value)
        elif name in _LISTS:
            lists[name] = texts(value)
        elif name == "evidence":
            evidence = text_or_texts(value) or []
        elif name == "children":
            children = tuple(_node(item) for item in items(value))
        elif name == "isolated":
            truth(value)
        else:
            checked_unknown(value)
            unknown.append(name)
    return RawNode(node.line, known_texts, lists, evidence, children, tuple(sorted(unknown)), lines)


__all__ = ["BODY_FIELDS", "RawNode", "RawTree", "YamlProblem", "read_tree"]
