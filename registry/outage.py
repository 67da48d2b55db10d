"""Outlasting a database that is away for a while: restarted, failed over, out of connections.

Only for work that may be done twice: where the answer to a commit was lost, nobody knows whether it was made.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from registry.errors import DatabaseUnavailable
from registry.stopping import Sleep, pause

PATIENCE_SECONDS = 300.0
_LONGEST_PAUSE_SECONDS = 10.0
# Connection trouble, a server that stops or starts, and transactions that Postgres asks to be begun again.
_PASSING = ("08", "57P01", "57P02", "57P03", "53300", "40001", "40P01", "25006")
_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


def outlast(
    work: Callable[[], _Answer], *, sleep: Sleep = time.sleep, patience_seconds: float = PATIENCE_SECONDS
) -> _Answer:
    """Do the work, again while the database is away.

    Raises DatabaseUnavailable when it stays away for ``patience_seconds``, Interrupted when a pause is cut short; other
    errors as they come.
    """
    deadline = time.monotonic() + patience_seconds
    seconds = 0.25
    while True:
        try:
            return work()
        except DBAPIError as error:
            if not passes(error):
                raise
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(f"The database stays away: {_words(error)}") from error
            _log.warning("The database is away (%s); trying again in %.1f s.", _words(error), seconds)
        pause(sleep, seconds)
        seconds = min(seconds * 2, _LONGEST_PAUSE_SECONDS)


def passes(error: DBAPIError) -> bool:
    """Whether the same work may succeed in a while."""
    if not isinstance(error, (OperationalError, InterfaceError)) and not error.connection_invalidated:
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state is None or str(state).startswith(_PASSING)


def _words(error: DBAPIError) -> str:
    return (str(error.orig).strip() or "no reason given").splitlines()[0]
