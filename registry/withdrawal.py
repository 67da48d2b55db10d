"""Withdrawing a package or one version of it. Rows and bytes stay; they are no longer listed or served.

What was withdrawn stays so: its slug and version number are never given again, and `registry.packages` refuses to read
it with the tombstone. Finding out who may withdraw, and showing the version that remains, are the caller's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, Table, func, select, update
from sqlmodel import Session

from registry.errors import InvalidInput, PackageNotFound
from registry.event_log import append
from registry.events import VersionWithdrawn
from registry.identifiers import PackageId
from registry.search.indexing import refresh
from registry.tables import PackageRow, PackageVersionRow
from registry.tombstones import refuse_withdrawn, refuse_withdrawn_version

REASON_CHARACTERS = 500
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_VERSION: Table = PackageVersionRow.__table__  # type: ignore[attr-defined]


def withdraw_package(session: Session, package_id: PackageId, reason: str) -> None:
    """Withdraw a package with all its versions.

    Raises PackageNotFound, Withdrawn if it is withdrawn already, InvalidInput for an empty or overlong reason.
    """
    given = _checked_reason(reason)
    package = _locked(session, package_id)
    refuse_withdrawn(package, _versions(session, package_id))
    _end_package(session, package_id, given, datetime.now(UTC))


def withdraw_version(session: Session, package_id: PackageId, number: int, reason: str) -> int | None:
    """Withdraw one version; the newest that remains is then the one shown, and its number is returned.

    Withdrawing the last one that stands withdraws the package: None. Raises as `withdraw_package`.
    """
    given = _checked_reason(reason)
    package, versions = _locked(session, package_id), _versions(session, package_id)
    refuse_withdrawn(package, versions)
    named = next((version for version in versions if version["number"] == number), None)
    if named is None:
        raise PackageNotFound(f"Package {package_id} has no version {number}; its newest is v{package['version']}.")
    refuse_withdrawn_version(package, named)
    now = datetime.now(UTC)
    this = (_VERSION.c.package_id == str(package_id)) & (_VERSION.c.number == number)
    session.execute(update(_VERSION).where(this).values(withdrawn_at=now, withdrawn_reason=given))
    append(session, [(str(package_id), VersionWithdrawn(number))])
    standing = [one for one in versions if one["withdrawn_at"] is None and one["number"] != number]
    if not standing:
        _end_package(session, package_id, given, now)
        return None
    if number == package["version"]:
        _show(session, package_id, standing[0])
    return int(standing[0]["number"])


def _checked_reason(reason: str) -> str:
    words = " ".join(reason.split())
    if not words or len(words) > REASON_CHARACTERS or not words.isprintable():
        raise InvalidInput(f"say why in one printable sentence of at most {REASON_CHARACTERS} characters")
    return words


def _locked(session: Session, package_id: PackageId) -> RowMapping:
    """The package row, locked like `registry.packages.read_current` does, so that no publication runs beside this."""
    statement = select(_PACKAGE).where(_PACKAGE.c.id == str(package_id)).with_for_update()
    row = session.execute(statement).mappings().one_or_none()
    if row is None:
        raise PackageNotFound(f"There is no package {package_id} in this registry.")
    return row


def _versions(session: Session, package_id: PackageId) -> list[RowMapping]:
    """Newest first."""
    claims = func.jsonb_array_length(_VERSION.c.claims).label("claim_count")
    statement = select(_VERSION, claims).where(_VERSION.c.package_id == str(package_id))
    return list(session.execute(statement.order_by(_VERSION.c.number.desc())).mappings())


def _end_package(session: Session, package_id: PackageId, reason: str, now: datetime) -> None:
    values = {"withdrawn_at": now, "withdrawn_reason": reason}
    session.execute(update(_PACKAGE).where(_PACKAGE.c.id == str(package_id)).values(values))
    refresh(session, [str(package_id)])


def _show(session: Session, package_id: PackageId, version: RowMapping) -> None:
    """Make an earlier version the shown one. An imported paper without a date keeps its place in the order."""
    published = version["source_date"]
    values: dict[str, Any] = {"version": version["number"], "claims": version["claim_count"], "updated_at": published}
    if published is not None:
        values["sorted_at"] = published
    session.execute(update(_PACKAGE).where(_PACKAGE.c.id == str(package_id)).values(values))
    refresh(session, [str(package_id)])
