"""The Hub's contract over a real Postgres, through the whole application: what its client sends, what it reads."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from registry.ara.artifact import Artifact
from registry.database import transaction
from registry.feed import FeedQuery, read_feed
from registry.identities import add_identity
from registry.settings import Settings
from registry.standing import Scope
from registry.tokens import hashed, make_token
from tests.hub_client import FILES, PICTURE, bearer, body, published
from web.api.hub_models import Manifest, PublishedArtifact
from web.app import create_app


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(data_dir=tmp_path), engine=engine), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def ada(engine: Engine) -> str:
    """A bearer token of the identity ``ada`` that may publish."""
    with transaction(engine) as session:
        add_identity(session, "ada", name="Ada Lovelace")
        return make_token(session, "ada", scopes=[Scope.PUBLISH])[0]


def rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def refused(answer: Any, status: int) -> str:
    """The sentence of a refusal, which must be there for both kinds of clients."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["error"] == said["detail"]
    assert said["ok"] is False
    assert said["status"] == status
    return str(said["error"])


# Publishing


def test_a_publication_answers_what_the_client_reads(client: TestClient) -> None:
    answer = published(client)
    slug = answer["slug"]
    assert re.fullmatch(r"[a-z0-9]{8}", slug)
    assert len(answer["update_token"]) == 32
    base = "http://testserver"
    assert (
        answer
        | {
            "ok": True,
            "url": f"{base}/ara/hosted/{slug}",
            "raw_url": f"{base}/raw/hosted/{slug}/trajectory.html",
            "manifest_url": f"{base}/api/ara/{slug}",
            "file_count": len(FILES),
            "total_bytes": sum(map(len, FILES.values())),
            "revision": 1,
            "digest": Artifact(FILES).digest,
            "unchanged": False,
        }
        == answer
    )


def test_it_is_an_ordinary_package_in_the_feed(client: TestClient, engine: Engine) -> None:
    slug = published(client)["slug"]
    with Session(engine) as session:
        [item] = read_feed(session, FeedQuery()).items
    assert (item.id, item.title, item.authors) == (f"hosted:{slug}", "Cooling of tea in open cups", ("Ada Lovelace",))
    assert (item.claims, item.version, item.categories) == (2, 1, ())
    assert item.attention > 0
    assert "attention" in item.tags
    assert item.updated is not None
    detail = client.get(f"/api/v1/packages/hosted/{slug}").json()
    assert [claim["status"] for claim in detail["claim_list"]] == ["supported", "refuted"]
    assert detail["claim_list"][0]["quotes"] == [{"text": "The open cup cooled twice as fast.", "source": "Table 1"}]
    assert detail["versions"][0]["cause"] == "publish"
    assert client.get(f"/packages/hosted/{slug}").status_code == 200


def test_the_seal_is_reported_and_kept_and_refuses_nothing(client: TestClient, engine: Engine) -> None:
    answer = published(client)
    assert answer["seal"]["passed"] is False
    assert 1 in answer["seal"]["checks_failed"]
    [(seal,)] = rows(engine, "SELECT seal FROM package_version")
    assert seal["errors"] == answer["seal"]["errors"]
    assert seal["errors_without_pictures"] <= seal["errors"]


def test_the_page_shows_seal_trajectory_and_what_the_publisher_said(client: TestClient) -> None:
    made = published(client)
    page = client.get(f"/packages/hosted/{made['slug']}").text
    assert f'href="/raw/hosted/{made["slug"]}/trajectory.html"' in page
    assert f"{len(made['seal']['checks_failed'])} of {made['seal']['checks']} checks fail" in page
    assert "Lids keep tea warm." in page
    bare = {path: content for path, content in FILES.items() if not path.startswith("trace")}
    changed = client.put(
        f"/api/ara/{made['slug']}", json=body(bare), headers={"x-ara-token": made["update_token"]}
    ).json()
    assert "lint_errors" not in changed["seal"]
    assert "cannot start" in client.get(f"/packages/hosted/{made['slug']}").text
    assert (
        f'href="/raw/hosted/{made["slug"]}@1/trajectory.html"' in client.get(f"/packages/hosted/{made['slug']}/v1").text
    )


