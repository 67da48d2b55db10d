"""Author lines into names: arXiv's rules, and the same names from every form of one paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.author_names import join_listed_names, name_from_parts, read_accents, split_author_line, tidy_names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Hongjun Pan", ["Hongjun Pan"]),
        ("Ileana Streinu and Louis Theran", ["Ileana Streinu", "Louis Theran"]),
        ("A.A. Serga, M. Kostylev, and B. Hillebrands", ["A. A. Serga", "M. Kostylev", "B. Hillebrands"]),
        ("J.P.Hague and N.d'Ambrumenil", ["J. P. Hague", "N. d'Ambrumenil"]),
        ("C. Bal\\'azs, E. L. Berger,\n  C.-P. Yuan", ["C. Balázs", "E. L. Berger", "C.-P. Yuan"]),
        ("Vasily Ogryzko &amp; B. Other", ["Vasily Ogryzko", "B. Other"]),
        ("V. M. Biryukov (Serpukhov, IHEP)", ["V. M. Biryukov"]),
        ("A. Mishchenko (1 and 2) and N. Nagaosa (1) ((1) CREST, Japan, (2) Tokyo)", ["A. Mishchenko", "N. Nagaosa"]),
        ("B. Zhang (1)((1)\n Hebei University, China)", ["B. Zhang"]),
        ("A. Kunert (1), B. Marecki (1),((1) Torun)", ["A. Kunert", "B. Marecki"]),
        ("J. Jensen (1), G. Basri (6); (1 - Swarthmore; 6 - Berkeley)", ["J. Jensen", "G. Basri"]),
        ("A. Lost (MIT, B. Unclosed", ["A. Lost"]),
        ("A. Kept) and B. Closed", ["A. Kept", "B. Closed"]),
        ("Caleb K. Lo, Robert W. Heath, Jr. and Sriram Vishwanath",
         ["Caleb K. Lo", "Robert W. Heath Jr.", "Sriram Vishwanath"]),
        ("Eyo Eyo Ita III", ["Eyo Eyo Ita III"]),
        ("John Smith, III, Jane Doe, Sr", ["John Smith III", "Jane Doe Sr"]),
        ("CLEO Collaboration: T. K. Pedlar, et al", ["CLEO Collaboration", "T. K. Pedlar"]),
        ("A. Abulencia et al. (CDF Collaboration)", ["A. Abulencia"]),
        ("J. Junkersfeld, for the CB-ELSA collaboration", ["J. Junkersfeld", "CB-ELSA collaboration"]),
        ("Sinya for JLQCD Collaboration", ["Sinya", "JLQCD Collaboration"]),
        ("A. Speaker, on behalf of the ATLAS Collaboration", ["A. Speaker", "ATLAS Collaboration"]),
        ("Sandy Anderson and Roland Andersson", ["Sandy Anderson", "Roland Andersson"]),
        ("Themos~Stafylakis and J.\\,Smith", ["Themos Stafylakis", "J. Smith"]),
        ("SciPy 1. 0 Contributors", ["SciPy 1.0 Contributors"]),
        ("Peter St\\ütz", ["Peter Stütz"]),
        ("Robert P. C. de Marrais, M. De Napoli", ["Robert P. C. de Marrais", "M. De Napoli"]),
        ("Madonna", ["Madonna"]),
        (", ,and , :", []),
        ("", []),
    ],
)  # fmt: skip
def test_author_lines(line: str, names: list[str]) -> None:
    assert list(split_author_line(line)) == names


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("Erd\\H{o}s", "Erdős"), ("Erd\\H os", "Erdős"), ("{\\O}bro", "Øbro"), ("\\O bro", "Øbro"),
        ("\\v{S}r\\'amek", "Šrámek"), ("\\v Sr\\'{a}mek", "Šrámek"), ("Bro\\v{n}a", "Broňa"), ("Tom\\`as", "Tomàs"),
        ("M\\\"uller", "Müller"), ("M{\\\"u}ller", "Müller"), ("M\\\"{u}ller", "Müller"), ("{\\L}ukasz", "Łukasz"),
        ("Gro\\ss{}mann", "Großmann"), ("Wei\\ss", "Weiß"), ("Garc{\\'\\i}a", "García"), ("Garc\\'{\\i}a", "García"),
        ("Garc\\'{i}a", "García"), ("Fran\\c{c}ois", "François"), ("\\c Sahin", "Şahin"), ("Nguy\\~{\\^e}n", "Nguyễn"),
        ("\\AA ngstr\\\"om", "Ångström"), ("Pawe{\\l} Nowak", "Paweł Nowak"), ("Pawe\\l Nowak", "Paweł Nowak"),
        ("\\.Ilker", "İlker"), ("Ho\\u{a}ng", "Hoăng"), ("\\k{e}", "ę"), ("\\d{s}", "ṣ"),
        ("$\\alpha$ {x}", "$\\alpha$ {x}"),
        ("\\unknown{x}", "\\unknownx"), ("O'Brien", "O'Brien"),
    ],
)  # fmt: skip
def test_accents(tex: str, text: str) -> None:
    assert read_accents(tex) == text


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["Balázs", "C.", ""], "C. Balázs"),
        (["Heath", "Robert W.", "Jr."], "Robert W. Heath Jr."),
        (["Yakovlev", "D. R.", "", "Dortmund", "Ioffe"], "D. R. Yakovlev"),
        (["BABAR Collaboration", "", ""], "BABAR Collaboration"),
        (["Madonna"], "Madonna"),
        ([None, "A.", 3], "A."),
        ([], ""),
    ],
)
def test_parsed_names(parts: list[object], name: str) -> None:
    assert name_from_parts(parts) == name


def test_parsed_names_and_the_line_agree_where_arxivs_parser_breaks_initials() -> None:
    parsed = [["Yuan", "C. -P.", ""], ["Hague", "J. P.", ""], ["Jr.", "", ""], ["Erdős", "P.", ""]]
    line = "C.-P. Yuan, J.P. Hague, Jr., and P. Erd\\H{o}s"
    assert tidy_names(map(name_from_parts, parsed)) == split_author_line(line)


@pytest.mark.parametrize(
    ("names", "joined"),
    [
        (["Tri Dao", "Christopher Ré"], ["Tri Dao", "Christopher Ré"]),
        (["Salman Habib and Robert D. Ryne"], ["Salman Habib", "Robert D. Ryne"]),
        (["A. One (U of X", "Y)", "B. Two"], ["A. One", "B. Two"]),
        (["Warren A Hunt,", " Jr.", "J Moore"], ["Warren A Hunt Jr.", "J Moore"]),
        (["The BaBar Collaboration", ":", "B. Aubert"], ["The BaBar Collaboration", "B. Aubert"]),
        (["I-Hong Hou", "I. Campos"], ["I-Hong Hou", "I. Campos"]),
        ([" Zhixiang", "Xu"], ["Zhixiang", "Xu"]),
        ([], []),
    ],
)
def test_listed_names(names: list[str], joined: list[str]) -> None:
    assert list(join_listed_names(names)) == joined


def test_three_thousand_authors() -> None:
    names = [f"A. B. Author{chr(97 + number % 26)}{'x' * (number // 26)}" for number in range(3000)]
    line = ", ".join(f"{name} (Institute {number})" for number, name in enumerate(names))
    assert list(split_author_line(line)) == names


@given(st.text(alphabet="ab.,:()&{}\\'\"~$ -and", max_size=60) | st.text(max_size=60))
def test_no_line_breaks_the_splitter_and_names_come_out_tidy(line: str) -> None:
    for name in split_author_line(line):
        assert name
        assert name == " ".join(name.split())
        assert "(" not in name
        assert "," not in name
