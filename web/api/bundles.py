"""``/api/v1/packages/…/versions``: versions, their files, manifests and archives; ``/api/v1/bundles``: by digest alone.

Everything under a version is immutable. The same parts under the package itself lead to its current version.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlmodel import Session

from registry.ara.archives import write_zip
from registry.bundles import StoredBundle
from registry.bundles.rows import read_bundle, versions_of
from registry.errors import NotFound
from registry.manifest import PackageManifest, build_manifest, layer_of, member_files
from registry.renditions import refuse_withheld
from web.api.bundle_models import Bundle, BundleFile, FileList, PackageVersion, VersionList
from web.api.packages import refuse_any_parameter, refuse_unknown
from web.api.responses import problems
from web.artifact_files import file_answer
from web.dependencies import SessionDependency
from web.exact_bytes import FOR_EVER, ExactBytes, answer_bytes
from web.headers import conditional
from web.hosting import HostingDependency
from web.layer_document import layer_document
from web.negotiation import preferred
from web.package_paths import CONVERTER, register_converter
from web.version_reading import ShownVersion, member, read_shown, served_type

register_converter()
router = APIRouter(prefix="/api/v1", tags=["bundles"])
PACKAGE = f"/packages/{{namespace}}/{{name:{CONVERTER}}}"
VERSION = f"{PACKAGE}/versions/{{number:int}}"
MARKDOWN = "text/markdown"
_JSON = "application/json"
_PARTS = re.compile(r"bundle\.tar\.gz|bundle\.zip|manifest\.json|files(?:/.+)?|export/[a-z-]+")
_DIGEST = re.compile(r"[0-9a-f]{64}")

Namespace = Annotated[
    str,
    Path(
        description="`arxiv`, `hosted` or another namespace.",
        examples=["arxiv"],
        json_schema_extra={"pattern": "^[a-z][a-z0-9-]{0,62}$"},
    ),
]
Name = Annotated[
    str,
    Path(
        description="Name in the namespace; an old arXiv identifier keeps its slash, bare or as %2F.",
        examples=["2205.14135", "hep-th/9901001"],
        json_schema_extra={"pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}(/[0-9]{7})?$"},
    ),
]
Number = Annotated[
    int, Path(description="Number of the version.", json_schema_extra={"minimum": 1, "maximum": 999_999}, examples=[1])
]
FilePath = Annotated[str, Path(description="Path of the file in the artifact.", examples=["logic/claims.md"])]
Digest = Annotated[
    str,
    Path(
        description="The artifact's digest, hexadecimal.",
        json_schema_extra={"pattern": "^[0-9a-f]{64}$"},
        examples=["0" * 64],
    ),
]


class Layer(StrEnum):
    """A layer of an artifact."""

    LOGIC = "logic"
    SRC = "src"
    TRACE = "trace"
    EVIDENCE = "evidence"
    DATA = "data"


def shown_version(session: SessionDependency, namespace: Namespace, name: Name, number: Number) -> ShownVersion:
    """The version that the path names. Raises PackageNotFound, Withdrawn."""
    return read_shown(session, namespace, name, number)


def refuse_all_but_layer(request: Request) -> None:
    refuse_unknown(request, ("layer",))


Shown = Annotated[ShownVersion, Depends(shown_version)]


def bytes_of(media_type: str, meaning: str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that gives stored bytes, whole or in part."""
    content = {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}
    parts = {**content["content"], "multipart/byteranges": {"schema": {"type": "string", "format": "binary"}}}
    return {
        **problems(400, 404, 410, 412, 416, 503),
        200: {"description": meaning, "headers": _BYTES_HEADERS, **content},
        206: {"description": "The ranges asked for.", "content": parts},
    }


_BYTES_HEADERS: dict[str, Any] = {
    name: {"description": meaning, "schema": {"type": "string"}}
    for name, meaning in (
        ("ETag", "Strong; the SHA-256 of these bytes."),
        ("Repr-Digest", "SHA-256 of the whole, as RFC 9530 writes it."),
        ("Content-Digest", "SHA-256 of this answer's content."),
        ("Ara-Digest", "`sha256:` and the artifact's digest, over its members."),
    )
}


@router.get(
    f"{PACKAGE}/versions",
    response_model=VersionList,
    summary="The versions of a package",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 404, 410, 503),
)
def versions(request: Request, session: SessionDependency, namespace: Namespace, name: Name) -> Response:
    """Every version, newest first, with its digest and where its parts are. A version never changes."""
    found = read_shown(session, namespace, name)
    return conditional(request, JSONResponse(VersionList.of(found).model_dump(mode="json")))


