"""What a licence withholds reaches nobody: every address that the registry documents is asked for it."""

from __future__ import annotations

import io
import json
import re
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from importers.arxiv_source import read_directory
from importers.compiler.eprint import compile_eprint
from importers.compiler.fulltext import FullCompilation
from importers.compiler.metadata import compile_metadata, metadata_input
from registry.bundles import BundleStore
from registry.database import transaction
from registry.identities import add_identity
from registry.search.documents import batches
from registry.settings import Settings
from registry.standing import Scope, Tier
from registry.tokens import make_token
from tests.factories import paper
from web.app import create_app
from web.full_renditions import publish_full
from web.opening import OpenRegistry

SOURCE = Path(__file__).resolve().parents[1] / "papers" / "cachewise"
CLOSED = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
PAGES = (
    "/", "/packages/arxiv/2301.00001", "/packages/arxiv/2301.00001/v2", "/packages/arxiv/2301.00001/claims/C01",
    "/packages/arxiv/2301.00001/claims/C02", "/packages/arxiv/2301.00001/v2/claims/C02", "/status", "/tags/kv-cache",
    "/packages/arxiv/2301.00001/v2/files/logic/claims.md", "/packages/arxiv/2301.00001/files/logic/claims.md",
    "/packages/arxiv/2301.00001/diff?from=1&to=2",
)  # fmt: skip


@pytest.fixture(scope="module")
def compiled() -> FullCompilation:
    return compile_eprint(paper(), read_directory(SOURCE))


def secrets_of(compiled: FullCompilation) -> list[str]:
    """Stretches of three words that stand in the full rendition and not in the one made of the metadata."""
    plain = compile_metadata(metadata_input(paper())).artifact.files
    known = " ".join(_plain(content) for content in plain.values())
    told = [claim.statement for claim in compiled.claims]
    told += [quote for claim in compiled.claims for quote, _ in claim.quotes]
    told += [line for line in compiled.artifact.files["logic/solution/method.md"].decode().splitlines() if " " in line]
    stretches = {
        " ".join(words[at : at + 3])
        for text in told
        if (words := _plain(text.encode()).split())
        for at in range(len(words) - 2)
    }
    return sorted(stretch for stretch in stretches if stretch not in known and len(stretch) > 18)


def _plain(content: bytes) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", content.decode(errors="replace").lower()))


@pytest.fixture
def client(engine: Engine, database_url: str, tmp_path: Path, compiled: FullCompilation) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path)
    registry = OpenRegistry(settings, database_url, engine, BundleStore(tmp_path / "bundles"))
    one = paper(license=CLOSED)
    registry.pipeline().take_in([one, paper("2301.00002", license=CLOSED)])
    publish_full(registry, one, compiled)
    with TestClient(create_app(settings, engine=engine)) as opened:
        yield opened


def addresses(client: TestClient, compiled: FullCompilation) -> Iterator[str]:
    """Every documented GET, with every value that could name the withheld text, and the pages."""
    digest = compiled.artifact.digest
    given = {
        "text": ["arxiv/2301.00001", "arxiv:2301.00001"], "package": ["arxiv/2301.00001"], "id": ["arxiv:2301.00001"],
        "namespace": ["arxiv"], "name": ["2301.00001"], "number": ["1", "2"], "version": ["1", "2"],
        "digest": [digest, f"{digest}.tar.gz", f"{digest}.zip"], "path": ["logic/claims.md", "provenance.json"],
        "format": ["bibtex", "csl-json", "citation-cff", "ro-crate", "schema-org"], "claim": ["C01", "C02"],
        "claim_id": ["C01", "C02"], "file": ["logic/claims.md"], "tag": ["kv-cache"], "reference": ["arxiv:2301.00001"],
    }  # fmt: skip
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        if "get" not in operations:
            continue
        names = re.findall(r"\{(\w+)(?::\w+)?\}", path)
        for values in product(*(given.get(name, ["arxiv/2301.00001", "2"]) for name in names)):
            filled = path
            for name, value in zip(names, values, strict=True):
                filled = re.sub(rf"\{{{name}(?::\w+)?\}}", value, filled)
            yield filled
            wanted = {one["name"] for one in operations["get"].get("parameters", []) if one["in"] == "query"}
            if "q" in wanted:
                yield from (f"{filled}?q={word}" for word in ("pages", "fragmentation", "memory+waste", "cachewise"))
            if {"from", "to"} <= wanted:
                yield f"{filled}?from=1&to=2"
            if "digest" in wanted:
                yield f"{filled}?digest={digest}"
    for ending in ("bundle.tar.gz", "bundle.zip", "manifest.json", "manifest", "files", "claims", "events", "diff/1"):
        yield f"/api/v1/packages/arxiv/2301.00001/versions/2/{ending}"
        yield f"/api/v1/packages/arxiv/2301.00001/{ending}"
    for name in compiled.artifact.files:
        yield f"/api/v1/packages/arxiv/2301.00001/versions/2/files/{name}"
        yield f"/raw/hosted/arxiv:2301.00001/{name}"
    yield from PAGES
    yield from (f"/?q={word}" for word in ("pages", "fragmentation", "cachewise"))


