"""The API's answers on what the registry is doing: schedule, imports, queue. Pydantic here and nowhere behind it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from registry.job_log import JobState, JobSummary, LiveProcess, QueueDepth
from registry.schedule_runs import ImportRunSummary, ScheduledWork
from registry.search.outbox import MirrorState
from web.api_models import Moment, Status, _Answer


class ImportRun(_Answer):
    """One run of an import: what was asked, what came of it, what it met."""

    id: int
    source: str = Field(description="`arxiv`, `oai`, `rss`, `dump` or `ids`.")
    parameters: dict[str, Any] = Field(description="What was asked; a file by its name alone.")
    state: str = Field(description="`running`, `done`, `failed` or `interrupted`.")
    started: Moment
    seconds: float = Field(ge=0, description="How long it took, or takes so far.")
    created: int = Field(ge=0)
    updated: int = Field(ge=0)
    unchanged: int = Field(ge=0)
    rejected: int = Field(ge=0)
    requests: int = Field(ge=0, description="Requests made, tries that failed among them.")
    error: str | None = Field(description="Why it failed, in words; null where it did not.")
    faults: list[str] = Field(description="The first troubles it met and waited out.")
    rejections: list[str] = Field(description="The first records it refused, and why.")
    job: int | None = Field(description="The queued job it was done for; null for one begun on the command line.")

    @classmethod
    def of(cls, run: ImportRunSummary) -> ImportRun:
        plain = "id source state seconds created updated unchanged rejected requests error".split()
        return cls(
            **{name: getattr(run, name) for name in plain},
            parameters={name: _bare(name, value) for name, value in run.parameters.items()},
            started=run.started_at,
            faults=list(run.faults),
            rejections=list(run.rejections),
            job=run.job_id,
        )


def _bare(name: str, value: Any) -> Any:
    """Where a file lies on the operator's machine is nobody else's business."""
    return str(value).rpartition("/")[2] if name == "file" else value


class ImportRuns(_Answer):
    """Runs of imports, the newest first."""

    items: list[ImportRun]
    next_before: int | None = Field(description="Give it as `before` for the runs before these; null at the end.")


class Job(_Answer):
    """A job of the queue."""

    id: int
    what: str = Field(description="What it does, in words.")
    state: JobState
    failures: int = Field(ge=0, description="How often it failed or lost its worker.")
    reason: str | None = Field(description="Why it failed last, in words; null where it never did.")
    changed: Moment | None = Field(description="When it last changed, RFC 3339, UTC.")

    @classmethod
    def of(cls, job: JobSummary) -> Job:
        return cls(
            id=job.id,
            what=job.what,
            state=job.state,
            failures=job.failures,
            reason=job.reason,
            changed=job.changed_at,
        )


class ScheduleItem(_Answer):
    """One entry of the operator's schedule."""

    name: str
    when: str = Field(description="Five fields as in crontab, or an interval; UTC.")
    way: str = Field(description="`arxiv`, `oai` or `rss`.")
    depth: str = Field(description="`metadata` or `fulltext`.")
    categories: list[str] = Field(description="None means those of the settings.")
    enabled: bool
    last_run: Moment | None = Field(description="When it was last acted on; null if never.")
    outcome: str = Field(description="What came of that, in words; empty where it never was.")
    papers_found: int | None = Field(description="Papers that its last run gave; null while unknown.")
    next_run: Moment | None = Field(description="When it is due next; null while disabled.")

    @classmethod
    def of(cls, work: ScheduledWork) -> ScheduleItem:
        entry = work.entry
        return cls(
            name=entry.name,
            when=entry.trigger,
            way=entry.way,
            depth=entry.depth,
            categories=list(entry.categories),
            enabled=entry.enabled,
            last_run=work.firing.fired_at if work.firing else None,
            outcome=work.outcome,
            papers_found=(work.found or work.run.found) if work.run else None,
            next_run=work.next_run,
        )


class Schedule(_Answer):
    """The operator's schedule, by name of entry."""

    items: list[ScheduleItem]


class Queue(_Answer):
    """How many jobs of one kind are in which state."""

    kind: str
    waiting: int = Field(ge=0)
    running: int = Field(ge=0)
    failed: int = Field(ge=0, description="Dead letters, until a person requeues them.")

    @classmethod
    def of(cls, depth: QueueDepth) -> Queue:
        return cls(kind=depth.kind, waiting=depth.waiting, running=depth.running, failed=depth.failed)


class SearchStatus(_Answer):
    """Who answers searches, and how far the mirror of packages in Meilisearch is behind."""

    configured: bool = Field(description="Whether a Meilisearch server is configured.")
    trouble: str | None = Field(description="Why Postgres answers in its place; null where nothing is amiss.")
    documents: int | None = Field(description="Packages the mirror held when last asked; null without one.")
    waiting: int | None = Field(description="Packages whose changes it has not taken in yet; null without one.")
    heard: Moment | None = Field(description="When the mirror was last heard of; null without one.")

    @classmethod
    def of(cls, configured: bool, trouble: str | None, state: MirrorState | None) -> SearchStatus:
        known = state if configured else None
        return cls(
            configured=configured,
            trouble=trouble,
            documents=known.documents if known else None,
            waiting=known.waiting if known else None,
            heard=known.heard_at if known else None,
        )


class RegistryStatus(Status):
    """What the registry holds and what it is doing."""

    automatic: bool = Field(description="Whether the schedule is followed; the operator may have paused it.")
    schedule: list[ScheduleItem]
    queue: list[Queue]
    dead_letters: list[Job] = Field(description="The newest jobs that were given up, with the reason.")
    fulltext: dict[str, int] = Field(description="How many papers' full texts are in which state.")
    search: SearchStatus
    workers: int = Field(ge=0, description="Workers that are connected now.")
    schedulers: int = Field(ge=0, description="Schedulers that are connected now; one of them is active.")


def count_role(processes: tuple[LiveProcess, ...], role: str) -> int:
    """How many processes of this role are alive."""
    return sum(process.role == role for process in processes)
