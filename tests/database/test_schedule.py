"""The schedule in Postgres: entries kept and edited; each due time claimed once, whoever asks, however many."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from registry.bundles import open_store
from registry.database import open_engine, transaction
from registry.errors import InvalidInput, NotFound
from registry.job_log import JobState, list_jobs
from registry.schedule import (
    ScheduleEntry,
    add_entry,
    claim_due,
    find_entry,
    last_firings,
    read_schedule,
    remove_entry,
    set_enabled,
)
from registry.settings import Settings
from web.opening import OpenRegistry
from web.scheduler import fire

HOURLY = ScheduleEntry("hourly", "0 * * * *", categories=("math.CO",), maximum=50)


@pytest.fixture
def registry(database_url: str, engine: Engine, tmp_path: Path) -> OpenRegistry:
    settings = Settings(data_dir=tmp_path)
    return OpenRegistry(settings, database_url, engine, open_store(None, default=tmp_path / "bundles"))


def backdate(engine: Engine, name: str, hours: float) -> None:
    """Let an entry have been made so long ago."""
    with transaction(engine) as session:
        session.execute(
            text("UPDATE schedule SET counts_from = now() - make_interval(secs => :s) WHERE name = :n"),
            {"s": hours * 3600, "n": name},
        )


def add(engine: Engine, entry: ScheduleEntry, *, made_hours_ago: float = 0) -> None:
    with transaction(engine) as session:
        add_entry(session, entry)
    if made_hours_ago:
        backdate(engine, entry.name, made_hours_ago)


def queued(engine: Engine) -> int:
    with Session(engine) as session:
        return len(list_jobs(session, list(JobState)))


def test_a_new_registry_has_the_default(session: Session) -> None:
    announced, daily = read_schedule(session)
    assert (daily.name, daily.way, daily.trigger, daily.enabled) == ("daily", "arxiv", "30 2 * * mon-fri", True)
    assert daily.categories == announced.categories == (), "the configured ones"
    assert (announced.name, announced.way, announced.trigger) == ("announced", "rss", "30 5 * * mon-fri")


def test_entries_are_kept_replaced_and_removed(session: Session) -> None:
    add_entry(session, HOURLY)
    assert find_entry(session, "hourly").maximum == 50
    with pytest.raises(InvalidInput, match="already"):
        add_entry(session, HOURLY)
    add_entry(session, ScheduleEntry("hourly", "every 3 hours", way="oai"), replacing=True)
    assert (find_entry(session, "hourly").way, find_entry(session, "hourly").categories) == ("oai", ())
    remove_entry(session, "hourly")
    with pytest.raises(NotFound, match="there are: announced, daily"):
        find_entry(session, "hourly")


@pytest.mark.parametrize(
    "entry",
    [
        ScheduleEntry("Bad Name", "0 * * * *"),
        ScheduleEntry("x", "0 * * * *", way="ftp"),
        ScheduleEntry("x", "0 * * * *", depth="deep"),
        ScheduleEntry("x", "0 * * * *", maximum=-1),
        ScheduleEntry("x", "0 * * * *", categories=("cs.LG; drop",)),
        ScheduleEntry("x", "0 0 30 2 *"),
        ScheduleEntry("x", "often"),
    ],
)
def test_what_cannot_be_scheduled_is_refused(session: Session, entry: ScheduleEntry) -> None:
    with pytest.raises(InvalidInput):
        add_entry(session, entry)


def test_a_missed_run_is_caught_up_once_not_many_times(registry: OpenRegistry, engine: Engine) -> None:
    add(engine, HOURLY, made_hours_ago=1000)
    assert fire(registry, "hourly") is not None
    assert fire(registry, "hourly") is None
    assert queued(engine) == 1
    with Session(engine) as session:
        firing = last_firings(session)["hourly"]
    assert firing.scheduled_for == datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def test_nothing_before_an_entry_was_made_or_switched_on_is_missed(registry: OpenRegistry, engine: Engine) -> None:
    add(engine, HOURLY)
    assert fire(registry, "hourly") is None
    backdate(engine, "hourly", 48)
    with transaction(engine) as session:
        set_enabled(session, "hourly", False)
    assert fire(registry, "hourly") is None, "disabled"
    with transaction(engine) as session:
        set_enabled(session, "hourly", True)
    assert fire(registry, "hourly") is None, "what fell due while it was off"
    later = datetime.now(UTC) + timedelta(hours=1)
    assert fire(registry, "hourly", now=later) is not None


def test_of_many_who_fire_at_once_one_does(registry: OpenRegistry, engine: Engine, database_url: str) -> None:
    add(engine, HOURLY, made_hours_ago=5)
    together = threading.Barrier(8)

    def one(_: int) -> int | None:
        together.wait()
        return fire(registry, "hourly")

    with ThreadPoolExecutor(8) as pool:
        fired = [job for job in pool.map(one, range(8)) if job is not None]
    assert len(fired) == 1
    assert queued(engine) == 1


def test_a_firing_that_is_rolled_back_is_due_again(engine: Engine, database_url: str) -> None:
    add(engine, HOURLY, made_hours_ago=5)
    now = datetime.now(UTC)
    killed = open_engine(database_url)
    with Session(killed) as session:
        assert claim_due(session, "hourly", now) is not None
    killed.dispose()  # the process died between the claim and the job
    with transaction(engine) as session:
        assert claim_due(session, "hourly", now) is not None


def test_a_firing_while_the_same_import_runs_is_not_queued_twice(registry: OpenRegistry, engine: Engine) -> None:
    add(engine, HOURLY, made_hours_ago=5)
    first = fire(registry, "hourly")
    assert fire(registry, "hourly", now=datetime.now(UTC) + timedelta(hours=1)) == first
    assert queued(engine) == 1


def test_a_job_carries_what_the_entry_says(registry: OpenRegistry, engine: Engine) -> None:
    add(engine, HOURLY, made_hours_ago=5)
    fire(registry, "hourly")
    with Session(engine) as session:
        (job,) = list_jobs(session, [JobState.WAITING])
    assert (job.task, job.what) == ("import-arxiv", "import-arxiv of math.CO")
