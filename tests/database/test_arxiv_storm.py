"""Every way in at once, from an arXiv full of faults, cut off at random and with the database's connections cut under
them: what they leave must be what one undisturbed import leaves, at no more than arXiv's pace, and the log must tell.

One process, so that it costs little. With processes that are killed: tests/fault (a harvest) and `make soak` (all).
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from importers.rejected import Rejected
from registry.bundles import BundleStore
from registry.database import open_engine
from registry.errors import SourceUnavailable
from registry.identifiers import parse_arxiv_id
from registry.import_log import Tally
from registry.settings import Settings
from registry.stopping import Interrupted
from tests.database.conftest import TestServer
from tests.oai_server import HarvestedPaper
from tests.whole_arxiv import (
    Fault,
    WholeArxiv,
    Wrong,
    WrongHarvest,
    WrongList,
    a_day_later,
    recent_papers,
    recorded_entries,
    recorded_papers,
)
from web.announcement_import import AnnouncementPlan, import_announcements
from web.arxiv_import import ArxivPlan, import_arxiv
from web.completeness_import import import_missing
from web.ids_import import IdsPlan, import_ids
from web.oai_import import OaiPlan, import_oai
from web.opening import OpenRegistry

# Longer than any answer takes, as three seconds are: whose turn was cut off with its backend is given that long.
PAUSE = 0.15
LAST = datetime.now(UTC).date() - timedelta(days=1)
TODAY = LAST + timedelta(days=1)
PAPERS = recent_papers(90, last=LAST)
# Everything that a reader can see, and what decides the next import; not when something happened to run.
STATE = """
    SELECT p.*, v.number, v.digest, v.input_digest, v.source_version, v.level, v.compiler, v.cause, v.source_date,
           v.claims, b.file_count, to_jsonb(a) AS record
    FROM package p JOIN package_version v ON v.package_id = p.id JOIN bundle b USING (digest)
    JOIN paper a ON a.arxiv_id = p.name ORDER BY p.id, v.number
