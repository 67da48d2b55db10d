"""Which tables and figures a claim stands on: those its sentences point at, and those that hold its numbers.

A number binds only where it is telling (a decimal, a unit, three digits) and stands in a cell of a table's body that
holds little else; where several tables hold it, the one whose caption and cell names speak of the claim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from importers.compiler.claim_weight import content_words
from importers.compiler.differences import DIFFERENCE_WORDS, difference
from importers.compiler.paper_reading import PROPER_NAME, PaperReading, Said
from importers.compiler.values import values_in
from importers.latex.document import Exhibit, Table

_DIGIT = re.compile(r"\d")
_POWER = re.compile(r"10\s*\^|\d\s*\\cdot|\d\s*\\times\s*\d|\be[+-]?\d")  # 2.0·10^19 is no 2.0
_CELL_NUMBER = re.compile(r"(?<![\w.])[+-]?(\d+(?:,\d{3})*(?:\.\d+)?)\s*(\\?%|\$?\\times|×|x(?![a-z]))?")
_VALUE_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_MARKS = re.compile(r"\\[a-zA-Z]+|[^A-Za-z]")
_ASIDE = re.compile(
    r"^(?:For (?:example|instance)|As an? (?:example|illustration)|See\b|e\.g\.)"
    r"|\b(?:configurations?|hyper-?parameters?|details|settings?|list of|examples? of)\b"
)
MAX_HITS = 12


@dataclass(frozen=True, slots=True)
class ValueHit:
    """A number of a claim found in a table: where it stands; ``against``: the row from which the row differs by it."""

    value: str
    exhibit: Exhibit
    row: str
    column: str
    against: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """Exhibits a claim's sentences refer to, those their paragraph spoke of just before, cells its numbers stand in,
    and exhibits that bear its names."""

    referred: tuple[Exhibit, ...]
    context: tuple[Exhibit, ...]
    hits: tuple[ValueHit, ...]
    named: tuple[tuple[Exhibit, tuple[str, ...]], ...] = ()

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """All exhibits, those referred to first."""
        ordered: dict[int, Exhibit] = {}
        named = (exhibit for exhibit, _ in self.named)
        for exhibit in (*self.referred, *(hit.exhibit for hit in self.hits), *named, *self.context):
            ordered.setdefault(id(exhibit), exhibit)
        return tuple(ordered.values())


Cell = tuple[Exhibit, Table, int, int]
CellIndex = dict[str, list[Cell]]


def index_cells(exhibits: list[Exhibit]) -> CellIndex:
    """Every number of every table's body -> the cells it stands in, with its unit and without."""
    index: CellIndex = {}
    for exhibit in exhibits:
        for table in exhibit.tables:
            for row, line in enumerate(table.rows[table.header_rows :], table.header_rows):
                for column, cell in enumerate(line):
                    for number in _numbers_of(cell) if column or len(line) == 1 else ():
                        index.setdefault(number, []).append((exhibit, table, row, column))
    return index


def _numbers_of(cell: str) -> Iterable[str]:
    """ "2.4" and "2.4x" of a cell "2.4$\\times$"; none of a cell that is a name."""
    if len(cell) >= 60 or not _DIGIT.search(cell) or _POWER.search(cell) or len(_MARKS.sub("", cell)) > 12:
        return ()
    found: dict[str, None] = {}
    for number, unit in _CELL_NUMBER.findall(cell):
        found.setdefault(number)
        found.setdefault(_key(number, unit))
    return found


def _key(number: str, unit: str) -> str:
    """Trailing zeros and the unit's spelling do not tell numbers apart."""
    plain = number.replace(",", "")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return f"{plain}{'%' if '%' in unit else 'x' if unit else ''}"


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
    near = {*referred, *context}
    hits: dict[tuple[str, str, int], ValueHit] = {}
    for said in sentences:
        for hit in _hits(said, index, near):
            hits.setdefault((hit.value, hit.column, id(hit.exhibit)), hit)
    bound = {id(hit.exhibit) for hit in hits.values()}
    named = () if referred or context else _bearing_names(reading, sentences, bound)
    return Support(tuple(referred.values()), tuple(context.values()), tuple(hits.values())[:MAX_HITS], named)


def _bearing_names(
    reading: PaperReading, sentences: tuple[Said, ...], bound: set[int]
) -> tuple[tuple[Exhibit, tuple[str, ...]], ...]:
    """The exhibit, of those not bound yet, that bears more of the sentences' proper names than any other, two at
    least; a name that it alone bears tells twice what one does that another bears too."""
    told = frozenset(name for said in sentences for name in PROPER_NAME.findall(said.text))
    if len(told) < 2:
        return ()
    common = [(exhibit, tuple(sorted(told & names))) for exhibit, names in reading.naming() if len(told & names) >= 2]
    common = [pair for pair in common if id(pair[0]) not in bound]
    bearers = Counter(name for _, names in reading.naming() for name in names)
    ranked = sorted(((sum(1 / bearers[name] for name in pair[1]), pair) for pair in common), key=lambda row: -row[0])
    alone = len(ranked) == 1 or (len(ranked) > 1 and ranked[0][0] > ranked[1][0])
    return (ranked[0][1],) if alone else ()


