"""The rows of attention: the current score in place, its history by day, the influence of the last close.

What the numbers are is `ranking`'s work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import islice

from sqlalchemy import (
    BigInteger,
    Date,
    Table,
    TableValuedAlias,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.arrays import bound_array, text_array
from registry.tables import AttentionComponentRow, AttentionDayRow, ClosedDayRow, InfluenceRow, PackageRow

_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_COMPONENT: Table = AttentionComponentRow.__table__  # type: ignore[attr-defined]
_DAY: Table = AttentionDayRow.__table__  # type: ignore[attr-defined]
_INFLUENCE: Table = InfluenceRow.__table__  # type: ignore[attr-defined]
_CLOSED: Table = ClosedDayRow.__table__  # type: ignore[attr-defined]
_AT_ONCE = 5_000


def write_scores(session: Session, scores_milli: Mapping[str, int], day: date) -> int:
    """Set current scores, in thousandths, and the history of ``day``; rows whose score stands are not touched.

    Returns how many changed.
    """
    pending, changed = iter(sorted(scores_milli.items())), 0
    while part := list(islice(pending, _AT_ONCE)):
        changed += _write_part(session, part, day)
    return changed


def _write_part(session: Session, part: Sequence[tuple[str, int]], day: date) -> int:
    given = _given(part)
    statement = (
        update(_PACKAGE)
        .where(_PACKAGE.c.id == given.c.id, _PACKAGE.c.attention_milli != given.c.milli)
        .values(attention_milli=given.c.milli)
        .returning(_PACKAGE.c.id, _PACKAGE.c.attention_milli)
    )
    changed = {row.id: row.attention_milli for row in session.execute(statement)}
    write_history(session, changed, day)
    return len(changed)


def write_history(session: Session, scores_milli: Mapping[str, int], day: date) -> None:
    """Note the scores, in thousandths, that these packages have at the end of ``day``, in place of earlier notes."""
    if not scores_milli:
        return
    given = _given(sorted(scores_milli.items()))
    written = insert(_DAY).from_select(
        ["package_id", "day", "milli"], select(given.c.id, literal(day, Date), given.c.milli)
    )
    key = [_DAY.c.package_id, _DAY.c.day]
    session.execute(written.on_conflict_do_update(index_elements=key, set_={"milli": written.excluded.milli}))


def _given(scores: Sequence[tuple[str, int]]) -> TableValuedAlias:
    """Pairs of id and thousandths as a table."""
    ids = text_array(id_ for id_, _ in scores)
    milli = bound_array((milli for _, milli in scores), BigInteger())
    return func.unnest(ids, milli).table_valued("id", "milli", name="given").render_derived()


@dataclass(frozen=True, slots=True)
class Components:
    """A package's components in thousandths and what the feed's orders ask: units for, against and in contest, readers.

    Contested is the lesser of what was found for and against: much of both is a dispute, much of one is none.
    """

    claims: int = 0
    reproductions: int = 0
    use_by_people: int = 0
    use_by_agents: int = 0
    influence: int = 0
    refutations: int = 0
    support: int = 0
    refutation: int = 0
    contested: int = 0
    readers: int = 0

    @property
    def total_milli(self) -> int:
        """The score: what the components add up to."""
        earned = self.claims + self.reproductions + self.use_by_people + self.use_by_agents + self.influence
        return earned + self.refutations

    @property
    def are_claims_alone(self) -> bool:
        """Whether nothing but claims enters: such packages have no row, their score says all."""
        return not any(getattr(self, name) for name in self.__slots__ if name != "claims")


def write_components(session: Session, components: Mapping[str, Components]) -> None:
    """Keep the components of these packages' current scores."""
    plain = sorted(id_ for id_, one in components.items() if one.are_claims_alone)
    rows = [{"package_id": id_, **asdict(one)} for id_, one in sorted(components.items()) if not one.are_claims_alone]
    if plain:
        session.execute(delete(_COMPONENT).where(_COMPONENT.c.package_id == func.any(text_array(plain))))
    if rows:
        written = insert(_COMPONENT)
        replaced = {name: written.excluded[name] for name in rows[0] if name != "package_id"}
        session.execute(written.on_conflict_do_update(index_elements=[_COMPONENT.c.package_id], set_=replaced), rows)


def read_history(session: Session, package_id: str) -> list[tuple[date, int]]:
    """The days on which a package's score changed, and what it then was, oldest first."""
    statement = select(_DAY.c.day, _DAY.c.milli).where(_DAY.c.package_id == package_id).order_by(_DAY.c.day)
    return [(day, milli) for day, milli in session.execute(statement)]


def read_influence(session: Session, package_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """What flows to each of these packages since the last close: (known, unverified), in thousandths."""
    statement = select(_INFLUENCE).where(_INFLUENCE.c.package_id == func.any(text_array(package_ids)))
    return {row.package_id: (row.known, row.unverified) for row in session.execute(statement)}


def read_all_influence(session: Session) -> dict[str, tuple[int, int]]:
    """The same for every package that gets any."""
    return {row.package_id: (row.known, row.unverified) for row in session.execute(select(_INFLUENCE))}


def replace_influence(session: Session, flows: Mapping[str, tuple[int, int]], day: date) -> None:
    """Close ``day``: put its flows in place of those of the close before."""
    session.execute(delete(_INFLUENCE))
    rows = [{"package_id": id_, "known": known, "unverified": more} for id_, (known, more) in sorted(flows.items())]
    if rows:
        session.execute(insert(_INFLUENCE), rows)
    closed = insert(_CLOSED).values(day=day, closed_at=datetime.now(UTC))
    session.execute(closed.on_conflict_do_update(index_elements=[_CLOSED.c.day], set_={"closed_at": datetime.now(UTC)}))


def last_closed_day(session: Session) -> date | None:
    """The last day that was closed; None before the first close."""
    found: date | None = session.execute(select(func.max(_CLOSED.c.day))).scalar_one()
    return found
