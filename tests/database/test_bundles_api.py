"""Versions, files, manifests, archives and exports over HTTP, through the whole application on a real Postgres."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from signposting import find_signposting_http_link
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from registry.ara.archives import read_archive, read_directory, write_tar_gz, write_zip
from registry.ara.artifact import Artifact, members_digest
from registry.bundles import BundleStore
from registry.database import open_engine
from registry.settings import Settings
from tests.database.conftest import TestServer
from tests.database.registry_content import FLASH, OLD, fill
from tests.factories import paper
from web.app import create_app
from web.pipeline import Pipeline

FLASH_V1 = "/api/v1/packages/arxiv/2205.14135/versions/1"
OLD_V1 = "/api/v1/packages/arxiv/hep-th/9901001/versions/1"
COMPLETE = read_directory(Path(__file__).parents[1] / "fixtures" / "aras" / "complete")
HOSTILE = Artifact(
    {
        **COMPLETE.files,
        "trajectory.html": b"<script>document.title = 'owned'</script><h1>Steps</h1>",
        "evidence/x.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "src/execution/x.js": b"alert(1)",
        "src/execution/x.css": b"body { display: none }",
        "data/x.xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
        "data/mystery": b"\x00\x01",
        'data/a "b" \u00fc.txt': b"odd name",
    }
)


@pytest.fixture(scope="module")
def filled(
    server: TestServer, template: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[TestClient]:
    """A registry with imported papers, for tests that only read."""
    name = f"bundles_{worker_id}"
    server.execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    engine = open_engine(server.url(name))
    folder = tmp_path_factory.mktemp("bundles")
    fill(engine, folder)
    changed = paper("2205.14135", title="Another title", abstract="We show that it is exact.", version=3)
    Pipeline(engine, BundleStore(folder / "bundles")).take_in([changed])
    with TestClient(create_app(Settings(data_dir=folder), engine=engine), follow_redirects=False) as opened:
        yield opened
    engine.dispose()
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    """The application on an empty registry of this test alone."""
    with TestClient(create_app(Settings(data_dir=tmp_path), engine=engine), follow_redirects=False) as opened:
        yield opened


def publish(client: TestClient, artifact: Artifact) -> dict[str, Any]:
    """Publish as the Hub's clients do; every file as base64."""
    files = [{"path": path, "b64": base64.b64encode(one).decode()} for path, one in artifact.files.items()]
    body = {"title": "T", "authors": ["Ada Lovelace"], "domain": "", "headline": "", "abstract": "", "files": files}
    answer = client.post("/api/ara", json={**body, "trajectory": "trajectory.html"})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def hosted(published: dict[str, Any]) -> str:
    return f"/api/v1/packages/hosted/{published['slug']}/versions/1"


@pytest.fixture(scope="module")
def hostile(filled: TestClient) -> str:
    """The address of a hosted version full of files that would do harm."""
    return hosted(publish(filled, HOSTILE))


def test_the_versions_of_a_package(filled: TestClient) -> None:
    answer = filled.get("/api/v1/packages/arxiv/2205.14135/versions").json()
    assert (answer["id"], answer["current"]) == ("arxiv:2205.14135", 2)
    assert [one["version"] for one in answer["versions"]] == [2, 1]
    for one in answer["versions"]:
        detail = filled.get(one["links"]["version"]).json()
        assert detail["digest"] == one["digest"]
        assert detail["current"] == (one["version"] == 2)
        for link in ("paper", "files", "manifest", "tar_gz", "zip", "page"):
            assert filled.get(detail["links"][link]).status_code == 200, link


