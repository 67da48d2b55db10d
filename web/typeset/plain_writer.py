"""Nodes to plain Unicode text, for titles of windows, meta descriptions, feeds and search: no markup at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from web.typeset.alphabets import subscript, superscript
from web.typeset.maths import Formula, read_formula
from web.typeset.nodes import Break, ItemList, Link, Maths, Node, Span, Style, Text
from web.typeset.symbols import symbol

_RELATIONS: Final = frozenset("=<>≤≥≠≈∼≃≅≡∈∉⊂⊆⊃⊇→←↔⇒⇐⇔↦≪≫∝≲≳⩽⩾")
_COMBINING: Final = {
    "~": "\u0303",
    "¯": "\u0304",
    "^": "\u0302",
    "ˆ": "\u0302",
    "˙": "\u0307",
    "¨": "\u0308",
    "→": "\u20d7",
    "ˇ": "\u030c",
}


def write_plain(nodes: Iterable[Node]) -> str:
    """The nodes' text; scripts and simple maths in Unicode characters where there are any."""
    return "".join(_node(node) for node in nodes)


def _node(node: Node) -> str:
    match node:
        case Text(text):
            return text
        case Span(style, children):
            return _span(style, write_plain(children))
        case Link(_, children):
            return write_plain(children)
        case Maths(source, display):
            formula = read_formula(source, display=display)
            return maths_text(source) if formula is None else formula_text(formula)
        case ItemList(items, _):
            return "".join(f" • {write_plain(item).strip()}" for item in items) + " "
        case Break():
            return " "


def _span(style: Style, inner: str) -> str:
    if style is Style.SUPERSCRIPT:
        return _script(inner, superscript(inner), "^")
    if style is Style.SUBSCRIPT:
        return _script(inner, subscript(inner), "_")
    return inner


def _script(inner: str, raised: str | None, mark: str) -> str:
    if raised is not None:
        return raised
    return f"{mark}{inner}" if len(inner) == 1 else f"{mark}({inner})"


def formula_text(formula: Formula) -> str:
    """One formula in a line of Unicode text: ``x²``, ``a/b``, ``√(n log n)``."""
    tag, children = formula.tag, formula.children
    if not children:
        text = formula.text
        return f" {text} " if tag == "mo" and text in _RELATIONS else text
    parts = [formula_text(child) for child in children]
    match tag:
        case "msup":
            return parts[0] + _script(parts[1], superscript(parts[1]), "^")
        case "msub" | "munder":
            return parts[0] + _script(parts[1], subscript(parts[1]), "_")
        case "msubsup" | "munderover":
            return (
                parts[0] + _script(parts[1], subscript(parts[1]), "_") + _script(parts[2], superscript(parts[2]), "^")
            )
        case "mover":
            return _over(parts[0], parts[1])
        case "mfrac":
            return f"{_bracketed(parts[0])}/{_bracketed(parts[1])}"
        case "msqrt":
            return "√" + _bracketed("".join(parts))
        case "mroot":
            return _script(parts[1], superscript(parts[1]), "") + "√" + _bracketed(parts[0])
        case "mtr":
            return ", ".join(parts) + "; "
        case _:
            return _joined(children, parts)


def _joined(children: Iterable[Formula], parts: list[str]) -> str:
    """Words such as log keep a blank from the letter beside them."""
    out = ""
    for child, part in zip(children, parts, strict=True):
        word = child.tag == "mi" and len(child.text) > 1 and child.text.isalpha()
        if out and part and ((word and out[-1].isalnum()) or (_ends_in_word(out) and part[0].isalnum())):
            out += " "
        out += part
    return re.sub(r" {2,}", " ", out)


def _ends_in_word(text: str) -> bool:
    return re.search(r"(?:log|ln|exp|sin|cos|tan|max|min|inf|sup|lim)$", text) is not None


def _over(base: str, mark: str) -> str:
    mark = mark.strip()
    if len(base) == 1 and mark in _COMBINING:
        return base + _COMBINING[mark]
    return base if mark in _COMBINING or not mark.isalnum() else f"{base}^({mark})"


def _bracketed(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"


def maths_text(source: str) -> str:
    """Readable text for maths that could not be set: names and symbols, no commands, no braces, no dollars."""
    source = re.sub(r"\\(?:begin|end)\s*\{[^}]*\}", " ", source[:4000])
    source = re.sub(r"\\([A-Za-z]+)\s?", lambda match: symbol(match[1]) or f"{match[1]} ", source)
    source = re.sub(r"\\(.)", r"\1", source)
    return re.sub(r"\s+", " ", re.sub(r"[{}$\\]", "", source)).strip()
