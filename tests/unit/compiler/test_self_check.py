"""The compiler's own doubt."""

from __future__ import annotations

import pytest

from importers.compiler import fulltext
from importers.compiler.fulltext import compile_source
from importers.compiler.self_check import SourceWitness, doubts_of
from importers.latex.reader import read
from importers.latex.source import SourceTree

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
