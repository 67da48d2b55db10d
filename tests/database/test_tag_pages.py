"""Tag pages and related packages, through the whole application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from registry.bundles import BundleStore
from registry.identifiers import PackageId
from registry.related import read_related
from registry.settings import Settings
from tests.factories import paper
from tests.hub_client import FILES, published
from web.app import create_app
from web.pipeline import Pipeline

PAPERS = [
    paper("2306.14048", title="H2O: Heavy-Hitter Oracle for the KV cache",
          abstract="We evict the KV cache by attention."),
    paper("2309.17453", title="Efficient Streaming Language Models with Attention Sinks",
          abstract="We keep sinks in the KV cache."),
    paper("2210.17323", title="GPTQ: Accurate Quantization", abstract="We quantize weights of transformers."),
    paper("2401.00001", title="Heavy-Hitter Oracle revisited", abstract="We revisit heavy hitters in the KV cache."),
    paper("2401.00002", title="Zoology of ferns", abstract="Ferns are green.", categories=("q-bio.PE",),
          primary_category="q-bio.PE"),
]  # fmt: skip


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    """The application on five papers."""
    Pipeline(engine, BundleStore(tmp_path)).take_in(PAPERS)
    with TestClient(create_app(Settings(data_dir=tmp_path), engine=engine), follow_redirects=False) as opened:
        yield opened


def test_a_tag_has_a_page_with_definition_neighbours_and_packages(client: TestClient) -> None:
    page = client.get("/tags/kv-cache")
    assert page.status_code == 200
    answer = client.get("/api/v1/tags/kv-cache").json()
    assert answer["definition"]
    assert answer["definition"].split("'")[0][:20] in page.text
    assert answer["packages"] == page.text.count('<li class="entry">') == 3
    for name in (*answer["related"], *(one["name"] for one in answer["together_with"])):
        assert f'href="/tags/{name}"' in page.text
    assert answer["related"]


@pytest.mark.parametrize("spelling", ["KV cache", "key-value cache", "kv-caching", "#kv-cache"])
def test_other_spellings_lead_to_the_one_name(client: TestClient, spelling: str) -> None:
    answer = client.get("/tags/" + spelling.replace("#", "%23"))
    assert (answer.status_code, answer.headers["location"]) == (301, "/tags/kv-cache")
    assert client.get("/api/v1/tags/" + spelling.replace("#", "%23")).json()["name"] == "kv-cache"


def test_a_tag_that_nobody_knows_is_not_found(client: TestClient) -> None:
    for address in ("/tags/no-such-tag-anywhere", "/api/v1/tags/%3Cscript%3E", "/tags/" + "x" * 150):
        assert client.get(address).status_code == 404


def test_the_feed_under_a_tag_leads_to_its_page(client: TestClient) -> None:
    assert 'href="/tags/kv-cache"' in client.get("/?tag=kv-cache").text


def test_related_packages_share_telling_words(client: TestClient) -> None:
    items = client.get("/api/v1/packages/arxiv/2306.14048/related").json()["items"]
    ids = [one["package"]["id"] for one in items]
    assert ids[0] == "arxiv:2401.00001"
    assert "arxiv:2306.14048" not in ids
    assert "arxiv:2401.00002" not in ids
    assert items[0]["citation"] is None
    assert "kv-cache" in items[0]["shared_tags"]
    assert "arxiv-import" not in items[0]["shared_tags"]
    page = client.get("/packages/arxiv/2306.14048").text
    assert 'href="/packages/arxiv/2401.00001"' in page
    assert "shares #" in page


def test_what_a_package_cites_comes_first_with_its_kind(client: TestClient, engine: Engine) -> None:
    links = '[{"key": "a", "arxiv_id": "2210.17323", "doi": null, "kind": "baseline"}, {"key": "b", "arxiv_id": null}]'
    with Session(engine) as session:
        session.execute(
            text("UPDATE package_version SET full_links = CAST(:links AS jsonb) WHERE package_id = 'arxiv:2306.14048'"),
            {"links": links},
        )
        session.commit()
        found = read_related(session, PackageId("arxiv", "2306.14048"))
    assert (found[0].item.name, found[0].kind, found[0].reason) == ("2210.17323", "baseline", "cited: baseline")
    assert found[1].item.name == "2401.00001"
    citing = client.get("/api/v1/packages/arxiv/2210.17323/related").json()["items"][0]
    assert (citing["package"]["id"], citing["citation"], citing["cites_it"]) == ("arxiv:2306.14048", "baseline", True)
    assert "cites this: baseline" in client.get("/packages/arxiv/2210.17323").text


def test_a_hosted_packages_typed_related_work_leads_on(client: TestClient) -> None:
    related = (
        b"# Related work\n\n## RW01: Frantar et al., 2022\n\n- **DOI**: arXiv:2210.17323\n- **Type**: extends\n"
        b"- **Delta**:\n  - What changed: more\n  - Why: faster\n"
    )
    made = published(client, {**FILES, "logic/related_work.md": related})
    items = client.get(f"/api/v1/packages/hosted/{made['slug']}/related").json()["items"]
    assert (items[0]["package"]["id"], items[0]["citation"]) == ("arxiv:2210.17323", "extends")


def test_what_is_not_here_has_no_related_packages(client: TestClient) -> None:
    assert client.get("/api/v1/packages/arxiv/2299.00001/related").status_code == 400
    assert client.get("/api/v1/packages/arxiv/2201.00001/related").status_code == 404
