"""The manifest of one package version: every file with its digest, what was made from what, and what binds to what.

Built from rows and from the artifact itself; the file list is exactly what the artifact's digest is computed over, so a
holder of the manifest can verify a bundle, or a single file, without this registry. No HTTP here: addresses are given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from registry.ara.artifact import Artifact
from registry.ara.bindings import BindingGraph, bind
from registry.ara.reading import read_artifact
from registry.bundles.rows import StoredVersion
from registry.licences import read_licence
from registry.package_views import PackageDetail, RenditionSummary

MANIFEST_VERSION = 1
LAYERS = ("logic", "src", "trace", "evidence", "data")
PAPER_FILE = "PAPER.md"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MemberFile(_Part):
    """One file of an artifact."""

    path: str = Field(description="POSIX path relative to the artifact's root.")
    size: int = Field(ge=0, description="Bytes.")
    sha256: str = Field(description="SHA-256 of the file, hexadecimal.")
    media_type: str = Field(description="The type it is served as.")
    layer: str | None = Field(
        description="`logic`, `src`, `trace`, `evidence` or `data`; null at the root and elsewhere."
    )
    url: str = Field(description="Path of the file's address here.")


class Archive(_Part):
    """One archive form of the bundle."""

    media_type: str
    url: str
    size: int | None = Field(description="Bytes; null where the archive is made when asked for.")
    sha256: str | None = Field(description="SHA-256 of the archive's bytes, hexadecimal; null likewise.")


class Rendition(_Part):
    """One form in which a version exists: compiled from metadata, from full text, or as it was published."""

    level: str = Field(description="`metadata`, `full`, `partial`, `pdf` or `published`.")
    digest: str = Field(description="The artifact's digest in this form.")
    served: bool = Field(description="Whether its files may be served here; a digest may be cited all the same.")


class Licence(_Part):
    """The licence of the paper, which is not the package's own. What the metadata gives is CC0."""

    url: str | None = Field(description="Address of the licence, null if unknown.")
    name: str


class BoundThing(_Part):
    """Something in the artifact that binds to other things or is bound to."""

    kind: str = Field(description="`claim`, `experiment`, `heuristic`, `node`, `related`, `exhibit` or `code`.")
    id: str
    title: str
    file: str
    line: int


class Bound(_Part):
    """An edge of the binding graph; one that is not resolved dangles: its target does not exist."""

    kind: str = Field(description="What binds to what: `claim-experiment`, `experiment-evidence`, …")
    source: str = Field(alias="from", serialization_alias="from")
    target: str = Field(alias="to", serialization_alias="to")
    file: str
    line: int
    resolved: bool


class Circle(_Part):
    """Things that depend on each other in a circle."""

    kind: str
    ids: list[str]


class SharedId(_Part):
    """An id that several things of one kind have."""

    kind: str
    id: str
    places: list[str] = Field(description="Each as `file:line`.")


class Bindings(_Part):
    """The binding graph. ``cut`` says that it is larger than what is given here."""

    things: list[BoundThing]
    bindings: list[Bound]
    dangling: int = Field(ge=0, description="How many bindings are not resolved.")
    cycles: list[Circle]
    duplicates: list[SharedId]
    cut: bool


class PackageManifest(_Part):
    """One version of a package, completely described."""

    manifest_version: int = MANIFEST_VERSION
    id: str = Field(description="Package id, `namespace:name`.")
    version: int = Field(ge=1)
    title: str = Field(description="TeX kept.")
    authors: list[str]
    digest: str = Field(
        description='SHA-256 over the canonical list of members: one line `["path",size,"sha256"]` each, in order.'
    )
    level: str = Field(description="Compile level: `metadata`, `full`, `partial`, `pdf` or `published`.")
    compiler: str | None = Field(description="What compiled it; null if it was published as it is.")
    cause: str = Field(description="Why the version was made.")
    source_version: int | None = Field(description="arXiv's version it was made from.")
    source_date: datetime | None
    created: datetime = Field(description="When this registry made the version.")
    rendition: Rendition
    renditions: list[Rendition] = Field(description="Every form of this version that has a digest.")
    serving: str | None = Field(description="Why this rendition is served; null where there is only one.")
    attribution: str | None = Field(description="What has to stand beside a full rendition; null for the others.")
    licence: Licence
    file_count: int
    total_bytes: int
    files: list[MemberFile]
    archives: list[Archive]
    bindings: Bindings
    unrecognised: list[str] = Field(description="What of the artifact was kept but not understood, and where.")


def build_manifest(
    detail: PackageDetail,
    version: StoredVersion,
    artifact: Artifact,
    *,
    media_type: Callable[[str, bytes], str],
    address: Callable[[str], str],
) -> PackageManifest:
    """The manifest of the version that ``detail`` shows; ``address`` gives the address of what lies under the version.

    Raises InvalidArtifact only for more text than can be read in bounded memory.
    """
    renditions = _renditions(detail.rendition)
    read = read_artifact(artifact)
    return PackageManifest(
        id=version.package_id,
        version=version.number,
        title=detail.item.title,
        authors=list(detail.item.authors),
        digest=version.bundle.digest,
        level=version.level,
        compiler=version.compiler,
        cause=version.cause,
        source_version=version.source_version,
        source_date=version.source_date,
        created=version.published_at,
        rendition=renditions[0],
        renditions=renditions,
        serving=detail.rendition.reason,
        attribution=detail.rendition.attribution,
        licence=Licence(url=detail.license, name=read_licence(detail.license).name),
        file_count=version.bundle.file_count,
        total_bytes=version.bundle.size_bytes,
        files=member_files(artifact, media_type=media_type, address=address),
        archives=archives(version, address),
        bindings=bindings(bind(read)),
        unrecognised=[f"{one.place}: {one.what} {one.why}" for one in read.unrecognised],
    )


def _renditions(served: RenditionSummary) -> list[Rendition]:
    """The rendition that is served, and the other one where there are two."""
    found = [Rendition(level=served.level, digest=served.digest, served=True)]
    if served.other_level and served.other_digest:
        found.append(Rendition(level=served.other_level, digest=served.other_digest, served=not served.withheld))
    return found


def member_files(
    artifact: Artifact, *, media_type: Callable[[str, bytes], str], address: Callable[[str], str]
) -> list[MemberFile]:
    """Every file of an artifact, by path."""
    return [
        MemberFile(
            path=path,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            media_type=media_type(path, content),
            layer=layer_of(path),
            url=address(f"files/{path}"),
        )
        for path, content in artifact.files.items()
    ]


def layer_of(path: str) -> str | None:
    """The layer a file belongs to, by its top folder."""
    top, slash, _ = path.partition("/")
    return top if slash and top in LAYERS else None


def archives(version: StoredVersion, address: Callable[[str], str]) -> list[Archive]:
    """The archive forms of a version's bundle; the .tar.gz is stored, the .zip made when asked for."""
    bundle = version.bundle
    return [
        Archive(
            media_type="application/gzip",
            url=address("bundle.tar.gz"),
            size=bundle.length_bytes,
            sha256=bundle.archive_sha256,
        ),
        Archive(media_type="application/zip", url=address("bundle.zip"), size=None, sha256=None),
    ]


def bindings(graph: BindingGraph) -> Bindings:
    """The binding graph as the manifest has it."""
    plain: dict[str, Any] = graph.as_json()
    return Bindings.model_validate({**plain, "dangling": len(graph.dangling)})