@pytest.mark.parametrize("address", [FLASH_V1, OLD_V1, OLD_V1.replace("hep-th/", "hep-th%2F")])
def test_archives_hold_the_artifact_and_prove_it(filled: TestClient, address: str) -> None:
    detail = filled.get(address).json()
    packed, zipped = filled.get(f"{address}/bundle.tar.gz"), filled.get(f"{address}/bundle.zip")
    artifact = read_archive(packed.content)
    assert artifact.digest == read_archive(zipped.content).digest == detail["digest"]
    assert packed.headers["ara-digest"] == zipped.headers["ara-digest"] == f"sha256:{detail['digest']}"
    assert hashlib.sha256(packed.content).hexdigest() == detail["archives"][0]["sha256"]
    assert (write_tar_gz(artifact), write_zip(artifact)) == (packed.content, zipped.content)
    assert packed.headers["content-type"] == "application/gzip"
    assert zipped.headers["content-type"] == "application/zip"
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_an_archive_has_a_name_that_fits_on_a_disk(filled: TestClient) -> None:
    disposition = filled.get(f"{OLD_V1}/bundle.tar.gz").headers["content-disposition"]
    assert disposition == 'attachment; filename="arxiv-hep-th-9901001-v1.tar.gz"'


def test_a_broken_download_goes_on(filled: TestClient) -> None:
    whole = filled.get(f"{FLASH_V1}/bundle.tar.gz")
    rest = filled.get(f"{FLASH_V1}/bundle.tar.gz", headers={"Range": "bytes=100-", "If-Range": whole.headers["etag"]})
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    again = filled.get(f"{FLASH_V1}/bundle.tar.gz", headers={"If-None-Match": whole.headers["etag"]})
    assert again.status_code == 304
    head = filled.head(f"{FLASH_V1}/bundle.zip")
    assert (head.status_code, head.content) == (200, b"")


def test_the_manifest_proves_the_bundle_file_by_file(filled: TestClient) -> None:
    manifest = filled.get(f"{FLASH_V1}/manifest.json").json()
    listed = [(one["path"], one["size"], one["sha256"]) for one in manifest["files"]]
    assert members_digest(listed) == manifest["digest"] == filled.get(FLASH_V1).json()["digest"]
    for one in manifest["files"]:
        answer = filled.get(one["url"])
        assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]
        assert answer.headers["content-type"] == one["media_type"]
    assert manifest["rendition"] == {"level": "metadata", "digest": manifest["digest"], "served": True}
    assert manifest["licence"] == {"url": FLASH.license, "name": "CC BY"}
    assert (manifest["source_version"], manifest["cause"]) == (2, "arxiv-version")


def test_the_manifest_has_the_binding_graph_with_what_dangles(client: TestClient) -> None:
    files = dict(HOSTILE.files)
    files["logic/claims.md"] = files["logic/claims.md"].replace(b"E01", b"E77")
    bound = client.get(f"{hosted(publish(client, Artifact(files)))}/manifest.json").json()["bindings"]
    dangling = [one for one in bound["bindings"] if not one["resolved"]]
    assert bound["dangling"] == len(dangling) > 0
    assert {"from": "C01", "to": "E77", "kind": "claim-experiment"}.items() <= dangling[0].items()
    assert {one["kind"] for one in bound["things"]} >= {"claim", "experiment", "exhibit", "node"}
    assert any(one["resolved"] for one in bound["bindings"] if one["kind"] == "experiment-evidence")


def test_one_layer_as_a_list_and_as_a_text(filled: TestClient) -> None:
    listed = filled.get(f"{FLASH_V1}/files?layer=logic").json()
    assert {one["layer"] for one in listed["files"]} == {"logic"}
    assert listed["total_bytes"] == sum(one["size"] for one in listed["files"])
    document = filled.get(f"{FLASH_V1}/files?layer=logic", headers={"Accept": "text/markdown"})
    assert document.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "Accept" in document.headers["vary"]
    for one in listed["files"]:
        assert one["path"] in document.text
        assert filled.get(one["url"]).text.strip() in document.text
    assert "trace/exploration_tree.yaml" not in document.text
    assert "trace/exploration_tree.yaml" in filled.get(f"{FLASH_V1}/files", headers={"Accept": "text/markdown"}).text


