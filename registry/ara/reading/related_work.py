"""logic/related_work.md: what the work builds on, is measured against, or contradicts."""

from __future__ import annotations

import re

from registry.ara.reading.headings import entries
from registry.ara.reading.markdown import ids
from registry.ara.reading.model import Field, Fields, Place, RelatedWork

RELATED_WORK_FILE = "logic/related_work.md"
RELATED_WORK_TYPES = frozenset({"imports", "bounds", "baseline", "extends", "refutes"})
RELATED_WORK_FIELDS = frozenset(
    {"doi", "type", "delta", "what changed", "why", "claims affected", "adopted elements", "adopted", "used by"}
)
_WORD = re.compile(r"[a-z]+")


def read_related_work(text: str, *, file: str = RELATED_WORK_FILE) -> tuple[RelatedWork, ...]:
    """Every typed entry (RW01, and named ones such as RW-Muon), in order. Never fails."""
    return tuple(
        _work(entry.id, entry.title, Place(file, entry.line), entry.fields(RELATED_WORK_FIELDS))
        for entry in entries(text, "RW")
    )


def _work(id_: str, cite: str, place: Place, fields: Fields) -> RelatedWork:
    delta = fields.get("delta")
    return RelatedWork(
        id=id_,
        cite=cite,
        place=place,
        doi=fields.text("doi"),
        types=tuple(word for word in _WORD.findall(fields.text("type").casefold()) if word in RELATED_WORK_TYPES),
        what_changed=_nested(delta, "what changed") or fields.text("what changed"),
        why=_nested(delta, "why") or fields.text("why"),
        delta=delta.whole if delta else "",
        claims_affected=ids(fields.text("claims affected"), "C"),
        adopted=fields.text("adopted elements", "adopted"),
        fields=fields,
    )


def _nested(field: Field | None, key: str) -> str:
    items = field.items if field else ()
    return next((item.text for item in items if (item.key or "").casefold() == key), "")
