"""``/api/v1/packages/…/related`` and ``/api/v1/tags/…``: where a reader may go next."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse

from registry.packages import read_package
from registry.related import read_related
from web.api.packages import refuse_any_parameter
from web.api.responses import problems
from web.api_search_models import RelatedAnswer, TagAnswer
from web.dependencies import SessionDependency
from web.headers import conditional
from web.package_paths import CONVERTER, read_package_id, register_converter
from web.tag_reading import read_tag

register_converter()
router = APIRouter(prefix="/api/v1", tags=["search"])


@router.get(
    f"/packages/{{namespace}}/{{name:{CONVERTER}}}/related",
    response_model=RelatedAnswer,
    summary="Related packages",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 404, 410, 503),
)
def related(
    request: Request,
    session: SessionDependency,
    namespace: Annotated[str, Path(description="`arxiv` or another namespace.", examples=["arxiv"])],
    name: Annotated[str, Path(description="Name in the namespace.", examples=["2205.14135", "hep-th/9901001"])],
) -> Response:
    """Packages that this one cites, then those that share telling words of title, tags and claims with it."""
    package_id, _ = read_package_id(namespace, name)
    read_package(session, package_id)  # raises where there is none, or it was withdrawn
    found = read_related(session, package_id)
    return conditional(request, JSONResponse(RelatedAnswer.of(found).model_dump(mode="json")))


@router.get(
    "/tags/{tag}",
    response_model=TagAnswer,
    summary="One tag",
    dependencies=[Depends(refuse_any_parameter)],
    responses=problems(400, 404, 503),
)
def tag(
    request: Request,
    session: SessionDependency,
    tag: Annotated[str, Path(description="The tag, or words that stand for it.", examples=["kv-cache"])],
) -> Response:
    """What a tag means, the tags beside it, how many packages have it. All spellings of one tag give one answer."""
    found = read_tag(session, tag, request.app.state.settings.tags_file)
    return conditional(request, JSONResponse(TagAnswer.of(found).model_dump(mode="json")))
