"""Triggers as cron writes them, and the newest due time of each, against a plain walk over the minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidInput
from registry.schedule import ScheduleEntry, last_due, read_trigger

ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)
SUNDAY = datetime(2026, 6, 14, 12, tzinfo=UTC)


def due(text: str, *, after: datetime, now: datetime) -> datetime | None:
    return last_due(read_trigger(text, ANCHOR), after, now)


@pytest.mark.parametrize(
    ("weekdays", "newest"),
    [
        ("1-5", datetime(2026, 6, 12, tzinfo=UTC)),
        ("mon-fri", datetime(2026, 6, 12, tzinfo=UTC)),
        ("0", datetime(2026, 6, 14, tzinfo=UTC)),
        ("7", datetime(2026, 6, 14, tzinfo=UTC)),
        ("fri-mon", datetime(2026, 6, 14, tzinfo=UTC)),
        ("1,3", datetime(2026, 6, 10, tzinfo=UTC)),
        ("*", datetime(2026, 6, 14, tzinfo=UTC)),
    ],
)
def test_weekdays_count_as_cron_counts_them(weekdays: str, newest: datetime) -> None:
    assert due(f"0 0 * * {weekdays}", after=ANCHOR, now=SUNDAY) == newest


def test_the_default_runs_on_weekdays_after_the_announcement() -> None:
    friday, monday = datetime(2026, 6, 12, 2, 30, tzinfo=UTC), datetime(2026, 6, 15, 2, 30, tzinfo=UTC)
    assert due("30 2 * * mon-fri", after=ANCHOR, now=SUNDAY) == friday
    assert ScheduleEntry("daily", "30 2 * * mon-fri").next_run(SUNDAY) == monday


def test_a_disabled_entry_has_no_next_run() -> None:
    assert ScheduleEntry("daily", "30 2 * * *", enabled=False).next_run(SUNDAY) is None


def test_years_of_missed_minutes_are_one_due_time() -> None:
    assert due("* * * * *", after=ANCHOR - timedelta(days=3000), now=SUNDAY) == SUNDAY


def test_what_fired_is_not_due_again() -> None:
    fired = due("0 */6 * * *", after=ANCHOR, now=SUNDAY)
    assert fired == SUNDAY
    assert due("0 */6 * * *", after=SUNDAY, now=SUNDAY + timedelta(hours=5)) is None
    assert due("0 */6 * * *", after=SUNDAY, now=SUNDAY + timedelta(hours=6)) == SUNDAY + timedelta(hours=6)


def test_a_rare_time_is_found_however_long_ago() -> None:
    assert due("0 0 29 2 *", after=datetime(2020, 3, 1, tzinfo=UTC), now=SUNDAY) == datetime(2024, 2, 29, tzinfo=UTC)


@given(
    st.sampled_from(["every 7 minutes", "every 5 hours", "every 2 days", "*/10 * * * *", "5 3 * * 1", "0 0 1 * *"]),
    st.integers(0, 60 * 24 * 40),
    st.integers(0, 60 * 24 * 40),
)
def test_the_newest_due_time_is_due_and_none_later_is(text: str, since: int, minutes: int) -> None:
    after = ANCHOR + timedelta(minutes=since)
    now = after + timedelta(minutes=minutes)
    trigger = read_trigger(text, ANCHOR)
    newest = last_due(trigger, after, now)
    following = trigger.get_next_fire_time(None, (newest or after) + timedelta(microseconds=1))
    assert following is None or following > now
    if newest is not None:
        assert after < newest <= now
        assert trigger.get_next_fire_time(None, newest) == newest


@pytest.mark.parametrize(
    "text", ["", "daily", "every 0 hours", "every hour", "61 * * * *", "* * * *", "* * * * * *", "every 2 fortnights"]
)
def test_what_is_no_trigger_says_so(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no trigger"):
        read_trigger(text, ANCHOR)
