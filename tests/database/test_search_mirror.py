"""The mirror of packages in Meilisearch: in step with the rows whatever happens, and Postgres in its place."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from registry.bundles import BundleStore
from registry.database import transaction
from registry.errors import MirrorUnavailable
from registry.identifiers import parse_package_id
from registry.search.comparison import compare
from registry.search.documents import read_documents
from registry.search.engines import Breaker
from registry.search.meili_server import SETTINGS, MeiliServer
from registry.search.mirror import Mirror, make_mirror
from registry.search.outbox import read_state, unwant_mirror, want_mirror
from registry.settings import Settings
from registry.withdrawal import withdraw_package
from tests.factories import paper
from tests.meili_stand_in import MeiliStandIn
from web.app import create_app
from web.mirroring import keep_in_step
from web.pipeline import Pipeline


@pytest.fixture
def meili() -> Iterator[MeiliStandIn]:
    started = MeiliStandIn().start()
    yield started
    started.stop()


@pytest.fixture
def pipeline(engine: Engine, tmp_path: Path) -> Pipeline:
    made = Pipeline(engine, BundleStore(tmp_path))
    made.take_in([paper(f"2301.{n:05d}", title=f"Zebra caches {n}") for n in range(1, 6)])
    return made


@pytest.fixture
def mirror(engine: Engine, pipeline: Pipeline, meili: MeiliStandIn) -> Mirror:
    """In step with five packages."""
    made = make_mirror(engine, meili.url, "key")
    bring_in_step(made)
    return made


def bring_in_step(mirror: Mirror) -> None:
    while (step := mirror.step()) is None or step.more or step.sent:
        pass


def agrees(engine: Engine, meili: MeiliStandIn) -> bool:
    """Whether the live index holds exactly the documents of the rows, found without the code under test's own count."""
    with Session(engine) as session:
        ids = list(session.scalars(text("SELECT id FROM package WHERE withdrawn_at IS NULL")))
        wanted = {one["id"]: one for one in read_documents(session, ids)}
    return meili.documents() == wanted


