"""One OAI-PMH record of arXiv's as a record of ours: the formats ``arXivRaw`` and ``arXiv``, and deleted records.

``arXivRaw`` names every version with moment, size and source type, and the licence of the newest; its authors are one
line. ``arXiv`` has the authors' names in parts and bare days, and does not say which version it describes. The
datestamp is the day the record last changed. Formats: arXiv's own schemas; what an absent source type means: its
server's code (plain TeX; a withdrawal always says I).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from importers.arxiv_text import (
    clean_categories,
    clean_license,
    clean_text,
    parse_day,
    parse_moment,
    parse_size,
    plausible_submission,
)
from importers.author_names import name_from_parts, split_author_line, tidy_names
from importers.rejected import Rejected, excerpt_of
from registry.errors import InvalidIdentifier
from registry.identifiers import ArxivId, parse_arxiv_id
from registry.papers import ArxivPaper, ArxivVersion, Deletion, Source

OAI = "{http://www.openarchives.org/OAI/2.0/}"
Content: TypeAlias = ArxivPaper | Deletion | Rejected | ArxivId


@dataclass(frozen=True, slots=True)
class OaiRecord:
    """A record and the day it last changed; ``identifier`` is the service's own, as it stands.

    Where only headers were asked for, the content is the id alone.
    """

    identifier: str
    datestamp: date | None
    content: Content


def read_oai_record(record: etree._Element) -> OaiRecord:
    """Read a ``record`` element; what cannot become a paper is a `Rejected` in it."""
    header = record.find(f"{OAI}header")
    identifier, status, datestamp = "", "", None
    if header is not None:
        identifier = (header.findtext(f"{OAI}identifier") or "").strip()
        datestamp = parse_day(header.findtext(f"{OAI}datestamp"))
        status = header.get("status", "")
    return OaiRecord(identifier, datestamp, _content(record, identifier, datestamp, deleted=status == "deleted"))


def read_oai_header(header: etree._Element) -> OaiRecord:
    """Read a ``header`` element that stands alone, as ListIdentifiers gives them."""
    identifier = (header.findtext(f"{OAI}identifier") or "").strip()
    datestamp = parse_day(header.findtext(f"{OAI}datestamp"))
    content: Content
    try:
        content = parse_arxiv_id(identifier)
    except InvalidIdentifier as error:
        content = Rejected(None, str(error), excerpt_of(identifier))
    else:
        if header.get("status") == "deleted":
            content = _deletion(content, datestamp, identifier)
    return OaiRecord(identifier, datestamp, content)


def _deletion(arxiv_id: ArxivId, datestamp: date | None, identifier: str) -> Content:
    if datestamp is None:
        return Rejected(None, f"{arxiv_id.id} is said to be deleted, but not when", excerpt_of(identifier))
    return Deletion(arxiv_id.id, datestamp)


def _content(record: etree._Element, identifier: str, datestamp: date | None, *, deleted: bool) -> Content:
    metadata = record.find(f"{OAI}metadata")
    described = None if metadata is None else next(iter(metadata.iterchildren(etree.Element)), None)
    named = None if described is None else described.findtext(f"{_namespace(described)}id")
    try:
        arxiv_id = parse_arxiv_id(named or identifier)
    except InvalidIdentifier as error:
        return Rejected(None, str(error), excerpt_of(identifier))
    if deleted:
        return _deletion(arxiv_id, datestamp, identifier)
    if described is None:
        return Rejected(None, f"{arxiv_id.id} came without metadata", excerpt_of(identifier))
    # By local name: recorded answers exist that leave the format's own namespace out.
    read = {"arXivRaw": _raw, "arXiv": _split}.get(etree.QName(described).localname)
    if read is not None:
        return read(_Fields(described, _namespace(described)), arxiv_id, datestamp)
    return Rejected(None, f"{arxiv_id.id} came in a format we do not read", excerpt_of(str(described.tag)))


def _namespace(element: etree._Element) -> str:
    return str(element.tag).partition("}")[0] + "}" if "}" in str(element.tag) else ""


class _Fields:
    """The text of each child by name, read in one pass; the first of several of one name counts."""

    def __init__(self, element: etree._Element, namespace: str) -> None:
        self._namespace = namespace
        self._texts: dict[str, str] = {}
        self.lists: dict[str, list[etree._Element]] = {"version": [], "author": []}
        for child in element.iterchildren(etree.Element):
            name = str(child.tag).removeprefix(namespace)
            if name == "version":
                self.lists["version"].append(child)
            elif name == "authors" and len(child):
                self.lists["author"].extend(child.iterchildren(f"{namespace}author"))
            elif child.text:
                self._texts.setdefault(name, child.text)

    def get(self, name: str) -> str | None:
        return self._texts.get(name)

    def inner(self, element: etree._Element, name: str) -> str | None:
        text: str | None = element.findtext(f"{self._namespace}{name}")
        return text


def _raw(fields: _Fields, arxiv_id: ArxivId, datestamp: date | None) -> Content:
    title = clean_text(fields.get("title"))
    if title is None:
        return Rejected(None, f"{arxiv_id.id} has no title", excerpt_of(fields.get("abstract") or ""))
    versions = _versions(fields, arxiv_id)
    newest = versions[-1] if versions else None
    categories = clean_categories(fields.get("categories"))
    return ArxivPaper(
        arxiv_id=arxiv_id.id,
        title=title,
        source=Source.OAI,
        authors=split_author_line(fields.get("authors") or ""),
        abstract=clean_text(fields.get("abstract")),
        primary_category=next(iter(categories), None),
        categories=categories,
        version=newest.number if newest else None,
        submitted_at=versions[0].submitted_at if versions and versions[0].number == 1 else None,
        updated_at=newest.submitted_at if newest else None,
        metadata_date=datestamp,
        license=clean_license(fields.get("license")),
        comment=clean_text(fields.get("comments")),
        journal_ref=clean_text(fields.get("journal-ref")),
        doi=clean_text(fields.get("doi")),
        versions=versions,
    )


def _versions(fields: _Fields, arxiv_id: ArxivId) -> tuple[ArxivVersion, ...]:
    versions: dict[int, ArxivVersion] = {}
    for element in fields.lists["version"]:
        digits = element.get("version", "").removeprefix("v")
        if digits.isascii() and digits.isdigit() and 1 <= len(digits) <= 4 and int(digits):
            number = int(digits)
            size, listed = parse_size(fields.inner(element, "size"))
            moment = parse_moment(fields.inner(element, "date"))
            versions.setdefault(
                number,
                ArxivVersion(
                    number=number,
                    submitted_at=plausible_submission(moment, arxiv_id) if number == 1 else moment,
                    size_bytes=size,
                    source_type=clean_text(fields.inner(element, "source_type")) or listed,
                ),
            )
    return tuple(versions[number] for number in sorted(versions))


def _split(fields: _Fields, arxiv_id: ArxivId, datestamp: date | None) -> Content:
    title = clean_text(fields.get("title"))
    if title is None:
        return Rejected(None, f"{arxiv_id.id} has no title", excerpt_of(fields.get("abstract") or ""))
    categories = clean_categories(fields.get("categories"))
    created = plausible_submission(parse_moment(fields.get("created")), arxiv_id)
    return ArxivPaper(
        arxiv_id=arxiv_id.id,
        title=title,
        source=Source.OAI,
        authors=tidy_names(_names(fields)) or split_author_line(fields.get("authors") or ""),
        abstract=clean_text(fields.get("abstract")),
        primary_category=next(iter(categories), None),
        categories=categories,
        version=arxiv_id.version,
        submitted_at=created,
        updated_at=parse_moment(fields.get("updated")) or created,
        metadata_date=datestamp,
        license=clean_license(fields.get("license")),
        comment=clean_text(fields.get("comments")),
        journal_ref=clean_text(fields.get("journal-ref")),
        doi=clean_text(fields.get("doi")),
    )


def _names(fields: _Fields) -> Iterable[str]:
    for author in fields.lists["author"]:
        yield name_from_parts([fields.inner(author, part) for part in ("keyname", "forenames", "suffix")])
