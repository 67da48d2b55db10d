"""What stays of something withdrawn: that it was here, when and why it went, and the digests it was cited by.

Withdrawing itself is `registry.withdrawal`'s work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from registry.errors import Withdrawn

_NO_REASON = "no reason was given"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """``digests`` pairs each withdrawn version's number with its digest, newest first, so that a copy somebody holds
    can still be verified. ``number`` is None where the whole package was withdrawn."""

    package_id: str
    number: int | None
    withdrawn_at: datetime
    reason: str
    digests: tuple[tuple[int, str], ...]

    @property
    def sentence(self) -> str:
        """When and why, in one sentence."""
        what = f"Package {self.package_id}" if self.number is None else f"Version {self.number} of {self.package_id}"
        day = self.withdrawn_at.astimezone(UTC).strftime("%Y-%m-%d")
        return f"{what} was withdrawn on {day}: {self.reason.rstrip('.')}."


def refuse_withdrawn(
    package: Mapping[Any, Any], versions: Sequence[Mapping[Any, Any]], *, number: int | None = None
) -> None:
    """Raises Withdrawn if the package of this row is; ``versions`` are its version rows, newest first.

    Where arXiv withdrew the paper, the versions made of earlier arXiv versions stay readable when ``number`` asks for
    one of them by name, as they do at arXiv.
    """
    if package["withdrawn_at"] is None or _of_earlier_source(package, versions, number):
        return
    digests = tuple((version["number"], version["digest"]) for version in versions)
    reason = package["withdrawn_reason"] or _NO_REASON
    stone = Tombstone(package["id"], None, package["withdrawn_at"], reason, digests)
    raise Withdrawn(stone.sentence, stone)


def _of_earlier_source(package: Mapping[Any, Any], versions: Sequence[Mapping[Any, Any]], number: int | None) -> bool:
    withdrawing = package.get("withdrawn_source_version")
    named = next((version for version in versions if version["number"] == number), None)
    source = named["source_version"] if named else None
    return withdrawing is not None and source is not None and source < withdrawing


def refuse_withdrawn_version(package: Mapping[Any, Any], version: Mapping[Any, Any]) -> None:
    """Raises Withdrawn if this version of a package that stands is."""
    if version["withdrawn_at"] is None:
        return
    reason = version["withdrawn_reason"] or _NO_REASON
    digests = ((version["number"], version["digest"]),)
    stone = Tombstone(package["id"], version["number"], version["withdrawn_at"], reason, digests)
    raise Withdrawn(f"{stone.sentence} The newest that stands is v{package['version']}.", stone)
