"""``_`` and ``^`` in running text: a subscript, a superscript, or just the character (``snake_case``, ``2^(n-1)``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from web.typeset.nodes import Node, Span, Style, Text
from web.typeset.symbols import symbol

if TYPE_CHECKING:
    from web.typeset.reader import Reader

_RAISED = re.compile(r"[+-]?\d+(?![\w(])|[A-Za-z](?![A-Za-z0-9_])|[*+](?![\w(])|\\([A-Za-z]+)|[+-]?\d+")
_LOWERED = re.compile(r"\d{1,2}(?![\w])|\d(?=[A-Z](?![a-z]))|[A-Za-z](?![\w])|\\([A-Za-z]+)")
_BRACKETED = re.compile(r"\(([^()\\{}$^_]{1,16})\)")
_BASE_BEFORE_SUBSCRIPT = re.compile(
    r"(?:^|[^A-Za-z0-9_])(?:[A-Za-z]{1,2}|log|max|min|Delta|Sigma|[^\x00-\x7f])$|[)\]]$"
)


def read_script(reader: Reader, mark: str, nodes: list[Node], position: int, end: int, depth: int) -> int:
    """Append the script that follows ``mark`` (already read) to ``nodes``; return where reading goes on."""
    style = Style.SUBSCRIPT if mark == "_" else Style.SUPERSCRIPT
    before = reader.text[max(0, position - 12) : position - 1]
    if group := reader.group(position, end):
        content = reader.read(*group, min(depth + 1, 24)) if depth < _MAX_DEPTH else []
        if reader.text[group[0] : group[1]].strip() == r"\circ":
            content, style = [Text("°")], Style.SUPERSCRIPT
        if content:
            nodes.append(Span(style, tuple(content)))
        return group[1] + 1
    return _bare_script(reader, mark, style, before, nodes, position, end)


_MAX_DEPTH: Final = 24


def _bare_script(
    reader: Reader, mark: str, style: Style, before: str, nodes: list[Node], position: int, end: int
) -> int:
    pattern = _RAISED if mark == "^" else _LOWERED
    match = pattern.match(reader.text, position, end)
    attached = bool(re.search(r"[\w)\]}|′∗]$", before) if mark == "^" else _BASE_BEFORE_SUBSCRIPT.search(before))
    if attached and mark == "^" and (bracketed := _BRACKETED.match(reader.text, position, end)):
        nodes.append(Span(style, (Text(bracketed[1].replace("-", "−")),)))
        return bracketed.end()
    if match is None or not attached:
        nodes.append(Text(mark))
        return position
    if match[1] is None:
        nodes.append(Span(style, (Text(match[0].replace("-", "−").replace("*", "∗")),)))
        return match.end()
    if match[1] in ("circ", "deg", "degree"):
        nodes.append(Text("°"))
    else:
        nodes.append(Span(style, (Text(symbol(match[1]) or match[1]),)))
    return match.end()
