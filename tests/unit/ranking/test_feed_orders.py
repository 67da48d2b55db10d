"""Windows, fields and places by chance: what the feed's orders are made of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.chance import EVERY, LAST_PLACE, Candidate, draw, eligible, with_chance
from ranking.fields import exposure, field_normalised, places_in_field
from ranking.windows import begins, gained_milli, score_on

DAY = date(2026, 3, 31)
HISTORY = [(DAY - timedelta(days=40), 4_000), (DAY - timedelta(days=7), 5_000), (DAY, 4_500)]


@pytest.mark.parametrize(("window", "gained"), [("day", -500), ("week", -500), ("month", 500), ("all", 4_500)])
def test_a_window_s_gain_is_the_score_now_less_that_when_it_began(window: str, gained: int) -> None:
    assert gained_milli(HISTORY, DAY, window) == gained


def test_a_package_gains_all_it_has_in_the_window_it_came_in() -> None:
    assert gained_milli([(DAY, 4_000)], DAY, "day") == 4_000
    assert score_on([(DAY, 4_000)], DAY - timedelta(days=1)) == 0
    with pytest.raises(KeyError):
        begins("year", DAY)


def test_firsts_come_before_seconds_in_the_order_of_attention() -> None:
    fields = ["ml", "ml", "bio", "ml", "bio"]
    assert places_in_field(fields) == [1, 2, 1, 3, 2]
    assert field_normalised(fields) == [0, 2, 1, 4, 3]


@given(st.lists(st.sampled_from(["ml", "bio", "math"]), min_size=1, max_size=60))
def test_what_is_added_below_in_a_field_lifts_none_of_it(fields: list[str]) -> None:
    before = field_normalised(fields)
    after = [index for index in field_normalised([*fields, *["bio"] * 30]) if index < len(fields)]
    assert after == before


@given(st.lists(st.sampled_from(["ml", "bio", "math"]), max_size=300))
def test_exposure_is_shared_out_whole(fields: list[str]) -> None:
    shares = exposure(fields)
    assert set(shares) == set(fields[:100])
    assert not shares or 1_000_000 - len(shares) <= sum(shares.values()) <= 1_000_000


def candidate(package: str = "arxiv:2601.00001", **changed: object) -> Candidate:
    given = {"owner": None, "trusted": True, "since": DAY, "clients": 0, "milli": 4_000, "refuted": False}
    return Candidate(package, **{**given, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed", [{"since": DAY - timedelta(days=30)}, {"clients": 11}, {"milli": 3_999}, {"refuted": True}]
)
def test_only_the_new_and_unseen_are_drawn(changed: dict[str, object]) -> None:
    assert eligible(candidate(), DAY)
    assert not eligible(candidate(**changed), DAY)


def test_a_draw_can_be_repeated_and_differs_by_day() -> None:
    given = [candidate(f"arxiv:2601.{number:05d}") for number in range(200)]
    assert draw(given, DAY) == draw(reversed(given), DAY)
    assert draw(given, DAY) != draw(given, DAY - timedelta(days=1))
    assert len(draw(given, DAY)) == LAST_PLACE // EVERY


def test_packages_and_identities_buy_no_more_tickets() -> None:
    mine = [candidate(f"hosted:{number:08d}", owner="ada") for number in range(30)]
    ring = [candidate(f"hosted:x{number:07d}", owner=f"sybil{number}", trusted=False) for number in range(1_000)]
    assert len(draw([*mine, *ring], DAY)) == 2


@given(st.integers(0, 130), st.sets(st.integers(0, 200), max_size=12))
def test_every_package_stands_once_and_only_stated_places_are_by_chance(length: int, drawn: set[int]) -> None:
    ordered = [str(number) for number in range(length)]
    feed = list(with_chance(ordered, [str(number) for number in sorted(drawn)]))
    packages = [package for package, _ in feed]
    assert len(set(packages)) == len(packages)
    assert set(ordered) <= set(packages)
    assert all((place % EVERY == 0) for place, (_, by_chance) in enumerate(feed, 1) if by_chance)
    assert [package for package, by_chance in feed if not by_chance] == [
        package for package in ordered if (package, True) not in feed
    ]
