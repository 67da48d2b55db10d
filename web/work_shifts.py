"""Working off queues until told to stop, through losses of the database.

A stretch of work between two losses is a shift: a new worker for each, since what the old one had in hand may have been
given to others meanwhile. What the jobs do is not known here.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Callable, Mapping
from threading import Event
from typing import Any

import psycopg
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from registry.database import libpq_address

_POLL_SECONDS = 1.0
_GRACE_SECONDS = 50.0  # below the time the supervisor allows
_LOOK_SECONDS = 5.0
_TOLD_SECONDS = 30.0
_LOST = (ConnectorException, psycopg.OperationalError)


def work_until_told(url: str, queues: Mapping[str, int], make_app: Callable[[Event], App]) -> None:
    """Work off these queues (each with so many jobs at once) until SIGINT or SIGTERM.

    ``make_app`` makes the queue with its tasks for one shift; its event tells running tasks to wind up.
    """
    for noisy in ("procrastinate", "psycopg.pool"):  # what they have to say, we say in words
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    asyncio.run(_work(url, queues, make_app))


async def _work(url: str, queues: Mapping[str, int], make_app: Callable[[Event], App]) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_tell_exception)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    while not told.is_set():
        try:
            await _shift(url, queues, make_app, told)
        except _LOST as error:
            _say(f"The database is away: {_words(error)}")
        if not told.is_set():
            await _database_back(url, told)


async def _shift(url: str, queues: Mapping[str, int], make_app: Callable[[Event], App], told: asyncio.Event) -> None:
    """Work until told to stop or until the database is lost; returns when nothing runs any more."""
    stop = Event()
    app = make_app(stop)
    async with app.open_async():
        working = [_start(app, queue, concurrency) for queue, concurrency in queues.items()]
        watching = [asyncio.ensure_future(told.wait()), asyncio.ensure_future(_lost(url))]
        await asyncio.wait([*working, *watching], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        for task in (*working, *watching):
            task.cancel()
        ended = await asyncio.gather(*working, *watching, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception) and not told.is_set():
            raise error


def _start(app: App, queue: str, concurrency: int) -> asyncio.Future[Any]:
    return asyncio.ensure_future(
        app.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=concurrency,
            install_signal_handlers=False,
            listen_notify=False,  # its connection would end the worker with the first restart of the database
            fetch_job_polling_interval=_POLL_SECONDS,
            shutdown_graceful_timeout=_GRACE_SECONDS,
        )
    )


async def _lost(url: str) -> None:
    """Returns when the database has not answered twice in a row."""
    silent = 0
    while silent < 2:
        await asyncio.sleep(_LOOK_SECONDS)
        silent = 0 if await _answers(url) else silent + 1


async def _database_back(url: str, told: asyncio.Event) -> None:
    begun = said = time.monotonic()
    while not told.is_set() and not await _answers(url):
        if time.monotonic() - said > _TOLD_SECONDS:
            said = time.monotonic()
            _say(f"The database has been away for {said - begun:.0f} s; waiting for it.")
        await asyncio.sleep(1)
    if not told.is_set() and time.monotonic() - begun > 1:
        _say("The database answers again; back to work.")


async def _answers(url: str) -> bool:
    try:
        async with await psycopg.AsyncConnection.connect(libpq_address(url), connect_timeout=5) as connection:
            await connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _tell_exception(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A job whose end could not be written is taken up again; one line is enough."""
    error = context.get("exception")
    _say(f"The end of a job could not be written down: {_words(error)}" if error else str(context.get("message")))


def _words(error: BaseException) -> str:
    cause = error.__cause__ or error
    return (str(cause).strip() or type(cause).__name__).splitlines()[0]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