@router.get(
    VERSION,
    response_model=PackageVersion,
    summary="One version of a package",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 404, 410, 503),
)
def version(request: Request, found: Shown) -> Response:
    """What was made from what, when and why; its digest, its archives and its claims."""
    return conditional(request, JSONResponse(PackageVersion.of(found).model_dump(mode="json")))


@router.get(
    f"{VERSION}/manifest.json",
    response_model=PackageManifest,
    summary="The manifest of a version",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 404, 410, 503),
)
def manifest(request: Request, hosting: HostingDependency, found: Shown) -> Response:
    """Every file with size and digest, and the binding graph: which claim rests on which experiment and evidence.

    The list of files is what the artifact's digest is computed over: one line `["path",size,"sha256"]` a file, as JSON
    without spaces, in the order of paths, each ended by a newline.
    """
    built = build_manifest(
        found.detail,
        found.stored,
        hosting.reader.open(found.stored.bundle),
        media_type=served_type,
        address=found.address,
    )
    return conditional(request, JSONResponse(built.model_dump(mode="json", by_alias=True)))


@router.get(
    f"{VERSION}/bundle.tar.gz",
    response_class=Response,
    summary="A version as .tar.gz",
    dependencies=[Depends(refuse_any_parameter)],
    responses=bytes_of("application/gzip", "The archive."),
)
def tar_gz(request: Request, hosting: HostingDependency, found: Shown) -> Response:
    """All files of a version, as they were stored: the same bytes for ever. Ranges and conditions are honoured."""
    stored = found.stored.bundle
    content = hosting.reader.packed(stored)
    return answer_bytes(request, _archive(found, content, stored.archive_sha256, "tar.gz"))


@router.get(
    f"{VERSION}/bundle.zip",
    response_class=Response,
    summary="A version as .zip",
    dependencies=[Depends(refuse_any_parameter)],
    responses=bytes_of("application/zip", "The archive."),
)
def zipped(request: Request, hosting: HostingDependency, found: Shown) -> Response:
    """The same files as a .zip, packed when asked for, with the same bytes every time."""
    content = write_zip(hosting.reader.open(found.stored.bundle))
    return answer_bytes(request, _archive(found, content, hashlib.sha256(content).hexdigest(), "zip"))


@router.get(
    f"{VERSION}/files",
    response_model=FileList,
    summary="The files of a version",
    dependencies=[Depends(refuse_all_but_layer)],
    responses=problems(400, 404, 410, 503)
    | {
        200: {
            "description": "The list, or the files themselves.",
            "content": {MARKDOWN: {"schema": {"type": "string"}}},
        }
    },
)
def files(
    request: Request,
    hosting: HostingDependency,
    found: Shown,
    layer: Annotated[Layer | None, Query(description="Only this layer.")] = None,
) -> Response:
    """Path, size, digest, type and address of every file, or of one layer's.

    With `Accept: text/markdown` the texts themselves, one after another in one Markdown document: after PAPER.md, ask
    for `?layer=logic` so, then for what it leads to. Pictures and other bytes are named with their address.
    """
    artifact = hosting.reader.open(found.stored.bundle)
    listed = {path: content for path, content in artifact.files.items() if layer is None or layer_of(path) == layer}
    if preferred(request, (_JSON, MARKDOWN)) == MARKDOWN:
        title = f"{found.detail.item.id} v{found.stored.number}, {f'layer {layer}' if layer else 'all layers'}"
        document = layer_document(artifact, listed, title=title, address=found.address)
        return conditional(request, Response(document, media_type=f"{MARKDOWN}; charset=utf-8"))
    answer = FileList(
        id=found.detail.item.id,
        version=found.stored.number,
        digest=artifact.digest,
        layer=layer,
        files=[
            one for one in member_files(artifact, media_type=served_type, address=found.address) if one.path in listed
        ],
        total_bytes=sum(map(len, listed.values())),
    )
    return conditional(request, JSONResponse(answer.model_dump(mode="json")))


@router.get(
    f"{VERSION}/files/{{path:path}}",
    response_class=Response,
    summary="One file of a version",
    dependencies=[Depends(refuse_any_parameter)],
    responses=bytes_of("*/*", "The file, with the type that the list of files gives."),
)
def file(request: Request, hosting: HostingDependency, found: Shown, path: FilePath) -> Response:
    """The file as it was published. It is somebody's text: it is served sandboxed and never runs in this origin."""
    content = member(hosting.reader.open(found.stored.bundle), path)
    return file_answer(request, found, path, content)


