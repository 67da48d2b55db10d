"""A full recompute in sets gives what the pure library gives, over random events; closes and repairs leave no error."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from ranking import influence, run
from ranking.run import close_if_due, recompute, verify
from ranking.score import score
from ranking.sets import influence_after, score_all
from ranking.signals import signals_of
from registry import event_log
from registry.database import transaction
from registry.event_log import append, read_events, read_tiers
from registry.events import (
    Audience,
    Body,
    ClaimRecord,
    ClaimTest,
    Dependency,
    DependencyKind,
    Grounding,
    Outcome,
    Owned,
    Reported,
    ReportWithdrawn,
    Tiered,
    Use,
    Used,
    VersionPublished,
    VersionWithdrawn,
)
from registry.score_sets import read_scored

TODAY = date(2026, 5, 31)
IDS = [f"arxiv:2601.{number:05d}" for number in range(24)]
TIERS = ("verified", "registered", "unverified")


def bodies(chance: random.Random, place: int) -> Iterator[Body]:
    """What happens to one package on one day: anything."""
    kind = chance.random()
    if kind < 0.5:
        yield Used(chance.choice(list(Audience)), chance.choice(list(Use)), chance.choice((1, 3, 40, 900)))
    elif kind < 0.75:
        yield version(chance, place)
    elif kind < 0.8:
        yield VersionWithdrawn(chance.randint(1, 3))
    elif kind < 0.85:
        yield Owned(f"who{chance.randrange(6)}", f"name {chance.randrange(6)}", chance.choice(TIERS))
    elif kind < 0.97:
        tests = tuple(
            ClaimTest(f"C{n}", f"key{n}", chance.randint(1, 40), chance.choice(list(Outcome)))
            for n in range(chance.randint(1, 3))
        )
        who = f"who{chance.randrange(6)}"
        yield Reported(f"r{chance.randrange(4)}", who, f"name {who[3:]}", chance.choice(TIERS), "d", tests)
    else:
        yield ReportWithdrawn(f"r{chance.randrange(4)}")


def _repeats(chance: random.Random, number: int) -> str | None:
    return "C0" if number and chance.random() < 0.3 else None


def version(chance: random.Random, place: int) -> VersionPublished:
    claims = tuple(
        ClaimRecord(f"C{n}", f"key{n}", chance.randint(1, 40), chance.choice(list(Grounding)), _repeats(chance, n))
        for n in range(chance.randint(0, 4))
    )
    depends = tuple(
        Dependency(chance.choice(list(DependencyKind)), chance.choice([*IDS, "arxiv:none"]))
        for _ in range(chance.choice((0, 0, 1, 3)))
    )
    dated = TODAY - timedelta(days=chance.randint(0, 200) + place)
    return VersionPublished(chance.randint(1, 3), "d", dated, claims, (f"name {chance.randrange(9)}",), depends)


def fill(engine: Engine, seed: int, *, today: date = TODAY) -> None:
    """A random history of a hundred days, in the order of time."""
    chance = random.Random(seed)
    with transaction(engine) as session:
        for age in range(100, -1, -1):
            at = datetime.combine(today - timedelta(days=age), datetime.min.time(), UTC)
            entries: list[tuple[str | None, Body]] = []
            for place, id_ in enumerate(IDS):
                if age == 100 - place % 7 and place % 6:
                    entries.append((id_, version(chance, place)))
                if chance.random() < 0.04 * (place % 5):
                    entries += [(id_, body) for body in bodies(chance, place)]
            if chance.random() < 0.05:
                entries.append((None, Tiered(f"who{chance.randrange(6)}", chance.choice(TIERS))))
            append(session, entries, at=at)


def one_by_one(session: Session, day: date) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    """Every score by the pure library alone, and the influence that enters them."""
    before = day - timedelta(days=1)
    known = read_events(session, IDS, until=before)
    tiers = read_tiers(session, until=before)
    nodes = {id_: influence.node(found, before, tiers) for id_, found in known.items()}
    flowing = {id_: (one.known, one.unverified) for id_, one in influence.flows(nodes, before).items()}
    tiers = read_tiers(session, until=day)
    totals = {
        id_: score(signals_of(found, day, tiers, influence=flowing.get(id_, (0, 0)))).total_milli
        for id_, found in read_events(session, IDS, until=day).items()
    }
    return totals, {id_: flow for id_, flow in flowing.items() if any(flow)}


@pytest.mark.parametrize("seed", [1, 2])
def test_sets_give_the_numbers_of_the_pure_library(engine: Engine, seed: int) -> None:
    fill(engine, seed)
    with transaction(engine) as session:
        for day in (TODAY, TODAY - timedelta(days=45), TODAY + timedelta(days=700)):
            totals, flowing = one_by_one(session, day)
            assert influence_after(session, day - timedelta(days=1)) == flowing
            score_all(session, day, flowing)
            found, _, _ = read_scored(session)
            assert {id_: found.get(id_, 0) for id_ in totals} == totals
            assert found.keys() <= totals.keys()
            score_all(session, day, flowing, wanted=tuple(flowing))
            some, _, _ = read_scored(session)
            assert {id_: totals[id_] for id_ in some} == some
        assert any(totals.values())


def packages(engine: Engine) -> None:
    with engine.begin() as connection:
        for id_ in IDS:
            connection.execute(
                text(
                    "INSERT INTO package (id, namespace, name, title, authors, primary_category, categories, tags, "
                    "tag_reasons, claims, attention_milli, version, sorted_at) VALUES (:id, 'arxiv', :name, 't', '{}', "
                    "'cs.LG', '{}', '{}', '{}', 0, 0, 1, now())"
                ),
                {"id": id_, "name": id_.removeprefix("arxiv:")},
            )


def stand_at(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    monkeypatch.setattr(run, "utc_today", lambda: day)
    monkeypatch.setattr(event_log, "utc_today", lambda: day)


def test_closing_day_by_day_keeps_a_history_that_events_give(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    packages(engine)
    fill(engine, 4)
    stand_at(monkeypatch, TODAY - timedelta(days=40))
    with transaction(engine) as session:
        assert close_if_due(session)
        assert verify(session) == []
    one_claim = (ClaimRecord("C1", "key", 9, Grounding.QUOTED),)
    late = TODAY - timedelta(days=40)
    with transaction(engine) as session:  # taken in at the last moment of a day, and scored on the next
        body = VersionPublished(1, "d", late, one_claim)
        append(session, [(IDS[0], body)], at=datetime.combine(late, datetime.max.time(), UTC))
        stand_at(monkeypatch, TODAY - timedelta(days=39))
        run.rescore(session, IDS[:1])
    for day in (39, 12, 0):
        stand_at(monkeypatch, TODAY - timedelta(days=day))
        with transaction(engine) as session:
            assert close_if_due(session)
            assert not close_if_due(session)
            assert verify(session, days=40 - day) == []


DAMAGE = {
    "UPDATE package SET attention_milli = attention_milli + 1 WHERE id = :id": "score",
    "UPDATE attention_day SET milli = milli + 1 WHERE package_id = :id": "at the end of",
    "DELETE FROM attention_day WHERE package_id = :id": "at the end of",
    "INSERT INTO influence VALUES (:id, 7, 0) ON CONFLICT (package_id) DO UPDATE SET known = 7": "influence",
}


def test_verify_finds_every_damage_and_recompute_mends_it(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    packages(engine)
    fill(engine, 5)
    stand_at(monkeypatch, TODAY)
    with transaction(engine) as session:
        recompute(session)
        assert verify(session) == []
        scored = "SELECT package_id FROM attention_day WHERE milli > 0 ORDER BY package_id LIMIT 1"
        hurt = session.execute(text(scored)).scalar_one()
        for damage, what in DAMAGE.items():
            session.execute(text(damage), {"id": hurt})
            found = verify(session)
            assert {one.package for one in found} == {hurt}
            assert any(what in one.what for one in found)
            recompute(session)
        assert verify(session) == []
