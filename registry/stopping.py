"""Pauses that a request to stop cuts short. What is stopped, and what becomes of it, is the caller's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

# Waits so many seconds; answers something true when it was cut short, as `threading.Event.wait` does.
Sleep: TypeAlias = Callable[[float], object]


class Interrupted(Exception):
    """The work was asked to stop; what was committed stays, and the same work begun again goes on from there."""


def pause(sleep: Sleep, seconds: float) -> None:
    """Wait. Raises Interrupted when the wait was cut short."""
    if sleep(seconds):
        raise Interrupted("asked to stop")
