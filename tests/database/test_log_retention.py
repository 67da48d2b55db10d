"""What is forgotten of the logs and what is kept, however old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.bundles import open_store
from registry.database import transaction
from registry.import_log import Tally, finish_run, start_run
from registry.job_log import JobEvent, JobState, list_jobs, note_event
from registry.jobs import Work, enqueue, job_app
from registry.log_retention import Forgotten, forget_before
from registry.schedule import ScheduleEntry, add_entry
from registry.schedule_runs import read_runs, read_scheduled_work
from registry.settings import Settings
from web.opening import OpenRegistry
from web.scheduler import fire, forget_old_logs

NOW = datetime.now(UTC)


def run(session: Session, source: str, days_ago: int, *, state: str = "done", job_id: int | None = None) -> int:
    number = start_run(session, source, {}, job_id=job_id)
    if state != "running":
        finish_run(session, number, Tally(created=1), state=state)
    moment = NOW - timedelta(days=days_ago)
    told = "UPDATE import_run SET heard_at = :m, finished_at = finished_at - (now() - :m) WHERE id = :i"
    session.execute(text(told), {"m": moment, "i": number})
    return number


def job(session: Session, url: str, key: str, status: str, days_ago: int) -> int:
    number, _ = enqueue(session, job_app(url), Work("import-oai", "imports", key))
    note_event(session, number, JobEvent.FAILED, "it was tried in vain once")
    session.execute(text("UPDATE jobs.procrastinate_jobs SET status = 'doing' WHERE id = :i"), {"i": number})
    if status != "doing":
        told = text(f"UPDATE jobs.procrastinate_jobs SET status = '{status}' WHERE id = :i")
        session.execute(told, {"i": number})
    aged = text("UPDATE jobs.procrastinate_events SET at = at - make_interval(days => :d) WHERE job_id = :i")
    session.execute(aged, {"d": days_ago, "i": number})
    return number


def test_old_runs_go_and_the_newest_of_each_way_stays(session: Session) -> None:
    for source, days_ago in (("oai", 200), ("oai", 100), ("oai", 10), ("dump", 300)):
        run(session, source, days_ago)
    running = run(session, "rss", 400, state="running")
    run(session, "rss", 1)
    assert forget_before(session, NOW - timedelta(days=90)).runs == 2
    kept = [(one.source, one.state) for one in read_runs(session)]
    assert kept == [("rss", "done"), ("rss", "interrupted"), ("dump", "done"), ("oai", "done")]
    assert running in [one.id for one in read_runs(session)], "what never ended is a person's to look at"


def test_ended_jobs_go_with_their_history_and_dead_letters_stay(session: Session, database_url: str) -> None:
    ended = {key: job(session, database_url, key, key, 100) for key in ("succeeded", "cancelled", "aborted")}
    kept = [job(session, database_url, key, key, 100) for key in ("failed", "doing")]
    fresh = job(session, database_url, "fresh", "succeeded", 5)
    assert forget_before(session, NOW - timedelta(days=90)).jobs == len(ended)
    assert {one.id for one in list_jobs(session, list(JobState))} == {*kept, fresh}
    assert session.scalar(text("SELECT count(*) FROM job_event")) == len(kept) + 1


def test_what_the_status_page_shows_of_an_entry_stays(database_url: str, engine: Engine, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, log_days=30)
    registry = OpenRegistry(settings, database_url, engine, open_store(None, default=tmp_path / "bundles"))
    with transaction(engine) as session:
        add_entry(session, ScheduleEntry("yearly", "0 0 1 1 *", way="oai"))
        session.execute(text("UPDATE schedule SET counts_from = now() - interval '3 years' WHERE name = 'yearly'"))
    number = fire(registry, "yearly", now=NOW - timedelta(days=400))
    assert number is not None
    with transaction(engine) as session:
        session.execute(text("UPDATE schedule_firing SET fired_at = scheduled_for"))
        session.execute(text("UPDATE jobs.procrastinate_jobs SET status = 'doing'"))
        session.execute(text("UPDATE jobs.procrastinate_jobs SET status = 'succeeded'"))
        session.execute(text("UPDATE jobs.procrastinate_events SET at = at - interval '399 days'"))
        run(session, "oai", 399, job_id=number)
        run(session, "oai", 1)
    assert forget_old_logs(registry) == Forgotten(0, 0, 0)
    with Session(engine) as session:
        yearly = next(one for one in read_scheduled_work(session, NOW) if one.entry.name == "yearly")
    assert yearly.outcome == "1 paper found, 1 new"
