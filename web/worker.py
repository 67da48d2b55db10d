"""The worker: takes jobs from the queue and does them. Names the tasks there are, and what a failure of one means.

One process works on three queues: imports one at a time in the whole registry, full texts as many at once as
configured, upkeep beside them.
A job ends in one of four ways: done; put back (asked to stop, database away); put off (something that may pass, with
growing pauses); given up, with the reason kept for `discoveries jobs`. How the process outlasts the loss of its
database is in `web.work_shifts`.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Event
from typing import Any, Final

from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job
from sqlalchemy.exc import DBAPIError

from importers.rejected import Rejected
from registry.database import transaction
from registry.errors import DatabaseUnavailable, RegistryError, SourceUnavailable
from registry.import_log import Tally
from registry.job_log import JobEvent, note_event, times_failed
from registry.jobs import job_app
from registry.limiter import seconds_held
from registry.outage import passes
from registry.schedule import WAYS
from registry.stopping import Interrupted
from web.fulltext import FULLTEXT_QUEUE, FULLTEXT_TASK, compile_fulltext
from web.import_jobs import IMPORT_QUEUE, run_import
from web.mirroring import mirroring
from web.opening import OpenRegistry
from web.retagging import RETAG_QUEUE, RETAG_TASK, run_retagging
from web.work_shifts import work_until_told

# What may pass is tried again after these pauses (a quarter more or less), and given up after the last.
PAUSES_SECONDS: Final = (60.0, 300.0, 900.0, 3_600.0, 10_800.0)
_STOPPED_SECONDS = 1
_DATABASE_SECONDS = 5


class TryAgain(Exception):
    """The job is to be put back, and begun no sooner than in so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class GivenUp(Exception):
    """The job failed for good; the reason is kept."""


class _AsTold(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        return RetryDecision(retry_in={"seconds": exception.seconds}) if isinstance(exception, TryAgain) else None


class Leave(Event):
    """Set when this process is told to stop, or a person cancelled this very job."""

    def __init__(self, stop: Event, cancelled: Callable[[], bool]) -> None:
        super().__init__()
        self._stop = stop
        self._cancelled = cancelled

    def is_set(self) -> bool:
        return self._stop.is_set() or self._cancelled()

    def wait(self, timeout: float | None = None) -> bool:
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self.is_set():
            left = 0.5 if deadline is None else min(0.5, deadline - time.monotonic())
            if left <= 0:
                break
            self._stop.wait(left)
        return self.is_set()


class PrintedLines:
    """Shows a run in the worker's output, a line a batch."""

    def rejected(self, rejected: Rejected) -> None:
        _say(f"refused: {rejected.reason}")

    def progress(self, tally: Tally, step: str | None, expected: int | None) -> None:
        of = f" of {expected:,}" if expected else ""
        _say(f"importing {step}: {tally.seen:,}{of} papers")

    def waiting(self, seconds: float, why: str) -> None:
        _say(f"waiting {seconds:.0f} s: {why}" if seconds else why)


def worker_app(registry: OpenRegistry, stop: Event, *, pauses_seconds: tuple[float, ...] = PAUSES_SECONDS) -> App:
    """The queue with this registry's tasks. ``stop`` ends what runs after its batch; it is taken up again."""
    app = job_app(registry.url, role="worker")

    def attempt(context: JobContext, work: Callable[[Event], str]) -> None:
        _attempt(registry, context, Leave(stop, lambda: _cancelled(context)), work, pauses_seconds)

    for way in WAYS:

        @app.task(name=f"import-{way}", queue=IMPORT_QUEUE, retry=_AsTold(), pass_context=True)
        def import_papers(context: JobContext, /, *, _way: str = way, **arguments: Any) -> None:
            asked = replace(registry, job_id=context.job.id)
            attempt(context, lambda leave: run_import(asked, _way, arguments, PrintedLines(), leave))

    @app.task(name=FULLTEXT_TASK, queue=FULLTEXT_QUEUE, retry=_AsTold(), pass_context=True)
    def compile_one(context: JobContext, /, **arguments: Any) -> None:
        attempt(context, lambda leave: _fulltext(registry, arguments, leave))

    @app.task(name=RETAG_TASK, queue=RETAG_QUEUE, retry=_AsTold(), pass_context=True)
    def tag_anew(context: JobContext, /) -> None:
        attempt(context, lambda leave: run_retagging(registry, leave))

    return app


def _fulltext(registry: OpenRegistry, arguments: Mapping[str, Any], leave: Event) -> str:
    return compile_fulltext(registry, str(arguments["arxiv_id"]), leave, again=bool(arguments.get("again"))).sentence


def _attempt(
    registry: OpenRegistry,
    context: JobContext,
    leave: Event,
    work: Callable[[Event], str],
    pauses_seconds: tuple[float, ...],
) -> None:
    """Do the work of a job once and settle what becomes of the job. Raises what the queue understands."""
    assert context.job.id is not None
    try:
        _say(work(leave))
    except Interrupted:
        if _cancelled(context):
            raise JobAborted from None
        raise TryAgain(_STOPPED_SECONDS) from None
    except DatabaseUnavailable as error:
        _say_aloud(str(error))
        raise TryAgain(_DATABASE_SECONDS) from None
    except SourceUnavailable as error:
        _put_off(registry, context.job.id, str(error), pauses_seconds)
    except RegistryError as error:
        _give_up(registry, context.job.id, str(error))
    except DBAPIError as error:
        if not passes(error):
            _give_up(registry, context.job.id, f"the database refused: {error.orig}", traceback.format_exc())
        _say_aloud(f"The database went away in the middle of {context.job.task_name}; it is begun again.")
        raise TryAgain(_DATABASE_SECONDS) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is kept and shown, and the worker goes on
        words = f"{type(error).__name__}: {error}"
        _give_up(registry, context.job.id, f"a mistake of this program: {words}", traceback.format_exc())


def _put_off(registry: OpenRegistry, job_id: int, reason: str, pauses_seconds: tuple[float, ...]) -> None:
    with transaction(registry.engine) as session:
        failed = times_failed(session, job_id)
        held = seconds_held(session)
        note_event(session, job_id, JobEvent.FAILED, reason)
    if failed >= len(pauses_seconds):
        _say_aloud(
            f"{reason}\nJob {job_id} is given up after {failed + 1} tries; see `discoveries jobs show {job_id}`."
        )
        raise GivenUp(reason)
    seconds = round(max(pauses_seconds[failed] * random.uniform(0.75, 1.25), held))
    _say_aloud(f"{reason}\nJob {job_id} is tried again in {_duration(seconds)}.")
    raise TryAgain(seconds)


def _give_up(registry: OpenRegistry, job_id: int, reason: str, detail: str | None = None) -> None:
    with transaction(registry.engine) as session:
        note_event(session, job_id, JobEvent.FAILED, reason, detail)
    _say_aloud(f"{reason}\nJob {job_id} is given up; see `discoveries jobs show {job_id}`.")
    raise GivenUp(reason)


def _cancelled(context: JobContext) -> bool:
    return context.abort_reason() is AbortReason.USER_REQUEST


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def _say_aloud(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def run_worker(registry: OpenRegistry) -> None:
    """Work until told to stop by SIGINT or SIGTERM; a job in hand is put back where its last batch ended."""
    queues = {IMPORT_QUEUE: 1, FULLTEXT_QUEUE: registry.settings.fulltext_concurrency, RETAG_QUEUE: 1}
    with mirroring(registry):
        work_until_told(registry.url, queues, lambda stop: worker_app(registry, stop))
