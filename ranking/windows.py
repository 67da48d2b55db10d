"""Attention gained in a window: the score at its end less the score at the end of the day it began. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

WINDOW_DAYS: Mapping[str, int | None] = {"day": 1, "week": 7, "month": 30, "all": None}


def begins(window: str, day: date) -> date | None:
    """The day at whose end a window that ends with ``day`` begins; None for all time. KeyError for another word."""
    length = WINDOW_DAYS[window]
    return None if length is None else day - timedelta(days=length)


def score_on(history: Sequence[tuple[date, int]], day: date) -> int:
    """The score at the end of ``day``, in thousandths: the last entry of a history up to then, 0 before the first.

    ``history`` holds the days on which the score changed, oldest first.
    """
    found = 0
    for changed, milli in history:
        if changed > day:
            break
        found = milli
    return found


def gained_milli(history: Sequence[tuple[date, int]], day: date, window: str) -> int:
    """What a package gained in the window that ends with ``day``; below zero if it lost."""
    begun = begins(window, day)
    return score_on(history, day) - (0 if begun is None else score_on(history, begun))
