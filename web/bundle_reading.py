"""Stored bundles opened for serving: the files of a version, kept a while, since readers ask for one after another.

Holds at most so many bytes; every read is verified against the digest the version is named by.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from registry.ara.archives import read_archive
from registry.ara.artifact import Artifact
from registry.bundles import BundleStore, StoredBundle
from registry.errors import BundleDigestMismatch

_KEPT_BYTES = 64 * 1024 * 1024


class BundleReader:
    """Opens bundles of a store. Safe to use from several threads."""

    def __init__(self, store: BundleStore, *, kept_bytes: int = _KEPT_BYTES) -> None:
        self._store = store
        self._kept_bytes = kept_bytes
        self._kept: OrderedDict[str, Artifact] = OrderedDict()
        self._size_bytes = 0
        self._lock = threading.Lock()

    def packed(self, bundle: StoredBundle) -> bytes:
        """A bundle's ``.tar.gz`` as it was stored. Raises BundleDigestMismatch."""
        return self._store.read(bundle)

    def open(self, bundle: StoredBundle) -> Artifact:
        """The files of a bundle. Raises BundleDigestMismatch if the stored bytes are not those that were stored."""
        with self._lock:
            if (kept := self._kept.get(bundle.digest)) is not None:
                self._kept.move_to_end(bundle.digest)
                return kept
        artifact = read_archive(self._store.read(bundle), unwrap=False)
        if artifact.digest != bundle.digest:
            raise BundleDigestMismatch(f"bundle {bundle.digest}: its files do not have that digest")
        self._keep(artifact)
        return artifact

    def _keep(self, artifact: Artifact) -> None:
        with self._lock:
            if artifact.size_bytes > self._kept_bytes or artifact.digest in self._kept:
                return
            self._kept[artifact.digest] = artifact
            self._size_bytes += artifact.size_bytes
            while self._size_bytes > self._kept_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._size_bytes -= dropped.size_bytes
