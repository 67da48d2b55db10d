"""Two renditions of a version: which one readers get follows the licence of that very arXiv version."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from importers.arxiv_source import read_directory
from importers.compiler.eprint import compile_eprint
from importers.compiler.fulltext import FullCompilation
from registry.assessment import concepts_of
from registry.bundles import BundleStore
from registry.papers import ArxivPaper
from registry.settings import Settings
from tests.factories import paper
from web.app import create_app
from web.full_renditions import ChangedMeanwhile, publish_full
from web.opening import OpenRegistry

SOURCE = Path(__file__).resolve().parents[1] / "papers" / "cachewise"
OPEN = "http://creativecommons.org/licenses/by/4.0/"
NONCOMMERCIAL = "http://creativecommons.org/licenses/by-nc-sa/4.0/"
CLOSED = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
PATH = "/api/v1/packages/arxiv/2301.00001"


@pytest.fixture(scope="module")
def compiled() -> FullCompilation:
    made = compile_eprint(paper(), read_directory(SOURCE / "source" if (SOURCE / "source").is_dir() else SOURCE))
    assert made.level == "full"
    return made


@pytest.fixture
def registry(engine: Engine, database_url: str, tmp_path: Path) -> OpenRegistry:
    return OpenRegistry(Settings(data_dir=tmp_path), database_url, engine, BundleStore(tmp_path / "bundles"))


@pytest.fixture
def published(registry: OpenRegistry, compiled: FullCompilation) -> Callable[[str | None], ArxivPaper]:
    """Takes a paper in under a licence and publishes its full rendition."""

    def publish(licence: str | None) -> ArxivPaper:
        one = paper(license=licence)
        registry.pipeline().take_in([one])
        publish_full(registry, one, compiled)
        return one

    return publish


def reader(registry: OpenRegistry, **policy: bool) -> Iterator[TestClient]:
    settings = registry.settings.model_copy(update=policy)
    with TestClient(create_app(settings, engine=registry.engine)) as client:
        yield client


@pytest.fixture
def client(registry: OpenRegistry) -> Iterator[TestClient]:
    yield from reader(registry)


def manifest(client: TestClient, number: int = 2) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"{PATH}/versions/{number}/manifest.json").json()
    return answer


def files_of(client: TestClient, address: str) -> list[str]:
    archive = client.get(address)
    assert archive.status_code == 200
    with tarfile.open(fileobj=io.BytesIO(archive.content)) as opened:
        return opened.getnames()


def test_an_open_licence_serves_the_full_rendition(
    client: TestClient, published: Callable[[str | None], ArxivPaper], compiled: FullCompilation
) -> None:
    published(OPEN)
    told = manifest(client)
    assert told["digest"] == compiled.artifact.digest
    assert told["level"] == "full"
    assert "CC BY" in told["serving"]
    assert [one["level"] for one in told["renditions"]] == ["full", "metadata"]
    assert "evidence/tables/table1.md" in files_of(client, f"{PATH}/versions/2/bundle.tar.gz")
    package = client.get(PATH).json()
    assert package["claims"] == len(compiled.claims)
    page = client.get("/packages/arxiv/2301.00001").text
    assert "arXiv v1 from full text" in page
    listed = client.get(f"{PATH}/versions").json()["versions"]
    assert [one["digest"] for one in listed if one["version"] == 2] == [compiled.artifact.digest]
    for place in (told["attribution"], page):
        assert "Ada Lovelace (https://arxiv.org/abs/2301.00001v1" in re.sub(r"<[^>]+>", "", place)
        assert "CC BY 4.0" in place
    assert client.get(f"/api/v1/bundles/{compiled.artifact.digest}.tar.gz").status_code == 200


@pytest.mark.parametrize("licence", [CLOSED, NONCOMMERCIAL, "http://creativecommons.org/licenses/by-nc-nd/4.0/", None])
def test_any_other_licence_serves_what_the_metadata_gives_and_says_why(
    client: TestClient,
    published: Callable[[str | None], ArxivPaper],
    compiled: FullCompilation,
    licence: str | None,
) -> None:
    published(licence)
    told = manifest(client)
    assert told["level"] == "metadata"
    assert told["renditions"][1] == {"level": "full", "digest": compiled.artifact.digest, "served": False}
    assert "licence" in told["serving"]
    assert told["attribution"] is None
    assert "evidence/tables/table1.md" not in files_of(client, f"{PATH}/versions/2/bundle.tar.gz")
    assert client.get(PATH).json()["claims"] == 1
    page = client.get("/packages/arxiv/2301.00001").text
    assert "from metadata" in page
    assert compiled.claims[0].statement not in page
    for ending in ("", ".tar.gz", ".zip"):
        refused = client.get(f"/api/v1/bundles/{compiled.artifact.digest}{ending}")
        assert refused.status_code == 451
        assert "compiled from full text" in refused.json()["detail"]


def test_the_operators_word_opens_what_it_may(
    registry: OpenRegistry, published: Callable[[str | None], ArxivPaper]
) -> None:
    published(NONCOMMERCIAL)
    for policy in ({"noncommercial": True}, {"serve_full_text": True}):
        for client in reader(registry, **policy):
            assert manifest(client)["level"] == "full"


def test_a_licence_that_comes_later_opens_the_full_rendition_without_a_version(
    client: TestClient,
    registry: OpenRegistry,
    published: Callable[[str | None], ArxivPaper],
    compiled: FullCompilation,
) -> None:
    one = published(None)
    assert client.get(PATH).json()["claims"] == 1
    registry.pipeline().take_in([replace(one, license=OPEN)])
    package = client.get(PATH).json()
    assert (package["version"], package["claims"]) == (2, len(compiled.claims))
    assert manifest(client)["level"] == "full"


def test_a_full_text_makes_a_version_of_its_own_and_the_same_again_none(
    client: TestClient, registry: OpenRegistry, published: Callable[[str | None], ArxivPaper], compiled: FullCompilation
) -> None:
    one = published(OPEN)
    publish_full(registry, one, compiled)
    assert client.get(PATH).json()["version"] == 2
    first = manifest(client, 1)
    assert (first["level"], first["cause"]) == ("metadata", "arxiv-version")
    assert manifest(client, 2)["cause"] == "recompile"


def test_a_text_whose_paper_changed_meanwhile_is_not_published(
    registry: OpenRegistry, compiled: FullCompilation
) -> None:
    one = paper()
    registry.pipeline().take_in([one])
    registry.pipeline().take_in([replace(one, version=2)])
    with pytest.raises(ChangedMeanwhile, match="changed while"):
        publish_full(registry, one, compiled)


def found_by_full_text(client: TestClient, compiled: FullCompilation) -> tuple[list[str], list[str]]:
    """What a search for words of a claim and for a concept that only the full text has finds."""
    words = " ".join(compiled.claims[-1].statement.split()[:6])
    claims = client.get("/api/v1/claims", params={"q": f'"{words}"'}).json()["items"]
    concept = concepts_of(compiled.artifact)[0]
    packages = client.get("/api/v1/search", params={"q": f'"{concept}"'}).json()["items"]
    return [one["package"]["id"] for one in claims], [one["id"] for one in packages]


def test_an_open_full_text_is_found_by_its_claims_and_concepts(
    client: TestClient, published: Callable[[str | None], ArxivPaper], compiled: FullCompilation
) -> None:
    published(OPEN)
    assert found_by_full_text(client, compiled) == (["arxiv:2301.00001"], ["arxiv:2301.00001"])


@pytest.mark.parametrize("licence", [CLOSED, NONCOMMERCIAL, None])
def test_a_withheld_full_text_is_found_by_none_of_them(
    client: TestClient,
    registry: OpenRegistry,
    published: Callable[[str | None], ArxivPaper],
    compiled: FullCompilation,
    licence: str | None,
) -> None:
    published(licence)
    assert found_by_full_text(client, compiled) == ([], [])


def test_a_licence_that_closes_takes_claims_out_of_search(
    client: TestClient,
    registry: OpenRegistry,
    published: Callable[[str | None], ArxivPaper],
    compiled: FullCompilation,
) -> None:
    one = published(OPEN)
    later = None if one.updated_at is None else one.updated_at + timedelta(days=1)
    registry.pipeline().take_in([replace(one, license=CLOSED, updated_at=later)])
    assert found_by_full_text(client, compiled) == ([], [])
