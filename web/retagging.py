"""Tags of imported packages derived anew, after the vocabulary changed: `registry.tags` over the rows that are here.

Touches rows and search text only, no bundle and no version. Hosted packages keep the tags of their publication: what
their keywords were stands in their bundles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, bindparam, select, update
from sqlmodel import Session

from registry.database import transaction
from registry.identifiers import ARXIV_NAMESPACE
from registry.search.indexing import refresh
from registry.tables import PackageRow
from registry.tags import TagInput, Vocabulary, derive_tags
from web.pipeline import tag_reason

BATCH = 500
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Retagged:
    """How many packages were looked at so far, and of how many the tags changed."""

    seen: int
    changed: int


def retag(engine: Engine, tags_file: Path | None) -> Iterator[Retagged]:
    """Derive the tags of all imported packages anew, a transaction a batch; gives how far it is after each.

    May be interrupted and run again. Raises InvalidSettings if the operator's tags file cannot be used.
    """
    vocabulary = Vocabulary.load(tags_file)
    last, seen, changed = "", 0, 0
    while True:
        with transaction(engine) as session:
            rows = _batch(session, last)
            fresh = [new for row in rows if (new := _tags(row, vocabulary)) is not None]
            _write(session, fresh)
        if not rows:
            return
        last, seen, changed = rows[-1]["id"], seen + len(rows), changed + len(fresh)
        yield Retagged(seen, changed)


def _batch(session: Session, last: str) -> list[Any]:
    """The next packages by id, locked as `registry.packages.read_current` locks them."""
    columns = [_PACKAGE.c[name] for name in ("id", "title", "abstract", "categories", "tags", "tag_reasons")]
    statement = (
        select(*columns)
        .where(_PACKAGE.c.namespace == ARXIV_NAMESPACE, _PACKAGE.c.id > last)
        .order_by(_PACKAGE.c.id)
        .limit(BATCH)
        .with_for_update()
    )
    return list(session.execute(statement).mappings())


def _tags(row: Any, vocabulary: Vocabulary) -> dict[str, Any] | None:
    """What the row's tags should be; None if they are that already."""
    given = TagInput(row["title"], row["abstract"], tuple(row["categories"]), arxiv_import=True)
    tags = derive_tags(given, vocabulary)
    names, reasons = [tag.name for tag in tags], [tag_reason(tag) for tag in tags]
    if names == row["tags"] and reasons == row["tag_reasons"]:
        return None
    return {"package_id": row["id"], "new_tags": names, "new_reasons": reasons}


def _write(session: Session, fresh: list[dict[str, Any]]) -> None:
    if fresh:
        values: dict[str, Any] = {"tags": bindparam("new_tags"), "tag_reasons": bindparam("new_reasons")}
        statement = update(_PACKAGE).where(_PACKAGE.c.id == bindparam("package_id")).values(values)
        session.connection().execute(statement, fresh)
        refresh(session, [one["package_id"] for one in fresh])
