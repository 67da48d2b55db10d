"""A package version as the export formats want it: TeX read into plain text, dates chosen, addresses made whole."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from registry.ara.reading.front_matter import PAPER_FILE, read_front_matter
from registry.bundles.rows import read_bundle
from registry.exports.cited import CitedPackage, take_apart
from registry.feed import FeedItem
from registry.identifiers import ARXIV_NAMESPACE, ArxivId, PackageId
from registry.package_views import PackageDetail
from web.bundle_reading import BundleReader
from web.package_paths import package_path
from web.typeset import plain
from web.version_reading import version_api_path

_DOI = re.compile(r"10\.\d{4,9}/[!-~]{1,200}")
_ADDRESS = re.compile(r"https?://[!#-;=?-~]{1,500}")


def _base_url(request: Request) -> str:
    """The address this registry is reached under: the operator's, else the one the request came to."""
    configured: str | None = request.app.state.hosting.base_url
    return (configured or str(request.base_url)).rstrip("/")


BaseUrl = Annotated[str, Depends(_base_url)]


def cited(detail: PackageDetail, base: str, reader: BundleReader, session: Session) -> CitedPackage:
    """The version that ``detail`` shows, with addresses under ``base``; an earlier one under its own title."""
    item = detail.item if detail.shown == detail.item.version else _as_it_was(detail, reader, session)
    package_id = PackageId(item.namespace, item.name)
    version_date = detail.shown_version.published_on
    year, month, published = _dates(detail, version_date)
    doi = _DOI.search(detail.doi or "")
    return CitedPackage(
        id=item.id,
        version=detail.shown,
        digest=detail.rendition.digest,
        title=item.title,
        plain_title=plain(item.title) or item.id,
        abstract=plain(item.abstract) or None if item.abstract else None,
        authors=tuple(take_apart(name) for author in item.authors if (name := plain(author))),
        year=year,
        month=month,
        published=published,
        version_date=version_date,
        keywords=item.tags,
        primary_category=item.primary_category,
        license=detail.license if _ADDRESS.fullmatch(detail.license or "") else None,
        doi=doi[0] if doi else None,
        journal_ref=plain(detail.journal_ref) or None if detail.journal_ref else None,
        arxiv_id=item.name if item.namespace == ARXIV_NAMESPACE else None,
        page=base + package_path(item.namespace, item.name, detail.shown),
        api=base + version_api_path(package_id, detail.shown),
    )


def _as_it_was(detail: PackageDetail, reader: BundleReader, session: Session) -> FeedItem:
    """Title, authors and abstract as PAPER.md of the shown version says them: the package's own are the newest."""
    artifact = reader.open(read_bundle(session, detail.rendition.digest))
    said = read_front_matter(artifact.files.get(PAPER_FILE, b"").decode("utf-8", errors="replace"))[0]
    item = detail.item
    return replace(
        item,
        title=said.title or item.title,
        authors=said.authors or item.authors,
        abstract=said.abstract or item.abstract,
    )


def _dates(detail: PackageDetail, version_date: date) -> tuple[int, int, date | None]:
    """Year, month and day of publication: for arXiv that of v1, whose month the identifier carries at least."""
    if detail.item.namespace != ARXIV_NAMESPACE:
        return version_date.year, version_date.month, version_date
    named = ArxivId(detail.item.name)
    if detail.submitted is None:
        return named.year, named.month, None
    day = detail.submitted.astimezone(UTC).date()
    return day.year, day.month, day
