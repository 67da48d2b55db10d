"""Search through the whole application: the page, the API, suggestions, claims."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from registry.bundles import BundleStore
from registry.settings import Settings
from tests.database.registry_content import fill
from tests.factories import paper
from web.app import create_app
from web.pipeline import Pipeline

HOSTILE = paper(
    "2401.00001",
    title="Zebra <script>alert(1)</script> caches",
    abstract='We show <img src=x onerror="alert(1)"> zebra & caches are 2x faster.',
)


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    """The application on a small registry and one hostile paper."""
    fill(engine, tmp_path)
    Pipeline(engine, BundleStore(tmp_path)).take_in([HOSTILE])
    with TestClient(create_app(Settings(data_dir=tmp_path), engine=engine), follow_redirects=False) as opened:
        yield opened


def shown(page: str) -> list[str]:
    return re.findall(r'id="p-([^"]+)"', page)


def test_the_page_and_both_apis_find_the_same(client: TestClient) -> None:
    page = client.get("/", params={"q": "zebra cache"})
    listed = client.get("/api/v1/packages", params={"q": "zebra cache"}).json()
    found = client.get("/api/v1/search", params={"q": "zebra cache"}).json()
    ids = [item["id"] for item in found["items"]]
    assert ids == ["arxiv:2401.00001"]
    assert ids == [item["id"] for item in listed["items"]] == shown(page.text)
    summary = {name: value for name, value in found["items"][0].items() if name != "snippets"}
    assert summary == listed["items"][0]
    assert found["total"] == listed["total"] == found["facets_counted"] == 1
    assert "by relevance" in page.text
    assert 'value="zebra cache"' in page.text


def test_snippets_are_safe_and_marked(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "zebra"}).json()["items"][0]["snippets"]
    assert answer["title"] == "<mark>Zebra</mark> &lt;script&gt;alert(1)&lt;/script&gt; caches"
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt; <mark>zebra</mark> &amp; caches" in answer["abstract"]
    page = client.get("/", params={"q": 'zebra "><script>x</script>'}).text
    assert "<mark>zebra</mark>" in client.get("/?q=zebra").text
    assert "<script>" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    "typed", ["2205.14135", "arXiv:2205.14135v2", "https://arxiv.org/abs/2205.14135", "10.1000/182"]
)
def test_an_exact_id_leads_home(client: TestClient, typed: str) -> None:
    answer = client.get("/", params={"q": typed})
    assert (answer.status_code, answer.headers["location"]) == (302, "/packages/arxiv/2205.14135")
    found = client.get("/api/v1/search", params={"q": typed}).json()
    assert (found["exact"], found["items"][0]["id"]) == ("arxiv:2205.14135", "arxiv:2205.14135")


def test_a_slip_is_mended_and_said(client: TestClient) -> None:
    assert client.get("/api/v1/search?q=zebar").json()["read_as"] == {"zebar": "zebra"}
    assert "Read as <q>zebra</q> for <q>zebar</q>" in client.get("/?q=zebar").text
    assert "Nothing found for" in client.get("/?q=xylophone").text


def test_filters_and_pages_keep_the_query(client: TestClient) -> None:
    page = client.get("/?q=quantization&limit=5").text
    following = re.search(r'class="next" href="([^"]+)"', page)
    assert following
    assert "q=quantization" in following[1]
    seen = shown(page)
    while following:
        page = client.get(following[1].replace("&amp;", "&")).text
        seen += shown(page)
        following = re.search(r'class="next" href="([^"]+)"', page)
    found = client.get("/api/v1/search?q=quantization&limit=100").json()
    assert seen == [item["id"] for item in found["items"]]
    assert len(seen) == found["total"] > 5
    assert '<input type="hidden" name="tag" value="quantization">' in client.get("/?tag=quantization").text


def test_every_page_has_the_search_box(client: TestClient) -> None:
    for address in ("/", "/packages/arxiv/2205.14135", "/problems", "/nowhere"):
        page = client.get(address, headers={"Accept": "text/html"}).text
        assert page.count('role="search"') == 1, address


def test_claims_come_with_package_and_quotes(client: TestClient) -> None:
    items = client.get("/api/v1/claims", params={"q": "2x faster zebra"}).json()["items"]
    assert items[0]["package"]["id"] == "arxiv:2401.00001"
    assert "&lt;img" in items[0]["marked"]
    assert items[0]["quotes"][0]["text"] in str(HOSTILE.abstract)


def test_suggestions_lead_to_packages_and_words(client: TestClient) -> None:
    found = client.get("/api/v1/suggest?q=zeb").json()["suggestions"]
    assert {one["href"] for one in found} == {"/packages/arxiv/2401.00001", "/?q=zebra"}
    assert client.get("/api/v1/suggest?q=").json() == {"suggestions": []}


@pytest.mark.parametrize(
    "address",
    ["/api/v1/search?q=x&sort=best", "/api/v1/search?words=x", "/api/v1/search?limit=0", "/api/v1/claims?tag=x",
     "/api/v1/search?q=x&cursor=zzz", "/api/v1/claims?q=x&cursor=zzz", "/api/v1/suggest?limit=3",
     f"/api/v1/search?q={'x' * 501}"],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "narrowing", ["year=2024", "year=2023-2025", "year=2024..", "licence=unknown", "licence=UNKNOWN&licence=cc0",
                  "namespace=arxiv", "reproduced=no"],
)  # fmt: skip
def test_filters_beside_the_words_narrow_page_and_api_alike(client: TestClient, narrowing: str) -> None:
    found = client.get(f"/api/v1/search?q=zebra&{narrowing}").json()
    assert [item["id"] for item in found["items"]] == ["arxiv:2401.00001"]
    page = client.get(f"/?q=zebra&{narrowing}").text
    assert shown(page) == ["arxiv:2401.00001"]
    assert "Remove the filter" in page
    assert "arxiv:2401.00001" in shown(client.get(f"/?{narrowing}&limit=100").text)  # without words too


@pytest.mark.parametrize("narrowing", ["year=2023", "year=..2020", "licence=cc0", "namespace=hosted", "reproduced=yes"])
def test_filters_beside_the_words_leave_out(client: TestClient, narrowing: str) -> None:
    assert client.get(f"/api/v1/search?q=zebra&{narrowing}").json()["total"] == 0


@pytest.mark.parametrize("narrowing", ["year=MMXX", "year=2020&year=2021", "reproduced=perhaps", "year="])
def test_a_filter_that_is_not_understood_is_refused(client: TestClient, narrowing: str) -> None:
    answer = client.get(f"/api/v1/search?q=zebra&{narrowing}")
    assert answer.status_code == (200 if narrowing.endswith("=") else 400)


def test_an_order_can_be_asked_for(client: TestClient) -> None:
    items = client.get("/api/v1/search?q=quantization&sort=attention&limit=100").json()["items"]
    attention = [float(item["attention"]) for item in items]
    assert attention == sorted(attention, reverse=True)
    dates = [item["updated"] for item in client.get("/api/v1/search?q=quantization&sort=newest").json()["items"]]
    assert dates == sorted(dates, reverse=True)
