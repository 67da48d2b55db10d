"""YAML text to nodes with lines, under budgets: no bomb, no second meaning of a key.

Composed from libyaml's events. Refused: more than one document, duplicate keys, unknown or recursive aliases, and
everything beyond the budgets, which are those of the official linter's parser so that both refuse the same files
(nesting 64, 250,000 nodes counting what aliases repeat, 100 aliases or more that outnumber anchors tenfold). libyaml is
laxer than YAML 1.2 in a few places where that parser is not; `registry.ara.reading.yaml_strictness` names them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from registry.ara.reading.yaml_nodes import (
    YamlDocument,
    YamlMapping,
    YamlNode,
    YamlProblem,
    YamlScalar,
    YamlSequence,
    is_null,
)
from registry.ara.reading.yaml_strictness import (
    Fault,
    fault_after,
    fault_in_block_header,
    fault_in_quoted,
    fault_in_text,
    guarded,
    restored,
)

MAX_DEPTH = 64
MAX_NODES = 250_000
MAX_ALIASES = 50_000
_RATIO_FROM_ALIASES = 100
_RATIO = 10
_MERGE = "<<"


@dataclass(slots=True)
class _Open:
    event: yaml.CollectionStartEvent
    children: list[YamlNode] = field(default_factory=list)


@dataclass(slots=True)
class _Composer:
    lines: list[str]
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, YamlNode | None] = field(default_factory=dict)
    root: YamlNode | None = None
    documents: int = 0
    closed: bool = False
    nodes: int = 0
    aliases: int = 0
    anchor_count: int = 0

    def take(self, event: yaml.Event) -> None:
        line = _position(event)[0] + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise YamlProblem("more than one YAML document; keep one", line)
        elif isinstance(event, yaml.DocumentEndEvent):
            self.closed = bool(event.explicit)
        elif isinstance(event, yaml.ScalarEvent):
            self._place(self._scalar(event), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor or "", line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            if self.stack[-1].event.flow_style and event.end_mark:
                _refuse(fault_after(self.lines, event.end_mark.line, event.end_mark.column))
            self._close()

    def _scalar(self, event: yaml.ScalarEvent) -> YamlScalar:
        line, column = _position(event)
        style = event.style or ""
        if style in ("'", '"') and event.end_mark:
            end = event.end_mark
            _refuse(fault_in_quoted(self.lines, line, end.line, end.column, self._least_indent()))
        elif style in ("|", ">"):
            _refuse(fault_in_block_header(self.lines, line, column))
        elif event.value == "-" and self._in_flow():
            raise YamlProblem("a dash alone in a flow list must be quoted", line + 1)
        return YamlScalar(line + 1, column + 1, event.tag, 1, restored(event.value), style)

    def _least_indent(self) -> int:
        """How deep a quoted scalar's further lines must stand: by one, or by two below a mapping's key."""
        if not self.stack or self._in_flow():
            return 0
        parent = self.stack[-1]
        value = isinstance(parent.event, yaml.MappingStartEvent) and len(parent.children) % 2 == 1
        return _position(parent.event)[1] + (2 if value else 1)

    def _in_flow(self) -> bool:
        return any(one.event.flow_style for one in self.stack)

    def _alias(self, name: str, line: int) -> None:
        self.aliases += 1
        if name not in self.anchors:
            raise YamlProblem(f"alias *{name[:40]} names no anchor", line)
        target = self.anchors[name]
        if target is None:
            raise YamlProblem(f"alias *{name[:40]} stands inside its own anchor", line)
        if self.aliases > MAX_ALIASES:
            raise YamlProblem(f"more than {MAX_ALIASES} aliases", line)
        self._spend(target.weight, line)
        self._attach(target)

    def _open(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise YamlProblem(f"nested more than {MAX_DEPTH} levels deep; flatten it", line)
        self._spend(1, line)
        if event.anchor:
            self._anchor(event.anchor, None)
        self.stack.append(_Open(event))

    def _close(self) -> None:
        done = self.stack.pop()
        node = _collection(done.event, done.children)
        if done.event.anchor:
            self.anchors[done.event.anchor] = node
        self._attach(node)

    def _place(self, node: YamlScalar, anchor: str | None) -> None:
        self._spend(1, node.line)
        if anchor:
            self._anchor(anchor, node)
        self._attach(node)

    def _anchor(self, name: str, node: YamlNode | None) -> None:
        self.anchor_count += 1
        self.anchors[name] = node

    def _attach(self, node: YamlNode) -> None:
        if self.stack:
            self.stack[-1].children.append(node)
        else:
            self.root = node

    def _spend(self, nodes: int, line: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise YamlProblem(f"more than {MAX_NODES} nodes once aliases are written out", line)

    def check_aliases(self) -> None:
        if self.aliases >= _RATIO_FROM_ALIASES and self.aliases > _RATIO * self.anchor_count:
            raise YamlProblem(
                f"{self.aliases} aliases for {self.anchor_count} anchors look like a bomb; write it out", 1
            )


def _refuse(fault: Fault | None) -> None:
    if fault:
        raise YamlProblem(*fault)


def _position(event: yaml.Event) -> tuple[int, int]:
    """Line and column from 0; libyaml always gives a mark, its types do not say so."""
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)


def compose(text: str) -> YamlDocument:
    """Read one YAML document. Raises YamlProblem with a line, and nothing else.

    Text after a root that is complete (a first block indented deeper than what follows) is passed over, as the
    linter's parser does, and said so.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip(" \t\r\n"):
        return YamlDocument(None)
    _refuse(fault_in_text(text))
    composer = _Composer(re.split(r"\r\n|\r|\n", text))
    try:
        for event in yaml.parse(guarded(text), Loader=yaml.CSafeLoader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        if composer.closed and error.problem == "did not find expected <document start>":
            raise YamlProblem("more than one YAML document; keep one", line) from error
        if composer.root is not None and not composer.stack:
            return YamlDocument(composer.root, line)
        raise YamlProblem(error.problem or "not YAML", line) from error
    except yaml.YAMLError as error:
        raise YamlProblem(str(error)[:200], 1) from error
    except (ValueError, UnicodeError) as error:
        raise YamlProblem(f"not YAML: {str(error)[:200]}", 1) from error
    composer.check_aliases()
    return YamlDocument(composer.root)


def _collection(event: yaml.CollectionStartEvent, children: list[YamlNode]) -> YamlNode:
    line, column = (number + 1 for number in _position(event))
    weight = 1 + sum(child.weight for child in children)
    if isinstance(event, yaml.SequenceStartEvent):
        return YamlSequence(line, column, event.tag, weight, tuple(children))
    pairs = list(zip(children[::2], children[1::2], strict=True))
    return YamlMapping(line, column, event.tag, weight, _merged(_unique(pairs)))


def _unique(pairs: list[tuple[YamlNode, YamlNode]]) -> list[tuple[YamlNode, YamlNode]]:
    seen: set[object] = set()
    for key, _ in pairs:
        name = _key(key)
        if name == _MERGE:
            continue
        if name in seen:
            raise YamlProblem(f"key {str(name)[:60]!r} appears twice; keep one", key.line)
        seen.add(name)
    return pairs


def _key(node: YamlNode) -> object:
    """What makes two keys one: a scalar's text; a collection's content, without its place."""
    if isinstance(node, YamlScalar):
        return node.value
    if isinstance(node, YamlSequence):
        return ("sequence", tuple(_key(item) for item in node.items))
    assert isinstance(node, YamlMapping)
    return ("mapping", tuple((_key(key), _key(value)) for key, value in node.pairs))


def _merged(pairs: list[tuple[YamlNode, YamlNode]]) -> tuple[tuple[YamlNode, YamlNode], ...]:
    written = [pair for pair in pairs if not _is_merge(pair[0])]
    if len(written) == len(pairs):
        return tuple(pairs)
    names = {_key(key) for key, _ in written}
    for key, value in pairs:
        if not _is_merge(key):
            continue
        for source in _merge_sources(value):
            for pair in source.pairs:
                if (name := _key(pair[0])) not in names:
                    names.add(name)
                    written.append(pair)
    return tuple(written)


def _is_merge(key: YamlNode) -> bool:
    return isinstance(key, YamlScalar) and key.plain and key.value == _MERGE


def _merge_sources(value: YamlNode) -> tuple[YamlMapping, ...]:
    if is_null(value):
        return ()
    several = value.items if isinstance(value, YamlSequence) else (value,)
    several = tuple(one for one in several if not is_null(one))
    mappings = tuple(one for one in several if isinstance(one, YamlMapping))
    if len(mappings) != len(several):
        raise YamlProblem("a merge key (<<) takes a mapping or a list of mappings", value.line)
    return mappings
