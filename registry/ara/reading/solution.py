"""logic/solution/: the method files, whatever their names, and the heuristics among them."""

from __future__ import annotations

from registry.ara.reading.headings import entries
from registry.ara.reading.markdown import sections, split_lines
from registry.ara.reading.model import Fields, Heuristic, Place, SolutionFile
from registry.ara.reading.references import cited_paths

HEURISTICS_FILE = "logic/solution/heuristics.md"
HEURISTIC_FIELDS = frozenset({"rationale", "sensitivity", "bounds", "code ref", "code refs", "source"})


def read_solution(text: str, *, file: str) -> SolutionFile:
    """One method file: its title and sections."""
    parts = sections(split_lines(text))
    return SolutionFile(file, next((part.title for part in parts if part.level == 1), ""), parts)


def read_heuristics(text: str, *, file: str = HEURISTICS_FILE) -> tuple[Heuristic, ...]:
    """Every ``## H01: title`` of a method file, in order. Never fails."""
    return tuple(
        _heuristic(entry.id, entry.title, Place(file, entry.line), entry.fields(HEURISTIC_FIELDS))
        for entry in entries(text, "H")
    )


def _heuristic(id_: str, title: str, place: Place, fields: Fields) -> Heuristic:
    return Heuristic(
        id=id_,
        title=title,
        place=place,
        rationale=fields.text("rationale"),
        sensitivity=fields.text("sensitivity"),
        bounds=fields.text("bounds"),
        code_refs=cited_paths(fields.text("code ref", "code refs"), layers=("src/", "data/")),
        source=fields.text("source"),
        fields=fields,
    )
