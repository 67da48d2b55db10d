"""Arithmetic that gives the same integer on every machine: a floored logarithm, and the halving of use with age.

Points are counted in thousandths (milli). Nothing here rounds in any other way than down.
"""

from __future__ import annotations

import math
from functools import lru_cache

MILLI = 1_000
MICRO = 1_000_000
HALF_LIFE_DAYS = 30
# 2^(-k/30) in millionths, rounded to the nearest, for k = 0 to 29; docs/attention.md lists them.
DECAY = tuple(round(MICRO * 2 ** (-k / HALF_LIFE_DAYS)) for k in range(HALF_LIFE_DAYS))
_NEAR = 1e-6  # far more than the error of a double's logarithm, far less than a thousandth


@lru_cache(maxsize=1 << 16)
def log2_milli(numerator: int, denominator: int = 1) -> int:
    """floor(1000 · log2(numerator / denominator)) of the exact real number.

    Raises ValueError unless numerator >= denominator >= 1.
    """
    if not numerator >= denominator >= 1:
        raise ValueError(f"no logarithm of {numerator}/{denominator} is wanted here")
    estimate = MILLI * (math.log2(numerator) - math.log2(denominator))
    nearest = round(estimate)
    if abs(estimate - nearest) > _NEAR:
        return math.floor(estimate)
    return nearest if numerator**MILLI >= denominator**MILLI << nearest else nearest - 1


def decay_micro(age_days: int) -> int:
    """What is left of one after so many days, in millionths: it halves every 30 days. The future counts nothing."""
    if age_days < 0:
        return 0
    return DECAY[age_days % HALF_LIFE_DAYS] >> (age_days // HALF_LIFE_DAYS)