def test_what_the_manifest_says_of_its_making_is_a_tag(client: TestClient, engine: Engine) -> None:
    paper = FILES["PAPER.md"].replace(b'"Charles Babbage"', b'"Engine (autonomous research agent)"')
    published(client, {**FILES, "PAPER.md": paper})
    [(tags,)] = rows(engine, "SELECT tags FROM package")
    assert "ai-generated-research" in tags


def test_files_come_back_byte_for_byte(client: TestClient) -> None:
    slug = published(client)["slug"]
    for path, content in FILES.items():
        answer = client.get(f"/raw/hosted/{slug}/{path}")
        assert answer.status_code == 200
        assert answer.content == content


def test_the_manifest_lists_every_file_and_no_token(client: TestClient) -> None:
    made = published(client, steps=7, deadEnds=2)
    answer = client.get(f"/api/ara/{made['slug']}")
    manifest = answer.json()
    assert made["update_token"] not in answer.text
    assert hashed(made["update_token"]) not in answer.text
    assert (manifest["steps"], manifest["deadEnds"], manifest["revision"]) == (7, 2, 1)
    assert [one["path"] for one in manifest["files"]] == sorted(FILES)
    for one in manifest["files"]:
        assert client.get(one["raw"]).content == FILES[one["path"]]
        assert one["bytes"] == len(FILES[one["path"]])
    types = {one["path"]: one["media_type"] for one in manifest["files"]}
    PublishedArtifact.model_validate(made)
    Manifest.model_validate(manifest)
    assert types["trajectory.html"] == "text/html; charset=utf-8"
    assert types["evidence/figures/figure1.png"] == "image/png"


def test_the_token_is_stored_hashed(client: TestClient, engine: Engine) -> None:
    token = published(client)["update_token"]
    assert rows(engine, "SELECT update_token_sha256 FROM hosted_package") == [(hashed(token),)]
    dump = "".join(
        str(row)
        for table in ("hosted_package", "identity", "package")
        for row in rows(engine, f"SELECT * FROM {table}")
    )
    assert token not in dump


def test_addresses_follow_the_configured_base(engine: Engine, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, base_url="https://ara.example.org/hub/")
    with TestClient(create_app(settings, engine=engine)) as client:
        answer = published(client)
    assert answer["url"] == f"https://ara.example.org/hub/ara/hosted/{answer['slug']}"


def test_a_title_and_authors_not_given_are_those_of_the_paper(client: TestClient, engine: Engine) -> None:
    published(client, title="", authors=[], abstract="", domain="")
    [(title, authors, abstract)] = rows(engine, "SELECT title, authors, abstract FROM package")
    assert title == "Cooling of tea in open cups"
    assert authors == ["Ada Lovelace", "Charles Babbage"]
    assert abstract == "We show that open cups cool faster."


@pytest.mark.parametrize("sign", [">", "|", ">-", "|+", ">2"])
def test_what_the_client_sends_of_a_folded_abstract_is_not_taken_for_one(
    client: TestClient, engine: Engine, sign: str
) -> None:
    published(client, abstract=sign)
    assert rows(engine, "SELECT abstract FROM package") == [("We show that open cups cool faster.",)]


def test_text_that_postgres_cannot_hold_does_not_break_a_publication(client: TestClient, engine: Engine) -> None:
    claims = FILES["logic/claims.md"].replace(b"Removing", b"Re\x00moving")
    paper = FILES["PAPER.md"].replace(b"heat transfer", b'"a\\ud800b\\0c"')
    published(client, {**FILES, "logic/claims.md": claims, "PAPER.md": paper}, title="a\x00b")
    assert rows(engine, "SELECT title, claims FROM package") == [("ab", 2)]


# Replacing


