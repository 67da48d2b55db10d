"""What feeds' servers gave us to ask with the next time (ETag, Last-Modified), by address. It sends nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.tables import FeedValidatorRow

_VALIDATOR: Table = FeedValidatorRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Validator:
    """The two validators of HTTP, as the server wrote them."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """The headers that make a request conditional; none without a validator."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


def read_validator(session: Session, url: str) -> Validator | None:
    """The validators of an address, None if it never gave any."""
    row = session.execute(
        select(_VALIDATOR.c.etag, _VALIDATOR.c.last_modified).where(_VALIDATOR.c.url == url)
    ).one_or_none()
    return Validator(*row) if row else None


def write_validator(session: Session, url: str, validator: Validator) -> None:
    """Remember them. Write them once what the feed said is kept, in the same transaction or after it."""
    values = {"etag": validator.etag, "last_modified": validator.last_modified}
    statement = insert(_VALIDATOR).values(url=url, **values)
    session.execute(statement.on_conflict_do_update(index_elements=[_VALIDATOR.c.url], set_=values))
