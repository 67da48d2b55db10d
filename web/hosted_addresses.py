"""Addresses of hosted artifacts: page, files and manifest, each of the current revision or of a named one.

``slug`` alone means the revision that is shown; ``slug@2`` means the second, for good.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from registry.errors import PackageNotFound
from registry.hosted import hosted_id
from registry.identifiers import PackageId

_REFERENCE = re.compile(r"(?P<slug>[^@]{1,80})(?:@(?P<number>[1-9][0-9]{0,8}))?")


@dataclass(frozen=True, slots=True)
class HostedAddresses:
    """Absolute addresses under ``base``, which has no trailing slash."""

    base: str

    def page(self, slug: str, number: int | None = None) -> str:
        return f"{self.base}/ara/hosted/{reference(slug, number)}"

    def raw(self, slug: str, path: str, number: int | None = None) -> str:
        return f"{self.base}/raw/hosted/{reference(slug, number)}/{quote(path, safe='/')}"

    def manifest(self, slug: str, number: int | None = None) -> str:
        return f"{self.base}/api/ara/{reference(slug, number)}"

    def repository(self, owner: str, repo: str) -> str:
        return f"{self.base}/ara/{quote(owner)}/{quote(repo)}"


def reference(slug: str, number: int | None) -> str:
    """A slug with its revision, if one is meant."""
    return slug if number is None else f"{slug}@{number}"


def read_reference(text: str) -> tuple[PackageId, int | None]:
    """The package and perhaps the revision that a part of an address names. Raises PackageNotFound."""
    parts = _REFERENCE.fullmatch(text)
    if parts is None:
        raise PackageNotFound(f"There is no hosted package {text[:80]!r} in this registry.")
    return hosted_id(parts["slug"]), int(parts["number"]) if parts["number"] else None
