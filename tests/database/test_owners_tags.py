"""Owners give and take tags of what they published; nobody else does, and bans and origins are not theirs to change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from registry.bundles import BundleStore
from registry.database import transaction
from registry.identities import add_identity
from registry.settings import Settings
from registry.standing import Scope
from registry.tag_sources import MAX_CHOICES
from registry.tags import Vocabulary
from registry.tokens import make_token
from tests.factories import paper
from tests.hub_client import bearer, body, published
from web.app import create_app
from web.pipeline import Pipeline
from web.retagging import retag


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    (tmp_path / "tags.toml").write_text('ban = ["blockchain"]\n')
    settings = Settings(data_dir=tmp_path, tags_file=tmp_path / "tags.toml")
    with TestClient(create_app(settings, engine=engine), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def address(client: TestClient) -> tuple[str, dict[str, str]]:
    """A package published without an account: where it is, and the headers that may change it."""
    made = published(client, title="Evicting the KV cache of language models")
    return f"/api/v1/packages/hosted/{made['slug']}", {"x-ara-token": made["update_token"]}


def tags(client: TestClient, path: str) -> list[str]:
    return list(client.get(path).json()["tags"])


def test_the_owner_gives_a_tag_in_any_spelling(client: TestClient, address: tuple[str, dict[str, str]]) -> None:
    path, headers = address
    before = tags(client, path)
    assert "kv-cache" in before
    answer = client.put(f"{path}/tags/LLM%20serving", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["tags"][0] == "llm-serving"
    assert set(tags(client, path)) == {"llm-serving", *before}
    reasons = {one["tag"]: one for one in client.get(path).json()["tag_reasons"]}
    assert reasons["llm-serving"]["where"] == "owner"
    assert reasons["kv-cache"]["words"]
    assert "Given by the package" in client.get(path.removeprefix("/api/v1")).text


def test_what_the_owner_took_stays_away(
    client: TestClient, address: tuple[str, dict[str, str]], engine: Engine
) -> None:
    path, headers = address
    assert client.delete(f"{path}/tags/kv-cache", headers=headers).status_code == 200
    assert "kv-cache" not in tags(client, path)
    again = client.put(
        f"/api/ara/{path.rpartition('/')[2]}", json=body(title="More on the KV cache, revised"), headers=headers
    )
    assert again.status_code == 200, again.text
    list(retag(engine, Vocabulary.load(), anew=True))
    assert "kv-cache" not in tags(client, path)
    assert client.put(f"{path}/tags/kv-cache", headers=headers).status_code == 200
    assert "kv-cache" in tags(client, path)


def test_taking_a_tag_that_was_given_by_hand_gives_it_up(
    client: TestClient, address: tuple[str, dict[str, str]], engine: Engine
) -> None:
    path, headers = address
    before = tags(client, path)
    client.put(f"{path}/tags/gardening", headers=headers)
    assert client.delete(f"{path}/tags/gardening", headers=headers).status_code == 200
    assert tags(client, path) == before
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM tag_choice")).scalar() == 0


def test_never_more_than_eight_and_no_list_without_end(client: TestClient, address: tuple[str, dict[str, str]]) -> None:
    path, headers = address
    answers = [client.put(f"{path}/tags/word{'x' * n}", headers=headers) for n in range(1, MAX_CHOICES + 2)]
    assert [answer.status_code for answer in answers] == [200] * MAX_CHOICES + [400]
    assert len(tags(client, path)) == 8


def test_others_are_refused(client: TestClient, address: tuple[str, dict[str, str]], engine: Engine) -> None:
    path, _ = address
    with transaction(engine) as session:
        add_identity(session, "eve", name="Eve")
        eve = make_token(session, "eve", scopes=[Scope.PUBLISH])[0]
    assert client.put(f"{path}/tags/attention").status_code == 401
    assert client.put(f"{path}/tags/attention", headers={"x-ara-token": "0" * 32}).status_code == 403
    assert client.put(f"{path}/tags/attention", headers=bearer(eve)).status_code == 403
    assert client.delete(f"{path}/tags/kv-cache", headers=bearer(eve)).status_code == 403
    assert client.put("/api/v1/packages/hosted/aaaaaaaa/tags/attention", headers=bearer(eve)).status_code == 404


def test_an_imported_packages_tags_are_its_words(client: TestClient, engine: Engine, tmp_path: Path) -> None:
    Pipeline(engine, BundleStore(tmp_path)).take_in([paper()])
    answer = client.put("/api/v1/packages/arxiv/2301.00001/tags/attention", headers={"x-ara-token": "0" * 32})
    assert answer.status_code == 403
    assert "map, merge and ban" in answer.json()["detail"]


@pytest.mark.parametrize("tag", ["blockchain", "arxiv-import", "ai-generated-research", "x" * 101, "12", "%20"])
def test_what_can_be_no_tag_is_refused(client: TestClient, address: tuple[str, dict[str, str]], tag: str) -> None:
    path, headers = address
    before = tags(client, path)
    assert client.put(f"{path}/tags/{tag}", headers=headers).status_code == 400
    assert client.delete(f"{path}/tags/{tag}", headers=headers).status_code == 400
    assert tags(client, path) == before


def test_taking_what_is_not_there_is_said(client: TestClient, address: tuple[str, dict[str, str]]) -> None:
    path, headers = address
    assert client.delete(f"{path}/tags/gardening", headers=headers).status_code == 404