@pytest.mark.parametrize(
    "address",
    ["/packages/arxiv/hep-th/9901001", "/packages/arxiv/hep-th/9901001/v1", OLD_V1.removesuffix("/versions/1")],
)
def test_markdown_of_a_package_is_its_paper_and_leads_on(filled: TestClient, address: str) -> None:
    answer = filled.get(address, headers={"Accept": "text/markdown"})
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text == filled.get(f"{OLD_V1}/files/PAPER.md").text
    assert OLD.title in answer.text
    assert "Accept" in answer.headers["vary"]
    assert "Accept" in filled.get(address).headers["vary"]
    layers = re.findall(r'<([^>]+)>; rel="section"', answer.headers["link"])
    assert [layer.rpartition("=")[2] for layer in layers] == ["logic", "src", "trace", "evidence"]
    for address_ in layers:
        assert filled.get(address_, headers={"Accept": "text/markdown"}).status_code == 200


def test_a_browser_still_gets_the_page(filled: TestClient) -> None:
    answer = filled.get("/packages/arxiv/2205.14135", headers={"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "part", ["bundle.tar.gz", "bundle.zip", "manifest.json", "files", "files/PAPER.md", "export/cff"]
)
def test_parts_of_the_package_lead_to_its_current_version(filled: TestClient, part: str) -> None:
    answer = filled.get(f"/api/v1/packages/arxiv/2205.14135/{part}?layer=logic")
    assert answer.status_code == 307
    assert answer.headers["location"] == f"/api/v1/packages/arxiv/2205.14135/versions/2/{part}?layer=logic"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/packages/arxiv/2205.14135/versions/3", 404),
        ("/api/v1/packages/arxiv/2205.14135/versions/0", 404),
        ("/api/v1/packages/arxiv/2205.14135/versions/99999999999999999999", 404),
        ("/api/v1/packages/arxiv/2205.14135/versions/x", 404),
        ("/api/v1/packages/arxiv/2999.00001/versions", 400),
        ("/api/v1/packages/arxiv/2301.99999/versions", 404),
        (f"{FLASH_V1}/files/nothing.md", 404),
        (f"{FLASH_V1}/files/..%2f..%2fetc/passwd", 404),
        (f"{FLASH_V1}/files//etc/passwd", 404),
        (f"{FLASH_V1}/files/PAPER.md/", 404),
        (f"{FLASH_V1}/files/%00", 404),
        (f"{FLASH_V1}/files?layer=nonsense", 400),
        (f"{FLASH_V1}/files?laier=logic", 400),
        (f"{FLASH_V1}/export/docx", 400),
        (f"{FLASH_V1}/bundle.rar", 404),
        ("/api/v1/packages/arxiv/2205.14135/nonsense", 404),
        ("/api/v1/packages/arxiv/2205.14135/diff?from=1", 400),
        ("/api/v1/packages/arxiv/2205.14135/diff?from=1&to=x", 400),
        ("/api/v1/packages/arxiv/2205.14135/diff?from=1&to=9", 404),
        ("/api/v1/bundles/" + "0" * 64, 404),
        ("/api/v1/bundles/" + "0" * 64 + ".tar.gz", 404),
        ("/api/v1/bundles/nonsense.zip", 404),
    ],
)
def test_garbage_is_refused_as_a_problem(filled: TestClient, address: str, status: int) -> None:
    answer = filled.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_every_file_is_served_so_that_it_cannot_run_here(filled: TestClient, hostile: str) -> None:
    listed = filled.get(f"{hostile}/files").json()["files"]
    assert {one["path"] for one in listed} == set(HOSTILE.files)
    for one in listed:
        answer = filled.get(one["url"])
        assert answer.status_code == 200, one["path"]
        assert answer.content == HOSTILE.files[one["path"]]
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert "allow-scripts" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("path", "media_type", "how"),
    [
        ("trajectory.html", "text/html; charset=utf-8", "inline"),
        ("evidence/x.svg", "image/svg+xml", "inline"),
        ("src/execution/x.js", "text/plain; charset=utf-8", "inline"),
        ("src/execution/x.css", "text/plain; charset=utf-8", "inline"),
        ("data/mystery", "application/octet-stream", "attachment"),
        ("PAPER.md", "text/markdown; charset=utf-8", "inline"),
        ("trace/exploration_tree.yaml", "application/yaml; charset=utf-8", "inline"),
        ("evidence/figures/figure1_curves.png", "image/png", "inline"),
    ],
)
def test_each_kind_of_file_has_its_type(filled: TestClient, hostile: str, path: str, media_type: str, how: str) -> None:
    answer = filled.get(f"{hostile}/files/{path}")
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"].startswith(f"{how}; filename=")


