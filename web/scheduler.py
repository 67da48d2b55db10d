"""The scheduler: watches the operator's schedule and asks for what is due, and for what dead workers left behind.

It only enqueues; workers do the work. However many are started, one is active: the others wait for its lock, which
Postgres gives up with the holder's connection. Should two ever be active, a due time still fires once (the claim in
`registry.schedule`, in one transaction with the job).
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psycopg
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from procrastinate.exceptions import ConnectorException
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from ranking.run import close_if_due
from registry.bundles.upkeep import collect_orphans
from registry.database import SCHEDULER_LOCK, libpq_address, transaction
from registry.errors import InvalidSettings
from registry.import_log import any_run_done
from registry.jobs import enqueue, job_app, process_name, rescue_stalled
from registry.log_retention import Forgotten, forget_before
from registry.outage import passes
from registry.schedule import ScheduleEntry, claim_due, note_job, read_schedule, read_trigger
from registry.tables import PackageRow
from web.arxiv_import import SOURCE
from web.fulltext import enqueue_by_policy
from web.import_jobs import first_import, import_work
from web.opening import OpenRegistry
from web.retagging import ask_for_retagging

_ORPHANS_SECONDS: Final = 6 * 3600
_FORGET_SECONDS: Final = 3600
_RESCUE_SECONDS: Final = 5
_FULLTEXT_SECONDS: Final = 60
_CLOSE_SECONDS: Final = 60
_RETAG_SECONDS: Final = 60
_LOOK_SECONDS: Final = 2.0
_AWAY_SECONDS: Final = 2.0
# A holder whose machine vanished without a word must not hold the lock for hours.
_KEEPALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"


def run_scheduler(registry: OpenRegistry, *, stop: threading.Event | None = None) -> None:
    """Schedule until told to stop: by SIGINT or SIGTERM, or by ``stop`` where the caller brings it.

    Survives the loss of its database: it gives the lock up with it, and takes its place again when both are back.
    """
    told = stop or _told_by_signals()
    for noisy in ("procrastinate", "psycopg.pool"):  # what they have to say, we say in words
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    away = False
    while not told.is_set():
        try:
            with _lock_connection(registry.url) as lock:
                if away:
                    _say("The database answers again.")
                away = False
                if _taken(lock, told):
                    _Watch(registry, lock, told).run()
        except psycopg.OperationalError as error:
            if not away:
                _say(f"The database is away ({_first_line(error)}); waiting for it.")
            away = True
            told.wait(_AWAY_SECONDS)


def _told_by_signals() -> threading.Event:
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    return told


def _lock_connection(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        libpq_address(url),
        autocommit=True,
        connect_timeout=10,
        application_name=process_name("scheduler"),
        options=_KEEPALIVE,
    )


def _taken(lock: psycopg.Connection[Any], told: threading.Event) -> bool:
    while not told.is_set():
        row = lock.execute("SELECT pg_try_advisory_lock(%s)", [SCHEDULER_LOCK]).fetchone()
        if row and row[0]:
            return True
        told.wait(_LOOK_SECONDS)
    return False


class _Watch:
    """One stretch of being the active scheduler: from taking the lock to losing it, or to the end."""

    def __init__(self, registry: OpenRegistry, lock: psycopg.Connection[Any], told: threading.Event) -> None:
        self._registry = registry
        self._lock = lock
        self._told = told
        self._known: dict[str, ScheduleEntry] = {}
        self._clock = BackgroundScheduler(timezone=UTC)

    def run(self) -> None:
        """Until told to stop. Raises psycopg.OperationalError when the lock is lost with its connection."""
        self._every(_RESCUE_SECONDS, lambda: rescue(self._registry))
        self._every(_CLOSE_SECONDS, lambda: close_attention(self._registry))
        self._every(_RETAG_SECONDS, lambda: follow_vocabulary(self._registry))
        _outlasting(lambda: follow_vocabulary(self._registry))
        self._every(_ORPHANS_SECONDS, lambda: forget_orphans(self._registry))
        self._every(_FORGET_SECONDS, lambda: forget_old_logs(self._registry))
        if self._registry.settings.auto_import:
            self._every(_FULLTEXT_SECONDS, lambda: enqueue_by_policy(self._registry))
            _outlasting(lambda: ask_for_first_import(self._registry))
            _outlasting(lambda: enqueue_by_policy(self._registry))
        self._clock.start()
        try:
            while True:
                self._lock.execute("SELECT 1")
                if self._registry.settings.auto_import:
                    _outlasting(self._follow)
                if self._told.wait(_LOOK_SECONDS):
                    return
        finally:
            self._clock.shutdown(wait=False)

    def _follow(self) -> None:
        """Bring the clock in step with the schedule as it is now; an entry that is new here may be overdue."""
        with transaction(self._registry.engine) as session:
            wanted = {entry.name: entry for entry in read_schedule(session) if entry.enabled}
        for name in self._known.keys() - wanted.keys():
            self._clock.remove_job(name)
            del self._known[name]
        for name, entry in wanted.items():
            if self._known.get(name) != entry:
                trigger = read_trigger(entry.trigger, entry.counts_from)
                self._at(name, trigger)
                self._known[name] = entry
                fire(self._registry, name)

    def _at(self, name: str, trigger: Any) -> None:
        self._add(lambda: fire(self._registry, name), trigger, name)

    def _every(self, seconds: int, action: Callable[[], object]) -> None:
        self._add(action, IntervalTrigger(seconds=seconds, timezone=UTC), None)

    def _add(self, action: Callable[[], object], trigger: Any, name: str | None) -> None:
        self._clock.add_job(
            lambda: _outlasting(action),
            trigger,
            id=name,
            replace_existing=True,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # however late: the claim knows what is due
        )


def _outlasting(action: Callable[[], object]) -> None:
    """Do it; while the database is away, leave it to the next time: the lock's own connection tells the loss."""
    try:
        action()
    except (DBAPIError, psycopg.OperationalError, ConnectorException) as error:
        if isinstance(error, DBAPIError) and not passes(error):
            raise
        _say(f"Put off while the database is away: {_first_line(error)}")


