"""evidence/README.md: index tables whose columns are told by header name, since real files show eight variants."""

from __future__ import annotations

import re
from collections.abc import Sequence

from registry.ara.reading.markdown import ids, is_delimiter, is_row, split_lines
from registry.ara.reading.model import EvidenceRow, Place

INDEX_FILE = "evidence/README.md"
_LINK = re.compile(r"\]\(([^)]*)\)")
_DUAL_HINTS = ("(png", "(md", "/md)", "/png)")
_EXTENSION_CHARACTERS = 5
_SLUG_CHARACTERS = 48


def read_index(text: str, *, file: str = INDEX_FILE) -> tuple[EvidenceRow, ...]:
    """Every row of every table that names a file or a thing. Never fails."""
    lines = split_lines(text)
    rows: list[EvidenceRow] = []
    number = 0
    while number + 1 < len(lines):
        if not (is_row(lines[number]) and is_delimiter(lines[number + 1])):
            number += 1
            continue
        columns = _columns(_cells(lines[number]))
        number += 2
        while number < len(lines) and is_row(lines[number]):
            if row := _row(_cells(lines[number]), columns, Place(file, number + 1)):
                rows.append(row)
            number += 1
    return tuple(rows)


def _cells(line: str) -> list[str]:
    text = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in text.split("|")]


def _columns(headers: Sequence[str]) -> dict[str, int]:
    """Column numbers by what their header says; the file column falls back to the first."""
    names = [header.lower() for header in headers]
    wanted = {
        "file": ("file",),
        "claims": ("claim", "key ref", "used by"),
        "source": ("source",),
        "description": ("desc", "what"),
    }
    found = {"file": 0}
    for column, words in wanted.items():
        for number, name in enumerate(names):
            if any(word in name for word in words):
                found[column] = number
                break
    return found


def _row(cells: Sequence[str], columns: dict[str, int], place: Place) -> EvidenceRow | None:
    def cell(name: str) -> str:
        number = columns.get(name, len(cells))
        return cells[number] if number < len(cells) else ""

    named = _named(cell("file"))
    if not named or not named[0]:
        return None
    return EvidenceRow(
        id=named[0],
        file=named[1],
        source=cell("source"),
        claims=ids(cell("claims"), "C"),
        description=cell("description"),
        place=place,
    )


def _named(cell: str) -> tuple[str, str | None] | None:
    """A cell as (id, path): a link, a path in backticks or bare, or prose, which has an id but no path."""
    if not cell:
        return None
    link = _LINK.search(cell)
    if link and link[1].strip():
        return exhibit_id(link[1]), link[1].strip()
    bare = cell.strip("`").strip()
    if _is_path(bare):
        return exhibit_id(bare), bare
    return _slug(cell), None


def _is_path(text: str) -> bool:
    if "/" in text or any(hint in text for hint in _DUAL_HINTS):
        return True
    stem, dot, extension = text.rpartition(".")
    plain = extension.isascii() and extension.isalnum() and len(extension) <= _EXTENSION_CHARACTERS
    return bool(dot and stem and " " not in stem and plain)


def exhibit_id(path: str) -> str:
    """The name that joins index and file: last segment, without extension or a ``(png/md)`` mark."""
    path = path.strip()
    opening = path.rfind("(")
    mark = path[opening:] if opening >= 0 else ""
    if mark.endswith(")") and ("md" in mark or "png" in mark or "/" in mark):
        path = path[:opening].rstrip(" .")
    name = re.split(r"[/\\]", path)[-1].strip()
    stem, dot, extension = name.rpartition(".")
    return stem if dot and stem and extension.isascii() and extension.isalnum() else name


def _slug(text: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "-", text[:_SLUG_CHARACTERS])
    return words.strip("-").lower()
