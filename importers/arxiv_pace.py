"""Whose turn it is to ask arXiv, and how long the pause between two requests must be.

The limiter here serves one process; `registry.limiter` keeps the same promise for all processes of a registry.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

# arXiv's terms of use for its API, OAI-PMH and feeds: one request every three seconds, one connection at a time.
ARXIV_DELAY_SECONDS = 3.0


class Turn(Protocol):
    """Leave to make one request, which must be over by ``until`` (`time.monotonic`); that may move on meanwhile."""

    @property
    def until(self) -> float: ...


class Limiter(Protocol):
    """Whose turn it is to ask arXiv."""

    def turn(self) -> AbstractContextManager[Turn]:
        """Wait until a request may start; no other starts while the turn is held."""

    def hold(self, seconds: float, reason: str) -> None:
        """Let no request start for so long, whoever makes it. Call it outside a turn."""


@dataclass(frozen=True, slots=True)
class _OwnTurn:
    """A turn that nobody else can be given."""

    until: float = float("inf")


class InProcessLimiter:
    """One request at a time in this process, each at least ``delay_seconds`` after the end of the one before.

    Counted from the end, since a request that was long on its way would else arrive too near to the next.
    """

    def __init__(self, delay_seconds: float) -> None:
        self.delay_seconds = delay_seconds
        self._lock = threading.Lock()
        self._not_before = 0.0

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        with self._lock:
            while (seconds := self._not_before - time.monotonic()) > 0:
                time.sleep(seconds)
            try:
                yield _OwnTurn()
            finally:
                self._not_before = time.monotonic() + self.delay_seconds

    def hold(self, seconds: float, reason: str) -> None:
        with self._lock:
            self._not_before = max(self._not_before, time.monotonic() + seconds)


_limiters: dict[str, InProcessLimiter] = {}
_limiters_lock = threading.Lock()


def limiter_for(url: str, delay_seconds: float) -> InProcessLimiter:
    """This process's one limiter for an address's host (all of arXiv's hosts are one), however many readers use it.

    The pause is the longest that was ever asked for that host, and never under arXiv's own for arXiv.
    """
    host = "arxiv.org" if is_arxiv_host(url) else urlsplit(url).netloc
    with _limiters_lock:
        limiter = _limiters.setdefault(host, InProcessLimiter(0.0))
        limiter.delay_seconds = max(limiter.delay_seconds, polite_delay(url, delay_seconds))
    return limiter


def is_arxiv_host(url: str) -> bool:
    """Whether an address is arXiv's own, to which its terms of use apply."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    return host == "arxiv.org" or host.endswith(".arxiv.org")


def polite_delay(url: str, delay_seconds: float) -> float:
    """The pause between requests to this address: never under three seconds against arXiv itself (its API terms)."""
    return max(ARXIV_DELAY_SECONDS, delay_seconds) if is_arxiv_host(url) else delay_seconds
