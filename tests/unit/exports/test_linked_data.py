"""RO-Crate, schema.org and Signposting: read back by the libraries that others read them with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from pytest_httpserver import HTTPServer
from rocrate.rocrate import ROCrate
from signposting import Signposting, find_signposting_http_link, find_signposting_linkset

from registry.exports import ro_crate, schema_org, signposting
from registry.exports.cited import CitedPackage
from registry.manifest import MemberFile

FORMATS = (("bibtex", "application/x-bibtex"), ("ro-crate", ro_crate.MEDIA_TYPE))
BASE = "https://registry.example"


def member(path: str, media_type: str = "text/markdown; charset=utf-8") -> MemberFile:
    return MemberFile(path=path, size=12, sha256="cd" * 32, media_type=media_type, layer=None, url=f"/files/{path}")


def test_a_crate_beside_its_files_is_read_as_a_crate(cited: Callable[..., CitedPackage], tmp_path: Path) -> None:
    files = [member("PAPER.md"), member("logic/a claim#1.md"), member("evidence/x.png", "image/png")]
    for one in files:
        (tmp_path / one.path).parent.mkdir(exist_ok=True)
        (tmp_path / one.path).write_bytes(b"x" * one.size)
    document = ro_crate.write(cited(), files, base=BASE)
    (tmp_path / ro_crate.FILE_NAME).write_text(json.dumps(document), encoding="utf-8")
    crate = ROCrate(tmp_path)
    assert crate.name == "FlashAttention: 2.4× Faster & 73% on H₂O_x"
    assert {entity.id for entity in crate.data_entities} == {"PAPER.md", "logic/a%20claim%231.md", "evidence/x.png"}
    assert [person["name"] for person in crate.root_dataset["author"]] == [
        "Tri Dao", "Christopher Ré", "The ATLAS Collaboration",
    ]  # fmt: skip
    assert crate.root_dataset["citation"]["@type"] == "ScholarlyArticle"
    assert crate.root_dataset["datePublished"] == "2022-06-23"
    assert crate.get("PAPER.md")["url"] == f"{BASE}/files/PAPER.md"


def test_a_crate_is_the_same_every_time_and_names_a_licence_always(
    cited: Callable[..., CitedPackage], bare: CitedPackage
) -> None:
    assert ro_crate.write(cited(), [member("PAPER.md")], base=BASE) == ro_crate.write(
        cited(), [member("PAPER.md")], base=BASE
    )
    [root] = [one for one in ro_crate.write(bare, (), base=BASE)["@graph"] if one["@id"] == "./"]
    assert root.keys() >= {"name", "description", "datePublished", "license"}


def test_schema_org_describes_a_dataset_based_on_a_paper(cited: Callable[..., CitedPackage]) -> None:
    document = schema_org.write(cited())
    assert document["@type"] == "Dataset"
    assert document["isBasedOn"]["@id"] == "https://arxiv.org/abs/2205.14135"
    assert document["isBasedOn"]["sameAs"] == [
        "https://doi.org/10.48550/arXiv.2205.14135", "https://doi.org/10.1000/182",
    ]  # fmt: skip
    assert [one["@type"] for one in document["creator"]] == ["Person", "Person", "Organization"]
    assert "\\" not in json.dumps(document, ensure_ascii=False)


def test_schema_org_of_next_to_nothing(bare: CitedPackage) -> None:
    document = schema_org.write(bare)
    assert document.keys() >= {"name", "description", "url"}
    assert not document.keys() & {"creator", "license", "isBasedOn", "keywords"}


def test_the_header_is_read_as_signposting(cited: Callable[..., CitedPackage]) -> None:
    header = ", ".join(map(str, signposting.page_links(cited(), FORMATS)))
    page = "https://registry.example/packages/arxiv/2205.14135/v2"
    found: Signposting = find_signposting_http_link([header], page)
    assert str(found.citeAs.target) == page
    assert {str(one.target) for one in found.types} == {"https://schema.org/AboutPage", "https://schema.org/Dataset"}
    assert str(found.license.target) == "http://creativecommons.org/licenses/by/4.0/"
    assert any(one.type == "application/gzip" for one in found.items)
    assert {one.type for one in found.describedBy} >= {"application/x-bibtex", "application/ld+json"}
    assert len(found.linksets) == 1


def test_the_link_set_names_every_file_and_the_way_back(
    cited: Callable[..., CitedPackage], httpserver: HTTPServer
) -> None:
    document = signposting.write(cited(), FORMATS, [member("PAPER.md"), member("a.md")], base=BASE)
    httpserver.expect_request("/linkset").respond_with_data(
        json.dumps(document), content_type="application/linkset+json"
    )
    read = find_signposting_linkset(httpserver.url_for("/linkset"))
    page = "https://registry.example/packages/arxiv/2205.14135/v2"
    found: Signposting = read.for_context(page)
    assert {str(one.target) for one in found.items} >= {f"{BASE}/files/PAPER.md", f"{BASE}/files/a.md"}
    assert str(found.citeAs.target) == page
    back = read.for_context(f"{BASE}/files/a.md")
    assert str(back.collection.target) == page
