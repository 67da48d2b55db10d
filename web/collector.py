"""Python's collector of cycles, told to look less often while papers are imported.

A batch makes a hundred thousand objects and hardly a cycle: looked for at the usual pace, a twentieth of the time is
spent on walking what is kept for good.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_THRESHOLDS = (50_000, 20, 20)
_lock = Lock()
_before: list[tuple[int, int, int]] = []  # one entry a run under way; the thresholds are the process's


@contextmanager
def fewer_collections() -> Iterator[None]:
    """Within it the collector runs seldom; the last of several threads to leave puts back what the first found."""
    with _lock:
        _before.append(_before[0] if _before else gc.get_threshold())
        gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        with _lock:
            found = _before.pop()
            if not _before:
                gc.set_threshold(*found)