def noted(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(text("SELECT count(*) FROM search_outbox")) or 0


def test_nothing_is_noted_while_no_mirror_is_wanted(engine: Engine, pipeline: Pipeline) -> None:
    assert noted(engine) == 0
    want_mirror(engine)
    pipeline.take_in([paper("2302.00001")])
    assert noted(engine) > 0
    unwant_mirror(engine)
    pipeline.take_in([paper("2302.00002")])
    assert noted(engine) == 0


def test_a_batch_is_a_handful_of_notes_and_a_rollback_none(engine: Engine, pipeline: Pipeline) -> None:
    want_mirror(engine)
    pipeline.take_in([paper(f"2303.{n:05d}") for n in range(1, 101)])
    assert 0 < noted(engine) <= 4
    before = noted(engine)
    with Session(engine) as session:
        session.execute(text("UPDATE package SET attention_milli = 7"))
        session.rollback()
    assert noted(engine) == before


def test_the_first_step_builds_the_index_with_its_settings(engine: Engine, meili: MeiliStandIn, mirror: Mirror) -> None:
    assert agrees(engine, meili)
    assert len(meili.indexes) == 1
    [index] = meili.indexes.values()
    assert index["settings"] == SETTINGS
    assert noted(engine) == 0


def test_every_kind_of_change_reaches_the_index(
    engine: Engine, meili: MeiliStandIn, mirror: Mirror, pipeline: Pipeline
) -> None:
    pipeline.take_in([paper("2302.00001"), paper("2301.00001", title="Another title", version=2)])
    with transaction(engine) as session:
        session.execute(text("UPDATE package SET attention_milli = 99000 WHERE name = '2301.00002'"))
        withdraw_package(session, parse_package_id("arxiv:2301.00003"), "A test of withdrawal.")
    bring_in_step(mirror)
    assert agrees(engine, meili)
    held = meili.documents()
    assert held["arxiv:2301.00002"]["attention"] == 99000
    assert held["arxiv:2301.00001"]["title"] == "Another title"
    assert "arxiv:2301.00003" not in held


def test_a_failed_task_is_read_kept_and_tried_again(
    engine: Engine, meili: MeiliStandIn, mirror: Mirror, pipeline: Pipeline
) -> None:
    pipeline.take_in([paper("2302.00001")])
    meili.failing = 1
    with pytest.raises(MirrorUnavailable, match="No space left"):
        mirror.step()
    with Session(engine) as session:
        state = read_state(session)
    assert state is not None
    assert "No space left" in str(state.trouble)
    assert state.waiting >= 1
    bring_in_step(mirror)
    assert agrees(engine, meili)
    with Session(engine) as session:
        assert read_state(session).trouble is None  # type: ignore[union-attr]


@pytest.mark.parametrize("harm", ["wipe", "empty", "drop", "settings", "recreate", "half"])
def test_a_harmed_index_is_noticed_and_mended(engine: Engine, meili: MeiliStandIn, mirror: Mirror, harm: str) -> None:
    [uid] = meili.indexes
    if harm == "wipe":
        meili.wipe()
    elif harm == "empty":
        meili.indexes[uid]["documents"].clear()
    elif harm == "drop":
        del meili.indexes[uid]
    elif harm == "settings":
        meili.indexes[uid]["settings"]["rankingRules"] = ["words"]
    elif harm == "recreate":
        meili._create(uid)
    else:
        for key in list(meili.indexes[uid]["documents"])[:2]:
            del meili.indexes[uid]["documents"][key]
    bring_in_step(mirror)
    assert agrees(engine, meili)
    assert list(meili.indexes) == [uid]
    assert meili.indexes[uid]["settings"] == SETTINGS


def test_a_server_away_loses_nothing(engine: Engine, meili: MeiliStandIn, mirror: Mirror, pipeline: Pipeline) -> None:
    meili.stop()
    pipeline.take_in([paper("2302.00001")])
    with pytest.raises(MirrorUnavailable, match="away"):
        mirror.step()
    meili.start()
    bring_in_step(mirror)
    assert agrees(engine, meili)


def test_a_rebuild_swaps_and_takes_changes_meanwhile(
    engine: Engine, meili: MeiliStandIn, mirror: Mirror, pipeline: Pipeline
) -> None:
    [uid] = meili.indexes
    before = meili.indexes[uid]["made"]
    mirror.rebuild(lambda done: done == 5 and pipeline.take_in([paper("2304.00001")]) and None)
    bring_in_step(mirror)
    assert agrees(engine, meili)
    assert list(meili.indexes) == [uid]
    assert meili.indexes[uid]["made"] != before


def test_an_examination_finds_and_mends_what_counts_do_not_show(
    engine: Engine, meili: MeiliStandIn, mirror: Mirror
) -> None:
    [index] = meili.indexes.values()
    held = list(index["documents"])
    index["documents"][held[0]] = {**index["documents"][held[0]], "title": "Tampered"}
    del index["documents"][held[1]]
    index["documents"]["junk"] = {"key": "junk", "id": "nobody's"}
    found = mirror.examine(repair=False)
    assert (len(found.stale), len(found.missing), found.stray_keys) == (1, 1, ("junk",))
    mirror.examine(repair=True)
    assert mirror.examine(repair=False).in_step
    assert agrees(engine, meili)


def test_one_process_at_a_time_works_on_a_mirror(engine: Engine, meili: MeiliStandIn, mirror: Mirror) -> None:
    other = make_mirror(engine, meili.url, "key")
    with mirror._alone(wait=True):
        assert other.step() is None
    assert other.step() is not None


def test_a_thread_keeps_in_step_through_stops_and_wipes_while_papers_come(
    engine: Engine, meili: MeiliStandIn, pipeline: Pipeline
) -> None:
    stop = Event()
    thread = Thread(target=keep_in_step, args=(make_mirror(engine, meili.url, None, stop), stop))
    thread.start()
    for n in range(1, 13):
        pipeline.take_in([paper(f"2305.{n:05d}"), paper(f"2306.{n:05d}")])
        if n == 3:
            meili.wipe()
        elif n == 6:
            meili.stop()
        elif n == 8:
            meili.start()
    deadline = time.monotonic() + 30
    while not agrees(engine, meili) and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    thread.join()
    assert agrees(engine, meili)
    assert compare(engine, MeiliServer(meili.url, None), next(iter(meili.indexes))).in_step


@pytest.fixture
def client(engine: Engine, tmp_path: Path, meili: MeiliStandIn, mirror: Mirror) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path, meili_url=meili.url)
    with TestClient(create_app(settings, engine=engine), follow_redirects=False) as opened:
        yield opened


