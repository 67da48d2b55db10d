"""Other forms of a package under its own address, for callers whose ``Accept`` asks for them.

``text/markdown`` is PAPER.md, with links to what to read next; citations and linked data go by their media types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.exports.cited import CitedPackage
from registry.identifiers import PackageId
from registry.manifest import LAYERS, PAPER_FILE, layer_of
from registry.package_views import PackageDetail
from web.artifact_files import file_answer
from web.citing import BaseUrl, cited
from web.dependencies import SessionDependency
from web.export_formats import NEGOTIATED, described, export_answer
from web.hosting import Hosting, HostingDependency
from web.negotiation import preferred
from web.version_reading import disclosure_links, member, shown

MARKDOWN = "text/markdown"
OTHER_FORMS: dict[int | str, dict[str, Any]] = {200: {"content": described((MARKDOWN, *NEGOTIATED))}}
"""What OpenAPI says of them, beside the usual form."""


@dataclass(frozen=True, slots=True)
class Forms:
    """What it takes to give one request a package in another form."""

    request: Request
    session: Session
    hosting: Hosting
    base: str

    def cited(self, detail: PackageDetail) -> CitedPackage:
        """The version that ``detail`` shows, for export formats."""
        return cited(detail, self.base, self.hosting.reader, self.session)

    def other(self, detail: PackageDetail, *, usual: str) -> Response | None:
        """The form the caller would rather have than the ``usual`` media type, or None.

        Raises NotFound for a version that has no PAPER.md.
        """
        wanted = preferred(self.request, (usual, MARKDOWN, *NEGOTIATED))
        if wanted == usual:
            return None
        if wanted == MARKDOWN:
            return _paper(self.request, self.session, self.hosting, detail)
        return export_answer(self.request, NEGOTIATED[wanted], self.cited(detail), tuple, base=self.base)


def _forms(request: Request, session: SessionDependency, hosting: HostingDependency, base: BaseUrl) -> Forms:
    return Forms(request, session, hosting, base)


FormsDependency = Annotated[Forms, Depends(_forms)]


def _paper(request: Request, session: Session, hosting: Hosting, detail: PackageDetail) -> Response:
    found = shown(session, PackageId(detail.item.namespace, detail.item.name), detail)
    artifact = hosting.reader.open(found.stored.bundle)
    present = {layer_of(path) for path in artifact.files}
    more = {
        "Vary": "Accept",
        "Content-Location": found.address(f"files/{PAPER_FILE}"),
        "Link": disclosure_links(found, [layer for layer in LAYERS if layer in present]),
    }
    content = member(artifact, PAPER_FILE)
    return file_answer(request, found, PAPER_FILE, content, cache_control="no-cache", more=more)
