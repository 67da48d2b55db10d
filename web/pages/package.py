"""``/packages/…``: one package, at its current or a named version; other spellings lead to the canonical address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from registry.categories import ARCHIVE_NAMES, category_name
from registry.errors import InvalidIdentifier, PackageNotFound
from registry.exports import schema_org
from registry.exports.cited import CitedPackage
from registry.exports.signposting import TypedLink
from registry.feed import FeedQuery
from registry.fulltext import AttemptState, read_attempt
from registry.identifiers import ARXIV_NAMESPACE, ArxivId, PackageId, parse_package_id
from registry.licences import read_licence
from registry.package_views import PackageDetail, TagReason
from registry.packages import read_package
from registry.related import RelatedPackage, read_related
from registry.tags import PROVENANCE, Where
from web.dependencies import RendererDependency, SessionDependency
from web.export_formats import signposts
from web.feed_filters import adding, feed_href
from web.headers import conditional
from web.hosted_addresses import reference
from web.package_forms import FormsDependency
from web.package_paths import CONVERTER, package_api_path, package_path, read_package_id, register_converter
from web.pages.attention import AttentionPanel, read_panel
from web.typeset import plain

register_converter()
router = APIRouter(include_in_schema=False)

_OLD_NUMBER = re.compile(r"\d{7}(?:v\d+)?")
_DOI = re.compile(r"10\.\d{4,9}/\S{1,200}")
_LEVELS = {
    "metadata": "from metadata",
    "full": "from full text",
    "partial": "from parts of the full text",
    "pdf": "from the PDF's text, with less confidence",
    "published": "published here",
}
_CAUSES = {
    "arxiv-version": "new arXiv version",
    "metadata": "metadata changed",
    "recompile": "compiled anew",
    "publish": "published",
}


@dataclass(frozen=True, slots=True)
class NamedLink:
    """A link with its words; ``title`` says more to those who ask."""

    name: str
    href: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One row of the list of versions; ``changes`` leads to what changed since the one before, if there is one.

    ``withdrawn`` is the day a version was withdrawn: listed, so that its digest can be verified, but leading nowhere.
    """

    number: int
    href: str
    changes: str | None
    day: str
    source: str
    cause: str
    digest: str
    shown: bool
    withdrawn: str | None


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag, where it leads, and in words why the package has it."""

    name: str
    href: str
    reason: str


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """A related package: its title as the source has it, where it is, and why it is related."""

    title: str
    href: str
    reason: str


@dataclass(frozen=True, slots=True)
class PackageContext:
    """Everything ``package.html`` shows. ``links`` lead to arXiv and to the same package in the API."""

    detail: PackageDetail
    canonical: str
    links: tuple[NamedLink, ...]
    categories: tuple[NamedLink, ...]
    tags: tuple[TagLine, ...]
    versions: tuple[VersionLine, ...]
    licence: NamedLink | None
    doi: NamedLink | None
    compiled: str
    files: str
    signposts: tuple[TypedLink, ...]
    json_ld: Mapping[str, Any]
    related: tuple[RelatedLink, ...] = ()
    attention: AttentionPanel | None = None
    shallow: str = ""

    @property
    def is_current(self) -> bool:
        return self.detail.shown == self.detail.item.version


@router.get(f"/packages/{{namespace}}/{{name:{CONVERTER}}}")
def current(
    request: Request,
    session: SessionDependency,
    renderer: RendererDependency,
    forms: FormsDependency,
    namespace: str,
    name: str,
) -> Response:
    """The package at its current version, or the way to its canonical address."""
    package_id, written = _identify(namespace, name)
    canonical = package_path(package_id.namespace, package_id.name)
    if written is not None and written.version is not None:
        return RedirectResponse(_arxiv_version_path(session, package_id, written.version), 302)
    if (namespace, name) != (package_id.namespace, package_id.name):
        return RedirectResponse(canonical, 301)
    return _show(request, session, renderer, forms, read_package(session, package_id))


@router.get(f"/packages/{{namespace}}/{{name:{CONVERTER}}}/v{{number:int}}")
def version(
    request: Request,
    session: SessionDependency,
    renderer: RendererDependency,
    forms: FormsDependency,
    namespace: str,
    name: str,
    number: int,
) -> Response:
    """The package at one version."""
    package_id, _ = _identify(namespace, name)
    if (namespace, name) != (package_id.namespace, package_id.name):
        return RedirectResponse(package_path(package_id.namespace, package_id.name, number), 301)
    return _show(request, session, renderer, forms, read_package(session, package_id, number))


@router.get("/packages/{text}")
def by_id(text: str) -> Response:
    """``/packages/arxiv:2205.14135`` and a bare identifier lead to the package."""
    try:
        package_id = parse_package_id(text)
    except InvalidIdentifier as error:
        raise PackageNotFound(str(error)) from error
    return RedirectResponse(package_path(package_id.namespace, package_id.name), 301)


def _identify(namespace: str, name: str) -> tuple[PackageId, ArxivId | None]:
    try:
        if _OLD_NUMBER.fullmatch(name) and namespace.partition(".")[0] in ARCHIVE_NAMES:
            return read_package_id(ARXIV_NAMESPACE, f"{namespace}/{name}")  # /packages/hep-th/9901001
        return read_package_id(namespace, name)
    except InvalidIdentifier as error:
        raise PackageNotFound(str(error)) from error  # for a reader, an address that cannot be is one not found


def _arxiv_version_path(session: Session, package_id: PackageId, arxiv_version: int) -> str:
    """The newest package version made from arXiv's vN; the package itself if there is none."""
    detail = read_package(session, package_id)
    made = [one.number for one in detail.versions if one.source_version == arxiv_version]
    return package_path(package_id.namespace, package_id.name, max(made) if made else None)


