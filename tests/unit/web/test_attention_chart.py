"""The chart of a score: a line that steps on the days of change and ends today."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from web.pages.attention import CHART_HEIGHT, CHART_WIDTH, draw

START = date(2026, 1, 1)


def test_without_history_there_is_no_chart() -> None:
    assert draw([], START) is None


def test_it_steps_on_the_day_of_a_change() -> None:
    chart = draw([(START, 4_000), (START + timedelta(days=5), 8_000)], START + timedelta(days=10))
    assert chart is not None
    assert chart.line == "0,24 120,24 120,2 240,2"
    assert str(chart.highest) == "8.0"


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 10**7)), min_size=1, max_size=40), st.integers(0, 90))
def test_every_point_lies_in_the_box(changes: list[tuple[int, int]], more: int) -> None:
    history = [(START + timedelta(days=day), milli) for day, milli in sorted(dict(changes).items())]
    chart = draw(history, history[-1][0] + timedelta(days=more))
    assert chart is not None
    for place in chart.line.split():
        x, y = map(int, place.split(","))
        assert 0 <= x <= CHART_WIDTH
        assert 0 <= y <= CHART_HEIGHT
