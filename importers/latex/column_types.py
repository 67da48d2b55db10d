r"""What a table's preamble says of its columns, as far as it matters to their cells: which are set as maths.

``>{$}c<{$}`` and columns of the paper's own (\newcolumntype) are read; widths, rules and alignment are no part of
a cell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from importers.latex.tokens import Token

if TYPE_CHECKING:
    from importers.latex.reader import Handler, Reader

MAX_SPEC = 4_000
MAX_COLUMN_TYPES = 200
MAX_COLUMNS = 200
_GROUP = re.compile(r"\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_BRACKETS = re.compile(r"\s*\[[^\]]*\]")
_REPEATED = re.compile(r"\*\s*\{(\d{1,3})\}\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")


def maths_columns(reader: Reader, spec: list[Token]) -> tuple[bool, ...]:
    """For each column whether its cells are set as maths; empty where none is."""
    if not spec:
        return ()
    raw = reader.source.raw(spec[0][2], spec[-1][3])
    if "$" not in raw and not any("$" in meaning for meaning in reader.column_types.values()):
        return ()
    for _ in range(4):
        raw = _REPEATED.sub(lambda match: match[2] * min(200, int(match[1])), raw[:MAX_SPEC])
    found = _columns(raw[:MAX_SPEC], reader.column_types)
    return tuple(found) if any(found) else ()


def _columns(raw: str, types: dict[str, str], depth: int = 0) -> list[bool]:
    columns: list[bool] = []
    maths, position = False, 0
    while position < len(raw) and len(columns) < MAX_COLUMNS:
        character = raw[position]
        position += 1
        group = _GROUP.match(raw, position)
        if character in "><@!":
            maths = maths or (character == ">" and group is not None and group[1].count("$") % 2 == 1)
            position = group.end() if group else position
        elif character.isalpha():
            own = _columns(types[character], types, depth + 1) if character in types and depth < 4 else [False]
            columns.extend(maths or one for one in own)
            maths = False
            while (given := _BRACKETS.match(raw, position) or _GROUP.match(raw, position)) is not None:
                position = given.end()
    return columns


def handle_column_type(reader: Reader, token: Token) -> None:
    r"""\newcolumntype{M}[1]{>{$}p{#1}<{$}}: remembered."""
    stream = reader.stream
    name = stream.word()
    stream.optional()
    meaning = stream.argument()
    if len(name) == 1 and name.isalpha() and meaning and len(reader.column_types) < MAX_COLUMN_TYPES:
        raw = reader.source.raw(meaning[0][2], meaning[-1][3])
        reader.column_types[name] = raw.replace("#", "")[:200] if name not in raw else raw.replace(name, "l")[:200]


COLUMN_HANDLERS: dict[str, Handler] = {"newcolumntype": handle_column_type}
