"""The score: a package's signals become components, the components add up to its attention.

Pure: no database, no clock. Everything is counted in thousandths of a point and rounded down where it must be, so that
components add up exactly and every machine gets the same number. The formula is docs/attention.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ranking import weights
from ranking.fixed_point import MILLI, log2_milli
from ranking.signals import ClaimSignal, Signals, UseSignal
from registry.events import Audience, ClaimRecord

COMPONENTS = ("claims", "reproductions", "use_by_people", "use_by_agents", "influence", "refutations")


@dataclass(frozen=True, slots=True)
class Component:
    """One summand: its name, the inputs it was computed from, and what it contributes, in thousandths."""

    name: str
    inputs: dict[str, int]
    contribution_milli: int


@dataclass(frozen=True, slots=True)
class Score:
    """The components, in the order of `COMPONENTS`, and their exact sum, which is never below zero."""

    components: tuple[Component, ...]

    @property
    def total_milli(self) -> int:
        return sum(component.contribution_milli for component in self.components)

    def contribution(self, name: str) -> int:
        """What the component of this name contributes, in thousandths."""
        return next(one.contribution_milli for one in self.components if one.name == name)


def score(signals: Signals) -> Score:
    """The attention of a package."""
    support, refutation = signals.support, signals.refutation.units
    claims = _claims(signals.claims)
    reproductions = Component("reproductions", {"units": support}, reproduction_milli(support))
    beside = (
        _use("use_by_people", signals.people, Audience.PEOPLE),
        _use("use_by_agents", signals.agents, Audience.AGENTS),
        _influence(signals, support),
    )
    untested = claims.inputs["untested"]
    kept = kept_milli(untested, support, refutation)
    allowed = _squeezed(sum(one.contribution_milli for one in beside), untested, support, refutation)
    remaining = min(claims.contribution_milli, kept) + kept_milli(
        reproductions.contribution_milli + allowed, support, refutation
    )
    earned = (claims, reproductions, *beside)
    lost = sum(one.contribution_milli for one in earned) - remaining
    return Score((*earned, Component("refutations", {"units": refutation, "support": support}, -lost)))


def kept_milli(milli: int, support: int, refutation: int) -> int:
    """What a refutation leaves: all but its share among support, refutation and one reproduction's worth."""
    return milli - milli * refutation // (support + refutation + weights.REPRODUCTION_UNITS)


def _squeezed(milli: int, untested: int, support: int, refutation: int) -> int:
    """What use and influence may count beside a refutation: all up to half a bound, and never more than the bound.

    The bound is three quarters of what the claims are worth untested, times (support + 1) / refutation: so nothing
    lifts a package whose claims all failed above the same package untested.
    """
    if not refutation:
        return milli
    bound = untested * weights.BESIDE_REFUTATION_PERCENT * (support + weights.REPRODUCTION_UNITS) // (100 * refutation)
    return milli if 2 * milli <= bound else bound - bound * bound // (4 * milli)


def claim_weight_milli(claim: ClaimSignal) -> int:
    """What one claim weighs: its grounding, less the share of it that independents refuted."""
    support, refutation = claim.support.units, claim.refutation.units
    untested = weights.REPRODUCTION_UNITS
    return weights.GROUNDING_MILLI[claim.grounding] * (support + untested) // (support + refutation + untested)


def reproduction_milli(units: int) -> int:
    """2 · log2(1 + reproductions), the logarithm rounded down to thousandths."""
    return weights.REPRODUCTION_MILLI * log2_milli(weights.REPRODUCTION_UNITS + units, MILLI) // MILLI


def claims_milli(weighted: int, tokens: int, distinct: int) -> int:
    """4 · mean weight by length · (1 + a tenth · (1 - 1/n)): the mean cannot be raised by splitting or repeating.

    ``weighted`` is the sum of tokens · weight over the distinct claims, ``tokens`` that of their lengths.
    """
    if not distinct:
        return 0
    tenths = weights.BREADTH_DIVISOR
    return weights.CLAIM_MILLI * (weighted // tokens) * ((tenths + 1) * distinct - 1) // (tenths * distinct * MILLI)


def untested_milli(claims: Iterable[ClaimRecord]) -> int:
    """The whole score of a package of which nothing is known but its claims; what `score` gives, in less time."""
    weighted = tokens = distinct = 0
    for claim in claims:
        if claim.repeats is None:
            weighted += claim.tokens * weights.GROUNDING_MILLI[claim.grounding]
            tokens += claim.tokens
            distinct += 1
    return claims_milli(weighted, tokens, distinct)


def _claims(claims: tuple[ClaimSignal, ...]) -> Component:
    tokens = sum(claim.tokens for claim in claims)
    weighted = sum(claim.tokens * claim_weight_milli(claim) for claim in claims)
    grounded = sum(claim.tokens * weights.GROUNDING_MILLI[claim.grounding] for claim in claims)
    inputs = {
        "distinct": len(claims),
        "tokens": tokens,
        "mean_weight": weighted // tokens if claims else 0,
        "untested": claims_milli(grounded, tokens, len(claims)),
    }
    return Component("claims", inputs, claims_milli(weighted, tokens, len(claims)))


def _use(name: str, use: UseSignal, audience: Audience) -> Component:
    return Component(name, {"clients": use.clients, "strength": use.strength}, use_milli(use.strength, audience))


def use_milli(strength: int, audience: Audience) -> int:
    """What use of such a strength (thousandths) is worth: a logarithm over all days, for agents half as much."""
    scale = weights.USE_SCALE_MILLI
    return weights.USE_MILLI[audience] * log2_milli(scale + strength, scale) // MILLI


def _influence(signals: Signals, support: int) -> Component:
    known = _influence_milli(signals.influence_known)
    more = _influence_milli(signals.influence_known + signals.influence_unverified) - known
    allowed = reproduction_milli(support + weights.UNVERIFIED_INFLUENCE_UNITS) - reproduction_milli(support)
    inputs = {"known": signals.influence_known, "unverified": signals.influence_unverified}
    return Component("influence", inputs, known + min(more, allowed))


def _influence_milli(flow: int) -> int:
    scale = weights.INFLUENCE_SCALE_MILLI
    return weights.INFLUENCE_MILLI * log2_milli(scale + flow, scale) // MILLI
