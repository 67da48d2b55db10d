"""Where bundles' bytes live: content-addressed packs, written before any row names them, verified when read.

A batch of artifacts becomes one pack: their archives one after another in one file named by its SHA-256, made durable
with one fsync. A bundle is a member of a pack (`StoredBundle`). Packs are never changed; one that no row names is an
orphan of a process that died between file and row, and `collect_orphans` removes it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.ara.archives import write_tar_gz
from registry.ara.artifact import Artifact
from registry.errors import BundleDigestMismatch

_TEMPORARY = ".partial-"


@dataclass(frozen=True, slots=True)
class StoredBundle:
    """One artifact's ``.tar.gz`` inside a pack; sizes in bytes, digests in hex. ``size_bytes`` is unpacked."""

    digest: str
    pack: str
    start_byte: int
    length_bytes: int
    archive_sha256: str
    size_bytes: int
    file_count: int


class BundleStore:
    """Packs in a local folder, two levels deep by the first two hex digits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def store(self, artifacts: Sequence[Artifact]) -> list[StoredBundle]:
        """Write the artifacts as one pack and say where each lies. Durable when this returns, or OSError."""
        archives = [write_tar_gz(artifact) for artifact in artifacts]
        if not archives:
            return []
        pack = hashlib.sha256()
        for archive in archives:
            pack.update(archive)
        name = pack.hexdigest()
        self._write(name, archives)
        return list(_members(artifacts, archives, name))

    def read(self, bundle: StoredBundle) -> bytes:
        """The bundle's ``.tar.gz``. Raises BundleDigestMismatch if the bytes are gone or not those that were stored."""
        try:
            with self.path(bundle.pack).open("rb") as pack:
                pack.seek(bundle.start_byte)
                archive = pack.read(bundle.length_bytes)
        except FileNotFoundError as error:
            raise BundleDigestMismatch(f"bundle {bundle.digest}: its pack {bundle.pack} is missing") from error
        if hashlib.sha256(archive).hexdigest() != bundle.archive_sha256:
            raise BundleDigestMismatch(f"bundle {bundle.digest}: the bytes in pack {bundle.pack} were changed")
        return archive

    def path(self, pack: str) -> Path:
        """The file of a pack."""
        return self.folder / pack[:2] / pack

    def packs(self) -> Iterator[Path]:
        """Every complete pack in the folder."""
        return (path for path in self.folder.glob("[0-9a-f][0-9a-f]/*") if not path.name.startswith(_TEMPORARY))

    def collect_orphans(self, is_named: Callable[[str], bool], *, older_than_seconds: float = 3600) -> int:
        """Remove packs and unfinished files that are old enough and that no row names; returns how many."""
        limit = time.time() - older_than_seconds
        removed = 0
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            unfinished = path.name.startswith(_TEMPORARY)
            if path.stat().st_mtime < limit and (unfinished or not is_named(path.name)):
                path.unlink()
                removed += 1
        return removed

    def _write(self, name: str, archives: Iterable[bytes]) -> None:
        path = self.path(name)
        if path.exists():
            os.utime(path)  # in use again: not an orphan's age
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(archives)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def _members(artifacts: Sequence[Artifact], archives: Sequence[bytes], pack: str) -> Iterator[StoredBundle]:
    start = 0
    for artifact, archive in zip(artifacts, archives, strict=True):
        yield StoredBundle(
            digest=artifact.digest,
            pack=pack,
            start_byte=start,
            length_bytes=len(archive),
            archive_sha256=hashlib.sha256(archive).hexdigest(),
            size_bytes=artifact.size_bytes,
            file_count=len(artifact.files),
        )
        start += len(archive)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
