"""The pace of requests to arXiv, kept in Postgres: one at a time and so many seconds apart, over all processes and
machines of a registry.

A turn is an advisory lock on a connection of its own, which Postgres gives up with its holder, and a row with the
moment before which no request may start, by the database's clock. The row also says who holds the turn and until when:
a lease (`registry.lease`) that the holder renews while its request is on its way. So a turn survives the loss of its
connection, and the lock that comes free with it: the next in line waits until the holder gives the turn back, is known
to have ended, or let its lease run out; then the whole pause. What is asked is not known here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, NullPool, create_engine, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from registry.database import PACE_LOCK
from registry.errors import SourceUnavailable
from registry.lease import PACE, PACE_NAME, THIS_PACE, Lease, seconds_from_now
from registry.outage import outlast
from registry.stopping import Sleep, pause

LONGEST_HOLD_SECONDS = 600.0
_LOCK_TIMEOUT_SECONDS = 1.0
_LOCK_NOT_AVAILABLE = "55P03"
_TOLD_SECONDS = 5.0
_LOOK_SECONDS = 0.1
_SECONDS_LEFT = func.extract("epoch", PACE.c.not_before - func.clock_timestamp())
# A connection that leads nowhere any more must be noticed well before a lease runs out.
_CONNECTING = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8_000,
}


def seconds_held(session: Session) -> float:
    """How long no request may start, because arXiv asked for a pause; what waits for less than that waits in vain."""
    return max(0.0, float(session.scalar(select(_SECONDS_LEFT).where(THIS_PACE)) or 0.0))


class SharedLimiter:
    """A registry's one limiter, as this process takes part in it. All addresses that stand for arXiv are one.

    ``sleep`` waits, and cuts a wait short by answering something true; ``on_wait`` hears of pauses that others caused
    (seconds, why). Use it from one thread at a time; make one for each.
    """

    def __init__(
        self,
        url: str,
        delay_seconds: float,
        *,
        sleep: Sleep = time.sleep,
        on_wait: Callable[[float, str], None] | None = None,
    ) -> None:
        self._url = url
        self._delay_seconds = delay_seconds
        self._sleep = sleep
        self._on_wait = on_wait

    @contextmanager
    def turn(self) -> Iterator[Lease]:
        """Wait until a request may start; no other of the registry starts while the turn is held.

        The request must be over by the lease's ``until``, which moves on while the turn can be kept. Outlasts a
        database that is away. Raises SourceUnavailable where arXiv asked for a pause of more than ten minutes,
        Interrupted when asked to stop, DatabaseUnavailable.
        """
        engine = self._engine()
        lease = Lease(engine, self._delay_seconds)
        try:
            connection = outlast(lambda: self._taken(engine, lease), sleep=self._sleep)
            try:
                with lease.kept(connection):
                    yield lease
            finally:
                with suppress(DBAPIError):
                    connection.close()
        finally:
            engine.dispose()

    def hold(self, seconds: float, reason: str) -> None:
        """Let no request of the registry start for so long: arXiv asked for it, and it asked all of us."""
        engine = self._engine()
        try:
            outlast(lambda: self._hold(engine, seconds, reason), sleep=self._sleep)
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        timeout = round(_LOCK_TIMEOUT_SECONDS * 1000)
        options = f"-c lock_timeout={timeout} -c timezone=UTC"
        return create_engine(
            self._url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"options": options, **_CONNECTING},
        )

    def _taken(self, engine: Engine, lease: Lease) -> Connection:
        """A connection that holds the lock at a moment when a request may start, and has said that one does."""
        connection = engine.connect()
        try:
            self._lock(connection)
            connection.execute(
                insert(PACE)
                .values(name=PACE_NAME, not_before=func.clock_timestamp(), busy=False)
                .on_conflict_do_nothing()
            )
            self._await_other(connection, lease)
            while not lease.begun(connection):
                self._wait(connection)
                self._await_other(connection, lease)
        except BaseException:
            with suppress(DBAPIError):
                connection.close()
            raise
        return connection

    def _lock(self, connection: Connection) -> None:
        waited = 0.0
        while True:
            try:
                connection.execute(select(func.pg_advisory_lock(PACE_LOCK)))
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                    raise
            else:
                return
            pause(self._sleep, 0)
            waited += _LOCK_TIMEOUT_SECONDS
            if waited == _TOLD_SECONDS:
                self._tell(*self._left(connection), "another process is asking arXiv")

    def _await_other(self, connection: Connection, lease: Lease) -> None:
        """Wait while another's request may be on its way though its lock came free; the pause then counts from now.

        Whether it is over is told by the holder, by the end of its process, or by that of its lease.
        """
        told = False
        while (other := lease.other(connection)) is not None:
            if other.is_over:
                lease.end_other(connection, other)
                continue
            if not told:
                told = True
                self._tell(other.left_seconds, None, "another process was asking arXiv when the database dropped it")
            pause(self._sleep, min(_LOOK_SECONDS, other.left_seconds))

    def _wait(self, connection: Connection) -> None:
        seconds, reason = self._left(connection)
        if seconds > LONGEST_HOLD_SECONDS:
            raise SourceUnavailable(
                f"arXiv asked for a pause ({reason or 'no reason kept'}), of which {seconds / 60:.0f} minutes "
                "are left; run this again then"
            )
        if seconds >= _TOLD_SECONDS:
            self._tell(seconds, reason, "arXiv was asked a moment ago")
        pause(self._sleep, max(seconds, 0.001))

    def _tell(self, seconds: float, reason: str | None, otherwise: str) -> None:
        if self._on_wait is not None:
            self._on_wait(max(seconds, 0.0), reason or otherwise)

    def _left(self, connection: Connection) -> tuple[float, str | None]:
        row = connection.execute(select(_SECONDS_LEFT, PACE.c.reason).where(THIS_PACE)).one_or_none()
        return (float(row[0]), row[1]) if row else (0.0, None)

    def _hold(self, engine: Engine, seconds: float, reason: str) -> None:
        until = seconds_from_now(seconds)
        values = {"not_before": until, "reason": reason}
        with engine.connect() as connection:
            first = insert(PACE).values(name=PACE_NAME, busy=False, **values)
            longer = PACE.c.not_before < until
            connection.execute(first.on_conflict_do_update(index_elements=[PACE.c.name], set_=values, where=longer))
