"""The outbox: which packages changed since the mirror last took changes in, noted in the changing transaction itself.

Triggers on the tables write it (migration 0014), one row a statement, so that no writer can forget it; nothing is
written while no mirror is wanted. Rows are deleted once the mirror holds what they name. Meilisearch is unknown here.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text, update
from sqlmodel import Session

from registry.database import transaction
from registry.statements import read_statements
from registry.tables import SearchMirrorRow

_STATEMENTS = read_statements(Path(__file__).with_name("mirror.sql"))
_MIRROR = SearchMirrorRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class MirrorState:
    """The mirror as last heard of. ``waiting`` packages stand in the outbox (an outbox over a thousand notes counts the
    first thousand), the oldest for ``behind``; ``made`` is None until an index was built."""

    wanted: bool
    index_uid: str
    made: str | None
    version: str | None
    documents: int
    settled: bool
    trouble: str | None
    heard_at: datetime
    waiting: int
    behind: timedelta | None


@dataclass(frozen=True, slots=True)
class Changes:
    """The oldest notes: their numbers, and the packages they name, each once."""

    seqs: tuple[int, ...]
    package_ids: tuple[str, ...]


def want_mirror(engine: Engine) -> MirrorState:
    """Note changes from now on, if they are not noted yet: waits for writers that began before. Returns the state."""
    with transaction(engine) as session:
        state = read_state(session)
        if state is None or not state.wanted:
            session.execute(text("LOCK TABLE package, package_text IN SHARE ROW EXCLUSIVE MODE"))
            uid = state.index_uid if state else f"packages-{secrets.token_hex(4)}"
            session.execute(_STATEMENTS["want"], {"index_uid": uid})
            state = read_state(session)
    assert state is not None
    return state


def unwant_mirror(engine: Engine) -> None:
    """Stop noting changes and forget those noted: this registry searches without a mirror now."""
    with transaction(engine) as session:
        if session.execute(_STATEMENTS["unwant"]).rowcount:  # type: ignore[attr-defined]
            session.execute(text("TRUNCATE search_outbox"))


def read_state(session: Session) -> MirrorState | None:
    """The mirror's state; None if none was ever wanted here."""
    row = session.execute(_STATEMENTS["state"]).mappings().first()
    return None if row is None else MirrorState(**{name: row[name] for name in MirrorState.__slots__})


def note_state(engine: Engine, **values: object) -> None:
    """Keep what was learnt of the mirror (columns of `SearchMirrorRow`), and that it was heard of now."""
    with transaction(engine) as session:
        session.execute(update(_MIRROR).values(heard_at=text("clock_timestamp()"), **values))


def next_changes(session: Session, *, most_notes: int, most_packages: int) -> Changes:
    """The oldest notes of the outbox, up to so many notes and about so many packages."""
    seqs: list[int] = []
    ids: dict[str, None] = {}
    for row in session.execute(_STATEMENTS["next_changes"], {"most": most_notes}):
        seqs.append(row.seq)
        ids.update(dict.fromkeys(row.package_ids))
        if len(ids) >= most_packages:
            break
    return Changes(tuple(seqs), tuple(ids))


def forget_changes(session: Session, seqs: Sequence[int]) -> None:
    """Delete notes that the mirror has taken in."""
    session.execute(_STATEMENTS["taken"], {"seqs": list(seqs)})


def note_changes(session: Session, ids: Sequence[str]) -> None:
    """Have the mirror look at these packages again."""
    session.execute(_STATEMENTS["note"], {"ids": list(ids)})


def standing_packages(session: Session) -> tuple[int, bool]:
    """How many packages stand, and whether the outbox is empty, at one moment."""
    row = session.execute(_STATEMENTS["standing"]).one()
    return row.packages, row.taken_in
