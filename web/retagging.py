"""Tags derived anew, after the vocabulary changed: `registry.tags` over the packages that are here.

Touches rows and search text only, no bundle and no version. Goes on from where it was when it was interrupted: how far
a vocabulary has come stands in Postgres. A hosted package that was published before its keywords were kept here keeps
its tags until it is published again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

from sqlalchemy import Engine, Table, bindparam, exists, select, update
from sqlmodel import Session

from registry.database import transaction
from registry.identifiers import ARXIV_NAMESPACE
from registry.jobs import SCHEDULED, Work, enqueue, job_app
from registry.search.indexing import refresh
from registry.stopping import Interrupted
from registry.tables import PackageRow, TagSourceRow
from registry.tag_sources import NO_SOURCE, TagSource, read_tag_sources
from registry.tags import Vocabulary, derive_tags, vocabulary_in_force
from registry.vocabulary_use import VocabularyUse, begin_use, is_in_use, note_progress
from web.opening import OpenRegistry
from web.pipeline import tag_input, tag_reason

BATCH: Final = 500
RETAG_QUEUE: Final = "upkeep"
RETAG_TASK: Final = "retag"
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_SOURCE: Table = TagSourceRow.__table__  # type: ignore[attr-defined]
_COLUMNS = [_PACKAGE.c[name] for name in ("id", "namespace", "title", "abstract", "categories", "tags", "tag_reasons")]


@dataclass(frozen=True, slots=True)
class Retagged:
    """How many packages were looked at so far, and of how many the tags changed."""

    seen: int
    changed: int


def retag_work() -> Work:
    """What bringing all packages under the vocabulary in force asks of a worker."""
    return Work(task=RETAG_TASK, queue=RETAG_QUEUE, key=RETAG_TASK, priority=SCHEDULED)


def ask_for_retagging(registry: OpenRegistry) -> bool:
    """Queue it if packages are here that another vocabulary tagged; says whether it was added.

    Raises InvalidSettings if the operator's tags file cannot be used.
    """
    vocabulary = vocabulary_in_force(registry.settings.tags_file)
    with transaction(registry.engine) as session:
        if is_in_use(session, vocabulary.version):
            return False
        if session.scalar(select(_PACKAGE.c.id).limit(1)) is None:
            begin_use(session, vocabulary.version, done=True)
            return False
        return enqueue(session, job_app(registry.url), retag_work())[1]


def run_retagging(registry: OpenRegistry, stop: Event) -> str:
    """Do what the job asks; what came of it, for people. Raises Interrupted when told to stop, InvalidSettings."""
    so_far = Retagged(0, 0)
    for so_far in retag(registry.engine, vocabulary_in_force(registry.settings.tags_file)):
        if stop.is_set():
            raise Interrupted(f"re-tagging stopped after {so_far.seen:,} packages")
    return f"tags derived anew: {so_far.seen:,} packages looked at, {so_far.changed:,} changed"


def retag(engine: Engine, vocabulary: Vocabulary, *, anew: bool = False) -> Iterator[Retagged]:
    """Bring all packages under this vocabulary, a transaction a batch; gives how far it is after each.

    Goes on where an earlier run of the same vocabulary was interrupted, unless ``anew``.
    """
    with transaction(engine) as session:
        use = begin_use(session, vocabulary.version, anew=anew)
    while not use.done:
        with transaction(engine) as session:
            rows = _batch(session, use.last_id)
            fresh = _fresh(session, rows, vocabulary)
            _write(session, fresh)
            use = note_progress(session, _after(use, rows, len(fresh)))
        if rows:
            yield Retagged(use.seen, use.changed)


def retag_one(session: Session, id_: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Derive one package's tags anew, in the caller's transaction; its tags from now on."""
    rows = list(session.execute(select(*_COLUMNS).where(_PACKAGE.c.id == id_).with_for_update()).mappings())
    fresh = _fresh(session, rows, vocabulary)
    _write(session, fresh)
    return tuple(fresh[0]["new_tags"] if fresh else rows[0]["tags"])


def _after(use: VocabularyUse, rows: list[Any], changed: int) -> VocabularyUse:
    last = rows[-1]["id"] if rows else use.last_id
    return VocabularyUse(use.version, last, use.seen + len(rows), use.changed + changed, done=not rows)


def _batch(session: Session, last: str) -> list[Any]:
    """The next packages by id, locked as `registry.packages.read_current` locks them."""
    known = (_PACKAGE.c.namespace == ARXIV_NAMESPACE) | exists().where(_SOURCE.c.package_id == _PACKAGE.c.id)
    statement = (
        select(*_COLUMNS)
        .where(known, _PACKAGE.c.id > last)
        .order_by(_PACKAGE.c.id)
        .limit(BATCH)
        .with_for_update(of=_PACKAGE)
    )
    return list(session.execute(statement).mappings())


def _fresh(session: Session, rows: list[Any], vocabulary: Vocabulary) -> list[dict[str, Any]]:
    sources = read_tag_sources(session, [row["id"] for row in rows])
    found = (_tags(row, sources.get(row["id"], NO_SOURCE), vocabulary) for row in rows)
    return [new for new in found if new is not None]


def _tags(row: Any, source: TagSource, vocabulary: Vocabulary) -> dict[str, Any] | None:
    """What the row's tags should be; None if they are that already."""
    imported = row["namespace"] == ARXIV_NAMESPACE
    given = tag_input(row["title"], row["abstract"], row["categories"], source, arxiv_import=imported)
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
