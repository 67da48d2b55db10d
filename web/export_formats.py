"""The export formats by name, and one of them as an answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from registry.exports import bibtex, cff, csl, ro_crate, schema_org, signposting
from registry.exports.cited import CitedPackage
from registry.exports.signposting import TypedLink, page_links
from registry.manifest import MemberFile
from web.headers import conditional

Files = Callable[[], Iterable[MemberFile]]


class Format(StrEnum):
    """A format that a version can be exported in; the value stands in its address."""

    BIBTEX = "bibtex"
    CSL_JSON = "csl-json"
    CFF = "cff"
    RO_CRATE = "ro-crate"
    SCHEMA_ORG = "schema-org"
    LINKSET = "linkset"


@dataclass(frozen=True, slots=True)
class ExportForm:
    """How a format is called on the wire and on somebody's disk."""

    media_type: str
    file_name: str


FORMS = {
    Format.BIBTEX: ExportForm(bibtex.MEDIA_TYPE, bibtex.FILE_NAME),
    Format.CSL_JSON: ExportForm(csl.MEDIA_TYPE, csl.FILE_NAME),
    Format.CFF: ExportForm(cff.MEDIA_TYPE, cff.FILE_NAME),
    Format.RO_CRATE: ExportForm(ro_crate.MEDIA_TYPE, ro_crate.FILE_NAME),
    Format.SCHEMA_ORG: ExportForm(schema_org.MEDIA_TYPE, schema_org.FILE_NAME),
    Format.LINKSET: ExportForm(signposting.MEDIA_TYPE, signposting.FILE_NAME),
}


def described(media_types: Iterable[str]) -> dict[str, dict[str, Any]]:
    """OpenAPI's ``content`` of an answer in one of these types; what has structure is described by its own standard."""
    return {
        kind: {"schema": {"type": "string"} if "json" not in kind and "yaml" not in kind else {}}
        for kind in media_types
    }


NEGOTIATED = {FORMS[one].media_type: one for one in (Format.BIBTEX, Format.CSL_JSON, Format.SCHEMA_ORG)}
"""What a package's own address gives to a caller who asks for the type."""
_DESCRIBING = tuple((str(name), form.media_type) for name, form in FORMS.items() if name is not Format.LINKSET)


def export_answer(request: Request, format_: Format, cited: CitedPackage, files: Files, *, base: str) -> Response:
    """The version in a format. ``files`` is asked only where the format names them."""
    content = _written(format_, cited, files, base)
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    form = FORMS[format_]
    charset = "" if "json" in form.media_type else "; charset=utf-8"
    response = Response(text, headers={"Content-Type": f"{form.media_type}{charset}"})
    response.headers["Content-Disposition"] = f'inline; filename="{form.file_name}"'
    return conditional(request, response)


def _written(format_: Format, cited: CitedPackage, files: Files, base: str) -> Any:
    match format_:
        case Format.BIBTEX:
            return bibtex.write(cited)
        case Format.CSL_JSON:
            return csl.write(cited)
        case Format.CFF:
            return cff.write(cited)
        case Format.RO_CRATE:
            return ro_crate.write(cited, files(), base=base)
        case Format.SCHEMA_ORG:
            return schema_org.write(cited)
        case Format.LINKSET:
            return signposting.write(cited, _DESCRIBING, files(), base=base)


def signposts(cited: CitedPackage) -> tuple[TypedLink, ...]:
    """The typed links of a package's page."""
    return page_links(cited, _DESCRIBING)
