"""Events by the line, for tests of the score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from ranking.score import Score, score
from ranking.signals import signals_of
from registry.events import (
    Audience,
    Body,
    ClaimTest,
    Event,
    Grounding,
    Outcome,
    Owned,
    Reported,
    Use,
    Used,
    VersionPublished,
    claim_records,
)

DAY = date(2026, 1, 31)
SENTENCE = "We show that caching attention makes decoding twice as fast on long sequences of tokens"


def version(*claims: tuple[str, Grounding], number: int = 1, authors: tuple[str, ...] = ()) -> VersionPublished:
    """A version that makes these claims, C01 onwards."""
    records = claim_records(tuple((f"C{place:02d}", *claim) for place, claim in enumerate(claims, 1)))
    return VersionPublished(number, f"{number:064d}", DAY, records, authors)


ONE_CLAIM = version((SENTENCE, Grounding.QUOTED))


def report(reporter: str, tier: str = "verified", *, of: VersionPublished = ONE_CLAIM, **outcomes: Outcome) -> Reported:
    """What a reporter found, by claim id; without any, that the first claim was reproduced."""
    tests = tuple(
        ClaimTest(claim.id, claim.key, claim.tokens, outcome)
        for id_, outcome in (outcomes or {"C01": Outcome.REPRODUCED}).items()
        for claim in of.claims
        if claim.id == id_
    )
    return Reported(f"report-of-{reporter}", reporter, reporter, tier, of.digest, tests)


def owned(owner: str = "ada") -> Owned:
    return Owned(owner, owner, "registered")


def used(clients: int, use: Use = Use.PAGE, audience: Audience = Audience.PEOPLE) -> Used:
    return Used(audience, use, clients)


def events(bodies: Iterable[Body | tuple[int, Body]]) -> list[Event]:
    """Events of one package in order; a pair says how many days after `DAY` it happened."""
    made = []
    for id_, one in enumerate(bodies, 1):
        after, body = one if isinstance(one, tuple) else (0, one)
        made.append(Event(id_, DAY + timedelta(days=after), "hosted:aaaaaaaa", body))
    return made


def scored(
    *bodies: Body | tuple[int, Body],
    after: int = 0,
    tiers: Mapping[str, str] | None = None,
    influence: tuple[int, int] = (0, 0),
) -> Score:
    """The score at the end of the day so many days after `DAY`."""
    return score(signals_of(events(bodies), DAY + timedelta(days=after), tiers or {}, influence=influence))


def milli(*bodies: Body | tuple[int, Body], after: int = 0) -> int:
    """The total of `scored`."""
    return scored(*bodies, after=after).total_milli