def test_a_replacement_is_a_new_revision_at_the_same_address(client: TestClient) -> None:
    made = published(client)
    files = {path: content for path, content in FILES.items() if path != "evidence/empty.md"}
    answer = client.put(
        f"/api/ara/{made['slug']}", json=body(files, title="Better"), headers={"x-ara-token": made["update_token"]}
    )
    assert answer.status_code == 200
    said = answer.json()
    assert (said["revision"], said["url"], said["unchanged"]) == (2, made["url"], False)
    assert "update_token" not in said
    assert client.get(f"/raw/hosted/{made['slug']}/evidence/empty.md").status_code == 404
    assert client.get(f"/raw/hosted/{made['slug']}@1/evidence/empty.md").status_code == 200
    assert client.get(f"/api/ara/{made['slug']}").json()["title"] == "Better"
    assert client.get(f"/api/ara/{made['slug']}@1").json()["title"] == "Cooling of tea in open cups"


def test_the_same_content_again_makes_no_revision(client: TestClient, engine: Engine) -> None:
    made = published(client)
    again = {**FILES, ".gitignore": b"# written by the client\n.ara_env\n"}
    answer = client.put(
        f"/api/ara/{made['slug']}",
        json=body(again, headline="Said anew."),
        headers={"X-ARA-TOKEN": made["update_token"]},
    )
    assert answer.status_code == 200
    assert (answer.json()["revision"], answer.json()["unchanged"]) == (1, True)
    assert answer.json()["digest"] == made["digest"]
    assert rows(engine, "SELECT count(*) FROM package_version") == [(1,)]
    assert client.get(f"/api/ara/{made['slug']}").json()["headline"] == "Said anew."


def test_a_gitignore_of_ones_own_is_content(client: TestClient) -> None:
    made = published(client)
    answer = client.put(
        f"/api/ara/{made['slug']}",
        json=body({**FILES, ".gitignore": b"*.tmp\n.ara_env\n"}),
        headers={"x-ara-token": made["update_token"]},
    )
    assert answer.json()["revision"] == 2
    assert client.get(f"/raw/hosted/{made['slug']}/.gitignore").text == "*.tmp\n.ara_env\n"


def test_who_may_not_change_an_artifact(client: TestClient) -> None:
    one, other = published(client), published(client)
    address = f"/api/ara/{one['slug']}"
    for method in ("PUT", "DELETE"):
        given = {"json": body()} if method == "PUT" else {}
        assert "x-ara-token" in refused(client.request(method, address, **given), 401)
        wrong = client.request(method, address, headers={"x-ara-token": other["update_token"]}, **given)
        assert "token of its own" in refused(wrong, 403)
        token = {"x-ara-token": one["update_token"]}
        refused(client.request(method, "/api/ara/zzzzzzzz", headers=token, **given), 404)
        refused(client.request(method, "/api/ara/..%2f..", headers=token, **given), 404)


def test_a_rotated_token_replaces_the_old_one(client: TestClient) -> None:
    made = published(client)
    old = {"x-ara-token": made["update_token"]}
    answer = client.post(f"/api/ara/{made['slug']}/token", headers=old)
    assert answer.status_code == 200
    new = {"x-ara-token": answer.json()["update_token"]}
    refused(client.put(f"/api/ara/{made['slug']}", json=body(), headers=old), 403)
    assert client.put(f"/api/ara/{made['slug']}", json=body(), headers=new).status_code == 200


