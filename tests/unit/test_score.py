"""The first cut of attention: one claim is 4.0, more claims earn more, each less than the one before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.score import Signals, score


def test_a_fresh_import_with_one_claim_scores_exactly_four() -> None:
    assert score(Signals(claims=1)).total_milli == 4_000


def test_a_package_without_claims_has_no_attention() -> None:
    assert score(Signals(claims=0)).total_milli == 0


@given(st.integers(min_value=0, max_value=500))
def test_more_claims_score_more_with_diminishing_returns(claims: int) -> None:
    now, one_more, two_more = (score(Signals(claims=claims + more)).total_milli for more in (0, 1, 2))
    assert now < one_more
    assert two_more - one_more <= one_more - now + 1  # a thousandth for rounding


@given(st.integers(min_value=0, max_value=10_000))
def test_components_add_up_to_the_total(claims: int) -> None:
    whole = score(Signals(claims=claims))
    assert sum(component.contribution_milli for component in whole.components) == whole.total_milli


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 claims"):
        score(Signals(claims=-1))
