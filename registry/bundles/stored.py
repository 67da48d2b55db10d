"""The two facts the store deals in: where a bundle lies, and what there is of a pack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


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


@dataclass(frozen=True, slots=True)
class KeptPack:
    """A pack, or what an interrupted write left of one (``name`` is None). ``changed_at`` is a UNIX time in seconds."""

    name: str | None
    key: str
    size_bytes: int
    changed_at: float


class Packs(Protocol):
    """A place that keeps packs by name. Two of them: `registry.bundles.folder` and `registry.bundles.s3`."""

    def write(self, name: str, parts: Sequence[bytes]) -> None:
        """Keep a pack for good; one that is there already counts as written now. Raises OSError."""

    def read(self, name: str, start: int, length: int) -> bytes | None:
        """``length`` bytes from ``start`` (fewer where the pack ends), None if there is no such pack."""

    def listed(self) -> Iterator[KeptPack]:
        """Everything kept, in no order."""

    def remove(self, kept: KeptPack, *, older_than: float) -> bool:
        """Remove one unless it was written again since the UNIX time ``older_than``; says whether it is gone."""

    def __str__(self) -> str:
        """The place, for people."""
