"""What the Hub's addresses take and answer, field by field. Names are the contract's; some fields are ours.

A bundle's body is described here for the OpenAPI document and read in `web.submission_reading`.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from registry.hosted import HostedRevision, shown_file
from registry.package_views import SealSummary
from web.api_models import Moment
from web.hosted_addresses import HostedAddresses
from web.publishing import Published


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    ok: bool = True


class SealFigures(BaseModel):
    """What the checks found; findings are reported and never refuse a publication."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    edition: str = Field(alias="schema", description="Edition of the format: `new`, `old` or `unknown`.")
    passed: bool = Field(description="Whether Seal Level 1 is earned.")
    passed_without_pictures: bool = Field(description="The same without check 24, which asks for pictures.")
    checks: int = Field(description="How many checks structure can decide.")
    checks_failed: list[int] = Field(description="Numbers of those that failed.")
    errors: int
    errors_without_pictures: int
    lint_errors: int | None = Field(default=None, description="Errors of the linter; absent where it cannot start.")
    lint_warnings: int | None = None
    lint_fixable: int | None = None

    @classmethod
    def of(cls, seal: SealSummary) -> SealFigures:
        return cls(
            edition=seal.schema,
            passed=seal.passed,
            passed_without_pictures=seal.passed_without_pictures,
            checks=seal.checks,
            checks_failed=list(seal.checks_failed),
            errors=seal.errors,
            errors_without_pictures=seal.errors_without_pictures,
            lint_errors=seal.lint_errors,
            lint_warnings=seal.lint_warnings,
            lint_fixable=seal.lint_fixable,
        )


class PublishedArtifact(_Answer):
    """A publication that was accepted."""

    slug: str
    url: str = Field(description="The artifact's page.")
    raw_url: str = Field(description="Its trajectory page by itself.")
    manifest_url: str
    update_token: str | None = Field(default=None, description="Shown once, when the artifact is new; keep it.")
    file_count: int
    total_bytes: int = Field(description="All files together, decoded.")
    revision: int
    id: str = Field(description="The package's id in this registry.")
    digest: str = Field(description="SHA-256 over the bundle's members, hexadecimal.")
    unchanged: bool = Field(description="Whether the content was that of the shown revision, so that none was made.")
    seal: SealFigures

    @classmethod
    def of(cls, published: Published, addresses: HostedAddresses) -> PublishedArtifact:
        revision = published.revision
        return cls(
            slug=revision.slug,
            url=addresses.page(revision.slug),
            raw_url=addresses.raw(revision.slug, published.shown_file),
            manifest_url=addresses.manifest(revision.slug),
            update_token=published.update_token,
            file_count=revision.bundle.file_count,
            total_bytes=revision.bundle.size_bytes,
            revision=revision.number,
            id=f"hosted:{revision.slug}",
            digest=revision.bundle.digest,
            unchanged=not published.made_version,
            seal=SealFigures.of(published.assessment.seal),
        )


class ManifestFile(BaseModel):
    """One file of a revision."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    raw: str = Field(description="Where it is served.")
    bytes: int
    sha256: str
    media_type: str


class Manifest(_Answer):
    """One revision of a hosted artifact, with every file."""

    slug: str
    title: str
    authors: list[str]
    domain: str
    headline: str
    abstract: str
    steps: int | None
    deadEnds: int | None  # noqa: N815 - the contract's name
    trajectory: str | None
    revision: int
    url: str
    raw_url: str
    manifest_url: str
    file_count: int
    total_bytes: int
    created_at: Moment
    updated_at: Moment = Field(description="When this revision was published.")
    id: str
    digest: str
    owner: str | None = Field(description="Handle of the identity it belongs to.")
    files: list[ManifestFile]

    @classmethod
    def of(
        cls, revision: HostedRevision, files: list[ManifestFile], addresses: HostedAddresses, number: int | None
    ) -> Manifest:
        said = revision.statement
        return cls(
            slug=revision.slug,
            title=said.title,
            authors=list(said.authors),
            domain=said.domain or "",
            headline=said.headline or "",
            abstract=said.abstract or "",
            steps=said.steps,
            deadEnds=said.dead_ends,
            trajectory=said.trajectory,
            revision=revision.number,
            url=addresses.page(revision.slug, number),
            raw_url=addresses.raw(revision.slug, shown_file(said, [file.path for file in files]), number),
            manifest_url=addresses.manifest(revision.slug, number),
            file_count=revision.bundle.file_count,
            total_bytes=revision.bundle.size_bytes,
            created_at=revision.created_at,
            updated_at=revision.published_at,
            id=f"hosted:{revision.slug}",
            digest=revision.bundle.digest,
            owner=revision.owner,
            files=files,
        )


class Withdrawal(_Answer):
    """It is withdrawn; its address answers 410 from now on."""


class Rotated(_Answer):
    """A new update token; the old one is void."""

    slug: str
    update_token: str = Field(description="Shown once; keep it.")


class RegisteredPointer(_Answer):
    """A repository that holds an ARA, known here from now on."""

    backend: str = "discoveries"
    slug: str
    url: str


_FILE = {
    "type": "object",
    "description": "A file; content as `text` or as `b64`, never both.",
    "required": ["path"],
    "properties": {
        "path": {"type": "string", "description": "POSIX path relative to the artifact's root."},
        "text": {"type": "string", "description": "Content of a UTF-8 text, up to 6 MiB."},
        "b64": {"type": "string", "description": "Content in standard base64, up to 12 MiB decoded."},
    },
}
SUBMISSION_SCHEMA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "title": {"type": "string", "description": "Default: the title in PAPER.md."},
                        "files": {"type": "array", "minItems": 1, "maxItems": 800, "items": _FILE},
                        "authors": {"type": "array", "items": {"type": "string"}},
                        "domain": {"type": "string"},
                        "headline": {"type": "string"},
                        "abstract": {"type": "string"},
                        "trajectory": {
                            "type": "string",
                            "description": "The file that shows the research; may be left out with a bearer token.",
                        },
                        "steps": {"type": "integer", "minimum": 0},
                        "deadEnds": {"type": "integer", "minimum": 0},
                    },
                }
            }
        },
    }
}
POINTER_SCHEMA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["slug", "title", "owner", "repo"],
                    "properties": {
                        name: {"type": "string"}
                        for name in ("slug", "title", "owner", "repo", "branch", "subdir", "domain", "trajectory")
                    }
                    | {
                        "authors": {"type": "array", "items": {"type": "string"}},
                        "submittedAt": {"type": "string", "format": "date"},
                    },
                }
            }
        },
    }
}
