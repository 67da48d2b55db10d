"""Works as the bibliographies of many packages and classes write them, and all the ways to cite them."""

from __future__ import annotations

import pytest

from importers.latex.document import CitedWork, Document
from importers.latex.reader import read
from importers.latex.source import SourceTree


def document(body: str, preamble: str = "", **files: str) -> Document:
    """A paper with this in its only section; ``x_bib`` names the file x.bib."""
    main = rf"\documentclass{{article}}{preamble}\begin{{document}}\section{{One}}{body}\end{{document}}"
    named = {name.replace("_", "."): text.encode() for name, text in files.items()}
    return read(SourceTree({"ms.tex": main.encode(), **named}))


def only(found: Document) -> CitedWork:
    """The one work that is cited."""
    assert len(found.cited) == 1
    return found.works[next(iter(found.cited))]


@pytest.mark.parametrize(
    "command",
    (
        "cite citep citet citealp citealt parencite textcite autocite footcite smartcite supercite fullcite citeauthor"
        " citeyear citeyearpar citenum citealias citepalias onlinecite citeA shortciteN Citep Textcite footfullcite"
        " citeauthor*"
    ).split(),
)
def test_every_command_of_citing_cites(command: str) -> None:
    assert list(document(rf"So \{command}[see][3]{{bee}} says.").cited) == ["bee"]


@pytest.mark.parametrize(
    "written",
    [
        r"\cites(see)(too)[1]{a}[2]{b}",
        r"\parencites{a}{b}",
        r"\autocites[1]{a}[2][3]{b}",
        r"\cite{a , b}",
        r"\citetext{\citealp{a}; \citealp{b}}",
        r"\newcommand{\both}{a,b}\cite{\both}",
        r"\volcite{2}{a} \volcite{3}[7]{b}",
    ],
)
def test_several_works_in_one_breath_are_all_cited(written: str) -> None:
    assert list(document(f"So {written} say.").cited) == ["a", "b"]


def test_biblatex_lists_have_whole_names_and_nested_titles() -> None:
    bbl = r"""\entry{bee}{article}{}
      \name{author}{2}{}{%
        {{hash=a}{%
           family={B{\'e}e},
           familyi={B\bibinitperiod},
           given={Ann\bibnamedelima M.},
           giveni={A\bibinitperiod}}}%
        {{hash=b}{family={Dee},given={Cid}}}%
      }
      \name{editor}{1}{}{{{hash=c}{family={Fox},given={Eva}}}}
      \field{title}{On {Trees {and}} Graphs}
      \field{journaltitle}{J. of Trees}
      \field{year}{2011}
      \verb{eprint}
      \verb 1101.00001v2
      \endverb
    \endentry"""
    work = only(document(r"\parencite{bee}", ms_bbl=bbl))
    assert (work.authors, work.title, work.year) == (("Ann M. Bée", "Cid Dee"), "On Trees and Graphs", "2011")
    assert work.arxiv_id == "1101.00001"
    assert "J. of Trees" in work.text


@pytest.mark.parametrize(
    ("entry", "authors", "title", "year"),
    [
        (
            "@string{j = {J.}}\n@article{k, author={Bee, Ann and {The Orchard Team} and others},"
            " title={T {\\\"U} V},"
            " journal = j # { of Trees}, year=2001, month=jan}",
            ("Ann Bee", "The Orchard Team"), "T Ü V", "2001",
        ),
        (
            "@inproceedings{k, crossref={p}, author={Ann Bee}, title={Pears}}\n@proceedings{p, title={J. of Trees},"
            " year={2003}}",
            ("Ann Bee",), "Pears", "2003",
        ),
        ("@book(k, author={A. Bee}, title={J. of Trees}, date={2004-05})", ("A. Bee",), "J. of Trees", "2004"),
        ("@book{k, author={A. Bee}, title={J. of Trees}, year={in press}}", ("A. Bee",), "J. of Trees", ""),
    ],
)  # fmt: skip
def test_a_database_entry_is_read_as_bibtex_would(entry: str, authors: tuple[str, ...], title: str, year: str) -> None:
    work = only(document(r"\cite{k}", x_bib=entry))
    assert (work.authors, work.title, work.year) == (authors, title, year)
    assert "J. of Trees" in work.text


