"""From a statement of a compiled artifact back to the sentences it stands on. Reads ``provenance.json`` alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from registry.errors import InvalidArtifact, NotFound

PROVENANCE = "provenance.json"


@dataclass(frozen=True, slots=True)
class TracedSentence:
    """A stretch of source under a statement."""

    file: str
    line: int
    start: int
    end: int
    section: str
    quotes: tuple[str, ...]


def trace_statement(files: Mapping[str, bytes], statement: str) -> tuple[TracedSentence, ...]:
    """What a statement stands on. Raises InvalidArtifact without provenance, NotFound for an unknown statement."""
    known = _statements(files)
    if statement not in known:
        some = ", ".join(list(known)[:12])
        raise NotFound(f"no statement {statement!r} in {PROVENANCE}; there are {len(known)}, among them {some}")
    return tuple(_sentence(entry) for entry in known[statement])


def _statements(files: Mapping[str, bytes]) -> dict[str, list[dict[str, object]]]:
    if PROVENANCE not in files:
        raise InvalidArtifact(f"the artifact has no {PROVENANCE}; it was not compiled from a full text by this project")
    try:
        read = json.loads(files[PROVENANCE])["statements"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidArtifact(f"{PROVENANCE} cannot be read: {error}") from error
    if not isinstance(read, dict):
        raise InvalidArtifact(f"{PROVENANCE} lists no statements")
    return read


def _sentence(entry: dict[str, object]) -> TracedSentence:
    try:
        quotes = entry.get("quotes", [])
        return TracedSentence(
            file=str(entry["file"]),
            line=int(str(entry["line"])),
            start=int(str(entry["start"])),
            end=int(str(entry["end"])),
            section=str(entry["section"]),
            quotes=tuple(map(str, quotes)) if isinstance(quotes, list) else (),
        )
    except (KeyError, ValueError, AttributeError) as error:
        raise InvalidArtifact(f"{PROVENANCE} has an entry that cannot be read: {error}") from error
