"""What TeX's own words, siunitx, xparse and delimited definitions leave in the text of a paper."""

from __future__ import annotations

import pytest

from importers.latex.prose import display
from importers.latex.reader import read
from importers.latex.source import SourceTree


def text_of(body: str) -> str:
    document = read(SourceTree({"main.tex": f"\\documentclass{{article}}\\begin{{document}}{body}".encode()}))
    return " ".join(display(document, paragraph.text) for paragraph in document.paragraphs)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"a\hskip 0.5em plus 1fil b", "a b"),
        (r"a\kern-2pt b", "ab"),
        (r"a \vskip-.3\baselineskip b", "a b"),
        (r"about {\raise.17ex\hbox{$\scriptstyle\sim$}}5 points", "about ~5 points"),
        (r"a \penalty10000 b \looseness=-1 c \parindent=0pt d", "a b c d"),
        (r"a \hbox to 3cm{in a box} b", "a in a box b"),
        (r"the parskip is 3", "the parskip is 3"),
    ],
)
def test_lengths_are_no_text(source: str, expected: str):
    assert text_of(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\SI{3.5}{\kilo\gram}", "3.5 kg"),
        (r"\qty{5}{GB}", "5 GB"),
        (r"\SI{12}{\percent}", "12%"),
        (r"\si{\metre\per\second\squared}", "m/s^2"),
        (r"\SIrange{1}{2}{\milli\second}", "1–2 ms"),
        (r"\numlist{1;2;3}", "1, 2, 3"),
        (r"\num{1234.5} at \ang{30}", "1234.5 at 30°"),
        (r"\newcommand{\num}[1]{no. #1}\num{7}", "no. 7"),
    ],
)
def test_quantities_read_as_printed(source: str, expected: str):
    assert text_of(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\def\x#1.{<#1>}\x hello. there", "<hello> there"),
        (r"\def\x[#1]#2{#2 of #1}\x[a]{b}", "b of a"),
        (r"\def\x#1\to#2\end@x{#1 then #2}\x a\to b\end@x", "a then b"),
        (r"\def\x#1.{<#1>}\x never comes", "never comes"),
        (r"\NewDocumentCommand{\x}{m O{d}}{#1:#2}\x{a} \x{a}[b]", "a:d a:b"),
        (r"\NewDocumentCommand{\x}{s m}{\IfBooleanTF{#1}{starred}{plain} #2}\x*{a} \x{b}", "starred a plain b"),
        (r"\NewDocumentCommand{\x}{o m}{\IfNoValueTF{#1}{none}{#1} #2}\x{a} \x[b]{c}", "none a b c"),
        (r"\NewDocumentCommand{\x}{D(){z} m}{#1 #2}\x(y){a} \x{b}", "y a z b"),
        (r"\NewDocumentCommand{\x}{d<> m}{#1#2}$\x<1>{\alpha}+\x{b}$", r"$1\alpha+b$"),
    ],
)
def test_arguments_are_taken_as_the_definition_says(source: str, expected: str):
    assert text_of(source) == expected


def test_an_old_meaning_kept_by_let_does_not_loop():
    assert text_of(r"\let\oldtt=\texttt \def\texttt#1{\oldtt{#1}}\texttt{code} and \texttt{more}") == "code and more"
    assert text_of(r"\let\oldphi\phi\renewcommand{\phi}{\oldphi\oldphi}$\phi$") == r"$\phi\phi$"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\ifnum1<2 less\else more\fi", "less"),
        (r"\ifthenelse{\equal{a}{a}}{same}{other}", "same"),
        (r"\newif\ifdraft\drafttrue\ifthenelse{\boolean{draft}}{draft}{final}", "draft"),
        (r"\ifthenelse{\NOT 1 > 2}{small}{large}", "small"),
        (r"\ifthenelse{\isodd{\value{page}}}{odd}{even}", "even"),
    ],
)
def test_tests_are_decided_where_the_source_decides_them(source: str, expected: str):
    assert text_of(source) == expected


def test_what_was_replaced_or_deleted_is_gone():
    assert text_of(r"a \replaced{new}{old} b \deleted{gone} c \mintinline{python}{x = 1}") == "a new b c x = 1"
