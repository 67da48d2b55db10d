"""``/packages/…/v2/files``: what a version consists of, file by file, and the forms in which all of it can be had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from registry.errors import InvalidIdentifier, PackageNotFound
from registry.manifest import LAYERS, MemberFile, member_files
from web.dependencies import RendererDependency, SessionDependency
from web.export_formats import Format
from web.headers import conditional
from web.hosting import HostingDependency
from web.package_paths import CONVERTER, package_path, read_package_id, register_converter
from web.version_reading import ShownVersion, read_shown, served_type

register_converter()
router = APIRouter(include_in_schema=False)
_EXPORTS = {
    Format.BIBTEX: "BibTeX",
    Format.CSL_JSON: "CSL-JSON",
    Format.CFF: "CITATION.cff",
    Format.RO_CRATE: "RO-Crate",
    Format.SCHEMA_ORG: "schema.org",
}


@dataclass(frozen=True, slots=True)
class LayerFiles:
    """The files of one layer, or those at the root and elsewhere (``name`` is empty)."""

    name: str
    files: tuple[MemberFile, ...]


@dataclass(frozen=True, slots=True)
class FilesContext:
    """Everything ``files.html`` shows."""

    id: str
    title: str
    package: str
    number: int
    digest: str
    file_count: int
    total_bytes: int
    api: str
    layers: tuple[LayerFiles, ...]
    exports: tuple[tuple[str, str], ...]


@router.get(f"/packages/{{namespace}}/{{name:{CONVERTER}}}/files")
def current_files(
    request: Request,
    session: SessionDependency,
    renderer: RendererDependency,
    hosting: HostingDependency,
    namespace: str,
    name: str,
) -> Response:
    """The files of the version that is shown."""
    return _show(request, renderer, hosting, _read(session, namespace, name, None))


@router.get(f"/packages/{{namespace}}/{{name:{CONVERTER}}}/v{{number:int}}/files")
def version_files(
    request: Request,
    session: SessionDependency,
    renderer: RendererDependency,
    hosting: HostingDependency,
    namespace: str,
    name: str,
    number: int,
) -> Response:
    """The files of one version."""
    return _show(request, renderer, hosting, _read(session, namespace, name, number))


def _read(session: SessionDependency, namespace: str, name: str, number: int | None) -> ShownVersion | str:
    """The version, or the canonical address where the request wrote another."""
    try:
        package_id, _ = read_package_id(namespace, name)
    except InvalidIdentifier as error:
        raise PackageNotFound(str(error)) from error
    if (namespace, name) != (package_id.namespace, package_id.name):
        return f"{package_path(package_id.namespace, package_id.name, number)}/files"
    return read_shown(session, namespace, name, number)


def _show(
    request: Request, renderer: RendererDependency, hosting: HostingDependency, found: ShownVersion | str
) -> Response:
    if isinstance(found, str):
        return RedirectResponse(found, 301)
    artifact = hosting.reader.open(found.stored.bundle)
    files = member_files(artifact, media_type=served_type, address=found.address)
    return conditional(request, renderer.page("files.html", files_context(found, files)))


def files_context(found: ShownVersion, files: Sequence[MemberFile]) -> FilesContext:
    """The context of the page."""
    item = found.detail.item
    return FilesContext(
        id=item.id,
        title=item.title,
        package=package_path(item.namespace, item.name, found.stored.number),
        number=found.stored.number,
        digest=found.stored.bundle.digest,
        file_count=len(files),
        total_bytes=sum(one.size for one in files),
        api=found.path,
        layers=tuple(_layers(files)),
        exports=tuple((title, found.address(f"export/{name}")) for name, title in _EXPORTS.items()),
    )


def _layers(files: Sequence[MemberFile]) -> Iterator[LayerFiles]:
    """The root first, then the layers in reading order."""

    def place(one: MemberFile) -> int:
        return LAYERS.index(one.layer) if one.layer in LAYERS else -1

    for _, members in groupby(sorted(files, key=place), key=place):
        listed = tuple(members)
        yield LayerFiles(listed[0].layer or "", listed)
