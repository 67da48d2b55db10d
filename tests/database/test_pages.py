"""Pages and API over a real Postgres, through the whole application."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from registry.bundles import BundleStore
from registry.database import open_engine, transaction
from registry.feed import FeedQuery, read_feed
from registry.fulltext import AttemptState, note_begun, note_ended
from registry.identifiers import PackageId
from registry.import_log import Tally, finish_run, note_progress, start_run
from registry.packages import read_package
from registry.settings import Settings
from tests.database.conftest import TestServer
from tests.database.registry_content import BARE, FLASH, OLD, fill
from tests.factories import paper
from web.app import create_app
from web.dependencies import open_session
from web.pipeline import Pipeline


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    """The application on an empty registry."""
    with TestClient(create_app(Settings(data_dir=tmp_path), engine=engine), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def changeable(client: TestClient, engine: Engine, tmp_path: Path) -> TestClient:
    """The application on a registry with 33 packages that belongs to this test alone."""
    fill(engine, tmp_path)
    return client


@pytest.fixture(scope="module")
def filled(
    server: TestServer, template: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[TestClient]:
    """The same for tests that only read: one registry for all of them."""
    name = f"pages_{worker_id}"
    server.execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    engine = open_engine(server.url(name))
    folder = tmp_path_factory.mktemp("pages")
    fill(engine, folder)
    with TestClient(create_app(Settings(data_dir=folder), engine=engine), follow_redirects=False) as opened:
        yield opened
    engine.dispose()
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


def seen(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", re.sub(r"<head>.*?</head>", "", markup, flags=re.S)))


def pages(client: TestClient, address: str) -> Iterator[dict[str, Any]]:
    """Every page of the API's feed from ``address`` on."""
    cursor = None
    while True:
        answer = client.get(address, params={"cursor": cursor} if cursor else {})
        assert answer.status_code == 200, answer.text
        yield answer.json()
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return