def _hits(said: Said, index: CellIndex, near: set[int]) -> list[ValueHit]:
    words = content_words(said.text)
    cells = {value: _cells(value, index) for value in telling_values(said.text)}
    counts: dict[int, int] = {}
    for found in cells.values():
        for key in {id(cell[0]) for cell in found}:
            counts[key] = counts.get(key, 0) + 1
    hits = []
    for value, found in cells.items():
        ranked = sorted(((_fit(cell, words, counts, near), cell) for cell in found), key=lambda pair: -pair[0])
        if not ranked:
            hits += _apart(value, said, words, index, near)
            continue
        best, first = ranked[0]
        rivals = [cell for fit, cell in ranked if cell[0] is not first[0] and fit >= best - 1]
        plain = len(re.sub(r"\D", "", value)) <= 2
        if best >= (3 if plain else 0) and not rivals:
            exhibit, table, row, column = first
            hits.append(ValueHit(value.rstrip("%"), exhibit, row_name(table, row), column_name(table, column)))
    return hits


def _apart(value: str, said: Said, words: frozenset[str], index: CellIndex, near: set[int]) -> list[ValueHit]:
    """The two rows that differ by a value which stands in no cell."""
    if said.words.isdisjoint(DIFFERENCE_WORDS):
        return []
    tables = {id(cell[0]): cell[0] for cells in index.values() for cell in cells}
    close = [exhibit for key, exhibit in tables.items() if key in near]
    found = difference(value, words, close) or difference(value, words, list(tables.values()))
    if found is None:
        return []
    row, other = row_name(found.table, found.row), row_name(found.table, found.other)
    return [ValueHit(value.rstrip("%"), found.exhibit, row, column_name(found.table, found.column), other)]


def _cells(value: str, index: CellIndex) -> list[Cell]:
    number = _VALUE_NUMBER.search(value)
    if number is None:
        return []
    unit = value[number.end() :].strip()
    times = re.match(r"×|x|-?fold|times", unit)
    exact = index.get(_key(number[0], "x" if times else unit if unit == "%" else ""), [])
    found = exact or (index.get(number[0], []) if not times or len(number[0]) > 3 else [])
    return found if len(found) <= 12 else []


def _fit(cell: Cell, words: frozenset[str], counts: dict[int, int], near: set[int]) -> float:
    """How much a cell speaks of the sentence: its row and column, its caption, other numbers in the same exhibit."""
    exhibit, table, row, column = cell
    names = content_words(f"{row_name(table, row)} {column_name(table, column)}")
    caption = content_words(exhibit.caption.text) if exhibit.caption else frozenset()
    return (
        3.0 * (id(exhibit) in near)
        + 1.5 * min(len(names & words), 2)
        + 0.5 * min(len(caption & words), 4)
        + 1.0 * (counts.get(id(exhibit), 0) - 1)
        + 0.4
    )


def telling_values(text: str) -> list[str]:
    """Values that tell one result from another: with a unit, a decimal point, or more than two digits."""
    found: dict[str, None] = {}
    for value in values_in(text):
        for part in _CELL_NUMBER.finditer(value.text):
            number, unit = part[1], part[2] or ""
            whole = value.text[part.start() :].strip() if not unit else f"{number}{unit}"
            told = value.kind == "result" or "." in number
            if told and ("." in number or unit or len(number.replace(",", "")) > 2 or re.search(r"[a-z]$", whole)):
                found.setdefault(whole if re.match(r"[\d.,]+\s?(?:times|-?fold)", whole) else f"{number}{unit}")
    return list(found)


def _spoken_of_before(reading: PaperReading, said: Said) -> list[Exhibit]:
    """Exhibits that the nearest sentence before this one, in its own paragraph, refers to; examples are asides."""
    order, aside = said.order, list[Exhibit]()
    while order > 0 and not reading.sentences[order].sentence.first and said.order - order < 7:
        order -= 1
        before = reading.sentences[order]
        found = [
            reading.exhibits_by_label[label] for label in before.sentence.refs if label in reading.exhibits_by_label
        ]
        if found and not _ASIDE.search(before.text):
            return found
        aside = aside or found
    return aside


def row_name(table: Table, row: int) -> str:
    """What the row is called: its first cells that are no numbers."""
    cells = [cell for cell in table.rows[row][:3] if cell and not re.fullmatch(r"[\d.,%+\-–±$ \\pmtimes()×]+", cell)]
    return " / ".join(dict.fromkeys(cell for cell in cells if not re.search(r"\d\s*(?:\\pm|\$|±)", cell)))[:80]


def column_name(table: Table, column: int) -> str:
    """What the column is called: its header cells from the top down."""
    cells = [table.rows[row][column] for row in range(min(table.header_rows, len(table.rows)))]
    return " / ".join(dict.fromkeys(cell for cell in cells if cell))[:80]