def test_an_odd_name_is_found_and_told_safely(filled: TestClient, hostile: str) -> None:
    listed = filled.get(f"{hostile}/files").json()["files"]
    [address] = [one["url"] for one in listed if one["path"].startswith("data/a ")]
    answer = filled.get(address)
    assert answer.content == b"odd name"
    assert answer.headers["content-disposition"] == (
        "inline; filename=\"a _b_ _.txt\"; filename*=UTF-8''a%20%22b%22%20%C3%BC.txt"
    )


def test_a_withdrawn_package_is_gone_but_its_digest_still_opens_it(client: TestClient) -> None:
    published = publish(client, HOSTILE)
    address = hosted(published)
    before = client.get(f"{address}/bundle.tar.gz")
    digest = before.headers["ara-digest"].removeprefix("sha256:")
    assert (
        client.get(f"/api/v1/bundles/{digest}.tar.gz").headers["cache-control"].startswith("public, max-age=31536000")
    )
    answer = client.delete(f"/api/ara/{published['slug']}", headers={"x-ara-token": published["update_token"]})
    assert answer.status_code == 200
    for part in ("", "/bundle.tar.gz", "/bundle.zip", "/manifest.json", "/files", "/files/PAPER.md", "/export/bibtex"):
        assert client.get(f"{address}{part}").status_code == 410, part
    known = client.get(f"/api/v1/bundles/{digest}").json()
    assert members_digest((one["path"], one["size"], one["sha256"]) for one in known["files"]) == digest
    assert [(one["version"], one["withdrawn"] is not None) for one in known["versions"]] == [(1, True)]
    again = client.get(f"/api/v1/bundles/{digest}.tar.gz")
    assert again.content == before.content
    assert (again.headers["cache-control"], again.headers["x-robots-tag"]) == ("no-cache", "noindex")
    assert read_archive(client.get(f"/api/v1/bundles/{digest}.zip").content).digest == digest


def test_damaged_bytes_are_an_error_and_not_an_answer(client: TestClient, tmp_path: Path) -> None:
    address = hosted(publish(client, HOSTILE))
    [pack] = (tmp_path / "bundles").glob("??/*")
    pack.write_bytes(bytes(pack.stat().st_size))
    with TestClient(client.app, raise_server_exceptions=False) as opened:
        for part in ("bundle.tar.gz", "bundle.zip", "files/PAPER.md"):
            answer = opened.get(f"{address}/{part}")
            assert answer.status_code == 500
            assert answer.json()["title"] == "Bundle digest mismatch"


def test_exports_by_address_and_by_accept(filled: TestClient) -> None:
    page = "/packages/arxiv/2205.14135/v1"
    for name, kind in (
        ("bibtex", "application/x-bibtex"),
        ("csl-json", "application/vnd.citationstyles.csl+json"),
        ("schema-org", "application/ld+json"),
    ):
        exported = filled.get(f"{FLASH_V1}/export/{name}")
        assert exported.headers["content-type"].startswith(kind)
        assert filled.get(page, headers={"Accept": kind}).text == exported.text
    assert r"$2.4\times$ Faster on H$_2$O" in filled.get(f"{FLASH_V1}/export/bibtex").text
    [item] = filled.get(f"{FLASH_V1}/export/csl-json").json()
    assert item["title"] == "FlashAttention: 2.4× Faster on H₂O"  # of version 1, though the package has another now
    crate = filled.get(f"{FLASH_V1}/export/ro-crate").json()
    listed = filled.get(f"{FLASH_V1}/files").json()["files"]
    assert {one["@id"] for one in crate["@graph"]} >= {one["path"] for one in listed}
    links = filled.get(f"{FLASH_V1}/export/linkset").json()["linkset"][0]
    assert {one["href"].removeprefix("http://testserver") for one in links["item"]} >= {one["url"] for one in listed}
    assert "cff-version: 1.2.0" in filled.get(f"{FLASH_V1}/export/cff").text