def test_an_empty_registry_says_how_to_fill_it(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "discoveries import dump" in page.text
    assert client.get("/api/v1/packages").json() == {
        "items": [],
        "facets": {"categories": [], "tags": []},
        "total": 0,
        "next_cursor": None,
    }


def test_the_page_and_the_api_show_the_same_feed(filled: TestClient) -> None:
    page = filled.get("/").text
    answer = filled.get("/api/v1/packages").json()
    assert re.findall(r'id="p-([^"]+)"', page) == [item["id"] for item in answer["items"]]
    assert f"{answer['total']} packages" in seen(page)
    for item in answer["items"]:
        assert f"attention {item['attention']}" in seen(page)


def test_the_pages_next_links_lead_through_everything_once(filled: TestClient) -> None:
    address, shown = "/?limit=7", Counter[str]()
    while address:
        page = filled.get(address).text
        shown.update(re.findall(r'id="p-([^"]+)"', page))
        found = re.search(r'class="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert set(shown.values()) == {1}
    assert len(shown) == 33


def test_the_apis_cursor_leads_through_everything_once(filled: TestClient) -> None:
    answers = [*pages(filled, "/api/v1/packages?limit=10")]
    ids = [item["id"] for answer in answers for item in answer["items"]]
    assert len(ids) == len(set(ids)) == answers[0]["total"] == 33


def test_facets_count_what_the_filter_leaves(filled: TestClient) -> None:
    for address in ("/api/v1/packages?limit=100", "/api/v1/packages?limit=100&category=cs.LG&-tag=quantization"):
        answer = filled.get(address).json()
        for kind in ("categories", "tags"):
            counted = Counter(value for item in answer["items"] for value in item[kind])
            if kind == "categories":
                counted["uncategorised"] += sum(not item["categories"] for item in answer["items"])
            assert {one["name"]: one["count"] for one in answer["facets"][kind]} == +counted


def test_filters_combine(filled: TestClient) -> None:
    def ids(query: str) -> set[str]:
        return {item["id"] for item in filled.get(f"/api/v1/packages?limit=100&{query}").json()["items"]}

    assert ids("category=cs.LG&category=cs.DC") == {"arxiv:2205.14135"}
    assert ids("category=uncategorised") == {"arxiv:2301.00003"}
    assert ids("category=cs.LG&-category=cs.CL") == {"arxiv:2205.14135"}
    assert len(ids("tag=quantization")) == 15
    assert ids("tag=quantization&tag=speculative-decoding") == set()
    assert ids("tag=quantization&tag=kv-cache") == ids("tag=quantization") & ids("tag=kv-cache")
    assert ids("-tag=quantization") == ids("") - ids("tag=quantization")
    assert ids("tag=%23quantization") == ids("tag=quantization")


def test_one_package_has_its_page(filled: TestClient) -> None:
    page = filled.get("/packages/arxiv/2205.14135")
    assert page.status_code == 200
    text = seen(page.text)
    for expected in (
        "FlashAttention: 2.4× Faster on H2O",
        "Tri Dao, Christopher Ré",
        "73% faster",
        "C01",
        "CC BY",
        "10.1000/182",
    ):
        assert expected in text
    assert "Verbatim from arXiv:2205.14135" in text
    assert 'href="https://arxiv.org/abs/2205.14135v2"' in page.text
    assert 'href="https://arxiv.org/pdf/2205.14135v2"' in page.text
    assert '<link rel="canonical" href="/packages/arxiv/2205.14135">' in page.text


def test_one_package_has_its_json(filled: TestClient) -> None:
    answer = filled.get("/api/v1/packages/arxiv/2205.14135").json()
    listed = filled.get("/api/v1/packages?limit=100").json()["items"]
    summary = next(item for item in listed if item["id"] == "arxiv:2205.14135")
    assert {key: answer[key] for key in summary} == summary
    assert summary["title"] == FLASH.title
    assert summary["updated"] == "2022-06-23T17:53:32Z"
    assert re.fullmatch(r"\d+\.\d+", summary["attention"])
    assert len(answer["claim_list"]) == answer["claims"] > 0
    assert answer["claim_list"][0]["quotes"][0]["text"] in FLASH.abstract  # type: ignore[operator]
    assert [(one["version"], one["source_version"]) for one in answer["versions"]] == [(1, 2)]


@pytest.mark.parametrize("name", ["hep-th/9901001", "hep-th%2F9901001"])
def test_old_identifiers_keep_their_slash(filled: TestClient, name: str) -> None:
    assert filled.get(f"/packages/arxiv/{name}").status_code == 200
    assert filled.get(f"/packages/arxiv/{name}/v1").status_code == 200
    assert filled.get(f"/api/v1/packages/arxiv/{name}").json()["id"] == f"arxiv:{OLD.arxiv_id}"


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("/packages/arxiv/2205.14135v2", "/packages/arxiv/2205.14135/v1"),
        ("/packages/arxiv/2205.14135v1", "/packages/arxiv/2205.14135"),
        ("/packages/arxiv/arXiv:2205.14135", "/packages/arxiv/2205.14135"),
        ("/packages/arXiv/2205.14135", "/packages/arxiv/2205.14135"),
        ("/packages/arxiv:2205.14135", "/packages/arxiv/2205.14135"),
        ("/packages/2205.14135", "/packages/arxiv/2205.14135"),
        ("/packages/hep-th/9901001", "/packages/arxiv/hep-th/9901001"),
        ("/packages/arxiv/math.GT/0309136", "/packages/arxiv/math/0309136"),
        ("/packages/arxiv/math.GT/0309136/v3", "/packages/arxiv/math/0309136/v3"),
    ],
)
def test_other_spellings_lead_to_the_canonical_address(filled: TestClient, spelling: str, canonical: str) -> None:
    answer = filled.get(spelling)
    assert answer.status_code in (301, 302)
    assert answer.headers["location"] == canonical


