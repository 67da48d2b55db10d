"""The score: a package's signals become components, the components add up to its attention.

Pure: no database, no clock. Everything is counted in thousandths of a point, so that components add up exactly and
every machine gets the same number. First cut: only claims count; reproductions, use and influence join here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# A fresh import with one claim scores exactly this.
ONE_CLAIM_MILLI = 4_000


@dataclass(frozen=True, slots=True)
class Signals:
    """What a package has earned. ``claims`` is the number of claims of its current version."""

    claims: int


@dataclass(frozen=True, slots=True)
class Component:
    """One summand: its name, the inputs it was computed from, and what it contributes, in thousandths."""

    name: str
    inputs: dict[str, int]
    contribution_milli: int


@dataclass(frozen=True, slots=True)
class Score:
    """The components and their exact sum."""

    components: tuple[Component, ...]

    @property
    def total_milli(self) -> int:
        return sum(component.contribution_milli for component in self.components)


def score(signals: Signals) -> Score:
    """The attention of a package. Raises ValueError for a negative count."""
    return Score((_claims_component(signals.claims),))


def _claims_component(claims: int) -> Component:
    """4 · log2(1 + claims): the first claim earns 4.0, each further one less than the one before."""
    if claims < 0:
        raise ValueError(f"a package cannot have {claims} claims")
    return Component("claims", {"claims": claims}, round(ONE_CLAIM_MILLI * math.log2(1 + claims)))
