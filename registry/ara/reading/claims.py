"""logic/claims.md: claims with their sources, in both schemas and both heading styles."""

from __future__ import annotations

import re

from registry.ara.reading.headings import entries
from registry.ara.reading.markdown import ids
from registry.ara.reading.model import Claim, Field, Fields, Place, SourceEntry

CLAIMS_FILE = "logic/claims.md"
CLAIM_FIELDS = frozenset(
    {
        "statement", "conditions", "sources", "status", "falsification criteria", "falsification", "proof",
        "evidence basis", "interpretation", "dependencies", "depends on", "tags", "title", "provenance",
    }
)  # fmt: skip
_QUOTE = re.compile(r"«([^«»]*)»")
_TAG = re.compile(r"\[(input|result)\b[^\[\]]*\]", re.IGNORECASE)
_PENDING = re.compile(r"\[pending\b", re.IGNORECASE)


def read_claims(text: str, *, file: str = CLAIMS_FILE) -> tuple[Claim, ...]:
    """Every claim of a claims.md, in order, duplicates included. Never fails; what is missing is empty."""
    return tuple(
        _claim(entry.id, entry.title, entry.separator, Place(file, entry.line), entry.fields(CLAIM_FIELDS))
        for entry in entries(text, "C")
    )


def _claim(id_: str, title: str, separator: str, place: Place, fields: Fields) -> Claim:
    return Claim(
        id=id_,
        title=title,
        place=place,
        separator=separator,
        statement=fields.text("statement"),
        conditions=fields.text("conditions"),
        sources=_sources(fields.get("sources")),
        status=fields.text("status"),
        falsification=fields.text("falsification criteria", "falsification"),
        proof=ids(fields.text("proof"), "E"),
        evidence_basis=fields.text("evidence basis"),
        interpretation=fields.text("interpretation"),
        dependencies=ids(fields.text("dependencies", "depends on"), "C"),
        tags=tuple(tag for part in fields.text("tags").strip("[]").split(",") if (tag := part.strip(" .`#\"'"))),
        fields=fields,
    )


def _sources(field: Field | None) -> tuple[SourceEntry, ...]:
    """Entries are the outermost bullets; deeper bullets belong to the entry above. A value on the field's own line
    is one entry too, unless it only says that there are none."""
    if field is None:
        return ()
    entries_: list[tuple[int, str]] = []
    if field.text and field.text.strip(" .").casefold() not in {"[]", "none", "-", "—", "n/a", "not applicable"}:
        entries_.append((field.line, field.text))
    outermost = min((item.indent for item in field.items), default=0)
    for item in field.items:
        text = f"{item.key}: {item.text}" if item.key else item.text
        if item.indent > outermost and entries_:
            line, above = entries_[-1]
            entries_[-1] = (line, f"{above}\n{text}")
        else:
            entries_.append((item.line, text))
    return tuple(_source(text, line) for line, text in entries_)


def _source(text: str, line: int) -> SourceEntry:
    value, arrow, rest = text.partition("←")
    if not arrow:
        value, arrow, rest = text.partition("<-")
    reference = _TAG.sub("", _QUOTE.sub("", rest if arrow else text)).strip(" `\n")
    bare = _QUOTE.sub("", text)
    tag = _TAG.search(bare)
    return SourceEntry(
        text=text,
        value=value.strip() if arrow else "",
        reference=reference,
        quotes=tuple(quote.strip() for quote in _QUOTE.findall(text)),
        tag=tag[1].lower() if tag else None,
        pending=bool(_PENDING.search(bare)),
        line=line,
    )
