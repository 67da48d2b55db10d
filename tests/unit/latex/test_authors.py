"""Who wrote a paper, as the classes of many venues have it said."""

from __future__ import annotations

import pytest

from importers.latex.document import Document
from importers.latex.reader import read
from importers.latex.source import SourceTree

BODY = r"\begin{document}\maketitle\begin{abstract}We say so.\end{abstract}\section{One}It is so.\end{document}"


def document(head: str, body: str = BODY) -> Document:
    """A paper with this in its preamble."""
    return read(SourceTree({"ms.tex": rf"\documentclass{{article}}{head}{body}".encode()}))


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (r"\author[a,b]{Ann Bee\,\orcidlink{0000-0001-2345-6789}\corref{cor}}\author[b]{Cid Dee}", "Ann Bee; Cid Dee"),
        (r"\author{Ann Bee\orcidID{0000-0001-2345-6789}\inst{1} \and Cid Dee\inst{2}}", "Ann Bee; Cid Dee"),
        (r"\author{Ann Bee\inst{1}\\ Cid Dee\inst{2}}", "Ann Bee; Cid Dee"),
        (
            r"\author{\IEEEauthorblockN{Ann Bee\IEEEauthorrefmark{1}}\IEEEauthorblockA{Maple Grove\\ Oak Hill}\and "
            r"\IEEEauthorblockN{Cid Dee}\IEEEauthorblockA{Maple Grove}}",
            "Ann Bee; Cid Dee",
        ),
        (r"\author{Ann Bee$^{1,*}$ Cid Dee$^{2}$ \quad Eva Fox$^1$ \\ $^1$Birch Works, $^2$Elm Works}", "3"),
        (r"\author{Ann Bee\textsuperscript{1} Cid Dee\textsuperscript{1,2}}", "Ann Bee; Cid Dee"),
        (r"\author{Ann Bee \\ Pine Grove \\ Fir Town \And Cid Dee \\ Pine Grove}", "Ann Bee; Cid Dee"),
        (r"\author{\name Ann Bee \email ann@x.org \\ \addr Fir Town \AND \name Cid d'Orsay \email c@x.org}", "2"),
        (r"\author{\begin{tabular}{cc} Ann Bee & Cid Dee \\ Pine AI & Oak AI \end{tabular}}", "Ann Bee; Cid Dee"),
        (r"\author[1]{Ann Bee\note{Corresponding author.}}\emailAdd{ann@x.org}", "Ann Bee"),
        (r"\author{Ann Bee (\href{mailto:ann@x.org}{ann@x.org})}", "Ann Bee"),
        (r"\author{Ann Bee\altaffilmark{1}, Cid Dee\altaffilmark{2}}\altaffiltext{1}{Fir Town}", "Ann Bee; Cid Dee"),
        (r"\author{\IEEEauthorblockN{1\textsuperscript{st} Ann Bee}}", "Ann Bee"),
        (r"\author{Ann Bee}\author{Cid Dee}\affiliation{Fir Town}\email{c@x.org}", "Ann Bee; Cid Dee"),
        (r"\cauthor[a]{Ann}{Bee}{ann@x.org}{}\author[a]{Cid}{Dee}{}", "Ann Bee; Cid Dee"),
        (r"\author{Paper \#110, 14 pages}", ""),
        (r"\author{Anonymous Author(s)}", ""),
    ],
)
def test_authors_are_found_however_the_class_writes_them(written: str, names: str) -> None:
    found = document(written).authors
    assert str(len(found)) == names or "; ".join(found) == names


def test_a_title_page_set_by_hand_is_read() -> None:
    page = (
        r"\begin{document}\begin{center}{\Large\bf On the Weight\\[2pt] of Apples}\\[1cm] "
        r"{\bf Ann Bee$^{a}$,} {\bf Cid Dee$^{b}$} and {\bf Eva Fox}\\[2mm] {\it $^a$ Via Roma, Fir Town}\end{center}"
        r"\begin{abstract}We say so.\end{abstract}\section{One}It is so.\end{document}"
    )
    found = document("", page)
    assert (found.title, found.authors) == ("On the Weight of Apples", ("Ann Bee", "Cid Dee", "Eva Fox"))


