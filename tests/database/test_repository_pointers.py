"""``/api/submit``: an artifact in a repository is registered only after it could be read there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from registry.settings import Settings
from web.app import create_app

TREE = "/ada/ara-tea/main/trace/exploration_tree.yaml"


@pytest.fixture
def client(engine: Engine, tmp_path: Path, httpserver: HTTPServer) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path, github_raw_url=httpserver.url_for("/"), daily_submissions=5)
    with TestClient(create_app(settings, engine=engine), follow_redirects=False) as opened:
        yield opened


def pointer(**changes: Any) -> dict[str, Any]:
    """What the client sends; None leaves a key out."""
    given = {
        "slug": "ara-tea", "title": "Tea", "owner": "ada", "repo": "ara-tea", "branch": "main", "domain": "physics",
        "authors": ["Ada Lovelace"], "trajectory": "trajectory.html", "submittedAt": "2026-11-23",
    }  # fmt: skip
    return {name: value for name, value in (given | changes).items() if value is not None}


def rows(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT owner, repo, title FROM repository_pointer"))]


def test_a_repository_that_could_be_read_is_registered_and_again_is_an_update(
    client: TestClient, engine: Engine, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(TREE).respond_with_data("tree: []\n")
    answer = client.post("/api/submit", json=pointer())
    assert answer.status_code == 201, answer.text
    assert answer.json() == {
        "ok": True,
        "backend": "discoveries",
        "slug": "ara-tea",
        "url": "http://testserver/ara/ada/ara-tea",
    }
    assert client.post("/api/submit", json=pointer(title="Tea, again", unknown=1)).status_code == 201
    assert rows(engine) == [("ada", "ara-tea", "Tea, again")]
    assert client.get("/ara/ada/ara-tea").headers["location"] == "https://github.com/ada/ara-tea/tree/main"
    assert client.get("/ara/ada/other").status_code == 404


@pytest.mark.parametrize(
    ("status", "answered", "words"), [(404, 400, "has no trace"), (500, 501, "answered 500"), (302, 501, "302")]
)
def test_a_repository_that_does_not_give_its_tree_is_not(
    client: TestClient, engine: Engine, httpserver: HTTPServer, status: int, answered: int, words: str
) -> None:
    headers = {"Location": httpserver.url_for("/elsewhere")} if status == 302 else {}
    httpserver.expect_request(TREE).respond_with_data("x", status=status, headers=headers)
    httpserver.expect_request("/elsewhere").respond_with_data("tree: []\n")
    answer = client.post("/api/submit", json=pointer())
    assert answer.status_code == answered
    assert words in answer.json()["error"]
    assert rows(engine) == []


def test_without_reach_it_is_501_with_an_error(engine: Engine, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, github_raw_url="http://127.0.0.1:1")
    with TestClient(create_app(settings, engine=engine)) as client:
        answer = client.post("/api/submit", json=pointer())
    assert answer.status_code == 501
    assert "cannot be read from here" in answer.json()["error"]
    assert rows(engine) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"owner": "hosted"}, {"owner": "Hosted"}, {"owner": "../x"}, {"owner": None}, {"repo": ".."}, {"repo": "a/b"},
        {"repo": "a?b"}, {"branch": "../../x"}, {"branch": "a b"}, {"branch": "/main"}, {"subdir": "../x"},
        {"slug": "tea"},
        {"slug": "ara-" + "a" * 60}, {"slug": "ara-Tea"}, {"title": ""}, {"title": "a\x00"}, {"authors": "Ada"},
        {"submittedAt": "yesterday"},
    ],
)  # fmt: skip
def test_a_pointer_has_a_form(client: TestClient, engine: Engine, changes: dict[str, Any]) -> None:
    answer = client.post("/api/submit", json=pointer(**changes))
    assert answer.status_code == 400, answer.text
    assert next(iter(changes)) in answer.json()["error"]
    assert rows(engine) == []


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"[" * 50_000, b'{"slug":"\xff"}', b" " * 70_000])
def test_a_body_that_is_no_pointer_is_refused(client: TestClient, raw: bytes) -> None:
    answer = client.post("/api/submit", content=raw)
    assert answer.status_code in (400, 413)
    assert isinstance(answer.json()["error"], str)


def test_registrations_are_counted_too(client: TestClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request(TREE).respond_with_data("tree: []\n")
    statuses = [client.post("/api/submit", json=pointer()).status_code for _ in range(6)]
    assert statuses == [201] * 5 + [429]
