"""Two versions of a package and what changed between them, for page, API and command alike."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from registry.diff import ArtifactDiff, diff
from web.bundle_reading import BundleReader
from web.version_reading import ShownVersion, read_shown


@dataclass(frozen=True, slots=True)
class ComparedVersions:
    """Two versions of one package, and the difference from the first to the second."""

    old: ShownVersion
    new: ShownVersion
    diff: ArtifactDiff


def compare(
    session: Session, reader: BundleReader, namespace: str, name: str, *, old: int, new: int
) -> ComparedVersions:
    """Compare two versions of a package, in either order of time. Raises PackageNotFound, Withdrawn."""
    before = read_shown(session, namespace, name, old)
    after = read_shown(session, namespace, name, new)
    found = diff(reader.open(before.stored.bundle), reader.open(after.stored.bundle))
    return ComparedVersions(before, after, found)
