"""The text of packages, kept in step: whoever writes package rows calls `refresh` in the same transaction.

Everything is derived from rows, in one statement a batch, so that a rebuild is the same call over all ids. What the
text is made of, and how words are made, stands in ``index.sql`` and in the migration's ``search_words``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Engine, Table, func, select
from sqlmodel import Session

from registry.database import transaction
from registry.statements import read_statements
from registry.tables import PackageRow

BATCH = 500
SAMPLE = 5_000
WORD_COUNT_LOCK = 0x0D15C7
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_STATEMENTS = read_statements(Path(__file__).with_name("index.sql"))


def refresh(session: Session, ids: Sequence[str]) -> None:
    """Write the text of these packages as their rows now stand; withdrawn ones leave the index."""
    if ids:
        parameters = {"ids": sorted(ids)}
        session.execute(_STATEMENTS["forget"], parameters)
        session.execute(_STATEMENTS["refresh"], parameters)
        settle_reproduced(session, ids)


def settle_reproduced(session: Session, ids: Sequence[str]) -> None:
    """Bring up to date which of these packages somebody else reproduced a claim of; due after a report."""
    session.execute(_STATEMENTS["settle_reproduced"], {"ids": sorted(ids)})


def rebuild(engine: Engine) -> Iterator[int]:
    """Write the text of every package anew, a transaction a batch; gives how many were done after each."""
    last, done = "", 0
    while True:
        with transaction(engine) as session:
            ids = session.scalars(
                select(_PACKAGE.c.id).where(_PACKAGE.c.id > last).order_by(_PACKAGE.c.id).limit(BATCH).with_for_update()
            ).all()
            refresh(session, ids)
        if not ids:
            return
        last, done = ids[-1], done + len(ids)
        yield done


def count_words(session: Session) -> None:
    """Bring the lexicon's counts up to date from a sample of about `SAMPLE` packages; not while another counts."""
    if not session.scalar(select(func.pg_try_advisory_xact_lock(WORD_COUNT_LOCK))):
        return
    total = session.scalar(select(func.count()).select_from(_PACKAGE)) or 0
    percent = min(100.0, 100.0 * SAMPLE / max(total, 1))
    session.execute(_STATEMENTS["count_words"], {"percent": percent})
