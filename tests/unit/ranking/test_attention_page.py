"""docs/attention.md says what the program does: constants, tables and worked examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranking import weights
from ranking.fixed_point import DECAY, log2_milli
from registry.events import KINDS, MAX_TOKENS, Audience, DependencyKind, Grounding, Use

PAGE = " ".join((Path(__file__).resolve().parents[3] / "docs" / "attention.md").read_text().split())


def test_the_table_of_decay_is_on_the_page() -> None:
    for row in range(3):
        assert " | ".join(str(micro) for micro in DECAY[10 * row : 10 * row + 10]) in PAGE


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_is_named(kind: str) -> None:
    assert f"| `{kind}` |" in PAGE


def test_every_constant_is_on_the_page() -> None:
    grounding, use, kinds = weights.GROUNDING_MILLI, weights.USE_UNITS, weights.DEPENDENCY_MILLI
    tiers = weights.TIER_UNITS
    for sentence in (
        f"(`asserted` {grounding[Grounding.ASSERTED]}, `quoted` {grounding[Grounding.QUOTED]}, `resolved` "
        f"{grounding[Grounding.RESOLVED]})",
        f"layer(p) = {tiers['verified']} · V + min({weights.REGISTERED_CAP_UNITS}, {tiers['registered']} · R + "
        f"min({weights.UNVERIFIED_CAP_UNITS}, {tiers['unverified']} · U))",
        f"which is {use[Use.PAGE]} for `page`, {use[Use.CLAIM]} for `claim`, {use[Use.API]} for `api` and "
        f"{use[Use.BUNDLE]} for `bundle`",
        f"at most {weights.BURST_FLOOR_UNITS} + {weights.BURST_FACTOR} · (the most units",
        f"k = {weights.USE_MILLI[Audience.PEOPLE]} for people and {weights.USE_MILLI[Audience.AGENTS]} for agents",
        f"L({weights.USE_SCALE_MILLI} + strength, {weights.USE_SCALE_MILLI})",
        f"E(n) = 1000 + {weights.EARLY_MILLI} / (n + {weights.EARLY_DAYS})",
        f"bound = untested · {weights.BESIDE_REFUTATION_PERCENT} · (s + 1000) / (100 · f)",
        f"flow · {weights.EXPOSURE_DAYS} / (days from A's `dated` to the closed day, never below 0, + "
        f"{weights.EXPOSURE_PRIOR_DAYS})",
        f"`extends` {kinds[DependencyKind.EXTENDS]}, `imports` {kinds[DependencyKind.IMPORTS]}, `baseline` "
        f"{kinds[DependencyKind.BASELINE]}",
        f"I(x) = {weights.INFLUENCE_MILLI} · L({weights.INFLUENCE_SCALE_MILLI} + x, {weights.INFLUENCE_SCALE_MILLI})",
        f"R(support + {weights.UNVERIFIED_INFLUENCE_UNITS})",
        f"claims = {weights.CLAIM_MILLI} · mean · ({weights.BREADTH_DIVISOR + 1} · n - 1)",
        f"**reproductions** = {weights.REPRODUCTION_MILLI} · L",
        f"passed(x) = x · {weights.DAMPING_MILLI} · w",
        f"at least 1 and at most {MAX_TOKENS}",
        f"`L(2) = {log2_milli(2)}`, `L(3) = {log2_milli(3)}`",
    ):
        assert sentence in PAGE
