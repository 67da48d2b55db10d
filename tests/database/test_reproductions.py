"""Reports of reproductions through the whole application: made, checked, signed, revised, withdrawn, counted."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine
from starlette.testclient import TestClient

from ranking.run import rescore, verify
from ranking.score import score
from ranking.signals import signals_of
from registry.bundles import BundleStore
from registry.database import transaction
from registry.errors import InvalidInput, PackageNotFound
from registry.event_log import utc_today
from registry.events import Event, decode
from registry.hosted import confirm_author
from registry.identifiers import PackageId
from registry.identities import add_identity
from registry.reproductions import canonical_statement
from registry.settings import Settings
from registry.standing import Scope, Tier
from registry.tokens import make_token
from tests.factories import paper
from tests.hub_client import body as submission
from web.app import create_app
from web.pages.attention import MOST_REPORTS
from web.pipeline import Pipeline

PACKAGE = "/api/v1/packages/arxiv/2301.00001"


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    Pipeline(engine, BundleStore(tmp_path / "bundles")).take_in([paper()])
    with TestClient(create_app(Settings(data_dir=tmp_path), engine=engine), follow_redirects=False) as opened:
        yield opened


def bearer(engine: Engine, handle: str, *scopes: Scope, tier: Tier = Tier.VERIFIED) -> dict[str, str]:
    with transaction(engine) as session:
        add_identity(session, handle, tier=tier)
        return {"Authorization": f"Bearer {make_token(session, handle, scopes=scopes or [Scope.REPORT])[0]}"}


def digest(client: TestClient) -> str:
    return str(client.get(PACKAGE).json()["versions"][0]["digest"])


def statement(client: TestClient, outcome: str = "reproduced", **more: Any) -> dict[str, Any]:
    observed = [{"quantity": "speed-up", "value": "1.98", "unit": "x", "tolerance": "5 %"}]
    result = {"claim": "C01", "outcome": outcome, "observed": observed}
    return {"digest": digest(client), "results": [result], "environment": "one core", **more}


def total(client: TestClient) -> str:
    return str(client.get(f"{PACKAGE}/attention").json()["total"])


def test_a_verified_success_counts_at_once_and_is_listed(client: TestClient, engine: Engine) -> None:
    eve = bearer(engine, "eve")
    answer = client.post(f"{PACKAGE}/reproductions", json=statement(client), headers=eve)
    assert answer.status_code == 201, answer.text
    [listed] = client.get(f"{PACKAGE}/reproductions").json()["reports"]
    assert listed == answer.json()
    assert (listed["reporter"], listed["tier"], listed["outcomes"]) == ("eve", "verified", {"C01": "reproduced"})
    assert listed["statement"]["results"][0]["observed"][0]["value"] == "1.98"
    assert total(client) == "6.0"
    assert client.get(PACKAGE).json()["attention"] == "6.0"


def test_a_report_is_revised_and_withdrawn_by_its_author_alone(client: TestClient, engine: Engine) -> None:
    eve, mallory = bearer(engine, "eve"), bearer(engine, "mallory")
    made = client.post(f"{PACKAGE}/reproductions", json=statement(client), headers=eve)
    place = made.headers["location"]
    failed = statement(client, "failed")
    assert client.put(place, json=failed, headers=mallory).status_code == 403
    assert client.delete(place, headers=mallory).status_code == 403
    assert client.put(place, json=failed, headers=eve).status_code == 200
    assert total(client) == "2.0"
    assert client.delete(place, headers=eve).status_code == 204
    assert total(client) == "4.0"
    assert client.get(f"{PACKAGE}/reproductions").json() == {"reports": []}
    assert client.delete(place, headers=eve).status_code == 404


def test_what_does_not_fit_the_package_is_refused(client: TestClient, engine: Engine) -> None:
    eve = bearer(engine, "eve")
    good = statement(client)
    for wrong in (
        {**good, "digest": "0" * 64},
        {**good, "results": [{"claim": "C99", "outcome": "failed"}]},
        {**good, "results": good["results"] * 2},
        {**good, "results": []},
        {**good, "outcome": "reproduced"},
        {**good, "signature": "AAAA"},
    ):
        answer = client.post(f"{PACKAGE}/reproductions", json=wrong, headers=eve)
        assert answer.status_code in (400, 422), wrong
        assert answer.headers["content-type"] == "application/problem+json"
    other = PACKAGE.replace("00001", "00009")
    assert client.post(f"{other}/reproductions", json=good, headers=eve).status_code == 404
    assert total(client) == "4.0"


def test_a_token_that_may_report_is_asked_for(client: TestClient, engine: Engine) -> None:
    assert client.post(f"{PACKAGE}/reproductions", json=statement(client)).status_code == 401
    publisher = bearer(engine, "pat", Scope.PUBLISH)
    assert client.post(f"{PACKAGE}/reproductions", json=statement(client), headers=publisher).status_code == 403


def test_a_signature_that_holds_shows_and_another_is_refused(client: TestClient, engine: Engine) -> None:
    eve, key = bearer(engine, "eve"), Ed25519PrivateKey.generate()
    said = statement(client)
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    signature = base64.b64encode(key.sign(canonical_statement("arxiv:2301.00001", said))).decode()
    signed = {**said, "public_key": public, "signature": signature}
    answer = client.post(f"{PACKAGE}/reproductions", json=signed, headers=eve)
    assert answer.status_code == 201, answer.text
    assert answer.json()["signed_by"] == public
    forged = {**signed, "environment": "two cores"}
    assert client.post(f"{PACKAGE}/reproductions", json=forged, headers=eve).status_code == 400


def test_a_ring_of_unverified_identities_moves_less_than_one_verified(client: TestClient, engine: Engine) -> None:
    for number in range(12):
        sybil = bearer(engine, f"sybil{number}", tier=Tier.UNVERIFIED)
        assert client.post(f"{PACKAGE}/reproductions", json=statement(client), headers=sybil).status_code == 201
    assert 4 < float(total(client)) < 6


def test_the_owner_of_a_hosted_package_cannot_raise_it(client: TestClient, engine: Engine) -> None:
    own = bearer(engine, "ada", Scope.PUBLISH, Scope.REPORT)
    made = client.post("/api/ara", json=submission(), headers=own)
    assert made.status_code in (200, 201), made.text
    path = f"/api/v1/packages/hosted/{made.json()['slug']}"
    package = client.get(path).json()
    claims = [{"claim": one["id"], "outcome": "reproduced"} for one in package["claim_list"]]
    report = {"digest": package["versions"][0]["digest"], "results": claims}
    assert client.post(f"{path}/reproductions", json=report, headers=own).status_code == 201
    assert client.get(path).json()["attention"] == package["attention"]


def test_the_score_can_be_recomputed_from_the_events_the_api_gives(client: TestClient, engine: Engine) -> None:
    client.post(f"{PACKAGE}/reproductions", json=statement(client, "partially"), headers=bearer(engine, "eve"))
    given = client.get(f"{PACKAGE}/attention/events").json()
    events = [
        Event(one["id"], date.fromisoformat(one["day"]), given["package"], decode(one["kind"], json.dumps(one["body"])))
        for one in given["events"]
    ]
    explained = client.get(f"{PACKAGE}/attention").json()
    computed = score(signals_of(events, utc_today(), given["tiers"]))
    assert f"{computed.total_milli / 1000}" == explained["total"]
    assert sum(round(1000 * float(one["contribution"])) for one in explained["components"]) == computed.total_milli
    assert [day["total"] for day in explained["history"]] == [explained["total"]]


def test_the_page_shows_the_sum_the_reports_and_their_reporter(client: TestClient, engine: Engine) -> None:
    documented = statement(client, "failed", log_digest="a" * 64)
    answer = client.post(f"{PACKAGE}/reproductions", json=documented, headers=bearer(engine, "eve"))
    assert answer.status_code == 201
    page = client.get("/packages/arxiv/2301.00001").text
    assert "<td>2.0</td>" in page
    assert "1 failed" in page
    assert "<polyline points=" in page
    own = client.get("/reporters/eve").text
    assert "arxiv:2301.00001" in own
    assert "1 documented" in own
    for handle in ("nobody", "%00", "%ED%A0%80", "%C3%A9", "x" * 300):
        assert client.get(f"/reporters/{handle}").status_code == 404
    assert client.get("/reporters/anonymous-x").status_code == 404


def test_a_copied_signature_is_refused(client: TestClient, engine: Engine) -> None:
    eve, mallory = bearer(engine, "eve"), bearer(engine, "mallory")
    key, said = Ed25519PrivateKey.generate(), statement(client)
    signature = base64.b64encode(key.sign(canonical_statement("arxiv:2301.00001", said))).decode()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    signed = {**said, "public_key": public, "signature": signature}
    assert client.post(f"{PACKAGE}/reproductions", json=signed, headers=eve).status_code == 201
    copied = client.post(f"{PACKAGE}/reproductions", json=signed, headers=mallory)
    assert copied.status_code == 400
    assert "signs for eve" in copied.json()["detail"]
    assert client.post(f"{PACKAGE}/reproductions", json=signed, headers=eve).status_code == 201
    assert total(client) == "6.0", "said twice is said once"


def test_an_author_s_name_in_any_spelling_is_the_author_s(client: TestClient, engine: Engine) -> None:
    spellings = (
        "Lovelace, Ada",
        "ADA LOVELACE",
        "Ａｄａ Ｌｏｖｅｌａｃｅ",
        "Аdа Lоvеlасе",
        "Ádá Lovelâce",
        "ada—lovelace",
    )
    for number, name in enumerate(spellings):
        with transaction(engine) as session:
            add_identity(session, f"a{number}", name=name, tier=Tier.VERIFIED)
            token = make_token(session, f"a{number}", scopes=[Scope.REPORT])[0]
        own = {"Authorization": f"Bearer {token}"}
        assert client.post(f"{PACKAGE}/reproductions", json=statement(client), headers=own).status_code == 201
        assert total(client) == "4.0", name


def test_an_attached_artifact_is_one_that_can_be_had(client: TestClient, engine: Engine) -> None:
    eve = bearer(engine, "eve")
    for artifact in (digest(client), "arxiv:2301.00001", "https://example.org/rerun.tar.gz"):
        answer = client.post(f"{PACKAGE}/reproductions", json=statement(client, artifact=artifact), headers=eve)
        assert answer.status_code == 201, answer.text
    for artifact in ("0" * 64, "hosted:nothere1", "no id", "javascript:alert(1)"):
        answer = client.post(f"{PACKAGE}/reproductions", json=statement(client, artifact=artifact), headers=eve)
        assert answer.status_code == 400
        assert "no artifact" in answer.json()["detail"]


def test_values_may_be_numbers_and_a_report_on_an_older_digest_is_taken(client: TestClient, engine: Engine) -> None:
    eve, said = bearer(engine, "eve"), statement(client)
    Pipeline(engine, BundleStore(Path(client.app.state.settings.data_dir) / "bundles")).take_in(  # type: ignore[attr-defined]
        [paper(version=2, abstract="We show that something else is 3x slower.")]
    )
    assert said["digest"] != digest(client)
    said["results"][0]["observed"] = [{"quantity": "speed-up", "value": 1.98, "tolerance": 0.05}]
    assert client.post(f"{PACKAGE}/reproductions", json=said, headers=eve).status_code == 201
    assert total(client) == "4.0", "success does not pass to other words"
    for wrong in (True, None, [], "", 1e999):
        said["results"][0]["observed"] = [{"quantity": "speed-up", "value": wrong}]
        sent = json.dumps(said)
        answer = client.post(
            f"{PACKAGE}/reproductions", content=sent, headers={**eve, "Content-Type": "application/json"}
        )
        assert answer.status_code in (400, 422), wrong


def test_a_confirmed_author_counts_nothing_whatever_the_name(client: TestClient, engine: Engine) -> None:
    eve = bearer(engine, "eve")
    assert client.post(f"{PACKAGE}/reproductions", json=statement(client), headers=eve).status_code == 201
    assert total(client) == "6.0"
    with transaction(engine) as session:
        add_identity(session, "nobody-yet", tier=Tier.UNVERIFIED)
        with pytest.raises(InvalidInput, match="tier"):
            confirm_author(session, PackageId("arxiv", "2301.00001"), "nobody-yet")
        with pytest.raises(PackageNotFound):
            confirm_author(session, PackageId("arxiv", "2301.00099"), "eve")
        confirm_author(session, PackageId("arxiv", "2301.00001"), "eve")
        rescore(session, ["arxiv:2301.00001"])
        assert verify(session) == []
    assert total(client) == "4.0"


def test_a_crowd_of_reports_neither_fills_the_page_nor_hides_who_is_known(client: TestClient, engine: Engine) -> None:
    said = statement(client)
    assert client.post(f"{PACKAGE}/reproductions", json=said, headers=bearer(engine, "eve")).status_code == 201
    for number in range(MOST_REPORTS + 1):
        sybil = bearer(engine, f"sybil{number}", tier=Tier.UNVERIFIED)
        assert client.post(f"{PACKAGE}/reproductions", json=said, headers=sybil).status_code == 201
    page = client.get("/packages/arxiv/2301.00001").text
    assert page.count('<li id="report-') == MOST_REPORTS
    assert page.index("/reporters/eve") < page.index("/reporters/sybil")
    assert "And 2 reports more" in page
    assert len(client.get(f"{PACKAGE}/reproductions").json()["reports"]) == MOST_REPORTS + 2
