"""The log of events: rows added in the transaction of what they tell of, read back by package or all in order.

What an event means is `registry.events`; what a score makes of them is `ranking`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, literal_column, select
from sqlmodel import Session

from registry.arrays import text_array
from registry.copying import copy_rows
from registry.events import Body, Event, Reported, ReportWithdrawn, Tiered, decode, encode, kind_of
from registry.tables import EventRow

_EVENT: Table = EventRow.__table__  # type: ignore[attr-defined]
_COLUMNS = (_EVENT.c.id, _EVENT.c.day, _EVENT.c.package_id, _EVENT.c.kind, _EVENT.c.body)
_WRITERS_SINCE = (
    "(SELECT coalesce(min(xact_start) - interval '1 second', 'infinity') FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_xid IS NOT NULL)"
)


def utc_today() -> date:
    """The UTC day it is."""
    return datetime.now(UTC).date()


def append(
    session: Session,
    entries: Sequence[tuple[str | None, Body]],
    *,
    at: datetime | None = None,
    actor: str | None = None,
) -> None:
    """Add events, each of a package or of none, in order. ``actor`` is who reported; ``at`` the moment or now."""
    if not entries:
        return
    moment = at or datetime.now(UTC)
    day = moment.astimezone(UTC).date()
    rows = [
        {"day": day, "at": moment, "package_id": id_, "kind": kind_of(body), "actor": actor, "body": encode(body)}
        for id_, body in entries
    ]
    copy_rows(session, _EVENT, rows)


def read_events(
    session: Session, package_ids: Sequence[str], *, until: date | None = None, without_use: bool = False
) -> dict[str, list[Event]]:
    """The events of each of these packages in order, up to and including a day; packages without any are left out."""
    statement = select(*_COLUMNS).where(_EVENT.c.package_id == func.any(text_array(package_ids))).order_by(_EVENT.c.id)
    if until is not None:
        statement = statement.where(_EVENT.c.day <= until)
    if without_use:
        statement = statement.where(_EVENT.c.kind != "use")
    found: dict[str, list[Event]] = {}
    for row in session.execute(statement):
        event = _event(row)
        found.setdefault(str(event.package), []).append(event)
    return found


def read_tiers(session: Session, *, until: date | None = None) -> dict[str, str]:
    """The tier the operator last gave each identity, up to and including a day."""
    statement = select(*_COLUMNS).where(_EVENT.c.kind == "tier", _EVENT.c.package_id.is_(None)).order_by(_EVENT.c.id)
    if until is not None:
        statement = statement.where(_EVENT.c.day <= until)
    bodies = (_event(row).body for row in session.execute(statement))
    return {body.identity: body.tier for body in bodies if isinstance(body, Tiered)}


def last_event_id(session: Session) -> int:
    """The newest event's id; 0 without any."""
    return int(session.execute(select(func.coalesce(func.max(_EVENT.c.id), 0))).scalar_one())


def packages_since(session: Session, event_id: int) -> list[str]:
    """Ids of the packages that have events newer than this one."""
    statement = select(_EVENT.c.package_id).where(_EVENT.c.id > event_id, _EVENT.c.package_id.is_not(None)).distinct()
    return sorted(session.execute(statement).scalars())


def packages_reported_by(session: Session, identity: str) -> list[str]:
    """Ids of the packages that an identity ever reported on."""
    statement = select(_EVENT.c.package_id).where(_EVENT.c.actor == identity, _EVENT.c.package_id.is_not(None))
    return sorted(set(session.execute(statement).scalars()))


def reporter_with(session: Session, said: str, *, other_than: str) -> str | None:
    """The identity that first reported something whose JSON holds this text, of all but one; None if none did."""
    reports = (_EVENT.c.kind == "report") & _EVENT.c.actor.is_not(None) & (_EVENT.c.actor != other_than)
    statement = select(_EVENT.c.actor).where(reports, _EVENT.c.body.contains(said, autoescape=True))
    found: str | None = session.execute(statement.order_by(_EVENT.c.id).limit(1)).scalar_one_or_none()
    return found


def read_log(session: Session, after: int, limit: int) -> list[Event]:
    """The events of all packages and identities behind an id, in order, at most ``limit``.

    What a reader has seen up to an id stays complete: events that were written beside a transaction still under way are
    held back, as that one may yet come with a lower id.
    """
    begun: ColumnElement[datetime] = literal_column(_WRITERS_SINCE)
    statement = select(*_COLUMNS).where(_EVENT.c.id > after, _EVENT.c.at < begun).order_by(_EVENT.c.id).limit(limit)
    return [_event(row) for row in session.execute(statement)]


def standing_reports(events: Sequence[Event]) -> list[tuple[Event, Reported]]:
    """The reports of a package's events that stand, the newest revision of each, oldest first."""
    standing: dict[str, tuple[Event, Reported]] = {}
    for event in events:
        if isinstance(event.body, Reported):
            standing.pop(event.body.report, None)
            standing[event.body.report] = (event, event.body)
        elif isinstance(event.body, ReportWithdrawn):
            standing.pop(event.body.report, None)
    return list(standing.values())


def _event(row: Any) -> Event:
    id_, day, package_id, kind, body = row
    return Event(id_, day, package_id, decode(kind, body))