def test_replacements_at_the_same_time_get_numbers_one_after_another(client: TestClient, engine: Engine) -> None:
    made = published(client)
    answers: list[Any] = []

    def put(number: int) -> None:
        files = {**FILES, "evidence/run.md": f"run {number}".encode()}
        answers.append(
            client.put(f"/api/ara/{made['slug']}", json=body(files), headers={"x-ara-token": made["update_token"]})
        )

    threads = [threading.Thread(target=put, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.json()["revision"] for answer in answers) == [2, 3, 4, 5, 6, 7]
    assert rows(engine, "SELECT version FROM package") == [(7,)]
    assert rows(engine, "SELECT count(DISTINCT digest) FROM package_version") == [(7,)]


# Bearer tokens


def test_with_a_bearer_token_the_package_has_an_owner_who_may_change_it(
    client: TestClient, engine: Engine, ada: str
) -> None:
    files = {path: content for path, content in FILES.items() if path != "trajectory.html"}
    answer = client.post("/api/ara", json=body(files, trajectory=None), headers=bearer(ada))
    assert answer.status_code == 201, answer.text
    slug = answer.json()["slug"]
    assert rows(engine, "SELECT owner_id FROM package") == [("ada",)]
    assert answer.json()["raw_url"].endswith("/PAPER.md")
    changed = client.put(f"/api/ara/{slug}", json=body(FILES, trajectory=None), headers=bearer(ada))
    assert changed.json()["revision"] == 2
    assert changed.json()["raw_url"].endswith("/trajectory.html")
    assert client.delete(f"/api/ara/{slug}", headers=bearer(ada)).json() == {"ok": True}


def test_an_anonymous_package_belongs_to_an_unverified_identity_of_its_own(client: TestClient, engine: Engine) -> None:
    slugs = {published(client)["slug"] for _ in range(2)}
    owners = rows(engine, "SELECT i.id, i.tier FROM package p JOIN identity i ON i.id = p.owner_id")
    assert {owner for owner, _ in owners} == {f"anonymous-{slug}" for slug in slugs}
    assert {tier for _, tier in owners} == {"unverified"}


def test_a_bearer_token_that_is_not_good_is_refused_even_where_none_is_needed(
    client: TestClient, engine: Engine, ada: str
) -> None:
    refused(client.post("/api/ara", json=body(), headers=bearer(ada[:-1] + "x")), 401)
    answer = client.post("/api/ara", json=body(), headers=bearer("nonsense"))
    refused(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    with transaction(engine) as session:
        add_identity(session, "eve")
        reporter = make_token(session, "eve", scopes=[Scope.REPORT])[0]
    assert "may not publish" in refused(client.post("/api/ara", json=body(), headers=bearer(reporter)), 403)
    assert rows(engine, "SELECT count(*) FROM package") == [(0,)]


def test_somebody_elses_bearer_token_changes_nothing(client: TestClient, engine: Engine, ada: str) -> None:
    made = published(client)
    address = f"/api/ara/{made['slug']}"
    assert "somebody else" in refused(client.put(address, json=body(), headers=bearer(ada)), 403)
    both = bearer(ada) | {"x-ara-token": made["update_token"]}
    assert client.put(address, json=body(), headers=both).status_code == 200
    assert rows(engine, "SELECT owner_id FROM package") == [(f"anonymous-{made['slug']}",)]


# Withdrawing


def test_a_withdrawn_artifact_leaves_a_tombstone(client: TestClient, engine: Engine) -> None:
    made = published(client)
    slug, token = made["slug"], {"x-ara-token": made["update_token"]}
    answer = client.delete(f"/api/ara/{slug}", headers=token, params={"reason": "The cups were mixed up."})
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    gone = client.get(f"/api/ara/{slug}")
    assert "The cups were mixed up." in refused(gone, 410)
    stone = gone.json()["withdrawn"]
    assert stone["reason"] == "The cups were mixed up."
    assert stone["versions"] == [{"version": 1, "digest": made["digest"]}]
    for address in (f"/packages/hosted/{slug}", f"/raw/hosted/{slug}/PAPER.md", f"/api/v1/packages/hosted/{slug}"):
        assert client.get(address).status_code == 410, address
    refused(client.put(f"/api/ara/{slug}", json=body(), headers=token), 410)
    refused(client.delete(f"/api/ara/{slug}", headers=token), 410)
    with Session(engine) as session:
        assert read_feed(session, FeedQuery()).total == 0
    assert rows(engine, "SELECT count(*) FROM hosted_package") == [(1,)], "the slug stays taken"


# Limits


def test_fifty_a_day_and_no_address_is_kept(engine: Engine, tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, daily_submissions=3), engine=engine)
    with TestClient(app, client=("203.0.113.7", 50000)) as client:
        refused(client.post("/api/ara", json=body({})), 400)
        for _ in range(3):
            published(client)
        answer = client.post("/api/ara", json=body())
        assert "3 submissions today" in refused(answer, 429)
        assert 0 < int(answer.headers["retry-after"]) <= 86_400
    with TestClient(app, client=("203.0.113.8", 50000)) as neighbour:
        published(neighbour)
    stored = str(rows(engine, "SELECT * FROM submission_tally") + rows(engine, "SELECT * FROM client_salt"))
    assert "203.0.113" not in stored
    assert (tmp_path / "client.key").stat().st_mode & 0o077 == 0


def test_fifty_is_the_default() -> None:
    assert Settings().daily_submissions == 50


def test_a_token_of_the_operators_has_no_daily_limit(engine: Engine, tmp_path: Path, ada: str) -> None:
    with TestClient(create_app(Settings(data_dir=tmp_path, daily_submissions=0), engine=engine)) as client:
        refused(client.post("/api/ara", json=body()), 429)
        assert client.post("/api/ara", json=body(), headers=bearer(ada)).status_code == 201


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"files": []}, 400, "no files"),
        ({"files": None}, 400, "files"),
        ({"files": "PAPER.md"}, 400, "files"),
        ({"files": [{"path": "a", "text": "x", "b64": "eA=="}]}, 400, "exactly one"),
        ({"files": [{"path": "a"}]}, 400, "exactly one"),
        ({"files": [{"path": "a", "text": 7}]}, 400, "string"),
        ({"files": [{"path": "a", "b64": "not base64"}]}, 400, "base64"),
        ({"files": [{"path": "a", "b64": "eA==eA=="}]}, 400, "base64"),
        ({"files": [{"text": "x"}]}, 400, "path"),
        ({"files": [{"path": "../a", "text": "x"}]}, 400, "climbs"),
        ({"files": [{"path": "/etc/passwd", "text": "x"}]}, 400, "absolute"),
        ({"files": [{"path": "a\\b", "text": "x"}]}, 400, "backslash"),
        ({"files": [{"path": "a\x00b", "text": "x"}]}, 400, "NUL"),
        ({"files": [{"path": "C:a", "text": "x"}]}, 400, "drive"),
        ({"files": [{"path": "a//b", "text": "x"}]}, 400, "empty"),
        ({"files": [{"path": "x" * 256, "text": "x"}]}, 400, "longer"),
        ({"files": [{"path": ".ara_env", "text": "ARA_TOKEN=x"}]}, 400, "update token"),
        ({"files": [{"path": "sub/.ARA_ENV", "text": "ARA_TOKEN=x"}]}, 400, "update token"),
        ({"files": [{"path": "a", "text": ""}, {"path": "A", "text": ""}]}, 400, "one name"),
        ({"files": [{"path": "é", "text": ""}, {"path": "e\u0301", "text": ""}]}, 400, "one name"),
        ({"files": [{"path": "a", "text": ""}, {"path": "a", "text": ""}]}, 400, "twice"),
        ({"files": [{"path": "a", "text": ""}, {"path": "a/b", "text": ""}]}, 400, "both a file and a folder"),
        ({"files": [{"path": f"f{number}", "text": ""} for number in range(801)]}, 413, "800 files"),
        ({"trajectory": "elsewhere.html"}, 400, "not among the files"),
        ({"trajectory": None}, 400, "trajectory"),
        ({"steps": -1}, 400, "steps"),
        ({"steps": "many"}, 400, "steps"),
        ({"title": 7}, 400, "title"),
        ({"title": "x" * 3000}, 400, "longer"),
        ({"authors": "Ada"}, 400, "authors"),
    ],
)  # fmt: skip
def test_what_is_refused_is_said_in_a_sentence_and_leaves_nothing(
    client: TestClient, engine: Engine, change: dict[str, Any], status: int, words: str
) -> None:
    given = {name: value for name, value in (body() | change).items() if value is not None}
    assert words in refused(client.post("/api/ara", json=given), status)
    for table in ("package", "bundle", "hosted_package", "submission_tally"):
        assert rows(engine, f"SELECT count(*) FROM {table}") == [(0,)]


