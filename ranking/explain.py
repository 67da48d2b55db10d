"""A score in words: its components with their inputs, the events behind them, and what would raise it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ranking.fixed_point import MILLI
from ranking.score import Component, Score, claim_weight_milli, score
from ranking.signals import ClaimSignal, Findings, Signals, signals_of, support_of
from registry.events import Event, Grounding


@dataclass(frozen=True, slots=True)
class ClaimStanding:
    """One claim as it enters the score: its weight in thousandths, and the units found for and against it."""

    id: str
    grounding: Grounding
    tokens: int
    weight_milli: int
    support: int
    refutation: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """A package's score on a day. ``events`` are, for each component, the ids of the events behind it, in order."""

    day: date
    score: Score
    claims: tuple[ClaimStanding, ...]
    events: Mapping[str, tuple[int, ...]]
    would_raise: tuple[str, ...]

    @property
    def components(self) -> tuple[Component, ...]:
        return self.score.components


_BEHIND = {
    "version": ("claims",),
    "version-withdrawn": ("claims",),
    "owner": ("reproductions", "refutations"),
    "report": ("claims", "reproductions", "refutations"),
    "report-withdrawn": ("claims", "reproductions", "refutations"),
}


def explain(
    events: Iterable[Event], day: date, tiers: Mapping[str, str], *, influence: tuple[int, int] = (0, 0)
) -> Explanation:
    """The score of one package with its reasons."""
    past = [event for event in events if event.day <= day]
    signals = signals_of(past, day, tiers, influence=influence)
    behind: dict[str, list[int]] = {}
    for event in past:
        for name in _components_of(event):
            behind.setdefault(name, []).append(event.id)
    return Explanation(
        day=day,
        score=score(signals),
        claims=tuple(_standing(claim) for claim in signals.claims),
        events={name: tuple(ids) for name, ids in behind.items()},
        would_raise=tuple(_would_raise(signals)),
    )


def _components_of(event: Event) -> tuple[str, ...]:
    if event.kind == "use":
        return (f"use_by_{event.body.audience}",)  # type: ignore[union-attr]
    return _BEHIND.get(event.kind, ())


def _standing(claim: ClaimSignal) -> ClaimStanding:
    weight = claim_weight_milli(claim)
    return ClaimStanding(claim.id, claim.grounding, claim.tokens, weight, claim.support.units, claim.refutation.units)


def _would_raise(signals: Signals) -> Iterator[str]:
    """What somebody could do, the surest first, and what exactly it would add today."""
    now = score(signals).total_milli
    if signals.claims:
        yield (
            "A reproduction of all its claims by a verified identity that is neither owner nor author: "
            f"{_points(score(_reproduced(signals)).total_milli - now)} points more."
        )
    unresolved = [claim.id for claim in signals.claims if claim.grounding is not Grounding.RESOLVED]
    if unresolved:
        named = ", ".join(unresolved[:5]) + (" and others" if len(unresolved) > 5 else "")
        yield (
            f"Proof, evidence and numbers that resolve for {named}: "
            f"{_points(score(_resolved(signals)).total_milli - now)} points more."
        )
    if signals.refutation.units:
        yield "A reporter whose test failed reports success on a later version, or withdraws the report."
    yield "Use by more people on more days, and packages of others that extend, import or compare with it."


def _reproduced(signals: Signals) -> Signals:
    """The same with one more verified reproduction of every claim."""
    found = ("verified", MILLI)
    claims = tuple(replace(one, support=Findings((*one.support.parts, found))) for one in signals.claims)
    return replace(signals, claims=claims, support=support_of(claims))


def _resolved(signals: Signals) -> Signals:
    return replace(signals, claims=tuple(replace(one, grounding=Grounding.RESOLVED) for one in signals.claims))


def _points(milli: int) -> str:
    return f"{milli // 1000}.{milli % 1000:03d}"
