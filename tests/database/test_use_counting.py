"""Use, as the whole application counts it: who is counted, once, under which audience, and who is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from starlette.testclient import TestClient

from ranking.run import verify
from registry.bundles import BundleStore
from registry.database import transaction
from registry.event_log import read_events
from registry.events import Used
from registry.identities import add_identity
from registry.settings import Settings
from registry.standing import Scope, Tier
from registry.tokens import make_token
from registry.uses import CLIENTS_A_NETWORK
from tests.factories import paper
from tests.hub_client import body as submission
from web.app import create_app
from web.pipeline import Pipeline
from web.use_counter import READS_A_MINUTE

ID = "arxiv:2301.00001"
PAGE = "/packages/arxiv/2301.00001"
API = f"/api/v1{PAGE}"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Readers:
    """Clients of one application, each at an address of its own."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.app = create_app(Settings(data_dir=folder), engine=engine)

    def at(self, address: str, *, agent: str = BROWSER) -> TestClient:
        return TestClient(self.app, client=(address, 1), headers={"User-Agent": agent}, follow_redirects=False)

    def used(self, id_: str = ID) -> dict[str, int]:
        """What was counted so far: clients by audience and use."""
        self.app.state.use_counter.flush()
        found: dict[str, int] = {}
        with Session(self.engine) as session:
            for event in read_events(session, [id_]).get(id_, []):
                if isinstance(event.body, Used):
                    named = f"{event.body.audience} {event.body.use}"
                    found[named] = found.get(named, 0) + event.body.clients
        return found


@pytest.fixture
def readers(engine: Engine, tmp_path: Path) -> Readers:
    Pipeline(engine, BundleStore(tmp_path / "bundles")).take_in([paper(), paper("2301.00002")])
    return Readers(engine, tmp_path)


def test_a_client_counts_once_a_day_for_each_way_of_use(readers: Readers) -> None:
    ann = readers.at("203.0.113.7")
    for _ in range(5):
        assert ann.get(PAGE).status_code == 200
    assert readers.used() == {"people page": 1}
    assert ann.get(PAGE).status_code == 200
    readers.at("203.0.114.8").get(PAGE)
    assert readers.used() == {"people page": 2}
    digest = ann.get(API).json()["versions"][0]["digest"]
    for address in (f"{API}/versions/1/bundle.tar.gz", f"/api/v1/bundles/{digest}.zip"):
        assert ann.get(address).status_code == 200
    assert readers.used() == {"people page": 2, "agents api": 1, "agents bundle": 1}
    assert ann.get(API).json()["attention"] != "4.0", "use shows in the score at once"
    with transaction(readers.engine) as session:
        assert verify(session) == [], "and is what the events give"


def test_conditional_answers_count_and_heads_prefetches_and_refusals_do_not(readers: Readers) -> None:
    ann = readers.at("203.0.113.7")
    assert ann.head(PAGE).status_code == 200
    assert ann.get(PAGE, headers={"Sec-Purpose": "prefetch;prerender"}).status_code == 200
    assert ann.get("/packages/arxiv/2301.09999").status_code == 404
    assert ann.get(f"{API}/attention").status_code == 200
    assert ann.get("/").status_code == 200
    assert readers.used() == {}
    tag = ann.head(PAGE).headers["etag"]
    assert ann.get(PAGE, headers={"If-None-Match": tag}).status_code == 304
    assert readers.used() == {"people page": 1}


