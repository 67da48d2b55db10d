"""CSL-JSON, which citation processors read: a list of one item, all text plain Unicode.

Source of the fields: the Citation Style Language's schema for input data, 1.0.2.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.exports.cited import AuthorName, CitedPackage

MEDIA_TYPE = "application/vnd.citationstyles.csl+json"
FILE_NAME = "citation.json"


def write(cited: CitedPackage) -> list[dict[str, Any]]:
    """The item. A paper on arXiv is an "article", which is what styles know a preprint as; all else a "dataset"."""
    item: dict[str, Any] = {
        "id": cited.id,
        "type": "article" if cited.arxiv_id else "dataset",
        "title": cited.plain_title,
        "author": [_name(author) for author in cited.authors],
        "issued": {"date-parts": [_parts(cited)]},
        "publisher": "arXiv" if cited.arxiv_id else None,
        "number": f"arXiv:{cited.arxiv_id}" if cited.arxiv_id else None,
        "archive": "arXiv" if cited.arxiv_id else None,
        "container-title": cited.journal_ref,
        "DOI": cited.doi or cited.arxiv_doi,
        "URL": cited.page,
        "version": str(cited.version),
        "abstract": cited.abstract,
        "keyword": ", ".join(cited.keywords),
        "note": cited.note,
    }
    return [{name: value for name, value in item.items() if value}]


def _parts(cited: CitedPackage) -> list[int]:
    day: date | None = cited.published
    return [day.year, day.month, day.day] if day else [cited.year, cited.month]


def _name(name: AuthorName) -> dict[str, str]:
    if name.is_whole:
        return {"literal": name.family}
    return {"family": name.family, "given": name.given} | ({"suffix": name.suffix} if name.suffix else {})
