"""Pandoc's own reading of a tabular, as a grid of plain cells: the independent witness of `quality`."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

from importers.latex.macros import MacroTable

_RULES = re.compile(r"\\cmidrule\s*(?:\[[^\]]*\])?\s*(?:\([lr0-9.pt{}]*\))?\s*\{[^{}]*\}")  # pandoc prints some as text
Grid = list[list[str]]


def pandoc_grid(pandoc: str, tabular: str, macros: MacroTable) -> Grid | None:
    """The first table pandoc reads in the tabular, spans spread, empty rows left out; None where it reads none."""
    try:
        result = subprocess.run(
            [pandoc, "-f", "latex", "-t", "json"],
            input=f"{_definitions(macros)}\n\n{_RULES.sub('', tabular)}",
            capture_output=True,
            text=True,
            timeout=15,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if result.returncode:
        return None
    tables: list[Any] = []
    _find_tables(json.loads(result.stdout), tables)
    return _filled(_spread(tables[0])) if tables else None


def comparable(grid: Grid) -> Grid:
    """Cells without white space, faces and maths marks, columns without any cell left out at the right, so that two
    readings can be compared."""
    rows = _filled([[_bare(cell) for cell in row] for row in grid])
    width = max((column + 1 for row in rows for column, cell in enumerate(row) if cell), default=0)
    return [row[:width] for row in rows]


def _definitions(macros: MacroTable) -> str:
    lines = []
    for macro in macros.commands.values():
        if macro.optional is None:
            count = f"[{macro.arguments}]" if macro.arguments else ""
            lines.append(f"\\newcommand{{\\{macro.name}}}{count}{{{macro.text}}}")
    return "\n".join(lines)


def _filled(grid: Grid) -> Grid:
    return [row for row in grid if any(_bare(cell) for cell in row)]


def _bare(text: str) -> str:
    plain = re.sub(
        r"\\(?:text|mathbf|textbf|boldsymbol|mathrm|textrm|bm|bf|rm|mathit|mbox|operatorname|left|right)\b", "", text
    )
    plain = plain.replace("\\%", "%").replace("{,}", ",").replace("’", "'").replace("‘", "'")
    return re.sub(r"[\s${}\\,;!*~^_]", "", plain).replace("−", "-").replace("–", "-").replace("—", "-").lower()


def _find_tables(node: Any, found: list[Any]) -> None:
    if isinstance(node, dict):
        if node.get("t") == "Table":
            found.append(node["c"])
            return
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            _find_tables(child, found)


def _spread(table: list[Any]) -> Grid:
    rows = list(table[3][1])
    for body in table[4]:
        rows += body[2] + body[3]
    rows += table[5][1]
    held: dict[tuple[int, int], str] = {}
    grid: Grid = []
    for number, row in enumerate(rows):
        line: list[str] = []
        for cell in row[1]:
            while (number, len(line)) in held:
                line.append(held[number, len(line)])
            text = _blocks(cell[4])
            for below in range(1, cell[2]):
                for across in range(cell[3]):
                    held[number + below, len(line) + across] = text
            line.extend([text] * cell[3])
        while (number, len(line)) in held:
            line.append(held[number, len(line)])
        grid.append(line)
    return grid


def _blocks(blocks: list[Any]) -> str:
    texts = []
    for block in blocks:
        if block["t"] in ("Plain", "Para"):
            texts.append(_inlines(block["c"]))
        elif block["t"] == "Div":
            texts.append(_blocks(block["c"][1]))
        elif block["t"] == "LineBlock":
            texts.extend(_inlines(line) for line in block["c"])
    return " ".join(texts)


def _inlines(inlines: list[Any]) -> str:
    text = ""
    for inline in inlines:
        kind, content = inline["t"], inline.get("c")
        if kind == "Str":
            text += content
        elif kind in ("Space", "SoftBreak", "LineBreak"):
            text += " "
        elif kind in ("Math", "Code"):
            text += content[1]
        elif kind in ("Emph", "Strong", "SmallCaps", "Underline", "Superscript", "Subscript", "Strikeout"):
            text += _inlines(content)
        elif kind in ("Span", "Link", "Quoted"):
            text += _inlines(content[1])
    return text
