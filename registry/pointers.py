"""ARAs whose bytes stay in somebody's repository: the pointers to them. Reading the repository is the caller's work."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.errors import NotFound
from registry.tables import RepositoryPointerRow

_POINTER: Table = RepositoryPointerRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class RepositoryPointer:
    """Where an ARA lies; (owner, repo, subdir) is its identity, so that the same again is an update."""

    owner: str
    repo: str
    subdir: str
    slug: str
    title: str
    branch: str
    domain: str
    authors: tuple[str, ...]
    trajectory: str
    submitted_on: date | None


def record_pointer(session: Session, pointer: RepositoryPointer) -> None:
    """Keep a pointer to a repository that could be read just now."""
    row = {**asdict(pointer), "authors": list(pointer.authors), "verified_at": datetime.now(UTC)}
    key = ("owner", "repo", "subdir")
    replace = {name: value for name, value in row.items() if name not in key}
    statement = insert(_POINTER).values(row)
    session.execute(statement.on_conflict_do_update(index_elements=[_POINTER.c[name] for name in key], set_=replace))


def read_pointer(session: Session, owner: str, repo: str) -> RepositoryPointer:
    """The pointer to the ARA at a repository's root, or the first below it. Raises NotFound."""
    columns = [_POINTER.c[name] for name in RepositoryPointer.__slots__]
    named = (_POINTER.c.owner == owner) & (_POINTER.c.repo == repo)
    row = session.execute(select(*columns).where(named).order_by(_POINTER.c.subdir).limit(1)).mappings().first()
    if row is None:
        raise NotFound(f"No artifact in the repository {owner[:80]}/{repo[:100]} is registered here.")
    return RepositoryPointer(**{**row, "authors": tuple(row["authors"])})