def test_robots_and_callers_without_an_address_do_not_count_and_agents_count_apart(readers: Readers) -> None:
    for name in ("Googlebot/2.1", "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "", "-"):
        readers.at("203.0.113.7", agent=name).get(PAGE)
    readers.at("testclient").get(PAGE)
    assert readers.used() == {}
    for number, name in enumerate(("curl/8.5.0", "python-httpx/0.28", "Mozilla/5.0 (compatible; ChatGPT-User/1.0)")):
        readers.at(f"203.0.{number}.7", agent=name).get(PAGE)
    assert readers.used() == {"agents page": 3}


def test_a_network_counts_for_few_clients_however_many_addresses_it_has(readers: Readers) -> None:
    for host in range(1, 30):
        readers.at(f"203.0.113.{host}").get(PAGE)
        readers.at(f"2001:db8:0:{host:x}::1").get(PAGE)
    assert readers.used() == {"people page": 2 * CLIENTS_A_NETWORK}
    for host in range(1, 30):
        readers.at(f"2001:db8:1::{host:x}").get(PAGE)
    assert readers.used() == {"people page": 2 * CLIENTS_A_NETWORK + 1}, "a /64 is one subscriber"


def test_a_header_that_claims_another_address_is_not_believed(readers: Readers) -> None:
    for number in range(30):
        forged = {"X-Forwarded-For": f"198.51.{number}.1", "Forwarded": f"for=198.51.{number}.1"}
        readers.at("203.0.113.7").get(PAGE, headers=forged)
    assert readers.used() == {"people page": 1}


def test_a_client_that_reads_at_a_machine_s_pace_counts_no_further(readers: Readers, engine: Engine) -> None:
    crawler = readers.at("203.0.113.7")
    for _ in range(READS_A_MINUTE + 2):
        crawler.get(PAGE)
    readers.used()
    crawler.get("/packages/arxiv/2301.00002")
    assert readers.used("arxiv:2301.00002") == {}


def test_nobody_behind_a_package_counts(readers: Readers, engine: Engine) -> None:
    def bearer(handle: str, name: str) -> dict[str, str]:
        with transaction(engine) as session:
            add_identity(session, handle, name=name, tier=Tier.VERIFIED)
            return {"Authorization": f"Bearer {make_token(session, handle, scopes=[Scope.PUBLISH])[0]}"}

    author, owner = bearer("al", "LOVELACE, Ada"), bearer("eve", "Eve")
    readers.at("203.0.113.7").get(PAGE, headers=author)
    assert readers.used() == {}
    publisher = readers.at("192.0.2.1")
    slug = publisher.post("/api/ara", json=submission(), headers=owner).json()["slug"]
    with transaction(engine) as session:
        second = {"Authorization": f"Bearer {make_token(session, 'eve', scopes=[Scope.REPORT])[0]}"}
    readers.at("198.51.100.1").get(f"/packages/hosted/{slug}", headers=second)
    publisher.get(f"/packages/hosted/{slug}")
    publisher.get(f"/api/ara/{slug}")
    assert readers.used(f"hosted:{slug}") == {}
    assert publisher.get(PAGE).status_code == 200
    assert readers.used() == {"people page": 1}, "the publisher is a reader elsewhere"


def test_nothing_stored_tells_an_address_or_where_else_a_client_was(readers: Readers, engine: Engine) -> None:
    ann = readers.at("203.0.113.7")
    ann.get(PAGE)
    ann.get("/packages/arxiv/2301.00002")
    readers.used()
    with engine.connect() as connection:
        tables = ("use_client", "use_tally", "client_identity", "event", "client_salt")
        stored = [str(tuple(row)) for table in tables for row in connection.execute(text(f"SELECT * FROM {table}"))]
        hashes = connection.execute(text("SELECT client, network FROM use_client")).all()
    assert not any("203.0.113" in row for row in stored)
    assert len({bytes(value) for row in hashes for value in row}) == 4


def test_a_crowd_of_clients_makes_few_events(readers: Readers, engine: Engine) -> None:
    for number in range(72):
        readers.at(f"10.{number}.0.1").get(PAGE)
        if number % 3 == 2:
            readers.app.state.use_counter.flush()
    assert 69 <= readers.used()["people page"] <= 72
    with Session(engine) as session:
        assert len(read_events(session, [ID])[ID]) < 26


def test_what_the_database_could_not_take_is_kept(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the server closed the connection"))

    readers.at("203.0.113.7").get(PAGE)
    with monkeypatch.context() as patched:
        patched.setattr("web.use_counter.unseen", away)
        with pytest.raises(OperationalError):
            readers.used()
    assert readers.used() == {"people page": 1}
