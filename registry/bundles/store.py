"""The bundle store: artifacts in, verified archives out.

A batch of artifacts becomes one pack: their archives one after another, named by the SHA-256 of the whole, made durable
by one write. A bundle is a member of a pack (`StoredBundle`). Packs are never changed; one that no row names is an
orphan of a process that died between pack and row, and `collect_orphans` removes it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from registry.ara.archives import write_tar_gz
from registry.ara.artifact import Artifact
from registry.bundles.folder import FolderPacks
from registry.bundles.stored import KeptPack, Packs, StoredBundle
from registry.errors import BundleDigestMismatch

ORPHAN_SECONDS = 3600.0
"""How long a pack may wait for its row; a batch is committed within seconds of its pack."""


class BundleStore:
    """Bundles in packs, wherever those are kept; a path stands for a local folder."""

    def __init__(self, place: Path | Packs) -> None:
        self._packs: Packs = FolderPacks(place) if isinstance(place, Path) else place

    def __str__(self) -> str:
        return str(self._packs)

    def store(self, artifacts: Sequence[Artifact]) -> list[StoredBundle]:
        """Write the artifacts as one pack and say where each lies. Durable when this returns, or OSError."""
        archives = [write_tar_gz(artifact) for artifact in artifacts]
        if not archives:
            return []
        pack = hashlib.sha256()
        for archive in archives:
            pack.update(archive)
        name = pack.hexdigest()
        self._packs.write(name, archives)
        return list(_members(artifacts, archives, name))

    def read(self, bundle: StoredBundle) -> bytes:
        """The bundle's ``.tar.gz``. Raises BundleDigestMismatch if the bytes are gone or not those that were stored."""
        archive = self._packs.read(bundle.pack, bundle.start_byte, bundle.length_bytes)
        if archive is None:
            raise BundleDigestMismatch(f"bundle {bundle.digest}: its pack {bundle.pack} is missing from {self}")
        if hashlib.sha256(archive).hexdigest() != bundle.archive_sha256:
            raise BundleDigestMismatch(f"bundle {bundle.digest}: the bytes in pack {bundle.pack} were changed")
        return archive

    def packs(self) -> Iterator[KeptPack]:
        """Every complete pack."""
        return (kept for kept in self._packs.listed() if kept.name is not None)

    def collect_orphans(
        self, named: Callable[[Sequence[str]], set[str]], *, older_than_seconds: float = ORPHAN_SECONDS
    ) -> int:
        """Remove unfinished files and packs that are old enough and that no row names; returns how many.

        ``named`` says which of some packs a row names. It is asked after the age was seen, so a pack is only removed if
        it was old before, unnamed then, and not written again since.
        """
        limit = time.time() - older_than_seconds
        old = [kept for kept in self._packs.listed() if kept.changed_at < limit]
        kept_names = named([kept.name for kept in old if kept.name is not None])
        orphans = [kept for kept in old if kept.name not in kept_names]
        return sum(self._packs.remove(kept, older_than=limit) for kept in orphans)


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
