"""Every constant of the score, in one place. docs/attention.md gives the reason for each; a test compares the two."""

from __future__ import annotations

from registry.events import Audience, DependencyKind, Grounding, Outcome, Use

# Claims. A claim that quotes its source is the unit: one such claim is worth 4.0.
CLAIM_MILLI = 4_000
GROUNDING_MILLI = {Grounding.ASSERTED: 250, Grounding.QUOTED: 1_000, Grounding.RESOLVED: 1_500}
BREADTH_DIVISOR = 10  # any number of further claims adds less than a tenth

# Reproductions. One by a verified identity, of all claims, is a thousand units.
REPRODUCTION_UNITS = 1_000
TIER_UNITS = {"verified": 1_000, "registered": 250, "unverified": 25}
REGISTERED_CAP_UNITS = 1_000  # all that are not verified, together
UNVERIFIED_CAP_UNITS = 100  # all that are unverified, together
UNVERIFIED_INFLUENCE_UNITS = 100  # what their packages' influence may reach, as if it were reproductions
REPRODUCTION_MILLI = 2_000
OUTCOME_MILLI = {Outcome.REPRODUCED: 1_000, Outcome.PARTIALLY: 500}
# What use and influence may come to beside a refutation: this share of the claims' worth, times its odds.
BESIDE_REFUTATION_PERCENT = 75

# Use. A day is a logarithm, weighed by how early it is, the days a logarithm again.
USE_UNITS = {Use.PAGE: 1, Use.CLAIM: 2, Use.API: 1, Use.BUNDLE: 4}
USE_MILLI = {Audience.PEOPLE: 5_000, Audience.AGENTS: 2_500}
USE_SCALE_MILLI = 700_000
EARLY_MILLI = 100_000
EARLY_DAYS = 4
BURST_FLOOR_UNITS = 12
BURST_FACTOR = 4
BURST_DAYS = 7

# Influence.
DEPENDENCY_MILLI = {DependencyKind.EXTENDS: 1_000, DependencyKind.IMPORTS: 700, DependencyKind.BASELINE: 500}
DAMPING_MILLI = 500
INFLUENCE_MILLI = 2_000
INFLUENCE_SCALE_MILLI = 3_000
INFLUENCE_DEPTH = 2
EXPOSURE_DAYS = 60
EXPOSURE_PRIOR_DAYS = 20