def opened(content: bytes) -> str:
    """A body's text; an archive's members' as well."""
    if content.startswith(b"\x1f\x8b"):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            parts = [member for one in archive.getmembers() if (member := archive.extractfile(one)) is not None]
            return " ".join(_plain(member.read()) for member in parts)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return " ".join(_plain(archive.read(name)) for name in archive.namelist())
    return _plain(content)


def test_no_address_gives_what_the_licence_withholds(client: TestClient, compiled: FullCompilation) -> None:
    secrets = secrets_of(compiled)
    assert len(secrets) > 30
    leaks: dict[str, str] = {}
    asked = 0
    for address in dict.fromkeys(addresses(client, compiled)):
        for accept in ("application/json", "text/html", "text/markdown"):
            answer = client.get(address, headers={"Accept": accept})
            asked += answer.status_code == 200
            body = opened(answer.content)
            if answer.status_code >= 500 or (found := next((one for one in secrets if one in body), None)):
                leaks[f"{address} as {accept}"] = str(answer.status_code) if answer.status_code >= 500 else str(found)
    assert not leaks
    assert asked > 60


def test_the_same_questions_find_it_where_it_is_served(
    engine: Engine, client: TestClient, tmp_path: Path, compiled: FullCompilation
) -> None:
    secrets = secrets_of(compiled)
    with TestClient(create_app(Settings(data_dir=tmp_path, serve_full_text=True), engine=engine)) as private:
        for address in ("versions/2/files/logic/claims.md", "versions/2/bundle.zip", "versions/2/bundle.tar.gz"):
            body = opened(private.get(f"/api/v1/packages/arxiv/2301.00001/{address}").content)
            assert any(secret in body for secret in secrets), address


def bearer(engine: Engine, handle: str, *scopes: Scope) -> dict[str, str]:
    """A token of somebody known who may do these things, and is not the paper's owner."""
    with transaction(engine) as session:
        add_identity(session, handle, tier=Tier.VERIFIED)
        return {"Authorization": f"Bearer {make_token(session, handle, scopes=list(scopes))[0]}"}


def bodies(compiled: FullCompilation, shown: str) -> Iterator[dict[str, object] | str]:
    """What a writer might send to have the text told back: ids, digests and paths of it, and nonsense."""
    for digest in (compiled.artifact.digest, shown):
        for claim in ("C01", "C02", "C99"):
            yield {"digest": digest, "results": [{"claim": claim, "outcome": "reproduced"}]}
    yield {"slug": "arxiv/2301.00001", "from": "arxiv/2301.00001@2", "files": {"logic/claims.md": None}}
    yield {
        "files": {"PAPER.md": "# P", "logic/related_work.md": "See arxiv:2301.00001@2/claims/C02"},
        "extends": "arxiv:2301.00001",
    }
    yield {"owner": "a", "repo": "b", "ref": "arxiv:2301.00001", "path": "logic/claims.md"}
    yield {"tag": "kv-cache", "because": "arxiv:2301.00001#C02"}
    yield "not json"


def test_no_writing_address_gives_it_either(client: TestClient, engine: Engine, compiled: FullCompilation) -> None:
    secrets, document = secrets_of(compiled), client.get("/openapi.json").json()
    shown = str(client.get("/api/v1/packages/arxiv/2301.00001").json()["versions"][0]["digest"])
    headers: list[dict[str, str]] = [{}, bearer(engine, "eve", *Scope)]
    given = {
        "namespace": "arxiv",
        "name": "2301.00001",
        "slug": "arxiv:2301.00001",
        "tag": "kv-cache",
        "report_id": "0" * 16,
    }
    asked = 0
    for path, operations in document["paths"].items():
        filled = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: given.get(found[1], "C02"), path)
        for method in operations.keys() & {"post", "put", "patch", "delete"}:
            for body, header in product(bodies(compiled, shown), headers):
                sent = {"json": body} if isinstance(body, dict) else {"content": body}
                told = (
                    client.request(method, filled, headers=header, **sent)
                    if method != "delete"
                    else client.delete(filled)
                )
                text = _plain(told.content)
                assert told.status_code < 500, f"{method} {filled} {body}"
                assert not [secret for secret in secrets if secret in text], f"{method} {filled} {body}"
                asked += 1
    assert asked > 60


def test_a_report_on_a_withheld_claim_says_nothing_of_it(
    client: TestClient, engine: Engine, compiled: FullCompilation
) -> None:
    said = {"digest": compiled.artifact.digest, "results": [{"claim": "C02", "outcome": "failed"}]}
    path = "/api/v1/packages/arxiv/2301.00001/reproductions"
    told = [client.post(path, json=said, headers=bearer(engine, "eve", Scope.REPORT))]
    told += [client.get(path), client.get("/packages/arxiv/2301.00001"), client.get("/api/v1/attention/events")]
    secrets = secrets_of(compiled)
    for answer in told:
        text = _plain(answer.content)
        assert not [secret for secret in secrets if secret in text]


def test_what_the_mirror_of_the_search_is_sent_holds_nothing_of_it(
    client: TestClient, engine: Engine, compiled: FullCompilation
) -> None:
    with transaction(engine) as session:
        documents = [document for batch in batches(session, size=10) for document in batch]
    assert [document["id"] for document in documents] == ["arxiv:2301.00001", "arxiv:2301.00002"]
    text = _plain(json.dumps(documents).encode())
    assert not [secret for secret in secrets_of(compiled) if secret in text]