"""
KEPT = ("SELECT * FROM deleted_record ORDER BY arxiv_id", "SELECT * FROM harvest_cursor ORDER BY source, category")
# How the log words a fault. Not here is what goes well in the end: a slow answer, a redirect to a sound one.
WORDS: dict[Fault, str] = {
    Wrong.SECONDS: "HTTP 503", Wrong.DATE: "HTTP 503", Wrong.THROTTLED: "HTTP 429", Wrong.REFUSED: "HTTP 406",
    Wrong.GATEWAY: "HTTP 502", Wrong.EDGE: "HTTP 520", Wrong.WEB_PAGE: "web page|something else|broken",
    Wrong.TRUNCATED: "broken or cut off", Wrong.CUT: "broke off", Wrong.RESET: "broke off",
    Wrong.GARBAGE: "broken or cut off", Wrong.GZIP: "broke off", Wrong.HUGE: "too long",
    Wrong.NOTHING: "broken or cut off",
    WrongList.EMPTY: "is empty though", WrongList.SILENT_ZERO: "no papers", WrongList.ERROR_200: "with an error",
    WrongList.ERROR_400: "with an error", WrongHarvest.EMPTY: "page is empty", WrongHarvest.EXPIRED: "begun anew",
    WrongHarvest.SAME_TOKEN: "used before", WrongHarvest.NO_TOKEN: "whether it is the last",
    # A page once more names the token that it was asked with: that is what is seen of it first.
    WrongHarvest.REPEATED: "used before|repeats", WrongHarvest.SHIFTED: "repeats",
}  # fmt: skip


class Silent:
    """A reporter that shows nothing."""

    def rejected(self, rejected: Rejected) -> None:
        pass

    def progress(self, tally: Tally, step: str | None, expected: int | None) -> None:
        pass

    def waiting(self, seconds: float, why: str) -> None:
        pass


Import = Callable[[OpenRegistry, threading.Event], Tally]
LISTED = tuple(parse_arxiv_id(one.arxiv_id) for one in PAPERS[::7] if not one.deleted)
WAYS: dict[str, Import] = {
    "oai": lambda registry, stop: import_oai(registry, OaiPlan(("cs.LG",)), Silent(), stop),
    "arxiv": lambda registry, stop: import_arxiv(
        registry, ArxivPlan(("cs.LG",), since=LAST - timedelta(days=50)), Silent(), stop
    ),
    "rss": lambda registry, stop: import_announcements(registry, AnnouncementPlan(("cs.LG",)), Silent(), stop),
    "ids": lambda registry, stop: import_ids(registry, IdsPlan(LISTED, refresh=True), Silent(), stop),
    "missing": lambda registry, stop: import_missing(registry, OaiPlan(("cs.LG",)), Silent(), stop),
}


def opened(url: str, folder: Path, arxiv: WholeArxiv) -> OpenRegistry:
    named = {name.removeprefix("DISCOVERIES_").lower(): value for name, value in arxiv.settings.items()}
    settings = Settings(data_dir=folder, database_url=url, arxiv_delay_seconds=PAUSE, **named)
    return OpenRegistry(settings, url, open_engine(url), BundleStore(folder / "bundles"))


def state(registry: OpenRegistry) -> list[tuple[Any, ...]]:
    with registry.engine.connect() as connection:
        return [tuple(row) for query in (STATE, *KEPT) for row in connection.execute(text(query))]


def insist(registry: OpenRegistry, way: str, seed: int, cut_off: int) -> None:
    """Import until it comes to its end, cut off in the middle so often before."""
    chosen = random.Random(f"{seed} {way}")
    for number in range(60):
        stop = threading.Event()
        timer = threading.Timer(chosen.uniform(0.05, 1.5), stop.set)
        if number < cut_off:
            timer.start()
        try:
            WAYS[way](registry, stop)
        except Interrupted:
            continue
        except SourceUnavailable:
            continue  # as an operator would: again
        else:
            if number >= cut_off:
                return
        finally:
            timer.cancel()
    raise AssertionError(f"{way} never came to its end")


def cut_connections(registry: OpenRegistry, over: threading.Event, seed: int) -> None:
    """End a random backend of the database now and then, as an operator, a failover or a proxy would."""
    chosen = random.Random(seed)
    ending = text(
        "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1) AS one"
    )
    engine = open_engine(registry.url)
    while not over.wait(chosen.uniform(0.3, 0.9)):
        with engine.connect() as connection:
            connection.execute(ending)
    engine.dispose()


def storm(registry: OpenRegistry, seed: int) -> None:
    over, failures = threading.Event(), []

    def one(way: str) -> None:
        try:
            insist(registry, way, seed, cut_off=2)
        except BaseException as error:  # noqa: BLE001 - told by the test itself
            failures.append(error)

    imports = [threading.Thread(target=one, args=(way,)) for way in WAYS]
    cutting = threading.Thread(target=cut_connections, args=(registry, over, seed))
    for thread in (*imports, cutting):
        thread.start()
    for thread in imports:
        thread.join()
    over.set()
    cutting.join()
    assert not failures, failures


@pytest.fixture
def days(shared_data: Path) -> tuple[list[HarvestedPaper], list[HarvestedPaper]]:
    """What the service holds on one day and on the next: papers made here among recorded ones."""
    recorded = recorded_papers(shared_data / "arxiv" / "oai", day=LAST)
    first = [*PAPERS, *recorded]
    return first, a_day_later(first, TODAY)


def calm(registry: OpenRegistry, arxiv: WholeArxiv, days: Sequence[list[HarvestedPaper]]) -> list[tuple[Any, ...]]:
    for arxiv.papers in days:
        for way in WAYS.values():
            way(registry, threading.Event())
    return state(registry)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 22))])
def test_a_storm_leaves_what_calm_leaves(
    server: TestServer,
    template: str,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shared_data: Path,
    days: tuple[list[HarvestedPaper], list[HarvestedPaper]],
    seed: int,
) -> None:
    monkeypatch.setattr("importers.arxiv_transport._LEAST_BACKOFF_SECONDS", 0.02)
    entries = recorded_entries(shared_data / "arxiv" / "atom", day=LAST)
    calm_name = f"calm_{seed}"
    server.execute("CREATE DATABASE {} TEMPLATE {}", calm_name, template)
    with WholeArxiv([], entries=entries) as arxiv:
        undisturbed_registry = opened(server.url(calm_name), tmp_path / "calm", arxiv)
        undisturbed = calm(undisturbed_registry, arxiv, days)
        undisturbed_registry.engine.dispose()
    named: dict[str, Any] = {"fault_rate": 0.25, "seed": seed, "retry_after_seconds": 0, "old_layout": seed % 2 == 0}
    with WholeArxiv([], entries=entries, **named) as arxiv:
        registry = opened(database_url, tmp_path / "stormy", arxiv)
        for arxiv.papers in days:
            storm(registry, seed)
        left = state(registry)
        with registry.engine.connect() as connection:
            runs = connection.execute(text("SELECT * FROM import_run ORDER BY id")).mappings().all()
            made = connection.execute(text(MADE)).all()
        registry.engine.dispose()
    server.execute("DROP DATABASE {} WITH (FORCE)", calm_name)
    assert left == undisturbed
    assert arxiv.least_gap_seconds() >= PAUSE
    assert arxiv.most_at_once() == 1
    assert sum(run["created"] for run in runs) <= len(made), "nothing was taken for new twice"
    assert {run["state"] for run in runs} <= {"done", "failed", "interrupted"}
    told = "\n".join([*(fault for run in runs for fault in run["faults"]), *(run["error"] or "" for run in runs)])
    for fault in arxiv.dealt() & WORDS.keys():
        assert re.search(WORDS[fault], told), f"{fault!r} is not in the log:\n{told}"
    versions = {row.name: tuple(row.versions) for row in made}
    for number, (before, after) in enumerate(zip(*days, strict=True)):
        if before.recorded or before.deleted:
            continue
        first, last = len(before.versions), len(after.versions)
        expected = (first,) if first == last else (first, last)
        assert versions[before.arxiv_id] == expected, f"paper {number}: a version for a new one of arXiv's, no other"


MADE = """
    SELECT p.name, array_agg(v.source_version ORDER BY v.number) AS versions
    FROM package p JOIN package_version v ON v.package_id = p.id GROUP BY p.name
"""