def _show(
    request: Request,
    session: Session,
    renderer: RendererDependency,
    forms: FormsDependency,
    detail: PackageDetail,
) -> Response:
    """The page, with typed links for machines in its header; or the form that the caller's ``Accept`` asks for."""
    if form := forms.other(detail, usual="text/html"):
        return form
    context = package_context(detail, forms.cited(detail))
    named = PackageId(detail.item.namespace, detail.item.name)
    related = tuple(map(_related_link, read_related(session, named)))
    context = replace(
        context, related=related, attention=read_panel(session, named), shallow=_why_shallow(session, detail)
    )
    response = conditional(request, renderer.page("package.html", context))
    response.headers["Link"] = ", ".join(map(str, context.signposts))
    return response


def _why_shallow(session: Session, detail: PackageDetail) -> str:
    """Why a paper was compiled from its metadata only, where its full text was tried in vain (HTML, a scan)."""
    made_of = next((one.source_version for one in detail.versions if one.number == detail.shown), None)
    if detail.rendition.level != "metadata" or detail.item.namespace != ARXIV_NAMESPACE or not made_of:
        return ""
    tried = read_attempt(session, detail.item.name, made_of)
    return tried.reason or "" if tried is not None and tried.state is AttemptState.FAILED else ""


def _related_link(found: RelatedPackage) -> RelatedLink:
    item = found.item
    return RelatedLink(item.title, package_path(item.namespace, item.name), found.reason)


def package_context(detail: PackageDetail, cited: CitedPackage) -> PackageContext:
    """The context of a package's page."""
    item = detail.item
    categories = item.categories or ((item.primary_category,) if item.primary_category else ())
    return PackageContext(
        detail=detail,
        canonical=package_path(item.namespace, item.name),
        links=_links(detail),
        categories=tuple(_feed_link("category", one, category_name(one) or "") for one in categories),
        tags=_tag_lines(detail),
        versions=_version_lines(detail),
        licence=_licence(detail.license),
        doi=_doi(detail.doi),
        compiled=_LEVELS[detail.rendition.level],
        files=f"{package_path(item.namespace, item.name, detail.shown)}/files",
        signposts=signposts(cited),
        json_ld=schema_org.write(cited),
    )


def _tag_lines(detail: PackageDetail) -> tuple[TagLine, ...]:
    reasons = {reason.tag: reason for reason in detail.tag_reasons}
    return tuple(
        TagLine(tag, feed_href(adding(FeedQuery(), "tag", tag)), _why(reasons.get(tag))) for tag in detail.item.tags
    )


def _why(reason: TagReason | None) -> str:
    if reason is None:
        return "not recorded"
    if reason.where == Where.PROVENANCE:
        return PROVENANCE[reason.tag]
    if reason.where == Where.OWNER:
        return "Given by the package's owner."
    return f"“{plain(reason.words)}” in the {reason.where}"


def _feed_link(parameter: str, value: str, title: str = "") -> NamedLink:
    return NamedLink(value, feed_href(adding(FeedQuery(), parameter, value)), title)


def _links(detail: PackageDetail) -> tuple[NamedLink, ...]:
    item = detail.item
    api = NamedLink("JSON", package_api_path(item.namespace, item.name), "This package in the API")
    if item.namespace != ARXIV_NAMESPACE:
        return (*_trajectory(detail), api)
    source_version = detail.shown_version.source_version
    name = quote(item.name, safe="/") + (f"v{source_version}" if source_version else "")
    return (
        NamedLink("arXiv", f"https://arxiv.org/abs/{name}", f"Abstract of {name} on arXiv"),
        NamedLink("PDF", f"https://arxiv.org/pdf/{name}", f"PDF of {name} on arXiv"),
        api,
    )


def _trajectory(detail: PackageDetail) -> Iterator[NamedLink]:
    """The publisher's own page, where there is one; it runs in an origin of its own."""
    path = detail.hosted.trajectory if detail.hosted else None
    if path:
        revision = reference(detail.item.name, None if detail.shown == detail.item.version else detail.shown)
        yield NamedLink("Trajectory", f"/raw/hosted/{revision}/{quote(path)}", "The publisher's page of this research")


def _version_lines(detail: PackageDetail) -> tuple[VersionLine, ...]:
    item = detail.item
    path = package_path(item.namespace, item.name)
    standing = [one.number for one in detail.versions if one.withdrawn_on is None]
    before = dict(pairwise(standing))
    return tuple(
        VersionLine(
            number=one.number,
            href=package_path(item.namespace, item.name, None if one.number == item.version else one.number),
            changes=f"{path}/diff/v{before[one.number]}..v{one.number}" if one.number in before else None,
            day=one.published_on.isoformat(),
            source=" ".join(
                filter(None, (f"arXiv v{one.source_version}" if one.source_version else "", _LEVELS[one.level]))
            ),
            cause=_CAUSES[one.cause],
            digest=one.digest,
            shown=one.number == detail.shown,
            withdrawn=one.withdrawn_on.isoformat() if one.withdrawn_on else None,
        )
        for one in detail.versions
    )


def _licence(address: str | None) -> NamedLink | None:
    if not address:
        return None
    name = read_licence(address).name
    known = name != "unknown"
    return NamedLink(
        name if known else address, address if address.startswith(("http://", "https://")) else "", address
    )


def _doi(doi: str | None) -> NamedLink | None:
    if not doi:
        return None
    found = _DOI.search(doi)
    return NamedLink(doi, f"https://doi.org/{quote(found[0], safe='/:;()._-')}" if found else "")
