"""LaTeX maths to MathML and to Unicode text, through latex2mathml, held to a list of elements and attributes.

The library is given normalised source (known commands, balanced braces, no macro definitions) of bounded length and
depth, and its element tree is never printed: each element is rebuilt from the list here. What it cannot read is None,
and the caller shows readable text instead. Nothing here raises on bad source.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from web.typeset.alphabets import restyle
from web.typeset.latex import normalise

MAX_SOURCE = 1_500
MAX_DEPTH = 40
MAX_GROUPS = 120

_LEAVES: Final = frozenset({"mi", "mn", "mo", "mtext"})
_ARITY: Final = {
    "mfrac": 2, "msup": 2, "msub": 2, "mover": 2, "munder": 2, "mroot": 2, "msubsup": 3, "munderover": 3,
}  # fmt: skip
_ROWS: Final = frozenset({"math", "mrow", "msqrt", "mstyle", "mphantom", "mtable", "mtr", "mtd"})
_ATTRIBUTES: Final = {
    "mo": {"stretchy", "fence", "form", "movablelimits", "accent"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mfrac": {"linethickness"},
}
_PLAIN_VALUE = re.compile(r"[a-z0-9]{1,12}")
_GROUP_SEPARATED = re.compile(r"\d{1,3}(?:,\d{3})*")


@dataclass(frozen=True, slots=True)
class Formula:
    """One MathML element: a leaf with ``text``, or a branch with ``children``."""

    tag: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Formula, ...] = field(default=())


@lru_cache(maxsize=8192)
def read_formula(source: str, *, display: bool = False) -> Formula | None:
    """The formula for LaTeX ``source`` (no delimiters); None where it is too long, too deep or unreadable."""
    if len(source) > MAX_SOURCE or source.count("{") > MAX_GROUPS:
        return None
    normal = normalise(source)
    if not normal:
        return None
    try:
        element = convert_to_element(normal, display="block" if display else "inline")
    except Exception:  # noqa: BLE001  (the library names no complete set of errors; any of them means "unreadable")
        return None
    formula = _rebuild(element, 0)
    return Formula("math", "", (("display", "block"),) if display else (), formula.children)


def _rebuild(element: Element, depth: int) -> Formula:
    """Our own node for the library's: listed elements and attributes only, the right number of children."""
    tag = element.tag
    if tag in _LEAVES:
        return _leaf(element)
    if tag == "mspace":
        return Formula("mtext", "\u2009") if _is_space(element) else Formula("mrow")
    if depth > MAX_DEPTH:
        return Formula("mtext", "…")
    children = _merge_numbers([_rebuild(child, depth + 1) for child in element])
    if element.text and element.text.strip():
        children.insert(0, _leaf(element, "mtext"))
    if tag in _ARITY:
        children = _fit(children, _ARITY[tag])
    elif tag not in _ROWS:
        tag = "mrow"
    if tag == "mrow" and len(children) == 1:
        return children[0]
    return Formula(tag, "", _attributes(element), tuple(children))


def _leaf(element: Element, tag: str | None = None) -> Formula:
    tag = tag or element.tag
    text = html.unescape(element.text or "").lstrip("\\").replace("\x00", "")
    variant = element.get("mathvariant", "")
    attributes = list(_attributes(element))
    if tag in ("mi", "mn"):
        if tag == "mi" and len(text) == 1 and variant == "normal":
            attributes.append(("mathvariant", "normal"))
        else:
            text = restyle(text, variant)
    if tag == "mi" and text in "{}$":
        text = ""
    return Formula(tag, text, tuple(attributes))


def _attributes(element: Element) -> tuple[tuple[str, str], ...]:
    allowed: frozenset[str] | set[str] = _ATTRIBUTES.get(element.tag, frozenset())
    return tuple((k, v) for k, v in element.attrib.items() if k in allowed and _PLAIN_VALUE.fullmatch(v))


def _is_space(element: Element) -> bool:
    return not element.get("width", "").startswith(("-", "negative")) and "width" in element.attrib


def _fit(children: list[Formula], arity: int) -> list[Formula]:
    if len(children) > arity:
        return [*children[: arity - 1], Formula("mrow", children=tuple(children[arity - 1 :]))]
    return children + [Formula("mrow")] * (arity - len(children))


def _merge_numbers(children: list[Formula]) -> list[Formula]:
    """``1,000`` comes as number, comma, number; a reader takes it for one number and so does a screen reader."""
    merged: list[Formula] = []
    for child in children:
        if (
            len(merged) >= 2
            and child.tag == "mn" and re.fullmatch(r"\d{3}(\.\d+)?", child.text)
            and merged[-1] == Formula("mo", ",")
            and merged[-2].tag == "mn" and _GROUP_SEPARATED.fullmatch(merged[-2].text)
        ):  # fmt: skip
            merged.pop()
            child = Formula("mn", f"{merged.pop().text},{child.text}")
        merged.append(child)
    return merged


def to_mathml(formula: Formula) -> str:
    """MathML as HTML source; every text is escaped here."""
    attributes = "".join(f' {name}="{value}"' for name, value in formula.attributes)
    if formula.tag in _LEAVES:
        return f"<{formula.tag}{attributes}>{html.escape(formula.text)}</{formula.tag}>"
    inner = "".join(to_mathml(child) for child in formula.children)
    return f"<{formula.tag}{attributes}>{inner}</{formula.tag}>"
