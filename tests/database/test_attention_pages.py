"""The pages on which attention is explained: claims, events, documents, fields, the sandbox."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from ranking.run import rescore
from registry.bundles import BundleStore
from registry.database import transaction
from registry.event_log import append
from registry.events import Audience, Use, Used
from registry.identities import add_identity
from registry.settings import Settings
from registry.standing import Scope, Tier
from registry.tokens import make_token
from tests.factories import paper
from web.app import create_app
from web.pipeline import Pipeline

PAGE = "/packages/arxiv/2301.00001"
ABSTRACT = "We show that caching attention is 2x faster. We prove a bound on the error of rounding in float16."


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> TestClient:
    """Thirty packages; the first was reproduced by eve, refuted by an author of it, and used by people and agents."""
    papers = [
        paper(f"2301.{number:05d}", abstract=ABSTRACT, primary_category="hep-th" if number % 5 == 0 else "cs.LG")
        for number in range(1, 31)
    ]
    Pipeline(engine, BundleStore(tmp_path / "bundles")).take_in(papers)
    opened = TestClient(create_app(Settings(data_dir=tmp_path), engine=engine), follow_redirects=False)
    digest = opened.get(f"/api/v1{PAGE}").json()["versions"][0]["digest"]
    for handle, name, outcome in (("eve", "Eve", "reproduced"), ("ada", "Lovelace, ADA", "failed")):
        with transaction(engine) as session:
            add_identity(session, handle, name=name, tier=Tier.VERIFIED)
            token = make_token(session, handle, scopes=[Scope.REPORT])[0]
        observed = {"quantity": "speed-up", "value": "1.98", "unit": "x", "tolerance": "5 %"}
        said: dict[str, Any] = {
            "digest": digest,
            "results": [{"claim": "C01", "outcome": outcome, "observed": [observed]}],
            "environment": "one <core>",
            "log_digest": "a" * 64,
        }
        made = opened.post(f"/api/v1{PAGE}/reproductions", json=said, headers={"Authorization": f"Bearer {token}"})
        assert made.status_code == 201, made.text
    with transaction(engine) as session:
        for audience, use, clients in (
            (Audience.PEOPLE, Use.PAGE, 5),
            (Audience.PEOPLE, Use.BUNDLE, 2),
            (Audience.AGENTS, Use.API, 3),
        ):
            append(session, [("arxiv:2301.00001", Used(audience, use, clients))])
        rescore(session, ["arxiv:2301.00001"])
    return opened


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_a_claim_has_a_page_with_its_words_its_standing_and_its_tests(client: TestClient) -> None:
    page = text_of(client.get(f"{PAGE}/claims/C01"))
    assert "caching attention is 2x faster" in page
    assert "Grounding quoted" in page
    assert "Found for it 1,000 units" in page
    assert "Found against it 0 units" in page
    assert "speed-up 1.98 x (tolerance 5 %)" in page
    assert "by its own people: counts nothing" in page
    assert text_of(client.get(f"{PAGE}/claims/C02")).count("Nobody has reported a test of it yet") == 1
    assert client.get(f"{PAGE}/claims/C99").status_code == 404
    assert client.get("/packages/arxiv/2301.99999/claims/C01").status_code == 404
    assert client.get("/packages/arxiv/2301.00001v1/claims/C01").headers["location"] == f"{PAGE}/claims/C01"
    assert f"{PAGE}/claims/C01" in client.get(PAGE).text


def test_the_panel_shows_use_by_people_and_agents_apart_and_by_kind(client: TestClient) -> None:
    page = text_of(client.get(PAGE))
    assert "Use by people page reads 5, bundles pulled 2" in page
    assert "Use by agents API reads 3" in page
    assert "one &lt;core&gt;" in client.get(PAGE).text
    total = re.search(r"Total (\d+\.\d+)", page)
    assert total is not None
    assert total[1] == client.get(f"/api/v1{PAGE}").json()["attention"]
    use = client.get(f"/api/v1{PAGE}/attention").json()["use"]
    assert {(one["audience"], one["use"]): one["clients"] for one in use} == {
        ("people", "page"): 5,
        ("people", "bundle"): 2,
        ("agents", "api"): 3,
    }


def test_each_component_leads_to_the_events_behind_it(client: TestClient) -> None:
    page = client.get(PAGE).text
    for component, said in (
        ("claims", "Version 1 with 2 distinct of 2 claims"),
        ("reproductions", "by eve (verified): C01 reproduced"),
        ("use_by_people", "5 clients more, people: page reads"),
        ("use_by_agents", "3 clients more, agents: API reads"),
    ):
        assert f"{PAGE}/events?component={component}" in page
        assert said in text_of(client.get(f"{PAGE}/events?component={component}"))
    assert "6 events" in text_of(client.get(f"{PAGE}/events"))
    assert client.get(f"{PAGE}/events?component=fame").status_code == 400
    assert client.get("/packages/arxiv/2301.99999/events").status_code == 404


def test_the_formula_is_a_page(client: TestClient) -> None:
    page = text_of(client.get("/docs/attention"))
    assert "All points are integers, in thousandths" in page
    assert 'href="/docs/attention"' in client.get("/docs/feed").text
    assert client.get("/docs/..%2Fsettings").status_code == 404
    assert client.get("/docs/settings").status_code == 404


def test_the_exposure_of_fields_is_published(client: TestClient) -> None:
    answer = client.get("/api/v1/fields").json()
    assert [(one["name"], one["packages"], one["share"]) for one in answer["fields"]] == [
        ("cs.LG", 24, "0.800000"),
        ("hep-th", 6, "0.200000"),
    ]
    for order in ("by_attention", "by_field"):
        assert sum(float(one[order]) for one in answer["fields"]) == pytest.approx(1, abs=1e-5)
    assert float(answer["fields"][1]["by_field"]) > float(answer["fields"][1]["by_attention"])
    assert "80.0 %" in text_of(client.get("/fields"))


def test_the_sandbox_orders_by_the_weights_of_the_address(client: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        append(session, [("arxiv:2301.00009", Used(Audience.AGENTS, Use.BUNDLE, 3))])
        rescore(session, ["arxiv:2301.00009"])
    first, ninth = "arxiv:2301.00001", "arxiv:2301.00009"
    plain = client.get("/api/v1/sandbox").json()
    assert [one["id"] for one in plain["ours"]][:2] == [first, ninth]
    assert [one["id"] for one in plain["yours"]] == [one["id"] for one in plain["ours"]]
    assert all(float(one["weighed"]) == float(one["attention"]) for one in plain["yours"])
    changed = client.get("/api/v1/sandbox?reproductions=0&use_by_people=0&use_by_agents=10&claims=0.5").json()
    assert changed["yours"][0]["id"] == ninth
    assert changed["yours"][0]["our_place"] == 2
    assert changed["weights"] | {"claims": "0.5", "use_by_agents": "10"} == changed["weights"]
    page = client.get("/sandbox?category=cs.LG&reproductions=0&use_by_agents=10").text
    assert page.index("Under your weights") < page.rindex("On 2301.00009") < page.rindex("On 2301.00001")
    assert "/sandbox?category=cs.LG&amp;reproductions=0&amp;use_by_agents=10" in page
    for wrong in ("claims=11", "claims=-1", "claims=x", "claims=1e1", "claims=1.0001", "fame=1", "sort=newest"):
        assert client.get(f"/api/v1/sandbox?{wrong}").status_code == 400, wrong
    assert client.get("/sandbox?claims=11").status_code == 400