def test_a_bundle_without_its_title_is_refused(client: TestClient) -> None:
    files = {path: content for path, content in FILES.items() if path != "PAPER.md"}
    assert "no title" in refused(client.post("/api/ara", json=body(files, title=" ")), 400)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b'"files"', b"null", b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"files": [], } ', b"{} {}",
        b'{"title": NaN}', b'{"title": "\\ud800"}', b"[" * 200_000, b'{"x":' * 200_000, b'{"x": ' + b"[" * 500_000,
    ],
)  # fmt: skip
def test_a_body_that_is_no_submission_is_refused_in_words(client: TestClient, raw: bytes) -> None:
    refused(client.post("/api/ara", content=raw, headers={"Content-Type": "application/json"}), 400)


def test_files_over_their_caps_are_refused(client: TestClient) -> None:
    mib = 1024 * 1024
    assert "6 MiB" in refused(client.post("/api/ara", json=body({**FILES, "a.md": b"a" * (6 * mib + 1)})), 413)
    assert "12 MiB" in refused(client.post("/api/ara", json=body({**FILES, "a.png": bytes(12 * mib + 1)})), 413)
    together = {f"{number}.png": bytes(11 * mib) for number in range(4)}
    assert "40 MiB" in refused(client.post("/api/ara", json=body({**FILES, **together})), 413)


