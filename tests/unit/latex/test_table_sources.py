"""Tables by other commands than a tabular, what stands below them, and rows that come from files."""

from __future__ import annotations

import pytest

from importers.latex.document import Document, Exhibit
from importers.latex.reader import read
from importers.latex.source import SourceTree

TABULAR = r"\begin{tabular}{ll}A & B\\ \midrule 1 & 2\end{tabular}"
FILES = {
    "runs.csv": b"name,score\nann,1.5\nbob,2.5\n",
    "marks.csv": b"a;b\n1;2\n",
    "rows.tex": b"x & 1\\\\\ny & 2\\\\\n",
    "whole.tex": TABULAR.encode(),
}


def document(body: str, preamble: str = "") -> Document:
    """A paper with this in its only section, beside the files above."""
    main = rf"\documentclass{{article}}{preamble}\begin{{document}}\section{{One}}Before. {body} After.\end{{document}}"
    return read(SourceTree({"ms.tex": main.encode(), **FILES}))


def exhibit(body: str, preamble: str = "") -> Exhibit:
    """The only float; the text around it is untouched."""
    found = document(body, preamble)
    assert " ".join("".join(one.text for one in found.paragraphs).split()) == "Before. After."
    assert len(found.exhibits) == 1
    return found.exhibits[0]


def caption(one: Exhibit) -> str:
    return one.caption.text if one.caption else ""


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (r"\csvautotabular{runs.csv}", (("name", "score"), ("ann", "1.5"), ("bob", "2.5"))),
        (r"\csvautobooktabular[separator=semicolon]{marks.csv}", (("a", "b"), ("1", "2"))),
        (r"\csvautotabular{marks}", (("a", "b"), ("1", "2"))),
        (
            r"\csvreader[tabular=|l|r|,table head=\hline Run & Value\\\hline]{runs.csv}{name=\n,score=\s}{\s & \n}",
            (("Run", "Value"), ("1.5", "ann"), ("2.5", "bob")),
        ),
        (r"\pgfplotstabletypeset[col sep=comma,columns={score}]{runs.csv}", (("score",), ("1.5",), ("2.5",))),
        (
            r"\begin{tabular}{ll}A & B\\ \midrule\input{rows}\bottomrule\end{tabular}",
            (("A", "B"), ("x", "1"), ("y", "2")),
        ),
        (r"\input{whole}", (("A", "B"), ("1", "2"))),
        (r"\halign{\hfil#\quad&#\hfil\cr A&B\cr\noalign{\hrule}1&2\cr}", (("A", "B"), ("1", "2"))),
        (r"$\begin{array}{lc}x & 3\\ \hline y & 4\end{array}$", (("$x$", "3"), ("$y$", "4"))),
        (r"\begin{tabular}{>{$}l<{$}r}x_1 & 3\\ \alpha & 4\end{tabular}", (("$x_1$", "3"), (r"$\alpha$", "4"))),
        (
            r"\begin{tabular}{ll}A & B\\ [2pt] 1 & 2\\ \iffalse 3 & 4\\ \fi 5 & 6\end{tabular}",
            (("A", "B"), ("1", "2"), ("5", "6")),
        ),
        (r"\begin{tabular}{ll}A & B\\ [a] & 2\end{tabular}", (("A", "B"), ("[a]", "2"))),
        (r"\begin{tabular}{ll}A & B\\ \cmidrule(r{.5em}){1-2} 1 & 2\end{tabular}", (("A", "B"), ("1", "2"))),
        (
            r"\begin{NiceTabular}{ll}\CodeBefore\rowcolor{gray}{1}\Body A & B\\ 1 & 2\CodeAfter \tikz\draw (1);"
            r"\end{NiceTabular}",
            (("A", "B"), ("1", "2")),
        ),
        (r"\begin{tabu}{ll}A & B\\ \tabucline[1pt]{1-2} 1 & 2\end{tabu}", (("A", "B"), ("1", "2"))),
        (r"\begin{tabular}{ll}A & \ldots\\ 1 & 2\end{tabular}", (("A", "…"), ("1", "2"))),
    ],
)
def test_rows_from_elsewhere_are_the_tables_rows(body: str, rows: tuple[tuple[str, ...], ...]) -> None:
    one = exhibit(rf"\begin{{table}}{body}\caption{{What}}\end{{table}}")
    assert [table.rows for table in one.tables] == [rows]
    assert (caption(one), one.notes) == ("What", "")


def test_columns_of_the_papers_own_may_be_maths() -> None:
    one = exhibit(
        r"\begin{table}\begin{tabular}{M*{2}{M}r}a & b_1 & \multicolumn{1}{c}{c} & d\end{tabular}\end{table}",
        r"\newcolumntype{M}{>{$}c<{$}}",
    )
    assert one.tables[0].rows == (("$a$", "$b_1$", "c", "d"),)


