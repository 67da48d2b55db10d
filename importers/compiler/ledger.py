"""Where every statement of an artifact comes from: collected while it is written, emitted as ``provenance.json``.

Also the few turns of Markdown and YAML that all files share. A statement enters with the sentences it stands on; what
does not stand on the source has no place here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from importers.compiler.paper_reading import PaperReading, Said

UNSTATED = "Not specified in paper"


@dataclass(frozen=True, slots=True)
class Origin:
    """One stretch of source under a statement; characters are zero-based, end exclusive, of the decoded file."""

    path: str
    start: int
    end: int
    line: int
    section: str
    quotes: tuple[str, ...]


@dataclass(slots=True)
class Ledger:
    """Statement id -> its origins, in the order of writing."""

    reading: PaperReading
    entries: dict[str, list[Origin]] = field(default_factory=dict)
    _origins: dict[int, tuple[Origin, ...]] = field(default_factory=dict)  # by the order of the sentence
    _entered: set[tuple[str, str, int, int, str]] = field(default_factory=set)

    def enter(self, statement: str, said: Said) -> None:
        """Note a sentence under a statement."""
        known = self._origins.get(said.order)
        if known is None:
            known = self._origins[said.order] = self._origins_of(said)
        for origin in known:
            key = (statement, origin.path, origin.start, origin.end, origin.section)
            if key not in self._entered:
                self._entered.add(key)
                self.entries.setdefault(statement, []).append(origin)

    def _origins_of(self, said: Said) -> tuple[Origin, ...]:
        """The stretches of a sentence that can be quoted."""
        source, where = self.reading.document.source, self.reading.where(said)
        found = []
        for start, end in said.sentence.spans:
            place, quotes = source.locate(start, end), source.quotes(start, end)
            if quotes:
                found.append(Origin(place.path, place.start, place.end, place.line, where, quotes))
        return tuple(found)

    def enter_range(self, statement: str, start: int, end: int, section: str) -> None:
        """Note a stretch of source (a table, a figure, an equation) under a statement."""
        place = self.reading.document.source.locate(start, end)
        self.entries.setdefault(statement, []).append(
            Origin(place.path, place.start, place.end, place.line, section, ())
        )

    def as_json(self) -> bytes:
        """``provenance.json``: files read with digest and encoding, and every statement's origins."""
        source = self.reading.document.source
        files = {
            loaded.path: {
                "encoding": loaded.encoding,
                "characters": len(loaded.text),
                "sha256": hashlib.sha256(source.tree.files[loaded.path]).hexdigest(),
            }
            for loaded in sorted(source.files, key=lambda item: item.path)
        }
        head = {
            "characters": "zero-based, end exclusive, in the file decoded as named; quotes have white space folded",
            "main": self.reading.document.main,
        }
        lines = [
            *(f"{_json(key)}: {_json(value)}" for key, value in head.items()),
            f'"files": {{\n{_members((path, _json(value)) for path, value in files.items())}\n}}',
            f'"statements": {{\n{_members((name, _entries(origins)) for name, origins in self.entries.items())}\n}}',
        ]
        return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


_json = json.JSONEncoder(ensure_ascii=False).encode


def _members(pairs: Iterable[tuple[str, str]]) -> str:
    return ",\n".join(f" {_json(key)}: {value}" for key, value in pairs)


def _entries(origins: list[Origin]) -> str:
    """One origin a line: short to write, and a line of a diff is one origin."""
    return "[\n" + ",\n".join(f"  {_entry(origin)}" for origin in origins) + "\n ]"


def _entry(origin: Origin) -> str:
    """JSON by hand: there are thousands, and an encoder takes longer to set up than to write one."""
    quotes = f', "quotes": [{", ".join(map(_json, origin.quotes))}]' if origin.quotes else ""
    return (
        f'{{"file": {_json(origin.path)}, "start": {origin.start}, "end": {origin.end}, "line": {origin.line}, '
        f'"section": {_json(origin.section)}{quotes}}}'
    )


def heading(text: str, limit: int = 90) -> str:
    """Text as a heading: one line, cut at a word."""
    plain = " ".join(text.split()).rstrip(".!?:;,")
    if len(plain) <= limit:
        return plain or "Untitled"
    return f"{plain[:limit].rpartition(' ')[0] or plain[:limit]} …"


def yaml_text(text: str) -> str:
    """A YAML double-quoted scalar: JSON's is one."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def bullets(*pairs: tuple[str, str]) -> str:
    """``- **Key**: value`` lines; an empty value is what the paper does not say."""
    return "\n".join(f"- **{key}**: {value or UNSTATED}" for key, value in pairs)


def quote_line(reading: PaperReading, said: Said) -> str:
    """A sentence as evidence: place and verbatim quote."""
    return f"{reading.reference(said)} {reading.quoted(said)}"