def test_notes_that_hang_on_names_of_a_title_page_are_no_names() -> None:
    page = (
        r"\begin{document}\begin{center}{\Large On the Weight of Apples}\vskip1.0cm "
        r"Ann~Bee$^{1}${\footnote{Email: a@x.org}}, Cid~Dee$^{2}$\\ "
        r"{\it $^1$Fir Town}\end{center}\begin{abstract}So.\end{abstract}\section{One}So.\end{document}"
    )
    assert document("", page).authors == ("Ann Bee", "Cid Dee")


def test_large_type_after_the_abstract_is_no_title() -> None:
    page = r"\begin{document}\section{One}It is so. {\Large Loud words here}\end{document}"
    assert document("", page).title == ""


@pytest.mark.parametrize(
    ("switch", "shown"),
    [
        (r"\def\anon{0}\ifnum\anon=0 named\else hidden\fi", "named"),
        (r"\def\anon{1}\ifnum\anon=0 named\else hidden\fi", "hidden"),
        (r"\def\anon{1}\ifnum0<\anon named\else hidden\fi", "named"),
        (r"\def\long{1}\if\long1named\else hidden\fi", "named"),
        (r"\def\long{0}\if\long1named\else hidden\fi", "hidden"),
        (r"\newtoggle{draft}\toggletrue{draft}\iftoggle{draft}{named}{hidden}", "named"),
        (r"\newboolean{draft}\setboolean{draft}{true}\ifthenelse{\boolean{draft}}{named}{hidden}", "named"),
        (r"\newbool{draft}\boolfalse{draft}\ifbool{draft}{named}{hidden}", "hidden"),
    ],
)
def test_a_switch_that_the_paper_sets_decides_what_is_read(switch: str, shown: str) -> None:
    body = rf"\begin{{document}}\section{{One}}It is {switch}.\end{{document}}"
    text = " ".join(paragraph.text for paragraph in document("", body).paragraphs)
    assert " ".join(text.split()).replace(" .", ".") == f"It is {shown}."


def test_a_macro_whose_name_begins_like_a_counters_is_the_papers_own() -> None:
    assert document(r"\newcommand{\thetitle}{On Pears}\title{\thetitle}").title == "On Pears"


def test_references_in_headings_are_words() -> None:
    body = (
        r"\begin{document}\section{One}\label{s}It is so.\section{More on Section~\ref{s}}It is.\begin{theorem}"
        r"[see~\cite{a}] Yes.\end{theorem}\end{document}"
    )
    assert [section.title for section in document("", body).sections] == ["One", "More on Section 1"]


def test_a_paper_in_amstex_has_title_authors_abstract_and_sections() -> None:
    tex = (
        r"\input amstex \documentstyle{amsppt}\topmatter\title On It\endtitle\author Ann Bee\endauthor"
        r"\abstract We say so.\endabstract\endtopmatter\document\head 1. Weights\endhead It is so.\enddocument"
    )
    found = read(SourceTree({"ms.tex": tex.encode()}))
    assert (found.title, found.authors, [one.title for one in found.sections]) == (
        "On It",
        ("Ann Bee",),
        ["1. Weights"],
    )
    assert [one.kind for one in found.paragraphs if "We say so." in one.text] == ["abstract"]


def test_a_paper_in_plain_tex_has_title_authors_and_sections() -> None:
    tex = (
        r"\magnification=1200 \centerline{\bf On Apples and It}\medskip\centerline{Ann Bee and Cid Dee}"
        "\\beginsection 1. Weights\\par It is so.\\bye"
    )
    found = read(SourceTree({"ms.tex": tex.encode()}))
    assert (found.title, found.authors) == ("On Apples and It", ("Ann Bee", "Cid Dee"))
    assert [one.title for one in found.sections] == ["1. Weights"]


def test_a_title_without_its_end_takes_no_text_with_it() -> None:
    body = r"\begin{document}\section{One}\head of state. It is so.\end{document}"
    text = " ".join(one.text for one in document("", body).paragraphs)
    assert "of state. It is so." in text
