"""Counting use: each client once a day, package and kind, few of one network, told to the log of events.

What is written here names no client: `registry.clients` gives hashes that end with the day. Who may be counted (robots,
the package's own people) is decided before; what use is worth is `ranking`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Table, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.events import Audience, Use, Used
from registry.tables import UseClientRow, UseTallyRow

CLIENTS_A_NETWORK = 3
"""How many clients of one network count for a package, kind and day: colleagues in one house do, a rented range not."""
TOLD_SHARE = 20
"""Beyond so many clients a day, an event is written for each further twentieth: use is a logarithm, and a package that
thousands read would else have thousands of events a day."""

_CLIENT: Table = UseClientRow.__table__  # type: ignore[attr-defined]
_TALLY: Table = UseTallyRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Visit:
    """One client's use of a package in one way. ``client`` and ``network`` are `registry.clients.pseudonym` of them."""

    package: str
    audience: Audience
    use: Use
    client: bytes
    network: bytes


def unseen(session: Session, day: date, visits: Sequence[Visit]) -> list[Visit]:
    """Those of these visits whose client has not been counted for that package and use on this day, each once."""
    distinct = {(one.package, str(one.use), one.client): one for one in reversed(visits)}
    key = (_CLIENT.c.package_id, _CLIENT.c.kind, _CLIENT.c.client)
    known = {
        tuple(row)
        for row in session.execute(select(*key).where(_CLIENT.c.day == day, tuple_(*key).in_(list(distinct))))
    }
    return [one for named, one in reversed(distinct.items()) if named not in known]


def count(session: Session, day: date, visits: Sequence[Visit]) -> list[tuple[str, Used]]:
    """Count visits that `unseen` gave, in order, and say which events follow.

    The caller holds the rows of the packages, so that two processes don't pass a network's cap together.
    """
    counted = _within_networks(session, day, visits)
    if not counted:
        return []
    rows = [
        {"day": day, "package_id": one.package, "kind": str(one.use), "client": one.client, "network": one.network}
        for one in counted
    ]
    session.execute(insert(_CLIENT).on_conflict_do_nothing(), rows)
    return list(_told(session, day, counted))


def _within_networks(session: Session, day: date, visits: Sequence[Visit]) -> list[Visit]:
    key = (_CLIENT.c.package_id, _CLIENT.c.kind, _CLIENT.c.network)
    named = {(one.package, str(one.use), one.network) for one in visits}
    statement = select(*key, func.count()).where(_CLIENT.c.day == day, tuple_(*key).in_(sorted(named))).group_by(*key)
    taken = {(package, kind, bytes(network)): number for package, kind, network, number in session.execute(statement)}
    counted = []
    for one in visits:
        place = (one.package, str(one.use), one.network)
        if taken.get(place, 0) < CLIENTS_A_NETWORK:
            taken[place] = taken.get(place, 0) + 1
            counted.append(one)
    return counted


def _told(session: Session, day: date, counted: Iterable[Visit]) -> Iterable[tuple[str, Used]]:
    """Bring the tallies up to date; what has grown enough becomes an event."""
    added: dict[tuple[str, Audience, Use], int] = {}
    for one in counted:
        place = (one.package, one.audience, one.use)
        added[place] = added.get(place, 0) + 1
    for (package, audience, use), number in sorted(added.items()):
        key = {"day": day, "package_id": package, "audience": str(audience), "kind": str(use)}
        row = insert(_TALLY).values(**key, seen=number, told=0)
        upsert = row.on_conflict_do_update(
            index_elements=list(_TALLY.primary_key), set_={"seen": _TALLY.c.seen + number}
        ).returning(_TALLY.c.seen, _TALLY.c.told)
        seen, told = session.execute(upsert).one()
        if seen - told >= max(1, told // TOLD_SHARE):
            session.execute(
                update(_TALLY).where(*(_TALLY.c[name] == value for name, value in key.items())).values(told=seen)
            )
            yield package, Used(audience, use, seen - told)
