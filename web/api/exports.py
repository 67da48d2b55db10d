"""``…/export/{format}``: a version as a citation, a research object, linked data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from registry.manifest import MemberFile, member_files
from web.api.bundles import VERSION, Shown
from web.api.packages import refuse_any_parameter
from web.api.responses import problems
from web.citing import BaseUrl, cited
from web.dependencies import SessionDependency
from web.export_formats import FORMS, Format, described, export_answer
from web.hosting import HostingDependency
from web.version_reading import served_type

router = APIRouter(prefix="/api/v1", tags=["exports"])


@router.get(
    f"{VERSION}/export/{{format}}",
    response_class=Response,
    summary="A version in another format",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 404, 410, 503)
    | {
        200: {
            "description": "The version in that format.",
            "content": described(form.media_type for form in FORMS.values()),
        }
    },
)
def export(
    request: Request,
    session: SessionDependency,
    hosting: HostingDependency,
    base: BaseUrl,
    found: Shown,
    format_: Annotated[Format, Path(alias="format", description="Name of the format.")],
) -> Response:
    """BibTeX, CSL-JSON or CITATION.cff to cite it; RO-Crate or schema.org JSON-LD to describe it; a link set.

    BibTeX keeps the title's TeX; all others have plain Unicode.
    """

    def files() -> list[MemberFile]:
        artifact = hosting.reader.open(found.stored.bundle)
        return member_files(artifact, media_type=served_type, address=found.address)

    words = cited(found.detail, base, hosting.reader, session)
    return export_answer(request, format_, words, files, base=base)
