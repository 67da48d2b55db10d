"""The queue: asked for once, begun in order, dead letters with their reasons, requeued, cancelled, rescued."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from procrastinate import App
from procrastinate.jobs import Job, Status
from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.database import transaction
from registry.errors import InvalidInput, NotFound
from registry.job_log import (
    JobEvent,
    JobState,
    list_jobs,
    live_processes,
    note_event,
    queue_depths,
    read_job,
    times_died,
    times_failed,
)
from registry.jobs import FULL_TEXT, MOST_DEATHS, PERSON, SCHEDULED, Work, cancel, enqueue, job_app, requeue
from registry.jobs import rescue_stalled as rescue

IMPORT = Work("import-arxiv", "imports", "import:daily", {"categories": ["cs.LG", "cs.DC"]}, lock="import")


def fulltext(name: str) -> Work:
    return Work("compile-fulltext", "fulltext", f"fulltext:{name}", {"arxiv_id": name}, priority=FULL_TEXT)


@pytest.fixture
def app(database_url: str) -> App:
    return job_app(database_url)


def asked(engine: Engine, app: App, *work: Work) -> list[int]:
    with transaction(engine) as session:
        return [enqueue(session, app, one)[0] for one in work]


async def fetched(app: App, *, worker: int | None = None) -> tuple[int, Job | None]:
    """The next job a worker takes, and the worker's number."""
    async with app.open_async():
        number = worker if worker is not None else await app.job_manager.register_worker()
        return number, await app.job_manager.fetch_job(queues=None, worker_id=number)


def take(app: App) -> Job | None:
    return asyncio.run(fetched(app))[1]


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def finish(engine: Engine, job_id: int, status: str) -> None:
    with transaction(engine) as session:
        session.execute(
            text("UPDATE jobs.procrastinate_jobs SET status = :s WHERE id = :i"), {"s": status, "i": job_id}
        )


def test_the_same_work_is_queued_once_while_it_waits_and_while_it_runs(engine: Engine, app: App) -> None:
    with transaction(engine) as session:
        first, new = enqueue(session, app, IMPORT)
        again, not_new = enqueue(session, app, IMPORT)
    assert (new, not_new, again) == (True, False, first)
    assert take(app) is not None
    assert asked(engine, app, IMPORT) == [first], "it runs now"
    finish(engine, first, "succeeded")
    assert asked(engine, app, IMPORT) != [first]


def test_a_rolled_back_request_leaves_no_job(engine: Engine, app: App) -> None:
    with Session(engine) as session:
        enqueue(session, app, IMPORT)
        session.rollback()
    with reading(engine) as session:
        assert list_jobs(session, list(JobState)) == ()


def test_a_person_comes_before_the_clock_and_full_texts_come_last(engine: Engine, app: App) -> None:
    text_, nightly = asked(engine, app, fulltext("2205.14135"), IMPORT)
    (wanted,) = asked(engine, app, Work("import-oai", "imports", "import:mine", priority=PERSON))
    with reading(engine) as session:
        assert [job.id for job in list_jobs(session, [JobState.WAITING])] == [wanted, nightly, text_]
    assert [job.id for job in (take(app), take(app), take(app)) if job] == [wanted, nightly, text_]


def test_a_person_who_asks_for_what_waits_moves_it_up(engine: Engine, app: App) -> None:
    (job_id,) = asked(engine, app, fulltext("2205.14135"))
    asked(engine, app, Work("compile-fulltext", "fulltext", "fulltext:2205.14135", {}, priority=PERSON))
    with reading(engine) as session:
        assert [job.priority for job in list_jobs(session, [JobState.WAITING])] == [PERSON]
        assert read_job(session, job_id)[0].what == "compile-fulltext of arxiv:2205.14135"


def test_one_import_at_a_time_however_many_workers(engine: Engine, app: App) -> None:
    other = Work("import-oai", "imports", "import:other", lock="import")
    asked(engine, app, IMPORT, other)
    assert take(app) is not None
    assert take(app) is None


