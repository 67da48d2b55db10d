"""Two versions of a package and what changed between them, for page, API and command alike."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlmodel import Session

from registry.diff import ArtifactDiff, diff
from registry.errors import InvalidQuery
from web.bundle_reading import BundleReader
from web.version_reading import ShownVersion, read_shown

_NUMBER = re.compile(r"[vV]?([1-9][0-9]{0,5})")


@dataclass(frozen=True, slots=True)
class ComparedVersions:
    """Two versions of one package, and the difference from the first to the second."""

    old: ShownVersion
    new: ShownVersion
    diff: ArtifactDiff


def read_number(text: str) -> int:
    """A version's number as people write it: ``2`` or ``v2``. Raises InvalidQuery."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise InvalidQuery(f"{text[:40]!r} is no version; write it as 2 or v2")
    return int(found[1])


def compare(
    session: Session, reader: BundleReader, namespace: str, name: str, *, old: int, new: int
) -> ComparedVersions:
    """Compare two versions of a package, in either order of time. Raises PackageNotFound, Withdrawn."""
    before = read_shown(session, namespace, name, old)
    after = read_shown(session, namespace, name, new)
    found = diff(reader.open(before.stored.bundle), reader.open(after.stored.bundle))
    return ComparedVersions(before, after, found)
