"""Numbers that stand in no cell since the text tells how far two cells lie apart: "an absolute gain of 0.0059".

A difference binds only in a column where both rows are named by the sentence, and only where no other two cells of the
tables looked at fit as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from importers.compiler.claim_weight import content_words
from importers.latex.document import Exhibit, Table

DIFFERENCE_WORDS = frozenset(
    """gain gains improvement improvements better worse higher lower drop drops point points increase increases decrease
    decreases additional absolute reduction reductions margin lift lifts advantage gap fewer more less loss loses lose
    improves improving improved reduces reduced degrades degradation""".split()
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CELL = re.compile(r"^\W*?([+\-−]?\d+(?:\.\d+)?)\s*(?:\\?%)?(?:\s*(?:±|\\pm|\$|\().*)?\W*$")
_MOST_ROWS = 40
_MOST_TABLES = 8


@dataclass(frozen=True, slots=True)
class Difference:
    """Two rows of one column that lie as far apart as the text says."""

    exhibit: Exhibit
    table: Table
    row: int
    other: int
    column: int


def difference(value: str, words: frozenset[str], exhibits: Sequence[Exhibit]) -> Difference | None:
    """The two cells whose difference is ``value`` ("0.0059", "1.5 points"), if the sentence names both rows.

    ``words`` are the sentence's content words. None where it is a factor, where nothing fits, or where two pairs do.
    """
    number = _NUMBER.search(value)
    if number is None or "." not in number[0] or re.search(r"[x×]|fold|times", value):
        return None
    best: list[tuple[float, Difference]] = []
    for exhibit in exhibits[:_MOST_TABLES]:
        for table in exhibit.tables:
            best.extend(_fitting(exhibit, table, float(number[0]), words))
    best.sort(key=lambda pair: -pair[0])
    if not best or best[0][0] < _LEAST or (len(best) > 1 and best[1][0] >= best[0][0]):
        return None
    return best[0][1]


_LEAST = 2.0
_SAME = 1e-9  # decimals of a paper are no further apart by reading them as binary numbers


def _fitting(exhibit: Exhibit, table: Table, value: float, words: frozenset[str]) -> Iterator[tuple[float, Difference]]:
    first = table.header_rows
    if len(table.rows) - first > _MOST_ROWS:
        return
    named = [content_words(_row_text(line)) for line in table.rows[first:]]
    told = [bool(names & words) for names in named]
    for column in range(1, max(map(len, table.rows), default=0)):
        cells = [_number(line[column]) if column < len(line) else None for line in table.rows[first:]]
        head = content_words(" ".join(table.rows[row][column] for row in range(first) if column < len(table.rows[row])))
        for at, cell in enumerate(cells):
            for other in range(at + 1, len(cells)):
                against = cells[other]
                if cell is None or against is None or not (told[at] and told[other]):
                    continue
                if named[at] == named[other] or abs(abs(cell - against) - value) > _SAME:
                    continue
                fit = _fit(named[at], words) + _fit(named[other], words) + 0.5 * min(len(head & words), 2)
                yield fit, Difference(exhibit, table, first + at, first + other, column)


def _fit(names: frozenset[str], words: frozenset[str]) -> float:
    """How well a row's name stands in a sentence: what the sentence does not say of it counts against it."""
    return 1.0 + 0.3 * len(names & words) - 0.4 * len(names - words)


def _row_text(line: Sequence[str]) -> str:
    return " ".join(cell for cell in line[:3] if cell and _number(cell) is None)


def _number(cell: str) -> float | None:
    match = _CELL.match(cell.replace("\\textbf", "").replace("{", "").replace("}", "")) if len(cell) < 40 else None
    return float(match[1].replace("−", "-")) if match else None