def test_meilisearch_answers_and_pages_show_every_match_once(client: TestClient) -> None:
    seen, cursor = [], ""
    while True:
        answer = client.get(f"/api/v1/search?q=zebra&limit=2{cursor}")
        assert answer.headers["X-Search-Engine"] == "meilisearch"
        page = answer.json()
        assert (page["engine"], page["fallback"], page["total"]) == ("meilisearch", None, 5)
        assert all("<mark>Zebra</mark>" in item["snippets"]["title"] for item in page["items"])
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("sort", ["attention", "newest", "trending"])
def test_other_orders_are_the_registrys_own(client: TestClient, sort: str) -> None:
    seen, cursor = [], ""
    while True:
        answer = client.get(f"/api/v1/search?q=zebra&sort={sort}&limit=2{cursor}")
        assert answer.headers["X-Search-Engine"] == "meilisearch"
        seen += [item["id"] for item in answer.json()["items"]]
        if answer.json()["next_cursor"] is None:
            break
        cursor = f"&cursor={answer.json()['next_cursor']}"
    assert sorted(seen, reverse=True) == seen
    assert len(seen) == 5


@pytest.mark.parametrize("harm", ["stop", "slow", "wipe", "empty"])
def test_postgres_answers_at_once_and_says_so(client: TestClient, meili: MeiliStandIn, harm: str) -> None:
    if harm == "stop":
        meili.stop()
    elif harm == "slow":
        meili.slow_seconds = 30
    elif harm == "wipe":
        meili.wipe()
    else:
        next(iter(meili.indexes.values()))["documents"].clear()
    begun = time.monotonic()
    answer = client.get("/api/v1/search?q=zebra")
    assert time.monotonic() - begun < 15  # a loaded machine's second; the server would take thirty
    assert answer.headers["X-Search-Engine"] == "postgres"
    assert "Meilisearch" in answer.headers["X-Search-Fallback"]
    assert answer.json()["total"] == 5
    calls = len(meili.calls)
    assert client.get("/?q=zebra").headers["X-Search-Engine"] == "postgres"
    assert len(meili.calls) == calls  # nobody waits twice
    assert "Postgres answers searches in place of Meilisearch" in client.get("/status").text
    assert client.get("/api/v1/status").json()["search"]["trouble"]


def test_a_page_begun_with_one_engine_goes_on_with_the_other(client: TestClient, meili: MeiliStandIn) -> None:
    first = client.get("/api/v1/search?q=zebra&limit=2").json()
    meili.stop()
    rest = client.get(f"/api/v1/search?q=zebra&limit=50&cursor={first['next_cursor']}")
    assert rest.headers["X-Search-Engine"] == "postgres"
    assert len(rest.json()["items"]) == 3


def test_an_index_that_lags_is_not_asked(client: TestClient, engine: Engine, pipeline: Pipeline) -> None:
    pipeline.take_in([paper("2302.00001", title="Zebra news")])
    assert client.get("/api/v1/search?q=zebra").json()["engine"] == "meilisearch"
    with transaction(engine) as session:
        session.execute(text("UPDATE search_outbox SET noted_at = noted_at - interval '1 hour'"))
    answer = client.get("/api/v1/search?q=zebra").json()
    assert (answer["engine"], answer["total"]) == ("postgres", 6)
    assert "behind" in answer["fallback"]


def test_what_is_withdrawn_is_shown_by_no_engine(client: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        withdraw_package(session, parse_package_id("arxiv:2301.00003"), "A test of withdrawal.")
    found = client.get("/api/v1/search?q=zebra").json()
    assert "arxiv:2301.00003" not in [item["id"] for item in found["items"]]


def test_the_breaker_asks_again_after_a_pause_and_then_one_caller() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    assert breaker.closed()
    breaker.failed("away")
    assert not breaker.closed()
    now[0] = 2.1
    assert [breaker.closed(), breaker.closed()] == [True, False]
    breaker.failed("away still")
    now[0] = 5.0
    assert not breaker.closed()
    now[0] = 6.2
    assert breaker.closed()
    breaker.succeeded()
    assert [breaker.closed(), breaker.closed(), breaker.reason] == [True, True, None]


def test_a_document_has_one_key_and_a_digest_over_the_rest(engine: Engine, pipeline: Pipeline) -> None:
    pipeline.take_in([replace(paper("2302.00001"), arxiv_id="hep-th/9901001", title="Old \ue000marks\ue001")])
    with Session(engine) as session:
        [document] = read_documents(session, ["arxiv:hep-th/9901001"])
    assert document["key"] == "arxiv_3a_hep-th_2f_9901001"
    assert document["title"] == "Old marks"
