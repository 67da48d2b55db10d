"""Events for what happened before events were kept: versions, withdrawals and owners that stand in rows alone.

Run once, by the migration that asks for it. What was published here is taken as asserted: how far its claims resolve
was found out at publication and not kept, and its next version says it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from registry.events import (
    Body,
    Grounding,
    Owned,
    VersionPublished,
    VersionWithdrawn,
    claim_records,
    encode,
    kind_of,
    party,
)
from registry.grounding import cited_dependencies, stands_in
from registry.identifiers import ARXIV_NAMESPACE, ArxivId
from registry.identities import ANONYMOUS_PREFIX
from registry.tables import EventRow, IdentityRow, PackageRow, PackageVersionRow

_EVENT: Table = EventRow.__table__  # type: ignore[attr-defined]
_IDENTITY: Table = IdentityRow.__table__  # type: ignore[attr-defined]
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_VERSION: Table = PackageVersionRow.__table__  # type: ignore[attr-defined]
_AT_ONCE = 500
# By name, not whole: later revisions add columns that a database on its way up does not have yet.
_OF_PACKAGE = (_PACKAGE.c.namespace, _PACKAGE.c.name, _PACKAGE.c.abstract, _PACKAGE.c.authors, _PACKAGE.c.owner_id)
_OF_VERSION = (
    _VERSION.c.number,
    _VERSION.c.digest,
    _VERSION.c.published_at,
    _VERSION.c.withdrawn_at,
    _VERSION.c.claims,
    _VERSION.c.full_claims,
    _VERSION.c.full_links,
)


def backfill_events(connection: Connection) -> int:
    """Add the events that are missing; once more adds none. Returns how many were added."""
    missing, added = iter(_incomplete(connection)), 0
    while ids := list(islice(missing, _AT_ONCE)):
        rows = [row for id_ in ids for row in _of_package(connection, id_)]
        if rows:
            connection.execute(insert(_EVENT), rows)
        added += len(rows)
    return added


def _incomplete(connection: Connection) -> list[str]:
    """Packages with a version, or an owner, of which no event tells."""
    told = _told("version")
    versions = (
        select(_VERSION.c.package_id).group_by(_VERSION.c.package_id).having(func.count() > told(_VERSION.c.package_id))
    )
    owners = select(_PACKAGE.c.id).where(_PACKAGE.c.owner_id.is_not(None), _told("owner")(_PACKAGE.c.id) == 0)
    return sorted({*connection.execute(versions).scalars(), *connection.execute(owners).scalars()})


def _told(kind: str) -> Any:
    """How many events of a kind a package has, as a subquery on the column of its id."""

    def counted(package_id: Any) -> Any:
        of_package = (_EVENT.c.package_id == package_id) & (_EVENT.c.kind == kind)
        return select(func.count()).select_from(_EVENT).where(of_package).scalar_subquery()

    return counted


def _of_package(connection: Connection, id_: str) -> Iterator[dict[str, Any]]:
    package = connection.execute(select(*_OF_PACKAGE).where(_PACKAGE.c.id == id_)).mappings().one()
    versions = connection.execute(
        select(*_OF_VERSION).where(_VERSION.c.package_id == id_).order_by(_VERSION.c.number)
    ).mappings()
    told = {(row.kind, number) for row in _events(connection, id_) for number in _numbers(row)}
    for version in versions:
        published, number = version["published_at"], version["number"]
        if ("version", number) not in told:
            yield _row(id_, published, _published(package, version))
        if version["withdrawn_at"] is not None and ("version-withdrawn", number) not in told:
            yield _row(id_, version["withdrawn_at"], VersionWithdrawn(number))
    if package["owner_id"] is not None and ("owner", 0) not in told:
        yield _row(id_, datetime.now(UTC), _owned(connection, package["owner_id"]))


def _events(connection: Connection, id_: str) -> Sequence[Any]:
    number = _EVENT.c.body.op("::jsonb ->>")("number").label("number")
    return connection.execute(select(_EVENT.c.kind, number).where(_EVENT.c.package_id == id_)).all()


def _numbers(row: Any) -> tuple[int]:
    return (int(row.number or 0),)


def _row(id_: str, moment: datetime, body: Body) -> dict[str, Any]:
    at = moment.astimezone(UTC)
    return {"day": at.date(), "at": at, "package_id": id_, "kind": kind_of(body), "body": encode(body)}


def _published(package: Mapping[Any, Any], version: Mapping[Any, Any]) -> VersionPublished:
    is_paper = package["namespace"] == ARXIV_NAMESPACE
    abstract = (package["abstract"] or "") if is_paper else ""
    claims = [(one["id"], one["statement"], _grounding(one, abstract)) for one in version["claims"]]
    claims += [(f"full:{one['id']}", one["statement"], _quoting(one)) for one in version["full_claims"] or ()]
    return VersionPublished(
        number=version["number"],
        digest=version["digest"],
        dated=_first_of_month(package["name"]) if is_paper else version["published_at"].astimezone(UTC).date(),
        claims=claim_records(tuple(claims)),
        authors=tuple(dict.fromkeys(map(party, package["authors"]))),
        depends=cited_dependencies(version["full_links"] or ()),
    )


def _first_of_month(name: str) -> date:
    named = ArxivId(name)
    return date(named.year, named.month, 1)


def _grounding(claim: Mapping[str, Any], abstract: str) -> Grounding:
    quotes = (quote["text"] for quote in claim.get("quotes", ()))
    return Grounding.QUOTED if stands_in(quotes, abstract) else Grounding.ASSERTED


def _quoting(claim: Mapping[str, Any]) -> Grounding:
    return Grounding.QUOTED if claim.get("quotes") else Grounding.ASSERTED


def _owned(connection: Connection, handle: str) -> Owned:
    owner = (
        connection.execute(select(_IDENTITY.c.name, _IDENTITY.c.tier).where(_IDENTITY.c.id == handle)).mappings().one()
    )
    name = "" if handle.startswith(ANONYMOUS_PREFIX) else party(owner["name"])
    return Owned(handle, name, owner["tier"])
