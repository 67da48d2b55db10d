"""``/api/v1/packages/…/tags/…``: tags that the owner of a hosted package gives it, or takes from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from registry import hosted
from registry.database import transaction
from registry.errors import Forbidden
from registry.identifiers import HOSTED_NAMESPACE, PackageId
from web.api.bundles import Name, Namespace
from web.api.packages import refuse_any_parameter
from web.api.responses import problems
from web.api_search_models import PackageTags
from web.hosting import CredentialsDependency
from web.package_paths import CONVERTER, read_package_id, register_converter
from web.publishing import Credentials, authenticated
from web.tag_choices import give_tag, take_tag

register_converter()
router = APIRouter(prefix="/api/v1", tags=["publishing"], dependencies=[Depends(refuse_any_parameter)])
_PATH = f"/packages/{{namespace}}/{{name:{CONVERTER}}}/tags/{{tag}}"
TagName = Annotated[str, Path(description="The tag, or words that stand for it.", examples=["kv-cache"])]
_PROBLEMS = problems(400, 401, 403, 404, 410, 503)


@router.put(_PATH, response_model=PackageTags, summary="Give a tag", responses=_PROBLEMS)
def given(request: Request, who: CredentialsDependency, namespace: Namespace, name: Name, tag: TagName) -> Response:
    """Give a hosted package of one's own a tag, with its owner's bearer token or its update token (`x-ara-token`).

    Tags given stand before those that the words of the package gave; a package has at most eight in all.
    """
    return _change(request, who, namespace, name, tag, give_tag)


@router.delete(_PATH, response_model=PackageTags, summary="Take a tag", responses=_PROBLEMS)
def taken(request: Request, who: CredentialsDependency, namespace: Namespace, name: Name, tag: TagName) -> Response:
    """Take a tag from a hosted package of one's own; whatever the words say, it is gone until it is given again."""
    return _change(request, who, namespace, name, tag, take_tag)


def _change(
    request: Request, who: Credentials, namespace: str, name: str, tag: str, change: Callable[..., tuple[str, ...]]
) -> Response:
    package_id, _ = read_package_id(namespace, name)
    with transaction(request.app.state.engine) as session:
        by = _authorised(session, package_id, who)
        tags = change(session, package_id, tag, by=by, tags_file=request.app.state.settings.tags_file)
    return JSONResponse(PackageTags(id=str(package_id), tags=list(tags)).model_dump(mode="json"))


def _authorised(session: Session, package_id: PackageId, who: Credentials) -> str:
    """Who changes it, by name. Raises what `registry.hosted.authorise` raises, Forbidden for an imported package."""
    caller = authenticated(session, who)
    if package_id.namespace != HOSTED_NAMESPACE:
        raise Forbidden(
            f"{package_id} was imported: its tags come from its words. The operator can map, merge and ban tags."
        )
    hosted.authorise(session, package_id, update_token=who.update_token, caller=caller)
    return caller.identity if caller else "update token"
