"""Tables cell for cell."""

from __future__ import annotations

import pytest

from importers.latex.document import Table
from importers.latex.reader import read
from importers.latex.source import SourceTree


def tables(body: str, preamble: str = "") -> list[Table]:
    main = f"\\documentclass{{article}}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    document = read(SourceTree({"main.tex": main.encode()}))
    return [table for exhibit in document.exhibits for table in exhibit.tables] + [t for t, _ in document.loose_tables]


def rows(body: str, preamble: str = "") -> list[tuple[str, ...]]:
    return list(tables(body, preamble)[0].rows)


def test_spans_stand_in_every_cell_they_cover():
    body = (
        "\\begin{tabular}{lcc}\\hline \\multirow{2}{*}{M} & \\multicolumn{2}{c}{Score}\\\\ "
        "\\cmidrule(lr){2-3} & a & b \\\\"
        "\\midrule x & \\multirow{-1}{*}{1} & 2 \\\\[2pt] \\multirow{2}{*}{y} & 3 & 4 \\\\ & 5 & 6 \\\\ "
        "\\bottomrule\\end{tabular}"
    )
    table = tables(body)[0]
    assert list(table.rows) == [
        ("M", "Score", "Score"),
        ("M", "a", "b"),
        ("x", "1", "2"),
        ("y", "3", "4"),
        ("y", "5", "6"),
    ]
    assert table.header_rows == 2


def test_a_span_from_the_last_row_upwards():
    assert rows("\\begin{tabular}{ll} & a\\\\ \\multirow{-2}{*}{G} & b\\end{tabular}") == [("G", "a"), ("G", "b")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("$28.4$", "28.4"),
        ("\\textbf{41.8}", "41.8"),
        ("$\\mathbf{0.9}$", "0.9"),
        ("$1.0\\cdot10^{20}$", "$1.0\\cdot10^{20}$"),
        ("12{,}000", "12,000"),
        ("50\\%", "50%"),
        ("\\makecell{two\\\\lines}", "two lines"),
        ("\\cellcolor{red}7", "7"),
        ("\\textcolor{red}{\\underline{8}}", "8"),
        ("Net~\\cite{a}", "Net"),
        ("a\\textsuperscript{b}", "a^b"),
        ("{\\small 9}", "9"),
        ("\\SI{3.5}{GB}", "3.5 GB"),
    ],
)
def test_cells_as_they_read(cell: str, expected: str):
    assert rows(f"\\begin{{tabular}}{{ll}}{cell} & z\\end{{tabular}}") == [(expected, "z")]


def test_rows_and_columns_that_come_out_of_macros():
    preamble = (
        "\\newcommand{\\row}[2]{#1 & #2 \\\\}\\newcommand{\\bt}{\\begin{tabular}{ll}}\\newcommand{\\et}{\\end{tabular}}"
    )
    assert rows("\\bt \\row{a}{1} \\row{b}{2} \\et", preamble) == [("a", "1"), ("b", "2")]


def test_a_long_table_keeps_one_head_and_no_foot():
    body = (
        "\\begin{longtable}{ll}\\caption{Long.}\\label{t}\\\\ H & I\\\\ \\hline\\endfirsthead H & I "
        "(continued)\\\\ \\endhead "
        "next page & \\\\ \\endfoot \\endlastfoot a & 1\\\\ b & 2\\end{longtable}"
    )
    assert rows(body) == [("H", "I"), ("a", "1"), ("b", "2")]


def test_two_captions_in_one_float_are_two_tables():
    body = (
        "\\begin{table}\\begin{minipage}{2cm}\\caption{A}\\label{a}\\begin{tabular}{l}1\\end{tabular}\\end{minipage}"
        "\\begin{minipage}{2cm}\\caption{B}\\label{b}\\begin{tabular}{l}2\\end{tabular}\\end{minipage}\\end{table}"
    )
    main = f"\\documentclass{{article}}\\begin{{document}}{body}\\end{{document}}"
    document = read(SourceTree({"main.tex": main.encode()}))
    assert [(one.number, one.labels, one.tables[0].rows) for one in document.exhibits] == [
        ("1", ("a",), (("1",),)),
        ("2", ("b",), (("2",),)),
    ]


def test_rows_know_the_works_they_cite():
    table = tables("\\begin{tabular}{ll}M & s\\\\ \\hline Net~\\citep{net} & 1\\end{tabular}")[0]
    assert table.cites == ((1, "net"),)


def test_a_table_without_an_end_stops_at_the_next_section():
    body = "\\begin{table}\\caption{T}\\begin{tabular}{ll}a & 1\\\\ \\section{Next} Text after."
    main = f"\\documentclass{{article}}\\begin{{document}}{body}\\end{{document}}"
    document = read(SourceTree({"main.tex": main.encode()}))
    assert document.exhibits[0].tables[0].rows == (("a", "1"),)
    assert document.sections[0].title == "Next"
    assert "tabular without an end" in document.notes


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\begin{tabular}{cc}a & b \\ \hhline{|-|-|} c & d \end{tabular}", [("a", "b"), ("c", "d")]),
        (
            r"\begin{tabular}{cc}a & \ding{51} \\ \cdashlinelr{1-2} c & \ding{55} \end{tabular}",
            [("a", "✓"), ("c", "✗")],
        ),
        (r"\begin{tabular}{cc}\rowcolor[gray]{0.9}[0pt][0pt] a & b \\ c & d \end{tabular}", [("a", "b"), ("c", "d")]),
        (
            r"\begin{tabular}{cc}\diagbox{a}{b} & c \\ \arrayrulecolor{red} d & e \end{tabular}",
            [("a / b", "c"), ("d", "e")],
        ),
        (
            r"\begin{tblr}{ccc}\SetCell[c=2]{c} a & & b \\ \SetCell[r=2]{m} c & d & e \\ & f & g \end{tblr}",
            [("a", "a", "b"), ("c", "d", "e"), ("c", "f", "g")],
        ),
        (
            r"\begin{NiceTabular}{ccc}\Block{2-2}{a} & & b \\ & & c \\ d & e & f \end{NiceTabular}",
            [("a", "a", "b"), ("a", "a", "c"), ("d", "e", "f")],
        ),
    ],
)
def test_rules_take_their_arguments_and_blocks_cover_their_cells(source: str, expected: list[tuple[str, ...]]):
    assert rows(source) == expected
