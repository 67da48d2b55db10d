"""Typed values out of YAML nodes, as strictly as the linter's parser takes them: text, lists of text, truth values.

A wrong type is a `YamlProblem`, which there is fatal for the whole document.
"""

from __future__ import annotations

import base64
import binascii
import re

from registry.ara.reading.yaml_nodes import YamlMapping, YamlNode, YamlProblem, YamlScalar, YamlSequence, is_null

_CORE = "tag:yaml.org,2002:"
_NOT_TEXT_TAGS = {_CORE + name for name in ("int", "float", "bool", "timestamp", "seq", "map", "set", "omap", "pairs")}
_TRUTH = {"true", "false", "yes", "no", "y", "n", "on", "off"}
_INT = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|0[oO][0-7]+(?:_[0-7]+)*|0[bB][01]+(?:_[01]+)*|\d+(?:_\d+)*)"
)
_FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LEADING_ZERO = re.compile(r"[+-]?0\d")
_NON_FINITE = re.compile(r"[+-]?\.inf|[+-]?\.nan", re.IGNORECASE)


def text_or_none(node: YamlNode) -> str | None:
    """A scalar as text whatever it looks like; null, or a block with nothing in it, is None."""
    return None if _nothing(node) or _empty_block(node) else _scalar_text(node)


def _scalar_text(node: YamlNode) -> str:
    if not isinstance(node, YamlScalar):
        raise YamlProblem("expected a text here, found a list or mapping", node.line)
    return _text(node)


def _text(node: YamlScalar) -> str:
    if node.tag in _NOT_TEXT_TAGS:
        raise YamlProblem(f"a value tagged {node.tag.rpartition(':')[2]} is no text; drop the tag", node.line)
    return _decoded(node) if node.tag == _CORE + "binary" else node.value


def _decoded(node: YamlScalar) -> str:
    try:
        return base64.b64decode("".join(node.value.split()), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise YamlProblem("this !!binary is no base64 of UTF-8 text", node.line) from error


def texts(node: YamlNode) -> list[tuple[str, int]]:
    """A list of texts with their lines; null is the empty list."""
    found = []
    for item in items(node):
        if _nothing(item):
            raise YamlProblem("a list of texts holds a null", item.line)
        found.append((_scalar_text(item), item.line))
    return found


def items(node: YamlNode) -> tuple[YamlNode, ...]:
    """A list's items; null is the empty list."""
    if _nothing(node):
        return ()
    if not isinstance(node, YamlSequence):
        raise YamlProblem("expected a list here", node.line)
    return node.items


def truth(node: YamlNode) -> bool:
    """A truth value in any of YAML's words for it."""
    if not isinstance(node, YamlScalar) or node.value.lower() not in _TRUTH:
        raise YamlProblem("expected true or false here", node.line)
    return node.value.lower() in {"true", "yes", "y", "on"}


def pairs(node: YamlNode) -> tuple[tuple[str, YamlScalar, YamlNode], ...]:
    """A mapping's entries under text keys; null is the empty mapping."""
    if _nothing(node):
        return ()
    if not isinstance(node, YamlMapping):
        raise YamlProblem("expected a mapping here", node.line)
    found = []
    for key, value in node.pairs:
        if not isinstance(key, YamlScalar) or is_null(key):
            raise YamlProblem("a key must be a text", key.line)
        found.append((key.value, key, value))
    return tuple(found)


def checked_unknown(node: YamlNode) -> None:
    """Refuse values that the linter's parser refuses even under a key it does not know."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, YamlSequence):
            waiting.extend(one.items)
        elif isinstance(one, YamlMapping):
            waiting.extend(part for pair in one.pairs for part in pair)
        elif isinstance(one, YamlScalar):
            kind(one)


def kind(node: YamlScalar) -> str:
    """``null``, ``bool``, ``int``, ``float`` or ``text``: what an untyped reader makes of a scalar."""
    if node.tag == _CORE + "null":
        return "null"
    if node.tag is not None and node.tag not in ("!", _CORE + "str"):
        return _tagged_kind(node)
    if not node.plain or node.tag is not None:
        return "text"
    if is_null(node):
        return "null"
    if node.value.lower() in _TRUTH:
        return "bool"
    if _INT.fullmatch(node.value):
        return "float" if _LEADING_ZERO.match(node.value) else "int"
    return _float_kind(node)


def _tagged_kind(node: YamlScalar) -> str:
    if node.tag == _CORE + "binary":
        _decoded(node)
        return "text"
    if node.tag in _NOT_TEXT_TAGS:
        return _text(node)
    return "other"


def _float_kind(node: YamlScalar) -> str:
    if _NON_FINITE.fullmatch(node.value):
        raise YamlProblem("infinities and not-a-number are refused; quote the text", node.line)
    if not _FLOAT.fullmatch(node.value):
        return "text"
    if float(node.value) in (float("inf"), float("-inf")):
        raise YamlProblem("this number is too large; quote the text", node.line)
    return "float"


def whole_number_or_text(node: YamlNode) -> None:
    """Check a value that may be a 64-bit whole number or a text, such as a year."""
    if _nothing(node) or _empty_block(node):
        return
    if not isinstance(node, YamlScalar) or kind(node) not in ("int", "text"):
        raise YamlProblem("expected a whole number or a text here", node.line)
    if kind(node) == "int" and len(node.value) > 18 and not -(2**63) <= _whole(node.value) < 2**63:
        raise YamlProblem("this number is too large", node.line)


def _whole(digits: str) -> int:
    if len(digits) > 80:
        return 2**64
    return int(digits.replace("_", ""), 0 if digits.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else 10)


def text_or_texts(node: YamlNode) -> list[tuple[str, int]] | None:
    """One text or a list of texts, each really a text (a number or ``yes`` is not); null is None."""
    if _nothing(node) or _empty_block(node):
        return None
    if isinstance(node, YamlScalar) and kind(node) == "text":
        return [(_text(node), node.line)]
    if isinstance(node, YamlSequence) and node.tag in (None, "!", _CORE + "seq"):
        found = [(item, isinstance(item, YamlScalar) and kind(item) == "text") for item in node.items]
        if all(fits for _, fits in found):
            return [(_text(item), item.line) for item in node.items if isinstance(item, YamlScalar)]
    raise YamlProblem("expected a text or a list of texts here (quote numbers and yes/no)", node.line)


def _nothing(node: YamlNode) -> bool:
    return isinstance(node, YamlScalar) and (node.tag == _CORE + "null" or (is_null(node) and node.tag in (None, "!")))


def _empty_block(node: YamlNode) -> bool:
    return isinstance(node, YamlScalar) and node.empty_block
