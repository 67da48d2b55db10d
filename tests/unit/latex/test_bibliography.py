"""Cited works from lists and databases."""

from __future__ import annotations

from importers.latex.document import CitedWork
from importers.latex.reader import read
from importers.latex.source import SourceTree


def works(body: str, **files: str) -> dict[str, CitedWork]:
    main = f"\\documentclass{{article}}\\begin{{document}}{body}\\end{{document}}"
    tree = {"main.tex": main.encode()} | {name.replace("_", "."): text.encode() for name, text in files.items()}
    return read(SourceTree(tree)).works


def test_a_list_in_the_paper_with_natbib_labels():
    found = works(
        "\\cite{a}\\begin{thebibliography}{9}\\bibitem[Doe et~al.(2019)Doe, Roe]{a}\nJ.~Doe and R.~Roe.\n"
        "\\newblock A {Title} of Weight.\n\\newblock \\emph{arXiv preprint arXiv:1901.01234}, "
        "2019.\n\\end{thebibliography}"
    )
    assert (found["a"].title, found["a"].authors, found["a"].year) == (
        "A Title of Weight",
        ("J. Doe", "R. Roe"),
        "2019",
    )
    assert (found["a"].arxiv_id, found["a"].label) == ("1901.01234", "Doe and Roe, 2019")


def test_a_physics_list_with_links_and_old_identifiers():
    found = works(
        "\\cite{s}",
        main_bbl="\\begin{thebibliography}{1}\\bibitem{s} S.~Singh and C.-P. Ma, \\emph{{Neutrino clustering}}, "
        "\\href{https://doi.org/10.1103/PhysRevD.67.023506}{Phys. Rev. D 67 (2003)} "
        "[\\href{https://arxiv.org/abs/astro-ph/0208419}{astro-ph/0208419}].\\end{thebibliography}",
    )
    assert found["s"].arxiv_id == "astro-ph/0208419"
    assert found["s"].doi == "10.1103/PhysRevD.67.023506"
    assert found["s"].title == "Neutrino clustering"


def test_a_database_gives_only_what_is_cited():
    found = works(
        "\\cite{k}\\bibliography{refs}",
        refs_bib="@string{J = {Journal}}\n@comment{x}\n@article{k, title={On {K}}, author={Roe, Ann and Doe, Bo},"
        " journal=J, year=2001, doi={10.1/abc}}\n@book{other, title={No}}",
    )
    assert list(found) == ["k"]
    assert (found["k"].title, found["k"].authors) == ("On K", ("Ann Roe", "Bo Doe"))


def test_biblatex_lists():
    found = works(
        "\\cite{b}",
        main_bbl="\\entry{b}{article}{}\n\\name{author}{1}{}{{{}{family={Roe},given={A.}}}}\n"
        "\\field{title}{Bib Title}\n\\field{year}{2010}\n\\verb{doi}\n\\verb 10.1000/xyz\n\\endverb\n\\endentry",
    )
    assert (found["b"].title, found["b"].year, found["b"].doi) == ("Bib Title", "2010", "10.1000/xyz")