def test_a_dead_letter_is_listed_with_its_reason_read_and_requeued(engine: Engine, app: App) -> None:
    (job_id,) = asked(engine, app, IMPORT)
    assert take(app) is not None
    with transaction(engine) as session:
        note_event(session, job_id, JobEvent.FAILED, "arXiv cannot be reached\x00: connection refused", "Traceback …")
    finish(engine, job_id, "failed")
    with reading(engine) as session:
        (dead,) = list_jobs(session, [JobState.FAILED])
        assert dead.reason == "arXiv cannot be reached: connection refused"
        assert dead.what == "import-arxiv of cs.LG, cs.DC"
        happened = read_job(session, job_id)[1]
        assert [one.what for one in happened if "refused" in one.what] == [
            "failed: arXiv cannot be reached: connection refused"
        ]
        assert happened[0].what == "queued"
        assert times_failed(session, job_id) == 1
        assert [(depth.kind, depth.failed) for depth in queue_depths(session)] == [("import-arxiv", 1)]
    with transaction(engine) as session:
        requeue(session, job_id)
    with reading(engine) as session:
        assert times_failed(session, job_id) == 0, "forgiven"
        assert list_jobs(session, [JobState.FAILED]) == ()
    taken = take(app)
    assert taken is not None
    assert taken.id == job_id


def test_what_cannot_be_requeued_says_why(engine: Engine, app: App) -> None:
    (job_id,) = asked(engine, app, IMPORT)
    with transaction(engine) as session, pytest.raises(InvalidInput, match="is waiting"):
        requeue(session, job_id)
    finish(engine, job_id, "failed")
    (newer,) = asked(engine, app, IMPORT)
    with transaction(engine) as session, pytest.raises(InvalidInput, match=f"already, as job {newer}"):
        requeue(session, job_id)
    with transaction(engine) as session, pytest.raises(NotFound, match="no job 999"):
        requeue(session, 999)


def test_a_waiting_job_is_cancelled_a_running_one_asked_to_stop(engine: Engine, app: App) -> None:
    first, second = asked(engine, app, IMPORT, fulltext("2205.14135"))
    taken = take(app)
    assert taken is not None
    assert taken.id == first
    with transaction(engine) as session:
        assert cancel(session, app, second)
        assert not cancel(session, app, first)
    with reading(engine) as session:
        assert read_job(session, second)[0].state is JobState.CANCELLED
        assert read_job(session, first)[0].state is JobState.RUNNING
    finish(engine, first, "succeeded")
    with transaction(engine) as session, pytest.raises(InvalidInput, match="nothing to cancel"):
        cancel(session, app, first)


def forget(engine: Engine) -> None:
    """Let all workers have been silent for an hour."""
    with transaction(engine) as session:
        session.execute(text("UPDATE jobs.procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"))


def rescued(engine: Engine, app: App) -> int:
    async def run() -> int:
        async with app.open_async():
            with transaction(engine) as session:
                return await rescue(app, session)

    return asyncio.run(run())


def test_the_job_of_a_dead_worker_is_taken_up_again_and_the_dead_one_cannot_end_it(engine: Engine, app: App) -> None:
    (job_id,) = asked(engine, app, IMPORT)
    zombie = take(app)
    assert zombie is not None
    assert rescued(engine, app) == 0, "its worker was heard of just now"
    forget(engine)
    assert rescued(engine, app) == 1
    successor = take(app)
    assert successor is not None
    assert successor.id == job_id

    async def late() -> None:
        async with app.open_async():
            await app.job_manager.finish_job(zombie, Status.SUCCEEDED, delete_job=False)
            await app.job_manager.retry_job(zombie)

    asyncio.run(late())
    with reading(engine) as session:
        job, happened = read_job(session, job_id)
    assert job.state is JobState.RUNNING
    assert any("died" in one.what for one in happened)


def test_a_job_that_kills_its_workers_is_given_up(engine: Engine, app: App) -> None:
    (job_id,) = asked(engine, app, IMPORT)
    for _ in range(MOST_DEATHS):
        assert take(app) is not None
        forget(engine)
        assert rescued(engine, app) == 1
    assert take(app) is None
    with reading(engine) as session:
        assert times_died(session, job_id) == MOST_DEATHS
        (dead,) = list_jobs(session, [JobState.FAILED])
        assert dead.reason == f"its worker died {MOST_DEATHS} times in a row under it; given up"


def test_who_works_is_seen_while_connected_and_not_after(engine: Engine, database_url: str) -> None:
    async def run() -> list[str]:
        async with job_app(database_url, role="worker").open_async():
            with reading(engine) as session:
                return [one.role for one in live_processes(session)]

    assert asyncio.run(run()) == ["worker"]
    with reading(engine) as session:
        assert live_processes(session) == ()


def test_priorities_are_in_order() -> None:
    assert PERSON > SCHEDULED > FULL_TEXT
