"""RO-Crate 1.2 metadata, made by the library ``rocrate``.

File names are those of the bundle: put beside the unpacked files as ``ro-crate-metadata.json`` it makes them a crate.
Each file also carries its address here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from registry.exports.cited import AuthorName, CitedPackage
from registry.manifest import MemberFile

MEDIA_TYPE = 'application/ld+json;profile="https://w3id.org/ro/crate"'
FILE_NAME = "ro-crate-metadata.json"
_UNKNOWN_LICENCE = "The licence of the paper is not known; what arXiv's metadata gives is CC0."


def write(cited: CitedPackage, files: Iterable[MemberFile], *, base: str) -> dict[str, Any]:
    """The metadata document of one version; ``base`` is put before the files' addresses."""
    from rocrate.model import File, Person  # takes half a second to load, and few ask for a crate
    from rocrate.rocrate import ROCrate

    crate = ROCrate(gen_preview=False, version="1.2")
    for one in files:
        crate.add(File(crate, dest_path=one.path, properties=_file(one, base)))
    people = [
        crate.add(Person(crate, f"#author-{at}", properties=_person(author)))
        for at, author in enumerate(cited.authors, start=1)
    ]
    for name, value in _root(cited).items():
        crate.root_dataset[name] = value
    crate.root_dataset["author"] = people
    if cited.arxiv_page:
        crate.root_dataset["citation"] = crate.add_jsonld(_paper(cited, [{"@id": person.id} for person in people]))
    document: dict[str, Any] = crate.metadata.generate()
    return document


def _file(one: MemberFile, base: str) -> dict[str, str]:
    return {
        "name": one.path,
        "encodingFormat": one.media_type.partition(";")[0],
        "contentSize": str(one.size),
        "sha256": one.sha256,
        "url": base + one.url,
    }


def _root(cited: CitedPackage) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": cited.plain_title,
        "description": cited.abstract or f"{cited.plain_title}: a machine-actionable research package.",
        "datePublished": cited.version_date.isoformat(),
        "version": str(cited.version),
        "identifier": [cited.id, f"sha256:{cited.digest}"],
        "license": {"@id": cited.license} if cited.license else _UNKNOWN_LICENCE,
        "keywords": list(cited.keywords),
        "url": cited.page,
        "mainEntity": {"@id": "PAPER.md"},
    }
    return {name: value for name, value in values.items() if value}


def _paper(cited: CitedPackage, people: list[dict[str, str]]) -> dict[str, Any]:
    dois = [f"https://doi.org/{doi}" for doi in (cited.arxiv_doi, cited.doi) if doi]
    return {
        "@id": cited.arxiv_page,
        "@type": "ScholarlyArticle",
        "name": cited.plain_title,
        "author": people,
        "identifier": dois,
    }


def _person(name: AuthorName) -> dict[str, str]:
    if name.is_whole:
        return {"name": name.family}
    return {"name": name.shown, "familyName": name.family, "givenName": name.given}
