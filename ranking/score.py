"""The score: a package's signals become components, the components add up to its attention.

Pure: no database, no clock. Everything is counted in thousandths of a point and rounded down where it must be, so that
components add up exactly and every machine gets the same number. The formula is docs/attention.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ranking import weights
from ranking.fixed_point import MILLI, log2_milli
from ranking.signals import ClaimSignal, Signals
from registry.events import ClaimRecord

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
    earned = (
        _claims(signals.claims),
        Component("reproductions", {"units": support}, reproduction_milli(support)),
        Component("use_by_people", {"clients": signals.people.clients, "micropoints": signals.people.micro},
                  signals.people.micro // MILLI),
        Component("use_by_agents", {"clients": signals.agents.clients, "micropoints": signals.agents.micro},
                  signals.agents.micro // MILLI),
        _influence(signals, support),
    )  # fmt: skip
    lost = refuted(sum(one.contribution_milli for one in earned), support, refutation)
    refutations = Component("refutations", {"units": refutation}, -lost)
    return Score((*earned, refutations))


def claim_weight_milli(claim: ClaimSignal) -> int:
    """What one claim weighs: its grounding, less the share of it that independents refuted."""
    support, refutation = claim.support.units, claim.refutation.units
    untested = weights.REPRODUCTION_UNITS
    return weights.GROUNDING_MILLI[claim.grounding] * (support + untested) // (support + refutation + untested)


def reproduction_milli(units: int) -> int:
    """2 · log2(1 + reproductions), the logarithm rounded down to thousandths."""
    return weights.REPRODUCTION_MILLI * log2_milli(weights.REPRODUCTION_UNITS + units, MILLI) // MILLI


def refuted(earned_milli: int, support: int, refutation: int) -> int:
    """What refutations take of what was earned: their share among support, refutation and one reproduction's worth."""
    return earned_milli * refutation // (support + refutation + weights.REPRODUCTION_UNITS)


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
    inputs = {"distinct": len(claims), "tokens": tokens, "mean_weight": weighted // tokens if claims else 0}
    return Component("claims", inputs, claims_milli(weighted, tokens, len(claims)))


def _influence(signals: Signals, support: int) -> Component:
    known = _influence_milli(signals.influence_known)
    more = _influence_milli(signals.influence_known + signals.influence_unverified) - known
    allowed = reproduction_milli(support + weights.UNVERIFIED_INFLUENCE_UNITS) - reproduction_milli(support)
    inputs = {"known": signals.influence_known, "unverified": signals.influence_unverified}
    return Component("influence", inputs, known + min(more, allowed))


def _influence_milli(flow: int) -> int:
    scale = weights.INFLUENCE_SCALE_MILLI
    return weights.INFLUENCE_MILLI * log2_milli(scale + flow, scale) // MILLI
