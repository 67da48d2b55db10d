"""Plain tables for the terminal: columns aligned, nothing cut, so that the output can be read by programs too."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import typer


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their heads; an empty cell is a dash."""
    shown = [list(heads), *([_safe(cell) or "–" for cell in row] for row in rows)]
    widths = [max(_width(row[column]) for row in shown) for column in range(len(heads))]
    for row in shown:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) != 0 for c in text)


def _safe(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
