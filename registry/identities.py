"""Identities: who publishes and who reports. A handle, a name, and a tier that the operator gives.

An anonymous publication gets an unverified identity of its own, so that every hosted package has exactly one owner.
Proving who someone is happens outside; authorship of papers and weights of tiers are not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.arrays import text_array
from registry.errors import InvalidInput, NotFound
from registry.event_log import append
from registry.events import Tiered
from registry.standing import Tier
from registry.tables import IdentityRow, PackageRow

ANONYMOUS_PREFIX = "anonymous-"
_HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_NAMED = re.compile(r"[a-z0-9-]{1,100}")  # every handle there can be, an anonymous one included
_NAME_CHARACTERS = 200
_IDENTITY: Table = IdentityRow.__table__  # type: ignore[attr-defined]
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Identity:
    """One identity. ``handle`` is its id everywhere; ``packages`` counts those it owns, the withdrawn ones too."""

    handle: str
    name: str
    tier: Tier
    created_at: datetime
    packages: int = 0

    @property
    def is_anonymous(self) -> bool:
        return self.handle.startswith(ANONYMOUS_PREFIX)


def add_identity(session: Session, handle: str, *, name: str = "", tier: Tier = Tier.REGISTERED) -> Identity:
    """Make an identity; without a ``name`` it is called by its handle.

    Raises InvalidInput for a handle that is taken, reserved or malformed, or a name that is too long.
    """
    _check_handle(handle)
    shown = _clean_name(name) or handle
    if not _insert(session, Identity(handle, shown, tier, datetime.now(UTC))):
        raise InvalidInput(f"there is an identity {handle!r} already; choose another handle")
    return read_identity(session, handle)


def add_anonymous(session: Session, slug: str) -> str:
    """The handle of a new unverified identity for one anonymous package."""
    handle = f"{ANONYMOUS_PREFIX}{slug}"
    _insert(session, Identity(handle, "Anonymous", Tier.UNVERIFIED, datetime.now(UTC)))
    return handle


def read_identity(session: Session, handle: str) -> Identity:
    """One identity. Raises NotFound."""
    found = _read(session, handle=handle) if _NAMED.fullmatch(handle) else []
    if not found:
        raise NotFound(f"There is no identity {handle[:80]!r}; `discoveries identity list` shows those there are.")
    return found[0]


def read_tiers_of(session: Session, handles: Iterable[str]) -> dict[str, str]:
    """The tier of each of these identities that is there."""
    wanted = _IDENTITY.c.id == func.any(text_array(sorted(handles)))
    return {row.id: row.tier for row in session.execute(select(_IDENTITY.c.id, _IDENTITY.c.tier).where(wanted))}


def list_identities(session: Session, *, anonymous: bool = False) -> list[Identity]:
    """Every identity by handle; the anonymous ones, one a package, only if asked for."""
    return [one for one in _read(session) if anonymous or not one.is_anonymous]


def set_tier(session: Session, handle: str, tier: Tier) -> Identity:
    """Put an identity on a tier. Raises NotFound, or InvalidInput for an anonymous one, whom nobody can verify."""
    identity = read_identity(session, handle)
    if identity.is_anonymous and tier is not Tier.UNVERIFIED:
        raise InvalidInput(f"{handle} is anonymous and stays unverified; add an identity and publish with its token")
    session.execute(update(_IDENTITY).where(_IDENTITY.c.id == handle).values(tier=str(tier)))
    if tier is not identity.tier:
        append(session, [(None, Tiered(handle, str(tier)))])
    return read_identity(session, handle)


def _insert(session: Session, identity: Identity) -> bool:
    row = {
        "id": identity.handle,
        "name": identity.name,
        "tier": str(identity.tier),
        "created_at": identity.created_at,
    }
    made = session.execute(insert(_IDENTITY).values(row).on_conflict_do_nothing().returning(_IDENTITY.c.id))
    return made.one_or_none() is not None


def _read(session: Session, *, handle: str | None = None) -> list[Identity]:
    owned = select(func.count()).select_from(_PACKAGE).where(_PACKAGE.c.owner_id == _IDENTITY.c.id).scalar_subquery()
    statement = select(
        _IDENTITY.c.id, _IDENTITY.c.name, _IDENTITY.c.tier, _IDENTITY.c.created_at, owned.label("packages")
    ).order_by(_IDENTITY.c.id)
    if handle is not None:
        statement = statement.where(_IDENTITY.c.id == handle)
    return [
        Identity(row.id, row.name, Tier(row.tier), row.created_at, row.packages) for row in session.execute(statement)
    ]


def _check_handle(handle: str) -> None:
    if not _HANDLE.fullmatch(handle):
        raise InvalidInput(f"{handle[:80]!r} is not a handle; use up to 40 of a-z, 0-9 and -, e.g. ada-lovelace")
    if handle.startswith(ANONYMOUS_PREFIX):
        raise InvalidInput(f"handles that begin with {ANONYMOUS_PREFIX} belong to anonymous packages; choose another")


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if len(cleaned) > _NAME_CHARACTERS or not cleaned.isprintable():
        raise InvalidInput(f"a name has at most {_NAME_CHARACTERS} printable characters")
    return cleaned
