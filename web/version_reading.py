"""A package version as a request names it: rows, bundle and addresses, read once and passed to what renders it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote

from sqlmodel import Session

from registry.ara.artifact import Artifact
from registry.bundles.rows import StoredVersion, read_bundle, read_version
from registry.errors import NotFound
from registry.identifiers import PackageId
from registry.manifest import PAPER_FILE
from registry.package_views import PackageDetail
from registry.packages import read_package
from web.exact_bytes import FOR_EVER
from web.media_types import media_type
from web.package_paths import package_api_path, read_package_id

_AS_TEXT = ("text/javascript", "text/css")


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One version of a package that stands, with where its bytes lie."""

    id: PackageId
    detail: PackageDetail
    stored: StoredVersion

    @property
    def path(self) -> str:
        """The address of the version in the API."""
        return version_api_path(self.id, self.stored.number)

    @property
    def file_name(self) -> str:
        """A name for the version's archive on somebody's disk, without its ending: ``arxiv-hep-th-9901001-v1``."""
        return f"{self.id.namespace}-{self.id.name.replace('/', '-')}-v{self.stored.number}"

    @property
    def cache_control(self) -> str:
        """For ever, but where a licence decides which of two renditions is served: that may be decided anew."""
        return FOR_EVER if self.detail.rendition.other_digest is None else "public, no-cache"

    def address(self, part: str) -> str:
        """The address of what lies under the version: ``files/logic/claims.md``, ``bundle.zip``."""
        return f"{self.path}/{quote(part, safe='/')}"


def version_api_path(package_id: PackageId, number: int) -> str:
    """The address of a version in the API."""
    return f"{package_api_path(package_id.namespace, package_id.name)}/versions/{number}"


def read_shown(session: Session, namespace: str, name: str, number: int | None = None) -> ShownVersion:
    """The version that a request names, None for the current one.

    Raises InvalidIdentifier, PackageNotFound, and Withdrawn for a package or version that was withdrawn.
    """
    package_id, _ = read_package_id(namespace, name)
    return shown(session, package_id, read_package(session, package_id, number))


def shown(session: Session, package_id: PackageId, detail: PackageDetail) -> ShownVersion:
    """The version that a detail shows, with the bundle of the rendition that is served."""
    stored, served = read_version(session, str(package_id), detail.shown), detail.rendition
    if served.digest != stored.bundle.digest:
        bundle = read_bundle(session, served.digest)
        stored = replace(stored, level=served.level, compiler=served.compiler, bundle=bundle)
    return ShownVersion(package_id, detail, stored)


def member(artifact: Artifact, path: str) -> bytes:
    """One file of an artifact. Raises NotFound; a path is looked up among the members and nowhere else."""
    content = artifact.files.get(path)
    if content is None:
        raise NotFound(f"This version has no file {path[:200]!r}; its list of files names those there are.")
    return content


def served_type(path: str, content: bytes) -> str:
    """The type a file is served as. Scripts and styles go out as plain text, so that no page can load them."""
    known = media_type(path, content)
    return "text/plain; charset=utf-8" if known.startswith(_AS_TEXT) else known


def disclosure_links(found: ShownVersion, layers: Iterable[str]) -> str:
    """A Link header that leads from PAPER.md to the next layers, then to everything (RFC 8288)."""
    links = [
        f'<{found.path}/files?layer={layer}>; rel="section"; type="text/markdown"; title="{layer}"' for layer in layers
    ]
    return ", ".join(
        [
            f'<{found.address(f"files/{PAPER_FILE}")}>; rel="alternate"; type="text/markdown"',
            *links,
            f'<{found.path}/files>; rel="contents"; type="application/json"',
            f'<{found.path}/manifest.json>; rel="describedby"; type="application/json"',
            f'<{found.path}/bundle.tar.gz>; rel="enclosure"; type="application/gzip"',
        ]
    )
