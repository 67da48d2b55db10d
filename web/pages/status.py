"""``/status``: what the registry is doing - the running import, the schedule, past imports, queue and dead letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.fulltext import AttemptState, count_attempts
from registry.import_log import read_progress
from registry.job_log import JobState, JobSummary, QueueDepth, list_jobs, live_processes, queue_depths
from registry.package_views import ImportProgress, ImportState
from registry.packages import count_packages
from registry.schedule_runs import ImportRunSummary, ScheduledWork, read_runs, read_scheduled_work
from registry.search.engines import Engines
from registry.search.outbox import MirrorState, read_state
from web.api.status_models import count_role
from web.dependencies import RendererDependency, SessionDependency
from web.searching import EnginesDependency

RUNS_SHOWN = 20
DEAD_LETTERS_SHOWN = 20
router = APIRouter(include_in_schema=False)
_WAYS = {
    "arxiv": "query API",
    "oai": "OAI-PMH",
    "rss": "announcements",
    "dump": "dump",
    "ids": "ids",
    "missing": "missing papers",
}


@dataclass(frozen=True, slots=True)
class RunLine:
    """One import of the log, in words."""

    run: ImportRunSummary

    @property
    def way(self) -> str:
        return _WAYS.get(self.run.source, self.run.source)

    @property
    def duration(self) -> str:
        return duration(self.run.seconds)

    @property
    def trouble(self) -> tuple[str, ...]:
        """Why it failed, what it waits for, what it met and what it refused: the first few of each."""
        run = self.run
        said = [one for one in (run.error, run.waiting) if one]
        return (*said, *run.faults[:3], *(f"refused: {reason}" for reason in run.rejections[:3]))


@dataclass(frozen=True, slots=True)
class StatusContext:
    """Everything ``status.html`` shows."""

    now: datetime
    packages: int
    progress: ImportProgress
    automatic: bool
    schedule: tuple[ScheduledWork, ...]
    runs: tuple[RunLine, ...]
    queue: tuple[QueueDepth, ...]
    dead_letters: tuple[JobSummary, ...]
    fulltext: tuple[tuple[AttemptState, int], ...]
    search: str
    search_trouble: str | None
    workers: int
    schedulers: int

    @property
    def importing(self) -> bool:
        return self.progress.state is ImportState.RUNNING

    @property
    def import_failed(self) -> bool:
        return self.progress.state is ImportState.FAILED

    @property
    def waiting(self) -> int:
        return sum(depth.waiting for depth in self.queue)

    @property
    def stuck(self) -> str | None:
        """What a person has to do so that work goes on; None if nothing."""
        if self.waiting and not self.workers:
            return "Jobs wait, and no worker is connected: start one with `discoveries worker`, or all with `up`."
        if self.automatic and self.schedule and not self.schedulers:
            return "No scheduler is connected, so nothing runs by itself: start `discoveries scheduler`, or `up`."
        return None


@router.get("/status")
def status(
    request: Request, session: SessionDependency, engines: EnginesDependency, renderer: RendererDependency
) -> Response:
    """The status page."""
    now = datetime.now(UTC)
    alive = live_processes(session)
    page = StatusContext(
        now=now,
        packages=count_packages(session),
        progress=read_progress(session),
        automatic=request.app.state.settings.auto_import,
        schedule=read_scheduled_work(session, now),
        runs=tuple(RunLine(run) for run in read_runs(session, limit=RUNS_SHOWN)),
        queue=queue_depths(session),
        dead_letters=list_jobs(session, [JobState.FAILED], limit=DEAD_LETTERS_SHOWN),
        fulltext=tuple(sorted(count_attempts(session).items())),
        search=_search_words(engines, read_state(session)),
        search_trouble=engines.trouble(session),
        workers=count_role(alive, "worker"),
        schedulers=count_role(alive, "scheduler"),
    )
    response = renderer.page("status.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _search_words(engines: Engines, mirror: MirrorState | None) -> str:
    """Who answers searches, in words."""
    if not engines.configured:
        return "Postgres answers searches."
    if mirror is None:
        return "Meilisearch is configured; no worker has built its index yet."
    waiting = f"{mirror.waiting:,} {'change waits' if mirror.waiting == 1 else 'changes wait'} to be taken in"
    held = f"{mirror.documents:,} {'package' if mirror.documents == 1 else 'packages'}"
    return f"Meilisearch is configured to answer searches; it holds {held}, {waiting}."


def duration(seconds: float) -> str:
    """A length of time as people say it: "8 s", "4 min", "2 h 5 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
