"""schema.org JSON-LD: the package as a Dataset based on its paper, for search engines and harvesters."""

from __future__ import annotations

from typing import Any

from registry.exports.cited import AuthorName, CitedPackage

MEDIA_TYPE = "application/ld+json"
FILE_NAME = "schema-org.jsonld"


def write(cited: CitedPackage) -> dict[str, Any]:
    """The document; text is plain Unicode."""
    people = [_person(author) for author in cited.authors]
    document: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": cited.page,
        "url": cited.page,
        "name": cited.plain_title,
        "description": cited.abstract or f"{cited.plain_title}: a machine-actionable research package.",
        "identifier": [cited.id, f"sha256:{cited.digest}"],
        "version": str(cited.version),
        "datePublished": cited.version_date.isoformat(),
        "creator": people,
        "keywords": list(cited.keywords),
        "license": cited.license,
        "isAccessibleForFree": True,
        "isBasedOn": _paper(cited, people),
        "distribution": [
            _download(f"{cited.api}/bundle.tar.gz", "application/gzip"),
            _download(f"{cited.api}/bundle.zip", "application/zip"),
            _download(f"{cited.api}/manifest.json", "application/json"),
        ],
    }
    return {name: value for name, value in document.items() if value not in (None, [], "")}


def _paper(cited: CitedPackage, people: list[dict[str, str]]) -> dict[str, Any] | None:
    if cited.arxiv_page is None:
        return None
    dois = [f"https://doi.org/{doi}" for doi in (cited.arxiv_doi, cited.doi) if doi]
    paper: dict[str, Any] = {
        "@type": "ScholarlyArticle",
        "@id": cited.arxiv_page,
        "name": cited.plain_title,
        "author": people,
        "datePublished": cited.published.isoformat() if cited.published else f"{cited.year}-{cited.month:02}",
        "sameAs": dois,
    }
    return {name: value for name, value in paper.items() if value}


def _person(name: AuthorName) -> dict[str, str]:
    if name.is_whole:
        return {"@type": "Organization" if " " in name.family else "Person", "name": name.family}
    return {"@type": "Person", "name": name.shown, "familyName": name.family, "givenName": name.given}


def _download(address: str, media_type: str) -> dict[str, str]:
    return {"@type": "DataDownload", "contentUrl": address, "encodingFormat": media_type}
