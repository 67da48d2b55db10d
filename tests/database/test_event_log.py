"""The log of events as others read it: all of it, in order, also of packages from before events were kept."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from registry.backfill import backfill_events
from registry.bundles import BundleStore
from registry.database import transaction
from registry.event_log import append, read_log
from registry.events import Tiered
from registry.identities import add_identity
from registry.settings import Settings
from registry.standing import Scope, Tier
from registry.tokens import make_token
from tests.factories import paper
from tests.hub_client import body as submission
from web.app import create_app
from web.pipeline import Pipeline


def filled(engine: Engine, folder: Path) -> TestClient:
    """Three papers, one of them in two versions, and a package that somebody owns."""
    pipeline = Pipeline(engine, BundleStore(folder / "bundles"))
    pipeline.take_in([paper(f"2301.{number:05d}") for number in (1, 2, 3)])
    pipeline.take_in([paper("2301.00001", version=2)])
    with transaction(engine) as session:
        add_identity(session, "eve", tier=Tier.REGISTERED)
        token = make_token(session, "eve", scopes=[Scope.PUBLISH])[0]
    client = TestClient(create_app(Settings(data_dir=folder), engine=engine))
    made = client.post("/api/ara", json=submission(), headers={"Authorization": f"Bearer {token}"})
    assert made.status_code in (200, 201), made.text
    return client


def test_the_whole_log_is_read_page_by_page(engine: Engine, tmp_path: Path) -> None:
    client = filled(engine, tmp_path)
    with transaction(engine) as session:
        append(session, [(None, Tiered("eve", "verified"))])
    address, lines = "/api/v1/attention/events?limit=2", []
    while address:
        answer = client.get(address)
        assert answer.headers["content-type"] == "application/x-ndjson"
        lines += [json.loads(line) for line in answer.text.splitlines()]
        address = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert [line["id"] for line in lines] == sorted(line["id"] for line in lines)
    assert [line["kind"] for line in lines] == ["version"] * 5 + ["owner", "tier"]
    assert lines[-1]["package"] is None
    of_package = client.get("/api/v1/packages/arxiv/2301.00001/attention/events").json()["events"]
    assert [{**one, "package": "arxiv:2301.00001"} for one in of_package] == [
        line for line in lines if line["package"] == "arxiv:2301.00001"
    ]
    for wrong in ("after=-1", "after=x", "limit=0", "limit=10001", "since=1"):
        assert client.get(f"/api/v1/attention/events?{wrong}").status_code == 400


def test_what_may_come_with_a_lower_id_holds_back_what_is_behind_it(engine: Engine) -> None:
    with Session(engine) as slow, Session(engine) as reader:
        append(slow, [(None, Tiered("slow", "verified"))])
        slow.flush()
        with transaction(engine) as session:
            append(session, [(None, Tiered("fast", "verified"))])
        assert read_log(reader, 0, 10) == []
        slow.commit()
        reader.rollback()
        assert [event.body for event in read_log(reader, 0, 10)] == [
            Tiered("slow", "verified"),
            Tiered("fast", "verified"),
        ]


def test_rows_from_before_events_were_kept_get_the_events_they_would_have(engine: Engine, tmp_path: Path) -> None:
    client = filled(engine, tmp_path)
    before = client.get("/api/v1/attention/events").text
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE event DISABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM event"))
        connection.execute(text("ALTER TABLE event ENABLE TRIGGER USER"))
        assert backfill_events(connection) == 6
        assert backfill_events(connection) == 0
    after = client.get("/api/v1/attention/events").text
    assert sorted(_papers(after)) == sorted(_papers(before))
    assert after.count('"kind":"owner"') == 1


def _papers(lines: str) -> list[tuple[str, str, str]]:
    """The version events of papers: day, package and body; what was published here comes back with less grounding."""
    events = [json.loads(line) for line in lines.splitlines()]
    return [(one["day"], one["package"], json.dumps(one["body"])) for one in events if "arxiv:" in str(one["package"])]
