"""``/api/ara…`` and ``/api/submit``: the Hub's contract, so that its official client publishes here unchanged.

Bodies are streamed to disk before anything reads them, and few are worked on at a time. What publishing means is in
`web.publishing`; how a body is read, in `web.submission_reading`. No address here ever redirects: a client would turn
its POST into a GET.
"""

from __future__ import annotations

import hashlib
from typing import IO, Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from registry.ara.artifact import Artifact
from registry.errors import RegistryError
from registry.hosted import HostedRevision, read_revision
from registry.withdrawal import REASON_CHARACTERS
from web.api.hub_models import (
    POINTER_SCHEMA,
    SUBMISSION_SCHEMA,
    Manifest,
    ManifestFile,
    PublishedArtifact,
    RegisteredPointer,
    Rotated,
    Withdrawal,
)
from web.api.responses import problems
from web.dependencies import SessionDependency
from web.headers import conditional
from web.hosted_addresses import HostedAddresses, read_reference
from web.hosting import AddressesDependency, CredentialsDependency, Hosting, HostingDependency
from web.publishing import Admission, Credentials, Published, Publisher
from web.repository_pointers import MAX_POINTER_BYTES, read_pointer_body
from web.request_bodies import mapped, receive, refuse
from web.submission_reading import read_submission
from web.version_reading import served_type

OWN_REASON = "withdrawn by its publisher"
router = APIRouter(tags=["publishing"])
Slug = Annotated[
    str, Path(description="Slug of a hosted artifact; `slug@2` names its second revision.", examples=["a1b2c3d4"])
]
Reason = Annotated[str, Query(max_length=REASON_CHARACTERS, description="Why, in one sentence; shown for good.")]


@router.post(
    "/api/ara",
    status_code=201,
    summary="Publish an artifact",
    response_model=PublishedArtifact,
    responses=problems(400, 401, 413, 429, 503),
    openapi_extra=SUBMISSION_SCHEMA,
)
@router.post("/api/ara/", include_in_schema=False)
async def create(
    request: Request, hosting: HostingDependency, who: CredentialsDependency, addresses: AddressesDependency
) -> Response:
    """Publish a new artifact under a slug of its own. No account is needed; with a bearer token it is that owner's.

    The answer holds the update token, which is shown this once. Findings of the checks are reported, never refused.
    """
    published = await _accepted(request, hosting, who, None)
    return _answer(PublishedArtifact.of(published, addresses), 201)


@router.put(
    "/api/ara/{slug}",
    summary="Replace an artifact",
    response_model=PublishedArtifact,
    responses=problems(400, 401, 403, 404, 410, 413, 429, 503),
    openapi_extra=SUBMISSION_SCHEMA,
)
async def replace(
    request: Request,
    hosting: HostingDependency,
    who: CredentialsDependency,
    addresses: AddressesDependency,
    slug: Slug,
) -> Response:
    """Publish the next revision, with the update token (`x-ara-token`) or a bearer token of the owner.

    Replaces the whole bundle: a file that is left out is gone. Content equal to the shown revision's makes none.
    """
    published = await _accepted(request, hosting, who, slug)
    return _answer(PublishedArtifact.of(published, addresses), 200)


@router.get(
    "/api/ara/{slug}", summary="Manifest of an artifact", response_model=Manifest, responses=problems(404, 410, 503)
)
def manifest(
    request: Request, session: SessionDependency, hosting: HostingDependency, addresses: AddressesDependency, slug: Slug
) -> Response:
    """The shown revision, or a named one, with every file, its size, its digest and where it is served."""
    package_id, number = read_reference(slug)
    revision = read_revision(session, package_id, number)
    files = _files(revision, hosting.reader.open(revision.bundle), addresses, number)
    described = Manifest.of(revision, files, addresses, number)
    return conditional(request, JSONResponse(described.model_dump(mode="json", by_alias=True)))


@router.delete(
    "/api/ara/{slug}",
    summary="Withdraw an artifact",
    response_model=Withdrawal,
    responses=problems(400, 401, 403, 404, 410, 503),
)
def withdraw(
    hosting: HostingDependency, who: CredentialsDependency, slug: Slug, reason: Reason = OWN_REASON
) -> Response:
    """Withdraw an artifact, with its update token or a bearer token of its owner.

    It leaves the feed, its addresses answer 410 with the day and the reason, and its slug is never given again.
    """
    hosting.publisher.withdraw_hosted(slug, who, reason)
    return _answer(Withdrawal(), 200)


@router.post(
    "/api/ara/{slug}/token",
    summary="Change an update token",
    response_model=Rotated,
    responses=problems(401, 403, 404, 410, 503),
)
def rotate(hosting: HostingDependency, who: CredentialsDependency, slug: Slug) -> Response:
    """A new update token in place of the old one, which is void at once."""
    return _answer(Rotated(slug=slug, update_token=hosting.publisher.rotate(slug, who)), 200)


@router.post(
    "/api/submit",
    status_code=201,
    summary="Register an artifact in a repository",
    response_model=RegisteredPointer,
    responses=problems(400, 413, 429, 501, 503),
    openapi_extra=POINTER_SCHEMA,
)
async def submit(
    request: Request, hosting: HostingDependency, who: CredentialsDependency, addresses: AddressesDependency
) -> Response:
    """Register an artifact whose files stay in a GitHub repository, once its exploration tree could be read there."""
    body = await _received(request, hosting, MAX_POINTER_BYTES)
    with body:
        pointer = read_pointer_body(mapped(body))
    await hosting.work(hosting.publisher.register, pointer, who, hosting.github_raw_url)
    url = addresses.repository(pointer.owner, pointer.repo)
    return _answer(RegisteredPointer(slug=pointer.slug, url=url), 201)


async def _accepted(request: Request, hosting: Hosting, who: Credentials, slug: str | None) -> Published:
    """Who may, before the body is taken; then the body; then the work."""
    try:
        admission = await hosting.ask(hosting.publisher.admit, who, slug)
    except RegistryError as error:
        await refuse(request, error)
        raise
    with await _received(request, hosting) as body:
        return await hosting.work(_publish, hosting.publisher, slug, body, admission)


async def _received(request: Request, hosting: Hosting, most_bytes: int | None = None) -> IO[bytes]:
    async with hosting.arriving:
        return await (receive(request) if most_bytes is None else receive(request, most_bytes=most_bytes))


def _publish(publisher: Publisher, slug: str | None, body: IO[bytes], admission: Admission) -> Published:
    submission = read_submission(mapped(body))
    return publisher.create(submission, admission) if slug is None else publisher.replace(slug, submission, admission)


def _files(
    revision: HostedRevision, artifact: Artifact, addresses: HostedAddresses, number: int | None
) -> list[ManifestFile]:
    return [
        ManifestFile(
            path=path,
            raw=addresses.raw(revision.slug, path, number),
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            media_type=served_type(path, content),
        )
        for path, content in artifact.files.items()
    ]


def _answer(answer: BaseModel, status: int) -> JSONResponse:
    """What changes something is never kept by a cache; least of all an answer that holds a token."""
    content = answer.model_dump(mode="json", exclude_none=True, by_alias=True)
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})
