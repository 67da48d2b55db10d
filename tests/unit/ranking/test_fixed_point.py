"""The arithmetic of the score: exact at the edges where a double would not be sure."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.fixed_point import DECAY, decay_micro, log2_milli


@given(st.integers(1, 10**9), st.integers(1, 10**6))
def test_the_logarithm_is_the_floor_of_the_exact_one(numerator: int, denominator: int) -> None:
    numerator += denominator
    milli = log2_milli(numerator, denominator)
    assert Fraction(2) ** milli <= Fraction(numerator, denominator) ** 1000 < Fraction(2) ** (milli + 1)


@pytest.mark.parametrize("power", range(60))
def test_powers_of_two_are_whole(power: int) -> None:
    assert log2_milli(2**power) == 1000 * power
    assert log2_milli(3 * 2**power, 3) == 1000 * power


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 2), (0, 1), (5, 0)])
def test_what_has_no_logarithm_from_zero_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="no logarithm"):
        log2_milli(numerator, denominator)


def test_the_table_of_decay_is_the_nearest_millionth() -> None:
    for days, micro in enumerate(DECAY):
        low, high = Fraction(2 * micro - 1, 2 * 10**6), Fraction(2 * micro + 1, 2 * 10**6)
        assert low**30 < Fraction(1, 2**days) < high**30 or micro == 10**6


@given(st.integers(0, 600))
def test_what_is_left_halves_every_thirty_days(age: int) -> None:
    assert decay_micro(age + 30) == decay_micro(age) // 2
    assert decay_micro(age + 1) <= decay_micro(age)


def test_the_future_counts_nothing() -> None:
    assert decay_micro(-1) == 0
