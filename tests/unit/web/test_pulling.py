"""`discoveries pull` against registries that break off, lie and attack, over a real socket."""

from __future__ import annotations

import hashlib
import io
import json
import socket
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from registry.ara.archives import read_directory, write_tar_gz
from registry.ara.artifact import Artifact, members_digest
from registry.errors import (
    BundleDigestMismatch,
    InvalidArtifact,
    InvalidIdentifier,
    InvalidInput,
    InvalidQuery,
    RegistryError,
    RegistryRefused,
    RegistryUnreachable,
)
from web.pulling import Wanted, pull, read_wanted
from web.registry_reading import RegistryReader

ARTIFACT = Artifact({"PAPER.md": b"# Paper\n", "logic/claims.md": b"## C01: it holds\n" * 200, "src/\u00fc.py": b"x"})
ARCHIVE = write_tar_gz(ARTIFACT)
BASE = "/api/v1/packages/arxiv/2205.14135"
WANTED = read_wanted("2205.14135")


class Registry:
    """A registry that says what a test wants it to say. ``cut`` are bytes after which each download breaks off."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.archive = ARCHIVE
        self.announced = {
            "digest": ARTIFACT.digest,
            "tar_gz_bytes": len(ARCHIVE),
            "tar_gz_sha256": hashlib.sha256(ARCHIVE).hexdigest(),
            "files": [
                {"path": path, "size": len(one), "sha256": hashlib.sha256(one).hexdigest()}
                for path, one in ARTIFACT.files.items()
            ],
        }
        self.cut: list[int] = []
        self.asked: list[str] = []
        self.paper = ARTIFACT.files["PAPER.md"]
        server.expect_request(f"{BASE}/versions").respond_with_json({"current": 2, "more": "than is read"})
        server.expect_request(f"{BASE}/versions/2").respond_with_handler(self._version)
        server.expect_request(f"{BASE}/versions/2/files/PAPER.md").respond_with_handler(lambda _: Response(self.paper))
        server.expect_request(f"/api/v1/bundles/{ARTIFACT.digest}").respond_with_handler(self._bundle)
        server.expect_request(f"/api/v1/bundles/{ARTIFACT.digest}.tar.gz").respond_with_handler(self._download)

    def announce(self, files: dict[str, bytes], archive: bytes) -> None:
        """Offer another archive for the same digest, announced truthfully."""
        self.archive = archive
        self.announced |= {"tar_gz_bytes": len(archive), "tar_gz_sha256": hashlib.sha256(archive).hexdigest()}

    def _version(self, _: Request) -> Response:
        return Response(json.dumps({"version": 2, "digest": ARTIFACT.digest}), content_type="application/json")

    def _bundle(self, _: Request) -> Response:
        return Response(json.dumps(self.announced), content_type="application/json")

    def _download(self, request: Request) -> Response:
        self.asked.append(request.headers.get("Range", ""))
        start = int(self.asked[-1].removeprefix("bytes=").removesuffix("-") or 0)
        body = self.archive[start:]
        headers = {"Content-Length": str(len(body))}
        status = 200
        if start:
            status = 206
            headers["Content-Range"] = f"bytes {start}-{len(self.archive) - 1}/{len(self.archive)}"
        if self.cut:
            body = body[: self.cut.pop(0)]
        return Response(body, status, headers, direct_passthrough=True)


@pytest.fixture
def registry(httpserver: HTTPServer) -> Registry:
    return Registry(httpserver)


@pytest.fixture
def reader(httpserver: HTTPServer) -> RegistryReader:
    return RegistryReader(httpserver.url_for(""), first_wait_seconds=0.01)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "discoveries" / "pulls"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """The folder pulled into; whatever happens, nothing half-made may be beside what was pulled."""
    folder = tmp_path / "home"
    folder.mkdir()
    yield folder
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_a_pull_brings_the_artifact_and_nothing_else(registry: Registry, reader: RegistryReader, home: Path) -> None:
    done = pull(WANTED, reader, folder=home / "a")
    assert read_directory(home / "a").files == ARTIFACT.files
    assert (done.what, done.digest, done.files, done.was_there) == ("arxiv:2205.14135 v2", ARTIFACT.digest, 3, False)


def test_the_folder_is_named_after_the_version(
    registry: Registry, reader: RegistryReader, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    pull(WANTED, reader)
    assert [path.name for path in home.iterdir()] == ["arxiv-2205.14135-v2"]


def test_a_pull_by_digest_needs_no_package(registry: Registry, reader: RegistryReader, home: Path) -> None:
    pull(read_wanted(f"sha256:{ARTIFACT.digest}"), reader, folder=home / "a")
    assert read_directory(home / "a").digest == ARTIFACT.digest


def test_a_download_that_breaks_off_goes_on_where_it_stopped(
    registry: Registry, reader: RegistryReader, home: Path
) -> None:
    registry.cut = [100, 50, 0, 70]
    pull(WANTED, reader, folder=home / "a")
    assert registry.asked == ["", "bytes=100-", "bytes=150-", "bytes=150-", "bytes=220-"]
    assert read_directory(home / "a").digest == ARTIFACT.digest


def test_a_pull_that_gave_up_is_taken_up_by_the_next(
    registry: Registry, reader: RegistryReader, home: Path, cache: Path
) -> None:
    registry.cut = [100, *[0] * 30]
    with pytest.raises(RegistryError):
        pull(WANTED, reader, folder=home / "a")
    assert list(home.iterdir()) == []
    [part] = cache.glob("*.part")
    assert part.read_bytes() == ARCHIVE[:100]
    registry.cut, registry.asked = [], []
    pull(WANTED, reader, folder=home / "a")
    assert registry.asked == ["bytes=100-"]
    assert list(cache.glob("*.part")) == []


def test_a_spoilt_part_is_fetched_anew(registry: Registry, reader: RegistryReader, home: Path, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / f"{ARTIFACT.digest}.tar.gz.part").write_bytes(b"x" * 100)
    pull(WANTED, reader, folder=home / "a")
    assert read_directory(home / "a").digest == ARTIFACT.digest


def test_a_part_longer_than_the_whole_is_fetched_anew(
    registry: Registry, reader: RegistryReader, home: Path, cache: Path
) -> None:
    cache.mkdir(parents=True)
    (cache / f"{ARTIFACT.digest}.tar.gz.part").write_bytes(ARCHIVE + b"more")
    pull(WANTED, reader, folder=home / "a")
    assert read_directory(home / "a").digest == ARTIFACT.digest


def test_the_same_pull_again_is_done_already(registry: Registry, reader: RegistryReader, home: Path) -> None:
    pull(WANTED, reader, folder=home / "a")
    registry.asked = []
    assert pull(WANTED, reader, folder=home / "a").was_there
    assert registry.asked == []


def test_an_empty_folder_is_filled(registry: Registry, reader: RegistryReader, home: Path) -> None:
    (home / "a").mkdir()
    pull(WANTED, reader, folder=home / "a")
    assert read_directory(home / "a").digest == ARTIFACT.digest


@pytest.mark.parametrize("paper_only", [False, True])
def test_a_folder_that_holds_something_else_is_left_alone(
    registry: Registry, reader: RegistryReader, home: Path, paper_only: bool
) -> None:
    (home / "a").mkdir()
    (home / "a" / "mine.txt").write_text("mine")
    with pytest.raises(InvalidInput, match="holds something else"):
        pull(WANTED, reader, folder=home / "a", paper_only=paper_only)
    (home / "b").write_text("a file")
    with pytest.raises(InvalidInput, match="holds something else"):
        pull(WANTED, reader, folder=home / "b", paper_only=paper_only)
    assert (home / "a" / "mine.txt").read_text() == "mine"
    assert registry.asked == []


def test_a_changed_copy_is_not_the_same_pull(registry: Registry, reader: RegistryReader, home: Path) -> None:
    pull(WANTED, reader, folder=home / "a")
    (home / "a" / "PAPER.md").write_text("changed")
    with pytest.raises(InvalidInput, match="holds something else"):
        pull(WANTED, reader, folder=home / "a")
    assert (home / "a" / "PAPER.md").read_text() == "changed"


def test_the_paper_alone(registry: Registry, reader: RegistryReader, home: Path) -> None:
    done = pull(WANTED, reader, folder=home / "a", paper_only=True)
    assert [path.name for path in (home / "a").iterdir()] == ["PAPER.md"]
    assert done.digest == ARTIFACT.digest
    assert pull(WANTED, reader, folder=home / "a", paper_only=True).was_there


def test_another_paper_than_listed_is_refused(registry: Registry, reader: RegistryReader, home: Path) -> None:
    registry.paper = b"# Qaper\n"
    with pytest.raises(BundleDigestMismatch, match="not the one it listed"):
        pull(WANTED, reader, folder=home / "a", paper_only=True)
    registry.paper = b"# Paper\n and more"
    with pytest.raises(RegistryRefused, match="larger"):
        pull(WANTED, reader, folder=home / "a", paper_only=True)


def test_other_bytes_than_announced_leave_nothing(
    registry: Registry, reader: RegistryReader, home: Path, cache: Path
) -> None:
    registry.archive = bytes(len(ARCHIVE))
    with pytest.raises(BundleDigestMismatch, match="nothing was kept"):
        pull(WANTED, reader, folder=home / "a")
    assert list(home.iterdir()) == []
    assert list(cache.glob("*.part")) == []


def test_another_artifact_under_the_digest_leaves_nothing(
    registry: Registry, reader: RegistryReader, home: Path, cache: Path
) -> None:
    registry.announce({}, write_tar_gz(Artifact({"PAPER.md": b"another"})))
    with pytest.raises(BundleDigestMismatch, match="do not have the digest"):
        pull(WANTED, reader, folder=home / "a")
    assert list(home.iterdir()) == []
    assert list(cache.glob("*.part")) == []


def test_a_list_of_files_without_that_digest_is_refused(registry: Registry, reader: RegistryReader, home: Path) -> None:
    registry.announced["files"] = registry.announced["files"][:1]  # type: ignore[index]
    with pytest.raises(BundleDigestMismatch, match="do not have the digest"):
        pull(WANTED, reader, folder=home / "a")
    assert registry.asked == []


def archive_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def link(target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo("PAPER.md")
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info


@pytest.mark.parametrize(
    "archive",
    [
        archive_of((tarfile.TarInfo("../../escaped"), b"x")),
        archive_of((tarfile.TarInfo("/etc/escaped"), b"x")),
        archive_of((link("/etc/passwd"), b"")),
        archive_of((tarfile.TarInfo("bomb"), bytes(100 * 1024 * 1024))),
        b"\x1f\x8bno archive at all",
    ],
    ids=["climbs", "absolute", "link", "bomb", "garbage"],
)
def test_hostile_archives_are_refused_and_leave_nothing(
    registry: Registry, reader: RegistryReader, home: Path, cache: Path, archive: bytes
) -> None:
    registry.announce({}, archive)
    with pytest.raises(InvalidArtifact):
        pull(WANTED, reader, folder=home / "a")
    assert list(home.iterdir()) == []
    assert not (home.parent / "escaped").exists()
    assert list(cache.glob("*.part")) == []


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"digest": "short"},
        {"tar_gz_bytes": -1},
        {"tar_gz_bytes": 10**15},
        {"tar_gz_sha256": None},
        {"files": "none"},
        {"files": [{"path": "\ud800", "size": 1, "sha256": "0" * 64}]},
        {"files": [{"path": "x", "size": "many", "sha256": "0" * 64}]},
    ],
)
def test_answers_that_make_no_sense_are_refused(
    registry: Registry, reader: RegistryReader, home: Path, answer: dict[str, Any]
) -> None:
    registry.announced = registry.announced | answer if answer else {}
    with pytest.raises(RegistryRefused):
        pull(WANTED, reader, folder=home / "a")
    assert registry.asked == []


@pytest.mark.parametrize("body", ["<html>", "[1, 2]", "[" * 100_000, ""])
def test_what_is_no_registry_is_told(httpserver: HTTPServer, reader: RegistryReader, home: Path, body: str) -> None:
    httpserver.expect_request(f"{BASE}/versions").respond_with_data(body)
    with pytest.raises(RegistryRefused, match="does not answer as a registry"):
        pull(WANTED, reader, folder=home / "a")


def test_a_refusal_is_told_in_the_registrys_words(httpserver: HTTPServer, reader: RegistryReader, home: Path) -> None:
    problem = {"status": 410, "detail": "Package arxiv:2205.14135 was withdrawn on 2026-01-02: wrong."}
    httpserver.expect_request(f"{BASE}/versions").respond_with_json(problem, status=410)
    with pytest.raises(RegistryRefused, match="was withdrawn on 2026-01-02"):
        pull(WANTED, reader, folder=home / "a")


def test_a_busy_registry_is_asked_again(registry: Registry, httpserver: HTTPServer, reader: RegistryReader) -> None:
    httpserver.expect_ordered_request("/api/v1/busy").respond_with_data("", status=503, headers={"Retry-After": "0"})
    httpserver.expect_ordered_request("/api/v1/busy").respond_with_json({"now": "yes"})
    assert reader.json("/api/v1/busy") == {"now": "yes"}


def test_nobody_there_is_told(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        reader = RegistryReader(f"http://127.0.0.1:{taken.getsockname()[1]}", first_wait_seconds=0.001)
        with pytest.raises(RegistryUnreachable, match="cannot be reached"):
            pull(WANTED, reader, folder=home / "a")


def test_a_folder_that_cannot_be_written_is_told(registry: Registry, reader: RegistryReader, home: Path) -> None:
    (home / "file").write_text("x")
    with pytest.raises(InvalidInput, match="cannot write"):
        pull(WANTED, reader, folder=home / "file" / "below")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("arxiv:2205.14135", ("arxiv:2205.14135", None)),
        ("2205.14135@2", ("arxiv:2205.14135", 2)),
        ("hep-th/9901001@v3", ("arxiv:hep-th/9901001", 3)),
        ("hosted:ab12cd34@1", ("hosted:ab12cd34", 1)),
    ],
)
def test_what_is_wanted(text: str, wanted: tuple[str, int | None]) -> None:
    found = read_wanted(text)
    assert (str(found.package), found.number) == wanted


def test_what_is_wanted_by_digest() -> None:
    assert read_wanted("sha256:" + "0" * 64) == Wanted(None, digest="0" * 64)


@pytest.mark.parametrize("text", ["", "nonsense", "2205.14135v2", "2205.14135@", "2205.14135@0", "sha256:12", "a@b@c"])
def test_what_cannot_be_wanted(text: str) -> None:
    with pytest.raises((InvalidIdentifier, InvalidQuery)):
        read_wanted(text)


def test_the_digest_of_a_list_is_that_of_its_files() -> None:
    listed = [(path, len(one), hashlib.sha256(one).hexdigest()) for path, one in ARTIFACT.files.items()]
    assert members_digest(listed) == ARTIFACT.digest
