"""Which vocabulary the packages here are tagged by, and how far a new one has come. Rows only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.tables import VocabularyUseRow

_USE: Table = VocabularyUseRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class VocabularyUse:
    """A vocabulary by its version; packages up to ``last_id`` are tagged by it, all of them once it is ``done``."""

    version: str
    last_id: str = ""
    seen: int = 0
    changed: int = 0
    done: bool = False


def read_use(session: Session) -> VocabularyUse | None:
    """The vocabulary that came into force last; None before the first."""
    row = session.execute(select(_USE).order_by(_USE.c.begun_at.desc()).limit(1)).mappings().first()
    if row is None:
        return None
    return VocabularyUse(row["version"], row["last_id"], row["seen"], row["changed"], row["done_at"] is not None)


def is_in_use(session: Session, version: str) -> bool:
    """Whether this vocabulary tagged all that is here."""
    use = read_use(session)
    return use is not None and use.version == version and use.done


def begin_use(session: Session, version: str, *, anew: bool = False, done: bool = False) -> VocabularyUse:
    """Let a vocabulary come into force; how far it is, where it had come into force before and none since.

    ``anew`` begins from the start all the same; ``done`` says there is nothing to tag.
    """
    known = read_use(session)
    if known is not None and known.version == version and not anew:
        return known
    return _write(session, VocabularyUse(version, done=done), begun_at=datetime.now(UTC))


def note_progress(session: Session, use: VocabularyUse) -> VocabularyUse:
    """Keep how far it is, in the transaction of the batch; gives it back."""
    return _write(session, use)


def _write(session: Session, use: VocabularyUse, *, begun_at: datetime | None = None) -> VocabularyUse:
    row = {name: value for name, value in asdict(use).items() if name != "done"}
    row["done_at"] = func.now() if use.done else None
    begun = {"begun_at": begun_at} if begun_at else {}
    kept = insert(_USE).values({**row, "begun_at": begun_at or func.now()})
    session.execute(kept.on_conflict_do_update(index_elements=[_USE.c.version], set_={**row, **begun}))
    return use
