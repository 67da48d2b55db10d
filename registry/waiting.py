"""Waiting for a named database server that is not there yet: restarting, or started later than its users.

A process that ends instead is started again and again by whoever watches it, and given up at last. What waiting will
not mend (no such database, a wrong password) is left to the one who opens the connection to say.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg

from registry.database import libpq_address

_POLL_SECONDS = 1.0
_TOLD_SECONDS = 30.0
_PASSING_REFUSALS = ("starting up", "shutting down", "recovery", "too many clients", "terminating connection")


def await_database(url: str, *, say: Callable[[str], object], sleep: Callable[[float], object] = time.sleep) -> None:
    """Return when the server answers, or refuses us for good. ``say`` is told at first, and every half minute."""
    begun = said = 0.0
    while (refusal := _refusal(url)) is not None:
        now = time.monotonic()
        if not begun:
            begun = said = now
            say(f"The database cannot be reached ({refusal}); waiting for it.")
        elif now - said > _TOLD_SECONDS:
            said = now
            say(f"The database has been away for {now - begun:.0f} s; waiting for it.")
        sleep(_POLL_SECONDS)
    if begun:
        say("The database answers.")


def _refusal(url: str) -> str | None:
    """Why the server cannot be reached just now; None if it can, or if waiting will not help."""
    try:
        psycopg.connect(libpq_address(url), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        words = str(error).strip()
        return None if is_final(words) else words.splitlines()[0]
    return None


def is_final(words: str) -> bool:
    """Whether a refusal in these words of libpq's is one that waiting will not mend."""
    return "FATAL" in words and not any(phrase in words for phrase in _PASSING_REFUSALS)
