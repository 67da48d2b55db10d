"""Which tables and figures a claim stands on: those its sentences point at, and those that hold its numbers.

A number binds only where it is telling (a decimal, a unit, three digits) and stands alone in a cell, so that a
chance "8" binds nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from importers.compiler.claim_finding import telling_numbers
from importers.compiler.paper_reading import PaperReading, Said
from importers.latex.document import Exhibit, Table

_DIGIT = re.compile(r"\d")
_POWER = re.compile(r"10\s*\^|\\cdot|\\times")  # 2.0 in a cell of 2.0·10^19 is another number
_CELL_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class ValueHit:
    """A number of a claim found in a table: where it stands."""

    value: str
    exhibit: Exhibit
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class Support:
    """Exhibits a claim's sentences refer to, those their paragraph spoke of just before, cells its numbers stand in."""

    referred: tuple[Exhibit, ...]
    context: tuple[Exhibit, ...]
    hits: tuple[ValueHit, ...]

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """All exhibits, those referred to first."""
        ordered: dict[int, Exhibit] = {}
        for exhibit in (*self.referred, *(hit.exhibit for hit in self.hits), *self.context):
            ordered.setdefault(id(exhibit), exhibit)
        return tuple(ordered.values())


CellIndex = dict[str, list[tuple[Exhibit, Table, int, int]]]


def index_cells(exhibits: list[Exhibit]) -> CellIndex:
    """Every number of every table -> the cells it stands in."""
    index: CellIndex = {}
    for exhibit in exhibits:
        for table in exhibit.tables:
            for row, line in enumerate(table.rows):
                for column, cell in enumerate(line):
                    if len(cell) < 60 and _DIGIT.search(cell) and not _POWER.search(cell):
                        for number in _CELL_NUMBER.findall(cell):
                            index.setdefault(number, []).append((exhibit, table, row, column))
    return index


def support_of(reading: PaperReading, sentences: tuple[Said, ...], index: CellIndex) -> Support:
    """What a claim's sentences stand on."""
    referred: dict[int, Exhibit] = {}
    for said in sentences:
        for label in said.sentence.refs:
            exhibit = reading.exhibits_by_label.get(label)
            if exhibit is not None:
                referred.setdefault(id(exhibit), exhibit)
    context: dict[int, Exhibit] = {}
    if not referred:
        for said in sentences:
            context.update((id(exhibit), exhibit) for exhibit in _spoken_of_before(reading, said))
    hits: list[ValueHit] = []
    for value in dict.fromkeys(number for said in sentences for number in sorted(telling_numbers(said.text))):
        cells = index.get(value, [])
        if not cells or len(cells) > 12:
            continue
        preferred = [cell for cell in cells if id(cell[0]) in referred] or cells
        exhibit, table, row, column = preferred[0]
        if len({id(cell[0]) for cell in preferred}) == 1:
            hits.append(ValueHit(value, exhibit, row_name(table, row), column_name(table, column)))
    return Support(tuple(referred.values()), tuple(context.values()), tuple(hits[:12]))


def _spoken_of_before(reading: PaperReading, said: Said) -> list[Exhibit]:
    """Exhibits that the nearest sentence before this one, in its own paragraph, refers to."""
    order = said.order
    while order > 0 and not reading.sentences[order].sentence.first and said.order - order < 5:
        order -= 1
        labels = reading.sentences[order].sentence.refs
        found = [reading.exhibits_by_label[label] for label in labels if label in reading.exhibits_by_label]
        if found:
            return found
    return []


def row_name(table: Table, row: int) -> str:
    """What the row is called: its first cells that are no numbers."""
    cells = [cell for cell in table.rows[row][:3] if cell and not re.fullmatch(r"[\d.,%+\-–±$ ]+", cell)]
    return " / ".join(dict.fromkeys(cells))[:80]


def column_name(table: Table, column: int) -> str:
    """What the column is called: its header cells from the top down."""
    cells = [table.rows[row][column] for row in range(min(table.header_rows, len(table.rows)))]
    return " / ".join(dict.fromkeys(cell for cell in cells if cell))[:80]
