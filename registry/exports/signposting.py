"""FAIR Signposting: typed links from a package's page to what a machine wants of it (RFC 8288, RFC 9264).

The links of level 1 fit a header; a link set, level 2, names every file too.
Source: the Signposting profile for FAIR digital objects, signposting.org/FAIR.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from registry.exports.cited import CitedPackage
from registry.manifest import MemberFile

MEDIA_TYPE = "application/linkset+json"
FILE_NAME = "linkset.json"


@dataclass(frozen=True, slots=True)
class TypedLink:
    """A link, its relation, and the type of what it leads to."""

    href: str
    rel: str
    type: str = ""

    def __str__(self) -> str:
        return f'<{self.href}>; rel="{self.rel}"' + (f'; type="{self.type}"' if self.type else "")


def page_links(cited: CitedPackage, formats: Iterable[tuple[str, str]]) -> tuple[TypedLink, ...]:
    """The links of a package's page; ``formats`` are the names and types of its exports."""
    return (
        TypedLink(cited.page, "cite-as"),
        TypedLink("https://schema.org/AboutPage", "type"),
        TypedLink("https://schema.org/Dataset", "type"),
        *(TypedLink(f"{cited.api}/export/{name}", "describedby", _bare(kind)) for name, kind in formats),
        TypedLink(f"{cited.api}/manifest.json", "describedby", "application/json"),
        TypedLink(f"{cited.api}/files/PAPER.md", "item", "text/markdown"),
        TypedLink(f"{cited.api}/bundle.tar.gz", "item", "application/gzip"),
        TypedLink(f"{cited.api}/bundle.zip", "item", "application/zip"),
        *((TypedLink(cited.license, "license"),) if cited.license else ()),
        TypedLink(f"{cited.api}/export/linkset", "linkset", MEDIA_TYPE),
    )


def write(
    cited: CitedPackage, formats: Iterable[tuple[str, str]], files: Iterable[MemberFile], *, base: str
) -> dict[str, Any]:
    """The link set: what the page's header says, and every file; each file leads back to the page."""
    context: dict[str, Any] = {"anchor": cited.page}
    for link in page_links(cited, formats):
        if link.rel != "linkset":
            context.setdefault(link.rel, []).append(_target(link))
    members = [TypedLink(base + one.url, "item", _bare(one.media_type)) for one in files]
    context["item"] += [_target(link) for link in members if _target(link) not in context["item"]]
    back = [{"anchor": one["href"], "collection": [{"href": cited.page}]} for one in context["item"]]
    return {"linkset": [context, *back]}


def _target(link: TypedLink) -> dict[str, str]:
    return {"href": link.href} | ({"type": link.type} if link.type else {})


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0]
