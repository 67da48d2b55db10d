"""The compiler's own doubt."""

from __future__ import annotations

import re

import pytest

from importers.compiler import fulltext
from importers.compiler.fulltext import compile_source
from importers.compiler.self_check import SourceWitness, doubts_of, witness_of
from importers.latex.reader import read
from importers.latex.source import SourceTree
from registry.papers import ArxivPaper, Source

SOURCE = (
    "\\documentclass{article}\\begin{document}\\begin{abstract}We show that trees % a note of 77\n win by 12{,}000 "
    "points.\\end{abstract}\\end{document}"
)


def witness() -> SourceWitness:
    return SourceWitness(read(SourceTree({"main.tex": SOURCE.encode()})).source)


@pytest.mark.parametrize(
    ("quote", "found"), [("We show that trees", True), ("We show that trees win", True), ("We show that bushes", False)]
)
def test_quotes_must_stand_in_the_source(quote: str, found: bool):
    doubts = doubts_of(witness(), {"logic/claims.md": f"## C01: t\n- **Sources**:\n  - x ← a «{quote}» [result]"})
    assert (not doubts.quotes) is found


@pytest.mark.parametrize(("number", "found"), [("12,000", True), ("12", True), ("77", False), ("13", False)])
def test_numbers_of_statements_and_cells_must_stand_in_the_source(number: str, found: bool):
    in_statement = doubts_of(witness(), {"logic/claims.md": f"- **Statement**: Trees win by {number} points."})
    in_cell = doubts_of(witness(), {"evidence/tables/table1.md": f"| a | {number} |"})
    assert (not in_statement.numbers) is (not in_cell.numbers) is found


def test_what_fails_the_check_is_not_emitted(monkeypatch: pytest.MonkeyPatch):
    written = fulltext.write_claims

    def lying(*args: object, **named: object) -> str:
        return written(*args, **named).replace("We show that trees", "We show that bushes")  # type: ignore[arg-type]

    monkeypatch.setattr(fulltext, "write_claims", lying)
    found = compile_source(None, SourceTree({"main.tex": SOURCE.encode()}))
    assert "bushes" not in found.artifact.files["logic/claims.md"].decode()
    assert any("self-check" in note for note in found.notes)


def test_a_part_that_fails_leaves_the_others_standing(monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> str:
        raise ValueError("no concepts today")

    monkeypatch.setattr(fulltext, "write_concepts", broken)
    found = compile_source(None, SourceTree({"main.tex": SOURCE.encode()}))
    assert found.level == "partial"
    assert found.parts["concepts"] == "failed"
    assert found.parts["claims"] == "full"
    assert "could not be compiled" in found.artifact.files["logic/concepts.md"].decode()


def test_numbers_parted_by_thin_spaces_are_found_whole_and_in_parts():
    source = read(SourceTree({"main.tex": b"\\begin{document}1\\,467.4 and 2{,}500\\end{document}"})).source
    assert all(SourceWitness(source).has_number(number) for number in ("467.4", "1467.4", "2,500"))


def test_numbers_that_the_reader_counted_are_the_papers():
    body = b"\\begin{document}\\section{A}\\section{B}\\label{b}As section~\\ref{b} shows, it holds.\\end{document}"
    document = read(SourceTree({"main.tex": body}))
    assert not SourceWitness(document.source).has_number("2")
    assert witness_of(document).has_number("2")


FRENCH = r"""\documentclass{article}\title{Les «arbres» d'abord}
\begin{document}\maketitle
\begin{abstract}Nous montrons que les « \emph{arbres} % de 77
d'abord » gagnent. We show that « \textbf{trees} » win by 5.1\% over the baseline.\end{abstract}
\section{Results}We show that \og trees\fg{} and \guillemotleft bushes\guillemotright{} win by 5.1\%,
«unclosed, on a table.
\begin{algorithm}say « x »\end{algorithm}
\begin{table}\caption{A « table »}\begin{tabular}{cc}« a » & 5.1 \\ \end{tabular}\end{table}
\end{document}"""
GUILLEMETS = re.compile(r"«([^»]*)»")


def test_a_papers_own_guillemets_never_look_like_our_quotes():
    tree = SourceTree({"main.tex": FRENCH.encode()})
    record = ArxivPaper(arxiv_id="2401.00001", title="Les «arbres»", source=Source.OAI, abstract="Un « résumé » faux.")
    for paper in (None, record):
        compiled = compile_source(paper, tree)
        bare = " ".join(FRENCH.replace("% de 77\n", " ").split())
        for path, content in compiled.artifact.files.items():
            text = content.decode()
            if path.endswith("json"):
                continue
            assert all(" ".join(quote.split()) in bare for quote in GUILLEMETS.findall(text)), path
            assert GUILLEMETS.sub("", text).count("«") == GUILLEMETS.sub("", text).count("»") == 0, path
        assert "«" in compiled.artifact.files["logic/claims.md"].decode()
