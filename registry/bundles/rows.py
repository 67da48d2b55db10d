"""What the database says of bundles: where the bytes of a digest lie, and which versions were given it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Table, func, select
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
        .where(_VERSION.c.digest == digest)
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
