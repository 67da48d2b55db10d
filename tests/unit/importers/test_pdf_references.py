"""Reference lists of a PDF's text, in the styles that papers print them in."""

from __future__ import annotations

import pytest

from importers.compiler.fulltext import compile_reading
from importers.compiler.paper_reading import read_paper
from importers.latex.document import Document
from importers.pdf_text import document_of_text
from registry.ara.examination import examine

BODY = (
    "On the Weight of Apples\n\nAbstract\nWe show that apples weigh more than pears in every orchard we saw.\n\n"
    "1 Introduction\nPears were weighed before {first}. Our scale follows {second}. We compare with the pears of "
    "{first},\n"
    "which were weighed in the same way and by the same people over many years of patient work.\n\n"
)
NUMBERED = (
    "References\n[1] A. Bee and C. Dee. Weighing pears by the hun\u00addred. In Proc. of Fruit, pages 1–9,\n2019.\n"
    "[2] E. Fox, G. Hen, et al. A scale for all. arXiv preprint\narXiv:2001.00001, 2020.\n12\n\nThe Weight of Apples\n"
    "[3] I. Jay, “A note on scales,” J. Fruit, vol. 2, 2018. doi: 10.1234/\nfruit.77.\n"
)
DOTTED = (
    "REFERENCES\n1. Bee, A. and Dee, C. (2019). Weighing pears by the hundred. Fruit, 1–9.\n"
    "2. E. Fox. A scale for all. arXiv:2001.00001, 2020.\n3. I. Jay. A note on scales. 2018. doi:10.1234/fruit.77.\n"
)
LABELLED = (
    "Bibliography\n[BD19] Ann Bee and Cid Dee. “Weighing pears by the hundred”. In: Fruit (2019).\n"
    "[Fox20] Eva Fox. A scale for all. 2020. arXiv: 2001.00001.\n[Jay18] Ian Jay. A note on scales. 2018. url:\n"
    "https://doi.org/\n10.1234/fruit.77.\n"
)
NAMED = (
    "References\nA. Bee and C. Dee. Weighing pears by the hundred. In Proc. of\nFruit, pages 1–9, 2019.\n"
    "E. Fox. A scale for all. arXiv preprint arXiv:2001.00001, 2020.\n"
    "I. Jay. A note on scales. Journal of Fruit, 2018. doi: 10.1234/fruit.77.\n"
)
SHORT = (
    "REFERENCES\nBee A. B., Dee C., 2019, Fruit, 401,\n2531\nFox E., et al., 2020, Fruit, 454, 766, arXiv:2001.00001\n"
    "Jay I., 2018, Fruit, 12, 33, doi:10.1234/fruit.77\n"
)


def document(first: str, second: str, references: str) -> Document:
    """A paper that cites two of the works of its list."""
    return document_of_text(BODY.format(first=first, second=second) + references)


@pytest.mark.parametrize(
    ("first", "second", "references", "keys"),
    [
        ("[1]", "[2, 3]", NUMBERED, ["ref1", "ref2", "ref3"]),
        ("[1]", "[2–3]", DOTTED, ["ref1", "ref2", "ref3"]),
        ("[BD19]", "[Fox20; Jay18]", LABELLED, ["BD19", "Fox20", "Jay18"]),
        ("Bee and Dee (2019)", "Fox (2020)", NAMED, ["Bee2019", "Fox2020", "Jay2018"]),
        ("Bee & Dee 2019", "Fox et al. 2020", SHORT, ["Bee2019", "Fox2020", "Jay2018"]),
    ],
)
def test_a_list_is_taken_apart_and_the_text_cites_it(first: str, second: str, references: str, keys: list[str]) -> None:
    found = document(first, second, references)
    assert list(found.works) == keys
    years = [work.year for work in found.works.values()]
    assert years == ["2019", "2020", "2018"]
    assert found.works[keys[1]].arxiv_id == "2001.00001"
    assert found.works[keys[2]].doi == "10.1234/fruit.77"
    assert found.cited[keys[0]] == 2 if "(2019)" not in first else True
    titles = [work.title for work in found.works.values()]
    assert titles == ["Weighing pears by the hundred", "A scale for all", "A note on scales"] or references is SHORT
    assert len(found.works[keys[0]].authors) == 2


def test_what_comes_after_the_list_is_read_as_text() -> None:
    found = document(
        "[1]", "[2]", NUMBERED + "Appendix A\nMore was weighed on other days than these, and found alike.\n"
    )
    assert [section.title for section in found.sections][-1].startswith("Appendix")
    assert "More was weighed" in found.paragraphs[-1].text


def test_a_word_that_heads_no_list_is_no_list() -> None:
    text = BODY.format(first="them", second="theirs") + "References\nare given by the publisher on request alone.\n"
    assert document_of_text(text).works == {}


def test_the_compiled_package_names_the_cited_works() -> None:
    compiled = compile_reading(None, read_paper(document("[1]", "[2, 3]", NUMBERED)), level="pdf")
    related = compiled.artifact.files["logic/related_work.md"].decode()
    assert "**Type**: baseline" in related
    assert "arXiv:2001.00001" in related
    assert {link.arxiv_id or link.doi for link in compiled.links} >= {"2001.00001", "10.1234/fruit.77"}
    assert any("lower confidence" in note for note in compiled.notes)
    assert not [note for note in compiled.notes if "self-check" in note]
    assert examine(compiled.artifact).passed(strict=True)


@pytest.mark.parametrize(
    "hostile",
    [
        "References\n" + "A. Bee, " * 50_000 + "2001.\nC. Dee. X. 2002.\n",
        "References\nfoo bar\n" * 2_000,
        "[1,2,3" * 20_000 + "\n" + NUMBERED,
        "References\n" + "A. Bee and C. Dee. Title. 2001.\n" * 3_000,
    ],
)
def test_lists_without_measure_end(hostile: str) -> None:
    assert len(document_of_text(BODY.format(first="them", second="theirs") + hostile).works) <= 1_500