def fire(registry: OpenRegistry, name: str, *, now: datetime | None = None) -> int | None:
    """Act on the newest due time of an entry, if nobody has; the job's number, None where nothing is due.

    Claim and job are one transaction. Work that is queued already is not queued twice; the firing names its job.
    """
    with transaction(registry.engine) as session:
        claimed = claim_due(session, name, now or datetime.now(UTC))
        if claimed is None:
            return None
        entry, moment = claimed
        job_id, new = enqueue(session, job_app(registry.url), import_work(entry))
        note_job(session, name, moment, job_id)
    _say(f"{name}: due {moment:%Y-%m-%d %H:%M} UTC, {'queued as' if new else 'in the queue already as'} job {job_id}")
    return job_id


def is_first_run(registry: OpenRegistry) -> bool:
    """Whether nothing is here yet and no import from arXiv ever came to its end; one cut off is still queued."""
    with transaction(registry.engine) as session:
        empty = session.scalar(select(PackageRow.id).limit(1)) is None  # type: ignore[call-overload]
        return empty and not any_run_done(session, SOURCE)


def ask_for_first_import(registry: OpenRegistry) -> bool:
    """Queue the import of an empty registry, unless it is queued; says whether it was added."""
    if not is_first_run(registry):
        return False
    with transaction(registry.engine) as session:
        return enqueue(session, job_app(registry.url), first_import())[1]


def forget_orphans(registry: OpenRegistry) -> int:
    """Rid the bundle store of what interrupted writers left; returns how many packs and unfinished files."""
    try:
        removed = collect_orphans(registry.engine, registry.store)
    except OSError as error:  # the store is away: the next time will do
        _say(f"Orphans stay for now: {error}")
        return 0
    if removed:
        _say(f"{removed:,} orphans removed from the bundle store")
    return removed


def forget_old_logs(registry: OpenRegistry) -> Forgotten:
    """Keep the logs as long as the operator said."""
    with transaction(registry.engine) as session:
        return forget_before(session, datetime.now(UTC) - timedelta(days=registry.settings.log_days))


def close_attention(registry: OpenRegistry) -> bool:
    """Once a day, soon after midnight UTC: let use fade, and influence flow from the day before."""
    with transaction(registry.engine) as session:
        return close_if_due(session)


def follow_vocabulary(registry: OpenRegistry) -> bool:
    """Queue the tagging anew of what is here, if the vocabulary or the operator's file changed; says whether."""
    try:
        queued = ask_for_retagging(registry)
    except InvalidSettings as error:  # a slip in the operator's file: tags stay as they are until it is mended
        _say(str(error))
        return False
    if queued:
        _say("The vocabulary of tags changed; all packages are tagged anew.")
    return queued


def rescue(registry: OpenRegistry) -> int:
    """Put the jobs of dead workers back into the queue; returns how many."""
    return asyncio.run(_rescue(registry))


async def _rescue(registry: OpenRegistry) -> int:
    app = job_app(registry.url)
    async with app.open_async():
        with transaction(registry.engine) as session:
            return await rescue_stalled(app, session)


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error.__cause__ or error
    return (str(cause).strip() or type(cause).__name__).splitlines()[0]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
