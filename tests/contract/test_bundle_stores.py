"""The bundle store's promises, over every place that keeps packs: a local folder, and S3 over a real socket."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from registry.ara.archives import read_archive
from registry.ara.artifact import Artifact
from registry.bundles import BundleStore, StoredBundle, open_store
from registry.bundles.folder import FolderPacks
from registry.errors import BundleDigestMismatch, InvalidSettings

ONE = Artifact({"PAPER.md": b"# One\n", "logic/claims.md": b"## C01: it holds\n"})
TWO = Artifact({"PAPER.md": b"# Two\n", "evidence/figures/figure1.png": bytes(range(256)) * 40})
Spoil = Callable[[StoredBundle], None]


class Place:
    """A place with a store in it, and the means to spoil a pack behind the store's back."""

    def __init__(self, store: BundleStore, spoil: Spoil, lose: Spoil) -> None:
        self.store = store
        self.spoil = spoil
        self.lose = lose


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """A server that speaks S3."""
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A fresh store of each kind."""
    return _folder(tmp_path) if request.param == "folder" else _bucket(request, monkeypatch)


def _folder(tmp_path: Path) -> Place:
    folder = tmp_path / "bundles with a space"
    store = open_store(folder.as_uri(), default=tmp_path / "not this one")
    packs = FolderPacks(folder)

    def spoil(bundle: StoredBundle) -> None:
        path = packs.path(bundle.pack)
        path.write_bytes(b"x" * path.stat().st_size)

    return Place(store, spoil, lambda bundle: packs.path(bundle.pack).unlink())


def _bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Place:
    variables = {
        "AWS_ENDPOINT_URL": request.getfixturevalue("s3_address"),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    name = "b" + hashlib.sha256(request.node.name.encode()).hexdigest()[:20]
    client = boto3.client("s3")
    client.create_bucket(Bucket=name)
    client.put_object(Bucket=name, Key="some/prefix/README", Body=b"somebody else's")

    def key(bundle: StoredBundle) -> str:
        return f"some/prefix/{bundle.pack[:2]}/{bundle.pack}"

    def spoil(bundle: StoredBundle) -> None:
        client.put_object(Bucket=name, Key=key(bundle), Body=b"x")

    def lose(bundle: StoredBundle) -> None:
        client.delete_object(Bucket=name, Key=key(bundle))

    return Place(open_store(f"s3://{name}/some/prefix/", default=Path("/nowhere")), spoil, lose)


def test_what_is_stored_comes_back(place: Place) -> None:
    stored = place.store.store([ONE, TWO])
    assert [bundle.digest for bundle in stored] == [ONE.digest, TWO.digest]
    for bundle, artifact in zip(stored, (ONE, TWO), strict=True):
        archive = place.store.read(bundle)
        assert hashlib.sha256(archive).hexdigest() == bundle.archive_sha256
        assert len(archive) == bundle.length_bytes
        assert read_archive(archive, unwrap=False).files == artifact.files
        assert (bundle.file_count, bundle.size_bytes) == (len(artifact.files), artifact.size_bytes)


def test_a_batch_is_one_pack_and_no_batch_is_none(place: Place) -> None:
    assert place.store.store([]) == []
    stored = place.store.store([ONE, TWO])
    assert {pack.name for pack in place.store.packs()} == {bundle.pack for bundle in stored}
    assert sum(pack.size_bytes for pack in place.store.packs()) == sum(bundle.length_bytes for bundle in stored)


def test_storing_the_same_again_changes_nothing(place: Place) -> None:
    first = place.store.store([ONE, TWO])
    assert place.store.store([ONE, TWO]) == first
    assert len(list(place.store.packs())) == 1


def test_changed_bytes_are_never_given_out(place: Place) -> None:
    [bundle] = place.store.store([ONE])
    place.spoil(bundle)
    with pytest.raises(BundleDigestMismatch, match="were changed"):
        place.store.read(bundle)


def test_a_lost_pack_is_told(place: Place) -> None:
    [bundle] = place.store.store([ONE])
    place.lose(bundle)
    with pytest.raises(BundleDigestMismatch, match="is missing"):
        place.store.read(bundle)


def test_storing_again_heals_a_lost_pack(place: Place) -> None:
    [bundle] = place.store.store([ONE])
    place.lose(bundle)
    place.store.store([ONE])
    assert read_archive(place.store.read(bundle)).digest == ONE.digest


def test_orphans_go_and_named_packs_stay(place: Place) -> None:
    [kept], [orphan] = place.store.store([ONE]), place.store.store([TWO])
    time.sleep(1.1)  # S3 tells ages in whole seconds
    assert place.store.collect_orphans(lambda names: {kept.pack} & set(names), older_than_seconds=0.05) == 1
    assert [pack.name for pack in place.store.packs()] == [kept.pack]
    assert place.store.read(kept)
    with pytest.raises(BundleDigestMismatch):
        place.store.read(orphan)


def test_a_young_pack_waits_for_its_row(place: Place) -> None:
    place.store.store([ONE])
    assert place.store.collect_orphans(lambda _: set()) == 0
    assert len(list(place.store.packs())) == 1


def test_a_pack_written_again_while_orphans_are_collected_stays(place: Place) -> None:
    [bundle] = place.store.store([ONE])
    time.sleep(1.1)

    def named(names: object) -> set[str]:
        time.sleep(1.1)
        place.store.store([ONE])  # another process comes back to it, and will name it
        return set()

    assert place.store.collect_orphans(named, older_than_seconds=1.0) == 0
    assert place.store.read(bundle)


def test_the_place_is_named_for_people(place: Place, tmp_path: Path) -> None:
    assert str(place.store).startswith((str(tmp_path), "s3://"))


def test_a_service_that_refuses_is_an_error_that_names_the_bucket(
    s3_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_address)
    store = open_store("s3://there-is-none", default=Path("/nowhere"))
    with pytest.raises(OSError, match=r"s3://there-is-none refuses.*NoSuchBucket"):
        store.store([ONE])


def test_no_service_at_all_is_an_error_that_names_the_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    store = open_store("s3://bucket", default=Path("/nowhere"))
    with pytest.raises(OSError, match="s3://bucket cannot be reached"):
        list(store.packs())


@pytest.mark.parametrize("address", ["ftp://somewhere/x", "bundles", "gs://bucket"])
def test_other_places_are_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="no place for bundles"):
        open_store(address, default=tmp_path)


def test_an_unusable_address_of_the_service_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "not an address")
    with pytest.raises(InvalidSettings, match="s3://bucket cannot be opened"):
        open_store("s3://bucket", default=Path("/nowhere"))


def test_a_folder_forgets_what_an_interrupted_write_left(tmp_path: Path) -> None:
    left = tmp_path / "ab" / ".partial-xyz"
    left.parent.mkdir()
    left.write_bytes(b"half")
    store = BundleStore(tmp_path)
    assert list(store.packs()) == []
    assert store.collect_orphans(lambda _: set()) == 0
    assert store.collect_orphans(lambda _: set(), older_than_seconds=-1) == 1
    assert not left.exists()


def test_a_folder_heals_a_pack_cut_short(tmp_path: Path) -> None:
    store = BundleStore(tmp_path)
    [bundle] = store.store([ONE])
    path = FolderPacks(tmp_path).path(bundle.pack)
    path.write_bytes(path.read_bytes()[:10])
    store.store([ONE])
    assert read_archive(store.read(bundle)).digest == ONE.digest