@router.get(
    "/bundles/{digest}.tar.gz",
    response_class=Response,
    summary="A bundle by its digest, as .tar.gz",
    dependencies=[Depends(refuse_any_parameter)],
    responses=bytes_of("application/gzip", "The archive."),
)
def bundle_tar_gz(request: Request, session: SessionDependency, hosting: HostingDependency, digest: Digest) -> Response:
    """What was cited by digest stays verifiable: the same bytes, also where the version was withdrawn since."""
    stored = _citable(session, digest)
    content = hosting.reader.packed(stored)
    return answer_bytes(request, _cited(session, digest, content, stored.archive_sha256, "tar.gz"))


@router.get(
    "/bundles/{digest}.zip",
    response_class=Response,
    summary="A bundle by its digest, as .zip",
    dependencies=[Depends(refuse_any_parameter)],
    responses=bytes_of("application/zip", "The archive."),
)
def bundle_zip(request: Request, session: SessionDependency, hosting: HostingDependency, digest: Digest) -> Response:
    """The same as a .zip."""
    content = write_zip(hosting.reader.open(_citable(session, digest)))
    return answer_bytes(request, _cited(session, digest, content, hashlib.sha256(content).hexdigest(), "zip"))


@router.get(
    "/bundles/{digest}",
    response_model=Bundle,
    summary="What is known of a digest",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 404, 503),
)
def bundle(request: Request, session: SessionDependency, hosting: HostingDependency, digest: Digest) -> Response:
    """The files a digest stands for, and the versions that were given it, with the day of those withdrawn.

    Whoever holds a copy can verify it by this alone.
    """
    stored = _citable(session, digest)
    members = hosting.reader.open(stored).files.items()
    files = [BundleFile(path=path, size=len(one), sha256=hashlib.sha256(one).hexdigest()) for path, one in members]
    answer = Bundle.of(stored, versions_of(session, digest), files)
    return conditional(request, JSONResponse(answer.model_dump(mode="json")))


current_router = APIRouter(prefix="/api/v1", tags=["bundles"])


@current_router.get(
    f"{PACKAGE}/{{part:path}}",
    response_class=RedirectResponse,
    status_code=307,
    summary="A part of the current version",
    responses=problems(400, 404, 410, 503) | {307: {"description": "The same part under its version."}},
)
def current_part(
    request: Request,
    session: SessionDependency,
    namespace: Namespace,
    name: Name,
    part: Annotated[
        str,
        Path(
            description="`bundle.tar.gz`, `bundle.zip`, `manifest.json`, `files`, `files/PATH` or `export/FORMAT`.",
            examples=["manifest.json"],
        ),
    ],
) -> Response:
    """Leads to the same part of the version that is shown, whose address and content never change."""
    if not _PARTS.fullmatch(part):
        raise NotFound("There is nothing at this address; a package has bundle.tar.gz, manifest.json and files.")
    found = read_shown(session, namespace, name)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{found.address(part)}{query}", 307, {"Cache-Control": "no-cache"})


def _archive(found: ShownVersion, content: bytes, sha256: str, ending: str) -> ExactBytes:
    return ExactBytes(
        content=content,
        media_type="application/gzip" if ending == "tar.gz" else "application/zip",
        modified=found.stored.published_at,
        sha256=sha256,
        cache_control=found.cache_control,
        headers={
            "Ara-Digest": f"sha256:{found.stored.bundle.digest}",
            "Content-Disposition": f'attachment; filename="{found.file_name}.{ending}"',
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Link": f'<{found.path}/manifest.json>; rel="describedby"; type="application/json", '
            f'<{found.path}>; rel="collection"; type="application/json"',
        },
    )


def _cited(session: SessionDependency, digest: str, content: bytes, sha256: str, ending: str) -> ExactBytes:
    """A bundle by digest. Where no version of it stands, nobody keeps or lists it for us."""
    named = versions_of(session, digest)
    stands = any(one.withdrawn_at is None for one in named)
    quiet = {} if stands else {"X-Robots-Tag": "noindex"}
    return ExactBytes(
        content=content,
        media_type="application/gzip" if ending == "tar.gz" else "application/zip",
        modified=min((one.published_at for one in named), default=datetime.now(UTC)),
        sha256=sha256,
        cache_control=FOR_EVER if stands else "no-cache",
        headers={
            "Ara-Digest": f"sha256:{digest}",
            "Content-Disposition": f'attachment; filename="{digest[:16]}.{ending}"',
            "Cross-Origin-Resource-Policy": "cross-origin",
            **quiet,
        },
    )


def _citable(session: Session, digest: str) -> StoredBundle:
    if not _DIGEST.fullmatch(digest):
        raise NotFound(f"{digest[:80]!r} is no digest; one is 64 hexadecimal digits, in lower case.")
    refuse_withheld(session, digest)
    return read_bundle(session, digest)
