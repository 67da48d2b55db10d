"""logic/concepts.md: defined terms, one ``##`` section each, or bullets ``- **Term** — definition`` in older files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.ara.reading.markdown import read_fields, sections, split_lines
from registry.ara.reading.model import Concept, Fields, Place, Section

CONCEPTS_FILE = "logic/concepts.md"
CONCEPT_FIELDS = frozenset(
    {
        "definition", "notation", "boundary", "boundary conditions", "related", "related concepts", "source",
        "statement", "example",
    }
)  # fmt: skip
_TERM = re.compile(r"[-*+]\s+\*\*([^*]{1,300})\*\*\s*[—–:-]+\s*(.*)")


def read_concepts(text: str, *, file: str = CONCEPTS_FILE) -> tuple[Concept, ...]:
    """Every defined term. A section whose bullets are terms themselves is a group, not a term. Never fails."""
    found: list[Concept] = []
    for part in sections(split_lines(text)):
        if part.level < 2:
            continue
        fields, _ = read_fields(part, known=CONCEPT_FIELDS)
        terms = [] if _has_known(fields) else list(_bulleted(part, file))
        found.extend(terms or [_concept(part.title, Place(file, part.line), fields)])
    return tuple(found)


def _has_known(fields: Fields) -> bool:
    return any(one.key.casefold() in CONCEPT_FIELDS for one in fields.all)


def _bulleted(part: Section, file: str) -> Iterator[Concept]:
    open_: tuple[str, int, list[str]] | None = None
    for number, line in enumerate(part.lines, start=part.line + 1):
        if match := _TERM.match(line):
            if open_:
                yield _defined(*open_, file)
            open_ = (match[1].strip(" :"), number, [match[2]])
        elif open_ and line.strip():
            open_[2].append(line.strip())
    if open_:
        yield _defined(*open_, file)


def _defined(term: str, line: int, parts: list[str], file: str) -> Concept:
    return Concept(term, Place(file, line), "", "\n".join(parts).strip(), "", (), Fields())


def _concept(term: str, place: Place, fields: Fields) -> Concept:
    related = fields.text("related concepts", "related")
    return Concept(
        term=term,
        place=place,
        notation=fields.text("notation"),
        definition=fields.text("definition"),
        boundary=fields.text("boundary conditions", "boundary"),
        related=tuple(name for part in related.split(",") if (name := part.strip(" .\n"))),
        fields=fields,
    )