@pytest.mark.parametrize(
    ("item", "authors", "title"),
    [
        (
            r"\bibitem [{\citenamefont {Bee}(2016)}]{k}\BibitemOpen \bibfield {author} {\bibinfo {author} "
            r"{\bibfnamefont {A.~P.}\ \bibnamefont {Bee}}, \bibinfo {author} {\bibnamefont {Dee}},\ }\bibfield {title} "
            r"{\bibinfo {title} {Waves of {Trees}}, }\href {https://doi.org/10.1103/X.1} {(\bibinfo {year} {2016})},\ "
            r"\Eprint {http://arxiv.org/abs/1602.00001} {arXiv:1602.00001} \BibitemShut {NoStop}",
            ("A. P. Bee", "Dee"), "Waves of Trees",
        ),
        (r"\bibitem{k} A.~Bee, C.~Dee, {A title of it}, J. of X 12 (2016) 1. arXiv:1602.00001", ("A. Bee", "C. Dee"),
         "A title of it"),
        (r"\bibitem[\protect\citeauthoryear{{Bee}}{{Bee}}{2016}]{k} {Bee} A.~B., {Dee} C., 2016, arXiv:1602.00001",
         ("Bee A. B.", "Dee C"), ""),
        (r"\bibitem{k} A. Bee and C. Dee, Phys. Rev. {\bf D20} (2016) 12, arXiv:1602.00001.", ("A. Bee", "C. Dee"), ""),
    ],
)  # fmt: skip
def test_lists_of_several_classes_say_who_wrote_what(item: str, authors: tuple[str, ...], title: str) -> None:
    work = only(document(r"\cite{k}", ms_bbl=rf"\begin{{thebibliography}}{{1}}{item}\end{{thebibliography}}"))
    assert (work.authors, work.title, work.year, work.arxiv_id) == (authors, title, "2016", "1602.00001")
    assert "Stop" not in work.text


def test_amsrefs_entries_are_works() -> None:
    fields = "author={Bee, Ann},author={Dee, Cid},title={On A},date={2001}"
    body = rf"\cite{{k}}\begin{{biblist}}\bib{{k}}{{misc}}{{{fields}}}\end{{biblist}}"
    found = document(body)
    work = only(found)
    assert (work.authors, work.title, work.year) == (("Ann Bee", "Cid Dee"), "On A", "2001")
    assert "author" not in found.paragraphs[0].text


def test_references_of_harvmac_stand_where_they_are_cited() -> None:
    found = document(r"\lref\rI{A. Bee, hep-th/9901001.}So it is \ref\rII{C. Dee, J. X 2 (1999) 1.}\refs{\rI,\rII}.")
    assert found.cited == {"rII": 2, "rI": 1}
    assert (found.works["rI"].arxiv_id, found.works["rII"].year) == ("hep-th/9901001", "1999")
    assert "Bee" not in found.paragraphs[0].text


def test_a_database_inside_the_tex_is_read() -> None:
    inside = "\n\\begin{filecontents*}[overwrite]{own.bib}\n@book{k,title={Inside It}}\n\\end{filecontents*}\n"
    assert only(document(r"\cite{k}\bibliography{own}", inside)).title == "Inside It"


def test_lists_of_other_chapters_are_looked_through_too() -> None:
    lists = {
        f"{key}_bbl": rf"\begin{{thebibliography}}{{1}}\bibitem{{{key}}} It.\end{{thebibliography}}" for key in "ab"
    }
    assert set(document(r"\cite{a,b}", **lists).works) == {"a", "b"}


def test_strings_that_double_each_other_end() -> None:
    strings = "@string{a0={x}}\n" + "".join(f"@string{{a{at + 1}=a{at} # a{at}}}\n" for at in range(60))
    assert len(only(document(r"\cite{k}", x_bib=f"{strings}@book{{k,title=a60}}")).title) <= 12_000
