"""Withdrawing packages and single versions, of both namespaces."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from registry.ara.archives import read_archive
from registry.bundles import BundleStore, StoredBundle
from registry.errors import InvalidInput, PackageNotFound, Withdrawn
from registry.feed import FeedQuery, read_feed
from registry.identifiers import PackageId
from registry.package_views import PackageDetail
from registry.packages import read_package
from registry.settings import Settings
from tests.factories import paper
from tests.hub_client import FILES, body, published
from web.app import create_app
from web.commands.withdraw import read_reference
from web.pipeline import Pipeline
from web.publishing import Publisher

ARXIV = PackageId("arxiv", "2301.00001")


@pytest.fixture
def store(tmp_path: Path) -> BundleStore:
    return BundleStore(tmp_path / "bundles")


@pytest.fixture
def publisher(engine: Engine, store: BundleStore, tmp_path: Path) -> Publisher:
    return Publisher(engine, store, data_dir=tmp_path, daily_submissions=50)


@pytest.fixture
def pipeline(engine: Engine, store: BundleStore) -> Pipeline:
    return Pipeline(engine, store)


@pytest.fixture
def three(pipeline: Pipeline) -> Pipeline:
    """An imported package at its third version, each with another number of claims."""
    claims = "We show one thing. We prove another. We find a third.".split(". ")
    for number in (1, 2, 3):
        pipeline.take_in(
            [
                paper(
                    version=number,
                    abstract=". ".join(claims[:number]) + ".",
                    updated_at=datetime(2023, number, 1, tzinfo=UTC),
                )
            ]
        )
    return pipeline


def read(engine: Engine, package_id: PackageId, number: int | None = None) -> PackageDetail:
    with Session(engine) as session:
        return read_package(session, package_id, number)


def listed(engine: Engine) -> list[tuple[str, int, int, str]]:
    with Session(engine) as session:
        items = read_feed(session, FeedQuery()).items
    return [(item.id, item.version, item.claims, str(item.attention)) for item in items]


def test_a_withdrawn_package_is_gone_from_the_feed_and_says_why(
    three: Pipeline, publisher: Publisher, engine: Engine
) -> None:
    digests = [(version.number, version.digest) for version in read(engine, ARXIV).versions]
    assert publisher.withdraw(ARXIV, None, "Plagiarised.") is None
    assert listed(engine) == []
    with pytest.raises(Withdrawn, match=r"arxiv:2301\.00001 was withdrawn on \d{4}-\d\d-\d\d: Plagiarised\.") as caught:
        read(engine, ARXIV)
    stone = caught.value.tombstone
    assert stone is not None
    assert (stone.number, stone.reason, list(stone.digests)) == (None, "Plagiarised.", digests)
    with pytest.raises(Withdrawn):
        read(engine, ARXIV, 1)
    with pytest.raises(Withdrawn):
        publisher.withdraw(ARXIV, None, "Again.")


def test_bytes_of_what_was_withdrawn_can_still_be_verified(
    three: Pipeline, publisher: Publisher, session: Session, store: BundleStore
) -> None:
    publisher.withdraw(ARXIV, None, "Plagiarised.")
    for row in session.execute(text("SELECT * FROM bundle")).mappings():
        bundle = StoredBundle(**row)
        assert read_archive(store.read(bundle)).digest == bundle.digest


def test_of_a_living_package_the_newest_remaining_version_is_shown(
    three: Pipeline, publisher: Publisher, engine: Engine
) -> None:
    before = {number: read(engine, ARXIV, number) for number in (1, 2)}
    assert publisher.withdraw(ARXIV, 3, "A typo in Table 1") == 2
    assert [row[:3] for row in listed(engine)] == [(str(ARXIV), 2, len(before[2].claims))]
    detail = read(engine, ARXIV)
    assert (detail.shown, detail.claims) == (2, before[2].claims)
    assert [version.withdrawn_on is None for version in detail.versions] == [False, True, True]
    assert detail.item.updated == datetime(2023, 2, 1, tzinfo=UTC)
    with pytest.raises(Withdrawn, match=r"Version 3 of .* A typo in Table 1\. The newest that stands is v2\."):
        read(engine, ARXIV, 3)
    with pytest.raises(PackageNotFound):
        read(engine, ARXIV, 4)


def test_the_score_is_that_of_the_version_shown(three: Pipeline, publisher: Publisher, engine: Engine) -> None:
    publisher.withdraw(ARXIV, 3, "wrong")
    publisher.withdraw(ARXIV, 2, "wrong too")
    assert listed(engine) == [(str(ARXIV), 1, 1, "4.0")]


def test_an_older_version_can_go_without_a_change_of_what_is_shown(
    three: Pipeline, publisher: Publisher, engine: Engine
) -> None:
    before = listed(engine)
    assert publisher.withdraw(ARXIV, 2, "wrong") == 3
    assert listed(engine) == before
    assert read(engine, ARXIV, 1).shown == 1


def test_with_its_last_version_the_package_is_withdrawn(three: Pipeline, publisher: Publisher, engine: Engine) -> None:
    shown = [publisher.withdraw(ARXIV, number, "wrong") for number in (2, 3, 1)]
    assert shown == [3, 1, None]
    assert listed(engine) == []
    with pytest.raises(Withdrawn, match="Package arxiv"):
        read(engine, ARXIV)


def test_a_number_is_never_given_again_and_withdrawn_content_does_not_come_back(
    three: Pipeline, publisher: Publisher, engine: Engine
) -> None:
    publisher.withdraw(ARXIV, 3, "wrong")
    three.take_in([paper(version=3, abstract="We show one thing. We prove another. We find a third.", comment="new")])
    assert read(engine, ARXIV).shown == 2, "a comment does not bring the content back"
    three.take_in([paper(version=4, abstract="We show it anew.", updated_at=datetime(2023, 4, 1, tzinfo=UTC))])
    detail = read(engine, ARXIV)
    assert (detail.shown, [version.number for version in detail.versions]) == (4, [4, 3, 2, 1])


def test_an_import_does_not_bring_a_withdrawn_package_back(
    three: Pipeline, publisher: Publisher, engine: Engine
) -> None:
    publisher.withdraw(ARXIV, None, "wrong")
    three.take_in([paper(version=4, updated_at=datetime(2023, 4, 1, tzinfo=UTC))])
    assert listed(engine) == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\x1b[2Jb"])
def test_a_reason_is_a_sentence(three: Pipeline, publisher: Publisher, engine: Engine, reason: str) -> None:
    with pytest.raises(InvalidInput, match="sentence"):
        publisher.withdraw(ARXIV, None, reason)
    assert len(listed(engine)) == 1


def test_what_is_not_there_cannot_be_withdrawn(three: Pipeline, publisher: Publisher) -> None:
    with pytest.raises(PackageNotFound):
        publisher.withdraw(PackageId("arxiv", "2301.00002"), None, "wrong")
    with pytest.raises(PackageNotFound, match="no version 9"):
        publisher.withdraw(ARXIV, 9, "wrong")


def test_a_hosted_package_is_listed_again_as_its_earlier_version_was(engine: Engine, tmp_path: Path) -> None:
    with TestClient(create_app(Settings(data_dir=tmp_path), engine=engine)) as client:
        made = published(client)
        before = client.get("/api/v1/packages").json()["items"]
        later = FILES["PAPER.md"].replace(b"heat transfer, attention", b"quantization")
        files = {**FILES, "PAPER.md": later, "logic/claims.md": b"# none"}
        changed = client.put(
            f"/api/ara/{made['slug']}",
            json=body(files, title="Other", abstract="Other.", authors=["Eve"]),
            headers={"x-ara-token": made["update_token"]},
        ).json()
        assert client.get("/api/v1/packages").json()["items"][0]["title"] == "Other"
        package_id, number = read_reference(f"hosted:{made['slug']}@{changed['revision']}")
        publisher = Publisher(engine, BundleStore(tmp_path / "bundles"), data_dir=tmp_path, daily_submissions=50)
        assert publisher.withdraw(package_id, number, "wrong cups") == 1
        after = client.get("/api/v1/packages").json()["items"]
        for name, value in before[0].items():
            assert (name, after[0][name]) == (name, value)
        assert client.get(f"/api/ara/{made['slug']}").json()["revision"] == 1
        assert client.get(f"/raw/hosted/{made['slug']}@2/PAPER.md").status_code == 410
        listing = client.get(f"/packages/hosted/{made['slug']}").text
        assert "withdrawn <time" in listing
        assert f'href="/packages/hosted/{made["slug"]}/v2"' not in listing
        token = {"x-ara-token": made["update_token"]}
        again = client.put(f"/api/ara/{made['slug']}", json=body(files), headers=token)
        assert again.status_code == 410
        assert "content was withdrawn" in again.json()["error"]
        third = client.put(f"/api/ara/{made['slug']}", json=body({**files, "x.md": b"x"}), headers=token)
        assert third.json()["revision"] == 3
        page = client.get(f"/api/v1/packages/hosted/{made['slug']}").json()
        assert [version["withdrawn"] is None for version in page["versions"]] == [True, False, True]


@pytest.mark.parametrize(
    ("written", "package_id", "number"),
    [
        ("arxiv:2301.00001", "arxiv:2301.00001", None),
        ("2301.00001@2", "arxiv:2301.00001", 2),
        ("hep-th/9901001@v3", "arxiv:hep-th/9901001", 3),
        ("hosted:a1b2c3d4@12", "hosted:a1b2c3d4", 12),
    ],
)
def test_a_version_is_named_behind_an_at_sign(written: str, package_id: str, number: int | None) -> None:
    named, found = read_reference(written)
    assert (str(named), found) == (package_id, number)
