"""Which engine answers a search: Meilisearch where it is configured, in step and quick, else Postgres, always.

A server that fails is not asked again for some seconds (a circuit breaker), so that a search waits for it once at most,
and well under a second. The page says which engine answered, and why it was not the other one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlmodel import Session

from registry.errors import MirrorUnavailable
from registry.search.answers import SearchPage, SearchRequest
from registry.search.cursors import of_mirror
from registry.search.meili import MeiliIndex, MeiliSearch, TooManyToOrder
from registry.search.meili_server import VERSION, MeiliServer
from registry.search.outbox import read_state
from registry.search.postgres import PostgresSearch
from registry.settings import Settings
from registry.statements import read_statements

# A call and its slow second one stay well below a second together with what Postgres takes.
PATIENCE_SECONDS = 0.6
LATE_SECONDS = 30
_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 30.0
_STATEMENTS = read_statements(Path(__file__).with_name("mirror.sql"))


class Breaker:
    """Whether a server may be asked: after a failure not for a pause that doubles; then one caller tries."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pause = 0.0
        self._until = 0.0
        self.reason: str | None = None

    def closed(self) -> bool:
        """Whether this caller may ask the server."""
        with self._lock:
            if self._pause == 0.0:
                return True
            if self._clock() < self._until:
                return False
            self._until = self._clock() + self._pause  # others wait for what this caller finds
            return True

    def failed(self, reason: str) -> None:
        with self._lock:
            self._pause = min(max(2 * self._pause, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
            self._until = self._clock() + self._pause
            self.reason = reason

    def succeeded(self) -> None:
        with self._lock:
            self._pause, self.reason = 0.0, None


class Engines:
    """The engines of one process. Threads share it."""

    def __init__(
        self,
        meili_url: str | None = None,
        meili_key: str | None = None,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._postgres = PostgresSearch()
        self._meili = None
        self.breaker = Breaker()
        if meili_url is not None:
            self._meili = MeiliSearch(MeiliServer(meili_url, meili_key, call_seconds=patience_seconds))

    @property
    def configured(self) -> bool:
        """Whether there is a server to ask."""
        return self._meili is not None

    def trouble(self, session: Session) -> str | None:
        """Why Postgres answers in the place of Meilisearch now; None if it does not, or none is configured."""
        if self._meili is None:
            return None
        index, reason = _usable(session)
        state = read_state(session)
        return self.breaker.reason or (None if index else (state and state.trouble) or reason)

    def search(self, session: Session, request: SearchRequest) -> SearchPage:
        """One page of what matches; ``engine`` and ``fallback`` say who answered and why. Raises InvalidQuery."""
        if self._meili is None:
            return self._postgres.search(session, request)
        cursor = request.filters.cursor
        if cursor and not of_mirror(cursor):
            return replace(self._postgres.search(session, request), fallback="the page before came from Postgres")
        reason = self.breaker.reason or "Meilisearch failed a moment ago"
        if self.breaker.closed():
            index, reason = _usable(session)
            if index is not None:
                try:
                    page = self._meili.search(session, index, request)
                except TooManyToOrder as error:
                    reason = str(error)
                    self.breaker.succeeded()
                except MirrorUnavailable as error:
                    reason = str(error)
                    self.breaker.failed(reason)
                else:
                    self.breaker.succeeded()
                    return page
        return replace(self._postgres.search(session, request), fallback=reason)


def make_engines(settings: Settings) -> Engines:
    """The engines these settings name."""
    return Engines(settings.meili_url, settings.meili_key)


def _usable(session: Session) -> tuple[MeiliIndex | None, str]:
    """The index to ask, or why there is none: not built yet, or behind."""
    row = session.execute(_STATEMENTS["usable"], {"version": VERSION, "patience": f"{LATE_SECONDS} seconds"}).first()
    if row is None or not row.built:
        return None, "the index is being built"
    if row.late:
        return None, f"the index is more than {LATE_SECONDS} s behind"
    return MeiliIndex(row.index_uid, row.documents), ""
