"""The pace of requests to arXiv, kept in Postgres: one at a time and so many seconds apart, over all processes and
machines of a registry.

A turn is an advisory lock on a connection of its own, which Postgres gives up with its holder, and a row with the
moment before which no request may start, by the database's clock. The row is written at the start and at the end of
each request: a turn that ended without its second writing (kill -9, a lost connection) makes the next one wait the
whole pause. What is asked, and whether it may be asked again, is not known here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, OperationalError

from registry.database import PACE_LOCK
from registry.errors import SourceUnavailable
from registry.outage import outlast
from registry.stopping import Sleep, pause
from registry.tables import RequestPaceRow

LONGEST_HOLD_SECONDS = 600.0
_NAME = "arxiv"
_LOCK_TIMEOUT_SECONDS = 1.0
_LOCK_NOT_AVAILABLE = "55P03"
_TOLD_SECONDS = 5.0
_PACE: Table = RequestPaceRow.__table__  # type: ignore[attr-defined]
_THIS = _PACE.c.name == _NAME


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
        self._delay = func.make_interval(0, 0, 0, 0, 0, 0, delay_seconds)
        self._sleep = sleep
        self._on_wait = on_wait

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until a request may start; no other of the registry starts while the turn is held.

        Outlasts a database that is away. Raises SourceUnavailable where arXiv asked for a pause of more than ten
        minutes, Interrupted when asked to stop, DatabaseUnavailable.
        """
        engine = self._engine()
        try:
            connection = outlast(lambda: self._taken(engine), sleep=self._sleep)
            try:
                yield
            finally:
                self._end(connection)
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
            connect_args={"options": options, "connect_timeout": 10},
        )

    def _taken(self, engine: Engine) -> Connection:
        """A connection that holds the lock at a moment when a request may start, and has said that one does."""
        connection = engine.connect()
        try:
            self._lock(connection)
            self._mend(connection)
            while not self._started(connection):
                self._wait(connection)
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

    def _mend(self, connection: Connection) -> None:
        """Make the row if there is none; after a turn that broke off, the pause counts from now."""
        first = insert(_PACE).values(name=_NAME, not_before=func.clock_timestamp(), busy=False)
        connection.execute(first.on_conflict_do_nothing())
        connection.execute(update(_PACE).where(_THIS, _PACE.c.busy).values(busy=False, not_before=self._later()))

    def _started(self, connection: Connection) -> bool:
        """Say that a request starts now, if one may; the lock is still ours if this can be said."""
        due = _PACE.c.not_before <= func.clock_timestamp()
        values = {"busy": True, "not_before": func.clock_timestamp() + self._delay, "reason": None}
        return connection.execute(update(_PACE).where(_THIS, due).values(values)).rowcount == 1

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
        seconds = func.extract("epoch", _PACE.c.not_before - func.clock_timestamp())
        row = connection.execute(select(seconds, _PACE.c.reason).where(_THIS)).one_or_none()
        return (float(row[0]), row[1]) if row else (0.0, None)

    def _end(self, connection: Connection) -> None:
        """Count the pause from now. Where that cannot be written, the row stays busy and the next turn counts it."""
        with suppress(DBAPIError):
            connection.execute(update(_PACE).where(_THIS).values(busy=False, not_before=self._later()))
        with suppress(DBAPIError):
            connection.close()

    def _hold(self, engine: Engine, seconds: float, reason: str) -> None:
        until = func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
        values = {"not_before": until, "reason": reason}
        with engine.connect() as connection:
            first = insert(_PACE).values(name=_NAME, busy=False, **values)
            longer = _PACE.c.not_before < until
            connection.execute(first.on_conflict_do_update(index_elements=[_PACE.c.name], set_=values, where=longer))

    def _later(self) -> Any:
        return func.greatest(_PACE.c.not_before, func.clock_timestamp() + self._delay)
