"""The first start with an empty registry: papers by themselves, or one sentence that says why not and what to do."""

from __future__ import annotations

import signal
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.arxiv_server import ArxivServer, Fault, ListedPaper, listed_papers, refused_address
from tests.end_to_end.running import RunningRegistry


def recent(count: int) -> list[ListedPaper]:
    """Papers of the last three days, one a minute."""
    first = datetime.now(UTC) - timedelta(days=3)
    return [
        replace(paper, submitted_at=moment, updated_at=moment)
        for number, paper in enumerate(listed_papers(count))
        for moment in [first + timedelta(minutes=number)]
    ]


def settings(url: str, **more: str) -> dict[str, str]:
    return {
        "DISCOVERIES_ARXIV_API_URL": url,
        "DISCOVERIES_ARXIV_DELAY_SECONDS": "0.05",
        "DISCOVERIES_ARXIV_CATEGORIES": "cs.LG,cs.DC",
        **more,
    }


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "my data"


def test_an_empty_registry_fills_itself_and_goes_on_from_there(data_dir: Path) -> None:
    with ArxivServer(recent(130)) as arxiv:
        with RunningRegistry(data_dir, **settings(arxiv.url)) as registry:
            registry.wait_for(lambda: registry.import_state() == "done", "the first import is done")
            feed = registry.json("/api/v1/packages?limit=100")
            assert feed["total"] == 130
            assert feed["facets"]["categories"][0] == {"name": "cs.LG", "count": 130}
            assert "130" in registry.text("/")
            assert "importing cs.LG: 130 of 130 papers" in registry.printed
            assert registry.stop(signal.SIGINT) == 0
        asked = len(arxiv.asked)
        with RunningRegistry(data_dir, **settings(arxiv.url)) as registry:
            assert registry.json("/api/v1/packages")["total"] == 130
            time.sleep(2)
            assert len(arxiv.asked) == asked, "a registry that has papers asks nothing at its start"


def test_no_more_than_the_first_import_may_take(data_dir: Path) -> None:
    with (
        ArxivServer(recent(60)) as arxiv,
        RunningRegistry(data_dir, **settings(arxiv.url, DISCOVERIES_ARXIV_FIRST_MAX="25")) as registry,
    ):
        registry.wait_for(lambda: registry.import_state() == "done", "the first import is done")
        assert registry.json("/api/v1/packages")["total"] == 25


def test_when_arxiv_cannot_be_reached_page_and_terminal_say_so_and_name_both_ways(data_dir: Path) -> None:
    with RunningRegistry(data_dir, **settings(refused_address())) as registry:
        registry.wait_for(lambda: registry.import_state() == "failed", "the failure is told")
        page = registry.text("/")
        for told in (registry.printed, page, registry.json("/api/v1/status")["importing"]["sentence"]):
            assert "cannot be reached" in told
            assert "import dump" in told
            assert "DISCOVERIES_ARXIV_API_URL" in told
        time.sleep(3)
        assert registry.printed.count("cannot be reached") == 1, "said once, not in a loop"
        assert registry.answers()


def test_no_import_asks_arxiv_nothing(data_dir: Path) -> None:
    with ArxivServer(recent(3)) as arxiv:
        with RunningRegistry(data_dir, options=("--no-import",), **settings(arxiv.url)) as registry:
            time.sleep(4)
            assert registry.json("/api/v1/packages")["total"] == 0
            assert registry.import_state() == "idle"
        assert arxiv.asked == []


@pytest.mark.timeout(400)
def test_killed_in_the_middle_of_the_first_import_it_is_taken_up_again(data_dir: Path) -> None:
    with ArxivServer(recent(900)) as arxiv:
        slow = settings(arxiv.url, DISCOVERIES_ARXIV_DELAY_SECONDS="0.5", DISCOVERIES_ARXIV_FIRST_MAX="900")
        with RunningRegistry(data_dir, **slow) as registry:
            registry.wait_for(lambda: registry.json("/api/v1/packages")["total"] > 0, "the first papers are in")
            registry.process.send_signal(signal.SIGKILL)
            registry.process.wait()
        with RunningRegistry(data_dir, **slow) as registry:
            assert registry.json("/api/v1/packages")["total"] > 0
            registry.wait_for(lambda: registry.import_state() == "done", "the import is taken up again", seconds=180)
            assert registry.json("/api/v1/packages")["total"] == 900


def test_a_fault_of_arxiv_is_waited_out(data_dir: Path) -> None:
    with ArxivServer(recent(40)) as arxiv:
        arxiv.break_down(Fault.THROTTLED, Fault.TRUNCATED)
        with RunningRegistry(data_dir, **settings(arxiv.url)) as registry:
            registry.wait_for(lambda: registry.import_state() == "done", "the first import is done")
            assert registry.json("/api/v1/packages")["total"] == 40
