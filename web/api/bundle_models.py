"""The API's answers about versions, their files and their bundles, field by field."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from registry.bundles.rows import BundleVersion
from registry.bundles.stored import StoredBundle
from registry.manifest import Archive, MemberFile, archives
from web.api_models import Claim, Moment, Version
from web.package_paths import package_path
from web.version_reading import ShownVersion, version_api_path


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VersionLinks(_Answer):
    """Paths of what there is of one version."""

    version: str = Field(description="The version itself, as JSON.")
    paper: str = Field(description="PAPER.md: what it is about, in a page. Read this first.")
    files: str = Field(description="Every file; `?layer=` gives one layer, as JSON or as one Markdown text.")
    manifest: str = Field(description="Files with digests, and the binding graph.")
    tar_gz: str = Field(description="All of it, as .tar.gz.")
    zip: str = Field(description="All of it, as .zip.")
    page: str = Field(description="The page for people.")


class ListedVersion(Version):
    """One version, and where to find what there is of it; a withdrawn one has only its digest left."""

    links: VersionLinks | None = Field(description="Null for a withdrawn version.")


class VersionList(_Answer):
    """The versions of a package."""

    id: str = Field(description="Package id.")
    current: int = Field(ge=1, description="The version that is shown.")
    versions: list[ListedVersion] = Field(description="Newest first; the withdrawn ones too.")

    @classmethod
    def of(cls, found: ShownVersion) -> VersionList:
        versions = [
            ListedVersion(**Version.of(one).model_dump(), links=None if one.withdrawn_on else links(found, one.number))
            for one in found.detail.versions
        ]
        return cls(id=found.detail.item.id, current=found.detail.item.version, versions=versions)


class PackageVersion(_Answer):
    """One version of a package."""

    id: str = Field(description="Package id.")
    version: int = Field(ge=1)
    current: bool = Field(description="Whether this is the version that is shown.")
    title: str = Field(description="TeX kept.")
    authors: list[str]
    level: str = Field(description="`metadata`, `full` or `published`.")
    cause: str = Field(description="Why it was made: `arxiv-version`, `metadata`, `recompile` or `publish`.")
    compiler: str | None = Field(description="What compiled it; null if it was published as it is.")
    source_version: int | None = Field(description="arXiv's version it was made from.")
    source_date: Moment | None
    published: date = Field(description="Day of the version, UTC.")
    created: Moment = Field(description="When this registry made it.")
    digest: str = Field(description="SHA-256 over the bundle's members, hexadecimal: the version's citable name.")
    file_count: int
    total_bytes: int = Field(description="Bytes of all files, unpacked.")
    archives: list[Archive]
    claims: list[Claim]
    withdrawn_on_arxiv: str | None = Field(
        description="The reason, where this is an earlier version of a paper that was withdrawn on arXiv; else null."
    )
    links: VersionLinks

    @classmethod
    def of(cls, found: ShownVersion) -> PackageVersion:
        stored, item = found.stored, found.detail.item
        return cls(
            id=item.id,
            version=stored.number,
            current=stored.number == item.version,
            title=item.title,
            authors=list(item.authors),
            level=stored.level,
            cause=stored.cause,
            compiler=stored.compiler,
            source_version=stored.source_version,
            source_date=stored.source_date,
            published=found.detail.shown_version.published_on,
            created=stored.published_at,
            digest=stored.bundle.digest,
            file_count=stored.bundle.file_count,
            total_bytes=stored.bundle.size_bytes,
            archives=archives(stored, found.address),
            claims=[Claim.of(claim) for claim in found.detail.claims],
            withdrawn_on_arxiv=found.detail.withdrawn_reason,
            links=links(found, stored.number),
        )


class FileList(_Answer):
    """The files of a version, or of one of its layers."""

    id: str
    version: int
    digest: str = Field(description="The artifact's digest, over all files.")
    layer: str | None = Field(description="The layer that is listed; null for all files.")
    files: list[MemberFile]
    total_bytes: int = Field(description="Bytes of the files listed.")


class NamedVersion(_Answer):
    """A version that was given a bundle."""

    id: str
    version: int
    created: Moment
    withdrawn: Moment | None = Field(description="When it or its package was withdrawn; null while it stands.")

    @classmethod
    def of(cls, version: BundleVersion) -> NamedVersion:
        return cls(
            id=version.package_id,
            version=version.number,
            created=version.published_at,
            withdrawn=version.withdrawn_at,
        )


class BundleFile(_Answer):
    """A member of a bundle."""

    path: str
    size: int
    sha256: str


class Bundle(_Answer):
    """A bundle by its digest: what it holds, and which versions were given it, the withdrawn ones too."""

    digest: str
    tar_gz: str = Field(description="Path of the .tar.gz.")
    tar_gz_bytes: int
    tar_gz_sha256: str
    zip: str = Field(description="Path of the .zip.")
    total_bytes: int
    versions: list[NamedVersion]
    files: list[BundleFile] = Field(description="What the digest is computed over.")

    @classmethod
    def of(cls, bundle: StoredBundle, versions: tuple[BundleVersion, ...], files: list[BundleFile]) -> Bundle:
        path = f"/api/v1/bundles/{bundle.digest}"
        return cls(
            digest=bundle.digest,
            tar_gz=f"{path}.tar.gz",
            tar_gz_bytes=bundle.length_bytes,
            tar_gz_sha256=bundle.archive_sha256,
            zip=f"{path}.zip",
            total_bytes=bundle.size_bytes,
            versions=[NamedVersion.of(one) for one in versions],
            files=files,
        )


def links(found: ShownVersion, number: int) -> VersionLinks:
    """The addresses of a version of the package."""
    path = version_api_path(found.id, number)
    return VersionLinks(
        version=path,
        paper=f"{path}/files/PAPER.md",
        files=f"{path}/files",
        manifest=f"{path}/manifest.json",
        tar_gz=f"{path}/bundle.tar.gz",
        zip=f"{path}/bundle.zip",
        page=package_path(found.id.namespace, found.id.name, number),
    )
