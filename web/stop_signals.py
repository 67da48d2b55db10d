"""The signals that ask a process to stop, counted: the first asks, the second hurries.

Made for a program with one thread that wants to stop in order rather than wherever it happens to be.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """A signal came while we were waiting for something that may be broken off."""


class StopSignals:
    """``count`` signals have come since ``handled`` was entered."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting = False

    @contextmanager
    def handled(self) -> Iterator[None]:
        """Count the signals inside the block. A SIGHUP that the caller ignores (nohup) stays ignored.

        A SIGINT does not: shells ignore it for whatever a script starts with `&`, and who sends one there means it.
        """
        before = {number: signal.getsignal(number) for number in _ASKING}
        for number in _ASKING:
            if before[number] is not signal.SIG_IGN or number is not signal.SIGHUP:
                signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def break_off(self) -> Iterator[None]:
        """Inside this block a signal raises Stop; outside it is only counted."""
        self._waiting = True
        try:
            yield
        finally:
            self._waiting = False

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self._waiting:
            self._waiting = False
            raise Stop
