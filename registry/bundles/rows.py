"""What the database says of bundles: where the bytes of a digest lie, and which versions were given it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Table, func, or_, select
from sqlmodel import Session

from registry.arrays import text_array
from registry.bundles.stored import StoredBundle
from registry.errors import NotFound
from registry.tables import BundleRow, PackageRow, PackageVersionRow

_BUNDLE: Table = BundleRow.__table__  # type: ignore[attr-defined]
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_VERSION: Table = PackageVersionRow.__table__  # type: ignore[attr-defined]
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class BundleVersion:
    """A version that was given a bundle; ``withdrawn_at`` is the moment at which it, or its package, was withdrawn."""

    package_id: str
    number: int
    published_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version with its bundle. ``level`` is metadata, full, partial, pdf or published; ``cause`` why it was made.

    ``source_version`` is arXiv's vN, ``source_date`` the moment of that, ``compiler`` what compiled it; None if none.
    """

    package_id: str
    number: int
    level: str
    cause: str
    compiler: str | None
    source_version: int | None
    source_date: datetime | None
    published_at: datetime
    bundle: StoredBundle


def read_version(session: Session, package_id: str, number: int) -> StoredVersion:
    """A version with its bundle, withdrawn or not: who may see it is `registry.packages`' word. Raises NotFound."""
    named = (_VERSION.c.package_id == package_id) & (_VERSION.c.number == number)
    columns = [_VERSION.c[name] for name in StoredVersion.__slots__ if name != "bundle"]
    statement = select(*columns, *_BUNDLE.c).join(_BUNDLE, _BUNDLE.c.digest == _VERSION.c.digest).where(named)
    row = session.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound(f"Package {package_id} has no version {number}.")
    values: dict[str, Any] = {column.name: row[column.name] for column in columns}
    return StoredVersion(**values, bundle=_stored(row))


def read_bundle(session: Session, digest: str) -> StoredBundle:
    """Where the bundle of a digest lies. Raises NotFound."""
    row = session.execute(select(_BUNDLE).where(_BUNDLE.c.digest == digest)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"No bundle with the digest {digest[:80]} was ever published here.")
    return _stored(row)


def versions_of(session: Session, digest: str) -> tuple[BundleVersion, ...]:
    """Every version that was given this bundle, the withdrawn ones too, oldest first."""
    statement = (
        select(
            _VERSION.c.package_id,
            _VERSION.c.number,
            _VERSION.c.published_at,
            func.coalesce(_VERSION.c.withdrawn_at, _PACKAGE.c.withdrawn_at),
        )
        .join(_PACKAGE, _PACKAGE.c.id == _VERSION.c.package_id)
        .where(or_(_VERSION.c.digest == digest, _VERSION.c.full_digest == digest))
        .order_by(_VERSION.c.published_at, _VERSION.c.package_id, _VERSION.c.number)
    )
    return tuple(BundleVersion(*row) for row in session.execute(statement))


def named_packs(session: Session, names: Sequence[str]) -> set[str]:
    """Which of these packs a row names."""
    statement = select(_BUNDLE.c.pack).where(_BUNDLE.c.pack == func.any(text_array(names))).distinct()
    return set(session.execute(statement).scalars())


def every_bundle(session: Session) -> Iterator[StoredBundle]:
    """All bundles, pack by pack in the order in which they lie there; read from the database as they are asked for."""
    statement = select(_BUNDLE).order_by(_BUNDLE.c.pack, _BUNDLE.c.start_byte)
    rows = session.execute(statement, execution_options={"yield_per": _ROWS_AT_ONCE}).mappings()
    return (_stored(row) for row in rows)


def _stored(row: RowMapping) -> StoredBundle:
    values: dict[str, Any] = {name: row[name] for name in StoredBundle.__slots__}
    return StoredBundle(**values)