def test_files_at_their_caps_are_taken(client: TestClient) -> None:
    mib = 1024 * 1024
    large = {"a.txt": b"a" * (6 * mib), "b.bin": b"\0" * (12 * mib)}
    assert published(client, {**FILES, **large})["file_count"] == len(FILES) + 2


def test_a_body_over_its_cap_is_refused(client: TestClient) -> None:
    assert "96 MiB" in refused(client.post("/api/ara", content=b" " * (97 * 1024 * 1024)), 413)


def test_a_compressed_body_is_refused_unread(client: TestClient) -> None:
    answer = client.post("/api/ara", content=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert "compressed" in refused(answer, 400)


def test_an_address_or_method_that_is_not_there_has_an_error_string_too(client: TestClient) -> None:
    refused(client.patch("/api/ara/abcdefgh"), 405)
    refused(client.get("/api/ara"), 405)
    refused(client.get("/api/ara/a/b/c"), 404)
    assert client.post("/api/ara/", json=body()).status_code == 201, "never a redirect"


# Files


def test_raw_files_cannot_touch_this_site(client: TestClient) -> None:
    slug = published(client)["slug"]
    answer = client.get(f"/raw/hosted/{slug}/trajectory.html")
    assert answer.headers["content-security-policy"] == "sandbox allow-scripts"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-opener-policy"] == "unsafe-none"
    assert "set-cookie" not in answer.headers
    assert (
        client.get(f"/raw/hosted/{slug}/trajectory.html", headers={"If-None-Match": answer.headers["etag"]}).status_code
        == 304
    )
    assert client.get(f"/raw/hosted/{slug}/evidence/figures/figure1.png").content == PICTURE


@pytest.mark.parametrize("path", ["../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "nothing", "", "%00", "PAPER.md/x"])
def test_a_file_that_is_not_in_the_bundle_is_not_found(client: TestClient, path: str) -> None:
    slug = published(client)["slug"]
    assert client.get(f"/raw/hosted/{slug}/{path}").status_code == 404


def test_the_hubs_page_address_leads_to_the_package(client: TestClient) -> None:
    slug = published(client)["slug"]
    assert client.get(f"/ara/hosted/{slug}").headers["location"] == f"/packages/hosted/{slug}"
    assert client.get(f"/ara/hosted/{slug}@1").headers["location"] == f"/packages/hosted/{slug}/v1"
    assert client.get("/ara/hosted/no").status_code == 404
