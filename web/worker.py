"""The worker: takes jobs from the queue and does them, one import at a time. Names the tasks there are."""

from __future__ import annotations

import asyncio
import signal
import sys
from threading import Event
from typing import Any

from procrastinate import App, RetryStrategy

from importers.rejected import Rejected
from registry.errors import RegistryError
from registry.import_log import Tally
from registry.jobs import job_app
from web.arxiv_import import ArxivPlan, import_arxiv
from web.imports import Interrupted
from web.opening import OpenRegistry

IMPORT_ARXIV = "import-arxiv"
IMPORT_LOCK = "import-arxiv"


class PrintedLines:
    """Shows a run in the worker's output, a line a batch."""

    def rejected(self, rejected: Rejected) -> None:
        print(f"refused: {rejected.reason}", flush=True)  # noqa: T201

    def progress(self, tally: Tally, step: str | None, expected: int | None) -> None:
        of = f" of {expected:,}" if expected else ""
        print(f"importing {step}: {tally.seen:,}{of} papers", flush=True)  # noqa: T201


def worker_app(registry: OpenRegistry, stop: Event) -> App:
    """The queue with this registry's tasks. ``stop`` ends a running import after its batch; it is taken up again."""
    app = job_app(registry.url)
    again = RetryStrategy(max_attempts=1_000, wait=1, retry_exceptions=[Interrupted])

    @app.task(name=IMPORT_ARXIV, queue="imports", retry=again)
    def import_listing(**plan: Any) -> None:
        try:
            tally = import_arxiv(registry, ArxivPlan.from_json(plan), PrintedLines(), stop)
        except RegistryError as error:
            # Not raised again: the run is logged as failed, with this sentence; asking again at once would not help.
            print(error, file=sys.stderr, flush=True)  # noqa: T201
        else:
            print(f"import done: {tally.created:,} new, {tally.updated:,} updated", flush=True)  # noqa: T201

    return app


def run_worker(registry: OpenRegistry) -> None:
    """Work until told to stop by SIGINT or SIGTERM; a job in hand is put back where its last batch ended."""
    asyncio.run(_run(registry))


async def _run(registry: OpenRegistry) -> None:
    stop = Event()
    app = worker_app(registry, stop)
    loop = asyncio.get_running_loop()
    async with app.open_async():
        working = asyncio.ensure_future(
            app.run_worker_async(install_signal_handlers=False, shutdown_graceful_timeout=60)
        )

        def end() -> None:
            stop.set()
            working.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end)
        try:
            await working
        except asyncio.CancelledError:
            if not stop.is_set():
                raise