@pytest.mark.parametrize(
    "path",
    [
        "/packages/arxiv/2299.99999",
        "/packages/arxiv/2205.99999",
        "/packages/arxiv/2205.14135/v7",
        "/packages/no/such",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_a_readable_404(filled: TestClient, path: str) -> None:
    answer = filled.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>" in answer.text
    program = filled.get(path, headers={"Accept": "application/json"})
    assert program.status_code == 404
    assert program.headers["content-type"] == "application/problem+json"


def test_a_withdrawn_package_is_gone_and_says_why(changeable: TestClient, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE package SET withdrawn_at = now(), withdrawn_reason = 'a wrong proof' WHERE name = '2205.14135'"
            )
        )
    page = changeable.get("/packages/arxiv/2205.14135")
    assert page.status_code == 410
    assert "a wrong proof" in page.text
    answer = changeable.get("/api/v1/packages/arxiv/2205.14135")
    assert answer.status_code == answer.json()["status"] == 410
    assert "arxiv:2205.14135" not in changeable.get("/api/v1/packages?limit=100").text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/api/v1/packages?tags=a", "known are q, category, tag, -category, -tag, limit, cursor"),
        ("/api/v1/packages?limit=0", "limit"),
        ("/api/v1/packages?limit=101", "limit"),
        ("/api/v1/packages?limit=ten", "limit"),
        ("/api/v1/packages?limit=5.0", "limit"),
        ("/api/v1/packages?cursor=rubbish", "cursor"),
        ("/api/v1/packages?tag=a%00b", "tag"),
        ("/api/v1/packages/arxiv/rubbish", "identifier"),
        ("/api/v1/packages/arxiv/2205.14135?x=1", "unknown query parameter"),
        ("/api/v1/status?x=1", "unknown query parameter"),
    ],
)
def test_the_api_refuses_what_it_cannot_use(filled: TestClient, address: str, said: str) -> None:
    answer = filled.get(address)
    assert answer.status_code == answer.json()["status"] == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
    assert answer.json()["type"].startswith("/problems#")


def test_pages_pass_over_parameters_they_do_not_know(filled: TestClient) -> None:
    assert filled.get("/?utm_source=x").status_code == 200


@pytest.mark.parametrize("address", ["/?limit=0", "/?limit=x", "/?cursor=rubbish", "/?tag=a%00b"])
def test_pages_refuse_unusable_values_readably(filled: TestClient, address: str) -> None:
    answer = filled.get(address)
    assert answer.status_code == 400
    assert "<h1>Invalid query</h1>" in answer.text


def test_hostile_titles_are_text_everywhere(filled: TestClient) -> None:
    for address in ("/?category=uncategorised", f"/packages/arxiv/{BARE.arxiv_id}"):
        page = filled.get(address).text
        assert "<script>" not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "path", ["/", "/packages/arxiv/2205.14135", "/nowhere", "/api/v1/packages", "/robots.txt", "/healthz"]
)
def test_every_answer_carries_the_security_headers(filled: TestClient, path: str) -> None:
    headers = filled.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in headers


