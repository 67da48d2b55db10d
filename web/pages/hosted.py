"""``/ara/…`` and ``/raw/…``: the Hub's addresses of an artifact's page and of its files.

The files are somebody's HTML and scripts. They are served so that they run, if at all, in an origin of their own that
has no access to this site: sandboxed, never sniffed, without cookies.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from registry.hosted import read_revision
from registry.pointers import read_pointer
from web.dependencies import SessionDependency
from web.exact_bytes import ExactBytes, answer_bytes
from web.hosted_addresses import read_reference
from web.hosting import HostingDependency
from web.package_paths import package_path
from web.version_reading import member, served_type

router = APIRouter(include_in_schema=False)
_DAY_SECONDS = 86_400
SANDBOXED = {
    "Content-Security-Policy": "sandbox allow-scripts",
    "X-Content-Type-Options": "nosniff",
    # A sandboxed document must not ask for an opener policy (browsers refuse to show it), and its own pictures reach it
    # from an origin that is not its own.
    "Cross-Origin-Opener-Policy": "unsafe-none",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
}


@router.get("/ara/hosted/{reference}")
def page(reference: str) -> Response:
    """The package's page, at its canonical address."""
    package_id, number = read_reference(reference)
    return RedirectResponse(package_path(package_id.namespace, package_id.name, number), 302)


@router.get("/ara/{owner}/{repo}")
def repository(session: SessionDependency, owner: str, repo: str) -> Response:
    """The repository of a registered pointer; its files are not kept here."""
    pointer = read_pointer(session, owner, repo)
    parts = (pointer.owner, pointer.repo, "tree", pointer.branch, pointer.subdir)
    return RedirectResponse("https://github.com/" + "/".join(quote(part, safe="/") for part in parts if part), 302)


@router.get("/raw/hosted/{reference}/{path:path}")
def file(
    request: Request, session: SessionDependency, hosting: HostingDependency, reference: str, path: str
) -> Response:
    """One file of the shown revision, or of the named one, as it was published."""
    package_id, number = read_reference(reference)
    revision = read_revision(session, package_id, number)
    content = member(hosting.reader.open(revision.bundle), path)
    return answer_bytes(
        request,
        ExactBytes(
            content=content,
            media_type=served_type(path, content),
            modified=revision.published_at,
            sha256=hashlib.sha256(content).hexdigest(),
            cache_control="no-cache" if number is None else f"public, max-age={_DAY_SECONDS}",
            headers=SANDBOXED,
        ),
    )
