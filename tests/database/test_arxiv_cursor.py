"""Where the next import of a category goes on: after what was harvested whole, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from importers.rejected import Rejected
from registry.bundles import BundleStore
from registry.import_log import Tally, read_harvested
from registry.settings import Settings
from tests.arxiv_server import ArxivServer, Fault, listed_papers
from web.arxiv_import import SOURCE, ArxivPlan, import_arxiv
from web.opening import OpenRegistry

TODAY = datetime.now(UTC).date()


class Silent:
    """Shows nothing."""

    def rejected(self, rejected: Rejected) -> None: ...

    def progress(self, tally: Tally, step: str | None, expected: int | None) -> None: ...

    def waiting(self, seconds: float, why: str) -> None: ...


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    with ArxivServer(listed_papers(40, first=datetime.now(UTC) - timedelta(days=3))) as running:
        yield running


@pytest.fixture
def registry(engine: Engine, database_url: str, tmp_path: Path, arxiv: ArxivServer) -> OpenRegistry:
    settings = Settings(data_dir=tmp_path, arxiv_api_url=arxiv.url, arxiv_delay_seconds=0)
    return OpenRegistry(settings, database_url, engine, BundleStore(tmp_path))


def harvested(registry: OpenRegistry) -> date | None:
    with Session(registry.engine) as session:
        return read_harvested(session, SOURCE, "cs.LG")


def run(registry: OpenRegistry, **plan: object) -> Tally:
    return import_arxiv(registry, ArxivPlan(("cs.LG",), **plan), Silent(), Event())  # type: ignore[arg-type]


def test_an_import_without_a_window_leaves_off_at_today(registry: OpenRegistry) -> None:
    assert run(registry).created == 40
    assert harvested(registry) == TODAY


def test_an_import_that_was_cut_short_leaves_the_rest_to_the_next(registry: OpenRegistry) -> None:
    assert run(registry, maximum=10).created == 10
    assert harvested(registry) is None
    assert run(registry).created == 30


def test_a_maximum_that_was_not_reached_cuts_nothing(registry: OpenRegistry) -> None:
    run(registry, maximum=1000)
    assert harvested(registry) == TODAY


def test_papers_that_never_came_are_looked_for_again_the_next_time(registry: OpenRegistry, arxiv: ArxivServer) -> None:
    arxiv.always = Fault.DOUBLED
    tally = run(registry)
    assert (tally.created, tally.rejected) == (39, 1), "told, not dropped unseen"
    assert harvested(registry) is None
    arxiv.always = None
    assert run(registry) == Tally(created=1, unchanged=39)
    assert harvested(registry) == TODAY


def test_a_window_in_the_past_does_not_make_the_next_import_start_there(registry: OpenRegistry) -> None:
    run(registry, since=date(2020, 1, 1), until=date(2020, 1, 31))
    assert harvested(registry) is None
    run(registry)
    run(registry, since=date(2020, 1, 1), until=date(2020, 1, 31))
    assert harvested(registry) == TODAY
