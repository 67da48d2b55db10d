"""The scheduler: asks for imports when they are due, and for the jobs of dead workers to be taken up again.

It only enqueues; the worker does the work. However many are started, one is active: the others wait for its lock,
which Postgres gives up with the holder's connection.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import select

from registry.database import SCHEDULER_LOCK, libpq_address, transaction
from registry.import_log import any_run_done
from registry.jobs import defer_once, job_app, rescue_stalled
from registry.tables import PackageRow
from web.arxiv_import import SOURCE, ArxivPlan
from web.opening import OpenRegistry
from web.worker import IMPORT_ARXIV, IMPORT_LOCK

_log = logging.getLogger(__name__)
# arXiv announces Sunday to Thursday at 20:00 US Eastern; by 02:30 UTC of the next day its API answers with it.
_AFTER_ANNOUNCEMENT = CronTrigger(day_of_week="mon-fri", hour=2, minute=30, timezone="UTC")
_RESCUE_SECONDS = 15
_LOCK_CHECK_SECONDS = 5


def run_scheduler(registry: OpenRegistry) -> None:
    """Schedule until told to stop by SIGINT or SIGTERM, or until the lock is lost."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with psycopg.connect(libpq_address(registry.url), autocommit=True) as lock:
        if _taken(lock, stop):
            _schedule(registry, lock, stop)


def _taken(lock: psycopg.Connection[Any], stop: threading.Event) -> bool:
    while not stop.is_set():
        row = lock.execute("SELECT pg_try_advisory_lock(%s)", [SCHEDULER_LOCK]).fetchone()
        if row and row[0]:
            return True
        stop.wait(_LOCK_CHECK_SECONDS)
    return False


def _schedule(registry: OpenRegistry, lock: psycopg.Connection[Any], stop: threading.Event) -> None:
    scheduler = BackgroundScheduler(timezone="UTC")
    _add(scheduler, lambda: rescue(registry), IntervalTrigger(seconds=_RESCUE_SECONDS))
    if registry.settings.auto_import:
        _add(scheduler, lambda: ask_for_import(registry), _AFTER_ANNOUNCEMENT)
        if is_first_run(registry):
            ask_for_import(registry)
    scheduler.start()
    try:
        while not stop.wait(_LOCK_CHECK_SECONDS):
            lock.execute("SELECT 1")  # raises when the lock's connection is gone: another scheduler may hold it now
    finally:
        scheduler.shutdown(wait=False)


def _add(scheduler: BackgroundScheduler, action: Callable[[], object], trigger: Any) -> None:
    scheduler.add_job(action, trigger, coalesce=True, max_instances=1, misfire_grace_time=3600)


def is_first_run(registry: OpenRegistry) -> bool:
    """Whether nothing is here yet and no import from arXiv ever came to its end; one cut off is still queued."""
    with transaction(registry.engine) as session:
        empty = session.scalar(select(PackageRow.id).limit(1)) is None  # type: ignore[call-overload]
        return empty and not any_run_done(session, SOURCE)


def ask_for_import(registry: OpenRegistry) -> bool:
    """Enqueue an import of the configured categories, unless one is waiting; says whether it was added."""
    plan = ArxivPlan(registry.settings.arxiv_categories)
    return asyncio.run(_ask(registry.url, plan))


async def _ask(url: str, plan: ArxivPlan) -> bool:
    app = job_app(url)
    async with app.open_async():
        return await defer_once(app, IMPORT_ARXIV, lock=IMPORT_LOCK, **plan.as_json())


def rescue(registry: OpenRegistry) -> int:
    """Put the jobs of dead workers back into the queue; returns how many."""
    return asyncio.run(_rescue(registry.url))


async def _rescue(url: str) -> int:
    app = job_app(url)
    async with app.open_async():
        return await rescue_stalled(app)
