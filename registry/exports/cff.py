"""CITATION.cff, Citation File Format 1.2.0: the package as a dataset, the paper as what is to be cited rather."""

from __future__ import annotations

import re
from typing import Any

import yaml

from registry.exports.cited import AuthorName, CitedPackage
from registry.exports.spdx import spdx

MEDIA_TYPE = "application/yaml"
FILE_NAME = "CITATION.cff"
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")


def write(cited: CitedPackage) -> str:
    """The file's text."""
    licence = spdx(cited.license)
    entry: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "Cite the paper; name the package's version and digest when you worked with the package.",
        "type": "dataset",
        "title": cited.plain_title,
        "authors": _authors(cited),
        "version": str(cited.version),
        "date-released": cited.version_date.isoformat(),
        "url": cited.page,
        "identifiers": _identifiers(cited),
        "license": licence,
        "license-url": cited.license if licence is None and _is_address(cited.license) else None,
        "keywords": list(dict.fromkeys(cited.keywords)),
        "abstract": cited.abstract,
        "preferred-citation": _paper(cited) if cited.arxiv_id else None,
    }
    kept = {name: value for name, value in entry.items() if value}
    return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=100)


def _paper(cited: CitedPackage) -> dict[str, Any]:
    paper: dict[str, Any] = {
        "type": "article",
        "title": cited.plain_title,
        "authors": _authors(cited),
        "year": cited.year,
        "month": cited.month,
        "doi": next((doi for doi in (cited.doi, cited.arxiv_doi) if doi and _DOI.fullmatch(doi)), None),
        "url": cited.arxiv_page,
        "journal": cited.journal_ref,
    }
    return {name: value for name, value in paper.items() if value}


def _identifiers(cited: CitedPackage) -> list[dict[str, str]]:
    named = [
        {"type": "other", "value": f"sha256:{cited.digest}", "description": "Digest of this version's files."},
        {"type": "other", "value": cited.id, "description": "Package id."},
    ]
    if cited.arxiv_doi and _DOI.fullmatch(cited.arxiv_doi):
        named.append({"type": "doi", "value": cited.arxiv_doi, "description": "The paper on arXiv."})
    return named


def _authors(cited: CitedPackage) -> list[dict[str, str]]:
    """The format asks for one author at least; who is not known is said to be unknown."""
    return [_author(name) for name in cited.authors] or [{"name": "Unknown authors"}]


def _author(name: AuthorName) -> dict[str, str]:
    if name.is_whole:
        return {"name": name.family}
    person = {"family-names": name.family, "given-names": name.given}
    return person | ({"name-suffix": name.suffix} if name.suffix else {})


def _is_address(text: str | None) -> bool:
    return re.fullmatch(r"https?://\S+", text or "") is not None
