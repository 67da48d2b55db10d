"""`discoveries jobs` and `discoveries schedule`, typed as an operator types them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from registry.database import transaction
from registry.errors import InvalidInput, NotFound
from registry.job_log import JobEvent, note_event
from registry.jobs import enqueue, job_app
from tests.factories import paper
from web.cli import app
from web.fulltext import fulltext_work
from web.import_jobs import first_import

Typed = Callable[..., str]


@pytest.fixture
def typed(database_url: str, tmp_path: Path) -> Typed:
    """Runs a command on this test's database; gives what it prints, raises what ends it."""
    environment = {
        "DISCOVERIES_DATABASE_URL": database_url,
        "DISCOVERIES_DATA_DIR": str(tmp_path),
        "DISCOVERIES_CONFIG": "",
    }

    def run(*words: str) -> str:
        done = CliRunner(env=environment).invoke(app, list(words))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    return run


def test_a_dead_letter_is_listed_read_requeued_and_cancelled(typed: Typed, engine: Engine, database_url: str) -> None:
    with transaction(engine) as session:
        number, _ = enqueue(session, job_app(database_url), first_import())
        note_event(session, number, JobEvent.FAILED, "arXiv answers HTTP 503\x1b[31m", "Traceback of it")
        session.execute(text("UPDATE jobs.procrastinate_jobs SET status = 'failed'"))
    listed = typed("jobs", "list")
    assert "failed" in listed
    assert "arXiv answers HTTP 503" in listed
    assert "\x1b" not in listed
    shown = typed("jobs", "show", str(number))
    assert "failed: arXiv answers HTTP 503" in shown
    assert "Traceback of it" in shown
    assert "waits for a worker again" in typed("jobs", "requeue", str(number))
    assert "a person asked for it again" in typed("jobs", "show", str(number))
    assert "import-arxiv" in typed("jobs", "list", "--state", "waiting")
    assert "is cancelled" in typed("jobs", "cancel", str(number))
    assert typed("jobs", "list") == "No such jobs.\n"
    assert "cancelled" in typed("jobs", "list", "--state", "cancelled")
    with pytest.raises(NotFound, match="no job 99"):
        typed("jobs", "show", "99")
    with pytest.raises(InvalidInput, match="no state of a job"):
        typed("jobs", "list", "--state", "lost")


def test_all_dead_letters_are_requeued_at_once(typed: Typed, engine: Engine, database_url: str) -> None:
    with transaction(engine) as session:
        for name in ("2606.00001", "2606.00002", "2606.00003"):
            enqueue(session, job_app(database_url), fulltext_work(name))
        session.execute(text("UPDATE jobs.procrastinate_jobs SET status = 'failed' WHERE id <> 2"))
    with pytest.raises(InvalidInput, match="name the jobs"):
        typed("jobs", "requeue")
    with pytest.raises(InvalidInput, match=r"job 2 is waiting.*there is no job 9"):
        typed("jobs", "requeue", "2", "9", "1")
    assert typed("jobs", "requeue", "--failed") == "Job 3 waits for a worker again.\n", (
        "1 was put back beside the others"
    )
    assert "no dead letters" in typed("jobs", "requeue", "--failed")


def test_the_schedule_is_listed_edited_and_run(typed: Typed) -> None:
    assert "30 2 * * mon-fri" in typed("schedule", "list")
    added = typed("schedule", "add", "evening", "--when", "0 18 * * 1-5", "--category", "math.CO", "--way", "oai")
    assert "evening runs next at" in added
    assert "Queued as job" in typed("schedule", "run", "evening")
    assert "in the queue already" in typed("schedule", "run", "evening")
    (line,) = [line for line in typed("schedule", "list").splitlines() if line.startswith("evening")]
    assert "math.CO" in line
    assert "18:00" in line
    assert "waiting" in line, "what a person had run is its last run"
    assert "disabled" in typed("schedule", "disable", "evening")
    assert "never (disabled)" in typed("schedule", "list")
    assert "runs next at" in typed("schedule", "enable", "evening")
    with pytest.raises(InvalidInput, match="already"):
        typed("schedule", "add", "evening", "--when", "every 6 hours")
    typed("schedule", "add", "evening", "--when", "every 6 hours", "--replace")
    assert "every 6 hours" in typed("schedule", "list")
    assert "out of the schedule" in typed("schedule", "remove", "evening")
    assert "evening" not in typed("schedule", "list")
    typed("schedule", "remove", "daily")
    typed("schedule", "remove", "announced")
    assert "is empty" in typed("schedule", "list")


def test_a_category_nobody_knows_is_noted(typed: Typed) -> None:
    assert "cs.XX is no category" in typed("schedule", "add", "odd", "--when", "every 6 hours", "--category", "cs.XX")


def test_a_person_asks_for_full_text_through_the_queue(typed: Typed) -> None:
    assert "arxiv:2205.14135: job 1" in typed("import", "source", "--queue", "arXiv:2205.14135v2")
    assert "compile-fulltext of arxiv:2205.14135" in typed("jobs", "list")


def test_a_paper_that_is_not_here_is_said_so(typed: Typed) -> None:
    assert "import its metadata first" in typed("import", "source", "2205.14135")


def test_names_of_keys_do_not_depend_on_who_asks() -> None:
    name = paper().arxiv_id
    assert fulltext_work(name).key == fulltext_work(name, asked_by_person=True).key
