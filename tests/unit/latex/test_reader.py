"""Reading whole (small) papers."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.latex.document import Document
from importers.latex.prose import display, sentences_of
from importers.latex.reader import read
from importers.latex.source import SourceTree
from registry.errors import InvalidArtifact


def read_text(body: str, preamble: str = "", **files: str) -> Document:
    main = f"\\documentclass{{article}}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    tree = {"main.tex": main.encode()} | {f"{name}.tex": text.encode() for name, text in files.items()}
    return read(SourceTree(tree))


def texts(document: Document) -> list[str]:
    return [display(document, paragraph.text) for paragraph in document.paragraphs]


def test_sentences_know_their_characters_through_files_and_macros():
    document = read_text(
        "First one. \\input{part}",
        "\\newcommand{\\sys}{Tool\\xspace}",
        part="\\sys wins by 3.5\\% here. It \\emph{really} does, e.g. often.",
    )
    source = document.source
    found = [
        (sentence.text, source.locate(*sentence.spans[0]).path, source.quotes(*sentence.spans[0]))
        for paragraph in document.paragraphs
        for sentence in sentences_of(document, paragraph)
    ]
    assert found == [
        ("First one.", "main.tex", ("First one.",)),
        ("Tool wins by 3.5% here.", "part.tex", ("\\sys wins by 3.5\\% here.",)),
        ("It really does, e.g. often.", "part.tex", ("It \\emph{really} does, e.g. often.",)),
    ]


def test_a_comment_inside_a_sentence_parts_its_quote():
    document = read_text("We gain % not this 99\n 12 points.")
    sentence = sentences_of(document, document.paragraphs[0])[0]
    assert sentence.text == "We gain 12 points."
    assert document.source.quotes(*sentence.spans[0]) == ("We gain", "12 points.")


def test_a_float_in_mid_sentence_does_not_enter_its_quote():
    document = read_text(
        "We gain \\begin{figure}\\caption{A plot of it all over here and there, over and over and over "
        "again.}\\end{figure} much more."
    )
    sentence = sentences_of(document, document.paragraphs[0])[0]
    quotes = [quote for span in sentence.spans for quote in document.source.quotes(*span)]
    assert sentence.text == "We gain much more."
    assert quotes == ["We gain", "much more."]


def test_sections_are_numbered_as_latex_numbers_them():
    document = read_text("\\section{A}\\subsection{B}\\section*{C}\\section{D}\\appendix\\section{E}\\subsection{F}")
    assert [(section.number, section.title) for section in document.sections] == [
        ("1", "A"),
        ("1.1", "B"),
        ("", "C"),
        ("2", "D"),
        ("A", "E"),
        ("A.1", "F"),
    ]


def test_references_become_words():
    document = read_text(
        "\\section{A}\\label{a} See Table~\\ref{t}, \\Cref{t} and Section~\\ref{a}; \\ref{lost}."
        "\\begin{table}\\caption{C}\\label{t}\\begin{tabular}{l}x\\end{tabular}\\end{table}"
    )
    assert texts(document) == ["See Table 1, Table 1 and Section 1; [lost]."]


def test_conditionals_and_comments_are_not_text():
    document = read_text(
        "A \\iffalse hidden \\else seen \\fi B \\ifdraft no \\else yes \\fi C",
        "\\newif\\ifdraft\\drafttrue\\draftfalse",
    )
    assert texts(document) == ["A seen B yes C"]


def test_old_accents_and_symbols_become_characters():
    document = read_text(
        "Erd\\H{o}s, Qu\\h{a}ng, \\DJ{}\\h{o}, M\\\"uller, \\'{e}t\\'e, na\\\"{\\i}ve, \\ss, \\AA, 5\\,\\% --- ``so''."
    )
    assert texts(document) == ["Erdős, Quảng, Đỏ, Müller, été, naïve, ß, Å, 5 % — “so”."]


def test_text_after_the_end_and_missing_files_are_left_out_and_noted():
    document = read_text("Body. \\input{gone}")
    assert texts(document) == ["Body."]
    assert document.notes == ["missing file: gone (named by \\input)"]


def test_a_short_definition_before_the_end_is_expanded_in_maths():
    document = read_text("Take $\\R^n$ and $\\norm{x}$.", "\\newcommand{\\R}{\\mathbb{R}}\\newcommand{\\norm}[1]{|#1|}")
    assert texts(document) == ["Take $\\mathbb{R}^n$ and $|x|$."]


def test_names_made_up_by_a_macro_are_defined():
    preamble = "\\def\\declare#1#2{\\expandafter\\def\\csname #1\\endcsname{#2}}\\declare{gp}{GP}"
    assert texts(read_text("Exact \\gp{}s and \\gp.", preamble)) == ["Exact GPs and GP."]


@pytest.mark.parametrize(
    "preamble",
    [
        "\\def\\x{\\x}",
        "\\def\\x{\\x\\x}",
        "\\def\\x{\\y\\y}\\def\\y{\\x\\x}",
        "\\newcommand{\\x}[1]{\\x{#1#1}}",
        "\\def\\x{" + "{" * 2000 + "\\x}",
    ],
)
def test_macro_loops_end_with_a_note(preamble: str):
    started = time.process_time()
    document = read_text("Before. \\x{y} After the loop.", preamble)
    assert time.process_time() - started < 30
    assert any("macro expansion stopped" in note for note in document.notes) or "After" in "".join(texts(document))


@pytest.mark.parametrize("body", ["\\x\\x\\x\\x", "\\x" * 400, "{\\x{\\x}\\x}"])
def test_macro_loops_in_maths_end(body: str):
    started = time.process_time()
    document = read_text("$\\x$ and $\\x y$ then \\[\\x\\] After.", f"\\def\\x{{{body}}}")
    assert "After." in texts(document)[-1]
    assert time.process_time() - started < 30


def test_a_file_that_inputs_itself_ends():
    document = read_text("A. \\input{main} B.")
    assert any("not read" in note for note in document.notes)


def test_a_tree_without_tex_is_refused():
    with pytest.raises(InvalidArtifact, match="no TeX file"):
        read(SourceTree({"a.png": b"\x89PNG"}))


PIECES = [
    *"ab \n\\{}$&#%[]^_~1.",
    "\\begin{tabular}{l}",
    "\\end{tabular}",
    "\\section{",
    "\\cite{a}",
    "\\item ",
    "\\def\\a",
    "\\begin{equation}",
    "\\begin{table}",
    "\\caption{",
    "\\input{x}",
    "\\if",
    "\\fi",
    "\\multirow{2}{*}{",
    "\\'",
    "\\NewDocumentCommand{\\b}{s o m}{",
    "\\IfBooleanTF{#1}",
    "\\b*[",
    "\\def\\c#1.",
    "\\c ",
    "\\let\\a\\b",
    "\\hskip",
    "\\SI{",
    "\\ifnum1",
    "\\csname",
    "\\endcsname",
    "\\ding{",
    "\\SetCell[r=2]{",
    "\\begin{document}",
    "\\begin{figure}",
    "«",
    "\\(",
    "\\newenvironment{e}{\\begin{e}}{",
    "\\begin{e}",
    "\\subfile{main}",
    "\ue000",
]


@given(st.lists(st.sampled_from(PIECES), max_size=80).map("".join))
@settings(max_examples=300, deadline=None)
def test_the_reader_never_raises(body: str):
    document = read_text(body)
    for paragraph in document.paragraphs:
        for sentence in sentences_of(document, paragraph):
            start, end = sentence.spans[0]
            assert document.source.locate(start, end).path == "main.tex"


@pytest.mark.parametrize(
    "broken",
    [
        "\\begin{equation}" * 4000,
        "\\[" * 20_000,
        "\\footnote{" * 4000,
        "\\begin{tabular}{l}" * 3000,
        "\\foo[" * 8000,
        "\\href{" * 8000,
        "{" * 40_000,
        "\\textbf{" * 6000 + "}" * 6000,
        "\\section[" * 6000,
        "1" * 200_000,
        "1," * 100_000,
    ],
    ids=lambda text: text[:9],
)
def test_broken_sources_of_any_size_end(broken: str):
    started = time.process_time()
    read_text(f"Before. {broken}")
    assert time.process_time() - started < 60


STANDALONE = (
    "\\documentclass[../main]{subfiles}\\title{Part}\\begin{document}\\section{Inner}Text inside.\\end{document} tail"
)


@pytest.mark.parametrize("command", ["\\subfile{part}", "\\input{part}", "\\import{./}{part}"])
def test_a_file_that_can_be_typeset_alone_does_not_end_the_paper(command: str):
    document = read_text(f"Before. {command}\n\n\\section{{After}}Still here.", part=STANDALONE)
    assert texts(document) == ["Before.", "Text inside.", "Still here."]
    assert [section.title for section in document.sections] == ["Inner", "After"]


def test_equations_named_by_a_macro_of_the_papers_own_can_be_referred_to():
    document = read_text(
        "\\begin{equation}\\eqlabel{a}x=1\\end{equation}See~\\ref{eq:a}.", "\\newcommand{\\eqlabel}[1]{\\label{eq:#1}}"
    )
    assert document.labels["eq:a"][0] == "equation"


@pytest.mark.parametrize(
    ("many", "kept", "told"),
    [
        ("\\section{A} B. " * 2100, lambda document: len(document.sections) == 2000, "headings"),
        ("\\begin{figure}\\caption{A}\\end{figure}" * 1100, lambda document: len(document.exhibits) == 1000, "figures"),
        ("\\begin{tabular}{c}1\\end{tabular} " * 1100, lambda document: len(document.loose_tables) == 1000, "tables"),
    ],
)
def test_what_is_kept_of_a_paper_is_bounded_and_told(many: str, kept: Callable[[Document], bool], told: str):
    document = read_text(many)
    assert kept(document)
    assert any(told in note for note in document.notes)


def test_a_passage_without_an_end_is_no_sentence():
    document = read_text("A short one. " + "Word " * 2000)
    found = [sentence.text for paragraph in document.paragraphs for sentence in sentences_of(document, paragraph)]
    assert found == ["A short one."]
    assert any("without a full stop" in note for note in document.notes)


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [
        ("\\usepackage[cp1251]{inputenc}", "cp1251", "Деревья выигрывают"),
        ("\\usepackage[koi8-r]{inputenc}", "koi8-r", "Деревья выигрывают"),
        ("\\usepackage[latin2]{inputenc}", "iso8859-2", "Żółte drzewa"),
        ("\\begin{CJK*}{GBK}{song}", "gb18030", "我们的方法"),
        ("\\usepackage[utf8]{inputenc}", "latin-1", "Bäume"),
    ],
)
def test_parts_are_read_in_the_encoding_that_the_main_file_names(declared: str, codec: str, text: str):
    main = f"\\documentclass{{article}}{declared}\\begin{{document}}\\input{{part}}\\end{{document}}"
    document = read(SourceTree({"main.tex": main.encode(), "part.tex": text.encode(codec)}))
    assert texts(document) == [text]


def test_a_title_is_read_as_typeset_and_stays_the_papers():
    preamble = "\\title{\\tool{} and the Art}\\author{Ann Bee \\& Cid Dee\\\\ South Africa}\\newcommand{\\tool}{Tuner}"
    document = read_text("\\section{A}Text.\\title{Supplementary material}", preamble)
    assert document.title == "Tuner and the Art"
    assert document.authors == ("Ann Bee", "Cid Dee")


def test_addresses_keep_their_tildes():
    assert texts(read_text("See \\url{http://a.b/~c} now.")) == ["See http://a.b/~c now."]


def test_a_title_page_set_by_hand_is_named_by_what_viewers_are_told():
    preamble = "\\hypersetup{pdftitle={A Tutorial}, pdfauthor={Ann Bee}}"
    document = read_text("\\begin{titlepage}By hand\\end{titlepage}", preamble)
    assert (document.title, document.authors) == ("A Tutorial", ("Ann Bee",))


def test_a_section_that_cannot_be_read_whole_costs_only_itself():
    preamble = "\\newcommand{\\good}{sound}\\def\\x{\\y\\y}\\def\\y{\\x\\x}"
    body = "\\section{One}A \\good{} one.\\section{Two}Lost \\x{} here.\n\n\\section{Three}A \\good{} three."
    document = read_text(body, preamble)
    assert texts(document)[0] == "A sound one."
    assert texts(document)[-1] == "A sound three."
    assert [document.sections[index].title for index in document.lessened if index is not None] == ["Two"]


@pytest.mark.parametrize(
    ("definitions", "expected"),
    [
        ("\\def\\list{a}\\edef\\list{\\list, b}\\edef\\list{\\list, c}", "So a, b, c it is."),
        ("\\newcommand{\\list}{a\\list}", "So a it is."),
    ],
)
def test_a_macro_that_names_itself_is_read_once_more(definitions: str, expected: str) -> None:
    assert texts(read_text("So \\list{} it is.", definitions)) == [expected]


@pytest.mark.parametrize(
    "said",
    [
        "\\typeout{Say \\title{X} before}", "\\message{Hi}", "\\immediate\\write16{Hi}", "\\write\\log{Hi}",
        "\\PackageWarning{a}{Hi}", "\\ClassError{a}{Hi}{Help}",
    ],
)  # fmt: skip
def test_what_tex_says_on_its_terminal_is_no_text(said: str) -> None:
    document = read_text(f"\\section{{One}}So{said} it is.", "\\title{The Title}")
    assert (texts(document), document.title) == (["So it is."], "The Title")


def test_a_list_that_tex_writes_itself_is_missed_nowhere() -> None:
    document = read_text("\\section{One}A.\\input \\jobname.refs Then B.\\input{\\jobname.toc}")
    assert (texts(document), document.notes) == (["A. Then B."], [])


def test_an_environment_of_the_papers_own_may_hold_an_algorithm() -> None:
    preamble = "\\newenvironment{steps}{\\begin{algorithm}}{\\end{algorithm}}"
    document = read_text(
        "\\section{One}\\begin{steps}\\caption{First}go\\end{steps}Then.\\begin{algorithm}\\caption{Second}\\end{algorithm}",
        preamble,
    )
    assert [listing.caption for listing in document.listings] == ["First", "Second"]
    assert texts(document) == ["Then."]


def test_maths_in_a_box_in_maths_stays_one_formula():
    assert texts(read_text("We have $a \\hbox{ if $b$} c$ and more.")) == ["We have $a \\hbox{ if b} c$ and more."]


def test_a_missing_drawing_lessens_no_section():
    body = "\\section{A}Text.\\begin{figure}\\input{plot.pgf}\\caption{B.}\\end{figure}\\section{C}\\input{part}"
    document = read_text(body)
    assert {document.sections[index].title for index in document.lessened if index is not None} == {"C"}


@pytest.mark.parametrize(
    ("path", "written", "found"),
    [
        ("\\graphicspath{{plots/}{figs/}}", "loss", "figs/loss.pdf"),
        ("\\graphicspath{ {./figs/} }", "loss.pdf", "figs/loss.pdf"),
        ("", "loss", "figs/loss.pdf"),
        ("", "twice", "twice"),
        ("\\graphicspath{{b/}}", "twice", "b/twice.png"),
        ("", "figs/gone", "figs/gone"),
    ],
)
def test_graphics_are_found_where_the_paper_says_they_are(path: str, written: str, found: str) -> None:
    figure = f"\\begin{{figure}}\\includegraphics{{{written}}}\\end{{figure}}"
    main = f"\\documentclass{{article}}{path}\\begin{{document}}{figure}"
    files = {
        "ms.tex": f"{main}\\end{{document}}".encode(),
        "figs/loss.pdf": b"x",
        "a/twice.png": b"x",
        "b/twice.png": b"x",
    }
    assert read(SourceTree(files)).exhibits[0].graphics == (found,)