def test_a_page_signposts_itself_in_header_and_head(filled: TestClient) -> None:
    answer = filled.get("/packages/arxiv/2205.14135/v1")
    found = find_signposting_http_link([answer.headers["link"]], "http://testserver/packages/arxiv/2205.14135/v1")
    assert str(found.citeAs.target) == "http://testserver/packages/arxiv/2205.14135/v1"
    document = lxml.html.document_fromstring(answer.text)
    in_head = {(link.get("rel"), link.get("href")) for link in document.iter("link")}
    in_header = {(one.rel.value, str(one.target)) for one in found.signposts}
    assert in_header <= in_head
    for one in (*found.items, *found.describedBy, *found.linksets):
        assert filled.get(str(one.target)).status_code == 200
    [block] = document.xpath('//script[@type="application/ld+json"]')
    described = json.loads(block.text)
    assert described["name"] == "FlashAttention: 2.4× Faster on H₂O"


def test_json_ld_cannot_leave_its_block(filled: TestClient) -> None:
    page = filled.get("/packages/arxiv/2301.00003").text
    assert '<script>alert("x")' not in page
    [block] = lxml.html.document_fromstring(page).xpath('//script[@type="application/ld+json"]')
    assert json.loads(block.text)["@type"] == "Dataset"


def test_the_difference_as_json_and_as_a_page(filled: TestClient) -> None:
    answer = filled.get("/api/v1/packages/arxiv/2205.14135/diff?from=v1&to=2").json()
    assert (answer["from"]["version"], answer["to"]["version"], answer["same"]) == (1, 2, False)
    assert [one["id"] for one in answer["claims"]["changed"]] == ["C01"]
    assert {one["name"] for one in answer["paper"]} >= {"title", "abstract"}
    page = filled.get("/packages/arxiv/2205.14135/diff/v1..v2")
    assert page.status_code == 200
    document = lxml.html.document_fromstring(page.text)
    assert "Another" in " ".join(one.text_content() for one in document.iter("ins"))
    assert document.xpath('//h2[@id="claims"]')
    assert not document.xpath("//script[not(@src)]")
    same = filled.get("/packages/arxiv/2205.14135/diff/v1..v1")
    assert "the same, byte for byte" in same.text
    assert "/packages/arxiv/2205.14135/diff/v1..v2" in filled.get("/packages/arxiv/2205.14135").text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/packages/arxiv/2205.14135/diff/1..2", 301),
        ("/packages/arxiv/2205.14135/diff/v1..v9", 404),
        ("/packages/arxiv/2205.14135/diff/rubbish", 404),
        ("/packages/arxiv/2205.14135/diff/v1..", 404),
        ("/packages/arXiv/2205.14135/files", 301),
        ("/packages/arxiv/nonsense/files", 404),
        ("/packages/arxiv/2205.14135/v9/files", 404),
        ("/packages/arxiv/hep-th/9901001/files", 200),
        ("/packages/arxiv/2205.14135/v1/files", 200),
    ],
)
def test_pages_of_files_and_differences(filled: TestClient, address: str, status: int) -> None:
    assert filled.get(address).status_code == status


def test_the_page_of_files_links_every_file(filled: TestClient) -> None:
    page = lxml.html.document_fromstring(filled.get("/packages/arxiv/2205.14135/v1/files").text)
    links = {link.get("href") for link in page.iter("a")}
    listed = filled.get(f"{FLASH_V1}/files").json()["files"]
    assert links >= {one["url"] for one in listed} | {f"{FLASH_V1}/bundle.tar.gz", f"{FLASH_V1}/export/bibtex"}


def test_two_versions_of_equal_content_share_one_bundle(client: TestClient, engine: Engine) -> None:
    first, second = publish(client, HOSTILE), publish(client, HOSTILE)
    assert client.get(f"{hosted(first)}/bundle.tar.gz").content == client.get(f"{hosted(second)}/bundle.tar.gz").content
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM bundle")).scalar_one() == 1
    known = client.get(f"/api/v1/bundles/{HOSTILE.digest}").json()
    assert {one["id"] for one in known["versions"]} == {f"hosted:{one['slug']}" for one in (first, second)}
