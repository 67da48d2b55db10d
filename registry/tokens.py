"""Secrets that open something: bearer tokens of identities, and their making, checking and ending.

A secret is shown once, when it is made; stored is its SHA-256, which is enough for 24 random bytes that nobody chose.
Comparing is done in constant time. What a caller may do with a token is decided where it is done.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, Select, Table, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from registry.identities import read_identity
from registry.standing import Scope, Tier
from registry.tables import IdentityRow, TokenRow

SECRET_BYTES = 24
_PREFIX = "dsc"  # so that a token that leaked into a file is known for what it is
_ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_ID_LENGTH = 8
_TOKEN = re.compile(rf"{_PREFIX}_([a-z0-9]{{{_ID_LENGTH}}})_([A-Za-z0-9_-]{{32}})")
_TOKENS: Table = TokenRow.__table__  # type: ignore[attr-defined]
_IDENTITIES: Table = IdentityRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a valid bearer token speaks for."""

    identity: str
    tier: Tier
    token_id: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class TokenSummary:
    """A token without its secret."""

    id: str
    identity: str
    scopes: tuple[Scope, ...]
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_on: date | None

    @property
    def state(self) -> str:
        """``revoked``, ``expired`` or ``valid``, at this moment."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= datetime.now(UTC) else "valid"


def new_secret() -> str:
    """24 random bytes, base64url: 32 characters."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hashed(secret: str) -> str:
    """What is stored of a secret: SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matches(secret: str, stored: str) -> bool:
    """Whether a secret is the one whose hash is ``stored``, in constant time."""
    return hmac.compare_digest(hashed(secret), stored)


def make_token(
    session: Session, identity: str, *, scopes: Iterable[Scope], label: str = "", days: int | None = None
) -> tuple[str, TokenSummary]:
    """A new bearer token for an identity, as text to be shown once, and its summary. Without ``days`` it stays valid.

    Raises NotFound for an unknown identity, InvalidInput for an anonymous one, no scope, or a lifetime under a day.
    """
    owner = read_identity(session, identity)
    granted = sorted(set(scopes))
    if owner.is_anonymous:
        raise InvalidInput(f"{identity} is anonymous; tokens are for identities made with `discoveries identity add`")
    if not granted:
        raise InvalidInput(f"a token needs a scope: {', '.join(Scope)}")
    if days is not None and not 1 <= days <= 36_500:
        raise InvalidInput("a token lives from 1 to 36500 days, or without an end")
    secret, id_ = new_secret(), "".join(secrets.choice(_ID_CHARACTERS) for _ in range(_ID_LENGTH))
    now = datetime.now(UTC)
    session.execute(
        insert(_TOKENS).values(
            id=id_,
            identity_id=owner.handle,
            secret_sha256=hashed(secret),
            scopes=[str(scope) for scope in granted],
            label=" ".join(label.split())[:200],
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
    )
    return f"{_PREFIX}_{id_}_{secret}", read_token(session, id_)


def authenticate(session: Session, token: str, scope: Scope) -> Caller:
    """Who a bearer token speaks for; notes the day it was used.

    Raises Unauthenticated for a token that is malformed, unknown, revoked or expired (which of these is said only to
    who knows the secret), Forbidden for one without ``scope``.
    """
    parts = _TOKEN.fullmatch(token)
    row = _token_row(session, parts[1]) if parts else None
    if parts is None or row is None or not matches(parts[2], row["secret_sha256"]):
        raise Unauthenticated("This bearer token is not one of ours; check that it was copied whole.")
    summary = _summary(row)
    if summary.state != "valid":
        raise Unauthenticated(f"This bearer token is {summary.state}; ask the operator for a new one.")
    if scope not in summary.scopes:
        held = ", ".join(summary.scopes)
        raise Forbidden(f"This bearer token may not {scope}: its scopes are {held}.")
    _note_use(session, summary)
    return Caller(summary.identity, Tier(row["tier"]), summary.id, frozenset(summary.scopes))


def identity_of(session: Session, token: str) -> str | None:
    """The handle of the identity that a bearer token was made for, valid or not; None if it is not one of ours.

    Notes no use of it: this tells whose reading something is, and opens nothing.
    """
    parts = _TOKEN.fullmatch(token)
    row = _token_row(session, parts[1]) if parts else None
    if parts is None or row is None or not matches(parts[2], row["secret_sha256"]):
        return None
    return str(row["identity_id"])


def read_token(session: Session, id_: str) -> TokenSummary:
    """A token by its public id. Raises NotFound."""
    row = _token_row(session, id_)
    if row is None:
        raise NotFound(f"There is no token {id_[:80]!r}; `discoveries token list` shows those there are.")
    return _summary(row)


def list_tokens(session: Session, identity: str | None = None) -> list[TokenSummary]:
    """Every token, or those of one identity, oldest first."""
    statement = _select().order_by(_TOKENS.c.created_at, _TOKENS.c.id)
    if identity is not None:
        statement = statement.where(_TOKENS.c.identity_id == read_identity(session, identity).handle)
    return [_summary(row) for row in session.execute(statement).mappings()]


def revoke_token(session: Session, id_: str) -> TokenSummary:
    """End a token for good; once more changes nothing. Raises NotFound."""
    read_token(session, id_)
    unrevoked = (_TOKENS.c.id == id_) & _TOKENS.c.revoked_at.is_(None)
    session.execute(update(_TOKENS).where(unrevoked).values(revoked_at=datetime.now(UTC)))
    return read_token(session, id_)


def _note_use(session: Session, token: TokenSummary) -> None:
    """One write a day at most: the day is enough to see a token that nobody uses."""
    today = datetime.now(UTC).date()
    if token.last_used_on != today:
        session.execute(update(_TOKENS).where(_TOKENS.c.id == token.id).values(last_used_on=today))


def _select() -> Select[Any]:
    return select(_TOKENS, _IDENTITIES.c.tier).join(_IDENTITIES, _IDENTITIES.c.id == _TOKENS.c.identity_id)


def _token_row(session: Session, id_: str) -> RowMapping | None:
    return session.execute(_select().where(_TOKENS.c.id == id_)).mappings().one_or_none()


def _summary(row: RowMapping) -> TokenSummary:
    return TokenSummary(
        id=row["id"],
        identity=row["identity_id"],
        scopes=tuple(Scope(scope) for scope in row["scopes"]),
        label=row["label"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        last_used_on=row["last_used_on"],
    )