def test_a_data_files_name_may_be_a_macro() -> None:
    one = exhibit(r"\begin{table}\csvautotabular{\here/runs.csv}\end{table}", r"\newcommand{\here}{.}")
    assert one.tables[0].rows[1] == ("ann", "1.5")


def test_data_that_is_not_there_is_said_to_be_missing() -> None:
    found = document(r"\begin{table}\csvautotabular{gone.csv}\caption{What}\end{table}")
    assert found.notes == ["missing file: gone.csv (data of a table)"]
    assert found.exhibits[0].tables == ()


def test_a_ctable_is_a_float_with_its_notes() -> None:
    one = exhibit(
        r"\ctable[caption={What it is},label=t:x,pos=t]{lr}{\tnote{For all.}\tnote[b]{Per run.}}"
        r"{\FL A & B\tmark[b]\ML 1 & 2\NN 3 & 4\LL}"
    )
    assert (caption(one), one.labels, one.notes) == ("What it is", ("t:x",), "For all.\nb: Per run.")
    assert one.tables[0].rows == (("A", "B"), ("1", "2"), ("3", "4"))


@pytest.mark.parametrize(
    ("body", "notes"),
    [
        (
            rf"\begin{{threeparttable}}{TABULAR}\begin{{tablenotes}}\small\item[a] Per run.\item[$\dagger$] All seeds."
            r"\end{tablenotes}\end{threeparttable}",
            "a: Per run.\n\\dagger: All seeds.",
        ),
        (rf"\begin{{minipage}}{{3cm}}{TABULAR}\footnotetext[1]{{All runs.}}\end{{minipage}}", "1: All runs."),
        (r"\begin{tabular}{ll}A & B\footnote{Of the set.}\\ 1 & 2\end{tabular}", "Of the set."),
        (rf"{TABULAR}\\ \footnotesize Note: these are means of runs.", "Note: these are means of runs."),
        (rf"{TABULAR}\vspace{{2pt}} 3pt", ""),
    ],
)
def test_what_is_noted_below_a_table_is_kept(body: str, notes: str) -> None:
    one = exhibit(rf"\begin{{table}}\caption{{What}}{body}\end{{table}}")
    assert one.notes == notes
    assert one.tables[0].rows == (("A", "B"), ("1", "2"))


def test_a_deluxe_table_has_its_notes_and_headings() -> None:
    one = exhibit(
        r"\begin{deluxetable}{lc}\tablecaption{What}\tablewidth{0pt}\tablehead{\colhead{A} & \colhead{B}}"
        r"\startdata a & 1\\ \sidehead{Group} b & 2 \enddata\tablenotetext{a}{Of it.}"
        r"\tablecomments{In SI.}\end{deluxetable}"
    )
    assert one.tables[0].rows == (("A", "B"), ("a", "1"), ("Group", ""), ("b", "2"))
    assert (caption(one), one.notes) == ("What", "a: Of it.\nIn SI.")


def test_headings_that_stand_before_a_supertabular_are_its_first_rows() -> None:
    one = exhibit(
        r"\tablehead{\hline A & B\\}\tabletail{\hline}\topcaption{What}"
        r"\begin{supertabular}{ll}1 & 2\\ \end{supertabular}"
    )
    assert (one.kind, one.number, caption(one), one.tables[0].rows) == ("table", "1", "What", (("A", "B"), ("1", "2")))


def test_tabularray_names_caption_label_and_notes_in_its_options() -> None:
    one = exhibit(r"\begin{talltblr}[caption={What},label={t:y},note{a}={Of it}]{ll}A & B\\ 1 & 2\end{talltblr}")
    assert (caption(one), one.labels, one.notes) == ("What", ("t:y",), "a: Of it")


def test_a_box_of_floatrow_says_what_its_caption_counts_as() -> None:
    found = document(
        rf"\begin{{table}}\begin{{floatrow}}\capbtabbox{{{TABULAR}}}{{\caption{{Cells}}}}"
        r"\ffigbox{\includegraphics{x}}{\caption{Plot}}\end{floatrow}\end{table}"
    )
    assert [(one.kind, one.number, caption(one)) for one in found.exhibits] == [
        ("table", "1", "Cells"),
        ("figure", "1", "Plot"),
    ]


def test_data_without_measure_is_left_out_with_a_note() -> None:
    main = r"\documentclass{article}\begin{document}\section{One}" + r"\csvautotabular{big.csv}" * 9 + r"\end{document}"
    big = "\n".join(",".join("1" * 50) for _ in range(200)).encode()
    found = read(SourceTree({"ms.tex": main.encode(), "big.csv": big}))
    assert len(found.loose_tables) == 4
    assert found.notes == ["big.csv was not read: the paper's data tables hold more than 40000 cells"]
