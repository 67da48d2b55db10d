"""CSL-JSON, given to a citation processor."""

from __future__ import annotations

from collections.abc import Callable

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

from registry.exports import csl
from registry.exports.cited import CitedPackage


def rendered(item: list[dict[str, object]]) -> str:
    bibliography = CitationStylesBibliography(
        CitationStylesStyle("harvard-cite-them-right", validate=False), CiteProcJSON(item), formatter.plain
    )
    bibliography.register(Citation([CitationItem(str(item[0]["id"]))]))
    return str(bibliography.bibliography()[0])


def test_a_processor_makes_a_reference_of_it(cited: Callable[..., CitedPackage]) -> None:
    line = rendered(csl.write(cited()))
    assert "Dao, T." in line
    assert "ATLAS Collaboration" in line
    assert "2022" in line
    assert "FlashAttention: 2.4× Faster & 73% on H₂O_x" in line


def test_the_item_has_the_fields_of_the_schema(cited: Callable[..., CitedPackage]) -> None:
    [item] = csl.write(cited())
    assert item["type"] == "article"
    assert item["issued"] == {"date-parts": [[2022, 5, 27]]}
    assert item["author"][2] == {"literal": "The ATLAS Collaboration"}
    assert item["DOI"] == "10.1000/182"
    assert "\\" not in str(item)
    assert "$" not in str(item)


def test_a_day_that_is_not_known_is_not_made_up(cited: Callable[..., CitedPackage]) -> None:
    [item] = csl.write(cited(published=None, doi=None))
    assert item["issued"] == {"date-parts": [[2022, 5]]}
    assert item["DOI"] == "10.48550/arXiv.2205.14135"


def test_a_package_of_which_nothing_is_known(bare: CitedPackage) -> None:
    [item] = csl.write(bare)
    assert item["type"] == "dataset"
    assert item.keys() == {"id", "type", "title", "issued", "URL", "version", "note"}
