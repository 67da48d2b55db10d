"""Scores of many packages at once, in tables of the database that end with the transaction (`score_sets.sql`).

What the numbers mean, and the constants, are `ranking.sets`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from registry.attention import Components
from registry.statements import read_statements

_STATEMENTS = read_statements(Path(__file__).with_name("score_sets.sql"))
_MADE = ("wanted", "claimed", "standing", "counted", "logarithm", "decay", "strength", "singly", "scored")
_NAMES = tuple(field.name for field in fields(Components))
_AT_ONCE = 20_000
# Large tables are hashed and sorted here, once; the setting ends with the transaction.
_MEMORY = text("SELECT set_config('work_mem', '256MB', true), set_config('jit', 'off', true)")


def gather(session: Session, day: date, constants: Mapping[str, int | str], *, wanted: Sequence[str] | None) -> None:
    """Read claims and use up to ``day`` from the events: of all packages, or of those named and all that may change."""
    session.execute(_MEMORY)
    session.execute(text(f"DROP TABLE IF EXISTS {', '.join(_MADE)}"))
    if wanted is not None:
        session.execute(_STATEMENTS["wanted"], {"ids": list(wanted)})
        session.execute(text("ANALYZE wanted"))
    claimed = "claimed_of_all" if wanted is None else "claimed_of_wanted"
    for name in (claimed, "standing", "counted"):
        _run(session, name, {**constants, "day": day})
    for table in ("claimed", "standing", "counted"):
        session.execute(text(f"ANALYZE {table}"))


def read_units(session: Session) -> list[int]:
    """Every number of units that a day of use counts, once."""
    return [int(units) for units in session.execute(_STATEMENTS["distinct_units"]).scalars()]


def add_up_use(
    session: Session,
    day: date,
    constants: Mapping[str, int | str],
    logarithms: Mapping[int, int],
    decay: Sequence[int],
) -> int:
    """Add up the days of use, given L(1 + units) by units and the decay by age; returns the greatest strength."""
    given = {"units": list(logarithms), "milli": list(logarithms.values())}
    session.execute(_STATEMENTS["tables_of_numbers"], given)
    session.execute(_STATEMENTS["decay"], {"ages": list(range(len(decay))), "micro": list(decay)})
    _run(session, "strength", {**constants, "day": day})
    session.execute(text("ANALYZE strength"))
    session.execute(_STATEMENTS["singly"])
    return int(session.execute(_STATEMENTS["strongest"]).scalar_one())


def singled_out(session: Session, day: date) -> set[str]:
    """Ids of the packages that must be scored one by one."""
    return set(session.execute(_STATEMENTS["singled_out"], {"day": day}).scalars())


def score_singly(session: Session, computed: Mapping[str, Components]) -> None:
    """Take over scores computed one by one."""
    given: dict[str, list[object]] = {name: [getattr(one, name) for one in computed.values()] for name in _NAMES}
    totals = [one.total_milli for one in computed.values()]
    session.execute(_STATEMENTS["score_singly"], {"package_id": list(computed), "milli": totals, **given})


def score_the_rest(session: Session, constants: Mapping[str, int | str], steps: Sequence[int]) -> None:
    """Score all others by claims and use. ``steps`` are the strengths at which the logarithm rises by a thousandth."""
    _run(session, "scored", {**constants, "steps": list(steps)})
    session.execute(text("ANALYZE scored"))


def read_scored(session: Session) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """The scores, in thousandths, by id; the units of support and those in contest of packages that have any."""
    totals, support, contested = {}, {}, {}
    rows = session.connection().execute(_STATEMENTS["read_scored"].execution_options(yield_per=_AT_ONCE))
    for id_, milli, for_it, in_contest in rows:
        totals[id_] = milli
        if for_it:
            support[id_] = for_it
        if in_contest:
            contested[id_] = in_contest
    return totals, support, contested


def write_scored(session: Session, day: date) -> list[str]:
    """Set current scores and components that differ, and the history of ``day``; ids of packages with another score."""
    changed = list(session.execute(_STATEMENTS["write_scores"], {"day": day}).scalars())
    session.execute(_STATEMENTS["write_components"])
    session.execute(_STATEMENTS["forget_components"])
    return changed


def differing_components(session: Session) -> list[tuple[str, int, int]]:
    """Packages whose kept components differ from those computed: id, the sum stored, the sum computed."""
    return [(id_, stored, computed) for id_, stored, computed in session.execute(_STATEMENTS["differing_components"])]


def differing_scores(session: Session) -> list[tuple[str, int, int]]:
    """Packages whose current score differs from what was computed: id, stored, computed."""
    return [(id_, stored, computed) for id_, stored, computed in session.execute(_STATEMENTS["differing_scores"])]


def differing_history(session: Session, day: date) -> list[tuple[str, int, int]]:
    """Packages whose history differs at the end of ``day`` from what was computed: id, stored, computed."""
    rows = session.execute(_STATEMENTS["differing_history"], {"day": day})
    return [(id_, stored, computed) for id_, stored, computed in rows]


def changing_history(session: Session) -> list[str]:
    """Ids of the packages whose history is not simply their score since their first version."""
    return list(session.execute(_STATEMENTS["changing_history"]).scalars())


def noted_late(session: Session, day: date) -> list[str]:
    """Ids of the packages of whose events on ``day`` the next day's history tells."""
    return list(session.execute(_STATEMENTS["noted_late"], {"day": day}).scalars())


def linked_packages(session: Session, day: date) -> list[str]:
    """Ids of the packages that depend on others."""
    return list(session.execute(_STATEMENTS["linked"], {"day": day}).scalars())


def _run(session: Session, name: str, given: Mapping[str, object]) -> None:
    statement = _STATEMENTS[name]
    session.execute(statement, {key: given[key] for key in statement.compile().params})
