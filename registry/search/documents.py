"""What the mirror holds of each package: documents made of rows, always as a whole, and how two are compared.

A document's ``digest`` is over all else in it, so that an index can be held against the rows. Only what may always be
served by everybody enters: claims and concepts of the full text only under an open licence.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlmodel import Session

from registry.categories import UNCATEGORISED
from registry.statements import read_statements

# Stands around words that match in what the server gives back; never in a text.
OPENING, CLOSING = "\ue000", "\ue001"
_MARKS = str.maketrans("", "", OPENING + CLOSING)
_STATEMENTS = read_statements(Path(__file__).with_name("mirror.sql"))
Document = dict[str, Any]


def read_documents(session: Session, ids: Sequence[str]) -> list[Document]:
    """The documents of those of these packages that stand, as their rows are now."""
    rows = session.execute(_STATEMENTS["documents"], {"ids": sorted(ids)}).mappings()
    return [_document(row) for row in rows]


def ids_in_order(session: Session, *, after: str, most: int) -> list[str]:
    """The next packages that stand, by id."""
    return list(session.scalars(_STATEMENTS["ids_after"], {"last": after, "most": most}))


def document_key(package_id: str) -> str:
    """A package id in the letters that keys of documents may have; no two ids have one key."""
    return re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found[0]):x}_", package_id)


def digest_of(document: Mapping[str, Any]) -> str:
    """The digest over a document's content (64 bits, hex)."""
    content = {name: value for name, value in document.items() if name != "digest"}
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(canonical.encode(), digest_size=8).hexdigest()


def batches(session: Session, *, size: int) -> Iterator[list[Document]]:
    """Every document, in the order of ids, so many at a time; a session that sees one moment gives one moment."""
    last = ""
    while ids := ids_in_order(session, after=last, most=size):
        yield read_documents(session, ids)
        last = ids[-1]


def _document(row: Mapping[Any, Any]) -> Document:
    claims = [f"{claim.get('title') or ''} {claim.get('statement') or ''}".strip() for claim in row["claims"]]
    document = {
        "key": document_key(row["id"]),
        "id": row["id"],
        "title": row["title"],
        "parted": row["parted"] or "",
        "folded": row["folded"] or "",
        "authors": list(row["authors"]),
        "tag_words": [tag.replace("-", " ") for tag in row["tags"] if tag != "arxiv-import"],
        "claims": claims,
        "concepts": list(row["concepts"]),
        "abstract": row["abstract"] or "",
        "year_word": str(row["year"]),
        "categories": list(row["categories"]) or [UNCATEGORISED],
        "tags": list(row["tags"]),
        "namespace": row["namespace"],
        "licence": row["licence"],
        "year": row["year"],
        "reproduced": row["reproduced"],
        "title_words": sorted(row["title_words"]),
        "author_words": sorted(row["author_words"]),
        "attention": row["attention_milli"],
        "sorted_at": row["sorted_seconds"],
    }
    document = {name: _plain(value) for name, value in document.items()}
    return document | {"digest": digest_of(document)}


def _plain(value: Any) -> Any:
    """Without the marks that stand around matches."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.translate(_MARKS) if isinstance(value, str) else value
