"""Elements that a heading opens and an id names (``## C01: title``), in every separator seen in real artifacts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from registry.ara.reading.markdown import families, read_fields, sections, split_lines
from registry.ara.reading.model import Fields, Section

_SEPARATORS = ":—–-.·|"


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading with an id, what stood between id and title, and the sections below it."""

    id: str
    separator: str
    title: str
    line: int
    section: Section
    under: tuple[Section, ...]

    def fields(self, known: frozenset[str]) -> Fields:
        """The element's fields, from its own text and from deeper headings."""
        return read_fields(self.section, under=self.under, known=known)[0]


def entries(text: str, letters: str) -> Iterator[Entry]:
    """Every element whose heading (level 2 to 4) begins with ``letters`` and a number or a dashed name."""
    parts = sections(split_lines(text))
    for part, under in families(parts):
        if 2 <= part.level <= 4 and (named := split_heading(part.title, letters)):
            below = tuple(takewhile(lambda one: not split_heading(one.title, letters), under))
            yield Entry(named[0], named[1], named[2], part.line, part, below)


def split_heading(title: str, letters: str) -> tuple[str, str, str] | None:
    """``C01: title`` as (id, separator, title), or nothing if the heading does not begin with such an id."""
    match = _pattern(letters).match(title.strip("*[] "))
    if not match:
        return None
    rest = match[2].lstrip().removeprefix("**").lstrip()
    if rest[:1] and rest[0] in _SEPARATORS:
        return match[1], rest[0], rest[1:].strip(" *")
    if rest and match[2][:1] not in (" ", "\t", "*"):
        return None
    return match[1], "", rest.strip(" *")


@lru_cache(maxsize=16)
def _pattern(letters: str) -> re.Pattern[str]:
    """An id is letters and digits; RW entries are also named (RW-Muon) in real artifacts."""
    tail = r"(?:\d+[a-z]?|-[A-Za-z0-9]\w*)" if letters == "RW" else r"\d+"
    return re.compile(rf"({letters}{tail})(?![A-Za-z0-9])(.*)", re.DOTALL)
