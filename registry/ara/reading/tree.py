"""trace/exploration_tree.yaml, tolerantly: either top key, drifted field names, lists written as one text.

Whether it follows the rules is for `registry.ara.lint` and `registry.ara.seal` to say.
"""

from __future__ import annotations

from collections.abc import Mapping

from registry.ara.reading.model import ExplorationTree, NodeReference, Place, TreeNode, Unrecognised
from registry.ara.reading.yaml_compose import compose
from registry.ara.reading.yaml_nodes import (
    YamlMapping,
    YamlNode,
    YamlProblem,
    YamlScalar,
    YamlSequence,
    is_null,
    plain_value,
)

TREE_FILE = "trace/exploration_tree.yaml"
_STRUCTURE = frozenset(
    {"id", "type", "title", "support_level", "source_refs", "evidence", "also_depends_on", "children"}
)


def read_tree(text: str, *, file: str = TREE_FILE) -> tuple[ExplorationTree, tuple[Unrecognised, ...]]:
    """Read a tree. Never fails: what is no YAML is said in ``problem``, nodes that are no mappings are reported."""
    try:
        document = compose(text)
    except YamlProblem as problem:
        return ExplorationTree(Place(file), "", (), {}, problem.message, problem.line), ()
    reports: list[Unrecognised] = []
    if document.ignored_from:
        where = Place(file, document.ignored_from)
        reports.append(Unrecognised(where, "text", "stands after the end of the document and is passed over"))
    root = document.root
    if not isinstance(root, YamlMapping):
        return ExplorationTree(Place(file), "", (), {}, "the document is no mapping with a `tree:` list"), tuple(
            reports
        )
    return _tree(root, file, reports), tuple(reports)


def _tree(root: YamlMapping, file: str, reports: list[Unrecognised]) -> ExplorationTree:
    values = {key.value: value for key, value in root.pairs if isinstance(key, YamlScalar)}
    tops = [(name, values[name]) for name in ("tree", "root") if name in values and not is_null(values[name])]
    extra = {name: plain_value(value) for name, value in values.items() if name not in ("tree", "root")}
    if not tops:
        return ExplorationTree(Place(file), "", (), extra, "neither `tree:` nor `root:` is present")
    nodes = [node for _, value in tops for node in _nodes(value, 0, file, reports)]
    return ExplorationTree(Place(file, tops[0][1].line), tops[0][0], tuple(nodes), extra)


def _nodes(value: YamlNode, depth: int, file: str, reports: list[Unrecognised]) -> list[TreeNode]:
    """The nodes of a list, or of a lone mapping. The composer bounds nesting, and so this recursion."""
    several = value.items if isinstance(value, YamlSequence) else (value,)
    found = []
    for item in several:
        if isinstance(item, YamlMapping):
            found.append(_node(item, depth, file, reports))
        elif not is_null(item):
            reports.append(
                Unrecognised(Place(file, item.line), "node", "is no mapping of fields; its text is kept here")
            )
    return found


def _node(item: YamlMapping, depth: int, file: str, reports: list[Unrecognised]) -> TreeNode:
    values = {key.value: value for key, value in item.pairs if isinstance(key, YamlScalar)}
    lines = {key.value: key.line for key, _ in item.pairs if isinstance(key, YamlScalar)}
    children = values.get("children")
    return TreeNode(
        id=_text(values, "id"),
        type=_text(values, "type"),
        title=_text(values, "title") or _label(values),
        place=Place(file, item.line),
        support_level=_text(values, "support_level"),
        source_refs=tuple(reference.text for reference in _references(values.get("source_refs"))),
        evidence=_references(values.get("evidence")),
        also_depends_on=_references(values.get("also_depends_on")),
        fields={name: plain_value(value) for name, value in values.items() if name not in _STRUCTURE},
        lines=lines,
        children=tuple(_nodes(children, depth + 1, file, reports)) if children is not None else (),
        depth=depth,
    )


def _label(values: Mapping[str, YamlNode]) -> str:
    """Some real trees put a node's name under ``question`` or ``choice``."""
    return next((text for name in ("question", "label", "name", "choice") if (text := _text(values, name))), "")


def _text(values: Mapping[str, YamlNode], name: str) -> str:
    value = values.get(name)
    if value is None or is_null(value):
        return ""
    if isinstance(value, YamlScalar):
        return value.value.strip()
    return str(plain_value(value))


def _references(value: YamlNode | None) -> tuple[NodeReference, ...]:
    """A list of texts, or one text as a list of one."""
    if value is None or is_null(value):
        return ()
    several = value.items if isinstance(value, YamlSequence) else (value,)
    return tuple(
        NodeReference(item.value.strip() if isinstance(item, YamlScalar) else str(plain_value(item)), item.line)
        for item in several
        if not is_null(item)
    )