@pytest.mark.parametrize(
    "path", ["/", "/packages/arxiv/2205.14135", "/api/v1/packages", "/api/v1/packages/arxiv/2205.14135", "/healthz"]
)
def test_head_is_get_without_the_body(filled: TestClient, path: str) -> None:
    head, got = filled.head(path), filled.get(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize("path", ["/", "/packages/arxiv/2205.14135", "/api/v1/packages"])
def test_an_unchanged_page_is_not_sent_again(filled: TestClient, path: str) -> None:
    tag = filled.get(path).headers["etag"]
    again = filled.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag


def test_a_changed_feed_is_sent_again(changeable: TestClient, engine: Engine) -> None:
    tag = changeable.get("/").headers["etag"]
    with engine.begin() as connection:
        connection.execute(text("UPDATE package SET title = 'Another'"))
    assert changeable.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_static_files_are_kept_for_ever_under_their_digest(filled: TestClient) -> None:
    address = re.search(r'href="(/static/site\.[0-9a-f]+\.css)"', filled.get("/").text)
    assert address is not None
    answer = filled.get(address[1])
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert filled.get("/static/site.css").status_code == 404
    assert filled.get("/static/..%2Fapp.py").status_code == 404
    assert filled.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_the_first_page_is_small(filled: TestClient) -> None:
    page = filled.get("/", headers={"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) < 100_000


def test_status_tells_of_a_running_and_of_a_failed_import(changeable: TestClient, session: Session) -> None:
    assert changeable.get("/api/v1/status").json()["packages"] == 33
    run = start_run(session, "arxiv", {})
    note_progress(session, run, Tally(created=40), step="cs.LG", expected=200)
    session.commit()
    importing = changeable.get("/api/v1/status").json()["importing"]
    assert (importing["state"], importing["step"], importing["done"], importing["expected"]) == (
        "running",
        "cs.LG",
        40,
        200,
    )
    assert importing["sentence"] in changeable.get("/").text
    sentence = "arXiv cannot be reached: import a dump, or set DISCOVERIES_ARXIV_API_URL."
    finish_run(session, run, Tally(created=40), state="failed", error=sentence)
    session.commit()
    assert changeable.get("/api/v1/status").json()["importing"]["sentence"] == sentence
    page = changeable.get("/").text
    assert sentence in page
    assert "progress.js" not in page


def test_health_is_ok_while_the_database_answers(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_without_a_database_every_answer_is_a_503_to_try_again(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    with TestClient(create_app(settings)) as client:
        health = client.get("/healthz")
        assert health.status_code == health.json()["status"] == 503
        assert health.headers["retry-after"]
        page = client.get("/", headers={"Accept": "text/html"})
        assert page.status_code == 503
        assert "<h1>Database unavailable</h1>" in page.text


def test_an_unforeseen_error_is_a_problem_with_all_headers(engine: Engine, tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path), engine=engine)
    app.add_api_route("/api/v1/broken", lambda: 1 // 0)
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/api/v1/broken")
    assert answer.status_code == answer.json()["status"] == 500
    assert "ZeroDivisionError" not in answer.text
    assert "content-security-policy" in answer.headers


def test_items_facets_and_total_are_of_one_moment(client: TestClient, engine: Engine, tmp_path: Path) -> None:
    """A page read while an import commits shows the registry before it or after it, never between."""
    fill(engine, tmp_path, more=5)
    request = type("Asked", (), {"app": client.app})()
    reading = open_session(request)
    session = next(reading)
    before = read_feed(session, FeedQuery())
    fill(engine, tmp_path, more=20)
    assert read_feed(session, FeedQuery()) == before
    reading.close()


def test_every_problem_has_its_place_in_the_list(client: TestClient) -> None:
    listed = client.get("/problems").text
    kind = client.get("/api/v1/packages?limit=0").json()["type"]
    assert f'id="{kind.removeprefix("/problems#")}"' in listed


def test_a_page_says_why_a_papers_text_could_not_be_read(engine: Engine, tmp_path: Path) -> None:
    Pipeline(engine, BundleStore(tmp_path / "bundles")).take_in([paper("2301.00009")])
    why = "arxiv:2301.00009v1 cannot be compiled: the source is HTML, which is not read."
    with TestClient(create_app(Settings(data_dir=tmp_path), engine=engine)) as opened:
        assert why not in opened.get("/packages/arxiv/2301.00009").text
        with transaction(engine) as session:
            number = read_package(session, PackageId("arxiv", "2301.00009")).versions[0].source_version or 0
            note_begun(session, "2301.00009", number)
            note_ended(session, "2301.00009", number, AttemptState.FAILED, reason=why)
        assert why in opened.get("/packages/arxiv/2301.00009").text
