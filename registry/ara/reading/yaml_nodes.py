"""What YAML text is made of here: scalars that stay text, sequences and mappings, each with its line.

Scalars stay text: what they mean is for the reader of the field to say. `registry.ara.reading.yaml_compose` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field


class YamlProblem(Exception):
    """Text that cannot be read as YAML here. Stays inside the readers, which report it with its line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class YamlNode:
    """A node and where it begins (1-based). ``weight`` counts nodes with aliases written out."""

    line: int
    column: int
    tag: str | None
    weight: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class YamlScalar(YamlNode):
    """A scalar's text and how it was written: nothing (plain), a quote, or ``|`` or ``>`` for a block."""

    value: str
    style: str

    @property
    def plain(self) -> bool:
        """Written without quotes, and no block."""
        return not self.style

    @property
    def empty_block(self) -> bool:
        """A ``|`` or ``>`` with nothing below it."""
        return self.style in ("|", ">") and not self.value


@dataclass(frozen=True, slots=True)
class YamlSequence(YamlNode):
    items: tuple[YamlNode, ...]


@dataclass(frozen=True, slots=True)
class YamlMapping(YamlNode):
    """Pairs in order, merge keys resolved: what is written wins over what is merged."""

    pairs: tuple[tuple[YamlNode, YamlNode], ...]

    def get(self, name: str) -> YamlNode | None:
        """The value under a scalar key."""
        return next((value for key, value in self.pairs if isinstance(key, YamlScalar) and key.value == name), None)


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A document's root (None if it is empty), and the line from which text after it was passed over, if any was."""

    root: YamlNode | None
    ignored_from: int | None = None


def plain_value(node: YamlNode) -> object:
    """A node as Python values (text, lists, dicts), for keeping what the format does not name."""
    if isinstance(node, YamlScalar):
        return None if is_null(node) else node.value
    if isinstance(node, YamlSequence):
        return [plain_value(item) for item in node.items]
    assert isinstance(node, YamlMapping)
    return {str(plain_value(key)): plain_value(value) for key, value in node.pairs}


def is_null(node: YamlNode) -> bool:
    """Whether a node stands for nothing: ``null`` in any case, ``~`` or empty, unquoted."""
    return isinstance(node, YamlScalar) and node.plain and node.value.lower() in ("", "~", "null")
