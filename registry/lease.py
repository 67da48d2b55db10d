"""Who may ask arXiv just now, and until when: one row of Postgres, renewed while a request is on its way.

The holder knows by its own clock until when its turn is surely its own, and must be done by then (`Lease.until`); that
moment is always earlier than the one at which the database lets another have it. A renewal needs no lock and no certain
connection: a holder whose backend was ended, or whose database was restarted, renews on a new one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Table, Update, func, literal, or_, select, update
from sqlalchemy.exc import DBAPIError

from registry.running_process import has_ended, this_process
from registry.tables import RequestPaceRow

# How long another waits for a holder of which nothing is heard, and how often a holder is heard of.
LEASE_SECONDS = 20.0
RENEWED_SECONDS = 4.0
# For what lies between two clocks: the time a statement takes, and a request to be cut off.
_MARGIN_SECONDS = 2.0
_AGAIN_SECONDS = 0.25
PACE: Table = RequestPaceRow.__table__  # type: ignore[attr-defined]
PACE_NAME = "arxiv"
THIS_PACE = PACE.c.name == PACE_NAME


@dataclass(frozen=True, slots=True)
class OtherLease:
    """A turn that another holds by the row: for how long (seconds) if it is not renewed, and whether it is over."""

    holder: str | None
    left_seconds: float
    process_ended: bool

    @property
    def is_over(self) -> bool:
        return self.process_ended or self.left_seconds <= 0


class Lease:
    """One turn, from its beginning to its end. ``delay_seconds`` is the pause that follows it."""

    def __init__(self, engine: Engine, delay_seconds: float) -> None:
        self.until = 0.0
        self._engine = engine
        self._delay_seconds = delay_seconds
        self._holder = uuid4().hex
        self._mine = (THIS_PACE, PACE.c.busy, PACE.c.holder == self._holder)
        self._over = threading.Event()

    def other(self, connection: Connection) -> OtherLease | None:
        """Who else holds the turn by the row. A beginning of this very lease, whose answer was lost, is taken back."""
        connection.execute(self._given_back())
        left = func.extract("epoch", func.coalesce(PACE.c.lease_until, func.clock_timestamp()) - func.clock_timestamp())
        busy = select(PACE.c.holder, PACE.c.process, left).where(THIS_PACE, PACE.c.busy)
        row = connection.execute(busy).one_or_none()
        return OtherLease(row[0], float(row[2]), has_ended(row[1])) if row else None

    def end_other(self, connection: Connection, other: OtherLease) -> None:
        """Count the pause from now after another's turn that is over, unless it was renewed meanwhile."""
        whose = THIS_PACE, PACE.c.busy, PACE.c.holder.is_not_distinct_from(other.holder)
        ended = func.coalesce(PACE.c.lease_until, func.clock_timestamp()) <= func.clock_timestamp()
        free = update(PACE).where(*whose, or_(ended, literal(other.process_ended)))
        connection.execute(free.values(busy=False, not_before=later(self._delay_seconds)))

    def begun(self, connection: Connection) -> bool:
        """Say that a request starts now, if one may; answers whether it may."""
        due = PACE.c.not_before <= func.clock_timestamp()
        values = {
            "busy": True,
            "not_before": seconds_from_now(self._delay_seconds),
            "reason": None,
            "holder": self._holder,
            "process": this_process(),
        }
        return self._lengthen(connection, update(PACE).where(THIS_PACE, ~PACE.c.busy, due).values(values))

    @contextmanager
    def kept(self, connection: Connection) -> Iterator[None]:
        """Renew the lease in the background until the block is left; then give it back, so that the pause counts."""
        self._connection: Connection | None = connection
        renewing = threading.Thread(target=self._renew, name="arxiv-turn", daemon=True)
        renewing.start()
        try:
            yield
        finally:
            self._over.set()
            renewing.join()
            self._give_back()

    def _renew(self) -> None:
        pause = RENEWED_SECONDS
        while not self._over.wait(pause):
            pause = RENEWED_SECONDS
            try:
                if not self._lengthen(self._connected(), update(PACE).where(*self._mine)):
                    self.until = 0.0  # the row is another's: this turn was given up for lost
                    return
            except DBAPIError:
                self._disconnect()
                pause = _AGAIN_SECONDS

    def _lengthen(self, connection: Connection, statement: Update) -> bool:
        asked = time.monotonic()
        mine = connection.execute(statement.values(lease_until=seconds_from_now(LEASE_SECONDS))).rowcount == 1
        if mine:
            self.until = asked + LEASE_SECONDS - _MARGIN_SECONDS
        return mine

    def _give_back(self) -> None:
        """Where the database stays away, the lease runs out by itself, and the next in line waits for that."""
        while True:
            try:
                self._connected().execute(self._given_back())
            except DBAPIError:
                self._disconnect()
                if time.monotonic() > self.until:
                    return
                time.sleep(_AGAIN_SECONDS)
            else:
                break
        self._disconnect()

    def _given_back(self) -> Update:
        return update(PACE).where(*self._mine).values(busy=False, not_before=later(self._delay_seconds))

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.close()
            self._connection = None


def seconds_from_now(seconds: float) -> Any:
    """A moment by the database's clock."""
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def later(delay_seconds: float) -> Any:
    """The next permitted moment, when the pause is to count from now and nobody asked for more."""
    return func.greatest(PACE.c.not_before, seconds_from_now(delay_seconds))
