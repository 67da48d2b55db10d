"""Whether Postgres's own index holds what the packages say: every text is derived anew and held against the stored one.

A batch in which nothing differs is rolled back, so that an examination of a sound index writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, Table, select
from sqlmodel import Session

from registry.search.indexing import refresh
from registry.statements import read_statements
from registry.tables import PackageRow

_BATCH = 500
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_STATEMENTS = read_statements(Path(__file__).with_name("index.sql"))


@dataclass(frozen=True, slots=True)
class TextExamination:
    """How many packages stand, how many texts were stored, and the ids of which differed how."""

    packages: int
    texts: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    left_over: tuple[str, ...]

    @property
    def in_step(self) -> bool:
        return not (self.missing or self.stale or self.left_over)


def examine(engine: Engine, *, repair: bool) -> TextExamination:
    """Derive the text of every package anew, compare, and with ``repair`` keep what differs. Imports wait a batch."""
    packages = texts = 0
    missing: list[str] = []
    stale: list[str] = []
    left_over: list[str] = []
    last = ""
    while True:
        with Session(engine) as session:
            rows = _batch(session, last)
            if not rows:
                return TextExamination(packages, texts, tuple(missing), tuple(stale), tuple(left_over))
            ids = [id_ for id_, _ in rows]
            before = _digests(session, ids)
            refresh(session, ids)
            after = _digests(session, ids)
            missing += sorted(after.keys() - before.keys())
            left_over += sorted(before.keys() - after.keys())
            stale += sorted(id_ for id_ in before.keys() & after.keys() if before[id_] != after[id_])
            if repair and before != after:
                session.commit()
        last = ids[-1]
        packages += sum(1 for _, standing in rows if standing)
        texts += len(before)


def _batch(session: Session, last: str) -> Sequence[tuple[str, bool]]:
    """The next packages by id, each with whether it stands, locked as whoever writes them locks them."""
    statement = (
        select(_PACKAGE.c.id, _PACKAGE.c.withdrawn_at.is_(None))
        .where(_PACKAGE.c.id > last)
        .order_by(_PACKAGE.c.id)
        .limit(_BATCH)
        .with_for_update()
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def _digests(session: Session, ids: Sequence[str]) -> dict[str, str]:
    return {row.package_id: row.digest for row in session.execute(_STATEMENTS["digests"], {"ids": list(ids)})}
