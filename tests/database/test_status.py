"""The status page and its API over a registry in which things happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from registry.bundles import open_store
from registry.database import transaction
from registry.errors import SourceUnavailable
from registry.import_log import note_wait
from registry.job_log import JobEvent, note_event
from registry.jobs import enqueue, job_app
from registry.schedule import ScheduleEntry, add_entry
from registry.settings import Settings
from tests.arxiv_server import ArxivServer, Fault, listed_papers, refused_address
from web.app import create_app
from web.arxiv_import import ArxivPlan, import_arxiv
from web.import_jobs import import_work
from web.opening import OpenRegistry
from web.scheduler import fire
from web.worker import PrintedLines


def opened(url: str, engine: Engine, folder: Path, **named: object) -> OpenRegistry:
    settings = Settings(data_dir=folder, arxiv_delay_seconds=0.0, arxiv_categories=("cs.LG",), **named)
    return OpenRegistry(settings, url, engine, open_store(None, default=folder / "bundles"))


@pytest.fixture
def eventful(database_url: str, engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    """A registry with a good import that met a fault, one that failed, a fired entry and a dead letter."""
    with ArxivServer(listed_papers(7)) as arxiv:
        arxiv.break_down(Fault.TRUNCATED)
        good = opened(database_url, engine, tmp_path, arxiv_api_url=arxiv.url)
        plan = ArxivPlan(("cs.LG",), date(2026, 6, 1), date(2026, 6, 2))
        import_arxiv(good, plan, PrintedLines(), Event())
    bad = opened(database_url, engine, tmp_path, arxiv_api_url=refused_address())
    with pytest.raises(SourceUnavailable):
        import_arxiv(bad, ArxivPlan(("cs.LG",)), PrintedLines(), Event())
    with transaction(engine) as session:
        add_entry(session, ScheduleEntry("hourly", "0 * * * *", categories=("math.CO",)))
        session.execute(text("UPDATE schedule SET counts_from = now() - interval '2 days' WHERE name = 'hourly'"))
        dead, _ = enqueue(session, job_app(database_url), import_work(ScheduleEntry("other", "", way="oai")))
        note_event(session, dead, JobEvent.FAILED, "arXiv answers <b>HTTP 503</b>", "Traceback: secret path")
        session.execute(text("UPDATE jobs.procrastinate_jobs SET status = 'failed' WHERE id = :i"), {"i": dead})
    fire(good, "hourly")
    with TestClient(create_app(Settings(data_dir=tmp_path), engine=engine)) as client:
        yield client


def test_the_api_tells_runs_schedule_queue_and_dead_letters(eventful: TestClient) -> None:
    status = eventful.get("/api/v1/status").json()
    assert status["packages"] == 7
    assert status["automatic"] is True
    assert (status["workers"], status["schedulers"]) == (0, 0)
    assert status["queue"] == [
        {"kind": "import-arxiv", "waiting": 1, "running": 0, "failed": 0},
        {"kind": "import-oai", "waiting": 0, "running": 0, "failed": 1},
    ]
    (dead,) = status["dead_letters"]
    assert (dead["what"], dead["reason"]) == ("import-oai", "arXiv answers <b>HTTP 503</b>")
    entries = {entry["name"]: entry for entry in eventful.get("/api/v1/schedule").json()["items"]}
    assert entries.keys() == {"announced", "daily", "hourly"}
    assert entries["hourly"]["outcome"] == "waiting"
    assert entries["hourly"]["last_run"] is not None
    assert entries["daily"]["last_run"] is None
    assert entries["daily"]["next_run"] > datetime.now(UTC).isoformat()


def test_the_log_keeps_parameters_counts_requests_and_first_errors(eventful: TestClient) -> None:
    failed, good = eventful.get("/api/v1/imports").json()["items"]
    assert good["state"] == "done"
    assert (good["created"], good["updated"], good["rejected"]) == (7, 0, 0)
    assert good["requests"] == 2, "one was cut short and asked again"
    assert len(good["faults"]) == 1
    assert good["parameters"]["categories"] == ["cs.LG"]
    assert failed["state"] == "failed"
    assert "cannot be reached" in failed["error"]


def test_the_log_comes_page_by_page(eventful: TestClient) -> None:
    first = eventful.get("/api/v1/imports?limit=1").json()
    rest = eventful.get(f"/api/v1/imports?limit=1&before={first['next_before']}").json()
    assert [run["state"] for run in (*first["items"], *rest["items"])] == ["failed", "done"]
    assert rest["next_before"] is None
    assert eventful.get("/api/v1/imports?limit=0").status_code == 400
    assert eventful.get("/api/v1/imports?after=1").status_code == 400


def test_the_page_says_it_to_people(eventful: TestClient) -> None:
    page = eventful.get("/status").text
    for told in ("7 new, 0 updated, 0 unchanged", "cannot be reached", "hourly", "math.CO", "30 2 * * mon-fri"):
        assert told in page, told
    assert "no worker is connected" in page
    assert "HTTP 503" in page
    assert "<b>HTTP" not in page, "what others sent is escaped"
    assert "secret path" not in page, "tracebacks are for the operator's terminal"
    assert '<a href="/status">Status</a>' in eventful.get("/").text


def test_a_running_import_that_waits_says_for_what(eventful: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(
            text("UPDATE import_run SET state = 'running', heard_at = now(), finished_at = NULL WHERE state = 'failed'")
        )
        run = session.scalar(text("SELECT max(id) FROM import_run"))
        assert run is not None
        note_wait(session, run, 60, "it answers HTTP 503")
    assert "it answers HTTP 503" in eventful.get("/status").text
    assert eventful.get("/api/v1/status").json()["importing"]["state"] == "running"


def test_a_paused_registry_says_so(database_url: str, engine: Engine, tmp_path: Path) -> None:
    with TestClient(create_app(Settings(data_dir=tmp_path, auto_import=False), engine=engine)) as client:
        page = client.get("/status").text
        assert client.get("/api/v1/status").json()["automatic"] is False
    assert "Paused by the operator" in page
    assert "Nothing was imported yet" in page
    assert "The queue is empty" in page
