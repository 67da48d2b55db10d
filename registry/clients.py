"""Telling clients apart for a day without storing who they are, and counting what each submitted.

A client is a keyed hash of its address: HMAC-SHA256 under a key that lies in the data folder, over a salt that the
database keeps for one day. The database alone gives no address away, and after the day nothing does. Neighbours in one
IPv6 /64 count as one client, because one subscriber has them all.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.arrays import text_array
from registry.errors import TooManySubmissions
from registry.tables import ClientIdentityRow, ClientSaltRow, SubmissionTallyRow, UseClientRow, UseTallyRow

_KEY_FILE = "client.key"
_KEY_BYTES = 32
_TALLY: Table = SubmissionTallyRow.__table__  # type: ignore[attr-defined]
_SALT: Table = ClientSaltRow.__table__  # type: ignore[attr-defined]
_IDENTITY: Table = ClientIdentityRow.__table__  # type: ignore[attr-defined]
_OF_A_DAY: tuple[Table, ...] = (
    _TALLY,
    _IDENTITY,
    UseClientRow.__table__,  # type: ignore[attr-defined]
    UseTallyRow.__table__,  # type: ignore[attr-defined]
)
_PSEUDONYM_BYTES = 16


def client_key(data_dir: Path) -> bytes:
    """The key of this registry's client hashes, made at first use and readable by its owner only."""
    path = data_dir / _KEY_FILE
    try:
        return path.read_bytes()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
    draft = data_dir / f".{_KEY_FILE}-{os.getpid()}-{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # fails if another process was first: its key is the one
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()


@dataclass(frozen=True, slots=True)
class Client:
    """What stands for a client on one day."""

    day: date
    hash: str


def identify(session: Session, key: bytes, address: str) -> Client:
    """The client at this address, today (UTC)."""
    today = datetime.now(UTC).date()
    return client_of(key, day_salt(session, today), today, address)


def client_of(key: bytes, salt: bytes, day: date, address: str) -> Client:
    """The client at this address on a day whose salt is known."""
    return Client(day, hmac.new(key, salt + subscriber(address).encode(), hashlib.sha256).hexdigest())


def pseudonym(key: bytes, salt: bytes, *parts: str) -> bytes:
    """A name of 16 bytes for what the parts say, which nobody can undo once the day's salt is gone.

    With the package among the parts, the same client has another name at each package: rows tell nothing of its ways.
    """
    message = salt + "\0".join(("use", *parts)).encode()
    return hmac.new(key, message, hashlib.sha256).digest()[:_PSEUDONYM_BYTES]


def note_identity(session: Session, client: Client, identity: str) -> None:
    """Remember for the day that this client acts for an identity, so that it cannot raise what is its own."""
    row = insert(_IDENTITY).values(day=client.day, client=client.hash, identity=identity)
    session.execute(row.on_conflict_do_nothing())


def identities_of(session: Session, day: date, hashes: Iterable[str]) -> dict[str, set[str]]:
    """The identities that these clients acted for on a day, by client hash; clients without any are left out."""
    wanted = text_array(sorted(set(hashes)))
    rows = select(_IDENTITY.c.client, _IDENTITY.c.identity).where(
        _IDENTITY.c.day == day, _IDENTITY.c.client == func.any(wanted)
    )
    found: dict[str, set[str]] = {}
    for client, identity in session.execute(rows):
        found.setdefault(client, set()).add(identity)
    return found


def check_allowance(session: Session, client: Client, *, kind: str, limit: int) -> None:
    """Raises TooManySubmissions if this client has used up its day. Counts nothing: see `count_submission`."""
    used = (_TALLY.c.day == client.day) & (_TALLY.c.kind == kind) & (_TALLY.c.client == client.hash)
    if (session.execute(select(_TALLY.c.count).where(used)).scalar_one_or_none() or 0) >= limit:
        raise _refusal(kind, limit)


def count_submission(session: Session, client: Client, *, kind: str, limit: int) -> None:
    """Count one submission in the caller's transaction; of several at once none slips past the limit.

    Raises TooManySubmissions instead of counting beyond it.
    """
    statement = insert(_TALLY).values(day=client.day, kind=kind, client=client.hash, count=1)
    counted = session.execute(
        statement.on_conflict_do_update(
            index_elements=[_TALLY.c.day, _TALLY.c.kind, _TALLY.c.client],
            set_={"count": _TALLY.c.count + 1},
            where=_TALLY.c.count < limit,
        ).returning(_TALLY.c.count)
    )
    if limit < 1 or counted.one_or_none() is None:
        raise _refusal(kind, limit)


def _refusal(kind: str, limit: int) -> TooManySubmissions:
    return TooManySubmissions(
        f"This address has made {limit} {kind} today, which is the most in one day without an account; "
        "go on after midnight UTC, or ask the operator for a token."
    )


def day_salt(session: Session, day: date) -> bytes:
    """The day's salt, made by whoever asks first; whoever makes one deletes all that is older, and what it named."""
    statement = select(_SALT.c.salt).where(_SALT.c.day == day)
    found = session.execute(statement).scalar_one_or_none()
    if found is None:
        session.execute(delete(_SALT).where(_SALT.c.day < day))
        for table in _OF_A_DAY:
            session.execute(delete(table).where(table.c.day < day))
        session.execute(insert(_SALT).values(day=day, salt=secrets.token_bytes(_KEY_BYTES)).on_conflict_do_nothing())
        found = session.execute(statement).scalar_one()
    return bytes(found)


def subscriber(address: str) -> str:
    """The address as one client: an IPv4 address, the /64 of an IPv6 one, or the text if it is neither."""
    parsed = _parsed(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address if parsed is None else str(parsed)


def network(address: str) -> str | None:
    """The network that an address is counted under: the /24 of an IPv4 one, the /48 of an IPv6 one; else None."""
    parsed = _parsed(address)
    if parsed is None:
        return None
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed
