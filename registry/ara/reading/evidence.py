"""evidence/: the index and every Markdown exhibit, with tables cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from registry.ara.artifact import Artifact
from registry.ara.reading.evidence_index import INDEX_FILE, exhibit_id, read_index
from registry.ara.reading.markdown import ids, read_fields, sections, split_lines, tables
from registry.ara.reading.model import Evidence, EvidenceRow, Exhibit, Fields
from registry.ara.reading.text import decoded

_INLINE_SOURCE = re.compile(r"\*\*Sources?(?::\*\*|\*\*\s*:)", re.IGNORECASE)
EXHIBIT_FIELDS = frozenset(
    {
        "source", "sources", "caption", "screenshot", "extraction type", "derived from", "figure type",
        "extraction method", "reading confidence", "plot kind", "axes", "trend summary", "trend",
        "visual description", "supports", "statement", "assumptions used", "proof", "components", "connections",
        "annotations", "what it conveys", "shows", "demonstrates",
    }
)  # fmt: skip


def read_evidence(artifact: Artifact) -> Evidence:
    """Read the evidence layer. Never fails; files that are no UTF-8 Markdown are left to the caller to report."""
    text = decoded(artifact, INDEX_FILE) or ""
    rows = read_index(text)
    claims_by_id: dict[str, tuple[str, ...]] = {}
    for row in rows:
        claims_by_id.setdefault(row.id, row.claims)
    exhibits = [
        read_exhibit(path, body, claims_by_id)
        for path in artifact.files
        if path.startswith("evidence/") and path.endswith(".md") and path != INDEX_FILE
        if (body := decoded(artifact, path)) is not None
    ]
    return Evidence(rows, len(tables(split_lines(text))), text, tuple(exhibits))


def read_exhibit(path: str, text: str, claims_by_id: Mapping[str, tuple[str, ...]]) -> Exhibit:
    """One exhibit. Its claims are those of the index, or else those of its own "Supports" lines."""
    lines = split_lines(text)
    parts = sections(lines)
    fields = Fields(tuple(one for part in parts for one in read_fields(part, known=EXHIBIT_FIELDS)[0].all))
    folders = path.split("/")[1:-1]
    id_ = exhibit_id(path)
    return Exhibit(
        kind=folders[0] if folders else "other",
        id=id_,
        path=path,
        title=next((part.title for part in parts if part.level == 1), ""),
        source=fields.text("source", "sources") or _inline_source(text),
        caption=fields.text("caption"),
        screenshot=fields.text("screenshot"),
        extraction_type=_first_line(fields.text("extraction type")),
        derived_from=_first_line(fields.text("derived from")),
        figure_type=_first_line(fields.text("figure type")),
        extraction_method=_first_line(fields.text("extraction method")),
        reading_confidence=_first_line(fields.text("reading confidence")),
        claims=claims_by_id.get(id_) or _supports(lines),
        tables=tables(lines),
        fields=fields,
        sections=parts,
        text=text,
    )


def _first_line(text: str) -> str:
    """A value from a closed set stands on one line; prose may follow it."""
    return text.partition("\n")[0].strip()


def _inline_source(text: str) -> str:
    """A bold Source in the middle of a paragraph, up to the paragraph's end."""
    match = _INLINE_SOURCE.search(text)
    return text[match.end() :].split("\n\n", 1)[0].strip() if match else ""


def _supports(lines: Sequence[str]) -> tuple[str, ...]:
    named = " ".join(line for line in lines if "Supports" in line)
    return ids(named, "C")


def rows_by_id(evidence: Evidence) -> Mapping[str, EvidenceRow]:
    """The first index row of each exhibit id."""
    found: dict[str, EvidenceRow] = {}
    for row in evidence.index:
        found.setdefault(row.id, row)
    return found
